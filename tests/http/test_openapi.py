"""The description of the API says what is served, and nothing else.

That answers are as it describes them is held against every answer that any test here gets.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from statewright.http.endpoint import Endpoint
from statewright.http.openapi import description_of
from statewright.http.problems import BY_CODE
from statewright.http.routes import ENDPOINTS
from tests.http.serving import Client

DOCS = Path(__file__).parents[2] / "docs" / "http.md"


@pytest.fixture
def description(client: Client) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/openapi.json").json()
    return described


def test_every_endpoint_is_described_and_nothing_else(description: dict[str, Any]) -> None:
    described = {
        (method.upper(), path)
        for path, methods in description["paths"].items()
        for method in methods
    }
    assert described == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    assert description["openapi"] == "3.1.0"


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_every_endpoint_is_documented(endpoint: Endpoint) -> None:
    row = f"| `{endpoint.method}` | `{endpoint.path}` | {endpoint.summary} |"
    assert row in DOCS.read_text()


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    text = json.dumps(description)
    for name in description["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in text
    for reference in _references(description):
        parts = reference.removeprefix("#/").split("/")
        place: Any = description
        for part in parts:
            place = place[part]
        assert place


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [found for part in value.values() for found in _references(part)]
    if isinstance(value, list):
        return [found for part in value for found in _references(part)]
    return []


def test_operations_have_names_of_their_own(description: dict[str, Any]) -> None:
    names = [
        operation["operationId"]
        for methods in description["paths"].values()
        for operation in methods.values()
    ]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_an_endpoint_names_problems_that_there_are(endpoint: Endpoint) -> None:
    assert set(endpoint.problems) <= BY_CODE.keys()
    assert list(endpoint.problems) == sorted(endpoint.problems)


def test_types_of_one_name_are_one_type() -> None:
    types = [kind for one in ENDPOINTS for kind in (one.answer, one.body) if kind is not None]
    by_name = {kind.__name__: kind for kind in types}
    assert all(by_name[kind.__name__] is kind for kind in types)


def test_the_description_names_where_it_is_mounted() -> None:
    assert description_of(ENDPOINTS, "/talk")["servers"] == [{"url": "/talk"}]

"""The page at ``/docs``: all that the description says, for people, without a network."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from statewright.http.endpoint import Endpoint
from statewright.http.openapi import OF_ANY
from statewright.http.problems import KINDS
from statewright.http.reference import page_of
from statewright.http.routes import ENDPOINTS
from tests.http.serving import Client

VOID = {"meta", "link", "br", "hr", "wbr"}
LOADING = {"script", "img", "iframe", "object", "embed", "link", "source", "video", "audio", "base"}


class Page(HTMLParser):
    """A page, taken apart: its tags balance, or it is none."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())

    @property
    def ids(self) -> list[str]:
        return [str(attributes["id"]) for _, attributes in self.tags if "id" in attributes]

    @property
    def links(self) -> list[str]:
        return [str(attributes["href"]) for _, attributes in self.tags if "href" in attributes]


def shown(text: str) -> str:
    """A text as it looks: what stands in backticks is set in another type."""
    return text.replace("`", "")


@pytest.fixture
def answer(client: Client) -> httpx.Response:
    return client.get("/docs")


@pytest.fixture
def page(answer: httpx.Response) -> Page:
    return Page(answer.text)


@pytest.fixture
def description(client: Client) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/openapi.json").json()
    return described


def test_it_is_a_page_that_loads_nothing_and_runs_nothing(
    answer: httpx.Response, page: Page
) -> None:
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!DOCTYPE html>")
    assert not LOADING & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name[:2] == "on"]
    assert not re.findall(r"@import|url\(", answer.text)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"style-src 'sha256-[\w+/]{43}='", policy)
    assert "unsafe" not in policy


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: f"{one.method} {one.path}")
def test_every_endpoint_is_on_it_with_its_parameters_and_problems(
    page: Page, endpoint: Endpoint
) -> None:
    assert f"{endpoint.method} {endpoint.path}" in page.text
    assert shown(endpoint.summary) in page.text
    for parameter in endpoint.parameters:
        assert shown(parameter["description"]) in page.text
    assert set(endpoint.problems) <= set(page.ids)


def test_every_type_is_on_it_with_its_fields(page: Page, description: dict[str, Any]) -> None:
    for name, schema in description["components"]["schemas"].items():
        assert name in page.ids
        for field, of in schema.get("properties", {}).items():
            assert field in page.text
            assert shown(of.get("description", "")) in page.text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_problem_is_on_it(page: Page, kind: Any) -> None:
    assert kind.code in page.ids
    assert shown(kind.help) in page.text


def test_every_link_leads_somewhere(client: Client, page: Page) -> None:
    assert len(set(page.ids)) == len(page.ids)
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.ids
        else:
            assert client.get(f"/{link}").status_code == 200


def test_what_any_request_may_meet_is_told_once(page: Page) -> None:
    for code in OF_ANY:
        assert page.links.count(f"#{code}") <= 1


def test_nothing_that_is_described_becomes_markup() -> None:
    odd = Endpoint("GET", "/<b>", ENDPOINTS[0].run, "<script>alert(1)</script> & `<i>`", None)
    page = page_of([odd], base="http://x/?a=1&b='\"><script>")
    assert "<script>" not in page
    assert "<b>" not in page.replace("<body>", "")
    Page(page)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_is_only_read(client: Client, method: str) -> None:
    for path in ("/docs", "/openapi.json"):
        refused = client.request(method, path)
        assert (refused.status_code, refused.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
        assert client.request("HEAD", path).status_code == 200


def test_the_address_of_the_server_leads_to_it(client: Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


@pytest.mark.parametrize("host", ["[", "x/<b>", "a b", "x:99999999", ""])
def test_an_odd_host_is_nothing_to_fail_at(client: Client, host: str) -> None:
    for path in ("/docs", "/openapi.json"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 200
        assert "<b>" not in answer.text.replace("<body>", "")
    saved = client.post(
        "/api/v1/flows", {"flow": {}}, headers={"Host": host, "Idempotency-Key": "1"}
    )
    assert saved.status_code == 201

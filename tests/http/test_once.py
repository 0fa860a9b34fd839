"""What is changed in flows under one ``Idempotency-Key`` is changed once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from statewright.storage import MemoryStore, SQLStore, Store
from statewright.storage.drafts import MemoryDrafts
from tests.http.drawings import BROKEN, GREETING
from tests.http.serving import Client, serving

FLOWS = "/api/v1/flows"
KEY = {"Idempotency-Key": "3f6c"}
NAMELESS = {key: value for key, value in GREETING.items() if key != "id"}


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "memory":
        return MemoryStore()
    if request.param == "sqlite":
        return SQLStore(f"sqlite:///{tmp_path}/flows.db")
    return SQLStore(request.getfixturevalue("postgresql")())


@pytest.fixture
def client(store: Store) -> Iterator[Client]:
    with serving(store) as client:
        yield client


def ids(client: Client) -> list[str]:
    return [flow["id"] for flow in client.get(FLOWS).json()["flows"]]


def same(first: httpx.Response, again: httpx.Response) -> bool:
    """Whether two answers cannot be told from each other."""
    names = ("etag", "location", "content-type")
    return (first.status_code, first.content, [first.headers.get(name) for name in names]) == (
        (again.status_code, again.content, [again.headers.get(name) for name in names])
    )


def test_a_flow_that_is_created_again_is_not_there_twice(client: Client) -> None:
    first, again = (client.post(FLOWS, {"flow": NAMELESS}, headers=KEY) for _ in range(2))
    assert first.status_code == 201
    assert same(first, again)
    assert ids(client) == [first.json()["id"]]


def test_what_somebody_else_saved_in_between_stays(client: Client) -> None:
    first = client.put(f"{FLOWS}/greeting", {"flow": GREETING}, headers=KEY)
    client.put(f"{FLOWS}/greeting", {"flow": {**GREETING, "name": "Newer"}})
    assert same(first, client.put(f"{FLOWS}/greeting", {"flow": GREETING}, headers=KEY))
    assert client.get(f"{FLOWS}/greeting").json()["metadata"]["name"] == "Newer"


def test_a_condition_holds_again_where_it_held_before(client: Client) -> None:
    new = {**KEY, "If-None-Match": "*"}
    first, again = (client.post(FLOWS, {"flow": GREETING}, headers=new) for _ in range(2))
    assert same(first, again)
    tag = {"Idempotency-Key": "2", "If-Match": first.headers["etag"]}
    changed = {"flow": {**GREETING, "name": "Other"}}
    first, again = (client.put(f"{FLOWS}/greeting", changed, headers=tag) for _ in range(2))
    assert (first.status_code, same(first, again)) == (200, True)


def test_a_draft_that_is_removed_again_was_there(client: Client) -> None:
    client.post(FLOWS, {"flow": GREETING})
    first, again = (client.delete(f"{FLOWS}/greeting", headers=KEY) for _ in range(2))
    assert (first.status_code, same(first, again)) == (204, True)
    assert client.delete(f"{FLOWS}/greeting").status_code == 404


def test_a_flow_that_is_published_again_has_one_version(client: Client) -> None:
    client.post(FLOWS, {"flow": GREETING})
    body = {"label": "live"}
    first = client.post(f"{FLOWS}/greeting/publish", body, headers=KEY)
    client.post(FLOWS, {"flow": {**GREETING, "name": "Newer"}})
    again = client.post(f"{FLOWS}/greeting/publish", body, headers=KEY)
    assert same(first, again)
    assert again.json()["version"] == 1
    assert client.get(f"{FLOWS}/greeting").json()["metadata"]["publishedVersion"] == 1


OTHERS: list[tuple[str, str, Any]] = [
    ("POST", FLOWS, {"flow": {**GREETING, "name": "Other"}}),
    ("POST", FLOWS, {"flow": GREETING, "ui": {}}),
    ("PUT", f"{FLOWS}/greeting", {"flow": GREETING}),
    ("DELETE", f"{FLOWS}/greeting", None),
    ("POST", f"{FLOWS}/greeting/publish", None),
    ("POST", f"{FLOWS}/greeting/publish", {"label": "live"}),
]


@pytest.mark.parametrize(("method", "path", "body"), OTHERS)
def test_a_key_names_one_request(client: Client, method: str, path: str, body: Any) -> None:
    first = client.post(FLOWS, {"flow": GREETING}, headers=KEY)
    refused = client.request(method, path, json=body, headers=KEY)
    assert (refused.status_code, refused.json()["code"]) == (422, "KEY_REUSED")
    read = client.get(f"{FLOWS}/greeting")
    assert read.headers["etag"] == first.headers["etag"]
    assert read.json()["metadata"]["publishedVersion"] is None


def test_what_was_refused_may_be_asked_for_again(client: Client) -> None:
    path = f"{FLOWS}/broken"
    assert client.delete(path, headers=KEY).status_code == 404
    client.put(path, {"flow": BROKEN})
    assert client.post(f"{path}/publish", headers=KEY).status_code == 422
    client.put(path, {"flow": NAMELESS})
    assert client.post(f"{path}/publish", headers=KEY).json()["version"] == 1


def test_of_those_that_come_at_once_one_is_done(client: Client) -> None:
    client.post(FLOWS, {"flow": GREETING})
    for number, (method, path, body, extra) in enumerate(
        [
            ("POST", FLOWS, {"flow": NAMELESS}, {}),
            ("PUT", f"{FLOWS}/new", {"flow": NAMELESS}, {"If-None-Match": "*"}),
            ("POST", f"{FLOWS}/greeting/publish", {}, {}),
            ("DELETE", f"{FLOWS}/greeting", None, {}),
        ]
    ):
        headers = {"Idempotency-Key": f"at-once-{number}", **extra}
        requests = [(method, path, body)] * 8
        answers = client.together(*requests, headers=headers)
        assert answers[0].is_success
        assert all(same(answers[0], answer) for answer in answers), answers
    assert len(ids(client)) == 3


def test_of_different_ones_with_one_key_that_come_at_once_one_is_done(client: Client) -> None:
    requests = [("PUT", f"{FLOWS}/f{number}", {"flow": NAMELESS}) for number in range(8)]
    answers = client.together(*requests, headers=KEY)
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 7
    assert len(ids(client)) == 1


def test_the_first_answer_comes_from_another_process_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/flows.db"
    answers = []
    for _ in range(2):
        with serving(SQLStore(url)) as client:
            answers.append(client.post(FLOWS, {"flow": NAMELESS}, headers=KEY))
    assert same(*answers)


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "a b", "é"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with serving() as client:
        headers = {"Idempotency-Key": key.encode()}
        refused = client.post(FLOWS, {"flow": NAMELESS}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "MALFORMED_REQUEST")
        assert ids(client) == []


def test_two_keys_are_none() -> None:
    with serving() as client:
        headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
        refused = client.post(FLOWS, {"flow": NAMELESS}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (400, "MALFORMED_REQUEST")


def test_drafts_may_be_kept_elsewhere_than_sessions(tmp_path: Path) -> None:
    drafts = MemoryDrafts()
    with serving(SQLStore(f"sqlite:///{tmp_path}/flows.db"), drafts=drafts) as client:
        first, again = (client.post(FLOWS, {"flow": GREETING}, headers=KEY) for _ in range(2))
        assert same(first, again)
        publish = f"{FLOWS}/greeting/publish"
        versions = [
            client.post(publish, headers={"Idempotency-Key": "p"}).json()["version"]
            for _ in range(2)
        ]
        assert versions == [1, 1]

"""Flows are saved, read, checked and published in the contract of the flow builder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from statewright import compiler, flows
from tests.http.drawings import BROKEN, GREETING, published
from tests.http.serving import Client
from tests.shared_data import shared

FLOWS = "/api/v1/flows"
EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_flow_is_saved_as_a_draft(client: Client) -> None:
    answer = client.post(FLOWS, {"flow": GREETING, "ui": {"zoom": 1.5}})
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{FLOWS}/greeting"
    saved = answer.json()
    assert (saved["id"], saved["version"], saved["status"]) == ("greeting", 1, "draft")
    assert saved["createdAt"].endswith("Z")


def test_a_draft_comes_back_as_it_was_sent(client: Client) -> None:
    odd = {**GREETING, "description": "1e16 ’\t\N{PILE OF POO}", "x": [1, 1.0, 10**20, None]}
    client.post(FLOWS, {"flow": odd, "ui": {"nodes": [{"x": 1.5}]}})
    read = client.get(f"{FLOWS}/greeting").json()
    assert read["flow"] == odd
    assert read["ui"] == {"nodes": [{"x": 1.5}]}
    assert read["metadata"]["name"] == "Greeting"


def test_the_text_of_a_file_is_a_flow_too(client: Client) -> None:
    text = (EXAMPLES / "lead-capture.yaml").read_text()
    assert published(client, text) == "lead-capture"
    assert client.get(f"{FLOWS}/lead-capture").json()["flow"] == text


def test_a_flow_that_says_no_id_gets_a_new_one(client: Client) -> None:
    flow = {key: value for key, value in GREETING.items() if key != "id"}
    ids = {client.post(FLOWS, {"flow": flow}).json()["id"] for _ in range(2)}
    assert len(ids) == 2
    for id_ in ids:
        assert client.get(f"{FLOWS}/{id_}").json()["flow"] == flow


def test_saving_again_replaces_the_draft(client: Client) -> None:
    first = client.post(FLOWS, {"flow": GREETING}).json()
    second = client.post(FLOWS, {"flow": {**GREETING, "name": "Hello"}})
    assert second.status_code == 200
    assert second.json()["createdAt"] == first["createdAt"]
    assert [flow["name"] for flow in client.get(FLOWS).json()["flows"]] == ["Hello"]


def test_a_path_names_the_flow_that_is_put_there(client: Client) -> None:
    flow = {key: value for key, value in GREETING.items() if key != "id"}
    assert client.put(f"{FLOWS}/mine", {"flow": flow}).status_code == 201
    assert client.put(f"{FLOWS}/mine", {"flow": flow}).status_code == 200
    wrong = client.put(f"{FLOWS}/mine", {"flow": GREETING})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "INVALID_VALUE")


def test_only_who_has_seen_a_draft_changes_it(client: Client) -> None:
    first = client.post(FLOWS, {"flow": GREETING}, headers={"If-None-Match": "*"})
    tag = {"If-Match": first.headers["etag"]}
    changed = {"flow": {**GREETING, "name": "Hello"}}
    assert client.put(f"{FLOWS}/greeting", changed, headers=tag).status_code == 200
    late = client.put(f"{FLOWS}/greeting", {"flow": GREETING}, headers=tag)
    assert (late.status_code, late.json()["code"]) == (412, "DRAFT_CHANGED")
    assert late.headers["etag"] == client.get(f"{FLOWS}/greeting").headers["etag"]
    for method, path in (("DELETE", ""), ("POST", "/publish")):
        refused = client.request(method, f"{FLOWS}/greeting{path}", headers=tag)
        assert refused.status_code == 412
    again = client.post(FLOWS, {"flow": GREETING}, headers={"If-None-Match": "*"})
    assert again.status_code == 412
    assert client.get(f"{FLOWS}/greeting").json()["metadata"]["name"] == "Hello"


def test_it_is_told_why_a_condition_does_not_hold(client: Client) -> None:
    path = f"{FLOWS}/greeting"
    match: dict[str, str] = {"If-Match": '"x"'}
    absent = client.put(path, {"flow": GREETING}, headers=match).json()["message"]
    assert absent == "there is no draft of 'greeting'; somebody has removed it, or it never was"
    client.put(path, {"flow": GREETING})
    changed = client.put(path, {"flow": GREETING}, headers=match).json()["message"]
    assert changed.startswith("the draft of 'greeting' was changed by somebody else; read it again")
    for method, place in (("PUT", path), ("POST", FLOWS)):
        there = client.request(
            method, place, json={"flow": GREETING}, headers={"If-None-Match": "*"}
        )
        assert there.json()["message"] == (
            "there is a draft of 'greeting' already; read it before you replace it"
        )


@pytest.mark.parametrize("tag", ["*", '"nonsense"', 'W/"nonsense"', "nonsense"])
def test_a_draft_that_is_not_there_matches_nothing(client: Client, tag: str) -> None:
    answer = client.put(f"{FLOWS}/greeting", {"flow": GREETING}, headers={"If-Match": tag})
    assert answer.status_code == 412
    assert client.get(FLOWS).json()["flows"] == []


def test_a_draft_matches_a_star_and_any_list_that_names_it(client: Client) -> None:
    tag = client.post(FLOWS, {"flow": GREETING}).headers["etag"]
    for match in ("*", f'"other", {tag}'):
        answer = client.put(f"{FLOWS}/greeting", {"flow": GREETING}, headers={"If-Match": match})
        assert answer.status_code == 200
    lines = [("If-Match", '"other"'), ("If-Match", tag)]
    assert client.put(f"{FLOWS}/greeting", {"flow": GREETING}, headers=lines).status_code == 200
    weak = {"If-Match": f"W/{tag}"}
    assert client.put(f"{FLOWS}/greeting", {"flow": GREETING}, headers=weak).status_code == 412


def test_a_draft_is_removed_and_what_was_published_stays(client: Client) -> None:
    published(client)
    assert client.delete(f"{FLOWS}/greeting").status_code == 204
    assert client.get(f"{FLOWS}/greeting").status_code == 404
    assert client.delete(f"{FLOWS}/greeting").status_code == 404
    assert client.post("/v1/chat/start", {"flow_id": "greeting"}).status_code == 201


def test_flows_are_listed_in_pages(client: Client) -> None:
    for number in range(5):
        client.put(f"{FLOWS}/f{number}", {"flow": {"name": str(number)}})
    first = client.get(FLOWS, params={"limit": 3}).json()
    rest = client.get(FLOWS, params={"limit": 3, "after": first["next"]}).json()
    names = [flow["id"] for flow in (*first["flows"], *rest["flows"])]
    assert names == ["f0", "f1", "f2", "f3", "f4"]
    assert rest["next"] is None


def released(client: Client, flow: str, times: int = 1, label: str = "") -> None:
    """Publish a flow as the command line does: without a draft."""
    release = compiler.compile(flows.parse(json.dumps(GREETING))).release()
    for _ in range(times):
        client.run(client.runtime.publish(release, flow=flow, label=label))


def test_what_was_published_elsewhere_is_listed_too(client: Client) -> None:
    released(client, "lead", times=2)
    (listed,) = client.get(FLOWS).json()["flows"]
    assert (listed["id"], listed["name"], listed["status"]) == ("lead", "Greeting", "published")
    assert (listed["version"], listed["publishedVersion"], listed["hasDraft"]) == (2, 2, False)
    assert listed["createdAt"] <= listed["publishedAt"] == listed["updatedAt"]


def test_a_draft_and_what_was_published_of_it_are_one_flow(client: Client) -> None:
    client.post(FLOWS, {"flow": GREETING})
    released(client, "greeting")
    (listed,) = client.get(FLOWS).json()["flows"]
    assert (listed["id"], listed["publishedVersion"], listed["hasDraft"]) == ("greeting", 1, True)
    client.delete(f"{FLOWS}/greeting")
    (listed,) = client.get(FLOWS).json()["flows"]
    assert (listed["publishedVersion"], listed["hasDraft"]) == (1, False)


@pytest.mark.parametrize("limit", [1, 2, 3, 9, 10])
def test_pages_hold_drafts_and_publications_in_one_order(client: Client, limit: int) -> None:
    nameless = {key: value for key, value in GREETING.items() if key != "id"}
    for flow in ("b", "Z", "e", "f"):
        client.put(f"{FLOWS}/{flow}", {"flow": nameless})
    for flow in ("a", "c", "d", "e", "ä"):
        released(client, flow)
    listed: list[str] = []
    after: str | None = ""
    while after is not None:
        page = client.get(FLOWS, params={"limit": limit, "after": after}).json()
        assert len(page["flows"]) <= limit
        listed += [flow["id"] for flow in page["flows"]]
        after = page["next"]
    assert listed == ["Z", "a", "b", "c", "d", "e", "f", "ä"]


def test_a_flow_tells_its_versions_newest_first(client: Client) -> None:
    released(client, "lead", times=2)
    released(client, "lead", label="live")
    path = f"{FLOWS}/lead/versions"
    first = client.get(path, params={"limit": 2}).json()
    rest = client.get(path, params={"limit": 2, "after": first["next"]}).json()
    told = [(one["version"], one["label"]) for one in (*first["versions"], *rest["versions"])]
    assert told == [(3, "live"), (2, ""), (1, "")]
    assert rest["next"] is None
    assert first["versions"][0]["digest"] == rest["versions"][0]["digest"]
    client.post(FLOWS, {"flow": GREETING})
    assert client.get(f"{FLOWS}/greeting/versions").json() == {"versions": [], "next": None}


@pytest.mark.parametrize("query", ["limit=0", "after=0", "after=x", "after=-1"])
def test_pages_of_versions_have_bounds(client: Client, query: str) -> None:
    answer = client.get(f"{FLOWS}/greeting/versions?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_VALUE")


def test_it_is_told_that_only_a_draft_is_missing(client: Client) -> None:
    released(client, "lead")
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/publish")):
        answer = client.request(method, f"{FLOWS}/lead{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_FLOW")
        assert "version 1" in answer.json()["message"]


def test_a_flow_without_errors_is_valid(client: Client) -> None:
    client.post(FLOWS, {"flow": GREETING})
    stored = client.post(f"{FLOWS}/greeting/validate").json()
    assert (stored["valid"], stored["errors"]) == (True, [])
    assert client.post(f"{FLOWS}/validate", {"flow": GREETING}).json() == stored


def test_findings_have_the_codes_of_the_flow_builder_beside_ours(client: Client) -> None:
    found = client.post(f"{FLOWS}/validate", {"flow": BROKEN}).json()
    assert not found["valid"]
    errors = {error["code"]: error for error in found["errors"]}
    assert errors["INVALID_TRANSITION"]["check"] == "S103"
    assert errors["INVALID_TRANSITION"]["nodeId"] == "a"
    assert errors["INVALID_TRANSITION"]["location"]["pointer"] == "/nodes/a/next"
    assert "nowhere" in errors["INVALID_TRANSITION"]["message"]
    warnings = [(one["code"], one["check"], one["nodeId"]) for one in found["warnings"]]
    assert ("UNUSED_NODE", "S105", "b") in warnings


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start": None}, "NO_START_NODE"),
        ({"nodes": {"hello": {"type": "nonsense"}}}, "INVALID_NODE_TYPE"),
    ],
)
def test_codes_of_the_flow_builder(client: Client, change: dict[str, Any], code: str) -> None:
    flow = {key: value for key, value in {**GREETING, **change}.items() if value is not None}
    found = client.post(f"{FLOWS}/validate", {"flow": flow}).json()
    assert code in {error["code"] for error in found["errors"]}


def test_a_flow_that_is_sent_is_checked_in_place_of_the_draft(client: Client) -> None:
    client.post(FLOWS, {"flow": GREETING})
    found = client.post(f"{FLOWS}/greeting/validate", {"flow": BROKEN}).json()
    assert not found["valid"]
    assert client.get(f"{FLOWS}/greeting").json()["flow"] == GREETING


def test_lines_of_a_finding_count_in_the_text_that_was_sent(client: Client) -> None:
    text = "statewright: 1\nid: x\nstart: a\nnodes:\n  a:\n    type: message\n    next: gone\n"
    found = client.post(f"{FLOWS}/validate", {"flow": text}).json()
    lines = {error["code"]: error["location"]["line"] for error in found["errors"]}
    assert lines["INVALID_TRANSITION"] == 7


@pytest.mark.parametrize("flow", [{"foo": 1}, {"statewright": 1, "flow_data": {}, "seed_key": ""}])
def test_help_is_in_the_words_of_http(client: Client, flow: dict[str, Any]) -> None:
    (error,) = client.post(f"{FLOWS}/validate", {"flow": flow}).json()["errors"]
    assert error["check"] == "R002"
    assert '`"dialect": "NAME"` beside `flow`' in error["help"]
    assert "--" not in error["help"]


def test_what_is_no_flow_is_a_finding(client: Client) -> None:
    for flow in ("", "{", "[1, 2]", "a: [", {}, {"nodes": 5}, "\ufeff{}"):
        answer = client.post(f"{FLOWS}/validate", {"flow": flow})
        assert answer.status_code == 200, flow
        assert not answer.json()["valid"], flow


def test_publishing_counts_versions(client: Client) -> None:
    client.post(FLOWS, {"flow": GREETING})
    first = client.post(f"{FLOWS}/greeting/publish").json()
    assert (first["version"], first["status"], first["label"]) == (1, "published", "")
    assert first["publishedAt"].endswith("Z")
    entry = client.get(f"{FLOWS}/greeting").json()["metadata"]
    assert (entry["status"], entry["version"], entry["publishedVersion"]) == ("published", 1, 1)
    saved = client.post(FLOWS, {"flow": {**GREETING, "name": "Other"}}).json()
    assert (saved["status"], saved["version"]) == ("draft", 2)
    second = client.post(f"{FLOWS}/greeting/publish", {"label": "trial", "inboxId": 7}).json()
    assert (second["version"], second["label"], second["ignored"]) == (2, "trial", ["inboxId"])


def test_a_flow_with_errors_is_not_published(client: Client) -> None:
    client.post(FLOWS, {"flow": BROKEN})
    refused = client.post(f"{FLOWS}/broken/publish")
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "FLOW_REJECTED")
    assert problem["error"] == "ValidationError"
    assert "INVALID_TRANSITION" in {one["code"] for one in problem["details"]["errors"]}
    assert client.post("/v1/chat/start", {"flow_id": "broken"}).status_code == 404
    assert client.get(f"{FLOWS}/broken").json()["metadata"]["publishedVersion"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/versions"),
        ("POST", "/validate"),
        ("POST", "/publish"),
        ("POST", "/execute"),
    ],
)
@pytest.mark.parametrize("flow", ["nobody", "%00", "a" * 300, "%ED%A0%80", "'"])
def test_a_flow_that_is_not_there_is_not_found(
    client: Client, method: str, path: str, flow: str
) -> None:
    answer = client.request(method, f"{FLOWS}/{flow}{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_FLOW")


@pytest.mark.parametrize("id_", ["a/b", "validate", "..", "a" * 300, "a\0b"])
def test_an_id_that_no_path_can_name_is_refused(client: Client, id_: str) -> None:
    answer = client.post(FLOWS, {"flow": {**GREETING, "id": id_}})
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_VALUE")
    assert client.get(FLOWS).json()["flows"] == []


@pytest.mark.parametrize(
    "name",
    [
        "sample-simple-welcome",
        "sample-lead-capture",
        "sample-support-ticket",
        "sample-api-integration",
    ],
)
def test_flows_of_the_flow_builder_are_saved_and_published(client: Client, name: str) -> None:
    flow = json.loads(shared(f"flows/000/{name}.json").read_text())
    assert client.post(FLOWS, {"flow": flow, "ui": None}).json()["id"] == flow["id"]
    assert client.get(f"{FLOWS}/{flow['id']}").json()["flow"] == flow
    assert client.post(f"{FLOWS}/{flow['id']}/validate", {"flow": flow}).json()["valid"]
    assert client.post(f"{FLOWS}/{flow['id']}/publish").json()["version"] == 1

"""Conversations over the chat contract. What the old system's own tests pin down is marked so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.http.drawings import GREETING, published, started, texts, token_of
from tests.http.serving import Client
from tests.shared_data import shared

SESSIONS = "/v1/chat/sessions"


def say(client: Client, token: str, said: Any, kind: str = "text", **rest: Any) -> dict[str, Any]:
    """Say something to a session that goes on; its answer."""
    body = {"input": said, "input_type": kind}
    answer = client.post(f"{SESSIONS}/{token}/interact", body, **rest)
    assert answer.status_code == 200, answer.text
    said_back: dict[str, Any] = answer.json()
    return said_back


def test_a_session_begins_with_what_the_flow_says_and_asks(client: Client) -> None:
    published(client)
    begun = started(client)
    first = begun["next_node"]
    assert (first["type"], first["node_id"]) == ("messages", "hello")
    assert texts(first["messages"]) == ["Welcome here!"]
    assert first["input_request"]["question"] == {"text": "What is your name?"}
    assert begun["current_node_id"] == "ask_name"
    assert begun["flow_name"] == "Greeting"
    assert not begun["session_ended"]


def test_inputs_of_the_flow_are_given_at_the_start(client: Client) -> None:
    published(client)
    begun = started(client, initial_state={"place": "aboard", "channel": "web"})
    assert texts(begun["next_node"]["messages"]) == ["Welcome aboard!"]
    assert begun["session_updated"]["state"]["place"] == "aboard"
    assert begun["ignored"] == ["channel"]


def test_an_answer_goes_to_its_variable_and_the_next_question_follows(client: Client) -> None:
    token = token_of(client)
    answer = say(client, token, "Brian")
    assert texts(answer["messages"]) == ["Thanks, Brian."]
    request = answer["input_request"]
    assert request["question"] == {"text": "How old are you?"}
    assert (request["input_type"], request["variable"]) == ("integer", "age")
    assert answer["current_node_id"] == request["node_id"] == "ask_age"
    assert answer["session_updated"]["state"]["name"] == "Brian"
    assert answer["session_updated"]["revision"] == 2


def test_an_answer_that_will_not_do_is_asked_for_again(client: Client) -> None:
    token = token_of(client)
    say(client, token, "Brian")
    answer = say(client, token, "old")
    assert answer["messages"] == []
    assert answer["input_request"]["question"] == {"text": "A number, please."}


@pytest.mark.parametrize(("said", "kind"), [("b", "choice"), ("Blue", "button"), ("2", "text")])
def test_choices_are_offered_and_picked(client: Client, said: str, kind: str) -> None:
    token = token_of(client)
    say(client, token, "Brian")
    request = say(client, token, 42, "number")["input_request"]
    assert request["options"] == [{"value": "r", "label": "Red"}, {"value": "b", "label": "Blue"}]
    assert request["question"] == {"text": "Which colour?"}
    answer = say(client, token, said, kind)
    assert texts(answer["messages"]) == ["Goodbye, Brian, 42."]
    assert answer["session_ended"]
    assert answer["input_request"] is None
    assert answer["current_node_id"] == "bye"


def test_a_session_is_read(client: Client) -> None:
    token = token_of(client)
    say(client, token, "Brian")
    session = client.get(f"{SESSIONS}/{token}").json()
    assert session["session_token"] == token
    assert session["flow_id"] == "greeting"
    assert session["flow_version"] == 1
    assert session["current_node_id"] == "ask_age"
    assert session["status"] == "active"
    assert session["state"]["name"] == "Brian"
    assert session["revision"] == 2
    assert session["ended_at"] is None
    assert len(session["state_hash"]) == 44


def test_a_session_that_failed_at_once_is_read(client: Client) -> None:
    flow = {
        "statewright": 1,
        "id": "endless",
        "start": "round",
        "settings": {"step_limit": 100},
        "nodes": {
            "round": {
                "type": "loop",
                "while": "true",
                "limit": 1000,
                "next": "bye",
                "nodes": {"on": {"type": "continue"}},
            },
            "bye": {"type": "end"},
        },
    }
    published(client, flow)
    begun = started(client, "endless")
    assert begun["session_ended"]
    session = client.get(f"{SESSIONS}/{begun['session_token']}").json()
    assert (session["status"], session["current_node_id"]) == ("failed", None)
    execution = client.get(f"/api/v1/executions/{begun['session_token']}")
    assert execution.status_code == 200, execution.text


def test_a_session_stays_on_the_version_that_it_began_with(client: Client) -> None:
    token = token_of(client)
    published(client, {**GREETING, "nodes": {"hello": {"type": "end", "text": "Closed."}}})
    assert say(client, token, "Brian")["current_node_id"] == "ask_age"
    begun = started(client)
    assert texts(begun["next_node"]["messages"]) == ["Closed."]
    assert begun["session_ended"]
    assert texts(started(client, version=1)["next_node"]["messages"]) == ["Welcome here!"]


def test_a_version_that_no_number_of_the_database_is_was_never_published(client: Client) -> None:
    body = {"flow_id": "greeting", "version": 10**26}
    assert client.post("/v1/chat/start", body).status_code == 404


def test_a_message_is_acknowledged(client: Client) -> None:
    flow = {
        "statewright": 1,
        "id": "patient",
        "start": "read",
        "nodes": {
            "read": {"type": "message", "text": "Read this.", "wait": True, "next": "bye"},
            "bye": {"type": "end", "text": "Bye."},
        },
    }
    published(client, flow)
    begun = started(client, "patient")["next_node"]
    assert texts(begun["messages"]) == ["Read this."]
    assert begun["wait_for_acknowledgment"]
    assert begun["input_request"] is None
    token = started(client, "patient")["session_token"]
    answer = say(client, token, "", "continue")
    assert texts(answer["messages"]) == ["Bye."]
    assert not answer["wait_for_acknowledgment"]


# --- what the tests of the old system pin down --------------------------------------------------


def of_old(client: Client, name: str) -> dict[str, Any]:
    """Publish a flow of the old system, and begin a session."""
    text = shared(f"flows/004/{name}.json").read_text()
    return started(client, published(client, text))


def test_of_old_a_chained_question_comes_as_input_request(client: Client) -> None:
    begun = of_old(client, "test-chained-question")
    expected = json.loads(shared("flows/004/test-chained-question.json").read_text())["_expected"]
    for step in expected:
        answer = say(client, begun["session_token"], step["input"], step["input_type"])
        assert texts(answer["messages"]) == ["Thanks!"]
        request = answer["input_request"]
        for key, value in step["expect"]["input_request"].items():
            assert request[key] == value


def test_of_old_conditions_go_by_dollar_notation(client: Client) -> None:
    begun = of_old(client, "test-condition-dollar")
    answer = say(client, begun["session_token"], "yes")
    assert texts(answer["messages"]) == ["You said yes"]
    begun = of_old(client, "test-condition-dollar")
    answer = say(client, begun["session_token"], "perhaps")
    assert texts(answer["messages"]) == ["You said no"]
    assert answer["session_updated"]["state"]["temp"]["answer"] == "perhaps"


def test_of_old_a_patch_preserves_the_state_and_bumps_the_revision(client: Client) -> None:
    token = token_of(client)
    say(client, token, "Eve")
    updates = {"age": 8, "profile": {"reading": {"level": "advanced"}}}
    answer = client.patch(f"{SESSIONS}/{token}/state", {"updates": updates}).json()
    assert answer["state"]["name"] == "Eve"
    assert answer["state"]["age"] == 8
    assert answer["state"]["profile"] == {"tone": "kind", "reading": {"level": "advanced"}}
    assert answer["revision"] == 3
    assert client.get(f"{SESSIONS}/{token}").json()["revision"] == 3


def test_of_old_a_stale_revision_is_a_conflict(client: Client) -> None:
    token = token_of(client)
    patch = {"updates": {"age": 1}, "expected_revision": 1}
    assert client.patch(f"{SESSIONS}/{token}/state", patch).status_code == 200
    late = client.patch(f"{SESSIONS}/{token}/state", patch)
    assert (late.status_code, late.json()["code"]) == (409, "REVISION_CONFLICT")
    assert late.json()["details"] == {"revision": 2, "expected": 1}


def test_of_two_patches_at_once_on_one_revision_one_is_a_conflict(client: Client) -> None:
    """The old system took both, and lost what the first had written."""
    token = token_of(client)
    for revision in range(1, 6):
        answers = client.together(
            *(
                (
                    "PATCH",
                    f"{SESSIONS}/{token}/state",
                    {"updates": {name: value}, "expected_revision": revision},
                )
                for name, value in (("age", revision), ("name", str(revision)))
            )
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        (refused,) = [answer for answer in answers if answer.status_code == 409]
        assert refused.json()["details"]["revision"] == revision + 1
        state = client.get(f"{SESSIONS}/{token}").json()
        assert state["revision"] == revision + 1


def test_of_many_inputs_at_once_on_one_revision_one_is_handled(client: Client) -> None:
    token = token_of(client)
    body = {"input": "Eve", "input_type": "text", "expected_revision": 1}
    answers = client.together(*[("POST", f"{SESSIONS}/{token}/interact", body)] * 8)
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]


def test_of_old_an_ended_session_hears_nothing_more(client: Client) -> None:
    token = token_of(client)
    ended = client.post(f"{SESSIONS}/{token}/end", {"reason": "user_requested"})
    assert ended.status_code == 200
    assert "ended successfully" in ended.json()["message"]
    session = client.get(f"{SESSIONS}/{token}").json()
    assert session["status"] == "completed"
    assert session["info"]["outcome"] == "user_requested"
    assert session["ended_at"]
    for method, path, body in (
        ("POST", "interact", {"input": "test", "input_type": "text"}),
        ("PATCH", "state", {"updates": {"age": 1}}),
        ("POST", "end", None),
    ):
        answer = client.request(method, f"{SESSIONS}/{token}/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "SESSION_ENDED")


def test_of_old_sessions_are_independent_of_each_other(client: Client) -> None:
    published(client)
    tokens = [started(client)["session_token"] for _ in range(3)]
    assert len(set(tokens)) == 3
    for number, token in enumerate(tokens):
        say(client, token, f"user {number}")
        say(client, token, str(10 + number))
    for number, token in enumerate(tokens):
        state = client.get(f"{SESSIONS}/{token}").json()["state"]
        assert (state["name"], state["age"]) == (f"user {number}", 10 + number)


def test_of_old_variables_stand_in_the_last_message(client: Client) -> None:
    token = token_of(client)
    for said, kind in (("Ada", "text"), ("8", "text")):
        say(client, token, said, kind)
    assert texts(say(client, token, "Red", "choice")["messages"]) == ["Goodbye, Ada, 8."]


def test_of_old_nobody_starts_as_somebody_else(client: Client) -> None:
    published(client)
    refused = client.post("/v1/chat/start", {"flow_id": "greeting", "user_id": "u1"})
    assert refused.status_code == 403
    assert "user_id" in refused.json()["detail"]
    assert (
        client.post("/v1/chat/start", {"flow_id": "greeting", "user_id": None}).status_code == 201
    )


def test_of_old_what_a_user_types_is_not_read_as_a_template(client: Client) -> None:
    token = token_of(client)
    said = "{{ place }} {{secret:key}} <script>"
    answer = say(client, token, said)
    assert texts(answer["messages"]) == [f"Thanks, {said}."]


# --- tokens, keys, history ----------------------------------------------------------------------


def test_an_unknown_token_opens_nothing(client: Client) -> None:
    token = token_of(client)
    tenant, session, secret = token.split(".")
    body = {"input": "x", "input_type": "text"}
    for wrong in ("nonsense", f"{tenant}.{session}.x", f"{tenant}.{secret}.{secret}", token + "x"):
        for method, path, content in (
            ("GET", "", None),
            ("GET", "/history", None),
            ("POST", "/interact", body),
            ("POST", "/end", None),
            ("PATCH", "/state", {"updates": {}}),
        ):
            answer = client.request(method, f"{SESSIONS}/{wrong}{path}", json=content)
            assert (answer.status_code, answer.json()["code"]) == (404, "UNKNOWN_SESSION")
    assert client.get(f"{SESSIONS}/{token}").json()["revision"] == 1


def test_the_same_key_gets_the_same_bytes_again(client: Client) -> None:
    token = token_of(client)
    key = {"Idempotency-Key": "6f1c"}
    body = {"input": "Eve", "input_type": "text"}
    path = f"{SESSIONS}/{token}/interact"
    first = client.post(path, body, headers=key)
    say(client, token, "7")
    again = client.post(path, {"input": "Mallory", "input_type": "text"}, headers=key)
    assert again.content == first.content
    assert client.get(f"{SESSIONS}/{token}").json()["revision"] == 3
    client.post(f"{SESSIONS}/{token}/end")
    assert client.post(path, body, headers=key).content == first.content


def test_a_patch_and_an_end_are_done_once_for_one_key(client: Client) -> None:
    token = token_of(client)
    patch, key = {"updates": {"age": 1}}, {"Idempotency-Key": "patch"}
    answers = [client.patch(f"{SESSIONS}/{token}/state", patch, headers=key) for _ in range(2)]
    assert answers[0].content == answers[1].content
    key = {"Idempotency-Key": "end"}
    ends = [client.post(f"{SESSIONS}/{token}/end", headers=key).status_code for _ in range(2)]
    assert ends == [200, 200]
    assert client.get(f"{SESSIONS}/{token}").json()["revision"] == 3


def test_a_key_that_names_a_new_session_is_hard_to_guess(client: Client) -> None:
    published(client)
    body = {"flow_id": "greeting"}
    easy = client.post("/v1/chat/start", body, headers={"Idempotency-Key": "1"})
    assert (easy.status_code, easy.json()["code"]) == (422, "INVALID_VALUE")


def test_a_start_that_is_repeated_begins_no_second_session(client: Client) -> None:
    published(client)
    key = {"Idempotency-Key": "0f0c9e0a-5f7d-4c4e"}
    body = {"flow_id": "greeting"}
    first = client.post("/v1/chat/start", body, headers=key)
    again = client.post("/v1/chat/start", body, headers=key)
    assert first.status_code == 201
    # Without a signing key the token is not to be had a second time.
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_STARTED")


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 256])
def test_a_key_is_visible_ascii(client: Client, key: str) -> None:
    token = token_of(client)
    body = {"input": "x", "input_type": "text"}
    header = {"Idempotency-Key": key.encode("latin-1")}
    answer = client.post(f"{SESSIONS}/{token}/interact", body, headers=header)
    assert (answer.status_code, answer.json()["code"]) == (400, "MALFORMED_REQUEST")
    assert client.get(f"{SESSIONS}/{token}").json()["revision"] == 1


def test_the_history_tells_what_each_side_said(client: Client) -> None:
    token = token_of(client)
    say(client, token, "Brian")
    client.patch(f"{SESSIONS}/{token}/state", {"updates": {"age": 3}})
    history = client.get(f"{SESSIONS}/{token}/history").json()
    told = [(one["interaction_type"], one["node_id"]) for one in history["data"]]
    assert told == [
        ("message", "hello"),
        ("message", "ask_name"),
        ("input", "ask_name"),
        ("message", "thanks"),
        ("message", "ask_age"),
        ("action", ""),
    ]
    contents = [one["content"] for one in history["data"]]
    assert contents[2] == {"input": "Brian", "variable": "name"}
    assert texts(contents[3]["messages"]) == ["Thanks, Brian."]
    assert contents[5] == {"event": "session.patch", "updates": {"age": 3}}
    assert len({one["id"] for one in history["data"]}) == 6


def test_the_history_comes_in_pages(client: Client) -> None:
    token = token_of(client)
    for number in range(60):
        say(client, token, "Brian" if number == 0 else "nonsense")
    path = f"{SESSIONS}/{token}/history"
    whole: list[dict[str, Any]] = []
    while True:
        page = client.get(path, params={"skip": len(whole), "limit": 50}).json()
        assert page["pagination"]["skip"] == len(whole)
        assert page["pagination"]["total"] == 2 + 3 + 59 * 2
        whole += page["data"]
        if len(page["data"]) < 50:
            break
    assert len({one["id"] for one in whole}) == len(whole) == 2 + 3 + 59 * 2


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "skip=-1", "limit=1e1"])
def test_a_page_has_bounds(client: Client, query: str) -> None:
    token = token_of(client)
    answer = client.get(f"{SESSIONS}/{token}/history?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_VALUE")


def test_what_cannot_be_patched_changes_nothing(client: Client) -> None:
    token = token_of(client)
    before = client.get(f"{SESSIONS}/{token}").content
    for updates in ({"nobody": 1}, {"age": "old"}, {"age": 2**70}, {"age": 1, "nobody": 1}):
        answer = client.patch(f"{SESSIONS}/{token}/state", {"updates": updates})
        assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_VALUE")
    assert client.get(f"{SESSIONS}/{token}").content == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"input": "x"}, "/input_type"),
        ({"input": "x", "input_type": "telepathy"}, "/input_type"),
        ({"input_type": "text"}, "/input"),
        ({"input": "x", "input_type": "text", "inputt": 1}, "/inputt"),
        ({"input": "x", "input_type": "text", "expected_revision": "1"}, "/expected_revision"),
        ([], ""),
        ("text", ""),
    ],
)
def test_a_body_of_another_shape_is_refused(client: Client, body: Any, pointer: str) -> None:
    token = token_of(client)
    answer = client.post(f"{SESSIONS}/{token}/interact", body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "INVALID_BODY")
    assert pointer in [field["pointer"] for field in problem["details"]["fields"]]


@pytest.mark.parametrize("used", ["7", "end:7", "patch:7"])
def test_the_end_and_a_patch_have_keys_of_their_own(client: Client, used: str) -> None:
    token = token_of(client)
    key = {"Idempotency-Key": "7"}
    said = {"input": "Brian", "input_type": "text"}
    client.post(f"/v1/chat/sessions/{token}/interact", said, headers={"Idempotency-Key": used})
    patched = client.patch(
        f"/v1/chat/sessions/{token}/state", {"updates": {"name": "Ada"}}, headers=key
    )
    assert patched.status_code == 200
    assert client.post(f"/v1/chat/sessions/{token}/end", {}, headers=key).status_code == 200
    assert client.get(f"/v1/chat/sessions/{token}").json()["status"] == "completed"

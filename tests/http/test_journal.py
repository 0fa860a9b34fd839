"""The journal over HTTP: for operators, from a cursor, page after page."""

from __future__ import annotations

import pytest

from tests.http.serving import Client
from tests.http.test_operators import ME, client, talk

__all__ = ["client"]

PATH = "/api/v1/turns"


def test_turns_are_told_page_after_page(client: Client) -> None:
    session = talk(client, "Ann")
    first = client.get(f"{PATH}?limit=1", headers=ME).json()
    assert [(one["sessionId"], one["revision"]) for one in first["turns"]] == [(session, 1)]
    second = client.get(PATH, params={"after": first["next"]}, headers=ME).json()
    (told,) = second["turns"]
    assert (told["revision"], told["event"], told["flowId"]) == (2, "message", "diary")
    assert told["variables"]["name"] == "Ann"
    assert told["cursor"] == second["next"]
    last = client.get(PATH, params={"after": second["next"]}, headers=ME).json()
    assert last == {"turns": [], "next": second["next"]}


def test_whoever_begins_now_gets_a_cursor_for_what_comes(client: Client) -> None:
    talk(client)
    now = client.get(f"{PATH}?after=now", headers=ME).json()
    assert now["turns"] == []
    session = talk(client)
    told = client.get(PATH, params={"after": now["next"], "wait": 30}, headers=ME).json()
    assert [one["sessionId"] for one in told["turns"]] == [session]


@pytest.mark.parametrize("query", ["after=x", "after=99.1.a", "limit=0", "wait=31", "wait=-1"])
def test_what_cannot_be_is_refused(client: Client, query: str) -> None:
    answer = client.get(f"{PATH}?{query}", headers=ME)
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_VALUE")


def test_nobody_else_hears_what_people_say(client: Client) -> None:
    assert client.get(PATH).json()["code"] == "NOT_ALLOWED"

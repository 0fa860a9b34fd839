"""What a token opens: the session that its secret belongs to, as the database says it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from statewright.http.tokens import TRUSTED
from statewright.runtime import VirtualClock
from statewright.runtime.clock import SECOND
from statewright.storage import SQLStore
from tests.http.drawings import published, started
from tests.http.serving import serving
from tests.runtime.worlds import NOW


def test_a_token_that_was_revoked_in_the_database_opens_nothing_some_seconds_later(
    tmp_path: Path,
) -> None:
    clock = VirtualClock(NOW)
    with serving(SQLStore(f"sqlite:///{tmp_path}/flows.db"), clock=clock) as client:
        published(client)
        token = started(client)["session_token"]
        session = f"/v1/chat/sessions/{token}"
        said = {"input": "Eve", "input_type": "text"}
        assert client.post(f"{session}/interact", said).status_code == 200
        with closing(sqlite3.connect(tmp_path / "flows.db")) as database, database:
            database.execute("update statewright_sessions set secret_hash = ''")
        clock.advance(TRUSTED / SECOND)
        for asked in (client.get(session), client.post(f"{session}/interact", said)):
            assert (asked.status_code, asked.json()["code"]) == (404, "UNKNOWN_SESSION")


def test_a_clock_that_was_put_back_does_not_make_a_token_valid_for_longer(tmp_path: Path) -> None:
    clock = VirtualClock(NOW)
    with serving(SQLStore(f"sqlite:///{tmp_path}/flows.db"), clock=clock) as client:
        published(client)
        session = f"/v1/chat/sessions/{started(client)['session_token']}"
        assert client.get(session).status_code == 200
        with closing(sqlite3.connect(tmp_path / "flows.db")) as database, database:
            database.execute("update statewright_sessions set secret_hash = ''")
        clock.advance(-3600)
        assert client.get(session).status_code == 404

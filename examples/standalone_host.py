"""Talks to the module that `statewright compile examples/lead-capture.yaml --to python` writes."""

from __future__ import annotations

import sqlite3
import time

import lead_capture

rows = sqlite3.connect(":memory:")
rows.execute("create table talks (id text primary key, snapshot text not null)")


def now() -> int:
    """The time, as sessions count it."""
    return time.time_ns() // 1_000


def show(step: lead_capture.Step) -> None:
    """Keep the session, and do what it asks for."""
    rows.execute("insert or replace into talks values ('ada', ?)", (step.snapshot,))
    for effect in step.effects:
        data = effect["data"]
        if effect["kind"] == "say":
            print("bot: ", data["content"]["text"])
        elif effect["kind"] == "send":
            print("send:", data["event"], "to", data["target"])
    if step.status != "active":
        print("over:", step.outcome)


show(lead_capture.start(session="ada", seed="ada", now=now()))
for text in ("Ada", "demo", "60", "ada@example.com"):
    print("user:", text)
    (snapshot,) = rows.execute("select snapshot from talks where id = 'ada'").fetchone()
    show(lead_capture.step(snapshot, {"name": "message", "data": {"text": text}, "now": now()}))

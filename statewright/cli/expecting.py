"""Conversations written down as tests: whatever was said is expected to be said again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from statewright.compiler.findings import Witness
from statewright.statechart import Line, Turn, json_from_turn, parse_script, play
from statewright.statechart.definition import Statechart
from statewright.statechart.playing.play import SCRIPT_NOW, SCRIPT_SEED, session_of
from statewright.statechart.playing.script import json_from_line

CONDITIONS = ("data", "contact", "tenant", "seed", "now")
"""What a conversation depends on beside what happens in it."""


def test_from_witness(name: str, chart: Statechart, witness: Witness) -> dict[str, Any]:
    """A conversation as a test file holds it.

    Args:
        name: of the test.
        chart: what runs.
        witness: the conversation.
    """
    conditions = {key: value for key in CONDITIONS if (value := getattr(witness, key))}
    return {"name": name, **conditions, "script": list(_script(chart, witness))}


def _script(chart: Statechart, witness: Witness) -> Iterator[Any]:
    """The lines, each followed by what is expected then."""
    lines = parse_script(list(witness.script))
    turns: list[list[Turn]] = [[]]

    def spoken() -> Iterator[Line]:
        for line in lines:
            turns.append([])
            yield line

    seed = witness.seed or SCRIPT_SEED
    played = play(
        chart,
        spoken(),
        session=session_of(seed),
        seed=seed,
        now=_micros_from(witness.now) if witness.now else SCRIPT_NOW,
        data=witness.data,
        contact=witness.contact,
        tenant=witness.tenant,
    )
    for turn in played:
        turns[-1].append(turn)
    for number, own in enumerate(turns):
        if number:
            yield json_from_line(lines[number - 1])
        yield {"expect": _expected(own)}


def _micros_from(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp()) * 1_000_000


def _expected(turns: Sequence[Turn]) -> Mapping[str, Any]:
    told = [message for turn in turns for message in json_from_turn(turn)["messages"]]
    last = turns[-1]
    over = {} if last.status == "active" else {"status": last.status, "outcome": last.outcome}
    return {"text": [message["text"] for message in told if message.get("text")], **over}

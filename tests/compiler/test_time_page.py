"""What the page about time and triggers shows is what happens."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from statewright import compiler, flows
from statewright.flows.model import Flow
from statewright.statechart import Turn, parse_script, play

PAGE = Path(__file__).parents[2] / "docs" / "time-and-triggers.md"
TEXT = PAGE.read_text()
FLOWS = {flows.parse(text).id: text for text in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)}
START = 1_767_603_600_000_000
"""2026-01-05, 09:00 UTC."""


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_of_the_page_has_no_findings(name: str) -> None:
    assert compiler.compile(flows.parse(FLOWS[name])).findings == ()


def test_its_programs_answer_what_it_shows() -> None:
    test = doctest.DocTestParser().get_doctest(
        "".join(re.findall(r"```python\n(>>>.*?)```", TEXT, re.DOTALL)),
        {"ORDERS": FLOWS["orders"]},
        PAGE.name,
        str(PAGE),
        0,
    )
    said: list[str] = []
    result = doctest.DocTestRunner().run(test, out=said.append)
    assert not result.failed, "".join(said)
    assert result.attempted > 15


def flow(name: str) -> Flow:
    return flows.parse(FLOWS[name])


def played(name: str, *script: object) -> list[Turn]:
    chart = compiler.compile(flow(name)).release().statechart
    return list(play(chart, parse_script(list(script)), session="s", seed="s", now=START))


def said(name: str, *script: object) -> list[str]:
    return [message["text"] for turn in played(name, *script) for message in turn.messages]


def test_its_flows_do_what_it_says() -> None:
    assert said("waiting", {"advance": "100d"}) == [
        "It is 2026-01-05T09:01:30Z.",
        "Somebody is there since 2026-01-06T08:00:00Z.",
        "Monday: 2026-03-30T07:00:00Z.",
    ]
    assert said("hours") == ["We are back at 2026-01-05T14:00:00Z."]
    assert said("silence", {"advance": "1h"})[-1] == "Are you still there?"
    assert played("silence", {"advance": "1h"})[-1].outcome == "gone"
    down = {"result": "rate", "error": {"code": "down", "message": "no"}}
    again = {"advance": "10s"}
    assert said("errors", down, again, down, again, down) == ["The rate is 1.5."]

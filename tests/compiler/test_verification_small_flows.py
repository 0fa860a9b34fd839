"""Small flows of every kind, each held against random conversations.

Their nodes are named by what somebody who reads the flow knows of them: no conversation comes to
``bad`` ones; some come to all others. Where that is not decided, nothing is claimed.
"""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest

from benchmarks.verify.documents import source_from
from statewright import compiler
from statewright.compiler.verification.budget import Budget
from statewright.compiler.verification.questions import EnterState, Impossible, Possible, Undecided
from statewright.compiler.verification.verification import Verification, verified
from statewright.statechart.structure.tree import tree_of
from tests.compiler.test_verification_random import proved_wrongly, talk

FLOWS = {path.stem: path for path in sorted(Path(__file__).parent.glob("small/*.yaml"))}
BESIDE = {path.name: path.read_text() for path in Path(__file__).parent.glob("small/beside/*.yaml")}
TALKS = 6
RULED = ("rules_cond", "rules_leads")
"""Flows whose rules end conversations before they come to their last nodes."""


@cache
def verification_of(name: str) -> Verification:
    source = source_from(name, FLOWS[name].read_text(), BESIDE)
    return verified(compiler.compile(source.flow()).statechart, Budget(steps=4_000))


@pytest.mark.parametrize("name", FLOWS)
def test_what_is_claimed_of_a_small_flow_is_so(name: str) -> None:
    verification = verification_of(name)
    chart = verification.chart
    for state in tree_of(chart).nodes:
        if "/" in state or state.startswith("~") or (name in RULED and state == "bye"):
            continue
        answer = verification.answer(EnterState(state))
        wrong = Possible if state.startswith("bad") else Impossible
        assert not isinstance(answer, wrong), f"{state}: {answer}"
        assert not (isinstance(answer, Undecided) and "replayed" in answer.reason), state
    for number in range(TALKS):
        for step in talk(random.Random(f"{name} {number}"), chart):
            assert proved_wrongly(verification, step) == []


def test_most_of_these_flows_are_decided() -> None:
    decided = [name for name in FLOWS if not verification_of(name).hindrance]
    assert len(decided) >= len(FLOWS) * 2 // 3

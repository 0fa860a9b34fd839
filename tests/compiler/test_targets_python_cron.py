"""Cron expressions without cronsim: the same times, and the same fields that are wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from cronsim import CronSim, CronSimError
from hypothesis import given, settings
from hypothesis import strategies as st

from statewright.compiler.targets.python.runtime.cron import Cron, CronError
from statewright.expressions import Computed, parse
from statewright.statechart import Datum, State, Statechart, start
from statewright.statechart.actions import Say
from tests.compiler.standalone import assert_same, imported

NUMBERS = st.sampled_from([0, 1, 2, 5, 7, 8, 12, 23, 28, 29, 30, 31, 59, 60]).map(str)
ODD = st.sampled_from(
    [
        *("L", "LW", "5L", "7L", "0L", "8L", "L5", "MONL", "5LX", "LW-3", "L/2", "5L/2"),
        *("1#2", "sun#5", "5#6", "5#", "#", "/", "-", "²", "jan", "MON", "fri-sat", "x"),
    ]
)


def terms() -> st.SearchStrategy[str]:
    ranges = st.builds("{}-{}".format, NUMBERS, NUMBERS)
    stepped = st.builds("{}/{}".format, st.just("*") | NUMBERS | ranges, NUMBERS)
    return st.just("*") | NUMBERS | ranges | stepped | ODD


def fields() -> st.SearchStrategy[str]:
    return st.just("*") | st.just("0") | st.lists(terms(), min_size=1, max_size=3).map(",".join)


@settings(deadline=None, max_examples=400)
@given(
    st.tuples(*[fields()] * 5).map(" ".join),
    st.datetimes(datetime(1990, 1, 1), datetime(2110, 1, 1)),  # noqa: DTZ001 - local times
)
def test_the_next_times_are_those_of_cronsim(expression: str, after: datetime) -> None:
    assert found(expression, after) == found_by_cronsim(expression, after)


def found(expression: str, after: datetime) -> list[datetime] | str:
    try:
        return list(islice(Cron(expression, after), 3))
    except CronError as error:
        return str(error)


def found_by_cronsim(expression: str, after: datetime) -> list[datetime] | str:
    try:
        return list(islice(CronSim(expression, after), 3))
    except CronSimError as error:
        return str(error)


@pytest.mark.parametrize(
    "expression",
    [
        "@daily",
        "30 2 * * *",
        "*/7 2 * * sun",
        "0 9 LW * *",
        "0 0 30 2 *",
        "0 0 30 2 mon",
        "61 * * * *",
        "now",
    ],
)
def test_a_module_finds_the_next_run_without_any_library(expression: str, tmp_path: Path) -> None:
    text = "schedule.next(cron, 'Europe/Berlin', now)"
    entry = (tuple(Say(Computed(parse(text))) for _ in range(2)),)
    chart = Statechart(
        "runs", (State("only", entry=entry),), data=(Datum("cron"),), inputs=("cron",)
    )
    module = imported(chart, tmp_path)
    # The night before the clocks of Berlin are put forward.
    now = int(datetime(2026, 3, 28, 22, tzinfo=UTC).timestamp()) * 1_000_000
    data = {"cron": expression}
    ours = start(chart, session="s", seed="x", now=now, data=data)
    made = module.interpret(module.MACHINE, session="s", seed="x", now=now, data=data)
    assert_same(ours, module, made)

from __future__ import annotations

from typing import Any

import pytest

from statewright.flows.durations import SECOND, microseconds_from


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90s", 90),
        ("1h30m", 5400),
        ("2d", 172_800),
        ("1w", 604_800),
        (" 1 h 5 s ", 3605),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("1m5ms", 60.005),
        (45, 45),
        (0.5, 0.5),
        (0, 0),
    ],
)
def test_durations_are_texts_with_units_or_seconds(written: Any, seconds: float) -> None:
    assert microseconds_from(written) == seconds * SECOND


@pytest.mark.parametrize(
    "written",
    [
        *("", "s", "5", "1h30", "30m1h", "5m5m", "-5s", "1 year", "9999999999999999w"),
        *(-1, True, None, 1e300, float("nan"), [5]),
    ],
)
def test_anything_else_is_no_duration(written: Any) -> None:
    assert microseconds_from(written) is None

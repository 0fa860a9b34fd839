"""Times are exact to the nanosecond, whatever Python has for them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import EvaluationError
from statewright.expressions import evaluate, parse
from statewright.expressions.nanoseconds import (
    FineDuration,
    FineTimestamp,
    coarse_duration,
    coarse_timestamp,
    duration_from_nanoseconds,
    nanoseconds_of,
    nanoseconds_since_epoch,
    timestamp_from_nanoseconds,
)
from statewright.statechart.values.coercion import coerced

COUNTS = st.one_of(
    st.integers(-5000, 5000),
    st.integers(-5, 5).map(lambda n: n * 1000),
    st.integers(-(2**62), 2**62),
)
ORDERS = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]


def value_of(text: str, **names: Any) -> Any:
    return evaluate(parse(text), names)


@pytest.mark.parametrize("compare", ORDERS)
@given(one=COUNTS, other=COUNTS)
def test_times_are_ordered_as_their_nanoseconds(
    compare: Callable[[Any, Any], bool], one: int, other: int
) -> None:
    expected = compare(one, other)
    spans = duration_from_nanoseconds(one), duration_from_nanoseconds(other)
    moments = timestamp_from_nanoseconds(one), timestamp_from_nanoseconds(other)
    assert compare(*spans) is compare(*moments) is expected
    if one == other:
        assert hash(spans[0]) == hash(spans[1])
        assert hash(moments[0]) == hash(moments[1])


@given(COUNTS, COUNTS)
def test_times_are_added_as_their_nanoseconds(one: int, other: int) -> None:
    span, by = duration_from_nanoseconds(one), duration_from_nanoseconds(other)
    moment, then = timestamp_from_nanoseconds(one), timestamp_from_nanoseconds(other)
    assert nanoseconds_of(span + by) == one + other
    assert nanoseconds_of(span - by) == one - other
    assert nanoseconds_since_epoch(moment + by) == one + other
    assert nanoseconds_since_epoch(by + moment) == one + other
    assert nanoseconds_since_epoch(moment - by) == one - other
    assert nanoseconds_of(moment - then) == one - other


@given(COUNTS)
def test_only_what_python_cannot_count_has_a_class_of_its_own(count: int) -> None:
    fine = count % 1000 != 0
    assert isinstance(duration_from_nanoseconds(count), FineDuration) is fine
    assert isinstance(timestamp_from_nanoseconds(count), FineTimestamp) is fine


@given(COUNTS)
def test_texts_of_times_read_back(count: int) -> None:
    span, moment = duration_from_nanoseconds(count), timestamp_from_nanoseconds(count)
    assert value_of("duration(string(t)) == t", t=span) is True
    assert value_of("timestamp(string(t)) == t", t=moment) is True


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("string(timestamp('2024-02-29T12:00:00.123456789Z'))", "2024-02-29T12:00:00.123456789Z"),
        ("string(timestamp('1969-12-31T23:59:59.999999999Z'))", "1969-12-31T23:59:59.999999999Z"),
        ("int(timestamp('1969-12-31T23:59:59.999999999Z'))", -1),
        ("timestamp('1970-01-01T00:00:01.9999999Z').getMilliseconds()", 999),
        ("timestamp('1970-01-01T00:00:01.9999999Z').getHours('+05:30')", 5),
        ("string(duration('-1ns'))", "-0.000000001s"),
        ("string(duration('0.5ns'))", "0s"),
        ("duration('1h0.000000001s').getHours()", 1),
        ("duration('-1.9999999s').getMilliseconds()", -999),
        ("type(duration('1ns')) == google.protobuf.Duration", True),
        ("type(timestamp('1970-01-01T00:00:00.000000001Z')) == type(timestamp(0))", True),
        ("duration('1ns') + duration('999ns') == duration('1us')", True),
        ("timestamp(0) + duration('1ns') > timestamp(0)", True),
        ("timestamp(0) - duration('1ns') < timestamp(0)", True),
        ("duration('1us') - duration('1ns') == duration('999ns')", True),
        ("duration('1ns') == duration('1us')", False),
        ("[duration('3ns'), duration('1us'), duration('2ns')].sort()[0] == duration('2ns')", True),
        ("[duration('3ns'), duration('3ns')].distinct().size()", 1),
        ("'%s'.format([duration('3ns')])", "0.000000003s"),
        ("optional.ofNonZeroValue(duration('1ns')).hasValue()", True),
        ("string(duration('9223372036854775807ns'))", "9223372036.854775807s"),
        ("string(duration('-9223372036854775808ns'))", "-9223372036.854775808s"),
    ],
)
def test_nanoseconds_in_expressions(text: str, value: object) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "timestamp('9999-12-31T23:59:59.999999999Z') + duration('1ns')",
        "timestamp('0001-01-01T00:00:00Z') - duration('1ns')",
        "duration('9223372036854775807ns') + duration('1ns')",
        "duration('9223372036854775808ns')",
        "duration('-9223372036854775808ns') - duration('1ns')",
        "timestamp('0001-01-01T00:00:00Z') - timestamp('9999-12-31T23:59:59.999999999Z')",
    ],
)
def test_what_has_no_room_is_out_of_range(text: str) -> None:
    with pytest.raises(EvaluationError, match="out of range"):
        value_of(text)


def test_a_variable_keeps_times_to_the_microsecond() -> None:
    moment = value_of("timestamp('1969-12-31T23:59:59.123456789Z')")
    assert coerced(moment, "timestamp") == datetime(1969, 12, 31, 23, 59, 59, 123456, tzinfo=UTC)
    assert coerced(value_of("duration('-1.0000019s')"), "duration") == timedelta(
        seconds=-1, microseconds=-1
    )
    assert coerced([moment], "dyn") == [coarse_timestamp(moment)]
    assert coerced(moment, "string") == "1969-12-31T23:59:59.123456Z"
    assert coarse_duration(timedelta(1)) == timedelta(1)

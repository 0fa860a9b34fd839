"""Patches are pure: they change nothing that they are given, and fit or do not."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.expressions.values import Uint
from statewright.statechart.patches import Operation
from statewright.storage.patches import Patch, Scope, patched

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text("ab"),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=6,
)
MAPS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)
PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map(tuple)


def patch(operation: Operation, value: Any = None, *path: str) -> Patch:
    return Patch(Scope.TENANT, path or ("a",), operation, value)


@given(MAPS, PATHS, st.sampled_from(Operation), VALUES)
def test_the_given_values_do_not_change(
    values: dict[str, Any], path: tuple[str, ...], operation: Operation, value: Any
) -> None:
    before = copy.deepcopy(values)
    made = patched(values, patch(operation, value, *path))
    assert values == before
    assert made is None or isinstance(made, dict)


@given(MAPS, PATHS, VALUES)
def test_what_was_set_is_there_and_what_was_unset_is_not(
    values: dict[str, Any], path: tuple[str, ...], value: Any
) -> None:
    made = patched(values, patch(Operation.SET, value, *path))
    if made is None:
        return
    here: Any = made
    for name in path:
        here = here[name]
    assert here == value
    gone: Any = patched(made, patch(Operation.UNSET, None, *path))
    for name in path[:-1]:
        gone = gone[name]
    assert path[-1] not in gone


@pytest.mark.parametrize(
    ("here", "by", "sum_"),
    [
        (1, 2, 3),
        (1, -3, -2),
        (0.5, 1.0, 1.5),
        (Uint(1), Uint(2), Uint(3)),
        (1, 0.5, 1.5),
        (True, 1, None),
        ("1", 1, None),
        (2**63 - 1, 1, None),
        (Uint(2**64 - 1), Uint(1), None),
        (None, 1, None),
        (1, "1", None),
    ],
)
def test_only_numbers_are_added_and_those_of_two_kinds_make_a_double(
    here: Any, by: Any, sum_: Any
) -> None:
    made = patched({"a": here}, patch(Operation.INCREMENT, by))
    assert made == (None if sum_ is None else {"a": sum_})
    assert made is None or type(made["a"]) is type(sum_)


def test_nothing_counts_as_zero_and_as_an_empty_list() -> None:
    assert patched({}, patch(Operation.INCREMENT, 2)) == {"a": 2}
    assert patched({}, patch(Operation.INCREMENT, "2")) is None
    assert patched({}, patch(Operation.APPEND, 2)) == {"a": [2]}


def test_values_do_not_grow_beyond_what_can_be_kept() -> None:
    deep: Any = 1
    for _ in range(90):
        deep = [deep]
    assert patched({}, patch(Operation.SET, deep)) is not None
    assert patched({}, patch(Operation.SET, deep, *"abcabcabcabcabc")) is None

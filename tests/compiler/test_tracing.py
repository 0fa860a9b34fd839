"""What a macrostep looked at is told exactly, and never too little."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from statewright.compiler.verification.search.tracing import (
    Asking,
    Looks,
    Watch,
    Watched,
    guards_told,
    plain,
)
from statewright.statechart import macrostep
from statewright.statechart import start as begin
from statewright.statechart.event import Event
from statewright.statechart.structure.tree import tree_of
from tests.compiler.conversations import compiled

VALUES = {"a": 1, "b": 2}


def test_one_variable_is_looked_at() -> None:
    looks = Looks()
    assert Watched(VALUES, looks)["a"] == 1
    assert looks == Looks({"a"})


def test_what_was_written_before_is_not_looked_at() -> None:
    looks = Looks()
    watched = Watched(VALUES, looks).copy()
    watched["a"] = 3
    watched.pop("b")
    assert (watched["a"], watched.get("b")) == (3, None)
    assert looks == Looks()


def test_what_is_missing_was_looked_for() -> None:
    looks = Looks()
    watched = Watched(VALUES, looks)
    assert "c" not in watched
    assert watched.get("d") is None
    with pytest.raises(KeyError):
        watched["e"]
    assert looks == Looks({"c", "d", "e"})


@pytest.mark.parametrize(
    "ask",
    [
        dict,
        list,
        len,
        lambda watched: {**watched},
        {}.update,
        lambda watched: list(watched.keys()),
        lambda watched: list(watched.items()),
        lambda watched: list(watched.values()),
        lambda watched: watched == {},
        lambda watched: {} | watched,
    ],
)
def test_who_asks_for_all_has_looked_at_all(ask: Callable[[Mapping[str, Any]], Any]) -> None:
    looks = Looks()
    ask(Watched(VALUES, looks))
    assert looks.all


def test_inner_variables_hide_outer_ones() -> None:
    outer, inner = Looks(), Looks()
    seen = Watched(VALUES, outer).copy()
    seen.pop("a")
    seen.update(Watched({"a": 3}, inner))
    assert (seen["a"], seen["b"]) == (3, 2)
    assert outer == Looks({"b"})
    assert "a" in inner.names


def test_a_name_that_is_nowhere_may_be_missing_in_any_scope() -> None:
    outer, inner = Looks(), Looks()
    seen = Watched(VALUES, outer).copy()
    seen.update(Watched({}, inner))
    assert "c" not in seen
    assert (outer, inner) == (Looks({"c"}), Looks({"c"}))


def test_a_watched_session_does_what_an_unwatched_one_does() -> None:
    chart = compiled("""
start: ask
variables: {a: {type: int, default: 1}, b: {type: int, default: 2}, c: {type: int, default: 3}}
nodes:
  ask: {type: question, text: Go?, next: test}
  test: {type: condition, branches: [{if: a > 5 && b > 5, to: ask}], else: count}
  count: {type: set, actions: [{increment: c}, {set: a, to: "{{ c }}"}], next: again}
  again: {type: question, text: "{{ a }}", next: bye}
  bye: {type: end}
""").statechart
    first = begin(chart, session="s", seed="s", now=0).snapshot
    event = Event("message", {"text": "go"}, 1)
    watch = Watch(first)
    after = watch.unwatched(macrostep(chart, watch.snapshot, event).snapshot)
    assert after == macrostep(chart, first, event).snapshot
    assert all(type(one) is dict for one in after.data.values())
    # The guard was false before it came to `b`, and `a` was written before it was shown.
    keys = frozenset((("", "a"), ("", "b"), ("", "c")))
    assert watch.seen(keys) == {("", "a"), ("", "c")}


def test_a_plain_copy_is_not_watched() -> None:
    looks = Looks()
    assert type(plain(Watched(VALUES, looks))) is dict
    assert looks == Looks()


def test_what_guards_look_at_is_told_apart_from_what_is_shown() -> None:
    chart = compiled("""
start: ask
variables: {a: {type: int, default: 1}, b: {type: int, default: 2}}
nodes:
  ask: {type: question, text: Go?, next: test}
  test: {type: condition, branches: [{if: a > 5 && b > 5, to: ask}], else: show}
  show: {type: question, text: "{{ b }}", next: bye}
  bye: {type: end}
""").statechart
    asking = Asking()
    with guards_told(tree_of(chart), asking):
        watch = Watch(begin(chart, session="s", seed="s", now=0).snapshot, asking)
        macrostep(chart, watch.snapshot, Event("message", {"text": "go"}, 1))
    keys = frozenset((("", "a"), ("", "b")))
    assert watch.seen(keys) == keys
    assert watch.seen_by_guards(keys) == {("", "a")}
    assert not asking.guard
    watch = Watch(begin(chart, session="s", seed="s", now=0).snapshot, asking)
    macrostep(chart, watch.snapshot, Event("message", {"text": "go"}, 1))
    assert watch.seen(keys) == keys
    assert watch.seen_by_guards(keys) == frozenset()

"""Frozen values that are made faster than ``dataclasses`` makes them."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, replace
from inspect import signature

import pytest

from statewright.statechart.actions import Assign, Send
from statewright.statechart.definition import Datum, Limits, State, StateKind, Transition
from statewright.statechart.making import maker

ASK = State("ask", StateKind.ATOMIC, transitions=(Transition(("bye",), ("message",)),))


def test_they_are_made_by_place_and_by_name_with_the_same_defaults() -> None:
    assert State("a") == State(id="a", kind=StateKind.ATOMIC, states=(), outcome="", awaits=None)
    assert State("a", failed=True) != State("a")
    assert repr(Transition(("a",))).startswith("Transition(targets=('a',), events=(), guard=None")


def test_they_stay_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        ASK.id = "other"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del ASK.id


@pytest.mark.parametrize("own", [State, Transition, Datum, Limits, Send, Assign])
def test_what_is_missing_or_unknown_is_refused(own: type) -> None:
    with pytest.raises(TypeError):
        own(no_such_attribute=1)
    needed = [one for one in signature(own).parameters.values() if one.default is one.empty]
    if needed:
        with pytest.raises(TypeError):
            own()


def test_they_are_copied_changed_hashed_and_pickled_like_others() -> None:
    assert replace(ASK, outcome="done") == State("ask", transitions=ASK.transitions, outcome="done")
    assert copy.copy(ASK) == copy.deepcopy(ASK) == ASK
    assert pickle.loads(pickle.dumps(ASK)) == ASK  # noqa: S301 - our own
    assert hash(State("ask", transitions=ASK.transitions)) == hash(ASK)


@dataclass(frozen=True, slots=True)
class Even:
    """A number that checks itself."""

    number: int
    name: str = ""

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError(f"{self.number} is odd")


def test_what_a_maker_makes_checks_itself_where_its_class_does() -> None:
    assert maker(Even)(2, name="two") == Even(2, "two")
    with pytest.raises(ValueError, match="3 is odd"):
        maker(Even)(3, "three")

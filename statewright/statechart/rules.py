"""Business rules: what must hold of every conversation, as automata over what happens in it.

A rule is written over *moments*. A moment that names states happens when one of them is entered
and, where it has a condition too, the condition is true then. One that names no state happens when
its condition becomes true.

What happens is looked at after every microstep: with all that it has left, done and entered, so a
state is seen with what its own entry actions have set, and values that are wrong for an instant
within one microstep are not seen. Changes from outside (``session.patch``) are looked at, too.
Coming back by a history state, after an interrupt or a handoff, does not enter anything anew.

A condition that has no value is neither true nor false: a variable that nobody has set yet breaks
no rule. Only at a state that it names, a condition that ``always`` has to hold must have a value.

==========  =====================================================================================
``never``   the condition is not true: when a state is entered, or without states at any time
``always``  the condition is true when a state is entered; without states, it is not false
``before``  ``other`` has happened before the moment, or happens with it
``leads_to``  after the moment, ``other`` happens before the session ends, or happened with it
``at_most``  the moment happens ``count`` times, and no more
==========  =====================================================================================

Without states, ``never`` and ``always`` are broken once for as long as that lasts; all others each
time.

The automaton of a rule has small numbers as its states, 0 at first. ``advanced`` is its step and
``is_open`` tells that the end of the session would break it. The runtime, which keeps the numbers
in the snapshot, and whoever proves rules share these two: what is proved is what is watched.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from statewright.expressions import Expression

VIOLATION: Final = "error.flow.rule"
"""The event, and the incident, of a rule that is broken."""


class RuleKind(StrEnum):
    """What a rule says about its moments."""

    NEVER = "never"
    ALWAYS = "always"
    BEFORE = "before"
    LEADS_TO = "leads_to"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happens.

    Attributes:
        states: ids of the states one of which is entered; None for no matter where.
        condition: what is true then; None for no matter what.
    """

    states: tuple[str, ...] | None = None
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold of a session.

    Attributes:
        name: unique in the chart.
        kind: what is said about the moments.
        moment: what it is about; of ``never`` and ``always``, where, and the condition.
        other: of ``before``, what has to come first; of ``leads_to``, what has to follow.
        count: of ``at_most``, how often.
        scope: the state whose variables the conditions see. Without being active, it is not
            watched; leaving it ends what was promised, as the end of the session does. ``""`` is
            the session.
    """

    name: str
    kind: RuleKind
    moment: Moment
    other: Moment | None = None
    count: int = 0
    scope: str = ""


Truth = Callable[[Expression], bool | None]
"""Tells whether a condition is true now; None where it has no value."""


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of the automaton of a rule.

    Attributes:
        state: its next state.
        broken: whether the rule is broken by what has just happened.
    """

    state: int
    broken: bool = False


# A state is a phase, and a bit for each moment: whether its condition was true when looked at last.
_HELD: Final = 1
_OTHER_HELD: Final = 2
_PHASE: Final = 4


def advanced(rule: Rule, state: int, entered: Container[str], truth: Truth) -> Step:
    """The step of a rule's automaton.

    Args:
        rule: the rule.
        state: where its automaton is; 0 at first.
        entered: ids of the states that were just entered, but for those that were returned to.
        truth: of the conditions, now; asked only where it matters.
    """
    return _ADVANCED[rule.kind](rule, state, entered, truth)


def is_open(rule: Rule, state: int) -> bool:
    """Whether something is still to come: the rule is broken if the session ends now."""
    return rule.kind is RuleKind.LEADS_TO and state >= _PHASE


def _never(rule: Rule, state: int, entered: Container[str], truth: Truth) -> Step:
    if rule.moment.states is None:
        return _lasting(_is_true(rule.moment, truth) is True, state)
    return Step(0, _is_at(rule.moment, entered) and _is_true(rule.moment, truth) is True)


def _always(rule: Rule, state: int, entered: Container[str], truth: Truth) -> Step:
    if rule.moment.states is None:
        return _lasting(_is_true(rule.moment, truth) is False, state)
    return Step(0, _is_at(rule.moment, entered) and _is_true(rule.moment, truth) is not True)


def _lasting(bad: bool, state: int) -> Step:  # noqa: FBT001 (a value that is looked at)
    """What is wrong breaks a rule once, and is remembered for as long as it lasts."""
    return Step(_HELD if bad else 0, broken=bad and not state)


def _before(rule: Rule, state: int, entered: Container[str], truth: Truth) -> Step:
    if state >= _PHASE:
        return Step(_PHASE)
    first, held = _other_happens(rule, state, entered, truth)
    if first:
        return Step(_PHASE)
    happens, own = _happens(rule.moment, bool(state & _HELD), entered, truth)
    return Step(own * _HELD + held * _OTHER_HELD, broken=happens)


def _leads_to(rule: Rule, state: int, entered: Container[str], truth: Truth) -> Step:
    happens, own = _happens(rule.moment, bool(state & _HELD), entered, truth)
    kept, held = _other_happens(rule, state, entered, truth)
    waits = (state >= _PHASE or happens) and not kept
    return Step(own * _HELD + held * _OTHER_HELD + waits * _PHASE)


def _at_most(rule: Rule, state: int, entered: Container[str], truth: Truth) -> Step:
    happens, own = _happens(rule.moment, bool(state & _HELD), entered, truth)
    times = state // _PHASE
    if not happens:
        return Step(times * _PHASE + own)
    return Step(min(times + 1, rule.count) * _PHASE + own, broken=times >= rule.count)


_ADVANCED: Final[Mapping[RuleKind, Callable[[Rule, int, Container[str], Truth], Step]]] = (
    MappingProxyType(
        {
            RuleKind.NEVER: _never,
            RuleKind.ALWAYS: _always,
            RuleKind.BEFORE: _before,
            RuleKind.LEADS_TO: _leads_to,
            RuleKind.AT_MOST: _at_most,
        }
    )
)


def _other_happens(
    rule: Rule, state: int, entered: Container[str], truth: Truth
) -> tuple[bool, bool]:
    held = bool(state & _OTHER_HELD)
    return (False, False) if rule.other is None else _happens(rule.other, held, entered, truth)


def _happens(
    moment: Moment,
    held: bool,  # noqa: FBT001
    entered: Container[str],
    truth: Truth,
) -> tuple[bool, bool]:
    """Whether a moment happens, and whether the condition of one without states is true."""
    if moment.states is None:
        holds = _is_true(moment, truth) is True
        return holds and not held, holds
    return _is_at(moment, entered) and _is_true(moment, truth) is True, False


def _is_at(moment: Moment, entered: Container[str]) -> bool:
    return any(state in entered for state in moment.states or ())


def _is_true(moment: Moment, truth: Truth) -> bool | None:
    return True if moment.condition is None else truth(moment.condition)


# In words


def broken(rule: Rule, entered: Container[str] = ()) -> str:
    """What a message says of a rule that is broken.

    Args:
        rule: the rule.
        entered: ids of the states that were just entered.
    """
    at = [f"`{state}`" for state in rule.moment.states or () if state in entered]
    where = f" at {at[0]}" if at else ""
    other = described(rule.other)
    said = {
        RuleKind.NEVER: f"{described(Moment(None, rule.moment.condition))} holds{where}",
        RuleKind.ALWAYS: f"{described(Moment(None, rule.moment.condition))} does not hold{where}",
        RuleKind.BEFORE: f"{described(rule.moment)} comes, and {other} has not come before",
        RuleKind.LEADS_TO: f"after {described(rule.moment)}, {other} never came",
        RuleKind.AT_MOST: f"{described(rule.moment)} comes more than {_times(rule.count)}",
    }
    return f"{breach(rule.name)}{said[rule.kind]}"


def breach(name: str) -> str:
    """How every message begins that says of a rule that it is broken."""
    return f"the rule `{name}` is broken: "


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def described(moment: Moment | None) -> str:
    """A moment in words: ``entering `pay` with `age < 18```."""
    if moment is None:
        return "nothing"
    parts = []
    if moment.states is not None:
        parts.append("entering " + (" or ".join(f"`{state}`" for state in moment.states) or "-"))
    if moment.condition is not None:
        parts.append(f"`{moment.condition.text}`")
    return " with ".join(parts)

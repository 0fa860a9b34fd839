"""What solvers are asked: terms over unknown numbers, texts and truths; and what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Sort(StrEnum):
    """What a term stands for; the words are those of SMT-LIB."""

    INT = "Int"
    REAL = "Real"
    TEXT = "String"
    TRUTH = "Bool"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something of which the value is asked."""

    name: str
    sort: Sort


@dataclass(frozen=True, slots=True)
class Constant:
    """An int, a finite float, a text or a bool."""

    value: int | float | str | bool


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of SMT-LIB, by its name there: ``and``, ``<=``, ``str.len``, ``re.union``, …."""

    function: str
    arguments: tuple[Term, ...] = ()


Term = Unknown | Constant | Apply

TRUE = Constant(True)
FALSE = Constant(False)


def both(*terms: Term) -> Term:
    """All of them hold."""
    return _joined("and", terms, TRUE, FALSE)


def either(*terms: Term) -> Term:
    """One of them holds."""
    return _joined("or", terms, FALSE, TRUE)


def _joined(function: str, terms: Sequence[Term], nothing: Term, all_of_it: Term) -> Term:
    rest = tuple(dict.fromkeys(term for term in terms if term != nothing))
    if all_of_it in rest:
        return all_of_it
    return Apply(function, rest) if len(rest) > 1 else (*rest, nothing)[0]


def opposite(term: Term) -> Term:
    """It does not hold."""
    if isinstance(term, Constant):
        return Constant(not term.value)
    return Apply("not", (term,))


@dataclass(frozen=True, slots=True)
class Sat:
    """There are such values.

    Attributes:
        model: the name of an unknown → a value, as far as it matters.
    """

    model: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unsat:
    """There are none."""


@dataclass(frozen=True, slots=True)
class Unsolved:
    """The solver does not know.

    Attributes:
        reason: why, lower case, without a full stop.
    """

    reason: str


Outcome = Sat | Unsat | Unsolved


class Solver(Protocol):
    """Whoever answers. Its work is bounded by a count, so that it answers alike on any machine."""

    def solve(self, script: str) -> Outcome:
        """Whether there are values for which all that a script in SMT-LIB 2 asserts holds."""

"""Trees of regular expressions → the programs of ``runtime.patterns``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from statewright.compiler.analysis.regexes import (
    Choice,
    NoProgramError,
    Repeat,
    Row,
    Spot,
    Symbol,
    Tree,
    tree_of,
)
from statewright.compiler.targets.python.layout import Code, called, tuple_of
from statewright.compiler.targets.python.literals import literal
from statewright.compiler.targets.python.runtime.patterns import Instruction, Pattern

_SIZE: Final = 500
"""How many steps a program may have."""


def pattern_code(pattern: str) -> Code:
    """A pattern as a module writes it.

    Raises:
        NoProgramError: it cannot be carried over.
    """
    made = program_of(pattern)
    steps = (tuple_of((literal(wanted), literal(ways))) for wanted, ways in made.steps)
    return called("Pattern", literal(pattern), tuple_of(steps))


def program_of(pattern: str) -> Pattern:
    """The program of a pattern that RE2 takes.

    Raises:
        NoProgramError: it cannot be carried over.
    """
    writer = _Writer(pattern)
    # From the end to the beginning, since each step names those behind it: numbers count back.
    first = writer.before(tree_of(pattern), 0)
    writer.step((), first)
    last = len(writer.steps)
    steps = [(wanted, tuple(last - way for way in ways)) for wanted, ways in reversed(writer.steps)]
    return Pattern(pattern, tuple(steps))


@dataclass(slots=True)
class _Writer:
    """One run over one tree; the steps are in reverse, numbered from 1, and 0 is the match."""

    pattern: str
    steps: list[tuple[Instruction, tuple[int, ...]]] = field(default_factory=list)

    def step(self, wanted: Instruction, *ways: int) -> int:
        if len(self.steps) >= _SIZE:
            raise NoProgramError(f"the pattern {self.pattern[:60]!r}, which is too large")
        self.steps.append((wanted, ways))
        return len(self.steps)

    def before(self, tree: Tree, behind: int) -> int:
        """The number of the step in which a tree begins that is followed by another step."""
        match tree:
            case Symbol(ranges):
                # No character at all: nowhere to go.
                return self.step(ranges, behind) if ranges else self.step(())
            case Spot(name):
                return self.step(name, behind)
            case Row(parts):
                for part in reversed(parts):
                    behind = self.before(part, behind)
                return behind
            case Choice(options):
                return self.step((), *[self.before(option, behind) for option in options])
            case Repeat(part, least, most):
                return self.repeated(part, least, most, behind)

    def repeated(self, part: Tree, least: int, most: int | None, behind: int) -> int:
        if most is None:
            again = self.step((), behind)
            first = self.before(part, again)
            self.steps[again - 1] = ((), (behind, first))
            behind = again
        else:
            end = behind
            for _ in range(most - least):
                behind = self.step((), self.before(part, behind), end)
        for _ in range(least):
            behind = self.before(part, behind)
        return behind

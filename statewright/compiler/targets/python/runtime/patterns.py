"""Regular expressions of RE2 as programs, in the manner of Thompson: linear in the text.

Source: https://swtch.com/~rsc/regexp/regexp2.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from statewright.compiler.analysis.regexes import Ranges

Instruction = Ranges | str
"""What comes next in a text: a character of these, or a place: ``A z ^ $ b``; see ``Pattern``."""

_KEPT: Final = 10_000
"""How much of what was found out about a pattern is remembered."""


class NotCarriedOver(Exception):
    """The chart needs something that this module cannot do; the release says what, as a loss."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression.

    Attributes:
        text: as it was written.
        steps: numbered from 0; what has to be there, and the numbers of the steps behind it. Step 0
            is the beginning; where a step is followed by the number ``len(steps)``, it has matched.
            A step of no characters is a way only. Places are the beginning and end of the text
            (``A z``) or of a line (``^ $``), and where a word begins or ends (``b``).
    """

    text: str
    steps: tuple[tuple[Instruction, tuple[int, ...]], ...]
    _known: dict[tuple[Any, ...], frozenset[int]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def matches(self, text: str) -> bool:
        """Whether a text holds a match."""
        end = len(self.steps)
        states: frozenset[int] = frozenset()
        before = ""
        for after in (*text, ""):
            states = self._reached(states, _sort_of(before), _sort_of(after))
            if end in states:
                return True
            states = self._passed(states, after)
            before = after
        return False

    def _reached(self, states: frozenset[int], before: str, after: str) -> frozenset[int]:
        """All steps that are reached from some, and from the beginning, without a character."""
        key = (states, before, after)
        found = self._known.get(key)
        if found is None:
            reached: set[int] = set()
            waiting = [0, *states]
            while waiting:
                number = waiting.pop()
                if number in reached:
                    continue
                reached.add(number)
                if number < len(self.steps):
                    wanted, ways = self.steps[number]
                    if not wanted or (isinstance(wanted, str) and _PLACES[wanted](before, after)):
                        waiting.extend(ways)
            found = self._remember(key, reached)
        return found

    def _passed(self, states: frozenset[int], symbol: str) -> frozenset[int]:
        """The steps behind those that a character satisfies."""
        key = (states, symbol)
        found = self._known.get(key)
        if found is None:
            passed: set[int] = set()
            code = ord(symbol) if symbol else -1
            for number in states:
                wanted, ways = self.steps[number]
                if not isinstance(wanted, str) and any(low <= code <= up for low, up in wanted):
                    passed.update(ways)
            found = self._remember(key, passed)
        return found

    def _remember(self, key: tuple[Any, ...], states: set[int]) -> frozenset[int]:
        if len(self._known) >= _KEPT:
            self._known.clear()
        found = self._known[key] = frozenset(states)
        return found


def _sort_of(symbol: str) -> str:
    """What places look at in a character: whether there is one, ends a line, is of a word."""
    if not symbol or symbol == "\n":
        return symbol
    return "w" if symbol == "_" or (symbol.isascii() and symbol.isalnum()) else "-"


_PLACES: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "A": lambda before, _: not before,
    "z": lambda _, after: not after,
    "^": lambda before, _: before in ("", "\n"),
    "$": lambda _, after: after in ("", "\n"),
    "b": lambda before, after: (before == "w") is not (after == "w"),
}


def finder(_pattern: str) -> NoReturn:
    """Refuse a pattern that is not known before the chart runs, or of which a part is wanted.

    Raises:
        NotCarriedOver: always.
    """
    raise NotCarriedOver(
        "this module knows only whether a text matches a pattern that is written out in the chart"
    )


def matches(_text: str, pattern: str) -> NoReturn:
    """Refuse a pattern that is not known before the chart runs.

    Raises:
        NotCarriedOver: always.
    """
    finder(pattern)

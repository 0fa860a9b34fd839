"""Guards that are drawn at random, of all shapes, about a few constants that are drawn, too."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence

INTS = (0, 1, 2, 3, 5, 7, -1, 10, 18, 100, 404, 9007199254740993, 2**63 - 1, -(2**63))
DOUBLES = (0.0, 0.5, 1.5, 2.5, 7.0, -0.5, 0.1, 1e-7, 1e16, 1e22, 3.0)
TEXTS = (
    *("a", "b", "ab", "A", "a b", "b,a", "abc", "5", "7.0", "x@y.example", "true", "yes", "é"),
    *("2026-02-28", "2026-03-01", "09:00", "14:30", "null", "zz", " ", "", "https://a.example/x"),
)
PATTERNS = ("^[0-9]{5}$", "^a", "b$", "^(yes|no)$", "[a-z]+", r"\\s", "^.{3}$", "@", "^$", "[A-Z]")
OPERATORS = ("==", "!=", "<", "<=", ">", ">=")

WHOLE = (
    *("X OP INT", "X OP INT", "X in [INT, INT]", "X % 3 == SMALL", "X / 3 OP SMALL"),
    *("X * 2 OP INT", "-X OP INT", "X + SMALL OP INT", "string(X) == TEXT", "X * X OP INT"),
    *("string(X).startsWith('1')", "string(X).size() OP SMALL", "double(X) OP DOUBLE"),
)
BROKEN = (
    *("X OP DOUBLE", "X OP DOUBLE", "X * 10.0 OP DOUBLE", "X / 2.0 OP DOUBLE", "-X OP DOUBLE"),
    *("int(X) == INT", "X in [DOUBLE, DOUBLE]", "string(X) == TEXT", "math.floor(X) == X"),
)
WORDS = (
    *("X == TEXT", "X != TEXT", "X in [TEXT, TEXT]", "X.contains(TEXT)", "X.startsWith(TEXT)"),
    *("X.endsWith(TEXT)", "X.matches(PATTERN)", "X.size() OP SMALL", "size(X) OP SMALL"),
    *("X OP TEXT", "X.lowerAscii() == TEXT", "X.upperAscii() == TEXT", "X.trim() == TEXT"),
    *("X.lowerAscii().contains(TEXT)", "int(X) OP INT", "double(X) OP DOUBLE", "bool(X)"),
    *("X.split(',')[0] == TEXT", "X.split('').size() OP SMALL", "X + 'a' == TEXT"),
    *("X.charAt(0) == TEXT", "X.indexOf(TEXT) OP SMALL", "X.replace('a', 'b') == TEXT"),
    *("X.substring(0, 1) == TEXT", "X.split('@')[1] == TEXT"),
)
LISTS = (
    *("size(X) OP SMALL", "X[0] == TEXT", "X[1] == TEXT", "TEXT in X", "X == [TEXT, TEXT]"),
    *("X[size(X) - 1] == TEXT", "X.exists(i, i == TEXT)", "X.all(i, i != TEXT)", "X == []"),
    *("X.exists_one(i, i == TEXT)", "X.filter(i, i == TEXT).size() OP SMALL"),
    *("X.join(',') == TEXT", "X.indexOf(TEXT) OP SMALL"),
)
TRUTHS = ("X", "X == false", "!X")
ANYTHING = (
    *("X OP INT", "X OP DOUBLE", "X == TEXT", "X.contains(TEXT)", "X.size() OP SMALL"),
    *("size(X) OP SMALL", "X[0] == TEXT", "TEXT in X", "X == false", "type(X) == TYPE"),
    *("type(X) == TYPE", "X / 2 == INT", "X == null", "has(X.a)", "X.?a.orValue(0) == INT"),
    *("'a' in X", "X == DOUBLE", "X < DOUBLE", "int(X) == INT", "string(X) == TEXT"),
)
GUARDS: Mapping[str, tuple[str, ...]] = {
    "int": WHOLE,
    "double": BROKEN,
    "string": WORDS,
    "list": LISTS,
    "bool": TRUTHS,
    "dyn": ANYTHING,
}
"""Type of a variable → guards about it, with words in the place of what is drawn."""

_WORD = re.compile(r"\b(X|[A-Z]{2,})\b")


class Asking:
    """The constants of one flow, and guards made of them.

    Args:
        chance: what everything depends on.
    """

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.ints = chance.sample(INTS, 3)
        self.doubles = chance.sample(DOUBLES, 2)
        self.texts = chance.sample(TEXTS, 4)
        self._drawing: Mapping[str, Callable[[], str]] = {
            "OP": self.operator,
            "INT": lambda: str(chance.choice(self.ints)),
            "SMALL": lambda: str(chance.choice((0, 1, 2, 3, 5))),
            "DOUBLE": lambda: repr(chance.choice(self.doubles)),
            "TEXT": lambda: json.dumps(chance.choice(self.texts), ensure_ascii=False),
            "PATTERN": lambda: f'"{chance.choice(PATTERNS)}"',
            "TYPE": lambda: chance.choice(("int", "double", "string", "bool", "list")),
        }

    def operator(self) -> str:
        """A comparison."""
        return self.chance.choice(OPERATORS)

    def guard(self, shapes: Sequence[str], place: str) -> str:
        """A guard about what stands at a place."""
        one = self._guard(shapes, place)
        if self.chance.random() < 0.25:
            other = self._guard(shapes, place)
            joined = ("{0} && {1}", "{0} || {1}", "{0} && !{1}", "{0} ? {1} : !{1}")
            return self.chance.choice(joined).format(f"({one})", f"({other})")
        return f"!({one})" if self.chance.random() < 0.1 else one

    def _guard(self, shapes: Sequence[str], place: str) -> str:
        def drawn(word: re.Match[str]) -> str:
            return place if word[0] == "X" else self._drawing[word[0]]()

        return _WORD.sub(drawn, self.chance.choice(shapes))

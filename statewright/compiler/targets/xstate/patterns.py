r"""Regular expressions of RE2 as JavaScript writes them, as far as they mean the same in both.

JavaScript matches with the flag ``u``, so that a dot is a character and not half of one, and
without ``i``: what ignores case names both cases itself. Where the two languages differ (``\s``,
``.``), the set of characters is written out. Anything else is no pattern that can be translated.

Source: https://github.com/google/re2/wiki/Syntax and ECMA-262, 22.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/")
_SETS: Final = {
    "d": "0-9",
    "w": "0-9A-Za-z_",
    "s": "\\t\\n\\f\\r ",
}
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_ASSERTIONS: Final = {"b": "\\b", "B": "\\B", "A": "^", "z": "$"}
_REPETITIONS: Final = frozenset("*+?{")
_FOLDED: Final = {"k": "\\u212a", "s": "\\u017f"}
"""Letters that are the same as an ASCII one where case does not count."""


class NoTranslationError(Exception):
    """JavaScript has no pattern that is certain to mean the same; says what stands in the way."""


def javascript_from(pattern: str) -> str:
    r"""A regular expression literal, with its slashes and flags.

    >>> print(javascript_from(r"^[A-Z]{2}\s.$"), javascript_from("(?i)ok"))
    /^[A-Z]{2}[\t\n\f\r ][^\n]$/u /[Oo][Kk\u212a]/u

    Raises:
        NoTranslationError: there is none.
    """
    reader = _Reader(pattern)
    return f"/{reader.alternatives() or '(?:)'}/u"


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.fold = pattern.startswith("(?i)")
        self.text = pattern[4:] if self.fold else pattern
        self.at = 0
        self.open = 0

    def peek(self) -> str:
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self) -> str:
        if self.at >= len(self.text):
            raise NoTranslationError("the pattern ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def alternatives(self) -> str:
        """Everything, group by group; without recursion, since patterns may be deep."""
        made: list[str] = []
        while self.at < len(self.text):
            made.append(self.piece())
        if self.open:
            raise NoTranslationError("a group is not closed")
        return "".join(made)

    def piece(self) -> str:
        one = self.take()
        read = _PIECES.get(one)
        return self.literal(one) + self.quantifier() if read is None else read(self)

    def alternative(self) -> str:
        return "|"

    def dot(self) -> str:
        return "[^\\n]" + self.quantifier()

    def nothing(self) -> str:
        raise NoTranslationError("nothing is repeated")

    def closing(self) -> str:
        self.open -= 1
        if self.open < 0:
            raise NoTranslationError("a group is closed that was never opened")
        return ")" + self.quantifier()

    def group(self) -> str:
        self.open += 1
        if self.peek() != "?":
            return "(?:"
        self.at += 1
        if self.take() != ":":
            raise NoTranslationError("a group has flags or a name")
        return "(?:"

    def escape(self) -> str:
        one = self.take()
        if one in _ASSERTIONS:
            return self.unrepeated(_ASSERTIONS[one])
        if one.lower() in _SETS:
            return self.named_set(one) + self.quantifier()
        return self.literal(self.escaped(one)) + self.quantifier()

    def unrepeated(self, assertion: str) -> str:
        if self.repeats():
            raise NoTranslationError("an assertion is repeated")
        return assertion

    def repeats(self) -> bool:
        """Whether a repetition comes next."""
        return self.peek() != "" and self.peek() in _REPETITIONS

    def named_set(self, one: str) -> str:
        if self.fold and one in "wW":
            raise NoTranslationError(f"case is ignored in `\\{one}`")
        negated = "^" if one.isupper() else ""
        return f"[{negated}{_SETS[one.lower()]}]"

    def escaped(self, one: str) -> str:
        """The character that an escape stands for."""
        if one in _CONTROLS:
            return _CONTROLS[one]
        if one.isascii() and not one.isalnum():
            return one
        raise NoTranslationError(f"`\\{one}`")

    def literal(self, one: str) -> str:
        return _spelled(one) if not self.fold else self.both_cases(one)

    def both_cases(self, one: str) -> str:
        if not one.isascii():
            raise NoTranslationError("case is ignored in a letter that is not ASCII")
        if not one.isalpha():
            return _spelled(one)
        return f"[{one.upper()}{one.lower()}{_FOLDED.get(one.lower(), '')}]"

    def quantifier(self) -> str:
        if not self.repeats():
            return ""
        found = self.counted() if self.peek() == "{" else self.take()
        if self.peek() == "?":
            found += self.take()
        if self.repeats():
            raise NoTranslationError("a repetition is repeated")
        return found

    def counted(self) -> str:
        end = self.text.find("}", self.at)
        inside = self.text[self.at + 1 : end]
        least, comma, most = inside.partition(",")
        digits = least.isdecimal() and least.isascii() and (most == "" or most.isdecimal())
        if end < 0 or not digits or (most and not comma) or not most.isascii():
            raise NoTranslationError("a brace that repeats nothing")
        self.at = end + 1
        return f"{{{inside}}}"

    def bracket(self) -> str:
        negated = self.peek() == "^"
        self.at += negated
        parts: list[str] = []
        while self.peek() != "]" or not parts:
            parts.append(self.range())
        self.at += 1
        return f"[{'^' if negated else ''}{''.join(parts)}]{self.quantifier()}"

    def range(self) -> str:
        one = self.take()
        if one == "[":
            raise NoTranslationError("a class inside a class")
        if one == "\\":
            one = self.take()
            if one in _SETS and not (self.fold and one == "w"):
                return _SETS[one]
            if one.lower() in _SETS or one in _ASSERTIONS:
                raise NoTranslationError(f"`\\{one}` inside a class")
            one = self.escaped(one)
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return self.member(one, one)
        self.at += 1
        last = self.take()
        last = self.escaped(self.take()) if last == "\\" else last
        if last < one:
            raise NoTranslationError("a range that ends before it begins")
        return self.member(one, last)

    def member(self, first: str, last: str) -> str:
        shown = "-".join(_spelled_in_class(one) for one in dict.fromkeys((first, last)))
        if not self.fold:
            return shown
        if not last.isascii():
            raise NoTranslationError("case is ignored in a letter that is not ASCII")
        letters = [chr(code) for code in range(ord(first), ord(last) + 1) if chr(code).isalpha()]
        others = "".join(letter.swapcase() + _FOLDED.get(letter.lower(), "") for letter in letters)
        return shown + others


def _spelled(one: str) -> str:
    """A character in a pattern of JavaScript."""
    if one in _SYNTAX:
        return f"\\{one}"
    if one < " " or one in "\x7f\x85\u2028\u2029":
        return f"\\u{ord(one):04x}"
    return one


def _spelled_in_class(one: str) -> str:
    return "\\-" if one == "-" else _spelled(one)


_PIECES: Final[Mapping[str, Callable[[_Reader], str]]] = {
    "(": _Reader.group,
    ")": _Reader.closing,
    "[": _Reader.bracket,
    "\\": _Reader.escape,
    "|": _Reader.alternative,
    ".": _Reader.dot,
    "^": lambda reader: reader.unrepeated("^"),
    "$": lambda reader: reader.unrepeated("$"),
    **dict.fromkeys("*+?{", _Reader.nothing),
}

"""Texts as a terminal shows them: harmless, and a place as its line, with carets under it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

BEFORE: Final = 60
"""The characters of a long line that are shown in front of the place."""
WIDTH: Final = 120
"""The characters of a line that are shown at most."""

_WITHOUT_WIDTH: Final = frozenset(("Mn", "Me", "Cf"))
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_DRIVING: Final = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
"""Control characters but the tab, halves of characters, and what turns the direction of a line."""

_UNSEEN: Final = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"))
_FILLERS: Final = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters, marks and signs that look like nothing; variation selectors are others."""

_LAST_OF_FOUR: Final = 0xFFFF


def printable(text: str) -> str:
    """A text on one line, without anything that could drive a terminal."""
    return _DRIVING.sub(_REPLACEMENT, text)


def visible(text: str) -> str:
    r"""A text in which all that a reader cannot see is escaped, but plain blanks.

    >>> visible("5\u202fkg\u200b"), visible("a b")
    ('5\\u202fkg\\u200b', 'a b')
    """
    return "".join(one if _is_seen(one) else _escaped(one) for one in text)


def _is_seen(character: str) -> bool:
    if character == " " or character.isascii():
        return True
    unseen = unicodedata.category(character) in _UNSEEN or character in _FILLERS
    return not (unseen or "\ufe00" <= character <= "\ufe0f")


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= _LAST_OF_FOUR else f"\\U{code:08x}"


def printable_lines(text: str) -> list[str]:
    """The lines of a text, each ``printable``; at least one."""
    return [printable(line) for line in text.splitlines()] or [""]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line of a text, with what marks a place in it.

    Attributes:
        number: of the line, from 1.
        column: of the place, in characters, from 1.
        line: as it is shown: a part of it if it is long, all of it harmless.
        carets: what stands under it: blanks, then carets, as wide as the characters above.
    """

    number: int
    column: int
    line: str
    carets: str


def excerpt_of(text: str, start: int, end: int) -> Excerpt:
    """The line of ``text`` in which ``start`` is, with carets up to ``end`` or the end of it."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    left = max(line_start, start - BEFORE)
    right = min(line_end, left + WIDTH)
    line, marked = _shown(text[left:right].rstrip()), _shown(text[start : min(end, right)])
    return Excerpt(
        number=text.count("\n", 0, start) + 1,
        column=start - line_start + 1,
        line=line,
        carets=" " * columns(_shown(text[left:start])) + "^" * max(1, columns(marked)),
    )


def point_at(text: str, start: int, end: int) -> str:
    """The line of ``text`` around ``start``, and under it carets up to ``end``.

    >>> print(point_at("name == '漢字' &", 13, 14))
    name == '漢字' &
                   ^
    """
    excerpt = excerpt_of(text, start, end)
    return f"{excerpt.line}\n{excerpt.carets}"


def columns(text: str) -> int:
    """Columns that a text takes on a terminal.

    >>> columns("ab"), columns("漢字"), columns("e\u0301")
    (2, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in _WITHOUT_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _shown(text: str) -> str:
    """A text that drives no terminal, as long as it was."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_harmless, text))


def _harmless(character: str) -> str:
    if character.isspace():
        return " "
    is_joiner = character in "\u200c\u200d"
    return character if character.isprintable() or is_joiner else _REPLACEMENT

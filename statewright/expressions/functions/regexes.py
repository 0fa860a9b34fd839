"""The regex extension: what of a text matches, and replacing it.

Source: https://github.com/google/cel-go/blob/master/ext/regex.go
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.operations.patterns import finder
from statewright.expressions.overloads import Overload, function
from statewright.expressions.types import INT, STRING, list_of, optional_of
from statewright.expressions.values import NOTHING, Maybe, bounded, has_lone_surrogate, kind

_ESCAPE: Final = re.compile(r"\\(.?)", re.DOTALL)


def _matches(text: str, pattern: str, groups: int | None = None) -> Iterator[Any]:
    """The matches in a text that do not overlap; an empty one is none right behind another.

    Raises:
        EvaluationError: the pattern has more than so many groups.
    """
    compiled = finder(pattern)
    if groups is not None and compiled.groups > groups:
        raise EvaluationError("the pattern has more than one group: which one is meant?")
    if has_lone_surrogate(text):
        raise EvaluationError("the text holds half a character")
    end = -1
    for match in compiled.finditer(text):
        if match.start() == match.end() == end:
            continue
        end = match.end()
        yield match


def _found(match: Any) -> str:
    """What a match is about: its group if the pattern has one, else the whole; maybe empty."""
    text: str | None = match[1] if len(match.groups()) else match[0]
    return text or ""


def _extract(text: str, pattern: str) -> Maybe:
    match = next(_matches(text, pattern, groups=1), None)
    if match is None or (match.groups() and not _found(match)):
        return NOTHING
    return Maybe(True, _found(match))


def _extract_all(text: str, pattern: str) -> list[str]:
    """A match whose group is empty is left out; a match of a pattern without one is not."""
    return [
        _found(match)
        for match in _matches(text, pattern, groups=1)
        if not match.groups() or _found(match)
    ]


def _replace(text: str, pattern: str, replacement: str, count: int = -1) -> str:
    if count == 0:
        return text
    pieces: list[str] = []
    position = size = 0
    for match in islice(_matches(text, pattern), count if count > 0 else None):
        piece = _expanded(replacement, match)
        pieces += (text[position : match.start()], piece)
        position = match.end()
        size += len(piece)
        bounded(size)
    pieces.append(text[position:])
    bounded(sum(map(len, pieces)))
    return "".join(pieces)


def _expanded(replacement: str, match: Any) -> str:
    """The replacement with what its references, a backslash and a digit, stand for."""

    def group(reference: re.Match[str]) -> str:
        symbol = reference[1]
        if symbol == "\\":
            return symbol
        if symbol not in "0123456789" or not symbol:
            raise EvaluationError("a backslash in a replacement stands before a digit or another")
        if int(symbol) > len(match.groups()):
            raise EvaluationError(f"the pattern has no group {symbol}")
        return match[int(symbol)] or ""

    return _ESCAPE.sub(group, replacement)


def _scans(text: Any, *_: Any) -> int:
    """What finding all matches may cost: RE2 may read to the end of the text for each of them."""
    return len(text) ** 2 // 1000 if kind(text) is str else 0


REGEXES: Final[tuple[Overload, ...]] = (
    function("regex.extract", (STRING, STRING), optional_of(STRING), _extract),
    function("regex.extractAll", (STRING, STRING), list_of(STRING), _extract_all, price=_scans),
    function("regex.replace", (STRING, STRING, STRING), STRING, _replace, price=_scans),
    function("regex.replace", (STRING, STRING, STRING, INT), STRING, _replace, price=_scans),
)
"""``regex.extract regex.extractAll regex.replace``."""

"""Texts that a pattern of RE2 matches, found by walking through it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
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
from statewright.errors import EvaluationError
from statewright.expressions.operations.patterns import matches

LONGEST = 1_000
"""No text is longer than that."""

_LIKED = (*range(ord("a"), ord("z") + 1), *range(ord("0"), ord("9") + 1), *range(ord("A"), 91))


@lru_cache(maxsize=1024)
def texts_matching(pattern: str) -> tuple[str, ...]:
    """A few texts that a pattern matches; none where none was found."""
    try:
        tree = tree_of(pattern)
    except (NoProgramError, ValueError, RecursionError):
        return ()
    found = dict.fromkeys(
        text for text in (_text(tree, pick) for pick in range(3)) if len(text) <= LONGEST
    )
    return tuple(text for text in found if _matches(text, pattern))


@lru_cache(maxsize=1024)
def words_of(pattern: str) -> tuple[str, ...]:
    """All texts that a pattern matches, where these are few; else none.

    >>> words_of("^(yes|no)$"), words_of("^yes|no$"), words_of("^ab?$"), words_of("^a+$")
    (('yes', 'no'), (), ('a', 'ab'), ())
    """
    try:
        tree = tree_of(pattern)
    except (NoProgramError, ValueError, RecursionError):
        return ()
    if not isinstance(tree, Row) or len(tree.parts) < len(_WHOLE):
        return ()
    first, *inner, last = tree.parts
    if (first, last) != _WHOLE:
        return ()
    words = _words(Row(tuple(inner)))
    return () if words is None else tuple(dict.fromkeys(words))


_WHOLE: Final = (Spot("A"), Spot("z"))
"""Where a pattern begins and ends that is about whole texts."""

WORDS: Final = 16
"""So many texts are few."""


def _words(tree: Tree) -> list[str] | None:
    """All texts that a part of a pattern matches; None where these are many, or not known."""
    found: list[str] | None = None
    match tree:
        case Symbol(ranges):
            if sum(up - low + 1 for low, up in ranges) <= WORDS:
                found = [chr(code) for low, up in ranges for code in range(low, up + 1)]
        case Row(parts):
            found = _joined([_words(part) for part in parts])
        case Choice(options):
            each = [_words(option) for option in options]
            if all(words is not None for words in each):
                found = [word for words in each for word in words or ()]
        case Repeat(part, least, most) if most is not None and most <= WORDS:
            each = [_joined([_words(part)] * times) for times in range(least, most + 1)]
            if all(words is not None for words in each):
                found = [word for words in each for word in words or ()]
        case _:
            pass
    return found if found is not None and len(found) <= WORDS else None


def _joined(parts: list[list[str] | None]) -> list[str] | None:
    """All texts of which each part is one of some; None where these are many, or not known."""
    found = [""]
    for words in parts:
        if words is None or len(found) * len(words) > WORDS:
            return None
        found = [before + word for before in found for word in words]
    return found


def _matches(text: str, pattern: str) -> bool:
    try:
        return matches(text, pattern)
    except EvaluationError:
        return False


def _text(tree: Tree, pick: int) -> str:
    """One text; ``pick`` says which of several options is taken, and how often parts repeat."""
    match tree:
        case Symbol(ranges):
            return _character(ranges, pick)
        case Spot():
            return ""
        case Row(parts):
            return "".join(_text(part, pick) for part in parts)
        case Choice(options):
            return _text(options[pick % len(options)], pick) if options else ""
        case Repeat(part, least, most):
            times = least if pick == 0 else max(least, 1)
            if pick == 2:
                times = min(least + 2, LONGEST) if most is None else min(most, least + 2)
            return _text(part, pick) * min(times, LONGEST)


def _character(ranges: tuple[tuple[int, int], ...], pick: int) -> str:
    usual = list(_usual(ranges))
    if usual:
        return chr(usual[pick % len(usual)])
    return chr(ranges[0][0]) if ranges else ""


def _usual(ranges: tuple[tuple[int, int], ...]) -> Iterator[int]:
    """Letters and digits that are among the characters, the likeliest first."""
    return (code for code in _LIKED if any(low <= code <= up for low, up in ranges))

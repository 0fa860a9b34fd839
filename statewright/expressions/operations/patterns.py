"""Regular expressions: RE2, which takes linear time, and never Python's ``re``."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import re2

from statewright.errors import EvaluationError
from statewright.expressions.values import has_lone_surrogate

PATTERN_LIMIT: Final = 10_000
"""The characters that a pattern may have."""

_OPTIONS: Final = re2.Options()
_OPTIONS.log_errors = False


@lru_cache(maxsize=128)
def finder(pattern: str) -> Any:
    """RE2's compiled pattern, which finds where a text matches.

    Raises:
        EvaluationError: it is no pattern of RE2's.
    """
    if len(pattern) > PATTERN_LIMIT:
        raise EvaluationError(f"the pattern is longer than {PATTERN_LIMIT} characters")
    if has_lone_surrogate(pattern):
        raise EvaluationError("the pattern holds half a character")
    try:
        return re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        raise EvaluationError(f"invalid regular expression: {_message(error)}") from None


def matcher(pattern: str) -> Callable[[str], object]:
    """A function of RE2's whose result is true for a text that holds a match of a pattern.

    It raises ``UnicodeEncodeError`` for a text that holds half a character.

    Raises:
        EvaluationError: it is no pattern of RE2's.
    """
    finder(pattern)
    # A set of one pattern finds no places, only whether there is one: that is five times as fast.
    single = re2.Set.SearchSet(_OPTIONS)
    single.Add(pattern)
    single.Compile()
    match: Callable[[str], object] = single.Match
    return match


@lru_cache(maxsize=128)
def searcher(pattern: str) -> Callable[[str], bool]:
    """A function that says whether a text holds a match of a pattern.

    It raises ``EvaluationError`` for a text that holds half a character.

    Raises:
        EvaluationError: it is no pattern of RE2's.
    """
    match = matcher(pattern)

    def search(text: str) -> bool:
        try:
            return bool(match(text))
        except UnicodeEncodeError:
            raise EvaluationError("the text holds half a character") from None

    return search


def matches(text: str, pattern: str) -> bool:
    """Whether ``text`` holds a match of ``pattern``.

    Raises:
        EvaluationError: it is no pattern of RE2's, or the text holds half a character.
    """
    return searcher(pattern)(text)


def _message(error: Exception) -> str:
    argument = error.args[0] if error.args else ""
    return argument.decode("utf-8", "replace") if isinstance(argument, bytes) else str(argument)

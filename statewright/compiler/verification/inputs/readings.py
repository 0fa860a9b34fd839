"""Whether some answers, as they are read, stand for all that there are.

An answer that we write may be refused where it is read, or be read as another one. So it is what is
read that has to be in each piece into which a domain is cut, unless no answer is in that piece.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise, product
from types import MappingProxyType
from typing import Any, Final

from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.inputs.matching import words_of
from statewright.compiler.verification.inputs.wordings import holds, sizes
from statewright.expressions.operations.answers import understood_text
from statewright.expressions.operations.numerals import (
    understood_integer,
    understood_integer_in,
    understood_number,
    understood_number_in,
)
from statewright.expressions.values import INT_MAX, INT_MIN, Maybe

FEW: Final = 5
"""Of so many tests of one text, all outcomes are looked for."""

_LANGUAGES: Final = ("en", "de")
"""Languages in which point and comma change places."""

_Reader = Callable[[Any], Maybe]


def covers(reader: str, cut: Cut, given: Iterable[Any]) -> bool:
    """Whether, of what is given, an answer is read from each piece in which there is one.

    Args:
        reader: the name of the function that reads answers: one of ``READERS``.
        cut: where the answers are cut.
        given: what may be typed, or sent.
    """
    tried = tuple(given)
    return all(
        _PIECES[reader](cut, [one.value for one in map(read, tried) if one.present])
        for read in READERS[reader]
    )


def _are_numbers_covered(cut: Cut, numbers: Sequence[float], *, whole: bool) -> bool:
    points = sorted(one for one in cut.numbers if math.isfinite(one))
    bounds = (-math.inf, *points, math.inf)
    follows = _whole_after if whole else _double_after
    return all(
        any(_is_less(low, one) and _is_less(one, high) for one in numbers) or follows(low) >= high
        for low, high in pairwise(bounds)
    ) and all(point in numbers or not _is_number(point, whole=whole) for point in points)


def _is_less(one: float, other: float) -> bool:
    """Whether a number is less, where a whole one becomes a double beside a double."""
    if float in {type(one), type(other)}:
        return float(one) < float(other)
    return one < other


def _whole_after(low: float) -> float:
    """The least integer above a number; infinite where there is none."""
    if low < INT_MIN:
        return INT_MIN
    return math.inf if low >= INT_MAX else math.floor(low) + 1


def _double_after(low: float) -> float:
    """The least double above a number; infinite where there is none."""
    if low == -math.inf:
        return -sys.float_info.max
    near = float(low)
    return near if near > low else math.nextafter(near, math.inf)


def _is_number(point: float, *, whole: bool) -> bool:
    """Whether there is an integer, or a double, that is the same as a number."""
    if whole:
        return INT_MIN <= point <= INT_MAX and point == math.floor(point)
    return float(point) == point


def _are_texts_covered(cut: Cut, texts: Sequence[str]) -> bool:
    tests = sorted(cut.predicates)
    if len(tests) > FEW:
        return False
    others = [one for one in texts if one not in cut.texts]
    lengths = {one for one in sizes(cut) if one} if cut.numbers else {0}
    tried = {(len(one) if cut.numbers else 0, *_outcome(one, tests)) for one in others}
    return all(
        (length, *outcome) in tried
        or _is_absurd(tests, outcome)
        or are_words_tried(cut, zip(tests, outcome, strict=True))
        for outcome in product((True, False), repeat=len(tests))
        for length in lengths
    )


def are_words_tried(cut: Cut, outcome: Iterable[tuple[tuple[str, str], bool]]) -> bool:
    """Whether no text but the constants has an outcome, since a pattern matches only few.

    Args:
        cut: with these constants.
        outcome: tests of a text, each with what comes of it.
    """
    tests = list(outcome)
    for (name, pattern), holding in tests:
        words = words_of(pattern) if name == "matches" and holding else ()
        others = (word for word in words if word not in cut.texts)
        if words and not any(
            all(holds(word, *one) is wanted for one, wanted in tests) for word in others
        ):
            return True
    return False


def _outcome(text: str, tests: Iterable[tuple[str, str]]) -> Iterator[bool]:
    return (holds(text, *one) for one in tests)


def _is_absurd(tests: Iterable[tuple[str, str]], outcome: Iterable[bool]) -> bool:
    """Whether an answer would have a blank at an edge, where none has one, or nothing in it."""
    return any(
        (name == "startsWith" and wanted and text != text.lstrip())
        or (name == "endsWith" and wanted and text != text.rstrip())
        or (name != "matches" and not wanted and not text)
        for (name, text), wanted in zip(tests, outcome, strict=True)
    )


READERS: Final[Mapping[str, tuple[_Reader, ...]]] = MappingProxyType(
    {
        "text": (understood_text,),
        "number": (understood_number,),
        "integer": (understood_integer,),
        "numberIn": tuple(partial(understood_number_in, language=one) for one in _LANGUAGES),
        "integerIn": tuple(partial(understood_integer_in, language=one) for one in _LANGUAGES),
    }
)
"""Function that reads answers → what it does; in each language, where these read differently."""

_NUMBERS: Final = partial(_are_numbers_covered, whole=False)
_INTEGERS: Final = partial(_are_numbers_covered, whole=True)

_PIECES: Final[Mapping[str, Callable[[Cut, Sequence[Any]], bool]]] = MappingProxyType(
    {
        "text": _are_texts_covered,
        "number": _NUMBERS,
        "integer": _INTEGERS,
        "numberIn": _NUMBERS,
        "integerIn": _INTEGERS,
    }
)

"""Texts that stand for all others: one, at least, for each outcome that tests of texts have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice, product
from types import MappingProxyType
from typing import Final

from statewright.compiler.verification.inputs.days import days_near
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.inputs.matching import texts_matching, words_of
from statewright.errors import EvaluationError
from statewright.expressions.operations.answers import understood_text
from statewright.expressions.operations.patterns import matches
from statewright.expressions.values import Maybe

LENGTH: Final = 2_000
"""The most characters of a text, or parts of a list, that is made up."""

_MOST: Final = 64
"""So many texts are put together of what several tests ask for."""

_FRESH: Final = ("something", "anything else", "x", "Zebra 77", "~")


def texts_for(cut: Cut) -> Iterator[str]:
    """Texts, one at least for each outcome that single tests of them have."""
    yield from sorted(cut.texts)
    yield from days_near(cut.texts)
    yield from _matching(cut.predicates)
    yield from _filled(cut)
    yield _fresh(cut)
    for size in sizes(cut):
        yield "a" * size
        for predicate in sorted(cut.predicates):
            yield from filter(None, (_sized(size, predicate, wanted) for wanted in (True, False)))
    yield ""


def sizes(cut: Cut) -> Iterator[int]:
    """A size of a text from each piece into which sizes are cut."""
    for number in sorted(cut.numbers):
        if float(number).is_integer() and 0 <= number <= LENGTH:
            yield from (int(number) + step for step in (0, -1, 1) if number + step >= 0)


@lru_cache(maxsize=4096)
def _sized(size: int, predicate: tuple[str, str], wanted: bool) -> str:  # noqa: FBT001 (a fact)
    """A text of a size for which a predicate is true, or is not; ``""`` where none is known."""
    name, argument = predicate
    known = texts_matching(argument) if name == "matches" else (argument,)
    found = ""
    for text in (*known, *(f" {one}" for one in known), ""):
        for fill in ("a", "7", " ", "-"):
            missing = fill * (size - len(text))
            half = len(missing) // 2
            inside = f"{missing[:half]}{text}{missing[half:]}"
            for sized in (f"{text}{missing}", f"{missing}{text}", inside):
                if len(sized) == size and holds(sized, *predicate) is wanted:
                    if _is_answer(sized):
                        return sized
                    found = found or sized
    return found


def _is_answer(text: str) -> bool:
    """Whether a text is read as it is where it is an answer: with nothing unseen around it."""
    return understood_text(text) == Maybe(True, text)


def _matching(predicates: set[tuple[str, str]]) -> Iterator[str]:
    """Texts for which one predicate holds, then texts for which several do."""
    by_name: dict[str, list[str]] = {}
    for name, argument in sorted(predicates):
        by_name.setdefault(name, []).append(argument)
    starts, ends, parts = (by_name.get(n, []) for n in ("startsWith", "endsWith", "contains"))
    for pattern in by_name.get("matches", ()):
        yield from words_of(pattern)
        for text in texts_matching(pattern)[:2]:
            yield from (text, *_enclosed(text))
            yield from (f"{start}{text[len(start) :]}" for start in starts)
            yield from (f"{text[: max(0, len(text) - len(end))]}{end}" for end in ends)
    yield from (*starts, *ends, *parts)
    for part in parts:
        yield from _enclosed(part)
    yield from (f"{text} and so on" for text in starts)
    yield from (f"so on and {text}" for text in ends)
    kinds = [[*each, ""] for each in (starts, parts, ends)]
    for start, part, end in islice(product(*kinds), _MOST):
        yield f"{start}{part}{end}"
    yield "".join(parts)


def _filled(cut: Cut) -> Iterator[str]:
    """Numbers that are compared with, as long as a pattern wants them: `00007`."""
    for name, pattern in sorted(cut.predicates):
        for text in texts_matching(pattern)[:1] if name == "matches" else ():
            if text.isdecimal():
                yield from (one.zfill(len(text)) for one in sorted(cut.texts) if one.isdecimal())


def _enclosed(text: str) -> Iterator[str]:
    """A text in the midst of another one, where it is not read as it is when it stands alone."""
    if not _is_answer(text):
        yield f"x{text}x"


def _fresh(cut: Cut) -> str:
    """A text that is none of those compared with, and for which no predicate holds."""
    for text in _FRESH:
        if text not in cut.texts and not any(holds(text, *one) for one in cut.predicates):
            return text
    return "\U0001f9a4"


def holds(text: str, predicate: str, argument: str) -> bool:
    """Whether a predicate is true of a text; not where it has no value."""
    try:
        return _HOLDS[predicate](text, argument)
    except EvaluationError:
        return False


_HOLDS: Final[Mapping[str, Callable[[str, str], bool]]] = MappingProxyType(
    {
        "startsWith": str.startswith,
        "endsWith": str.endswith,
        "contains": str.__contains__,
        "matches": matches,
    }
)

"""The languages that CLDR has tables for, as Babel carries them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import tokenize_pattern

from statewright.expressions.operations.utterances import folded

_WORD: Final = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=256)
def language_named(name: str) -> Locale | None:
    """The nearest language that there are tables for: ``de-XX`` is ``de``; None where none is.

    Args:
        name: a tag (BCP 47), also with underscores.
    """
    parts = name[:60].replace("-", "_").split("_")
    while parts:
        try:
            return Locale.parse("_".join(parts))
        except (UnknownLocaleError, ValueError, TypeError, AttributeError):
            parts.pop()
    return None


def is_language(name: str) -> bool:
    """Whether there are tables for a language, or for one that it is a kind of."""
    return language_named(name) is not None


def words_in(patterns: Iterable[str]) -> Iterator[str]:
    """The words that stand in patterns of CLDR, folded: `Uhr` in ``HH 'Uhr'``."""
    for pattern in patterns:
        for sort, part in tokenize_pattern(pattern):
            if sort == "chars" and isinstance(part, str):
                yield from _WORD.findall(folded(part))

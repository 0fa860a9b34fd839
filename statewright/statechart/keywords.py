"""Whether what a user says holds a word that an author waits for.

Both are compared without case, accents and skin tones; curly quotes and long dashes are plain ones.
Every character of a word has to be there. Between the parts of a word that blanks part, and around
the whole, signs do not count: `money back` is held by `My money, back!`. A word is a whole one: no
letter or digit stands before or behind it where it begins or ends with one, nor a sign that makes
another name of it: `C` is not held by `C++`, `C#` or `NaCl`. Scripts that put no blanks between
words know no whole ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from statewright.expressions.operations.utterances import folded

_PLAIN: Final = dict.fromkeys(range(0x2010, 0x2016), "-") | dict.fromkeys(
    (0x2018, 0x2019, 0x02BC, 0x00B4), "'"
)
_GLUED: Final = "+#"
"""Signs that make another name of the word before them: `C++`, `C#`."""

_BETWEEN: Final = rf"[^\w{_GLUED}]|_"
"""A sign that does not count around words."""

_JOINER: Final = "\u200d"
"""Makes one emoji of several."""

_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese."""


@lru_cache(maxsize=4096)
def spoken(text: str) -> str:
    """A text as it is compared.

    >>> spoken("  Où  est-ce, s’il vous plaît?")
    "ou est-ce, s'il vous plait?"
    """
    return " ".join(folded(text.translate(_PLAIN)).translate(_PLAIN).split())


def is_word(text: str) -> bool:
    """Whether there is more in a text than signs that end sentences and the like."""
    return any(_is_letter(one) or one in _GLUED or _is_symbol(one) for one in spoken(text))


def holds(text: str, word: str) -> bool:
    """Whether a text holds a word anywhere."""
    return any(True for _ in _places(text, word))


def holds_first(text: str, word: str) -> bool:
    """Whether a text begins with a word."""
    return any(_means_nothing(before) for before, _ in _places(text, word))


def holds_only(text: str, word: str) -> bool:
    """Whether a text is a word."""
    return any(
        _means_nothing(before) and _means_nothing(behind) for before, behind in _places(text, word)
    )


def _places(text: str, word: str) -> Iterator[tuple[str, str]]:
    """What stands before and behind a word, for each time that a text holds it."""
    pattern = _pattern(word)
    if pattern is None:
        return
    whole = spoken(text)
    found = pattern.search(whole)
    while found is not None:
        before, behind = whole[: found.start()], whole[found.end() :]
        inner = found[0]
        if not (_runs_on(before[-1:], inner[0]) or _runs_on(inner[-1], behind[:1])):
            yield before, behind
        found = pattern.search(whole, found.start() + 1)


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str] | None:
    """What a word looks like in a text; None where it is no word."""
    if not is_word(word):
        return None
    return re.compile(rf"(?:{_BETWEEN})+".join(map(re.escape, spoken(word).split())))


def _means_nothing(rest: str) -> bool:
    return re.fullmatch(rf"(?:{_BETWEEN})*", rest) is not None


def _runs_on(left: str, right: str) -> bool:
    """Whether two characters that follow each other are of one word."""
    if not left or not right:
        return False
    if _JOINER in (left, right) or _is_mark(right):
        return True
    if _UNSPACED.match(left) or _UNSPACED.match(right):
        return False
    letters = _is_letter(left), _is_letter(right)
    return (
        all(letters)
        or (right in _GLUED and (letters[0] or left in _GLUED))
        or (left in _GLUED and letters[1])
    )


def _is_letter(one: str) -> bool:
    return one.isalnum() or _is_mark(one)


def _is_mark(one: str) -> bool:
    """Whether a character is a part of the letter before it."""
    return unicodedata.category(one).startswith("M")


def _is_symbol(one: str) -> bool:
    return unicodedata.category(one) in {"So", "Sc", "Sm"}

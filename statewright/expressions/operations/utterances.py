"""Texts as people type them, and the forms in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from statewright.expressions.values import Uint, kind

WORD_LIMIT: Final = 1000
"""The characters that a text may have which is compared with words."""

_BEHIND: Final = " .!?,;:)…。،؛؟۔"
_BEFORE: Final = " ¡¿"
"""What may stand behind an answer, and before a word, and means nothing there."""

_UNSEEN: Final = (
    *(0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
)
"""Characters without a shape that come along when something is copied."""

_LOOKS: Final = dict.fromkeys((0x0640, 0x20E3, 0xFE0E, 0xFE0F, *range(0x1F3FB, 0x1F400)))
"""What says how something looks, and not what it means: letters drawn out in Arabic, keycaps,
variation selectors, skin tones."""

_SIMPLE: Final = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe"}
)
"""Letters that do not come apart into one without an accent and the accent."""

_LETTERS: Final = re.compile("[иу]\u0306|і\u0308|[гк]\u0301")
"""Letters of Cyrillic that have keys of their own, although they come apart: й, ў, ї, ѓ, ќ."""

_PARTS_OF_LETTERS: Final = frozenset({0, *range(7, 10), *range(84, 133)})
"""Combining classes of signs without which a letter is another one: what voices kana, and what
stands with the letters of India, Thailand, Laos and Tibet; 0 is of what does not combine."""

_SIGNS: Final[dict[int, str | None]] = {
    **dict.fromkeys(_UNSEEN),
    0x2212: "-",
    0x066B: ".",
    0x3000: " ",
    **{wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},
}
"""Signs that mean one of ASCII: the minus sign, the Arabic decimal point, full-width forms."""


def folded(text: str) -> str:
    """A text without case, accents and outer blanks, for comparing what people type.

    >>> folded("  São Paulo ")
    'sao paulo'
    """
    if text.isascii():
        return text.strip().lower()
    # Some letters have a case only once they are decomposed, and some are to be decomposed after.
    small = unicodedata.normalize("NFKD", text.strip()).casefold()
    decomposed = _LETTERS.sub(_composed, unicodedata.normalize("NFKD", small.translate(_SIMPLE)))
    bare_letters = [one for one in decomposed if unicodedata.combining(one) in _PARTS_OF_LETTERS]
    return unicodedata.normalize("NFC", "".join(bare_letters).translate(_LOOKS))


def _composed(letter: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", letter[0])


def stripped(answer: Any) -> str:
    """What was typed, without outer blanks; ``""`` for what is no text."""
    return answer.strip() if kind(answer) is str else ""


def is_seen(text: str) -> bool:
    """Whether a text has anything but blanks and characters that cannot be seen."""
    return any(not (one.isspace() or ord(one) in _UNSEEN) for one in text)


def plain(answer: Any) -> str:
    """A text with the digits and signs of ASCII, without what may stand behind an answer."""
    return unended(signed(answer))


def signed(answer: Any) -> str:
    """A text with the digits and signs of ASCII, and nothing that cannot be seen."""
    text = stripped(answer)
    if not text.isascii() and len(text) <= WORD_LIMIT:
        text = "".join(str(unicodedata.decimal(one, one)) for one in text.translate(_SIGNS))
    return text.strip()


def unended(text: str) -> str:
    """A text without what may stand behind an answer."""
    return text.rstrip(_BEHIND).strip()


def bare(word: str) -> str:
    """A folded word without the signs around it, and with the digits of ASCII."""
    return plain(word).lstrip(_BEFORE)


def word_of(value: Any) -> str:
    """How a value is compared: a text folded, a number as its digits; "" for anything else."""
    own = kind(value)
    if own is str:
        return folded(value) if len(value) <= WORD_LIMIT else ""
    if own is bool:
        return "true" if value else "false"
    if own in (int, Uint) or (own is float and value.is_integer()):
        return str(int(value))
    return str(value) if own is float else ""

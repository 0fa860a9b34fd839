"""Functions that understand what a user typed: ``answer.email(event.data.text)``.

Each takes what came in and returns an optional: what it means, or nothing. A value that already
has the wanted type is taken as it is. Digits may be those of any script, letters and signs may be
full-width, and what ends a sentence may stand behind an answer. Yes and no are understood in the
languages of ``YES`` and ``NO``, whichever is spoken.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from statewright.expressions.overloads import Implementation, Overload, function
from statewright.expressions.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    STRING,
    CelType,
    list_of,
    map_of,
    optional_of,
)
from statewright.expressions.values import INT_MAX, INT_MIN, NOTHING, Maybe, Uint, kind

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,30}")
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,16}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,16}[A-Za-z]{2,63}"
)
_PHONE: Final = re.compile(r"\+?[0-9 .()\-]{5,40}")
_URL: Final = re.compile(
    r"https?://(?:[^\s/?#@]{1,200}@)?"
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?){0,16}\.?|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?::[0-9]{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_PLACE: Final = re.compile("[1-9][0-9]{0,5}")
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME: Final = re.compile(
    r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?(?::([0-9]{2}))?\s{0,3}([ap])?\.?(m?)\.?", re.IGNORECASE
)
_PLACE_ON_EARTH: Final = re.compile(
    r"([+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?)\s{0,9}[,; ]\s{0,9}([+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?)"
)
_WORD_LIMIT: Final = 1000
"""The characters that the name of a choice may have."""
_PARTS_LIMIT: Final = 1000
"""The choices that one text may name; more are no choice."""
YES: Final = frozenset(
    (
        *("yes", "y", "yeah", "yep", "yup", "sure", "ok", "okay", "true", "1"),
        *("ja", "j", "jawohl", "jo", "klar", "gerne", "jazeker"),
        *("oui", "ouais", "d'accord", "d’accord", "si", "s", "claro", "vale"),
        *("sim", "isso", "certo", "va bene"),
    )
)
"""What means yes, folded: in English, German and Dutch, French and Spanish, Portuguese, Italian."""

NO: Final = frozenset(
    (*("no", "n", "nope", "nah", "false", "0"), *("nein", "nee", "neen", "non", "nao"))
)
"""What means no in the same languages."""

_BEHIND: Final = " .!?,;:)…。،؛؟۔"
_BEFORE: Final = " ¡¿"
"""What may stand behind an answer, and before a word, and means nothing there."""

_SIGNS: Final = {0x2212: "-", 0x066B: ".", 0x3000: " "} | {
    wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)
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
    decomposed = unicodedata.normalize("NFKD", small)
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def _stripped(answer: Any) -> str:
    return answer.strip() if kind(answer) is str else ""


def _plain(answer: Any) -> str:
    """A text with the digits and signs of ASCII, without what may stand behind an answer."""
    text = _stripped(answer)
    if not text.isascii() and len(text) <= _WORD_LIMIT:
        signed = text.translate(_SIGNS)
        text = "".join(str(unicodedata.decimal(one, one)) for one in signed)
    return text.rstrip(_BEHIND).strip()


def _bare(word: str) -> str:
    """A folded word without the signs around it, and with the digits of ASCII."""
    return _plain(word).lstrip(_BEFORE)


def _text(answer: Any) -> Maybe:
    text = _stripped(answer)
    return Maybe(True, text) if text else NOTHING


def _number(answer: Any) -> Maybe:
    if kind(answer) in (int, Uint, float):
        return Maybe(True, float(answer)) if math.isfinite(answer) else NOTHING
    text = _plain(answer)
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return Maybe(True, number) if math.isfinite(number) else NOTHING


def _integer(answer: Any) -> Maybe:
    own = kind(answer)
    if own in (int, Uint) or (own is float and answer.is_integer()):
        number = int(answer)
    elif _INTEGER.fullmatch(text := _plain(answer)):
        number = int(text)
    else:
        return NOTHING
    return Maybe(True, number) if INT_MIN <= number <= INT_MAX else NOTHING


def _boolean(answer: Any) -> Maybe:
    if kind(answer) is bool:
        return Maybe(True, answer)
    word = _bare(_word(answer)) if kind(answer) is str else ""
    if word in YES:
        return Maybe(True, True)
    return Maybe(True, False) if word in NO else NOTHING


def _email(answer: Any) -> Maybe:
    text = _plain(answer)
    return Maybe(True, text) if len(text) <= 254 and _EMAIL.fullmatch(text) else NOTHING


def _phone(answer: Any) -> Maybe:
    text = _plain(answer)
    digits = "".join(one for one in text if one in "0123456789")
    if not _PHONE.fullmatch(text) or not 7 <= len(digits) <= 15:
        return NOTHING
    return Maybe(True, f"+{digits}" if text.startswith("+") else digits)


def _url(answer: Any) -> Maybe:
    text = _stripped(answer)
    return Maybe(True, text) if len(text) <= 2048 and _URL.fullmatch(text) else NOTHING


def _date(answer: Any) -> Maybe:
    text = _plain(answer)
    match = _DATE.fullmatch(text)
    try:
        if match:
            date(int(match[1]), int(match[2]), int(match[3]))
            return Maybe(True, text)
    except ValueError:
        pass
    return NOTHING


def _time(answer: Any) -> Maybe:
    """A time of day, as ``HH:MM``: written as 14:30, 14h30, 2:30 pm, 2 pm."""
    match = _TIME.fullmatch(_plain(answer))
    if match is None:
        return NOTHING
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[4] or "").lower()
    if bool(half) != bool(match[5]) or not (match[2] or half):
        return NOTHING
    if half:
        if not 1 <= hour <= 12:
            return NOTHING
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or int(match[3] or 0) > 59:
        return NOTHING
    return Maybe(True, f"{hour:02}:{minute:02}")


def _file(answer: Any) -> Maybe:
    """A file, or the first of several: a map with a ``url``, and no negative ``size``."""
    if kind(answer) is list and answer:
        answer = answer[0]
    if kind(answer) is not dict or kind(answer.get("url")) is not str or answer["url"] == "":
        return NOTHING
    size = answer.get("size")
    return NOTHING if kind(size) in (int, float) and size < 0 else Maybe(True, answer)


def _location(answer: Any) -> Maybe:
    """A place on earth: a map with ``latitude`` and ``longitude``, or both as a text."""
    if kind(answer) is dict:
        pair = (_number(answer.get("latitude")), _number(answer.get("longitude")))
    else:
        match = _PLACE_ON_EARTH.fullmatch(_plain(answer))
        pair = (_number(match[1]), _number(match[2])) if match else (NOTHING, NOTHING)
    if not all(part.present for part in pair):
        return NOTHING
    latitude, longitude = (part.value for part in pair)
    if abs(latitude) > 90 or abs(longitude) > 180:
        return NOTHING
    return Maybe(True, {"latitude": latitude, "longitude": longitude})


def _choice(answer: Any, choices: Iterable[Any]) -> Maybe:
    found = _Offer(choices).named(answer)
    return NOTHING if found is None else Maybe(True, found)


def _choices(answer: Any, choices: Iterable[Any]) -> Maybe:
    """Several choices: a list, or a text with commas between them. Each has to be offered."""
    offer = _Offer(choices)
    parts = list(answer) if kind(answer) is list else _parts(answer, offer)
    found: dict[int, Any] = {}
    for part in parts:
        choice = offer.named(part)
        if choice is None:
            return NOTHING
        found.setdefault(id(choice), choice)
    return Maybe(True, list(found.values())) if found else NOTHING


def _parts(answer: Any, offer: _Offer) -> list[Any]:
    """What the commas of a text part; a text that is one choice, commas and all, stays whole."""
    if kind(answer) is not str or offer.named(answer) is not None:
        return [answer]
    return [part for part in answer.split(",", _PARTS_LIMIT) if part.strip()]


def _says(answer: Any, words: Iterable[Any]) -> bool:
    """Whether a text is one of some words, but for case, accents and the signs around it."""
    said = _word(answer)
    bare = _bare(said)
    ours = [_word(word) for word in words] if said else []
    return said in ours or (bare != "" and any(_bare(word) == bare for word in ours))


class _Offer:
    """Choices, found by what people type: a value, a label, a synonym, or the number from 1.

    Of two choices that differ in case, accents or signs only, the one that is spelled exactly so is
    meant.
    """

    def __init__(self, choices: Iterable[Any]) -> None:
        self.choices = [choice for choice in choices if kind(choice) is dict]
        self.by_spelling: dict[str, Any] = {}
        self.by_word: dict[str, Any] = {}
        self.by_bare: dict[str, Any] = {}
        for field in ("value", "label"):
            for choice in self.choices:
                given = choice.get(field)
                if kind(given) is str:
                    self.by_spelling.setdefault(given.strip(), choice)
                self.by_word.setdefault(_word(given), choice)
        for choice in self.choices:
            synonyms = choice.get("synonyms")
            for given in synonyms if kind(synonyms) is list else ():
                self.by_word.setdefault(_word(given), choice)
        self.by_spelling.pop("", None)
        self.by_word.pop("", None)
        for word, choice in self.by_word.items():
            self.by_bare.setdefault(_bare(word), choice)
        self.by_bare.pop("", None)

    def named(self, answer: Any) -> Any:
        """The choice that an answer names, or None."""
        if kind(answer) is str and (exact := self.by_spelling.get(answer.strip())) is not None:
            return exact
        word = _word(answer)
        if word in self.by_word:
            return self.by_word[word]
        bare = _bare(word)
        if bare in self.by_bare:
            return self.by_bare[bare]
        if _PLACE.fullmatch(bare) and int(bare) <= len(self.choices):
            return self.choices[int(bare) - 1]
        return None


def _word(value: Any) -> str:
    """How a value is compared: a text folded, a number as its digits; "" for anything else."""
    own = kind(value)
    if own is str:
        return folded(value) if len(value) <= _WORD_LIMIT else ""
    if own is bool:
        return "true" if value else "false"
    if own in (int, Uint) or (own is float and value.is_integer()):
        return str(int(value))
    return str(value) if own is float else ""


_CHOICE: Final = map_of(STRING, DYN)


def _answer(name: str, result: CelType, implementation: Implementation) -> Overload:
    return function(f"answer.{name}", (DYN,), optional_of(result), implementation)


ANSWERS: Final[tuple[Overload, ...]] = (
    _answer("text", STRING, _text),
    _answer("number", DOUBLE, _number),
    _answer("integer", INT, _integer),
    _answer("boolean", BOOL, _boolean),
    _answer("email", STRING, _email),
    _answer("phone", STRING, _phone),
    _answer("url", STRING, _url),
    _answer("date", STRING, _date),
    _answer("time", STRING, _time),
    _answer("file", _CHOICE, _file),
    _answer("location", map_of(STRING, DOUBLE), _location),
    function("answer.choice", (DYN, list_of(_CHOICE)), optional_of(_CHOICE), _choice),
    function("answer.choices", (DYN, list_of(_CHOICE)), optional_of(list_of(_CHOICE)), _choices),
    function("answer.says", (DYN, list_of(STRING)), BOOL, _says),
)
"""``answer.text``, ``answer.number``, …; ``answer.says`` tells whether a word was said."""

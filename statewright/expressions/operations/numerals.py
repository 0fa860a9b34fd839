"""Numbers as people of a language write them: ``1.250,5`` in German is ``1,250.5`` in English.

What is certain is read, and nothing else; what could be one number or another is no number, so that
it is asked again:

- The decimal sign and the sign between groups of digits are those of CLDR for the language.
- Digits are in groups of three, or in Hindi and the like of two before the last three, with the
  same sign between all groups, and do not begin with 0: ``0.500`` is no German number.
- Blanks of any kind and apostrophes are signs between groups in every language, since they cannot
  be anything else; so are the Arabic signs, and the Arabic decimal sign.
- A point or comma that is no sign of the language (a point in French) is its decimal sign where it
  cannot part groups: ``12.5``, and not ``1.250``.
- Spanish of no country is read as in Spain and as in Mexico, where point and comma change places:
  what both read, and read differently, is no number.
- In a language that nothing is known of, a number is what English and German read in the same way.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from babel import Locale

from statewright.expressions.operations.languages import language_named
from statewright.expressions.operations.utterances import signed, unended
from statewright.expressions.values import INT_MAX, INT_MIN, NOTHING, Maybe, Uint, kind

PLAIN: Final = re.compile(r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})")
"""A number as programs write it."""

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,30}")
_GROUP: Final = 3
"""Digits of the last group, and in most languages of every one."""

_LENGTH: Final = 400
"""The most characters of a number in a language."""

_MINUS: Final = re.compile("^[-‐‑‒–—]\\s?")
_BLANKS: Final = (
    " \t\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
)
_APOSTROPHES: Final = "'’‘´`ʼ"
_ARABIC_GROUP: Final = "٬"
_ARABIC_DECIMAL: Final = "٫"
_POINT: Final = "\ue000"
"""Stands for a sign that is the decimal sign in every language."""

_COUNTRIES: Final = {"es": ("es_ES", "es_MX")}
"""Languages whose countries do not agree on signs, each with a country for each habit."""

_UNKNOWN: Final = ("en", "de")
"""Languages that stand for one that nothing is known of."""


@dataclass(frozen=True, slots=True)
class Signs:
    """How numbers of a language are written.

    Attributes:
        decimal: the sign before the fraction.
        group: the sign between groups of digits.
        lots: whether groups before the last one have two digits.
    """

    decimal: str
    group: str
    lots: bool = False


def understood_number(answer: Any) -> Maybe:
    """A number as programs write it, or one that is no text."""
    if kind(answer) in (int, Uint, float):
        return Maybe(True, float(answer) + 0.0) if math.isfinite(answer) else NOTHING
    return _finite(unended(signed(answer)))


def understood_integer(answer: Any) -> Maybe:
    """A whole number as programs write it, or one that is no text."""
    own = kind(answer)
    if own in (int, Uint) or (own is float and answer.is_integer()):
        return _bounded(int(answer))
    text = unended(signed(answer))
    return _bounded(int(text)) if _INTEGER.fullmatch(text) else NOTHING


def understood_number_in(answer: Any, language: str) -> Maybe:
    """A number as it is written in a language, or one that is no text."""
    if kind(answer) is not str:
        return understood_number(answer)
    return _finite(_read(answer, language))


def understood_integer_in(answer: Any, language: str) -> Maybe:
    """A whole number as it is written in a language, or one that is no text."""
    if kind(answer) is not str:
        return understood_integer(answer)
    text = _read(answer, language)
    return _bounded(int(text)) if _INTEGER.fullmatch(text) else NOTHING


def _finite(text: str) -> Maybe:
    # What is nothing has no sign: -0.0 + 0.0 is 0.0.
    number = float(text) + 0.0 if PLAIN.fullmatch(text) else math.inf
    return Maybe(True, number) if math.isfinite(number) else NOTHING


def _bounded(number: int) -> Maybe:
    return Maybe(True, number) if INT_MIN <= number <= INT_MAX else NOTHING


def _read(answer: str, language: str) -> str:
    """A number as programs write it; "" for what is none, or may be one or another."""
    text = unended(signed(answer.replace(_ARABIC_DECIMAL, _POINT)))
    if len(text) > _LENGTH:
        return ""
    read = {_reading(text, signs) for signs in signs_of(language)} - {""}
    return read.pop() if len(read) == 1 else ""


@lru_cache(maxsize=256)
def signs_of(language: str) -> tuple[Signs, ...]:
    """How numbers are written in a language; where its countries differ, in all ways.

    Args:
        language: a tag (BCP 47).
    """
    known = language_named(language)
    names = _UNKNOWN if known is None else _COUNTRIES.get(str(known), (str(known),))
    return tuple(dict.fromkeys(_signs(Locale.parse(name)) for name in names))


def _signs(locale: Locale) -> Signs:
    symbols = locale.number_symbols["latn"]
    lots = locale.decimal_formats[None].grouping[1] == 2
    return Signs(symbols["decimal"], symbols["group"], lots)


def _reading(text: str, signs: Signs) -> str:
    """A number that is written with some signs, as programs write it; "" for what is none."""
    sign, digits = _parted(text)
    whole, decimal, fraction = digits.partition(_POINT)
    if not decimal:
        whole, fraction = _halves(digits, signs)
    if not re.fullmatch("[0-9]*", fraction) or not (whole or fraction):
        return ""
    ungrouped = _ungrouped(whole, signs)
    if ungrouped is None:
        return ""
    return f"{sign}{ungrouped or '0'}{'.' if fraction else ''}{fraction}"


def _parted(text: str) -> tuple[str, str]:
    if _MINUS.match(text):
        return "-", _MINUS.sub("", text)
    return "", text.removeprefix("+").lstrip()


def _halves(digits: str, signs: Signs) -> tuple[str, str]:
    """What stands before and behind the decimal sign."""
    for sign in (signs.decimal, *_foreign(digits, signs)):
        if sign in digits:
            whole, _, fraction = digits.rpartition(sign)
            return whole, fraction
    return digits, ""


def _foreign(digits: str, signs: Signs) -> Iterator[str]:
    """A point or comma that can be nothing but the decimal sign, though it is none here."""
    for sign in ".,":
        if sign in {signs.decimal, signs.group} or digits.count(sign) != 1:
            continue
        whole, _, fraction = digits.rpartition(sign)
        if len(fraction) != _GROUP or whole == "0":
            yield sign


def _ungrouped(whole: str, signs: Signs) -> str | None:
    """Digits without the signs between their groups; None where they are not grouped well."""
    if re.fullmatch("[0-9]*", whole):
        return whole
    for group in ({signs.group}, set(_BLANKS), set(_APOSTROPHES), {_ARABIC_GROUP}):
        if not any(one in whole for one in group):
            continue
        groups = re.split("|".join(map(re.escape, group)), whole)
        first, *middle, last = groups
        sizes = {_GROUP, 2} if signs.lots else {_GROUP}
        good = (
            all(re.fullmatch("[0-9]+", one) for one in groups)
            and len(last) == _GROUP
            and len({len(one) for one in middle}) <= 1
            and all(len(one) in sizes for one in middle)
            and first[0] != "0"
            and len(first) <= _GROUP
        )
        return "".join(groups) if good else None
    return None

"""Dates as people of a language write them.

What is certain is read, and nothing else; what could be one day or another is none, so that it is
asked again:

- ``2026-12-31``, and any other date that begins with its year, means the same in every language.
- Day, month and year with ``.``, ``/``, ``-`` or blanks between them are read in the order of the
  language. Where that is not certain, only what can be but one day is read: in English of no
  country, in languages that write the year first, and with points where the month comes first.
- Months by name are read in any order, with the words and endings that the language puts around
  them. A day of the week may be named, with months by name or number, and has to be the right one.
- The year has four digits: ``26`` may be 1926.
- Where another calendar than the Gregorian is in daily use, only ``2026-12-31`` is read, and no
  year that nearly nobody means who counts by the Gregorian one. Where its years cannot be told from
  those of the other, it has to be said: ``2026-12-31 AD``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from babel import Locale

from statewright.expressions.operations.languages import language_named, words_in
from statewright.expressions.operations.utterances import folded, plain
from statewright.expressions.values import NOTHING, Maybe

_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_LENGTH: Final = 80
"""The most characters of a date."""

_NUMBER: Final = re.compile("[0-9]+")
_WORD: Final = re.compile(r"(?:[^\W\d_]|(?![\d\u0964\u0965\u0970])[\u0900-\u0dff\u0e00-\u109f])+")
"""Letters; in Indian scripts and the like with their vowel signs, which are none to ``re``."""

_SHORTEST: Final = 3
"""The fewest letters of the beginning of a month or day that stands for its name."""

_DMY: Final = (2, 1, 0)
_MDY: Final = (2, 0, 1)
_YMD: Final = (0, 1, 2)
"""Where year, month and day stand."""

_WITHOUT_CALENDAR: Final = frozenset(("am", "fa", "lrc", "mzn", "ne", "ps", "th", "ti"))
_WITHOUT_CALENDAR_IN: Final = frozenset(("AF", "ET", "IR", "NP", "SA", "TH"))
"""Languages and countries where another calendar than the Gregorian one is in daily use: those of
CLDR, and Ethiopia and Nepal."""

_ALIKE: Final = frozenset(("am", "ne", "ti"))
_ALIKE_IN: Final = frozenset(("ET", "NP"))
"""Those of them whose years cannot be told from Gregorian ones: 2026 is 2018 in Ethiopia, and 2083
in Nepal, where 2047 is the year of birth of many."""

_GREGORIAN: Final = re.compile(r"(?:\s*\b(?:a\.?d|c\.?e|g\.?c)\.?)", re.IGNORECASE)
"""What is said there of a Gregorian year."""

_BESIDE: Final = frozenset(("ar", "bn", "ckb", "he", "km", "lo", "my", "sd", "ug", "ur"))
"""Languages where another calendar is in use beside the Gregorian one."""

_LIKELY_YEARS: Final = range(1800, 2061)
"""Those that are Gregorian where another calendar is in use, too: 2026 is 1405 or so in Persian,
1448 in Islamic, 1433 in Bengali, 2569 in Thai, 5787 in Hebrew."""

_ALL_YEARS: Final = range(1, 10_000)

_AROUND: Final[Mapping[str, tuple[str, ...]]] = {
    "de": ("am", "den", "der"),
    "en": ("the", "of", "on", "st", "nd", "rd", "th"),
    "es": ("de", "del", "el", "o"),
    "fr": ("le", "er"),
    "it": ("il", "l", "o"),
    "nl": ("de", "e", "ste"),
    "pt": ("de", "o"),
    "vi": ("ngay", "thang", "nam"),
    "zh": ("号", "號", "日", "年", "月"),
}
"""What people put around days and months beside what CLDR has: articles, and ends of ordinals."""


@dataclass(frozen=True, slots=True)
class Days:
    """How days are written in a language; all words are folded.

    Attributes:
        orders: in which day, month and year may stand where the year is the last.
        pointed: the same with points between them.
        months: name, or a beginning of it → its number.
        weekdays: name, or a beginning of it → its number, from 0 for Monday.
        around: words that mean nothing by themselves.
        years: those that are Gregorian.
        numeric: whether all but ISO 8601 is certain, too.
        era: whether it has to be said that a year is Gregorian.
    """

    orders: tuple[tuple[int, int, int], ...]
    pointed: tuple[tuple[int, int, int], ...]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    around: frozenset[str]
    years: range = _ALL_YEARS
    numeric: bool = True
    era: bool = False


def understood_date(answer: Any) -> Maybe:
    """A day as ISO 8601 writes it."""
    match = _ISO.fullmatch(plain(answer))
    return _one((_day(*map(int, match.groups())),), _ALL_YEARS) if match else NOTHING


def understood_date_in(answer: Any, language: str) -> Maybe:
    """A day as it is written in a language, as ISO 8601 writes it."""
    text = plain(answer)
    days = _days_of(language)
    if days.era:
        said = _GREGORIAN.search(text)
        if said is None or said.end() != len(text):
            return NOTHING
        text = text[: said.start()]
    match = _ISO.fullmatch(text)
    if match:
        return _one((_day(*map(int, match.groups())),), days.years)
    if not days.numeric or len(text) > _LENGTH:
        return NOTHING
    said_so = folded(text)
    numbers = _NUMBER.findall(said_so)
    found = _numeric if len(numbers) == 3 else _named
    return _one(found(said_so, numbers, days), days.years)


def _one(found: Iterable[date | None], years: range) -> Maybe:
    """The day that is meant, if it is certain."""
    days = {day for day in found if day is not None and day.year in years}
    return Maybe(True, days.pop().isoformat()) if len(days) == 1 else NOTHING


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _numeric(said: str, numbers: list[str], days: Days) -> Iterator[date | None]:
    """The days that three numbers may mean."""
    sign = _sign_between(said, days)
    if sign is None:
        return
    lengths = [len(number) for number in numbers]
    if lengths[0] == 4 and max(lengths[1:]) <= 2:
        orders: tuple[tuple[int, int, int], ...] = (_YMD,)
    elif lengths[2] == 4 and max(lengths[:2]) <= 2:
        orders = days.pointed if sign == "." else days.orders
    else:
        return
    others = [word for word in _WORD.findall(said) if word not in days.around]
    for year, month, day in orders:
        found = _day(int(numbers[year]), int(numbers[month]), int(numbers[day]))
        if found is not None and all(_goes_with(found, word, days) for word in others):
            yield found


def _sign_between(said: str, days: Days) -> str | None:
    """What stands between three numbers, "" for blanks or words; None where that is no date."""
    before, first, second, behind = _NUMBER.split(said)
    if any(word not in days.around for gap in (first, second) for word in _WORD.findall(gap)):
        return None
    signs = {_WORD.sub("", gap).strip() for gap in (first, second)} - {""}
    outer = {_WORD.sub("", gap).strip(" .,()") for gap in (before, behind)}
    if len(signs) > 1 or not outer <= {""} or not signs <= {".", "/", "-", ","}:
        return None
    return signs.pop() if signs else ""


def _named(said: str, numbers: list[str], days: Days) -> Iterator[date | None]:
    """The days that a month by name, and two numbers, may mean."""
    if sorted(map(len, numbers)) not in ([1, 4], [2, 4]) or re.search(
        r"[^\w\s.,/'’º°-]", _WORD.sub("", said)
    ):
        return
    year, day = sorted(numbers, key=len, reverse=True)
    words = _WORD.findall(said)
    for place, word in enumerate(words):
        if word not in days.months:
            continue
        found = _day(int(year), days.months[word], int(day))
        others = words[:place] + words[place + 1 :]
        if found is not None and all(_goes_with(found, other, days) for other in others):
            yield found


def _goes_with(day: date, word: str, days: Days) -> bool:
    return word in days.around or days.weekdays.get(word) == day.weekday()


@lru_cache(maxsize=256)
def _days_of(language: str) -> Days:
    """How days are written."""
    locale = language_named(language)
    if locale is None:
        return Days((_DMY, _MDY), (_DMY, _MDY), {}, {}, frozenset())
    country = _country_in(language)
    if locale.language in _WITHOUT_CALENDAR or country in _WITHOUT_CALENDAR_IN:
        era = locale.language in _ALIKE or country in _ALIKE_IN
        return Days((), (), {}, {}, frozenset(), _LIKELY_YEARS, numeric=False, era=era)
    orders = _orders(locale)
    pointed = (_DMY,) if orders == (_DMY,) else (_DMY, _MDY)
    names = list(_month_names(locale))
    months = _beginnings((name, number) for name, number in names if not _NUMBER.search(name))
    # Of a name that is more than a word (`d'abril`) or holds its number, the rest means nothing.
    inside = {word for name, _ in names for word in _WORD.findall(name) if word not in months}
    own = _AROUND.get(locale.language, ())
    around = frozenset((*inside, *own, *words_in(one.pattern for one in _patterns(locale))))
    years = _LIKELY_YEARS if locale.language in _BESIDE else _ALL_YEARS
    return Days(orders, pointed, months, _beginnings(_weekday_names(locale)), around, years)


def _country_in(language: str) -> str:
    """The country that a tag names, also one for which there are no tables: ``ET`` of ``en-ET``."""
    parts = language[:60].replace("_", "-").upper().split("-")[1:]
    return next((part for part in parts if len(part) == 2 and part.isalpha()), "")


def _orders(locale: Locale) -> tuple[tuple[int, int, int], ...]:
    """In which order day and month come before the year; both where that is not certain."""
    patterns = (locale.date_formats["short"].pattern, locale.datetime_skeletons["yMd"].pattern)
    orders = {"".join(dict.fromkeys(one for one in each if one in "dMy")) for each in patterns}
    if str(locale) == "en" or orders not in ({"dMy"}, {"Mdy"}):
        return (_DMY, _MDY)
    return (_DMY,) if orders == {"dMy"} else (_MDY,)


def _patterns(locale: Locale) -> Iterator[Any]:
    yield from locale.date_formats.values()
    yield from (
        locale.datetime_skeletons[one]
        for one in ("yMd", "yMMMd")
        if one in locale.datetime_skeletons
    )


def _month_names(locale: Locale) -> Iterator[tuple[str, int]]:
    for names in _widths(locale.months):
        yield from ((folded(name), number) for number, name in names.items())


def _weekday_names(locale: Locale) -> Iterator[tuple[str, int]]:
    for names in _widths(locale.days):
        yield from ((folded(name), number) for number, name in names.items())


def _widths(names: Mapping[str, Mapping[str, Mapping[int, str]]]) -> Iterator[Mapping[int, str]]:
    for form in ("format", "stand-alone"):
        yield from (names[form][width] for width in ("wide", "abbreviated"))


def _beginnings(names: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Names, and beginnings that only one of them has, with what they mean."""
    meant: dict[str, set[int]] = {}
    whole: dict[str, set[int]] = {}
    for name, number in names:
        word = max(_WORD.findall(name), key=len, default="")
        if word:
            whole.setdefault(word, set()).add(number)
        for size in range(_SHORTEST, len(word)):
            meant.setdefault(word[:size], set()).add(number)
    meant.update(whole)
    return {word: numbers.pop() for word, numbers in meant.items() if len(numbers) == 1}

"""Times of day as people write them: 14:30, 14h30, 2:30 pm; in German also 17 Uhr.

An hour alone is no time: something has to say that it is one. Words for hours, and for the halves
of the day, are those of CLDR for the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from babel import Locale

from statewright.expressions.operations.languages import language_named, words_in
from statewright.expressions.operations.utterances import folded, plain
from statewright.expressions.values import NOTHING, Maybe

_TIME: Final = re.compile(
    r"([0-9]{1,2})(?:[:.h]([0-9]{2}))?(?::([0-9]{2}))?\s{0,3}([ap])?\.?(m?)\.?", re.IGNORECASE
)
_LENGTH: Final = 40
"""The most characters of a time in a language."""

_HOURS, _MINUTES, _FACE = 24, 60, 12
"""Hours of a day, minutes of an hour, hours on the face of a clock."""


def understood_time(answer: Any) -> Maybe:
    """A time of day, as ``HH:MM``: written as 14:30, 14h30, 2:30 pm, 2 pm."""
    match = _TIME.fullmatch(plain(answer))
    if match is None:
        return NOTHING
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[4] or "").lower()
    if bool(half) != bool(match[5]) or not (match[2] or half) or int(match[3] or 0) >= _MINUTES:
        return NOTHING
    return _time_of(hour, minute, half)


def _time_of(hour: int, minute: int, half: str) -> Maybe:
    """A time; ``half`` is ``a`` or ``p`` where it is one of the first or second twelve hours."""
    if half:
        if not 1 <= hour <= _FACE:
            return NOTHING
        hour = hour % _FACE + (_FACE if half == "p" else 0)
    if hour >= _HOURS or minute >= _MINUTES:
        return NOTHING
    return Maybe(True, f"{hour:02}:{minute:02}")


def understood_time_in(answer: Any, language: str) -> Maybe:
    """A time of day as it is written in a language, as ``HH:MM``: also 17 Uhr, 5:30 p. m."""
    known = understood_time(answer)
    text = plain(answer)
    locale = language_named(language)
    if known.present or locale is None or len(text) > _LENGTH:
        return known
    match = _clock(str(locale)).fullmatch(folded(text))
    if match is None:
        return NOTHING
    half = "p" if match["p1"] or match["p2"] else "a" if match["a1"] or match["a2"] else ""
    if not (half or match["minute"] or match["hours"]):
        return NOTHING
    return _time_of(int(match["hour"]), int(match["minute"] or 0), half)


@lru_cache(maxsize=256)
def _clock(name: str) -> re.Pattern[str]:
    """What a time of day looks like, folded, in a language."""
    locale = Locale.parse(name)
    skeletons = (locale.datetime_skeletons.get(one) for one in ("H", "h", "Hm", "hm"))
    words = set(words_in(one.pattern for one in skeletons if one is not None))
    hours = "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or r"(?!)"
    halves = {half: "|".join(_spelled(locale, f"{half}m")) or r"(?!)" for half in "ap"}
    before, behind = (
        rf"(?:(?P<a{place}>{halves['a']})|(?P<p{place}>{halves['p']}))" for place in (1, 2)
    )
    return re.compile(
        rf"(?:{before}\s{{0,3}})?(?P<hour>[0-9]{{1,2}})"
        rf"(?:(?:[:.]|\s{{0,3}}(?:{hours})\.?\s{{0,3}})(?P<minute>[0-9]{{2}}))?"
        rf"(?:\s{{0,3}}(?P<hours>{hours})\.?)?(?:\s{{0,3}}{behind})?"
    )


def _spelled(locale: Locale, half: str) -> Iterator[str]:
    """How a half of the day is called, as regular expressions; its points may be left out."""
    names = {folded(names.get(half) or "") for names in locale.day_periods["format"].values()}
    for name in sorted(names, key=len, reverse=True):
        letters = re.sub(r"[\s.]", "", name)
        if len(letters) > 1 or (letters and not letters.isascii()):
            yield r"[\s.]{0,2}".join(map(re.escape, letters)) + r"\.?"

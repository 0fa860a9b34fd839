"""Times of day as people write them: 14:30, 14h30, 17h, 2:30 pm; in German also 17 Uhr.

An hour alone is no time: something has to say that it is one. Words for hours are those of CLDR for
the language and a few more; the parts of the day, such as ``de la tarde``, are CLDR's, with the
hours that it gives them: where they leave one of both hours that have the same name, that is
meant; else it is asked again. What has two meanings, like ``halb sechs``, is asked again, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from babel import Locale

from statewright.expressions.operations.languages import language_named, words_in
from statewright.expressions.operations.utterances import folded, plain
from statewright.expressions.values import NOTHING, Maybe

_TIME: Final = re.compile(
    r"([0-9]{1,2})(?:(?:[:.]|\s{0,3}h\s{0,3})([0-9]{2})|\s{0,3}(h))?(?::([0-9]{2}))?"
    r"\s{0,3}([ap])?\.?(m?)\.?",
    re.IGNORECASE,
)
_LENGTH: Final = 40
"""The most characters of a time in a language."""

_HOURS, _MINUTES, _FACE = 24, 60, 12
"""Hours of a day, minutes of an hour, hours on the face of a clock."""

_HOUR_WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "es": ("h", "hs", "hrs", "hora", "horas"),
        "fr": ("h", "heure", "heures"),
        "hi": ("बजे",),
        "nl": ("u", "uur"),
        "pt": ("h", "hs", "hora", "horas"),
        "ru": ("ч", "час", "часа", "часов"),
        "zh": ("时", "時", "点", "點", "点钟", "點鐘", "点整", "點整"),
    }
)
"""What stands behind an hour, beside the words of CLDR."""

_MINUTE_WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"ja": ("分",), "ko": ("분",), "zh": ("分",)}
)
_HALF_WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "es": ("y media",),
        "fr": ("et demie", "et demi"),
        "it": ("e mezza", "e mezzo"),
        "ja": ("半",),
        "ko": ("반",),
        "pt": ("e meia",),
        "zh": ("半",),
    }
)
"""What stands behind an hour and means half of the next one."""

_CLOCK_WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "da": ("kl",),
        "fi": ("klo", "kello"),
        "it": ("ore", "alle ore"),
        "nb": ("kl",),
        "no": ("kl",),
        "pl": ("godz", "godzina"),
        "sv": ("kl", "klockan"),
        "tr": ("saat",),
    }
)
"""What stands before an hour and says that it is one."""

_PREPOSITIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "de": ("um",),
        "en": ("at",),
        "es": ("a las", "a la", "las"),
        "fr": ("à",),
        "it": ("alle", "all'"),
        "nl": ("om",),
        "pt": ("às", "à"),
        "ru": ("в",),
    }
)
"""What stands before an hour and says nothing."""

_PARTS: Final = (
    *("midnight", "noon", "morning1", "morning2", "afternoon1", "afternoon2"),
    *("evening1", "evening2", "night1", "night2"),
)
"""What CLDR calls the parts of a day."""

_MORE_PARTS: Final[Mapping[str, Mapping[str, tuple[tuple[int, int], ...]]]] = MappingProxyType(
    {"zh": dict.fromkeys(("早上", "早晨"), ((5 * 60, 12 * 60 - 1),))}
)
"""Parts of the day that are longer than CLDR says: the first and the last minute of each span."""

_WIDTHS: Final = ("wide", "abbreviated")
_NOTHING: Final = r"(?!)"


@dataclass(frozen=True, slots=True)
class Clock:
    """How times of day are written in a language; all words are folded.

    Attributes:
        pattern: what they look like.
        parts: a part of the day → the first minute of each of its spans, and the last.
        points: words that are times by themselves → the hour.
    """

    pattern: re.Pattern[str]
    parts: Mapping[str, tuple[tuple[int, int], ...]]
    points: Mapping[str, int]


def understood_time(answer: Any) -> Maybe:
    """A time of day, as ``HH:MM``: written as 14:30, 14h30, 14h, 2:30 pm, 2 pm."""
    match = _TIME.fullmatch(plain(answer))
    if match is None:
        return NOTHING
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[5] or "").lower()
    said = match[2] or match[3] or half
    if bool(half) != bool(match[6]) or not said or int(match[4] or 0) >= _MINUTES:
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
    clock, said = _clock(str(locale)), _spoken(text)
    if said in clock.points:
        return _time_of(clock.points[said], 0, "")
    match = clock.pattern.fullmatch(said)
    return NOTHING if match is None else _meant(match, clock)


def _meant(match: re.Match[str], clock: Clock) -> Maybe:
    """The time that a match means, if that is certain."""
    hour = int(match["hour"])
    minute = _MINUTES // 2 if match["half"] else int(match["minute"] or 0)
    half = "p" if match["p1"] or match["p2"] else "a" if match["a1"] or match["a2"] else ""
    part = match["part1"] or match["part2"]
    if part:
        return NOTHING if half else _time_in(hour, minute, clock.parts[part])
    if not (half or match["minute"] or match["hours"] or match["middle"] or match["clock"]):
        return NOTHING
    return _time_of(hour, minute, half)


def _time_in(hour: int, minute: int, spans: Iterable[tuple[int, int]]) -> Maybe:
    """The only time in some spans that an hour and a minute may mean."""
    hours = {hour % _FACE, hour % _FACE + _FACE} if 1 <= hour <= _FACE else {hour}
    found = {
        one
        for one in hours
        for first, last in spans
        if first <= one * _MINUTES + minute <= last and minute < _MINUTES
    }
    return _time_of(found.pop(), minute, "") if len(found) == 1 else NOTHING


@lru_cache(maxsize=256)
def _clock(name: str) -> Clock:
    """What a time of day looks like in a language."""
    locale = Locale.parse(name)
    skeletons = (locale.datetime_skeletons.get(one) for one in ("H", "h", "Hm", "hm"))
    known = words_in(one.pattern for one in skeletons if one is not None)
    hours = _any_of((*known, *_own(_HOUR_WORDS, locale)))
    minutes = _any_of(_own(_MINUTE_WORDS, locale))
    halves = {half: "|".join(_spelled(locale, f"{half}m")) or _NOTHING for half in "ap"}
    parts = _parts_of(locale)
    before, behind = (
        rf"(?:(?P<a{place}>{halves['a']})|(?P<p{place}>{halves['p']})"
        rf"|(?P<part{place}>{_any_of(parts)}))"
        for place in (1, 2)
    )
    pattern = re.compile(
        rf"(?:(?:{_any_of(_own(_PREPOSITIONS, locale))})\s{{0,3}})?"
        rf"(?:(?P<clock>{_any_of(_own(_CLOCK_WORDS, locale))})\.?\s{{0,3}})?"
        rf"(?:{before}\s{{0,3}})?(?P<hour>[0-9]{{1,2}})"
        rf"(?:(?:[:.]|\s{{0,3}}(?P<middle>{hours})\.?\s{{0,3}})(?P<minute>[0-9]{{2}})"
        rf"(?:\s{{0,3}}(?:{minutes}))?)?"
        rf"(?:\s{{0,3}}(?P<hours>{hours})\.?)?"
        rf"(?:\s{{0,3}}(?P<half>{_any_of(_own(_HALF_WORDS, locale))}))?(?:\s{{0,3}}{behind})?"
    )
    return Clock(pattern, parts, _points_of(locale))


def _own(words: Mapping[str, tuple[str, ...]], locale: Locale) -> tuple[str, ...]:
    return tuple(_spoken(word) for word in words.get(locale.language, ()))


def _any_of(words: Iterable[str]) -> str:
    longest_first = sorted(dict.fromkeys(words), key=len, reverse=True)
    return "|".join(map(re.escape, longest_first)) or _NOTHING


def _spoken(text: str) -> str:
    """A folded text with plain apostrophes."""
    return re.sub("[‘’ʼ]", "'", folded(text))


def _parts_of(locale: Locale) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """The parts of a day by their names, with all the minutes that any part of that name has."""
    spans: dict[str, tuple[tuple[int, int], ...]] = {}
    for part in _PARTS:
        for name in _names_of(locale, "format", part):
            spans[name] = (*spans.get(name, ()), *_spans_of(locale, part))
    return {**spans, **_MORE_PARTS.get(locale.language, {})}


def _spans_of(locale: Locale, part: str) -> Iterator[tuple[int, int]]:
    """The first and the last minute of each span of a part; one that spans midnight is two."""
    for rule in locale.day_period_rules.get(None, {}).get(part) or ():
        if "at" in rule:
            yield rule["at"] // _MINUTES, rule["at"] // _MINUTES
            continue
        first, end = rule["from"] // _MINUTES, rule["before"] // _MINUTES
        if first < end:
            yield first, end - 1
        else:
            yield from ((first, _HOURS * _MINUTES - 1), (0, end - 1))


def _points_of(locale: Locale) -> Mapping[str, int]:
    """What noon and midnight are called."""
    return {
        name: hour
        for part, hour in (("midnight", 0), ("noon", _FACE))
        if (hour * _MINUTES, hour * _MINUTES) in _spans_of(locale, part)
        for form in ("format", "stand-alone")
        for name in _names_of(locale, form, part)
    }


def _names_of(locale: Locale, form: str, part: str) -> Iterator[str]:
    names = (locale.day_periods[form][width].get(part) for width in _WIDTHS)
    yield from dict.fromkeys(_spoken(name) for name in names if name)


def _spelled(locale: Locale, half: str) -> Iterator[str]:
    """How a half of the day is called, as regular expressions; its points may be left out."""
    names = {folded(names.get(half) or "") for names in locale.day_periods["format"].values()}
    for name in sorted(names, key=len, reverse=True):
        letters = re.sub(r"[\s.]", "", name)
        if len(letters) > 1 or (letters and not letters.isascii()):
            yield r"[\s.]{0,2}".join(map(re.escape, letters)) + r"\.?"

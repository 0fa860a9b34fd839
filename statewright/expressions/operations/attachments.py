"""What comes with a message: files, and places on earth, which may be typed, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from statewright.expressions.operations.numerals import understood_integer, understood_number
from statewright.expressions.operations.utterances import plain
from statewright.expressions.values import NOTHING, Maybe, kind

_URLS: Final = ("url", "data_url", "file_url", "link")
_SIZES: Final = ("size", "file_size")
"""What channels call the parts of a file, the usual name first."""

_WORDS: Final = ("name", "type")
_TOLD: Final = frozenset(("url", "size", *_WORDS))
"""The parts of a file that are texts; all that are looked at."""

_FETCHED: Final = re.compile(
    r"(?:(?:https?|data):|(?![A-Za-z][A-Za-z0-9+.-]*:))[^\s\x00-\x1f\x7f]+", re.IGNORECASE
)
"""Where a file may be: of the web, in the address itself, or wherever the client knows."""

_LATITUDES: Final = ("latitude", "lat", "coordinates_lat", "degreesLatitude")
_LONGITUDES: Final = ("longitude", "lng", "lon", "long", "coordinates_long", "degreesLongitude")
"""What channels call the parts of a place, the usual name first."""

_DEGREES: Final = r"[0-9]{1,3}(?:[.,][0-9]{1,20})?"
_PAIR: Final = re.compile(
    rf"(?P<lat>[+-]?{_DEGREES})°?(?P<gap>\s{{0,9}}[,;]\s{{0,9}}|\s{{1,9}})(?P<long>[+-]?{_DEGREES})°?"
)
_COMPASS: Final = re.compile(
    r"(?P<d1>[0-9]{1,3}(?:[.,][0-9]{1,20})?)\s{0,3}°?\s{0,3}"
    r"(?:(?P<m1>[0-9]{1,2}(?:[.,][0-9]{1,20})?)\s{0,3}['′’]\s{0,3})?"
    r"(?:(?P<s1>[0-9]{1,2}(?:[.,][0-9]{1,20})?)\s{0,3}(?:[\"″”]|'')\s{0,3})?(?P<lat>[NS])"
    r"\s{0,3}[,;]?\s{0,3}"
    r"(?P<d2>[0-9]{1,3}(?:[.,][0-9]{1,20})?)\s{0,3}°?\s{0,3}"
    r"(?:(?P<m2>[0-9]{1,2}(?:[.,][0-9]{1,20})?)\s{0,3}['′’]\s{0,3})?"
    r"(?:(?P<s2>[0-9]{1,2}(?:[.,][0-9]{1,20})?)\s{0,3}(?:[\"″”]|'')\s{0,3})?(?P<long>[EWO])",
    re.IGNORECASE,
)
_NUMBER: Final = r"[+-]?[0-9]{1,3}(?:\.[0-9]{1,20})?"
_GEO: Final = re.compile(
    rf"geo:(?P<lat>{_NUMBER}),(?P<long>{_NUMBER})(?:,-?[0-9]{{1,9}}(?:\.[0-9]{{1,20}})?)?"
    r"(?:;crs=wgs84)?(?:;[a-z0-9-]{1,20}(?:=[^;?\s]{0,40})?){0,9}(?:\?(?P<query>\S{0,200}))?",
    re.IGNORECASE,
)
"""A place as RFC 5870 writes it; other systems than WGS 84 are not read."""

_SOUGHT: Final = re.compile(rf"(?:.*&)?q=(?P<lat>{_NUMBER}),(?P<long>{_NUMBER})(?:[(&].*)?")
"""What maps show for such an address instead of the place before it."""

_NAMED: Final = re.compile(
    rf"lat(?:itude)?\s{{0,3}}[:=]?\s{{0,3}}(?P<lat>{_NUMBER})°?\s{{0,3}}[,;]?\s{{0,3}}"
    rf"(?:lon|lng|long|longitude)\s{{0,3}}[:=]?\s{{0,3}}(?P<long>{_NUMBER})°?",
    re.IGNORECASE,
)
_MINUTES: Final = 60
_MOST: Final = (90, 180)
"""The most degrees of latitude, and of longitude."""


def understood_file(answer: Any) -> Maybe:
    """A file, or the first of several: a map with a ``url``.

    Of its name, its type and its size, what is no text, or no count of bytes, is not known, and
    left out.
    """
    if kind(answer) is list and answer:
        answer = answer[0]
    if kind(answer) is not dict:
        return NOTHING
    url = _first(answer, _URLS)
    if kind(url) is not str or not _FETCHED.fullmatch(url.strip()):
        return NOTHING
    known: dict[str, Any] = {name: each for name, each in answer.items() if name not in _TOLD}
    known["url"] = url.strip()
    known |= {name: answer[name] for name in _WORDS if kind(answer.get(name)) is str}
    size = understood_integer(_first(answer, _SIZES))
    if size.present and size.value >= 0:
        known["size"] = size.value
    return Maybe(True, known)


def understood_location(answer: Any) -> Maybe:
    """A place on earth: a map with latitude and longitude, or both as a text."""
    if kind(answer) is list and answer:
        answer = answer[0]
    pair = _pair_sent(answer) if kind(answer) is dict else _pair_typed(plain(answer))
    if pair is None or any(abs(one) > most for one, most in zip(pair, _MOST, strict=True)):
        return NOTHING
    latitude, longitude = pair
    return Maybe(True, {"latitude": latitude, "longitude": longitude})


def _first(given: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((given[name] for name in names if given.get(name) is not None), None)


def _pair_sent(given: Mapping[str, Any]) -> tuple[float, float] | None:
    for place in (given, given.get("location"), given.get("coordinates")):
        if isinstance(place, dict):
            found = (understood_number(_first(place, names)) for names in (_LATITUDES, _LONGITUDES))
            latitude, longitude = found
            if latitude.present and longitude.present:
                return latitude.value, longitude.value
    return None


def _pair_typed(text: str) -> tuple[float, float] | None:
    if text[:4].lower() == "geo:":
        return _pair_addressed(text)
    text = text.strip("()[] ").replace("º", "°").replace("،", ",")
    match = _NAMED.fullmatch(text)
    if match is not None:
        return float(match["lat"]), float(match["long"])
    match = _PAIR.fullmatch(text)
    if match is not None:
        return _degrees_in(match["lat"], match["long"], match["gap"])
    match = _COMPASS.fullmatch(text)
    if match is None:
        return None
    latitude, longitude = _angles(match)
    # `O` is the west of French and Spanish, and the east of German.
    if latitude is None or longitude is None or match["long"] in "oO":
        return None
    south, west = match["lat"] in "sS", match["long"] in "wW"
    return (-latitude if south else latitude), (-longitude if west else longitude)


def _pair_addressed(text: str) -> tuple[float, float] | None:
    match = _GEO.fullmatch(text)
    if match is None or (";crs=" in text.lower() and ";crs=wgs84" not in text.lower()):
        return None
    if re.search("(?:^|&)q=", match["query"] or ""):
        match = _SOUGHT.fullmatch(match["query"])
    return None if match is None else (float(match["lat"]), float(match["long"]))


def _degrees_in(latitude: str, longitude: str, gap: str) -> tuple[float, float] | None:
    """Two numbers; with commas before their fractions only where no comma stands between them."""
    commas = [("," in one) for one in (latitude, longitude)]
    if any(commas) and ("," in gap or not all(commas)):
        return None
    if gap == "," and "." not in latitude + longitude:
        return None  # `52,13` is rather one number
    return float(latitude.replace(",", ".")), float(longitude.replace(",", "."))


def _angles(match: re.Match[str]) -> Iterator[float | None]:
    """Degrees, minutes and seconds as degrees; None where there are too many of these."""
    for place in (1, 2):
        parts = [float((match[f"{name}{place}"] or "0").replace(",", ".")) for name in "dms"]
        degrees, minutes, seconds = parts
        good = minutes < _MINUTES and seconds < _MINUTES
        angle = degrees + minutes / _MINUTES + seconds / _MINUTES**2
        yield round(angle, 9) if good else None

"""How a value is encoded for the place where a template prints it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.printing.texts import json_from_value, text_from_value
from statewright.expressions.values import has_lone_surrogate


class Place(StrEnum):
    """Where the text of a template goes."""

    VALUE = "value"
    """A value: a template that is one hole keeps the type of it; any other is a text."""
    TEXT = "text"
    """A plain text."""
    HTML = "html"
    """Markup: what is printed is text in it, or the value of a quoted attribute."""
    URL = "url"
    """A URL: what is printed stays inside the part where it stands."""
    HEADER = "header"
    """The value of an HTTP header: one line."""
    JSON = "json"
    """A JSON text: what is printed is a JSON value, or between quotes the inside of a string."""


class Part(StrEnum):
    """The part of a place in which a hole stands, where that matters to its encoding."""

    WHOLE = ""
    BASE = "base"
    """The beginning of a URL: the hole brings the scheme and the host."""
    HOST = "host"
    """Between the ``//`` of a URL and its path."""
    PATH = "path"
    QUERY = "query"
    """Behind the ``?`` or ``#`` of a URL."""
    QUOTED = "quoted"
    """Inside a string of a JSON text."""


Encoder = Callable[[Any], str]

_UNRESERVED: Final = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
_QUOTE: Final = re.compile(r'(?<!\\)(?:\\\\)*"')
_HEADER_CONTROL: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})(?::[0-9]{1,5})?")
_BASE: Final = re.compile(r"(?i:https?)://[A-Za-z0-9.\-_~%:@\[\]]+(?:[/?#][^\s\"<>\\^`{|}]*)?")


def encoder(place: Place, part: Part = Part.WHOLE) -> Encoder:
    """The function that encodes a value for a place.

    It raises ``EvaluationError`` for a value that the place cannot hold.
    """
    return _ENCODERS[place, part]


def part_behind_text(place: Place, part: Part, text: str) -> Part:
    """The part in which a hole stands behind a text of the template that begins in ``part``.

    >>> part_behind_text(Place.URL, Part.BASE, "https://api.example.org/users/")
    <Part.PATH: 'path'>
    """
    follow = _FOLLOWING.get(place)
    return follow(part, text) if follow else part


def part_behind_hole(part: Part) -> Part:
    """The part in which a hole stands right behind another hole."""
    return Part.PATH if part is Part.BASE else part


def first_part(place: Place) -> Part:
    """The part in which a template begins."""
    return Part.BASE if place is Place.URL else Part.WHOLE


def _part_of_url(part: Part, text: str) -> Part:
    if part is Part.QUERY or "?" in text or "#" in text:
        return Part.QUERY
    if part is Part.BASE:
        _, slashes, rest = text.partition("//")
        return Part.HOST if slashes and "/" not in rest else Part.PATH
    return Part.HOST if part is Part.HOST and "/" not in text else Part.PATH


def _part_of_json(part: Part, text: str) -> Part:
    quotes = len(_QUOTE.findall(text))
    return part if quotes % 2 == 0 else Part.WHOLE if part is Part.QUOTED else Part.QUOTED


def percent_encoded(text: str) -> str:
    """A text in which every character with a meaning in URLs is percent-encoded (RFC 3986).

    Raises:
        EvaluationError: it holds half a character.
    """
    if has_lone_surrogate(text):
        raise EvaluationError("half a character cannot be part of a URL")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in text.encode())


def _html(value: Any) -> str:
    return html.escape(text_from_value(value))


def _path(value: Any) -> str:
    text = text_from_value(value)
    if text in (".", ".."):
        raise EvaluationError(f"{text!r} would change the path of the URL")
    return percent_encoded(text)


def _query(value: Any) -> str:
    return percent_encoded(text_from_value(value))


def _host(value: Any) -> str:
    text = text_from_value(value)
    if not _HOST.fullmatch(text):
        raise EvaluationError(f"not the name of a host: {text[:60]!r}")
    return text


def _base(value: Any) -> str:
    text = text_from_value(value).strip()
    if not _BASE.fullmatch(text):
        raise EvaluationError(f"not an http or https URL: {text[:60]!r}")
    return "".join(one if one.isascii() else percent_encoded(one) for one in text)


def _header(value: Any) -> str:
    text = text_from_value(value)
    if _HEADER_CONTROL.search(text):
        raise EvaluationError("a header cannot hold line ends or control characters")
    return text


def _quoted(value: Any) -> str:
    return json.dumps(text_from_value(value), ensure_ascii=False)[1:-1]


_ENCODERS: Final[Mapping[tuple[Place, Part], Encoder]] = {
    (Place.VALUE, Part.WHOLE): text_from_value,
    (Place.TEXT, Part.WHOLE): text_from_value,
    (Place.HTML, Part.WHOLE): _html,
    (Place.URL, Part.BASE): _base,
    (Place.URL, Part.HOST): _host,
    (Place.URL, Part.PATH): _path,
    (Place.URL, Part.QUERY): _query,
    (Place.HEADER, Part.WHOLE): _header,
    (Place.JSON, Part.WHOLE): json_from_value,
    (Place.JSON, Part.QUOTED): _quoted,
}
_FOLLOWING: Final[Mapping[Place, Callable[[Part, str], Part]]] = {
    Place.URL: _part_of_url,
    Place.JSON: _part_of_json,
}

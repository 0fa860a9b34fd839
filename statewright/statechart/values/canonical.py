"""Values ⇄ canonical JSON: one value has one text, and no value changes its type on the way.

Keys are sorted, nothing is indented, and the text is UTF-8. Ints and doubles stay apart as ``1``
and ``1.0``. What JSON lacks is a map with the one key ``$``:

==================================  =================================================
``{"$": ["uint", "5"]}``            an unsigned integer
``{"$": ["double", "nan"]}``        a double that is no number: ``nan inf -inf``
``{"$": ["bytes", "aGk="]}``        bytes, base64
``{"$": ["timestamp", 5]}``         microseconds since 1970-01-01 UTC
``{"$": ["duration", 5]}``          microseconds
``{"$": ["optional", value]}``      an optional that is there; ``{"$": ["optional"]}`` is not
``{"$": ["secret", place, …]}``     text with holes for secrets: texts, and ``["name"]`` per hole
``{"$": ["map", {"$": 1, …}]}``     a map that itself has the key ``$``
==================================  =================================================

Half a character (a lone surrogate) is written as its escape, so that the text is always UTF-8.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType, NoneType
from typing import Any, Final

from msgspec import Raw
from msgspec.json import Encoder

from statewright.errors import EvaluationError
from statewright.expressions import Place, Secret, SecretText
from statewright.expressions.nanoseconds import EPOCH, MICROSECOND
from statewright.expressions.values import (
    INT_MAX,
    INT_MIN,
    UINT_MAX,
    Maybe,
    Uint,
)
from statewright.statechart.values.coercion import DEPTH_LIMIT
from statewright.statechart.values.plain import is_plain, is_plain_map

_TAG: Final = "$"
_LEVELS: Final = 12
"""How many lists and maps may lie inside each other in what is written the quick way."""

_PLAIN: Final = frozenset({str, int, bool, NoneType})
_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
_encode_plain: Final = Encoder(order="deterministic").encode


def text_from_json(value: Any) -> str:
    """The canonical text of plain JSON values.

    Raises:
        ValueError: a number is not finite.
    """
    if is_plain(value, _LEVELS):
        try:
            return _encode_plain(value).decode()
        except UnicodeEncodeError:
            pass  # It holds half a character.
    text = _ENCODER.encode(value)
    if text.isascii():
        return text
    # Only half characters have no UTF-8, and the escape that Python writes for them is JSON's.
    return text.encode("utf-8", "backslashreplace").decode()


def text_around(value: dict[str, Any], name: str, part: Raw) -> str | None:
    """The canonical text of a map of plain JSON values and one that is written already.

    Args:
        value: the others.
        name: the key of that one.
        part: its canonical text.

    Returns:
        the text; None where one of the others has to be looked at more closely.
    """
    if not is_plain_map(value, _LEVELS):
        return None
    try:
        return _encode_plain({**value, name: part}).decode()
    except UnicodeEncodeError:
        return None  # It holds half a character.


def json_from_value(value: Any) -> Any:
    """A value as plain JSON values, with tags for what JSON lacks.

    Raises:
        EvaluationError: it holds something that is no value, or is too deep.
    """
    return _encoded(value, 0)


def _encoded(value: Any, depth: int) -> Any:
    own = type(value)
    if own in _PLAIN:
        return value
    if own is float:
        return value if value - value == 0 else {_TAG: ["double", repr(value)]}
    if depth > 2 * DEPTH_LIMIT:
        raise EvaluationError(f"more than {2 * DEPTH_LIMIT} lists and maps lie inside each other")
    encode = _ENCODE.get(own)
    if encode is not None:
        return encode(value, depth + 1)
    if isinstance(value, Mapping):
        return _encoded_map(value, depth + 1)
    raise EvaluationError(f"a {own.__name__} is no value of a conversation")


def _encoded_list(value: list[Any] | tuple[Any, ...], depth: int) -> Any:
    return [item if type(item) in _PLAIN else _encoded(item, depth) for item in value]


def _encoded_map(value: Mapping[str, Any], depth: int) -> Any:
    made = {}
    for key, item in value.items():
        if type(key) is not str:
            raise EvaluationError("the keys of a map that is written down are texts")
        made[key] = item if type(item) in _PLAIN else _encoded(item, depth)
    return {_TAG: ["map", made]} if _TAG in made else made


def _encoded_optional(value: Maybe, depth: int) -> Any:
    return {_TAG: ["optional", _encoded(value.value, depth)] if value.present else ["optional"]}


def _encoded_secret(value: SecretText, _depth: int) -> Any:
    parts = [part if isinstance(part, str) else [part.key] for part in value.parts]
    return {_TAG: ["secret", str(value.place), *parts]}


_ENCODE: Final[Mapping[type, Callable[[Any, int], Any]]] = MappingProxyType(
    {
        dict: _encoded_map,
        list: _encoded_list,
        tuple: _encoded_list,
        Uint: lambda value, _: {_TAG: ["uint", str(int(value))]},
        bytes: lambda value, _: {_TAG: ["bytes", base64.b64encode(value).decode()]},
        datetime: lambda value, _: {_TAG: ["timestamp", (value - EPOCH) // MICROSECOND]},
        timedelta: lambda value, _: {_TAG: ["duration", value // MICROSECOND]},
        Maybe: _encoded_optional,
        SecretText: _encoded_secret,
    }
)


def value_from_json(value: Any) -> Any:
    """The value that plain JSON values with tags stand for; they are used up.

    Raises:
        EvaluationError: a tag is not one of ours, an int has more than 64 bits, or lists and maps
            are nested too deeply.
    """
    (decoded,) = _decoded([value], 0)
    return decoded


def _decoded(value: Any, depth: int) -> Any:
    """Lists and maps are filled in place: they were read a moment ago, and are nobody else's."""
    own = type(value)
    if own is not dict and own is not list:
        return value
    if depth > 2 * DEPTH_LIMIT:
        raise EvaluationError(f"more than {2 * DEPTH_LIMIT} lists and maps lie inside each other")
    if own is dict and _TAG in value:
        return _untagged(value, depth)
    for key, item in value.items() if own is dict else enumerate(value):
        inner = type(item)
        if inner is dict or inner is list:
            value[key] = _decoded(item, depth + 1)
        elif inner is int and not INT_MIN <= item <= INT_MAX:
            raise EvaluationError("an int has more than 64 bits")
    return value


def _untagged(value: dict[str, Any], depth: int) -> Any:
    tagged = value[_TAG]
    if len(value) != 1 or type(tagged) is not list or not tagged:
        raise EvaluationError(f"a map with the key `{_TAG}` is written as `{_TAG}`: [`map`, …]")
    decode = _DECODE.get(tagged[0]) if type(tagged[0]) is str else None
    if decode is None:
        raise EvaluationError(f"`{str(tagged[0])[:40]}` is no tag of a value")
    try:
        return decode(tagged[1:], depth + 1)
    except (TypeError, ValueError, OverflowError, LookupError):
        raise EvaluationError(f"what is tagged as `{tagged[0]}` is none") from None


def _only(parts: list[Any], own: type) -> Any:
    (part,) = parts
    if type(part) is not own:
        raise TypeError
    return part


def _uint(parts: list[Any], _depth: int) -> Uint:
    number = int(_only(parts, str)[:30])
    if not 0 <= number <= UINT_MAX:
        raise ValueError
    return Uint(number)


def _double(parts: list[Any], _depth: int) -> float:
    return {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}[_only(parts, str)]


def _timestamp(parts: list[Any], _depth: int) -> datetime:
    micros: int = _only(parts, int)
    return EPOCH + micros * MICROSECOND


def _duration(parts: list[Any], _depth: int) -> timedelta:
    return timedelta(microseconds=_only(parts, int))


def _optional(parts: list[Any], depth: int) -> Maybe:
    return Maybe(True, _decoded(_only_part(parts), depth)) if parts else Maybe(False)


def _secret(parts: list[Any], _depth: int) -> SecretText:
    place, *texts = parts
    made = [part if type(part) is str else Secret(_only(part, str)) for part in texts]
    return SecretText(tuple(made), Place(place))


def _only_part(parts: list[Any]) -> Any:
    (part,) = parts
    return part


def _map(parts: list[Any], depth: int) -> dict[str, Any]:
    items = _only(parts, dict).items()
    return {key: _decoded(item, depth) for key, item in items}


_DECODE: Final[Mapping[str, Callable[[list[Any], int], Any]]] = MappingProxyType(
    {
        "uint": _uint,
        "double": _double,
        "bytes": lambda parts, _: base64.b64decode(_only(parts, str), validate=True),
        "timestamp": _timestamp,
        "duration": _duration,
        "optional": _optional,
        "secret": _secret,
        "map": _map,
    }
)

"""Bodies of requests: bytes → JSON → what an endpoint asks for. All of it is bounded.

What is no JSON in UTF-8, or holds what cannot be kept (half a character, a number beyond every
bound, a key twice), is refused here, so that nothing behind this module has to think of it.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.requests import ClientDisconnect, Request

from statewright.flows.nearest import did_you_mean
from statewright.http.answers import JSON
from statewright.http.problems import Refused

Body = TypeVar("Body", bound=BaseModel)

_MEDIA_TYPE: Final = re.compile(r"application/(?:[\w.-]+\+)?json", re.ASCII | re.IGNORECASE)
_CHARSET: Final = re.compile(r"charset\s*=\s*\"?utf-?8\"?", re.ASCII | re.IGNORECASE)
_BRACKET: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)
_UNION_MEMBER: Final = re.compile(r"str|int|(?:dict|list)\[.*\]")
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
_DRAINED_BYTES: Final = 20_000_000
_DRAINED_SECONDS: Final = 2.0
"""How much of a body that is too large is read on, so that its sender hears the answer."""
_LISTED: Final = 20
"""How many of the things that are wrong with a body are told."""


async def bytes_of(request: Request, *, limit: int, seconds: float) -> bytes:
    """The body of a request.

    Args:
        request: whose.
        limit: the most bytes.
        seconds: how long it may take to arrive.

    Raises:
        Refused: it is larger, or takes longer, or is compressed.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused("UNSUPPORTED_MEDIA_TYPE", "the body is compressed, which is not read here")
    declared = request.headers.get("content-length", "")
    try:
        async with asyncio.timeout(seconds):
            if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
                await _drain(request)
                raise _too_large(limit)
            return await _received(request, limit)
    except TimeoutError:
        raise Refused(
            "REQUEST_TIMEOUT", f"the body did not arrive within {seconds:g} seconds"
        ) from None
    except ClientDisconnect:
        raise Refused("MALFORMED_REQUEST", "the body ended before its time") from None


async def _received(request: Request, limit: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            await _drain(request)
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


async def _drain(request: Request) -> None:
    """Read on for a while what is refused: who still writes when we close hears no answer."""
    size = 0
    with suppress(TimeoutError, RuntimeError, ClientDisconnect):
        async with asyncio.timeout(_DRAINED_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > _DRAINED_BYTES:
                    return


def _too_large(limit: int) -> Refused:
    return Refused(
        "BODY_TOO_LARGE",
        f"the body has more than {limit:,} bytes",
        details={"limit": limit},
        # What is still to come of it is not read.
        headers={"Connection": "close"},
    )


def check_media_type(content_type: str) -> None:
    """Refuse a body that does not say that it is JSON.

    Browsers send no such type across origins without asking first, so this also keeps foreign
    pages from acting for their visitors.

    Raises:
        Refused: it says something else, or nothing.
    """
    if content_type == JSON:
        return
    media_type, _, parameters = content_type.partition(";")
    charset = [part for part in parameters.split(";") if "charset" in part.lower()]
    if not _MEDIA_TYPE.fullmatch(media_type.strip()):
        shown = f"`{media_type.strip()[:60]}`" if media_type.strip() else "not given"
        raise Refused("UNSUPPORTED_MEDIA_TYPE", f"the type of the body is {shown}; it must be JSON")
    if any(not _CHARSET.fullmatch(part.strip()) for part in charset):
        raise Refused("UNSUPPORTED_MEDIA_TYPE", "JSON is read in UTF-8 only")


def json_from(content: bytes, *, depth: int) -> Any:
    """The value that a JSON text (RFC 8259) describes.

    Args:
        content: the text in UTF-8.
        depth: how deep lists and maps may be nested.

    Raises:
        Refused: it is no such text, or cannot be kept as it is.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise _malformed(f"byte {error.start} of the body is no UTF-8") from None
    _check_depth(content, depth)
    if text.startswith("\ufeff"):
        raise _malformed("the body begins with a byte order mark (BOM), which JSON does not have")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _malformed(f"the body is no JSON: {error.msg.lower()} ({place})") from None
    except ValueError:
        raise _malformed("a number in the body has too many digits") from None
    if _SURROGATE.search(content):
        _check_halves(value)
    return value


def _check_depth(content: bytes, depth: int) -> None:
    if content.count(b"[") + content.count(b"{") <= depth:
        return
    level = 0
    for match in _BRACKET.finditer(content):
        mark = match[0]
        level += (mark in b"[{") - (mark in b"]}")
        if level > depth:
            raise _malformed(f"lists and maps are nested more than {depth} deep")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _malformed(f"the number {digits[:20]} is too large")
    return number


def _no_number(word: str) -> float:
    raise _malformed(f"{word} is no number that JSON knows")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise _malformed(f"the key {_quoted(twice)} stands twice in one map")
    return found


_DECODER: Final = json.JSONDecoder(
    parse_float=_finite, parse_constant=_no_number, object_pairs_hook=_without_duplicates
)


def _check_halves(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _malformed("a text in the body holds half a character (a lone surrogate)") from None


def _malformed(message: str) -> Refused:
    return Refused("MALFORMED_REQUEST", message)


def body_from(value: Any, model: type[Body]) -> Body:
    """What an endpoint asks for, from JSON.

    Raises:
        Refused: the value is something else.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
    wrong = [_field(one, model) for one in found[:_LISTED]]
    first = wrong[0]
    place = f"{first['pointer']}: " if first["pointer"] else ""
    raise Refused("INVALID_BODY", f"{place}{first['message']}", details={"fields": wrong})


def _field(found: ErrorDetails, model: type[BaseModel]) -> dict[str, str]:
    """What is wrong with one value of a body, and where: a JSON pointer."""
    place = found["loc"]
    message = _MESSAGES.get(found["type"], "") or _lowered(found["msg"])
    if found["type"] == "extra_forbidden":
        help_ = did_you_mean(str(place[-1]), _names(model)) if len(place) == 1 else ""
        message += f"; {help_}" if help_ else ""
    return {"pointer": _pointer(place), "message": message}


_MESSAGES: Final = {
    "extra_forbidden": "this is not known here",
    "missing": "this is needed",
    "model_type": "this should be a map",
    "dict_type": "this should be a map",
    "string_type": "this should be a text",
    "string_unicode": "this text holds half a character",
    "int_type": "this should be a whole number",
    "bool_type": "this should be true or false",
}
"""Type of a pydantic error → what we say; the others are said in its own words."""


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _pointer(place: Iterable[int | str]) -> str:
    """The place that pydantic names, without its names for the members of a union."""
    steps = (str(step) for step in place)
    return "".join(
        "/" + step.replace("~", "~0").replace("/", "~1")
        for step in steps
        if not _UNION_MEMBER.fullmatch(step)
    )


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def _quoted(text: str) -> str:
    return f"`{ascii(text)[1:-1][:60]}`"

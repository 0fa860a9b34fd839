"""The work of the type ``http``: one request to a web service; see ``web`` for how it is made."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final, NoReturn
from urllib.parse import urlencode

import httpx

from statewright.errors import EffectFailed, EvaluationError, FailureKind
from statewright.expressions.printing.texts import plain_from_value, text_from_value
from statewright.expressions.values import INT_MAX, INT_MIN
from statewright.runtime.clock import SECOND, Clock, system_clock
from statewright.runtime.effects.handling import LONGEST, Order, timeout_of
from statewright.runtime.effects.reach import ANYWHERE, Reaches
from statewright.runtime.effects.statuses import PASSING, is_success, kind_of, wait_asked_for
from statewright.runtime.effects.web import KEY, Call, Response, Web, headers_from, url_from
from statewright.statechart.values.coercion import kept


class HttpHandler:
    """Carries out requests, and gives ``{status, headers, body}``.

    A request is ``{method, url, query, headers, body, body_as, timeout, retry_statuses}``, of which
    only the ``url`` is needed.

    Args:
        allow_private: whether requests of any tenant may go to addresses that are not of the public
            internet; instead of ``reaches``.
        reaches: what the requests of each tenant may go to.
        clock: tells the time, which dates of ``Retry-After`` are compared with.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        reaches: Reaches | None = None,
        clock: Clock = system_clock,
    ) -> None:
        usual = Reaches(ANYWHERE) if allow_private else Reaches()
        self._reaches = usual if reaches is None else reaches
        self._clock = clock
        self._web = Web()

    async def __call__(self, order: Order) -> Any:
        """Ask a web service.

        Raises:
            EffectFailed: the request cannot be made (``request``), or as for ``Web.ask``; or the
                status is none of 2xx, or one that may pass (``status``), with the result.
        """
        call = _call_from(order)
        response = await self._web.ask(call, reach=self._reaches.of(order.key.tenant))
        result = {
            "status": response.status,
            "headers": dict(response.headers),
            "body": _body(response) if is_success(response.status) else _bounded(_body(response)),
        }
        kind = kind_of(response.status, _passing(order.data))
        if kind is not FailureKind.CONFIGURATION or not is_success(response.status):
            message = f"the status is {response.status}"
            wait = wait_asked_for(response, self._clock())
            raise EffectFailed("status", message, kind=kind, result=result, wait=wait)
        return result

    async def aclose(self) -> None:
        """Let go of everything."""
        await self._web.aclose()


_JSON: Final = "application/json"
_FORM: Final = "application/x-www-form-urlencoded"
_TEXT: Final = "text/plain; charset=utf-8"


def _call_from(order: Order) -> Call:
    """The request that an order asks for.

    Raises:
        EffectFailed: it is none.
    """
    data = order.data
    if not isinstance(data, Mapping):
        raise EffectFailed("request", "a request is a map with a `url`")
    try:
        query = {name: _query(value) for name, value in (data.get("query") or {}).items()}
        url = url_from(text_from_value(data.get("url")), query)
        given = {name: text_from_value(one) for name, one in (data.get("headers") or {}).items()}
        headers = headers_from(given)
        content = _content(data["body"], headers, data.get("body_as")) if "body" in data else None
        method = text_from_value(data.get("method") or "GET").upper()
    except (EvaluationError, TypeError, AttributeError, UnicodeError):
        raise EffectFailed("request", "the url, a header, the query or the body is none") from None
    if not method.isascii() or not method.isalpha():
        raise EffectFailed("request", "the method is not one of HTTP")
    headers.setdefault(KEY, order.id)
    timeout = timeout_of(data)
    return Call(method, url, headers, content, LONGEST if timeout is None else timeout / SECOND)


def _passing(data: Mapping[str, Any]) -> frozenset[int]:
    statuses = data.get("retry_statuses")
    return frozenset(statuses) if isinstance(statuses, list) else PASSING


def _query(value: Any) -> str | list[str]:
    return [*map(text_from_value, value)] if isinstance(value, list) else text_from_value(value)


def _content(body: Any, headers: httpx.Headers, written: Any) -> bytes:
    """The body of a request: where nothing is said, a text as it is, anything else as JSON."""
    if written == "form":
        headers.setdefault("Content-Type", _FORM)
        return urlencode(_fields(body)).encode()
    if isinstance(body, str) or written == "text":
        text = text_from_value(body)
        is_json = written == "json" or (written is None and _is_json(text))
        headers.setdefault("Content-Type", _JSON if is_json else _TEXT)
        return text.encode()
    headers.setdefault("Content-Type", _JSON)
    return json.dumps(plain_from_value(body), ensure_ascii=False, separators=(",", ":")).encode()


def _fields(body: Any) -> list[tuple[str, str]]:
    """The fields of a form; a list is as many fields of its name as it has elements."""
    if not isinstance(body, Mapping):
        raise EffectFailed("request", "the body of a form is a map of fields")
    return [
        (name, text_from_value(item))
        for name, value in body.items()
        for item in (value if isinstance(value, list) else [value])
    ]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


LONGEST_REFUSAL: Final = 10_000
"""How many characters are kept of what a server says that has not done what it was asked for."""


def _bounded(body: Any) -> Any:
    """A body that is not too long, or the beginning of it as a text."""
    text = body if isinstance(body, str) else text_from_value(body)
    return body if len(text) <= LONGEST_REFUSAL else text[:LONGEST_REFUSAL]


def _body(response: Response) -> Any:
    """What a response says: a value where it is JSON that can be kept, else a text.

    A whole number of more than 64 bits is an id, or else nothing to be rounded: a text keeps it,
    and so it does a number that is larger than any double. With `NaN` in it, it is no JSON.
    """
    text = response.text
    if response.type == _JSON or response.type.endswith("+json"):
        try:
            read = json.loads(
                text, parse_int=_whole, parse_float=_broken, parse_constant=_no_number
            )
            return kept(read)
        except (ValueError, RecursionError, EvaluationError):
            return text
    return text


def _whole(digits: str) -> int | str:
    """A whole number that can be computed with, or its digits."""
    if len(digits) > _LONGEST_WHOLE:
        return digits
    number = int(digits)
    return number if INT_MIN <= number <= INT_MAX else digits


def _broken(digits: str) -> float | str:
    """A double, or the digits of a number that is larger than any."""
    number = float(digits)
    return number if math.isfinite(number) else digits


def _no_number(name: str) -> NoReturn:
    """Refuse `NaN` and `Infinity`, which JSON has not, but Python reads."""
    raise ValueError(f"{name} is no number")


_LONGEST_WHOLE: Final = len(str(INT_MIN))
"""How many characters the longest number of 64 bits has."""

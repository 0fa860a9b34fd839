"""Secrets, filled in where a request is carried out: never stored, logged or shown."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from inspect import isawaitable
from typing import Any, Final, TypeAlias

from statewright.errors import EffectFailed, EvaluationError
from statewright.expressions import Secret, SecretText
from statewright.expressions.printing.places import (
    encoder,
    first_part,
    part_behind_hole,
    part_behind_text,
)

Secrets: TypeAlias = Callable[[str, str], "str | Awaitable[str | None] | None"]
"""Tenant and name of a secret → what it stands for, or None where there is no such secret.

The tenant ``HOST`` is whoever runs the server: its secrets are for the settings of handlers, and no
flow can name them.

One that remembers secrets may have a coroutine function ``refresh``, of a tenant, which makes it
look them up anew: it is called where somebody was not let in, and the request is made again.
"""

HOST: Final = ""
"""The tenant of secrets that belong to whoever runs the server."""

PREFIX: Final = "STATEWRIGHT_SECRET_"
HOST_PREFIX: Final = "STATEWRIGHT_HOST_SECRET_"


def secrets_of_environment(tenant: str, name: str) -> str | None:
    """A secret from the environment variable ``STATEWRIGHT_SECRET_NAME``, for every tenant.

    The name is in capitals, and whatever is no letter or digit is ``_``: ``crm.token`` is
    ``STATEWRIGHT_SECRET_CRM_TOKEN``. Secrets of ``HOST`` are ``STATEWRIGHT_HOST_SECRET_NAME``.
    """
    prefix = HOST_PREFIX if tenant == HOST else PREFIX
    return os.environ.get(prefix + re.sub(r"[^A-Z0-9]", "_", name.upper()))


async def asked(secrets: Secrets, tenant: str, name: str) -> str | None:
    """What a secret stands for; where ``noting`` is in force, it is noted there."""
    found = secrets(tenant, name)
    value = await found if isawaitable(found) else found
    noted = _NOTED.get()
    if value is not None and noted is not None:
        noted.append(value)
    return value


async def host_secret(secrets: Secrets, name: str) -> str:
    """What a secret of whoever runs the server stands for.

    Raises:
        EffectFailed: there is none of that name (``secret``).
    """
    value = await asked(secrets, HOST, name)
    if value is None:
        raise EffectFailed(
            "secret",
            f"there is no secret `{name}` of the host; set it where the server runs",
        )
    return value


@contextmanager
def noting() -> Iterator[list[str]]:
    """The secrets that are given out inside, as they are given out."""
    noted: list[str] = []
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


_NOTED: Final[ContextVar[list[str] | None]] = ContextVar("secrets given out", default=None)


def names_in(value: Any) -> Iterator[str]:
    """The names of the secrets in a value that an effect carries."""
    match value:
        case SecretText():
            yield from (part.key for part in value.parts if isinstance(part, Secret))
        case Mapping():
            for part in value.values():
                yield from names_in(part)
        case list() | tuple():
            for part in value:
                yield from names_in(part)


async def filled_for(tenant: str, value: Any, secrets: Secrets) -> Any:
    """A value with its secrets filled in, each asked for once.

    Raises:
        EffectFailed: as for ``filled``, or the source cannot be asked.
    """
    names = dict.fromkeys(names_in(value))
    found = {name: await asked(secrets, tenant, name) for name in names}
    return filled(value, found.get)


def filled(value: Any, secret: Callable[[str], str | None]) -> Any:
    """A value with its secrets filled in.

    Args:
        value: what an effect carries.
        secret: name → what it stands for.

    Raises:
        EffectFailed: there is no such secret, or it does not fit where it stands.
    """
    match value:
        case SecretText():
            return _text(value, secret)
        case Mapping():
            return {key: filled(part, secret) for key, part in value.items()}
        case list() | tuple():
            return [filled(part, secret) for part in value]
        case _:
            return value


def _text(text: SecretText, secret: Callable[[str], str | None]) -> str:
    place = text.place
    where = first_part(place)
    printed: list[str] = []
    for part in text.parts:
        if isinstance(part, Secret):
            printed.append(_encoded(part.key, secret(part.key), encoder(place, where)))
            where = part_behind_hole(where)
        else:
            printed.append(part)
            where = part_behind_text(place, where, part)
    return "".join(printed)


def _encoded(name: str, value: str | None, encode: Callable[[Any], str]) -> str:
    if value is None:
        raise EffectFailed("secret", f"there is no secret `{name}`; set it where the server runs")
    try:
        return encode(value)
    except EvaluationError:
        # What is wrong with it is not told: that would show it.
        raise EffectFailed("secret", f"the secret `{name}` does not fit where it stands") from None

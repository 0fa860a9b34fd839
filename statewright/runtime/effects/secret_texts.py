"""Secrets, filled in where a request is carried out: never stored, logged or shown."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from statewright.errors import EffectFailed, EvaluationError
from statewright.expressions import Secret, SecretText
from statewright.expressions.printing.places import (
    encoder,
    first_part,
    part_behind_hole,
    part_behind_text,
)

Secrets: TypeAlias = Callable[[str, str], str | None]
"""Tenant and name of a secret → what it stands for, or None where there is no such secret.

One that remembers secrets may have a coroutine function ``refresh``, of a tenant, which makes it
look them up anew: it is called where somebody was not let in, and the request is made again.
"""

PREFIX: Final = "STATEWRIGHT_SECRET_"


def secrets_of_environment(_tenant: str, name: str) -> str | None:
    """A secret from the environment variable ``STATEWRIGHT_SECRET_NAME``, for every tenant.

    The name is in capitals, and whatever is no letter or digit is ``_``: ``crm.token`` is
    ``STATEWRIGHT_SECRET_CRM_TOKEN``.
    """
    return os.environ.get(PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper()))


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

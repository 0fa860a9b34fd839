"""The handlers that there are without being asked for."""

from __future__ import annotations

from importlib.util import find_spec

from statewright.runtime.effects.handling import Handler


def default_handlers() -> dict[str, Handler]:
    """Type of work → who carries it out; without httpx there is nobody for ``http``."""
    if find_spec("httpx") is None:
        return {}
    from statewright.runtime.effects.http import HttpHandler  # noqa: PLC0415 (it needs httpx)

    return {"http": HttpHandler()}

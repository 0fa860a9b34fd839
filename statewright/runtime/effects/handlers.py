"""The handlers that there are without being asked for."""

from __future__ import annotations

from importlib.util import find_spec

from statewright.runtime.effects.handling import Handler
from statewright.runtime.effects.secret_texts import secrets_of_environment


def default_handlers() -> dict[str, Handler]:
    """Type of work → who carries it out; without httpx there is nobody for ``http``."""
    if find_spec("httpx") is None:
        return {}
    from statewright.runtime.effects.http import HttpHandler  # noqa: PLC0415 (it needs httpx)
    from statewright.runtime.effects.reach import Reaches  # noqa: PLC0415 (as above)
    from statewright.runtime.effects.web import Web  # noqa: PLC0415 (as above)
    from statewright.runtime.effects.webhook import WebhookHandler  # noqa: PLC0415 (as above)

    webhook = WebhookHandler(Web(), Reaches(), {}, secrets_of_environment)
    return {"http": HttpHandler(), "webhook": webhook}

"""Who carries out requests, as the settings of a server want it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statewright.errors import InvalidSettings
from statewright.runtime.configuration.settings import EffectSettings, EmailSettings
from statewright.runtime.effects.handling import Handler
from statewright.runtime.effects.secret_texts import Secrets

if TYPE_CHECKING:
    from statewright.runtime.effects.documents import Documents
    from statewright.runtime.effects.reach import Reaches
    from statewright.runtime.effects.web import Web

# What each of them needs is imported only where it is wanted: each is an extra of its own.


def handlers_from(
    settings: EffectSettings, secrets: Secrets, *, allow_private: bool = False
) -> dict[str, Handler]:
    """Type of work → who carries it out, as the settings of a server want it.

    Args:
        settings: of the server.
        secrets: gives those of the host.
        allow_private: whether requests may go to addresses that are not public, whatever the
            settings say.

    Raises:
        InvalidSettings: what they ask for is not installed.
    """
    from statewright.runtime.effects.documents import Documents  # noqa: PLC0415 (see above)
    from statewright.runtime.effects.http import HttpHandler  # noqa: PLC0415 (see above)
    from statewright.runtime.effects.web import Web  # noqa: PLC0415 (see above)

    reaches = settings.reaches(allow_private=allow_private)
    web = Web()
    documents = Documents(web, reaches, settings.documents)
    handlers: dict[str, Handler] = {
        "http": HttpHandler(reaches=reaches),
        "webhook": _webhook(settings, secrets, web, reaches),
    }
    try:
        if settings.email is not None:
            handlers["email"] = _email(settings.email, secrets, documents)
        if settings.databases:
            handlers["sql"] = _sql(settings, secrets)
        if settings.models:
            handlers["llm"] = _llm(settings, secrets, web, documents)
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0], "server")
        raise InvalidSettings(
            f"{error.name} is not installed, which the settings ask for; pip install "
            f"'statewright[server,{extra}]' has all it takes"
        ) from None
    return handlers


_EXTRAS = {"aiosmtplib": "email", "jsonschema": "llm", "referencing": "llm"}


def _webhook(settings: EffectSettings, secrets: Secrets, web: Web, reaches: Reaches) -> Handler:
    from statewright.runtime.effects.webhook import (  # noqa: PLC0415 (see above)
        Endpoint,
        WebhookHandler,
    )

    endpoints = {
        name: Endpoint(one.url, one.secret, one.tenants) for name, one in settings.endpoints.items()
    }
    return WebhookHandler(web, reaches, endpoints, secrets)


def _email(one: EmailSettings, secrets: Secrets, documents: Documents) -> Handler:
    from statewright.runtime.effects.email import (  # noqa: PLC0415 (see above)
        EmailHandler,
        MailServer,
    )

    server = MailServer(
        one.host,
        one.port or {"starttls": 587, "tls": 465, "none": 25}[one.security],
        one.security,
        one.user,
        one.password,
        one.sender,
        one.senders,
        one.ca_file,
    )
    return EmailHandler(server, secrets, documents)


def _sql(settings: EffectSettings, secrets: Secrets) -> Handler:
    from statewright.runtime.effects.sql import Source, SqlHandler  # noqa: PLC0415 (see above)

    sources = {
        name: Source(
            one.url,
            one.password,
            one.read_only,
            one.rows,
            one.largest,
            one.timeout,
            one.connections,
            one.tenants,
        )
        for name, one in settings.databases.items()
    }
    return SqlHandler(sources, secrets)


def _llm(settings: EffectSettings, secrets: Secrets, web: Web, documents: Documents) -> Handler:
    from statewright.runtime.effects.llm import LlmHandler, Models  # noqa: PLC0415 (see above)

    places = [
        Models(one.url, one.key, one.models, one.tenants, one.options)
        for one in settings.models.values()
    ]
    return LlmHandler(web, places, secrets, documents)

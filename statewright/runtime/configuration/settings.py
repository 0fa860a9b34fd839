"""What whoever runs a server says about requests to the world: the table ``[effects]``.

It stands in ``statewright.toml``. Secrets do not stand in it but are named there, as
``{{secret:name}}``: they are those of the host, which no flow can name (see ``secret_texts``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from statewright.errors import EffectFailed, InvalidSettings
from statewright.runtime.effects.addressees import addresses_from
from statewright.runtime.effects.reach import Reach, Reaches
from statewright.runtime.effects.statements import READ_ONLY
from statewright.runtime.secrets.sources import USUAL

FILE: Final = "statewright.toml"
"""The file that is read where nobody names another, if it is there."""

TABLE: Final = "effects"

_SECRET: Final = re.compile(r"\{\{\s*secret:\s*([\w.-]+)\s*\}\}")


def _secret(text: str) -> str:
    """The name in ``{{secret:name}}``."""
    if not text:
        return ""
    match = _SECRET.fullmatch(text.strip())
    if match is None:
        raise ValueError("name a secret, as `{{secret:name}}`; it is not to stand here itself")
    return match[1]


def _sender(text: object) -> Address:
    try:
        (address,) = addresses_from("from", [text])
    except (EffectFailed, ValueError):
        raise ValueError("write one address, as `Shop <shop@example.com>`") from None
    return address


def _url(text: object) -> URL:
    try:
        url = make_url(str(text))
    except (ArgumentError, ValueError):
        raise ValueError("write a url, as `postgresql+psycopg://user@host/name`") from None
    if url.password:
        raise ValueError("leave the password out of the url: `password = '{{secret:name}}'`")
    return url


def _web(text: str) -> str:
    if not re.match(r"https?://[^\s/@]+(?:/|$)", text):
        raise ValueError("write a url with http or https, without a user")
    return text


Secret = Annotated[str, AfterValidator(_secret)]
WebURL = Annotated[str, AfterValidator(_web)]
Sender = Annotated[Address, BeforeValidator(_sender)]
DatabaseURL = Annotated[URL, BeforeValidator(_url)]
Seconds = Annotated[float, Field(gt=0, le=600)]


class _Settings(BaseModel):
    """A table of which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class TenantSettings(_Settings):
    """What the requests of a tenant may go to."""

    hosts: tuple[str, ...] | None = None
    private_hosts: tuple[str, ...] = ()


class EmailSettings(_Settings):
    """The server that emails are given to."""

    host: str = Field(min_length=1)
    port: int | None = Field(None, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: Secret = ""
    sender: Sender = Field(alias="from")
    senders: tuple[str, ...] = ()
    ca_file: str = ""


class DatabaseSettings(_Settings):
    """A database that flows may ask."""

    url: DatabaseURL
    password: Secret = ""
    read_only: bool = True
    rows: int = Field(1_000, ge=1, le=100_000)
    largest: int = Field(1024 * 1024, ge=1, le=16 * 1024 * 1024)
    timeout: Seconds = 10.0
    connections: int = Field(4, ge=1, le=64)
    tenants: tuple[str, ...] | None = None


class ModelSettings(_Settings):
    """Where language models are."""

    url: WebURL
    key: Secret = ""
    models: Mapping[str, str] = {}
    options: Mapping[str, Any] = {}
    tenants: tuple[str, ...] | None = None


class EndpointSettings(_Settings):
    """Somebody who is told of events."""

    url: WebURL
    secret: Secret = Field(min_length=1)
    tenants: tuple[str, ...] | None = None


class SecretSettings(_Settings):
    """Where secrets come from."""

    sources: tuple[Literal["environment", "file", "table"], ...] = USUAL
    file: str = ""


class EffectSettings(TenantSettings):
    """The table ``[effects]``."""

    allow_private: bool = False
    tenants: Mapping[str, TenantSettings] = {}
    email: EmailSettings | None = None
    databases: Mapping[str, DatabaseSettings] = {}
    models: Mapping[str, ModelSettings] = {}
    endpoints: Mapping[str, EndpointSettings] = {}
    secrets: SecretSettings = SecretSettings()
    documents: int = Field(10 * 1024 * 1024, ge=1, le=100 * 1024 * 1024)

    def reaches(self, *, allow_private: bool = False) -> Reaches:
        """What the requests of each tenant may go to.

        Args:
            allow_private: whether that is any address, whatever the table says.
        """
        private = allow_private or self.allow_private
        return Reaches(
            _reach(self, private=private),
            {name: _reach(own, private=private) for name, own in self.tenants.items()},
        )


def _reach(settings: TenantSettings, *, private: bool) -> Reach:
    return Reach(settings.hosts, private, settings.private_hosts)


def settings_from(table: Mapping[str, Any], file: str = "") -> EffectSettings:
    """The settings that a table says.

    Args:
        table: as TOML gives it.
        file: where it stands, for messages.

    Raises:
        InvalidSettings: something in it is not known, or cannot be; all of that.
    """
    try:
        settings = EffectSettings.model_validate(table)
    except ValidationError as error:
        where = f"{file}: " if file else ""
        # What stands there is not told: it may be a secret in the wrong place.
        problems = (
            f"{where}`{'.'.join(map(str, (TABLE, *one['loc'])))}`: {_said(one['msg'])}"
            for one in error.errors(include_url=False, include_input=False, include_context=False)
        )
        raise InvalidSettings("\n".join(problems)) from None
    for name, one in settings.databases.items():
        backend = one.url.get_backend_name()
        if one.read_only and backend not in READ_ONLY:
            raise InvalidSettings(
                f"`{TABLE}.databases.{name}`: {backend} cannot be kept from being written to; log "
                "in as somebody who may only read, and say `read_only = false`"
            )
    return settings


def _said(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def settings_in(path: str) -> EffectSettings:
    """The settings of a file, or the usual ones where ``""`` is meant and there is no ``FILE``.

    Raises:
        InvalidSettings: it cannot be read, or understood.
    """
    file = Path(path or FILE)
    if not path and not file.is_file():
        return settings_from({})
    try:
        document = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError):
        raise InvalidSettings(f"{file}: it cannot be read, or is no TOML") from None
    if file.name == "pyproject.toml":
        document = document.get("tool", {}).get("statewright", {})
    table = document.get(TABLE, {})
    if not isinstance(table, dict):
        raise InvalidSettings(f"{file}: `{TABLE}` is a table; write `[{TABLE}]`")
    return settings_from(table, str(file))

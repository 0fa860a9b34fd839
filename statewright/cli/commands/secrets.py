"""``secrets``: the sealed secrets of a database. What a secret stands for is never printed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Awaitable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

import click

from statewright.cli.failure import CLEAN, FOUND, Failure
from statewright.cli.files import reason
from statewright.cli.options import database_option, format_option
from statewright.cli.stores import TENANT, moment, on_existing_store, on_store
from statewright.cli.streams import note, print_document
from statewright.cli.tables import lines_from_table

if TYPE_CHECKING:
    from statewright.runtime import Runtime
    from statewright.runtime.secrets.sealing import Keys
    from statewright.runtime.secrets.table import Resealed
    from statewright.storage.secrets import SealedSecret, SealedSecrets

LARGEST = 64 * 1024
"""The most characters of a secret."""

Result = TypeVar("Result")

_tenant = click.option(
    "--tenant", default=TENANT, show_default=True, help="Whose flows may name it."
)
_host = click.option(
    "--host", "of_host", is_flag=True, help="For the settings of the server: no flow can name it."
)


@click.command()
def key() -> int:
    """Make a key that secrets are sealed with, and print it."""
    sealing = _sealing()
    click.echo(sealing.new_key())
    note(
        "Put it into STATEWRIGHT_SEALING_KEYS, before the keys that are there. Without it nothing "
        "can be opened."
    )
    return CLEAN


@click.command("set")
@click.argument("name")
@_tenant
@_host
@click.option("--from", "file", metavar="FILE", help="Where it stands, instead of standard input.")
@database_option
def set_(name: str, tenant: str, *, of_host: bool, file: str | None, database: str) -> int:
    """Set a secret, which is asked for, or read from standard input.

    One line break at its end is left out.
    """
    keys = _keys()
    value = _value(name, file)

    async def kept(runtime: Runtime) -> None:
        from statewright.runtime.secrets.table import set_secret  # noqa: PLC0415 (with a store only)

        owner = "" if of_host else tenant
        await set_secret(_table(runtime), keys, owner, name, value, runtime.clock())

    on_store(database, kept)
    note(f"{name} is set")
    return CLEAN


@click.command("list")
@database_option
@format_option("text", "json")
def list_(database: str, format_: str) -> int:
    """List the names of secrets, and whether the key that seals now has sealed them."""
    keys = _keys()
    found = on_existing_store(database, lambda runtime: _all(_table(runtime)))
    rows = [
        {
            "tenant": one.tenant or None,
            "name": one.name,
            "set": moment(one.at),
            "key": "current" if keys.is_current(one.sealed) else "older",
        }
        for one in found
    ]
    if format_ == "json":
        print_document(json.dumps(rows, ensure_ascii=False) + "\n")
    elif not rows:
        click.echo("there are none")
    else:
        table = [[row["tenant"] or "(host)", row["name"], row["set"], row["key"]] for row in rows]
        for line in lines_from_table(("tenant", "name", "set", "key"), table):
            click.echo(line)
    return CLEAN


@click.command()
@database_option
def rotate(database: str) -> int:
    """Seal every secret with the first key. Afterwards the other keys are not needed any more."""
    keys = _keys()

    def resealed(runtime: Runtime) -> Awaitable[Resealed]:
        from statewright.runtime.secrets.table import reseal_all  # noqa: PLC0415 (with a store only)

        return reseal_all(_table(runtime), keys)

    made = on_existing_store(database, resealed)
    note(f"{made.done} sealed anew, {made.current} were already")
    for tenant, name in made.unreadable:
        note(f"Error: none of the keys opens {name} of {tenant or 'the host'}; set it again")
    return FOUND if made.unreadable else CLEAN


@click.command()
@click.argument("name")
@_tenant
@_host
@database_option
def delete(name: str, tenant: str, *, of_host: bool, database: str) -> int:
    """Delete a secret."""
    owner = "" if of_host else tenant

    def removed(runtime: Runtime) -> Awaitable[bool]:
        return _table(runtime).remove(owner, name)

    if not on_existing_store(database, removed):
        raise Failure(f"there is no secret {name!r} of {owner or 'the host'}")
    note(f"{name} is deleted")
    return CLEAN


@click.group(commands=(delete, key, list_, rotate, set_))
def secrets() -> None:
    """Look after the secrets of a database.

    The keys are in the environment variable STATEWRIGHT_SEALING_KEYS, or in the file that
    STATEWRIGHT_SEALING_KEYS_FILE names: the first one seals, all of them open.
    """


def _keys() -> Keys:
    _sealing()
    from statewright.runtime.secrets.sources import KEYS, KEYS_FILE, keys_of  # noqa: PLC0415 (slow)

    keys = keys_of(os.environ)
    if keys is None:
        raise Failure(
            f"set {KEYS} (or {KEYS_FILE}) to what `statewright secrets key` prints: secrets are "
            "sealed with it"
        )
    return keys


def _sealing() -> ModuleType:
    try:
        # Only here: it is a part that is not always installed.
        from statewright.runtime.secrets import sealing  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Failure(
            f"{error.name} is not installed; pip install 'statewright[server,secrets]' has all "
            "it takes"
        ) from None
    return sealing


def _value(name: str, file: str | None) -> str:
    """The secret that was given.

    Raises:
        Failure: there is none, or too much of it.
    """
    try:
        if file is not None:
            value = Path(file).read_text("utf-8")
        elif sys.stdin.isatty():
            value = str(click.prompt(name, hide_input=True, confirmation_prompt=True, err=True))
        else:
            value = sys.stdin.read(LARGEST + 2)
    except (OSError, ValueError) as error:
        raise Failure(f"the secret cannot be read: {reason(error)}") from None
    value = value.removesuffix("\n").removesuffix("\r")
    if not value or len(value) > LARGEST:
        raise Failure(f"a secret has from 1 to {LARGEST:,} characters")
    return value


async def _all(table: SealedSecrets) -> list[SealedSecret]:
    found: list[SealedSecret] = []
    while page := await table.page(after=(found[-1].tenant, found[-1].name) if found else None):
        found += page
    return found


def _table(runtime: Runtime) -> SealedSecrets:
    from statewright.storage.secrets import KeepsSecrets  # noqa: PLC0415 (with a store only)

    store = runtime.store
    if not isinstance(store, KeepsSecrets):
        raise Failure("this database keeps no secrets")
    return store.secrets

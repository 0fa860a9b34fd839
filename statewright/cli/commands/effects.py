"""``effects``: requests to the world, those that have failed for good, and sending them again."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from statewright.cli.failure import CLEAN
from statewright.cli.options import database_option, format_option
from statewright.cli.stores import TENANT, moment, on_existing_store
from statewright.cli.streams import note, print_document
from statewright.cli.tables import lines_from_table

if TYPE_CHECKING:
    from statewright.runtime import Runtime
    from statewright.runtime.operations.letters import Letter, Letters

PENDING: Final = ("effect", "kind", "name", "state", "attempts", "at")
DEAD: Final = (*PENDING, "code", "message")

LONGEST: Final = 120
"""How many characters of a message a table shows."""

_limit = click.option("--limit", type=click.IntRange(1), default=100, show_default=True)


@click.command("list")
@_limit
@database_option
@format_option("text", "json")
def list_(limit: int, database: str, format_: str) -> int:
    """List requests that are not finished.

    Those come first that are due first; one that is being made is due when its lease ends.
    """
    return _listed(
        database, format_, PENDING, limit, lambda letters: letters.pending(TENANT, limit=limit)
    )


@click.command()
@_limit
@database_option
@format_option("text", "json")
def dead(limit: int, database: str, format_: str) -> int:
    """List requests that have failed for good, the oldest first."""
    return _listed(
        database, format_, DEAD, limit, lambda letters: letters.dead(TENANT, limit=limit)
    )


@click.command()
@click.argument("effects", nargs=-1, metavar="[EFFECT…]")
@click.option("--all", "all_", is_flag=True, help="Everything that can be.")
@database_option
@format_option("text", "json")
def retry(effects: tuple[str, ...], *, all_: bool, database: str, format_: str) -> int:
    """Send again what has failed for good, under the same ids.

    A worker, or `serve`, sends it. A session that has failed of work is resumed where it waited for
    it, and asks again under a new id.
    """
    if all_ == bool(effects):
        raise click.UsageError("name effects as `effects dead` lists them, or give --all")

    def revived(letters: Letters) -> Awaitable[Sequence[Letter]]:
        return letters.retry_all(TENANT) if all_ else letters.retry(TENANT, effects)

    found = _found(database, revived)
    if format_ == "json":
        print_document(json.dumps([_json(one) for one in found], ensure_ascii=False) + "\n")
        return CLEAN
    for one in found:
        click.echo(one.entry.request.key)
    note(f"{len(found)} to be sent again")
    return CLEAN


@click.group(commands=(dead, list_, retry))
def effects() -> None:
    """List requests, and send dead ones again."""


def _listed(
    database: str,
    format_: str,
    header: Sequence[str],
    limit: int,
    find: Callable[[Letters], Awaitable[Sequence[Letter]]],
) -> int:
    found = [_json(one) for one in _found(database, find)]
    if format_ == "json":
        print_document(json.dumps(found, ensure_ascii=False) + "\n")
    elif not found:
        click.echo("there are none")
    else:
        for line in lines_from_table(
            header, [[_short(row[key]) for key in header] for row in found]
        ):
            click.echo(line)
    if len(found) == limit:
        note("there may be more: give a greater --limit")
    return CLEAN


def _found(
    database: str, find: Callable[[Letters], Awaitable[Sequence[Letter]]]
) -> Sequence[Letter]:
    async def letters_of(runtime: Runtime) -> Sequence[Letter]:
        from statewright.runtime.operations.letters import Letters  # noqa: PLC0415 (only with a store)

        return await find(Letters(runtime.store, runtime.clock, runtime.repairs))

    return on_existing_store(database, letters_of)


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _json(letter: Letter) -> Mapping[str, Any]:
    entry = letter.entry
    return {
        "effect": entry.request.key,
        "session": entry.key.session,
        "kind": letter.kind,
        "name": letter.name,
        "state": letter.state,
        "attempts": entry.attempts,
        "at": moment(entry.at),
        "code": letter.code,
        "message": letter.message,
    }

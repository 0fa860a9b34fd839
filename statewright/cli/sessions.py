"""``sessions`` and ``replay``: which conversations are stored, and whether they add up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from statewright.cli.failure import CLEAN, FOUND
from statewright.cli.options import database_option, format_option
from statewright.cli.stores import TENANT, moment, on_existing_store
from statewright.cli.streams import print_document
from statewright.cli.tables import lines_from_table
from statewright.reporting import counted
from statewright.reporting.text import printable
from statewright.statechart import Status
from statewright.storage.records import SessionKey

if TYPE_CHECKING:
    from statewright.runtime import Difference, Happening, Replay, Runtime
    from statewright.storage.records import Session

HEADER = ("session", "flow", "version", "status", "revision", "conversation", "updated")

SHOWN = 200
"""How many characters are shown of what differs."""

BEFORE = 20
"""How many characters are shown of what comes before it and is the same."""


@click.command()
@database_option
@click.option("--flow", default="", help="Only sessions of this flow.")
@click.option("--status", type=click.Choice([str(status) for status in Status]))
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@format_option("text", "json")
def sessions(database: str, flow: str, status: str | None, limit: int, format_: str) -> int:
    """List sessions, the newest first."""
    wanted = None if status is None else Status(status)

    async def found(runtime: Runtime) -> tuple[Session, ...]:
        return await runtime.store.sessions(TENANT, flow=flow, status=wanted, limit=limit)

    rows = on_existing_store(database, found)
    if format_ == "json":
        print_document(json.dumps([_json(row) for row in rows], ensure_ascii=False) + "\n")
    elif not rows:
        click.echo("there are no sessions")
    else:
        for line in lines_from_table(HEADER, [tuple(_json(row).values())[:-1] for row in rows]):
            click.echo(line)
    return CLEAN


def _json(row: Session) -> Mapping[str, Any]:
    return {
        "session": row.key.session,
        "flow": row.birth.flow,
        "version": row.version,
        "status": str(row.status),
        "revision": row.revision,
        "conversation": row.birth.conversation,
        "updated": moment(row.updated_at),
        "channel": row.birth.channel,
    }


@click.command()
@click.argument("session")
@database_option
@format_option("text", "json")
def replay(session: str, database: str, format_: str) -> int:
    """Take the turns of a session again.

    SESSION is an id, as `statewright sessions` lists it. What went wrong on the way is told, and
    what every turn gives now is compared with what was stored.
    """

    async def replayed(runtime: Runtime) -> Replay:
        return await runtime.replay(SessionKey(TENANT, session))

    result = on_existing_store(database, replayed)
    if format_ == "json":
        differences = [_difference(one) for one in result.differences]
        document = {
            "session": session,
            "turns": result.turns,
            "differences": differences,
            "incidents": [_incident(one) for one in result.incidents],
        }
        print_document(json.dumps(document, ensure_ascii=False) + "\n")
    else:
        for happening in result.incidents:
            click.echo(_told(happening))
        for one in result.differences:
            click.echo(f"revision {one.revision}: another {one.what}")
            was, would_be = _differing(one.stored, one.replayed)
            click.echo(f"  stored    {was}")
            click.echo(f"  replayed  {would_be}")
        found = counted(len(result.differences), "difference")
        click.echo(
            f"{counted(result.turns, 'turn')}, {found if result.differences else 'as stored'}"
        )
    return FOUND if result.differences else CLEAN


def _told(happening: Happening) -> str:
    incident = happening.incident
    place = f" in {printable(incident.state)}" if incident.state else ""
    said = f"{printable(incident.name)}{place}: {printable(incident.message)}"
    return f"revision {happening.revision}: {said}"


def _incident(happening: Happening) -> Mapping[str, Any]:
    incident = happening.incident
    return {
        "revision": happening.revision,
        "name": incident.name,
        "state": incident.state,
        "message": incident.message,
    }


def _difference(one: Difference) -> Mapping[str, Any]:
    return {
        "revision": one.revision,
        "what": one.what,
        "stored": one.stored,
        "replayed": one.replayed,
    }


def _differing(one: str, other: str) -> tuple[str, str]:
    """Two texts where they begin to differ, with a little before that.

    >>> _differing("a" * 100 + "b", "a" * 100 + "cc")
    ('…aaaaaaaaaaaaaaaaaaaab', '…aaaaaaaaaaaaaaaaaaaacc')
    """
    pairs = enumerate(zip(one, other, strict=False))
    first = next((at for at, (a, b) in pairs if a != b), min(len(one), len(other))) - BEFORE
    first = max(0, first)
    return _shortened(one, first), _shortened(other, first)


def _shortened(text: str, first: int) -> str:
    shown = printable(text[first : first + SHOWN])
    return f"{'…' if first else ''}{shown}{'…' if len(text) > first + SHOWN else ''}"

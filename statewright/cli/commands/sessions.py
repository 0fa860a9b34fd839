"""``sessions``: which conversations are stored, how they stand, and what is done about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from statewright.cli.failure import CLEAN
from statewright.cli.options import database_option, format_option
from statewright.cli.repairs import REPAIRS
from statewright.cli.stores import TENANT, moment, on_existing_store
from statewright.cli.streams import note, print_document
from statewright.cli.tables import lines_from_table

if TYPE_CHECKING:
    from statewright.runtime import Listed, Page, Runtime

HEADER: Final = (
    "session",
    "flow",
    "version",
    "status",
    "revision",
    "conversation",
    "updated",
    "reason",
)

STATUSES: Final = ("active", "waiting", "working", "stuck", "completed", "failed")
"""What ``--status`` takes; the second to the fourth are kinds of the first."""

LONGEST: Final = 120
"""How many characters of a reason a table shows."""


@click.group(commands=REPAIRS, invoke_without_command=True)
@database_option
@click.option("--flow", default="", help="Only sessions of this flow.")
@click.option("--status", type=click.Choice(STATUSES), help="Only those that stand so.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@click.option("--after", default="", metavar="SESSION", help="The page behind this session.")
@format_option("text", "json")
@click.pass_context
def sessions(
    context: click.Context,
    *,
    database: str,
    flow: str,
    status: str | None,
    limit: int,
    after: str,
    format_: str,
) -> int:
    """List sessions, or do something about one."""
    if context.invoked_subcommand is not None:
        return CLEAN

    async def found(runtime: Runtime) -> Page:
        from statewright.runtime import Standing  # noqa: PLC0415 (only where a store is used)

        active = status == "active"
        standing = None if status is None or active else Standing(status)
        return await runtime.overview.page(
            TENANT, flow=flow, standing=standing, active=active, after=after, limit=limit
        )

    page = on_existing_store(database, found)
    rows = page.sessions
    if format_ == "json":
        print_document(json.dumps([_json(row) for row in rows], ensure_ascii=False) + "\n")
    elif not rows:
        click.echo("there are no sessions")
    else:
        for line in lines_from_table(HEADER, [_row(row) for row in rows]):
            click.echo(line)
    if page.next and (len(rows) == limit or not rows):
        note(f"there may be more: --after {page.next}")
    return CLEAN


def _row(row: Listed) -> tuple[object, ...]:
    reason = " ".join(row.reason.split())
    return (
        *(value for key, value in _json(row).items() if key in HEADER[:3]),
        row.standing,
        row.session.revision,
        row.session.birth.conversation,
        moment(row.session.updated_at),
        reason if len(reason) <= LONGEST else f"{reason[:LONGEST]}…",
    )


def _json(row: Listed) -> Mapping[str, Any]:
    session = row.session
    return {
        "session": session.key.session,
        "flow": session.birth.flow,
        "version": session.version,
        "status": str(session.status),
        "standing": str(row.standing),
        "reason": row.reason,
        "effects": list(row.effects),
        "revision": session.revision,
        "conversation": session.birth.conversation,
        "updated": moment(session.updated_at),
        "channel": session.birth.channel,
    }

"""``sessions fix``, ``resume``, ``retry`` and ``skip``: each is a turn of the session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

import click

from statewright.cli.documents import map_from, value_from
from statewright.cli.failure import CLEAN
from statewright.cli.options import database_option, format_option
from statewright.cli.stores import TENANT, on_existing_store
from statewright.cli.streams import print_document
from statewright.cli.transcript import lines_from_messages
from statewright.excerpt import printable
from statewright.storage.records import SessionKey

if TYPE_CHECKING:
    from statewright.runtime import Answer, Runtime

_session = click.argument("session")
_effect = click.argument("effect", default="")
_key = click.option("--key", help="Names what is done: with the same key, it is done once.")


@click.command()
@_session
@click.argument("variables", nargs=-1, required=True, metavar="NAME=JSON…")
@_key
@database_option
@format_option("text", "json")
def fix(
    session: str, variables: tuple[str, ...], key: str | None, database: str, format_: str
) -> int:
    """Change variables of a session that goes on.

    A value is JSON, or else a text; null unsets a variable, a map is merged into the one that is
    there.
    """
    updates = _updates(variables)
    return _repaired(
        session,
        database,
        format_,
        lambda runtime, one: runtime.patch(one, updates, message_id=key),
    )


@click.command()
@_session
@_effect
@_key
@database_option
@format_option("text", "json")
def retry(session: str, effect: str, key: str | None, database: str, format_: str) -> int:
    """Ask once more for work that a session waits for.

    EFFECT is its id, where there are several. A worker, or `serve`, does the work.
    """
    return _repaired(
        session,
        database,
        format_,
        lambda runtime, one: runtime.repairs.retry(one, effect, message_id=key),
    )


@click.command()
@_session
@_effect
@click.option("--result", metavar="JSON", help="Go on as if this had been the result.")
@click.option("--error", metavar="JSON", help="Go on as if it had failed with this.")
@_key
@database_option
@format_option("text", "json")
def skip(
    session: str,
    effect: str,
    *,
    result: str | None,
    error: str | None,
    key: str | None,
    database: str,
    format_: str,
) -> int:
    """Let a session go on without work that it waits for.

    It takes the error port, with the code `skipped`, unless a result is given.
    """
    if result is not None and error is not None:
        raise click.UsageError("--result and --error go one at a time")
    given: dict[str, Any] = {}
    if result is not None:
        given = {"result": value_from(result), "failed": False}
    elif error is not None:
        given = {"result": map_from(error)}
    return _repaired(
        session,
        database,
        format_,
        lambda runtime, one: runtime.repairs.skip(one, effect, message_id=key, **given),
    )


@click.command()
@_session
@click.argument("variables", nargs=-1, metavar="[NAME=JSON…]")
@_key
@database_option
@format_option("text", "json")
def resume(
    session: str, variables: tuple[str, ...], key: str | None, database: str, format_: str
) -> int:
    """Let a failed session go on from its last good revision.

    Variables are changed on the way, before anything can happen.
    """
    updates = _updates(variables)
    return _repaired(
        session,
        database,
        format_,
        lambda runtime, one: runtime.repairs.resume(one, updates, message_id=key),
    )


def _updates(variables: tuple[str, ...]) -> dict[str, Any]:
    updates = {}
    for one in variables:
        name, equals, text = one.partition("=")
        if not name or not equals:
            raise click.UsageError(f"{one!r} is no variable with a value; write NAME=JSON")
        updates[name] = value_from(text)
    return updates


def _repaired(
    session: str,
    database: str,
    format_: str,
    repair: Callable[[Runtime, SessionKey], Awaitable[Answer]],
) -> int:
    """Do something to a session, and tell how it stands."""
    context = click.get_current_context()
    above = context.parent
    typed = click.core.ParameterSource.COMMANDLINE
    # `sessions --database URL fix …` names the database for what comes behind it, too.
    own = context.get_parameter_source("database")
    if above and own is not typed and above.get_parameter_source("database") is typed:
        database = above.params["database"]
    answer = on_existing_store(
        database, lambda runtime: repair(runtime, SessionKey(TENANT, session))
    )
    if format_ == "json":
        print_document(answer.text + "\n")
        return CLEAN
    for line in lines_from_messages(answer.messages):
        click.echo(printable(line))
    waits = answer.awaiting
    stands = f"waits for {waits['kind']} at {waits['node']}" if waits else f"is {answer.status}"
    click.echo(printable(f"revision {answer.revision}: the session {stands}"))
    return CLEAN


REPAIRS: Final[tuple[click.Command, ...]] = (fix, resume, retry, skip)
"""Every repair, in the order of the alphabet."""

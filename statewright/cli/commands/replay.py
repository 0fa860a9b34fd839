"""``replay``: what a session was, and what would have become of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from statewright.cli.failure import CLEAN, FOUND
from statewright.cli.options import database_option, dialect_option, format_option
from statewright.cli.running_again import Choice, compared
from statewright.cli.stores import TENANT, moment, on_existing_store
from statewright.cli.streams import print_document
from statewright.cli.transcript import lines_from_messages
from statewright.excerpt import printable
from statewright.reporting import counted
from statewright.statechart.playing.play import json_from_effect
from statewright.statechart.values.canonical import json_from_value
from statewright.storage.records import SessionKey

if TYPE_CHECKING:
    from statewright.runtime import Difference, Happening, Moment, Replay, Runtime, Started
    from statewright.statechart import Effect, Incident

SHOWN = 200
"""How many characters are shown of what differs."""

BEFORE = 20
"""How many characters are shown of what comes before it and is the same."""


@click.command()
@click.argument("session", required=False)
@database_option
@click.option("--at", type=click.IntRange(1), metavar="N", help="Show the session at revision N.")
@click.option(
    "--fork", type=click.IntRange(1), metavar="N", help="Begin a new session there: at revision N."
)
@click.option(
    "--against", metavar="FILE|VERSION", help="Run the conversation on a draft, or a version."
)
@click.option("--flow", help="With --against: sessions of this flow.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="With --flow: how many.")
@click.option("--since", metavar="TIME|SPAN", help="With --flow: not those that began earlier.")
@dialect_option
@format_option("text", "json")
def replay(  # noqa: PLR0913 (an argument per option)
    session: str | None,
    *,
    database: str,
    at: int | None,
    fork: int | None,
    against: str | None,
    flow: str | None,
    sample: int | None,
    since: str | None,
    dialect: str | None,
    format_: str,
) -> int:
    """Take the turns of a session again.

    SESSION is an id, as `statewright sessions` lists it. What went wrong on the way is told, and
    what every turn gives now is compared with what was stored. With --against, what the user sees
    is compared: of one session, or of a sample of those of a flow.
    """
    if sum(one is not None for one in (at, fork, against)) > 1:
        raise click.UsageError("--at, --fork and --against go one at a time")
    if against is None and any(one is not None for one in (flow, sample, since, dialect)):
        raise click.UsageError("--flow, --sample, --since and --dialect go with --against")
    if (session is None) == (flow is None):
        raise click.UsageError("name a SESSION, or with --against a --flow")
    if session is not None and (sample is not None or since is not None):
        raise click.UsageError("--sample and --since go with --flow")
    if against is not None:
        choice = Choice(session, flow, sample, since)
        return compared(database, against, choice, dialect, format_)
    key = SessionKey(TENANT, session or "")
    if at is not None:
        return _show(database, key, at, format_)
    if fork is not None:
        return _fork(database, key, fork, format_)
    return _replay(database, key, format_)


# --- as it was stored --------------------------------------------------------------------------


def _replay(database: str, key: SessionKey, format_: str) -> int:
    async def replayed(runtime: Runtime) -> Replay:
        return await runtime.replay(key)

    result = on_existing_store(database, replayed)
    if format_ == "json":
        document = {
            "session": key.session,
            "turns": result.turns,
            "differences": [_difference(one) for one in result.differences],
            "incidents": [
                {"revision": one.revision, **_incident(one.incident)} for one in result.incidents
            ],
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
    return f"revision {happening.revision}: {_sentence(happening.incident)}"


def _sentence(incident: Incident) -> str:
    place = f" in {printable(incident.state)}" if incident.state else ""
    return f"{printable(incident.name)}{place}: {printable(incident.message)}"


def _incident(incident: Incident) -> Mapping[str, Any]:
    return {"name": incident.name, "state": incident.state, "message": incident.message}


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


# --- as it stood -------------------------------------------------------------------------------


def _show(database: str, key: SessionKey, revision: int, format_: str) -> int:
    async def shown(runtime: Runtime) -> Moment:
        return await runtime.past.at(key, revision)

    found = on_existing_store(database, shown)
    if format_ == "json":
        print_document(json.dumps(_moment(found), ensure_ascii=False) + "\n")
    else:
        for line in _lines(found):
            click.echo(printable(line))
    return CLEAN if found.as_stored else FOUND


def _moment(found: Moment) -> Mapping[str, Any]:
    answer = found.answer
    return {
        "session": found.key.session,
        "flow": found.flow,
        "version": found.version,
        "revision": found.revision,
        "at": moment(found.at),
        "message": found.message,
        "event": {"name": found.event.name, "data": json_from_value(found.event.data)},
        "messages": list(answer.messages),
        "effects": [json_from_effect(one) for one in found.effects],
        "incidents": [_incident(one) for one in found.incidents],
        "awaiting": answer.awaiting,
        "data": answer.data,
        "configuration": list(answer.configuration),
        "status": str(answer.status),
        "outcome": answer.outcome,
        "as_stored": found.as_stored,
    }


def _lines(found: Moment) -> list[str]:
    answer = found.answer
    event = json.dumps(json_from_value(found.event.data), ensure_ascii=False)
    lines = [
        f"revision {found.revision} of {found.flow}, version {found.version}, {moment(found.at)}",
        f"event: {found.event.name} {_cut(event)}",
        *(f"  {line}" for line in lines_from_messages(answer.messages)),
        *(f"incident: {_sentence(one)}" for one in found.incidents),
        *(f"effect: {one.kind} {_cut(_data(one))}" for one in found.effects),
        f"active: {', '.join(answer.configuration)}",
        f"data: {json.dumps(answer.data, ensure_ascii=False)}",
    ]
    awaiting = answer.awaiting
    if awaiting is not None:
        lines.append(f"awaits: {awaiting['kind']} at {awaiting['node']}")
        lines += [f"  pending: {one['type']} {one['id']}" for one in awaiting["effects"]]
        lines += [f"  next deadline: {awaiting['due']}"] if awaiting["due"] else []
    if answer.outcome or str(answer.status) != "active":
        lines.append(f"({answer.status}: {answer.outcome})")
    if not found.as_stored:
        lines.append("this is not what was stored; run `statewright replay` without --at")
    return lines


def _data(effect: Effect) -> str:
    return json.dumps(json_from_effect(effect)["data"], ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


# --- from there --------------------------------------------------------------------------------


def _fork(database: str, key: SessionKey, revision: int, format_: str) -> int:
    async def forked(runtime: Runtime) -> Started:
        return await runtime.past.fork(key, revision, message=None)

    started = on_existing_store(database, forked)
    document = {
        "session": started.key.session,
        "token": started.token,
        "origin": key.session,
        "revision": revision,
        "awaiting": started.answer.awaiting,
    }
    if format_ == "json":
        print_document(json.dumps(document, ensure_ascii=False) + "\n")
        return CLEAN
    click.echo(f"session {started.key.session} goes on from revision {revision}")
    click.echo(f"token {started.token}")
    for one in (started.answer.awaiting or {}).get("effects", ()):
        click.echo(f"nobody does {one['type']} for it: `sessions retry` or `sessions skip` it")
    return CLEAN

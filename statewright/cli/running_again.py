"""Yesterday's conversations on a draft or another version, and where users would see it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from statewright.cli import streams
from statewright.cli.failure import CLEAN, FOUND, Failure
from statewright.cli.flow_files import compiled_file, report_of
from statewright.cli.output import complain
from statewright.cli.stores import TENANT, on_existing_store, published
from statewright.cli.transcript import lines_from_messages
from statewright.errors import InvalidScript, StatewrightError, UnknownFlow
from statewright.excerpt import printable
from statewright.reporting import counted
from statewright.statechart import Statechart
from statewright.statechart.playing.script import micros_from_text
from statewright.statechart.values.canonical import json_from_value
from statewright.storage.records import SessionKey

if TYPE_CHECKING:
    from statewright.runtime import Comparison, Divergence, Runtime, Shown

EVERY: Final = 1.0
"""Seconds after which it is told how far a run has come, and again each time as many."""

Found = list[tuple[str, "Comparison"]]
"""Sessions, and what became of them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which conversations are run again: one session, or some of a flow.

    Attributes:
        session: its id, or None.
        flow: the flow, or None.
        sample: how many of it at most, or None for all.
        since: when the first of them began, as it was typed, or None.
    """

    session: str | None
    flow: str | None
    sample: int | None
    since: str | None


def compared(database: str, against: str, choice: Choice, dialect: str | None, format_: str) -> int:
    """Run conversations again, and print what users would see otherwise; the exit code.

    Raises:
        Failure: the draft cannot be read, or an option means nothing.
        StatewrightError: there is no such session or version.
    """
    draft = None if against.isdigit() else _draft(against, dialect)
    since = 0 if choice.since is None else _since(choice.since)

    async def run(runtime: Runtime) -> Found:
        return await _run(runtime, draft, against, choice, since)

    found = on_existing_store(database, run)
    if format_ == "json":
        document = [_json(session, one) for session, one in found]
        streams.print_document(json.dumps(document, ensure_ascii=False) + "\n")
    else:
        _print(found)
    return FOUND if any(one.divergence for _, one in found) else CLEAN


def _draft(name: str, dialect: str | None) -> Statechart:
    one = compiled_file(name, dialect)
    if one.compilation.findings:
        complain(report_of([one]))
    return one.compilation.draft().statechart


def _since(text: str) -> int:
    """A time, or a span of time before now, in microseconds since 1970 UTC."""
    try:
        return max(0, time.time_ns() // 1_000 - micros_from_text(text))
    except InvalidScript:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Failure(
            f"{text!r} is neither a time such as 2026-01-31T09:00:00Z nor a span such as 7d"
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, round(moment.timestamp() * 1_000_000))


async def _run(
    runtime: Runtime, draft: Statechart | None, against: str, choice: Choice, since: int
) -> Found:
    if choice.session is not None:
        key = SessionKey(TENANT, choice.session)
        flow = (await runtime.session(key)).flow
        keys = [key]
    else:
        flow = choice.flow or ""
        size = choice.sample or 1_000_000
        rows = await runtime.past.sample(TENANT, flow=flow, since=since, size=size)
        keys = [row.key for row in rows]
        if not keys:
            when = " that began since then" if since else ""
            raise UnknownFlow(f"there are no sessions of the flow {flow!r}{when}")
    chart = draft or await _version(runtime, flow, int(against))
    found: Found = []
    told = time.monotonic()
    for number, key in enumerate(keys):
        if time.monotonic() - told > EVERY:
            told = time.monotonic()
            differ = sum(1 for _, one in found if one.divergence)
            streams.note(f"{number} of {counted(len(keys), 'session')}, {differ} differ")
        found.append((key.session, await _compared(runtime, key, chart)))
    return found


async def _compared(runtime: Runtime, key: SessionKey, chart: Statechart) -> Comparison:
    """What became of a session; what cannot be read is no reason to stop the others."""
    try:
        return await runtime.past.compare(key, chart)
    except StatewrightError as error:
        from statewright.runtime import Comparison  # noqa: PLC0415 (only where a store is used)

        return Comparison(0, None, stopped=str(error))


async def _version(runtime: Runtime, flow: str, version: int) -> Statechart:
    publication = await published(runtime, flow, version)
    return (await runtime.store.release(publication)).statechart


# --- printing ----------------------------------------------------------------------------------


def _print(found: Found) -> None:
    for session, one in found:
        if one.divergence is not None:
            for line in _lines(session, one.divergence):
                click.echo(printable(line))
        if one.stopped:
            click.echo(printable(f"session {session}: not compared to the end: {one.stopped}"))
    remarks: dict[str, int] = {}
    for _, one in found:
        for remark in one.remarks:
            remarks[remark] = remarks.get(remark, 0) + 1
    for remark, times in remarks.items():
        click.echo(printable(f"remark ({counted(times, 'session')}): {remark}"))
    differ = sum(1 for _, one in found if one.divergence)
    turns = sum(one.turns for _, one in found)
    end = f"{differ} of them would differ" if differ else "users would see the same"
    click.echo(f"{counted(len(found), 'session')}, {counted(turns, 'turn')}: {end}")


def _lines(session: str, one: Divergence) -> list[str]:
    said = "" if one.event == "start" else f" {json.dumps(json_from_value(one.data))[:200]}"
    why = f": {one.reason}" if one.reason else ""
    return [
        f"session {session}, revision {one.revision}, {one.event}{said}{why}",
        "  was",
        *(f"    {line}" for line in _seen(one.was)),
        "  would be",
        *(f"    {line}" for line in _seen(one.would_be)),
    ]


def _seen(shown: Shown) -> list[str]:
    lines = lines_from_messages(shown.messages)
    if shown.asks:
        labels = ", ".join(str(choice.get("label")) for choice in shown.choices)
        lines.append(f"(asks for {shown.asks}{f': {labels}' if labels else ''})")
    if shown.status not in {"", "active"}:
        lines.append(f"({shown.status}: {shown.outcome})")
    return lines or ["(nothing)"]


def _json(session: str, one: Comparison) -> Mapping[str, Any]:
    divergence = one.divergence
    return {
        "session": session,
        "turns": one.turns,
        "divergence": None
        if divergence is None
        else {
            "revision": divergence.revision,
            "what": divergence.what,
            "event": {"name": divergence.event, "data": json_from_value(divergence.data)},
            "was": _shown(divergence.was),
            "would_be": _shown(divergence.would_be),
            "reason": divergence.reason,
        },
        "remarks": list(one.remarks),
        "stopped": one.stopped,
    }


def _shown(shown: Shown) -> Mapping[str, Any]:
    return {
        "messages": list(shown.messages),
        "asks": shown.asks,
        "choices": list(shown.choices),
        "status": shown.status,
        "outcome": shown.outcome,
    }

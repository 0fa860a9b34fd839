"""``chat``: talk to a flow, in a terminal or from a script."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import click

from statewright.cli import documents, streams
from statewright.cli.failure import CLEAN, INTERRUPTED, Failure
from statewright.cli.flow_files import compiled_file, report_of
from statewright.cli.live_chat import Talk, play_live, talk_live
from statewright.cli.options import dialect_option, format_option
from statewright.cli.output import complain
from statewright.cli.terminal import Terminal, clock
from statewright.cli.transcript import lines_from_input, lines_from_turn
from statewright.statechart import (
    Line,
    Statechart,
    Turn,
    json_from_turn,
    play,
)
from statewright.statechart.playing.play import SCRIPT_NOW, SCRIPT_SEED, session_of

DEFAULT_CONVERSATION: Final = "terminal"
"""The conversation with a published flow, where no other is named."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Under which conditions a conversation is held.

    Attributes:
        chart: with what.
        data: values of its inputs.
        fixtures: answers to effects.
        seed: of its chance, or None.
        now: when it begins, microseconds since 1970 UTC, or None.
        contact: values of the contact.
        tenant: values of the tenant.
    """

    chart: Statechart
    data: Mapping[str, Any]
    fixtures: Mapping[str, Any]
    seed: str | None = None
    now: int | None = None
    contact: Mapping[str, Any] = field(default_factory=dict)
    tenant: Mapping[str, Any] = field(default_factory=dict)


@click.command()
@click.argument("name", metavar="FILE|FLOW")
@click.option("--script", metavar="FILE", help="Read what the user does from FILE.")
@format_option("text", "json")
@click.option("--fixtures", metavar="FILE|JSON", help="Answers to requests, by node.")
@click.option("--data", metavar="FILE|JSON", help="Values of the inputs of the flow.")
@click.option("--seed", help="Decides all that is drawn by lot.")
@click.option("--now", metavar="TIME", help="When it begins, such as 2026-01-31T09:00:00Z.")
@dialect_option
@click.option("--database", metavar="URL", help="Talk to the FLOW that is published there.")
@click.option("--conversation", metavar="NAME", help="Which conversation with it; one goes on.")
@click.option("--contact", metavar="ID", help="Whose values a session reads that begins.")
@click.option("--new", "anew", is_flag=True, help="Begin a session although one goes on.")
def chat(  # noqa: PLR0913 (an argument per option)
    name: str,
    *,
    script: str | None,
    format_: str,
    fixtures: str | None,
    data: str | None,
    seed: str | None,
    now: str | None,
    dialect: str | None,
    database: str | None,
    conversation: str | None,
    contact: str | None,
    anew: bool,
) -> int:
    """Talk to a flow, here or from a script.

    FILE is a flow; - is standard input. With --database, FLOW is the name of a published one, and
    its session is stored and goes on where it was left. In the conversation, /help lists what else
    can be typed.
    """
    if format_ == "json" and script is None:
        raise click.UsageError("--format json needs a --script")
    lines = None if script is None else documents.script_from(script)
    if database is not None:
        if any(option is not None for option in (fixtures, seed, now, dialect)):
            raise click.UsageError("--database goes without --fixtures, --seed, --now, --dialect")
        if contact == "":
            raise click.UsageError("--contact names somebody, and is never empty")
        named = conversation or DEFAULT_CONVERSATION
        talk = Talk(database, name, named, documents.map_from(data), contact, anew)
        as_json = format_ == "json"
        return talk_live(talk) if lines is None else play_live(talk, lines, as_json=as_json)
    if conversation is not None or contact is not None or anew:
        raise click.UsageError("--conversation, --contact and --new go with --database")
    one = compiled_file(name, dialect)
    if one.compilation.findings:
        complain(report_of([one]))
    setting = Setting(
        chart=one.compilation.draft().statechart,
        data=documents.map_from(data),
        fixtures=documents.map_from(fixtures),
        seed=seed,
        now=None if now is None else micros_from(now),
    )
    if lines is None:
        return _talk(setting)
    turns = scripted(setting, lines)
    if format_ == "json":
        for turn in turns:
            _print_json(turn)
    else:
        _print_script(turns)
    return CLEAN


def scripted(setting: Setting, lines: Iterable[Line]) -> Iterable[Turn]:
    """The turns of a conversation that goes the same way every time."""
    seed = SCRIPT_SEED if setting.seed is None else setting.seed
    return play(
        setting.chart,
        lines,
        session=session_of(seed),
        seed=seed,
        now=SCRIPT_NOW if setting.now is None else setting.now,
        data=setting.data,
        fixtures=setting.fixtures,
        contact=setting.contact,
        tenant=setting.tenant,
    )


def micros_from(time: str) -> int:
    """Microseconds since 1970 of a time such as ``2026-01-31T09:00:00Z``; UTC where it is bare.

    Raises:
        Failure: it is none.
    """
    try:
        moment = datetime.fromisoformat(time)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Failure(f"{time!r} is no time; write it like 2026-01-31T09:00:00Z") from None
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _talk(setting: Setting) -> int:
    """A conversation with whoever sits at the terminal."""
    session = uuid.uuid4().hex
    begin = clock()
    terminal = Terminal(known=begin)
    now = begin if setting.now is None else setting.now
    terminal.ahead = now - begin
    try:
        for turn in play(
            setting.chart,
            terminal.lines(),
            session=session,
            seed=session if setting.seed is None else setting.seed,
            now=now,
            data=setting.data,
            fixtures=setting.fixtures,
        ):
            terminal.turn = turn
            _print_turn(turn)
    except KeyboardInterrupt:
        click.echo()
        return INTERRUPTED
    return CLEAN


def _print_turn(turn: Turn) -> None:
    for line in lines_from_turn(turn):
        click.echo(line)
    for incident in turn.macrostep.incidents:
        place = f" in {incident.state}" if incident.state else ""
        streams.note(f"! {incident.name}{place}: {incident.message}")


def _print_script(turns: Iterable[Turn]) -> None:
    """Print a conversation; a line that lets time pass is shown once, however many turns it has."""
    advance: Any = None
    for turn in turns:
        if turn.input is None or turn.input is not advance:
            for line in lines_from_input(turn.input):
                click.echo(line)
        if isinstance(turn.input, Mapping) and "advance" in turn.input:
            advance = turn.input
        _print_turn(turn)


def _print_json(turn: Turn) -> None:
    streams.print_document(json.dumps(json_from_turn(turn), ensure_ascii=False) + "\n")

"""``diff``: how two versions of a flow differ, in the drawing and in what users see."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from statewright.cli import streams
from statewright.cli.failure import CLEAN, FOUND
from statewright.cli.flow_files import CompiledFile, compiled_file, verified_file
from statewright.cli.options import dialect_option, format_option
from statewright.cli.transcript import lines_from_input, lines_from_turn
from statewright.compiler.comparison.comparison import STEPS, Comparison, comparison_of
from statewright.compiler.comparison.structure import Change
from statewright.compiler.comparison.together import Difference
from statewright.compiler.findings import Witness
from statewright.compiler.verification.budget import DEFAULT
from statewright.compiler.verification.conversations import Conversation, replayed
from statewright.compiler.verification.witnesses import witness_of
from statewright.excerpt import printable
from statewright.statechart import Turn


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@format_option("text", "json")
@dialect_option
@click.option(
    "--steps",
    metavar="N",
    type=click.IntRange(1),
    default=STEPS,
    show_default=True,
    help="How many lines may be tried at most.",
)
def diff(old: str, new: str, format_: str, dialect: str | None, steps: int) -> int:
    """Say how two versions of a flow differ.

    First how the drawings differ, then a shortest conversation in which users see something else,
    or the proof that there is none. The exit code is 0 only where it is proved that users see the
    same.
    """
    one, two = (verified_file(compiled_file(name, dialect), DEFAULT) for name in (old, new))
    comparison = comparison_of(one.compilation, two.compilation, steps)
    if format_ == "json":
        told = json.dumps(_object(one, two, comparison), indent=2, ensure_ascii=False)
        streams.print_document(told + "\n")
    else:
        for line in _lines(one, two, comparison):
            click.echo(line)
    return CLEAN if comparison.are_the_same else FOUND


# --- for people --------------------------------------------------------------------------------


def _lines(one: CompiledFile, two: CompiledFile, comparison: Comparison) -> Iterator[str]:
    for change in comparison.changes:
        yield printable(_sentence(change))
    if not comparison.changes:
        yield "the drawings are the same"
    compared = comparison.compared
    if compared.difference is not None:
        yield ""
        yield "users see a difference:"
        yield from _dialogue(one, two, compared.difference)
    elif compared.hindrance:
        yield f"UNDECIDED whether users see a difference: {printable(compared.hindrance)}"
        yield f"none was found in {compared.steps:,} lines that were tried"
    else:
        yield f"PROVED: users see no difference ({compared.steps:,} lines were tried)"


def _sentence(change: Change) -> str:
    if change.action == "renamed":
        return f"{change.part} renamed: {change.before} → {change.after}"
    values = ""
    if change.action == "changed" and (change.before, change.after) != (None, None):
        values = f": {_shown(change.before)} → {_shown(change.after)}"
    return f"{change.part} {change.action}: {change.name}{values}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:120]}…"


def _dialogue(one: CompiledFile, two: CompiledFile, found: Difference) -> Iterator[str]:
    chart = one.compilation.statechart
    *common, _ = replayed(chart, found.old)
    for turn in common:
        yield from (f"    {line}" for line in _told(turn))
    last = found.old.lines[-1:] and witness_of(chart, found.old).script[-1:]
    yield from (f"    {line}" for said in last for line in lines_from_input(said))
    yield from (f"  - {line}" for line in _last(found.before))
    yield from (f"  + {line}" for line in _last(found.after))
    yield f"- {printable(one.file)}"
    yield f"+ {printable(two.file)}"
    for reason in found.reasons:
        yield printable(reason)


def _told(turn: Turn) -> Iterator[str]:
    yield from lines_from_input(turn.input)
    yield from lines_from_turn(turn)


def _last(turn: Turn) -> Iterator[str]:
    yield from lines_from_turn(turn)
    if turn.awaiting is not None:
        yield f"(awaits {printable(str(turn.awaiting['kind']))})"


# --- for programs ------------------------------------------------------------------------------


def _object(one: CompiledFile, two: CompiledFile, comparison: Comparison) -> Mapping[str, Any]:
    compared = comparison.compared
    found = compared.difference
    verdict = "violated" if found else "undecided" if compared.hindrance else "proved"
    return {
        "changes": [
            {
                "part": change.part,
                "action": change.action,
                "name": change.name,
                "before": change.before,
                "after": change.after,
            }
            for change in comparison.changes
        ],
        "verdict": verdict,
        "reason": compared.hindrance if verdict == "undecided" else "",
        "steps": compared.steps,
        "difference": None
        if found is None
        else {
            "reasons": list(found.reasons),
            "old": _conversation(one, found.old),
            "new": _conversation(two, found.new),
        },
    }


def _conversation(one: CompiledFile, told: Conversation) -> Mapping[str, Any]:
    witness: Witness = witness_of(one.compilation.statechart, told)
    conditions = {
        name: value
        for name in ("data", "contact", "tenant", "seed", "now")
        if (value := getattr(witness, name))
    }
    return {
        "script": list(witness.script),
        "transcript": [dict(turn) for turn in witness.transcript],
        **conditions,
    }

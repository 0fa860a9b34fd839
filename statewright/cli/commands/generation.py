"""Conversations that cover a flow, written down as tests that ``statewright test`` holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os.path import relpath
from pathlib import Path
from typing import Any

import click
import yaml

from statewright.cli import streams
from statewright.cli.expecting import test_from_witness
from statewright.cli.failure import BROKEN, CLEAN, Failure
from statewright.cli.flow_files import CompiledFile, compiled_file, report_of, verified_file
from statewright.cli.output import complain
from statewright.compiler.coverage.generation import Generation, generated
from statewright.compiler.coverage.goals import Criterion, Goal
from statewright.compiler.coverage.walking import Transcript
from statewright.compiler.verification.budget import DEFAULT
from statewright.compiler.verification.witnesses import witness_of
from statewright.excerpt import printable
from statewright.reporting import counted
from statewright.statechart import Statechart

CRITERIA = tuple(
    str(one) for one in (Criterion.PORTS, Criterion.PAIRS, Criterion.BOUNDARIES, Criterion.USES)
)
"""What ``--cover`` may say; nodes and ports are always covered."""


def generate(name: str, folder: str, criteria: tuple[str, ...], steps: int, format_: str) -> int:
    """Make conversations that cover a flow, write them to a folder, and say what is not covered.

    Raises:
        Failure: the flow cannot be read, or nothing can be written.
    """
    if name == "-":
        raise Failure(
            "conversations are kept with the path of their flow; name a file instead of -"
        )
    one = verified_file(compiled_file(name), DEFAULT)
    verification = one.compilation.verification
    if not one.compilation.flow.nodes and not one.compilation.errors:
        raise Failure(f"{one.file} is no flow with nodes; conversations are made for flows only")
    if verification is None:
        complain(report_of([one]))
        raise Failure("a flow with errors has no conversations worth keeping; mend it first")
    wanted = [Criterion(criterion) for criterion in criteria]
    generation = generated(one.compilation.flow, verification, wanted, steps)
    path = _write(one, verification.chart, generation, Path(folder))
    if format_ == "json":
        streams.print_document(json.dumps(_object(path, generation), indent=2) + "\n")
    else:
        for line in _lines(path, generation):
            click.echo(line)
    return CLEAN if generation.transcripts else BROKEN


def _write(one: CompiledFile, chart: Statechart, generation: Generation, home: Path) -> Path:
    path = home / f"{Path(one.file).stem}.generated.test.yaml"
    document = {
        "flow": Path(relpath(one.file, home)).as_posix(),
        "conversations": [_test(chart, each) for each in generation.transcripts],
    }
    try:
        home.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"nothing can be written to {home}: {error.strerror}") from None
    return path


def _test(chart: Statechart, transcript: Transcript) -> Mapping[str, Any]:
    witness = witness_of(chart, transcript.conversation)
    return test_from_witness(_name(transcript), chart, witness)


def _name(transcript: Transcript) -> str:
    aims = [goal for goal in transcript.fresh if goal.criterion is not Criterion.NODES]
    first = (aims or list(transcript.fresh))[0]
    more = len(transcript.fresh) - 1
    return f"{first}{f', and {more} more' if more else ''}"


def _lines(path: Path, generation: Generation) -> list[str]:
    lines = [f"never happens: {_KINDS[one.criterion]} {one}" for one in generation.infeasible]
    lines += [
        f"not covered: {_KINDS[goal.criterion]} {goal}: {reason}"
        for goal, reason in generation.open
    ]
    for criterion in Criterion:
        covered, never, unknown = (
            sum(goal.criterion is criterion for goal in goals)
            for goals in (
                generation.covered,
                generation.infeasible,
                tuple(goal for goal, _ in generation.open),
            )
        )
        if covered or never or unknown:
            lines.append(
                f"{criterion}: {covered} covered, {never} proved infeasible, {unknown} neither"
            )
    turns = sum(len(each.conversation.lines) for each in generation.transcripts)
    count = counted(len(generation.transcripts), "conversation")
    lines.append(f"{path}: {count}, {counted(turns, 'line')}")
    return [printable(line) for line in lines]


_KINDS: Mapping[Criterion, str] = {
    Criterion.NODES: "node",
    Criterion.PORTS: "port",
    Criterion.GUARDS: "guard",
    Criterion.PAIRS: "pair",
    Criterion.BOUNDARIES: "boundary",
    Criterion.USES: "use",
}


def _object(path: Path, generation: Generation) -> Mapping[str, Any]:
    return {
        "file": path.as_posix(),
        "conversations": [_name(each) for each in generation.transcripts],
        "covered": [_goal(goal) for goal in generation.covered],
        "infeasible": [_goal(goal) for goal in generation.infeasible],
        "open": [{**_goal(goal), "reason": reason} for goal, reason in generation.open],
    }


def _goal(goal: Goal) -> Mapping[str, str]:
    return {"criterion": str(goal.criterion), "subject": goal.subject, "detail": goal.detail}

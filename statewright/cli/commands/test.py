"""``test``: hold conversations, and compare them with what was expected."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any, Final

import click

from statewright.cli import streams
from statewright.cli.commands.chat import Setting, micros_from, scripted
from statewright.cli.commands.generation import CRITERIA
from statewright.cli.commands.generation import generate as generated_tests
from statewright.cli.conversation_tests import Conversation, TestFile, read_tests
from statewright.cli.coverage import lines_from_coverage, objects_from_coverage
from statewright.cli.documents import map_from
from statewright.cli.expectations import EXPECTATIONS
from statewright.cli.failure import BROKEN, CLEAN, FOUND, Failure
from statewright.cli.flow_files import CompiledFile, compiled_file
from statewright.cli.folders import tests_in
from statewright.cli.options import format_option
from statewright.cli.output import print_report
from statewright.cli.streams import note
from statewright.compiler.checks import BY_CODE
from statewright.compiler.coverage.generation import STEPS
from statewright.compiler.coverage.measuring import Measuring
from statewright.compiler.findings import Finding, Severity
from statewright.errors import InvalidScript, StatewrightError
from statewright.reporting import FORMATS, Case, Report, counted
from statewright.reporting.json import object_from_case
from statewright.statechart import Line, Release, Turn, json_from_turn, parse_script
from statewright.statechart.sourcemap import Location

ADDED: Final = ("messages", "effects")
"""Keys of a turn of which several turns have the sum; of all others the last turn's counts."""


@click.command()
@click.argument("names", metavar="FILES...", nargs=-1)
@format_option(*FORMATS)
@click.option("--coverage", is_flag=True, help="Say what the conversations cover of their flows.")
@click.option("--generate", metavar="FLOW", help="Make conversations that cover FLOW, instead.")
@click.option("-o", "--output", metavar="DIR", help="Where to write what is generated.")
@click.option(
    "--cover",
    type=click.Choice(CRITERIA),
    multiple=True,
    help="What is covered beside nodes and ports; may be given more than once.",
)
@click.option(
    "--steps",
    metavar="N",
    type=click.IntRange(1),
    default=STEPS,
    show_default=True,
    help="How much may be tried at most to cover it.",
)
def test(
    names: tuple[str, ...],
    format_: str,
    *,
    coverage: bool,
    generate: str | None,
    output: str | None,
    cover: tuple[str, ...],
    steps: int,
) -> int:
    """Hold conversations as tests, or make such.

    FILES are conversation tests, or folders with such; docs/cli.md says what they look like. With
    --generate, conversations are made that cover a flow; what none of them covers is proved to
    happen never, or told with the reason.
    """
    if generate is not None:
        if names or coverage or output is None or format_ not in {"text", "json"}:
            raise click.UsageError("--generate FLOW goes with -o DIR, and --format text or json")
        return generated_tests(generate, output, cover, steps, format_)
    if not names:
        raise click.UsageError("Missing argument 'FILES...'.")
    if output is not None or cover:
        raise click.UsageError("--output and --cover go with --generate")
    if coverage and format_ not in {"text", "json"}:
        raise click.UsageError("--coverage goes with --format text or json")
    return _held(tuple(tests_in(names)), format_, {} if coverage else None)


def _held(names: tuple[str, ...], format_: str, measured: dict[str, Measuring] | None) -> int:
    """Hold conversations, and measure what they cover where there is something to keep it in."""
    cases: list[Case] = []
    texts: dict[str, str] = {}
    unread = False
    for name in names:
        try:
            tests = read_tests(name)
        except Failure as failure:
            failure.show()
            unread = True
            continue
        texts[tests.file] = tests.text
        cases += _cases(tests, measured)
    failed = sum(bool(case.findings) for case in cases)
    summary = f"{counted(len(cases), 'conversation')}, {failed or 'none'} failed"
    if cases or format_ != "text":
        _print(Report("test", tuple(cases), summary, texts), format_, measured)
    return BROKEN if unread else FOUND if failed else CLEAN


def _print(report: Report, format_: str, measured: dict[str, Measuring] | None) -> None:
    if measured is None:
        print_report(report, format_)
    elif format_ == "json":
        tests = [object_from_case(case) for case in report.cases]
        both = {"tests": tests, "coverage": objects_from_coverage(measured)}
        streams.print_document(json.dumps(both, indent=2, ensure_ascii=False) + "\n")
    else:
        print_report(report, format_)
        for line in lines_from_coverage(measured):
            click.echo(line)


def _cases(tests: TestFile, measured: dict[str, Measuring] | None) -> Iterator[Case]:
    """The result of each conversation; of a file that is wrong, only what is wrong with it."""
    if tests.problems:
        findings = (
            BY_CODE[problem.code].finding(problem.message, problem.location, help=problem.help)
            for problem in tests.problems
        )
        yield Case(tests.file, PurePath(tests.file).name, tuple(findings))
        return
    compiled: dict[str, CompiledFile] = {}
    for conversation in tests.conversations:
        failures = tuple(_failures(conversation, compiled, measured))
        yield Case(tests.file, conversation.name, failures)


def _failures(
    conversation: Conversation,
    compiled: dict[str, CompiledFile],
    measured: dict[str, Measuring] | None,
) -> Iterator[Finding]:
    """What goes another way than expected, or cannot go on at all."""
    try:
        if conversation.flow not in compiled:
            compiled[conversation.flow] = _compiled(conversation)
        flow = compiled[conversation.flow]
        setting = _setting(conversation, flow.compilation.draft())
        measuring = _measuring(flow, measured)
    except (Failure, StatewrightError) as error:
        yield _failure(str(error), conversation.location)
        return
    if measuring is not None:
        setting = replace(setting, chart=measuring.chart)
    turns: list[list[Turn]] = [[]]
    broken = ""
    try:
        played = scripted(setting, _lines(conversation, turns))
        for turn in played if measuring is None else measuring.counted(played):
            turns[-1].append(turn)
    except StatewrightError as error:
        broken = str(error).removeprefix(f"line {len(turns) - 1}: ")
    for step, own in zip(conversation.steps, turns, strict=False):
        for one in step.expectations if own else ():
            for sentence in EXPECTATIONS[one.key](one.expected, _joined(own)):
                yield _failure(sentence, one.location)
    if broken:
        yield _failure(broken, conversation.steps[len(turns) - 1].location)


def _measuring(one: CompiledFile, measured: dict[str, Measuring] | None) -> Measuring | None:
    """What measures the conversations of a flow; None where nobody asked, or nothing is drawn."""
    if measured is None or not one.compilation.flow.nodes:
        return None
    if one.file not in measured:
        measured[one.file] = Measuring(one.compilation.flow, one.compilation.statechart)
    return measured[one.file]


def _lines(conversation: Conversation, turns: list[list[Turn]]) -> Iterator[Line]:
    """The lines of a conversation; what follows one belongs to the list that is added for it."""
    for step in conversation.steps[1:]:
        turns.append([])
        try:
            yield from parse_script([step.line])
        except InvalidScript as error:
            raise InvalidScript(str(error).removeprefix("line 1: ")) from None


def _joined(turns: list[Turn]) -> Mapping[str, Any]:
    """Some turns as one: all that was said and asked for, and what stands at the end."""
    objects = [json_from_turn(turn) for turn in turns]
    joined = {key: [part for turn in objects for part in turn[key]] for key in ADDED}
    return objects[-1] | joined


def _compiled(conversation: Conversation) -> CompiledFile:
    one = compiled_file(conversation.flow, conversation.dialect)
    if one.compilation.errors:
        count = counted(len(one.compilation.errors), "error")
        note(f"{one.file} has {count}; `statewright check` shows what is wrong")
    return one


def _setting(conversation: Conversation, release: Release) -> Setting:
    options = conversation.options
    seed, now = options.get("seed"), options.get("now")
    return Setting(
        chart=release.statechart,
        data=_map(conversation, "data"),
        fixtures=_map(conversation, "fixtures"),
        contact=_map(conversation, "contact"),
        tenant=_map(conversation, "tenant"),
        seed=None if seed is None else str(seed),
        now=None if now is None else micros_from(str(now)),
    )


def _map(conversation: Conversation, option: str) -> dict[str, Any]:
    """An option that is a map, or the path of a file that holds one."""
    given = conversation.options.get(option)
    if isinstance(given, dict):
        return given
    if given is None:
        return {}
    if isinstance(given, str):
        return map_from(str(PurePath(conversation.location.file).parent / given))
    raise Failure(f"`{option}` is a map, or the path of a file that holds one")


def _failure(message: str, place: Location) -> Finding:
    return Finding("TEST", "expectation", Severity.ERROR, message, location=place)

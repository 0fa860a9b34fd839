"""``test``: hold conversations, and compare them with what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, Final

import click

from statewright.cli.chat import Setting, micros_from, scripted
from statewright.cli.conversation_tests import Conversation, TestFile, read_tests
from statewright.cli.documents import map_from
from statewright.cli.expectations import EXPECTATIONS
from statewright.cli.failure import BROKEN, CLEAN, FOUND, Failure
from statewright.cli.flow_files import CompiledFile, compiled_file
from statewright.cli.options import format_option
from statewright.cli.output import print_report
from statewright.cli.streams import note
from statewright.compiler.checks import BY_CODE
from statewright.compiler.findings import Finding, Severity
from statewright.errors import InvalidScript, StatewrightError
from statewright.reporting import FORMATS, Case, Report, counted
from statewright.statechart import Line, Release, Turn, json_from_turn, parse_script
from statewright.statechart.sourcemap import Location

ADDED: Final = ("messages", "effects")
"""Keys of a turn of which several turns have the sum; of all others the last turn's counts."""


@click.command()
@click.argument("names", metavar="FILES...", nargs=-1, required=True)
@format_option(*FORMATS)
def test(names: tuple[str, ...], format_: str) -> int:
    """Hold conversations as tests.

    FILES are conversation tests; docs/cli.md says what they look like.
    """
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
        cases += _cases(tests)
    failed = sum(bool(case.findings) for case in cases)
    summary = f"{counted(len(cases), 'conversation')}, {failed or 'none'} failed"
    if cases or format_ != "text":
        print_report(Report("test", tuple(cases), summary, texts), format_)
    return BROKEN if unread else FOUND if failed else CLEAN


def _cases(tests: TestFile) -> Iterator[Case]:
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
        yield Case(tests.file, conversation.name, tuple(_failures(conversation, compiled)))


def _failures(conversation: Conversation, compiled: dict[str, CompiledFile]) -> Iterator[Finding]:
    """What goes another way than expected, or cannot go on at all."""
    try:
        if conversation.flow not in compiled:
            compiled[conversation.flow] = _compiled(conversation)
        setting = _setting(conversation, compiled[conversation.flow].compilation.draft())
    except (Failure, StatewrightError) as error:
        yield _failure(str(error), conversation.location)
        return
    turns: list[list[Turn]] = [[]]
    broken = ""
    try:
        for turn in scripted(setting, _lines(conversation, turns)):
            turns[-1].append(turn)
    except StatewrightError as error:
        broken = str(error).removeprefix(f"line {len(turns) - 1}: ")
    for step, own in zip(conversation.steps, turns, strict=False):
        for one in step.expectations if own else ():
            for sentence in EXPECTATIONS[one.key](one.expected, _joined(own)):
                yield _failure(sentence, one.location)
    if broken:
        yield _failure(broken, conversation.steps[len(turns) - 1].location)


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

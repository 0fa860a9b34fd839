"""``check``: what is wrong with flows, and where."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import click

from statewright.cli.companions import companion_in
from statewright.cli.configuration import Wishes, check_options
from statewright.cli.failure import BROKEN, CLEAN, FOUND, Failure
from statewright.cli.files import STDIN
from statewright.cli.flow_files import CompiledFile, compiled_file, report_of, verified_file
from statewright.cli.folders import files_in, is_folder
from statewright.cli.mending import mend_file
from statewright.cli.options import dialect_option, format_option
from statewright.cli.output import print_report
from statewright.cli.progress import Progress
from statewright.cli.streams import note
from statewright.cli.watching import watched
from statewright.cli.witnesses import write_witnesses
from statewright.compiler import Rechecking
from statewright.compiler.findings import Verdict
from statewright.compiler.verification.budget import DEFAULT, Budget
from statewright.reporting import FORMATS, Report

UNKNOWN_DIALECT: Final = "R002"
"""The finding in what is no flow."""

NAMED: Final = 2
"""How many files are named of those that are passed over."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be checked, and how.

    Attributes:
        names: paths, or ``-``.
        dialect: their format, or None to recognise it.
        wishes: what the command line says about the checks.
        format: how the result is printed.
        strict: whether findings that could not be decided count.
        fix: whether to mend first what can be mended.
        budget: how much may be tried; None to look at the drawing only.
        witness: the folder that conversations are written to, or None.
        known: file → what was found in it before.
    """

    names: tuple[str, ...]
    dialect: str | None
    wishes: Wishes
    format: str
    strict: bool
    fix: bool
    budget: Budget | None
    witness: str | None
    known: dict[str, Rechecking] = field(default_factory=dict)


@click.command()
@click.argument("names", metavar="FILES...", nargs=-1, required=True)
@format_option(*FORMATS)
@dialect_option
@check_options
@click.option("--strict", is_flag=True, help="Findings that are only UNDECIDED count, too.")
@click.option("--quick", is_flag=True, help="Look at the drawing only, not at all conversations.")
@click.option("--steps", metavar="N", type=click.IntRange(1), help="How much may be tried at most.")
@click.option("--witness", metavar="DIR", help="Write the conversations that show findings to DIR.")
@click.option("--fix", is_flag=True, help="Mend in the files what can be mended without guessing.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C.")
def check(  # noqa: PLR0913 (an argument per option)
    names: tuple[str, ...],
    format_: str,
    dialect: str | None,
    *,
    wishes: Wishes,
    strict: bool,
    quick: bool,
    steps: int | None,
    witness: str | None,
    fix: bool,
    watch: bool,
) -> int:
    """Say what is wrong with flows.

    FILES are flows, or folders with such; - is standard input. All that can happen in a
    conversation is gone through; a finding comes with a conversation that shows it, or with a
    proof.
    """
    if STDIN in names and (fix or watch):
        raise Failure(f"standard input cannot be {'mended' if fix else 'watched'}; name a file")
    budget = DEFAULT if steps is None else replace(DEFAULT, steps=steps, each=0)
    depth = None if quick else budget
    task = Task(names, dialect, wishes, format_, strict, fix, depth, witness)
    if watch:
        watched(names, lambda: _checked(task))
    return _checked(task)


def _checked(task: Task) -> int:
    """Check all files once, and print what was found."""
    compiled: list[CompiledFile] = []
    beside: dict[str, list[str]] = {}
    unread: dict[str, str] = {}
    names = _named(task.names, unread)
    with Progress("checked", len(names)) as progress:
        for name in names:
            try:
                if task.fix:
                    mend_file(name, task.dialect, task.wishes)
                one = compiled_file(name, task.dialect, task.wishes)
                if what := _beside(one, task):
                    beside.setdefault(what, []).append(one.file)
                    continue
                if task.budget is not None:
                    one = verified_file(one, task.budget, task.known)
                compiled.append(one)
            except Failure as failure:
                failure.show()
                unread[name] = failure.message
            finally:
                progress.advance()
    for what, passed in beside.items():
        note(_passed_over(passed, what))
    if not compiled and not unread:
        raise Failure("none of these files is a flow; name one")
    if task.witness is not None:
        write_witnesses(compiled, task.witness)
    # Where people read, it was said when it happened.
    report = report_of(compiled, {} if task.format == "text" else unread)
    if compiled or task.format != "text":
        print_report(report, task.format)
    return BROKEN if unread else _exit_code(report, strict=task.strict)


def _beside(one: CompiledFile, task: Task) -> str:
    """What a file holds that is no flow, but lies beside some, and is passed over; else ``""``.

    Raises:
        Failure: nothing else is to be checked.
    """
    if not any(finding.code == UNKNOWN_DIALECT for finding in one.compilation.findings):
        return ""
    what = companion_in(one.text.encode(), one.file)
    if one.file not in task.names:
        return what or "nothing that is known as a flow"
    if what and len(task.names) == 1:
        raise Failure(f"{one.file!r} is no flow; it holds {what}")
    return what


def _named(names: tuple[str, ...], unread: dict[str, str]) -> list[str]:
    """The files that are named, and those in the folders that are; ``unread`` gets the others."""
    found: dict[str, None] = {}
    for name in names:
        try:
            found.update(dict.fromkeys(files_in(name) if is_folder(name) else [name]))
        except Failure as failure:
            failure.show()
            unread[name] = failure.message
    return list(found)


def _passed_over(names: list[str], what: str) -> str:
    """What is said of files that are no flows, all of one kind.

    >>> _passed_over(["a.test.yaml"], "conversation tests")
    'a.test.yaml is not checked: it holds conversation tests'
    """
    if len(names) == 1:
        return f"{names[0]} is not checked: it holds {what}"
    named = ", ".join(names[:NAMED])
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} files are not checked: they hold {what}: {named}{more}"


def _exit_code(report: Report, *, strict: bool) -> int:
    counts = (strict or finding.verdict is not Verdict.UNDECIDED for finding in report.findings)
    return FOUND if any(counts) else CLEAN

"""``check``: what is wrong with flows, and where."""

from __future__ import annotations

import click

from statewright.cli.failure import BROKEN, CLEAN, FOUND, Failure
from statewright.cli.flow_files import CompiledFile, compiled_file, report_of
from statewright.cli.options import dialect_option, format_option
from statewright.cli.output import print_report
from statewright.compiler.findings import Verdict
from statewright.reporting import FORMATS, Report


@click.command()
@click.argument("names", metavar="FILES...", nargs=-1, required=True)
@format_option(*FORMATS)
@dialect_option
@click.option("--strict", is_flag=True, help="Findings that are only UNDECIDED count, too.")
def check(names: tuple[str, ...], format_: str, dialect: str | None, *, strict: bool) -> int:
    """Say what is wrong with flows.

    FILES are flows; - is standard input.
    """
    compiled: list[CompiledFile] = []
    unread = False
    for name in names:
        try:
            compiled.append(compiled_file(name, dialect))
        except Failure as failure:
            failure.show()
            unread = True
    report = report_of(compiled)
    if compiled or format_ != "text":
        print_report(report, format_)
    return BROKEN if unread else _exit_code(report, strict=strict)


def _exit_code(report: Report, *, strict: bool) -> int:
    counts = (strict or finding.verdict is not Verdict.UNDECIDED for finding in report.findings)
    return FOUND if any(counts) else CLEAN

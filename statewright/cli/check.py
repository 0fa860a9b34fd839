"""``check``: what is wrong with flows, and where."""

from __future__ import annotations

from dataclasses import replace

import click

from statewright.cli.failure import BROKEN, CLEAN, FOUND, Failure
from statewright.cli.flow_files import CompiledFile, compiled_file, report_of, verified_file
from statewright.cli.options import dialect_option, format_option
from statewright.cli.output import print_report
from statewright.cli.witnesses import write_witnesses
from statewright.compiler.findings import Verdict
from statewright.compiler.verification.budget import DEFAULT
from statewright.reporting import FORMATS, Report


@click.command()
@click.argument("names", metavar="FILES...", nargs=-1, required=True)
@format_option(*FORMATS)
@dialect_option
@click.option("--strict", is_flag=True, help="Findings that are only UNDECIDED count, too.")
@click.option("--quick", is_flag=True, help="Look at the drawing only, not at all conversations.")
@click.option("--steps", metavar="N", type=click.IntRange(1), help="How much may be tried at most.")
@click.option("--witness", metavar="DIR", help="Write the conversations that show findings to DIR.")
def check(
    names: tuple[str, ...],
    format_: str,
    dialect: str | None,
    *,
    strict: bool,
    quick: bool,
    steps: int | None,
    witness: str | None,
) -> int:
    """Say what is wrong with flows.

    FILES are flows; - is standard input. All that can happen in a conversation is gone through; a
    finding comes with a conversation that shows it, or with a proof.
    """
    budget = DEFAULT if steps is None else replace(DEFAULT, steps=steps)
    compiled: list[CompiledFile] = []
    unread = False
    for name in names:
        try:
            one = compiled_file(name, dialect)
            compiled.append(one if quick else verified_file(one, budget))
        except Failure as failure:
            failure.show()
            unread = True
    if witness is not None:
        write_witnesses(compiled, witness)
    report = report_of(compiled)
    if compiled or format_ != "text":
        print_report(report, format_)
    return BROKEN if unread else _exit_code(report, strict=strict)


def _exit_code(report: Report, *, strict: bool) -> int:
    counts = (strict or finding.verdict is not Verdict.UNDECIDED for finding in report.findings)
    return FOUND if any(counts) else CLEAN

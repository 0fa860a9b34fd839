"""``compile``: a flow as something else."""

from __future__ import annotations

import click

from statewright.cli import files, streams
from statewright.cli.failure import CLEAN, FOUND
from statewright.cli.flow_files import compiled_file, report_of
from statewright.cli.options import dialect_option
from statewright.cli.output import complain
from statewright.compiler.targets import TARGETS


@click.command("compile")
@click.argument("name", metavar="FILE")
@click.option("--to", "target", type=click.Choice(tuple(TARGETS)), required=True, help="What to.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE, not to stdout.")
@click.option("--draft", is_flag=True, help="Compile it even where ERROR findings stand.")
@dialect_option
def compile_(
    name: str, target: str, output: str | None, dialect: str | None, *, draft: bool
) -> int:
    """Write a flow as something else.

    FILE is a flow; - is standard input.
    """
    one = compiled_file(name, dialect)
    if one.compilation.findings:
        complain(report_of([one]))
    if one.compilation.errors and not draft:
        streams.note(f"{one.file} is not compiled: errors stand in the way (--draft overrides)")
        return FOUND
    text = TARGETS[target](one.compilation.draft())
    if output is None:
        streams.print_document(text)
    else:
        files.write(output, text)
    return CLEAN

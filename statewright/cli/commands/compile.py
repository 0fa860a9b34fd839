"""``compile``: a flow as something else."""

from __future__ import annotations

import json
from pathlib import Path

import click

from statewright.cli import files, streams
from statewright.cli.failure import CLEAN, FOUND, Failure
from statewright.cli.flow_files import compiled_file, report_of
from statewright.cli.options import dialect_option, format_option
from statewright.cli.output import complain
from statewright.compiler.targets import TARGETS, Export, json_of, lines_of


@click.command("compile")
@click.argument("name", metavar="FILE")
@click.option("--to", "target", type=click.Choice(tuple(TARGETS)), required=True, help="What to.")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="Write to PATH, not to stdout: a file, or a directory for a target of several files.",
)
@click.option("--draft", is_flag=True, help="Compile it even where ERROR findings stand.")
@format_option("text", "json")
@dialect_option
def compile_(
    name: str, target: str, output: str | None, format_: str, dialect: str | None, *, draft: bool
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
    export = TARGETS[target](one.compilation.draft())
    _tell_losses(target, export)
    if output is not None:
        _write(output, export)
    if format_ == "json":
        text = json.dumps(json_of(target, export), ensure_ascii=False, indent=2)
        streams.print_document(text + "\n")
    elif output is None:
        _print(target, export)
    return CLEAN


def _tell_losses(target: str, export: Export) -> None:
    """Say on stderr what the target cannot express."""
    if export.losses:
        streams.note(f"{target} does not carry over:")
        for line in lines_of(export.losses):
            streams.note(f"  {line}")


def _print(target: str, export: Export) -> None:
    """Print the one file of an export on stdout.

    Raises:
        Failure: there are several.
    """
    if len(export.files) > 1:
        names = ", ".join(export.files)
        raise Failure(f"{target} writes several files ({names}); name a directory with --output")
    streams.print_document(next(iter(export.files.values())))


def _write(output: str, export: Export) -> None:
    """Write the files of an export: one as ``output``, several into that directory.

    Raises:
        Failure: something cannot be written.
    """
    if len(export.files) == 1 and not Path(output).is_dir():
        files.write(output, next(iter(export.files.values())))
        return
    files.make_directory(output)
    for name, text in export.files.items():
        files.write(str(Path(output) / name), text)

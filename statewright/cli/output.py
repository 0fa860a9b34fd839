"""Printing reports."""

from __future__ import annotations

import sys

import click

from statewright.cli import streams
from statewright.reporting import FORMATS, Report, text_from_report


def print_report(report: Report, format_: str) -> None:
    """Print a report on stdout, coloured where a person reads it."""
    if format_ == "text":
        colour = streams.wants_colour(sys.stdout)
        click.echo(text_from_report(report, colour=colour), nl=False, color=colour)
    else:
        streams.print_document(FORMATS[format_](report))


def complain(report: Report) -> None:
    """Print a report on stderr, for a command whose result is something else."""
    colour = streams.wants_colour(sys.stderr)
    click.echo(text_from_report(report, colour=colour), nl=False, err=True, color=colour)

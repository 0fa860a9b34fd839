"""``schema``: the JSON Schema of the native format, for editors and other programs."""

from __future__ import annotations

import json

import click

from statewright import flows
from statewright.cli import streams


@click.command()
def schema() -> None:
    """Print the JSON Schema of native flows."""
    streams.print_document(json.dumps(flows.json_schema(), indent=2, ensure_ascii=False) + "\n")

"""Options that several commands share, each defined once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from statewright.compiler.sources.scxml import SCXML
from statewright.flows import DIALECTS

Command = TypeVar("Command", bound=Callable[..., Any])


def format_option(*formats: str) -> Callable[[Command], Command]:
    """``--format``, with text as the default."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(formats),
        default="text",
        show_default=True,
        help="How to print the result.",
    )


dialect_option = click.option(
    "--dialect",
    type=click.Choice([*(dialect.name for dialect in DIALECTS), SCXML]),
    help="The format of the file, where it cannot be told by looking at it.",
)
"""``--dialect``, for files that no dialect recognises, or two do."""

database_option = click.option(
    "--database",
    metavar="URL",
    envvar="STATEWRIGHT_DATABASE",
    show_envvar=True,
    default="sqlite:///flows.db",
    show_default=True,
    help="Where flows and sessions are kept, as sqlite:///FILE or postgresql://USER@HOST/NAME.",
)
"""``--database``, for commands that work on what is stored."""

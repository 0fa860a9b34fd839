"""Every command, and where it stands: one is loaded when it is asked for.

To load all of them takes many times as long as to print a version or a help page.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import click
from typing_extensions import override


class Listed(NamedTuple):
    """A command that is not loaded yet.

    Attributes:
        home: the module in ``commands`` in which it stands.
        name: what it is called there.
        summary: what it does, as the command itself says it.
    """

    home: str
    name: str
    summary: str


COMMANDS: Mapping[str, Listed] = MappingProxyType(
    {
        "chat": Listed("chat", "chat", "Talk to a flow, here or from a script."),
        "check": Listed("check", "check", "Say what is wrong with flows."),
        "compile": Listed("compile", "compile_", "Write a flow as something else."),
        "db": Listed("db", "db", "Look after a database."),
        "diff": Listed("diff", "diff", "Say how two versions of a flow differ."),
        "effects": Listed("effects", "effects", "List requests, and send dead ones again."),
        "eval": Listed("evaluate", "eval_", "Compute a CEL expression, or check it."),
        "explain": Listed("explain", "explain", "Explain a check, or list them all."),
        "flows": Listed("publish", "flows", "List what is published."),
        "fmt": Listed("fmt", "fmt", "Lay out flows and other files."),
        "init": Listed("init", "init", "Write a small flow to start from."),
        "migrate": Listed("migrate", "migrate", "Move live conversations to another version."),
        "publish": Listed("publish", "publish", "Publish a flow."),
        "replay": Listed("replay", "replay", "Take the turns of a session again."),
        "schema": Listed("schema", "schema", "Print the JSON Schema of native flows."),
        "secrets": Listed("secrets", "secrets", "Look after the secrets of a database."),
        "serve": Listed("serve", "serve", "Serve flows and conversations over HTTP."),
        "sessions": Listed("sessions", "sessions", "List sessions, or do something about one."),
        "test": Listed("test", "test", "Hold conversations as tests, or make such."),
        "worker": Listed("worker", "worker", "Do what `serve` does besides HTTP."),
    }
)
"""Every command, in the order of the alphabet."""


def command_named(name: str) -> click.Command:
    """A command of the catalogue, loaded."""
    listed = COMMANDS[name]
    module = importlib.import_module(f"statewright.cli.commands.{listed.home}")
    command: click.Command = getattr(module, listed.name)
    return command


class Catalogue(click.Group):
    """The group of all commands. Its help page loads none of them."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in order."""
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One of them; None where there is none of that name."""
        return command_named(cmd_name) if cmd_name in COMMANDS else None

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write them into a help page."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.summary) for name, listed in COMMANDS.items()])

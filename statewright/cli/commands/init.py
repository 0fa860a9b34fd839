"""``init``: a small flow to start from, with a conversation that tests it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Final

import click

from statewright import flows
from statewright.cli import files, streams
from statewright.cli.failure import CLEAN, Failure
from statewright.flows.formatting import formatted
from statewright.flows.names import flow_id

SCHEMA: Final = "statewright.schema.json"
"""The file beside a flow from which editors know what may stand in it."""

_SUFFIXES: Final = (".yaml", ".yml")

_FLOW: Final = """\
# yaml-language-server: $schema={schema}
# A small flow to start from. Each node says what it does and where the conversation goes next.
statewright: 1
id: {name}
start: welcome

variables:
  name: string
  topic: string

# What must hold of every conversation; see what happens when `ask_name` is left out.
rules:
  polite: {{first: ask_name, before: goodbye}}

nodes:
  welcome: {{type: message, text: Hello!, next: ask_name}}

  ask_name:
    type: question
    text: What is your name?
    variable: name
    next: ask_topic

  ask_topic:
    type: question
    text: "What can we do for you, {{{{ name }}}}?"
    choices:
      - {{value: prices, label: Prices, synonyms: [cost, price list], to: prices}}
      - {{value: person, label: Talk to a person, to: person}}
    variable: topic
    retries: 2
    on: {{fallback: person}}

  prices: {{type: message, text: Everything is 10 EUR., next: goodbye}}
  person: {{type: message, text: Somebody will write to you., next: goodbye}}
  goodbye: {{type: end, text: "Good bye, {{{{ name }}}}."}}
"""

_TEST: Final = """\
# Conversations that must go as they are written: `statewright test {test}`
flow: {flow}
conversations:
  - name: somebody asks for prices
    script:
      - expect: {{text: [Hello!, What is your name?]}}
      - Ada
      - price list
      - expect: {{text: [Everything is 10 EUR., "Good bye, Ada."], outcome: completed}}
  - name: somebody who is not understood talks to a person
    script:
      - Ada
      - hm
      - what
      - eh
      - expect: {{text: [Somebody will write to you., "Good bye, Ada."]}}
"""


@click.command()
@click.argument("place", metavar="[PLACE]", default=".")
def init(place: str) -> int:
    """Write a small flow to start from.

    PLACE is the directory that it and its conversation test are written to, or the file of the
    flow, which ends in .yaml; the flow is called like that. Nothing that is there is written over.
    """
    path = Path(place)
    if path.suffix == ".json":
        raise Failure(f"what is written is YAML; name it {str(path.with_suffix('.yaml'))!r}")
    flow = path if path.suffix in _SUFFIXES else path / "flow.yaml"
    test = flow.with_name(f"{flow.stem}.test.yaml")
    schema = flow.with_name(SCHEMA)
    name = flow_id(str(flow), "") if flow is path else flow_id("", path.resolve().name)
    written = {
        flow: _FLOW.format(schema=SCHEMA, name=json.dumps(name)),
        test: _TEST.format(flow=json.dumps(flow.name), test=shlex.quote(str(test))),
    }
    _refuse_to_replace(*written)
    if not schema.exists():
        written[schema] = formatted(json.dumps(flows.json_schema(), ensure_ascii=False), SCHEMA)
    files.make_directory(str(flow.parent))
    for one, text in written.items():
        files.write(str(one), text)
        streams.note(f"wrote {one}")
    _show_steps(flow, test)
    return CLEAN


def _refuse_to_replace(*paths: Path) -> None:
    there = [str(path) for path in paths if path.exists()]
    if there:
        names = " and ".join(repr(name) for name in there)
        verb = "is" if len(there) == 1 else "are"
        raise Failure(f"{names} {verb} there already; name another directory or file")


def _show_steps(flow: Path, test: Path) -> None:
    steps = (
        ("check", flow, "says what is wrong with it"),
        ("chat", flow, "talks to it"),
        ("test", test, "tries the conversations"),
        ("publish", flow, "keeps it for `statewright serve`"),
    )
    commands = [f"statewright {name} {shlex.quote(str(file))}" for name, file, _ in steps]
    width = max(map(len, commands))
    streams.note("")
    for command, (_, _, why) in zip(commands, steps, strict=True):
        streams.note(f"  {command:<{width}}  {why}")

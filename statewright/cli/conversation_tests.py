"""Conversation tests: a flow, what a user says, and between that what should have happened.

::

    flow: quiz.yaml
    conversations:
      - name: a wrong answer
        script:
          - choose: mars
          - expect: {text: {contains: Venus}, data: {score: 0}}

A file with one conversation may hold its keys at the top. See ``docs/cli.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from statewright.cli import files
from statewright.cli.expectations import EXPECTATIONS, MATCHERS
from statewright.errors import EvaluationError
from statewright.expressions.operations import patterns
from statewright.flows.documents import document_from
from statewright.flows.model import Problem
from statewright.flows.parts import MISSING, Page, Part
from statewright.statechart.sourcemap import Location

EXPECT = "expect"
OPTION_KEYS = ("data", "contact", "tenant", "fixtures", "seed", "now")
CONVERSATION_KEYS = ("name", "script", *OPTION_KEYS)
FILE_KEYS = ("flow", "dialect", "conversations", *CONVERSATION_KEYS)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that should be so after a line.

    Attributes:
        key: of ``EXPECTATIONS``.
        expected: what is expected.
        location: where it stands.
    """

    key: str
    expected: Any
    location: Location


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a script, and what is expected after it.

    Attributes:
        line: an item of a script; None for the start of the conversation.
        expectations: in order.
        location: where the line stands.
    """

    line: Any
    expectations: tuple[Expectation, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Conversation:
    """One test.

    Attributes:
        name: what it is about.
        flow: path of the flow.
        dialect: its format, or None to recognise it.
        steps: the first one is the start.
        options: the keys of ``OPTION_KEYS`` that say under which conditions it is held.
        location: where it stands.
    """

    name: str
    flow: str
    dialect: str | None
    steps: tuple[Step, ...]
    options: Mapping[str, Any]
    location: Location


@dataclass(frozen=True, slots=True)
class TestFile:
    """What a file of tests holds.

    Attributes:
        file: what reports call it.
        text: its text, as far as it is one.
        conversations: in order.
        problems: what could not be read.
    """

    __test__ = False

    file: str
    text: str
    conversations: tuple[Conversation, ...]
    problems: tuple[Problem, ...]


def read_tests(name: str) -> TestFile:
    """Read a file of conversation tests.

    Raises:
        Failure: there is no such file.
    """
    content, file = files.bytes_of(name), files.label(name)
    document = document_from(content, file)
    page = Page(document, document.problems())
    conversations = () if document.outline.broken else tuple(_conversations(page.root))
    text = content.decode("utf-8-sig", errors="replace")
    return TestFile(file, text, conversations, tuple(page.problems))


def _conversations(root: Part) -> Iterator[Conversation]:
    if not isinstance(root.value, dict):
        root.wrong("a map with the keys `flow` and `script`")
        return
    root.refuse_unknown(FILE_KEYS, "error")
    if not root["conversations"].present:
        yield _conversation(root, root)
        return
    for part in root["conversations"].items():
        if not isinstance(part.value, dict):
            part.wrong("a map with the key `script`")
            continue
        part.refuse_unknown(CONVERSATION_KEYS, "error")
        yield _conversation(root, part)


def _conversation(root: Part, part: Part) -> Conversation:
    beside = PurePath(root.page.document.file).parent
    flow = root["flow"]
    if not flow.text():
        flow.wrong("the path of a flow")
    return Conversation(
        name=part["name"].text() or PurePath(root.page.document.file).name,
        flow=str(beside / flow.text()),
        dialect=root["dialect"].text() or None,
        steps=tuple(_steps(part["script"])),
        options={
            key: value
            for key in OPTION_KEYS
            if (value := (part[key] if part[key].present else root[key]).value) is not MISSING
        },
        location=part.location,
    )


def _steps(script: Part) -> Iterator[Step]:
    if not script.present:
        script.wrong("a list of lines")
    line, location = None, script.location
    expectations: list[Expectation] = []
    for item in script.items():
        if isinstance(item.value, dict) and EXPECT in item.value:
            item.refuse_unknown((EXPECT,), "error")
            expectations += _expectations(item[EXPECT])
            continue
        yield Step(line, tuple(expectations), location)
        line, expectations, location = item.value, [], item.location
    yield Step(line, tuple(expectations), location)


def _expectations(part: Part) -> Iterator[Expectation]:
    """The expectations in a map; what cannot be compared with a turn is reported."""
    part.refuse_unknown(EXPECTATIONS, "error")
    for key, expected in part.members():
        if key == "text":
            entries = expected.items() if isinstance(expected.value, list) else (expected,)
            for entry in entries:
                _check_matchers(entry)
        yield Expectation(key, expected.value, expected.key_location)


def _check_matchers(entry: Part) -> None:
    if not isinstance(entry.value, dict):
        entry.text()
        return
    entry.refuse_unknown(MATCHERS, "error")
    for _, wanted in entry.members():
        wanted.text()
    pattern = entry["matches"]
    if isinstance(pattern.value, str):
        try:
            patterns.searcher(pattern.value)
        except EvaluationError as error:
            pattern.report("R004", error.reason)

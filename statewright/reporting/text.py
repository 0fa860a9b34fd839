"""Findings for people at a terminal: the line, a caret under the place, and what to do.

::

    order.yaml:4:45: error S103 dangling-edge: `hello` leads to `goodby`, and there is no such node
      |
    4 |   hello: {type: message, text: Hello, next: goodby}
      |                                             ^^^^^^
      = help: did you mean `goodbye`?
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from statewright.compiler.findings import Finding, Severity, Witness
from statewright.excerpt import columns, printable, printable_lines
from statewright.reporting.report import Report
from statewright.statechart.sourcemap import Location

SHOWN = 500
"""How many findings are written out; those with the same cause come in thousands."""

DIALOGUE = 24
"""How many lines of a conversation are shown."""

WIDTH = 120
"""Columns of a source line that are shown; longer lines are cut to a window around the caret."""

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_BLUE = "\x1b[34;1m"
_COLOURS = {
    Severity.ERROR: "\x1b[31;1m",
    Severity.WARNING: "\x1b[33;1m",
    Severity.INFO: "\x1b[36;1m",
}
_WORD = re.compile(r"""[\w./@$-]+|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'""")


def text_from_report(report: Report, *, colour: bool = False) -> str:
    """The findings as a terminal shows them, then the summary.

    Args:
        report: what was found.
        colour: whether to use ANSI colours.
    """
    return "\n\n".join(_paragraphs(report, colour=colour)) + "\n"


def _paragraphs(report: Report, *, colour: bool) -> Iterator[str]:
    for finding in _shown(report.findings):
        yield text_from_finding(finding, report.texts.get(finding.location.file, ""), colour=colour)
    more = len(report.findings) - SHOWN
    if more > 0:
        yield f"… and {more:,} more; `--format json` writes all of them"
    yield _painted(report.summary, _BOLD, colour=colour)


def _shown(findings: Sequence[Finding]) -> Sequence[Finding]:
    """As many findings as are written out, the worst of them, in their order."""
    if len(findings) <= SHOWN:
        return findings
    ranks = list(Severity)
    worst = sorted(range(len(findings)), key=lambda at: ranks.index(findings[at].severity))
    return [findings[at] for at in sorted(worst[:SHOWN])]


@lru_cache(maxsize=4)
def _lines(text: str) -> Sequence[str]:
    """The lines of a file, in which there may be thousands of findings."""
    return text.splitlines()


def text_from_finding(finding: Finding, text: str = "", *, colour: bool = False) -> str:
    """One finding, with the line of ``text`` (the whole file, or ``""``) that it is about."""
    label = f"{finding.severity} {finding.code} {finding.name}"
    first, *more = printable_lines(finding.message)
    head = ": ".join(
        [
            *([printable(str(finding.location))] if finding.location.line else _file_of(finding)),
            _painted(label, _COLOURS[finding.severity], colour=colour),
            _painted(first, _BOLD, colour=colour),
        ]
    )
    gutter = " " * len(str(finding.location.line or ""))
    body = [
        *(f"  {line}" for line in more),
        *_excerpt(_lines(text), finding.location, colour=colour),
        *_notes(finding, gutter, colour=colour),
    ]
    return "\n".join([head, *body])


def _file_of(finding: Finding) -> list[str]:
    return [printable(finding.location.file)] if finding.location.file else []


def _notes(finding: Finding, gutter: str, *, colour: bool) -> Iterator[str]:
    mark = _painted("=", _BLUE, colour=colour)
    if finding.reason:
        yield f"{gutter} {mark} undecided: {printable(finding.reason)}"
    for place in finding.related:
        yield f"{gutter} {mark} see also {printable(str(place))}"
    if finding.witness is not None:
        yield f"{gutter} {mark} conversation:{printable(_conditions(finding.witness))}"
        yield from (f"{gutter}     {line}" for line in dialogue(finding.witness))
    if finding.help:
        first, *more = printable_lines(finding.help)
        yield f"{gutter} {mark} help: {first}"
        yield from (f"{gutter}   {line}" for line in more)


def _conditions(witness: Witness) -> str:
    """Under which conditions a conversation goes so, where these are not those of any script."""
    given = {name: getattr(witness, name) for name in ("data", "contact", "tenant", "seed", "now")}
    told = {name: value for name, value in given.items() if value}
    return f" ({json.dumps(told, ensure_ascii=False, default=str)})" if told else ""


def dialogue(witness: Witness) -> list[str]:
    """What was said, line by line; of long conversations the beginning and the end."""
    lines = [line for turn in witness.transcript for line in _said(turn)]
    if len(lines) <= DIALOGUE:
        return lines
    half = DIALOGUE // 2
    return [*lines[:half], f"… ({len(lines) - 2 * half} lines)", *lines[-half:]]


def _said(turn: Mapping[str, Any]) -> Iterator[str]:
    typed = turn["input"]
    if typed is not None:
        shown = typed if isinstance(typed, str) else json.dumps(typed, ensure_ascii=False)
        yield printable(f"> {shown}")
    for message in turn["messages"]:
        yield from printable_lines(str(message.get("text") or f"[{message.get('type', '')}]"))
    if turn["status"] != "active":
        yield printable(f"({turn['status']}: {turn['outcome']})")


def _excerpt(lines: Sequence[str], place: Location, *, colour: bool) -> Iterator[str]:
    """The line at ``place`` and the caret line; nothing where there is no such line."""
    if not 1 <= place.line <= len(lines) or place.column < 1:
        return
    line = lines[place.line - 1]
    offset = min(place.column - 1, len(line))
    word = _WORD.match(line, offset)
    length = max(1, word.end() - offset) if word else 1
    left = max(0, offset - WIDTH // 2) if len(line) > WIDTH else 0
    shown = line[left : left + WIDTH]
    length = min(length, max(1, len(shown) - (offset - left)))
    number = str(place.line)
    bar = _painted("|", _BLUE, colour=colour)
    padding = "".join(_blank(c) for c in shown[: offset - left])
    carets = "^" * columns(shown[offset - left : offset - left + length]) or "^"
    yield f"{' ' * len(number)} {bar}"
    yield f"{_painted(number, _BLUE, colour=colour)} {bar} {printable(shown).rstrip()}"
    yield f"{' ' * len(number)} {bar} {padding}{_painted(carets, _BLUE, colour=colour)}"


def _blank(character: str) -> str:
    """Space as wide as a character, so that the caret stands under its place."""
    return "\t" if character == "\t" else " " * columns(character)


def _painted(text: str, code: str, *, colour: bool) -> str:
    return f"{code}{text}{_RESET}" if colour else text

"""A timeout or a delay is so short, or so long, that something else was probably meant.

What it does:
    Compares the timeouts of web requests, language models, questions, forms and their fields with
    what people wait for, and looks for delays that are less than nothing, or longer than ten years.

Why it matters:
    A number without a unit counts as seconds: `5000` is not five seconds but more than an hour, and
    the user waits for all of it.

Example:
    start: ask
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        timeout: 5000
        success: bye
        error: bye
      bye: {type: end}

Instead:
    start: ask
    nodes:
      ask:
        type: http
        url: https://api.example.com/status
        timeout: 5s
        success: bye
        error: bye
      bye: {type: end}

Known limits:
    A request may take from 50 ms to 10 minutes, a language model an hour; a question, a field or a
    form waits for at least a second. Of delays that an expression gives only those are looked at
    that read nothing. A timeout that is not written is 30 seconds, or a minute for a language
    model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import evaluate, parse, references
from statewright.expressions.nanoseconds import coarse_duration
from statewright.expressions.operations.times import duration_from_text
from statewright.flows.durations import SECOND, UNITS
from statewright.flows.model import Node
from statewright.flows.nodes import Delay, Form, Http, Llm, NodeConfig, Question, Source
from statewright.statechart.sourcemap import Location

_LONGEST: Final = 10 * 365 * UNITS["d"]
"""Microseconds of the longest delay that somebody may mean."""

_SENSIBLE: Mapping[type, tuple[float, float]] = {
    Http: (0.05, 600),
    Llm: (0.5, 3_600),
    Question: (1, float("inf")),
    Form: (1, float("inf")),
}
"""Kind of node → the least and the most seconds that make sense."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Timeouts and delays out of any sensible range."""
    yield from _delays(check, subject)
    for node in subject.nodes.values():
        for what, config, place in _waiting(node):
            least, most = _SENSIBLE.get(type(config), (0, float("inf")))
            timeout = _timeout(config)
            if timeout is None or least <= timeout / SECOND <= most:
                continue
            seconds = timeout / SECOND
            short = seconds < least
            meant = seconds * 1_000 if short else seconds / 1_000
            yield check.finding(
                f"{what} waits for {seconds:g} seconds: very {'short' if short else 'long'}",
                place,
                node=node.id,
                help=f"a number without a unit is seconds; was `{meant:g}s` meant?",
            )


def _waiting(node: Node) -> Iterator[tuple[str, NodeConfig, Location]]:
    """A node, and the fields that it asks, each with its name and its place."""
    yield f"`{node.id}`", node.config, node.location
    if isinstance(node.config, Form):
        for field in node.config.fields:
            yield f"`{field.name}` of `{node.id}`", field.question, field.location


def _delays(check: Check, subject: Subject) -> Iterator[Finding]:
    """Delays that do not wait, or for ever."""
    for node in subject.nodes.values():
        if not isinstance(node.config, Delay):
            continue
        written = node.config.duration
        place = written.location if isinstance(written, Source) else node.location
        length = _constant(written) if isinstance(written, Source) else written
        if length is not None and length < 0:
            message = f"`{node.id}` does not wait: a delay is never less than nothing"
            yield check.finding(message, place, node=node.id, help="write how long: `5m`")
        elif length is not None and length > _LONGEST:
            message = f"`{node.id}` waits for more than ten years"
            help_ = "a number without a unit is seconds"
            yield check.finding(message, place, node=node.id, help=help_)


def _constant(source: Source) -> int | None:
    """The microseconds that an expression gives which reads nothing; None for any other."""
    try:
        expression = parse(source.text)
        if references(expression):
            return None
        value = evaluate(expression, {})
        if isinstance(value, int | float):
            return None if isinstance(value, bool) else int(value * SECOND)
        span = duration_from_text(value) if isinstance(value, str) else value
        return coarse_duration(span) // timedelta(microseconds=1)
    except (ExpressionError, EvaluationError, AttributeError, OverflowError, ValueError):
        return None


def _timeout(config: NodeConfig) -> int | None:
    return config.timeout if isinstance(config, Http | Llm | Question | Form) else None


CHECK = Check("E608", "odd-timeout", Severity.WARNING, __doc__, find)

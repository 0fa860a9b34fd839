"""A timeout is so short, or so long, that another unit was probably meant.

What it does:
    Compares the timeouts of web requests, language models and questions with what people wait for.

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
    A request may take from 50 ms to 10 minutes, a language model an hour; a question waits for at
    least a second. A timeout that is not written is 30 seconds, or a minute for a language model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.durations import SECOND
from statewright.flows.nodes import Form, Http, Llm, NodeConfig, Question

_SENSIBLE: Mapping[type, tuple[float, float]] = {
    Http: (0.05, 600),
    Llm: (0.5, 3_600),
    Question: (1, float("inf")),
    Form: (1, float("inf")),
}
"""Kind of node → the least and the most seconds that make sense."""


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Timeouts out of any sensible range."""
    for node in subject.nodes.values():
        least, most = _SENSIBLE.get(type(node.config), (0, float("inf")))
        timeout = _timeout(node.config)
        if timeout is None or least <= timeout / SECOND <= most:
            continue
        seconds = timeout / SECOND
        short = seconds < least
        meant = seconds * 1_000 if short else seconds / 1_000
        yield check.finding(
            f"`{node.id}` waits for {seconds:g} seconds: very {'short' if short else 'long'}",
            node.location,
            node=node.id,
            help=f"a number without a unit is seconds; was `{meant:g}s` meant?",
        )


def _timeout(config: NodeConfig) -> int | None:
    return config.timeout if isinstance(config, Http | Llm | Question | Form) else None


CHECK = Check("E608", "odd-timeout", Severity.WARNING, __doc__, find)

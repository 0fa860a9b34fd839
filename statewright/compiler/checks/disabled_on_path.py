"""A node that is switched off lies on a path of the conversation.

What it does:
    Looks for disabled nodes that can be reached from the start.

Why it matters:
    The conversation passes through it by the first way that it has, without what it says or asks;
    what depends on it behaves differently. An end, or a handoff that does not return, has no way
    on: the conversation ends there, without a word, and with the usual outcome. What is inside
    such a node, and what it says itself, is not looked at by other checks.

Example:
    start: ask
    variables: {name: string}
    nodes:
      ask: {type: question, text: "Your name?", variable: name, disabled: true, next: hello}
      hello: {type: message, text: "Hello!", next: bye}
      bye: {type: end}

Instead:
    start: hello
    nodes:
      hello: {type: message, text: "Hello!", next: bye}
      bye: {type: end}

Known limits:
    Guards are not considered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from statewright.compiler.checks.check import Check
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import Break, Continue, End, Leave


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Disabled nodes that can be reached."""
    for node in subject.nodes.values():
        if node.disabled and node.id in subject.reachable:
            what, help_ = _WHAT.get(type(node.config), _LED_ON)
            yield check.finding(
                f"`{node.id}` is disabled, and the conversation {what}",
                node.location,
                node=node.id,
                help=f"{help_}, or switch it on",
            )


_LED_ON = ("passes through it", "lead the edges past it")
_LED_OUT = ("is led out of what is around it all the same", "lead the edges elsewhere")
_WHAT: Mapping[type, tuple[str, str]] = MappingProxyType(
    {
        End: ("ends at it without a word", "lead the edges to another end"),
        Break: _LED_OUT,
        Continue: _LED_OUT,
        Leave: _LED_OUT,
    }
)
"""What is left of a kind of node → what the conversation does there, and what to do about it."""


CHECK = Check("S110", "disabled-on-path", Severity.WARNING, __doc__, find)

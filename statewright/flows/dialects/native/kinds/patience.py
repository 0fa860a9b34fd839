"""What would never be done about people who do not answer: idle ports, and late reminders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from statewright.flows.parts import Part

_NEEDED: Final[Mapping[str, tuple[tuple[str, ...], str]]] = MappingProxyType(
    {
        # Of choices out of data there may be none: then that is where it goes on.
        "fallback": (("retries", "choices_from"), "add `retries: 2`"),
        "timeout": (("timeout",), "add `timeout: 10m`"),
        "skip": (("skip",), "add `skip: [skip]`, the words that skip it"),
    }
)
"""Port → the keys of which one makes that it may be taken, and what to do."""


def check_ports(on: Any, part: Part, what: str, asked: Iterable[Mapping[str, Any]]) -> None:
    """Report ports that lead somewhere, and are never taken.

    Args:
        on: the ports, as they were read.
        part: of the node.
        what: what it is: a question, or a form.
        asked: whatever may say that a port is taken, as it was written.
    """
    asked = tuple(asked)
    for port, (keys, help_) in _NEEDED.items():
        wanted = getattr(on, port, None) is not None
        if wanted and not any(one.get(key) not in (None, []) for one in asked for key in keys):
            part["on"][port].report(
                "R004",
                f"this never happens: the {what} has no `{keys[0]}`",
                help_,
                severity="warning",
                at_key=True,
            )


def check_reminder(after: int, timeout: int | None, part: Part) -> None:
    """Report a reminder of a question that would come when its time is over.

    Args:
        after: microseconds until it comes.
        timeout: microseconds until the time is over.
        part: of the question.
    """
    if timeout is not None and after >= timeout:
        part["reminder"]["after"].report(
            "R004",
            "this never happens: the `timeout` of the question comes first",
            "remind before that",
            severity="warning",
        )

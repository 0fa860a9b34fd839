"""The ports of nodes: where edges leave them."""

from __future__ import annotations

from typing import Any

NEXT = "next"
"""The port by which a node is left when nothing else is said."""


def choice_port(value: Any) -> str:
    """The port of one choice or button.

    >>> choice_port("yes")
    'choice:yes'
    """
    return f"choice:{value}"


def outcome_port(outcome: str) -> str:
    """The port by which a subflow is left that ended with an outcome.

    >>> outcome_port("cancelled")
    'outcome:cancelled'
    """
    return f"outcome:{outcome}"


def arm_port(name: str) -> str:
    """The port of one arm of a split.

    >>> arm_port("control")
    'arm:control'
    """
    return f"arm:{name}"

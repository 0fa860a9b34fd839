"""Drawing lots: CEL for a number from 0 to below a total."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from statewright.compiler.lowering.texts import quoted
from statewright.flows.nodes import Sticky

_KEYS: Mapping[Sticky, str] = MappingProxyType(
    {
        Sticky.SESSION: "session.id",
        Sticky.CONTACT: "string(contact.?id.orValue(session.id))",
    }
)
"""What decides where the lot falls, where it is to fall there every time."""


def lot(total: int, sticky: Sticky, node: str) -> str:
    """CEL for a lot that is drawn at a node."""
    key = _KEYS.get(sticky)
    return f"draw({total})" if key is None else f"lot({key} + {quoted('/' + node)}, {total})"

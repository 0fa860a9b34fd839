"""Where the names come from that the source of a chart is written with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_OURS: Final = "statewright"
_RUNTIME: Final = f"{_OURS}.compiler.targets.python.runtime"

_NAMES: Final[Mapping[str, str]] = {
    "typing": "Any Final",
    f"{_OURS}.expressions.operations.access": "has index index_optional select select_optional",
    f"{_OURS}.expressions.operations.arithmetic": "divide multiply negate remainder subtract",
    f"{_OURS}.expressions.operations.comparison": "contains equal ordered unequal",
    f"{_OURS}.expressions.content": "Computed Literal Record Sequence Text",
    f"{_OURS}.expressions.nanoseconds": "EPOCH MICROSECOND",
    f"{_OURS}.expressions.printing.places": "Part Place",
    f"{_OURS}.expressions.template": "Secret Template",
    f"{_OURS}.expressions.values": "NOTHING Maybe TypeValue Uint",
    f"{_OURS}.statechart.actions": (
        "Assign Branch Cancel ForEach If Log Merge Merging Raise Say Send"
    ),
    f"{_OURS}.statechart.definition": (
        "Awaits Datum Invoke Limits Member State StateKind Statechart Transition TransitionKind"
    ),
    f"{_OURS}.statechart.rules": "Moment Rule RuleKind",
    f"{_RUNTIME}.digests": "ready",
    f"{_RUNTIME}.exact": (
        "Frame added ask call call_on cel decided every failing field_of hole inverted is_among "
        "list_with map_with matching or_other or_value some variable worked_off"
    ),
    f"{_RUNTIME}.macros": (
        "bind elements filtered holds_always holds_exactly_once holds_once mapped mapped_entries "
        "mapped_values opened opened_flat ordered_by pairs"
    ),
    f"{_RUNTIME}.patterns": "NotCarriedOver Pattern",
}

HOMES: Final[Mapping[str, str]] = MappingProxyType(
    {name: home for home, names in _NAMES.items() for name in names.split()}
)
"""Name → the module that it is of."""

"""What authors draw: flows, and the formats they are written in.

``parse`` makes a ``Flow`` of a text, whatever it holds; ``read`` does the same with a file. What
is wrong with it stands in ``Flow.problems``.
"""

from statewright.flows.dialects.native.schema import json_schema
from statewright.flows.model import (
    Edge,
    Flow,
    Node,
    OnError,
    Problem,
    Settings,
    Variable,
    VariableScope,
)
from statewright.flows.reading import DIALECTS, files_beside, parse, read, read_text
from statewright.flows.resolving import resolved

__all__ = [
    "DIALECTS",
    "Edge",
    "Flow",
    "Node",
    "OnError",
    "Problem",
    "Settings",
    "Variable",
    "VariableScope",
    "files_beside",
    "json_schema",
    "parse",
    "read",
    "read_text",
    "resolved",
]

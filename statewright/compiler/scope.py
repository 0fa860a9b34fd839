"""Which names the expressions of a flow may use, and of what type they are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from statewright.errors import EvaluationError
from statewright.expressions import CelType, Environment, type_from_name
from statewright.expressions.overloads import function
from statewright.flows.model import Flow, VariableScope

ROOTS: Mapping[str, str] = MappingProxyType(
    {
        "contact": "map",
        "tenant": "map",
        "session": "map",
        "event": "map",
        "input": "dyn",
        "now": "timestamp",
        "vars": "map",
    }
)
"""The names that every expression may use, with their types; a declared variable hides none."""

CHART_TYPES: Mapping[str, str] = MappingProxyType({"date": "string"})
"""Types of variables that the chart knows under another name."""


def _of_the_chart(*_: object) -> object:
    raise EvaluationError("only a running chart can tell")


HOST_FUNCTIONS = (
    function("draw", (type_from_name("int"),), type_from_name("int"), _of_the_chart),
    function("In", (type_from_name("string"),), type_from_name("bool"), _of_the_chart),
)
"""The functions that a running chart adds to those of the expressions."""


def environment_of(flow: Flow, extra: tuple[str, ...] = ()) -> Environment:
    """The environment of the expressions of a flow, with ``extra`` names of any type."""
    types: dict[str, CelType] = {
        variable.name: type_from_name(CHART_TYPES.get(variable.type, variable.type))
        for variable in flow.variables
        if variable.scope is VariableScope.SESSION
    }
    types |= {name: type_from_name(kind) for name, kind in ROOTS.items()}
    types |= dict.fromkeys(extra, type_from_name("dyn"))
    return Environment(types, HOST_FUNCTIONS)

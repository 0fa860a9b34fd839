"""Which names the expressions of a flow may use, and of what type they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from statewright.errors import EvaluationError
from statewright.expressions import CelType, Environment, type_from_name
from statewright.expressions.overloads import function
from statewright.expressions.types import DOUBLE, INT, STRING, UINT, enum_of, within
from statewright.flows.model import Flow, Variable, VariableScope
from statewright.statechart.coercion import coerced
from statewright.statechart.definition import Limits

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


def session_variables(flow: Flow) -> Mapping[str, Variable]:
    """The variables that a session holds itself, by name; not those of contact and tenant."""
    return {v.name: v for v in flow.variables if v.scope is VariableScope.SESSION}


def environment_of(flow: Flow, extra: tuple[str, ...] = ()) -> Environment:
    """The environment of the expressions of a flow, with ``extra`` names of any type.

    Every variable may have no value: who knows better has to say so.
    """
    variables = session_variables(flow)
    types = {name: type_of_variable(variable) for name, variable in variables.items()}
    types |= {name: type_from_name(kind) for name, kind in ROOTS.items()}
    types |= dict.fromkeys(extra, type_from_name("dyn"))
    own = frozenset(variables.keys() - ROOTS.keys())
    return Environment(types, HOST_FUNCTIONS, unset=own, mirror="vars", mirrored=own)


def type_of_variable(variable: Variable) -> CelType:
    """The type of what a variable may hold: its declared values, or numbers within its bounds."""
    own = type_from_name(CHART_TYPES.get(variable.type, variable.type))
    values = tuple(_values(variable))
    if values and own in (STRING, INT):
        return enum_of(values)
    if own in (INT, UINT, DOUBLE) and (variable.minimum, variable.maximum) != (None, None):
        return within(own, variable.minimum, variable.maximum)
    return own


def limits_of(variable: Variable) -> Limits | None:
    """What a variable may hold beside its type, or None where that is anything."""
    limits = Limits(tuple(_values(variable)), variable.minimum, variable.maximum)
    return None if limits == Limits() else limits


def _values(variable: Variable) -> Iterator[Any]:
    """The values that are declared, as the variable holds them; the reader reports the others."""
    for value in variable.values:
        try:
            yield coerced(value, CHART_TYPES.get(variable.type, variable.type))
        except EvaluationError:
            continue

"""Which names the expressions of a flow may use, and of what type they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from statewright.compiler.paths import path_from
from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import CelType, Environment, type_from_name
from statewright.expressions.overloads import function
from statewright.expressions.types import DYN, MAP, STRING, object_of
from statewright.flows.declaring import chart_type_of, limits_of, part_at
from statewright.flows.model import Flow, Variable, VariableScope
from statewright.flows.nodes import Source
from statewright.statechart.values.value_types import type_of

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


def _of_the_chart(*_: object) -> object:
    raise EvaluationError("only a running chart can tell")


HOST_FUNCTIONS = (
    function("draw", (type_from_name("int"),), type_from_name("int"), _of_the_chart),
    function("In", (type_from_name("string"),), type_from_name("bool"), _of_the_chart),
)
"""The functions that a running chart adds to those of the expressions."""


_OWN: Final = frozenset({VariableScope.SESSION, VariableScope.FLOW})

_CALLS: Final = 20
"""How deep flows are followed that call each other; more is refused elsewhere."""

KNOWN: Final[Mapping[VariableScope, Mapping[str, CelType]]] = {
    VariableScope.CONTACT: {"id": STRING, "tags": MAP, "segments": MAP},
    VariableScope.TENANT: {},
}
"""Values of the contact and the tenant that nobody has to declare."""

_SCOPES: Final[Mapping[str, VariableScope]] = {scope.value: scope for scope in KNOWN}


@dataclass(frozen=True, slots=True)
class Lent:
    """A name that is there in a part of a flow only: the element of a loop, a response, an error.

    Attributes:
        name: what expressions call it.
        type: what it may hold.
    """

    name: str
    type: CelType = DYN


def session_variables(flow: Flow) -> Mapping[str, Variable]:
    """The variables that a session has of a flow, by name; not those of contact and tenant."""
    return {v.name: v for v in flow.variables if v.scope in _OWN and not v.secret}


def output_variables(flow: Flow) -> Mapping[str, Variable]:
    """Those of them that are seen from outside of the flow, by name."""
    own = session_variables(flow)
    return {name: v for name, v in own.items() if v.scope is VariableScope.SESSION}


def outside_variables(flow: Flow, scope: VariableScope) -> Mapping[str, Variable]:
    """What a flow declares of the contact, or of the tenant, by name."""
    return {v.name: v for v in flow.variables if v.scope is scope and not v.secret}


def declaration_at(
    flow: Flow, place: Source, own: Mapping[str, Variable] | None = None
) -> Variable | None:
    """What is declared of a place that is written, if anything is.

    Args:
        flow: what declares it.
        place: the name or the path.
        own: its ``session_variables``, where somebody who asks often knows them already.
    """
    whole, path = _whole_at(flow, place, own)
    return part_at(whole, path)


def is_private_at(flow: Flow, place: Source, own: Mapping[str, Variable] | None = None) -> bool:
    """Whether what a place holds is not for everybody to see: a part of what is private is.

    Args:
        flow: what declares it.
        place: the name or the path.
        own: as for ``declaration_at``.
    """
    whole, path = _whole_at(flow, place, own)
    if whole is None:
        return False
    around = [part_at(whole, path[:length]) for length in range(len(path))]
    part = part_at(whole, path)
    outside = any(one is not None and (one.pii or one.secret) for one in around)
    return outside or (part is not None and part.is_private)


def _whole_at(
    flow: Flow, place: Source, own: Mapping[str, Variable] | None
) -> tuple[Variable | None, list[str]]:
    """The variable that a place is in, if one is declared, and the way from there."""
    own = session_variables(flow) if own is None else own
    try:
        first, *path = path_from(place, own)
    except ExpressionError:
        return None, []
    scope = _SCOPES.get(first)
    if scope is not None and first not in own:
        return outside_variables(flow, scope).get(path[0]), path[1:]
    return own.get(first), path


def output_type_of(flow: Flow) -> CelType:
    """The type of what a flow has for the one that calls it; each of its variables may be unset."""
    types = {name: type_of_variable(one) for name, one in output_variables(flow).items()}
    return object_of(types, types)


def flows_in(flow: Flow, depth: int = 0) -> Iterator[Flow]:
    """The flow, and those that it calls, directly or not; each may come several times."""
    yield flow
    if depth < _CALLS:
        for inner in flow.subflows.values():
            yield from flows_in(inner, depth + 1)


def environment_of(flow: Flow, extra: tuple[Lent, ...] = ()) -> Environment:
    """The environment of the expressions of a flow, with ``extra`` names; the last of a name wins.

    Every variable may have no value: who knows better has to say so.
    """
    variables = session_variables(flow)
    types = {name: type_of_variable(variable) for name, variable in variables.items()}
    types |= {name: type_from_name(kind) for name, kind in ROOTS.items()}
    types |= {scope.value: _outside(flow, scope) for scope in KNOWN}
    types |= {one.name: one.type for one in extra}
    own = frozenset(variables.keys() - ROOTS.keys())
    return Environment(types, HOST_FUNCTIONS, unset=own, mirror="vars", mirrored=own)


def _outside(flow: Flow, scope: VariableScope) -> CelType:
    """The type of the contact, or of the tenant: once something of it is declared, of that."""
    declared = outside_variables(flow, scope)
    if not declared:
        return MAP
    types = {name: type_of_variable(variable) for name, variable in declared.items()}
    return object_of({**KNOWN[scope], **types}, (*KNOWN[scope], *types))


def type_of_variable(variable: Variable) -> CelType:
    """The type of what a variable may hold."""
    return type_of(chart_type_of(variable), limits_of(variable))

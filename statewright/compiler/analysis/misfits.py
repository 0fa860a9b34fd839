"""What is sure not to fit a declared variable, whatever the user says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions import CelType
from statewright.expressions.functions.becoming import may_become
from statewright.flows.declaring import chart_type_of, held_by
from statewright.flows.model import Variable
from statewright.flows.nodes import Operation

_NUMBERS: Final = frozenset({"int", "uint", "double"})
_FIXED: Final = frozenset({"bool", "date", "timestamp", "duration", "map", "object"})
"""Types to whose values no constant can be added."""

_CHART_NAMES: Final[Mapping[str, str]] = MappingProxyType({"object": "map"})


def misfit_of_constant(variable: Variable, value: Any) -> str:
    """Why a value that is written out is none of a variable's, or ``""``; templates in it may be.

    Args:
        variable: what is declared.
        value: plain JSON, whose texts may be templates.
    """
    if not has_template(value):
        try:
            held_by(variable, value)
        except EvaluationError as error:
            return error.reason
        return ""
    if isinstance(value, str):
        return ""
    own = chart_type_of(variable)
    if own not in {"dyn", "list" if isinstance(value, list) else "map"}:
        return f"a {'list' if isinstance(value, list) else 'map'} is no {own}"
    return _misfit_inside(variable, value)


def _misfit_inside(variable: Variable, value: list[Any] | dict[str, Any]) -> str:
    fields = {field.name: field for field in variable.fields}
    if isinstance(value, dict) and fields:
        for name, field in fields.items():
            if name not in value and not field.optional:
                return f"the part `{name}` is missing"
        unknown = next((name for name in value if name not in fields), None)
        if unknown is not None and not variable.others:
            return f"the part `{unknown}` is not declared"
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        inner = fields.get(str(key), variable.of)
        reason = misfit_of_constant(inner, item) if inner is not None else ""
        if reason:
            return f"at `{key}`: {reason}"
    return ""


def has_template(value: Any) -> bool:
    """Whether a JSON value holds a template (readers bound its depth)."""
    match value:
        case str():
            return "{{" in value
        case list():
            return any(map(has_template, value))
        case dict():
            return any(map(has_template, value.values()))
        case _:
            return False


def misfit_of_type(variable: Variable, found: CelType) -> str:
    """Why no value of a type is one of a variable's, or ``""``."""
    own = chart_type_of(variable)
    if found.name == "optional_type":
        return misfit_of_type(variable, found.parameters[0])
    if found.name == "nullable":
        return "" if variable.nullable else misfit_of_type(variable, found.parameters[0])
    if found.name == "null_type":
        fits = variable.nullable or own == "dyn"
        return "" if fits else f"null is no {variable.type}"
    if not may_become(_CHART_NAMES.get(found.name, found.name), own):
        return f"a value of type `{found}` is no {variable.type}"
    wanted = {*variable.values, *variable.names}
    if wanted and found.values and found.name == own and wanted.isdisjoint(found.values):
        return f"none of {_listed(found.values)} is among {_listed(variable.values)}"
    return ""


def _listed(values: tuple[Any, ...]) -> str:
    return ", ".join(f"`{value}`" for value in values[:5])


def misfit_of_change(variable: Variable, operation: Operation, value: Any) -> str:
    """Why a variable cannot be changed by a constant, or ``""``.

    Args:
        variable: what is declared.
        operation: any but ``SET`` and ``UNSET``.
        value: what is added, appended or removed; plain JSON, whose texts may be templates.
    """
    own = variable.type
    if operation in {Operation.APPEND, Operation.REMOVE}:
        if own not in {"list", "dyn"}:
            return f"it is declared as {own}, which has no elements"
        if operation is Operation.APPEND and variable.of is not None:
            return misfit_of_constant(variable.of, value)
        return ""
    if own in _FIXED:
        return "" if has_template(value) else f"it is declared as {own}, to which nothing is added"
    if own in _NUMBERS and not has_template(value):
        return misfit_of_constant(Variable("", "int" if own == "uint" else own), value)
    return ""

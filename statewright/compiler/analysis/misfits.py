"""What is sure not to fit a declared variable, whatever the user says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions import CelType
from statewright.expressions.functions.becoming import converted, may_become
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
        if variable.of is not None:
            return misfit_of_constant(variable.of, value)
        return ""
    return "" if has_template(value) else _misfit_of_added(variable, value)


def _misfit_of_added(variable: Variable, value: Any) -> str:
    """Why a value that is written out cannot be added to a variable, or ``""``."""
    own = variable.type
    if own in _FIXED:
        return f"it is declared as {own}, to which nothing is added"
    if own in _NUMBERS:
        return misfit_of_constant(Variable("", "int" if own == "uint" else own), value)
    if own == "list":
        return "it is declared as list, to which values are appended"
    return "" if isinstance(value, str) else _misfit_of_sum(variable)


def misfit_of_increment(variable: Variable, found: CelType) -> str:
    """Why a variable cannot be incremented by any value of a type, or ``""``.

    Texts that are written as numbers are added as these, and two values of one type as such; where
    the variable has no value yet, what is added is its value.
    """
    if found.name in _WRAPPED:
        return misfit_of_increment(variable, found.parameters[0])
    own = chart_type_of(variable)
    name = _CHART_NAMES.get(found.name, found.name)
    if name not in _ADDED or name == own:
        return ""
    if own == "list":
        return f"a value of type `{found}` is no list"
    if own == "string" and name in _NUMBERS:
        return _misfit_of_sum(variable)
    wrong = own == "string" and name in {"list", "map"}
    if wrong or (own in _NUMBERS and not _may_be_number(name, found.values)):
        return f"a value of type `{found}` is no number"
    return ""


def _may_be_number(name: str, values: tuple[Any, ...]) -> bool:
    """Whether a value of a type, if it is known to be one of some, can be added to a number."""
    if name == "string":
        return not values or any(map(is_numeric, values))
    return name in _NUMBERS


_WRAPPED: Final = frozenset({"nullable", "optional_type"})
_ADDED: Final = frozenset(
    {*_NUMBERS, "bool", "string", "bytes", "timestamp", "duration", "list", "map"}
)
"""Types of which it is known what they can be added to."""


def _misfit_of_sum(variable: Variable) -> str:
    """Why no number can be added to what a variable of texts may hold, or ``""``."""
    texts = [value for value in variable.values if isinstance(value, str)]
    if texts and not any(map(is_numeric, texts)):
        return f"none of {_listed(tuple(texts))} is a number"
    return ""


def is_numeric(text: str) -> bool:
    """Whether a text is written as a number, as CEL's ``double`` reads it."""
    try:
        converted(text, "double")
    except EvaluationError:
        return False
    return True

"""Whether a value that is written out in a flow is one of the type that is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.flows.declaring import held_by
from statewright.flows.model import Variable
from statewright.flows.outline import shown
from statewright.flows.parts import Part


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_FITS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = MappingProxyType(
    {
        "string": (_is_text, "a text"),
        "date": (_is_text, "a date in quotes"),
        "timestamp": (_is_text, "a point in time in quotes"),
        "duration": (_is_text, "a duration in quotes"),
        "bytes": (_is_text, "a text"),
        "int": (_is_whole, "a whole number"),
        "uint": (lambda value: _is_whole(value) and value >= 0, "a whole number of at least 0"),
        "double": (_is_number, "a number"),
        "bool": (lambda value: isinstance(value, bool), "`true` or `false`"),
        "list": (lambda value: isinstance(value, list), "a list"),
        "map": (lambda value: isinstance(value, dict), "a map"),
        "object": (lambda value: isinstance(value, dict), "a map"),
        "enum": (lambda value: _is_text(value) or _is_whole(value), "one of `values`"),
        "any": (lambda _: True, "anything"),
        "dyn": (lambda _: True, "anything"),
    }
)
"""Which values each type can hold, and how a message says that."""


def is_written_as(declared: str, value: Any) -> bool:
    """Whether a plain value is one of a type, without conversion."""
    return _FITS[declared][0](value)


def expected_of(declared: str) -> str:
    """How a message says which values a type can hold."""
    return _FITS[declared][1]


def report_misfits(variable: Variable, part: Part) -> bool:
    """Report where a value is none that a variable can hold; whether there is such a place."""
    value = part.value
    if value is None and variable.nullable:
        return False
    if not is_written_as(variable.type, value):
        part.wrong(f"{expected_of(variable.type)}, as `type` says")
        return True
    if _report_inside(variable, part):
        return True
    try:
        held_by(variable, value)
    except EvaluationError as error:
        part.report("R004", _reason(variable, value, error))
        return True
    return False


def _reason(variable: Variable, value: Any, error: EvaluationError) -> str:
    if variable.values:
        return f"{shown(value)} is not one of `values`"
    return f"{shown(value)} is no value of `{variable.name or variable.type}`: {error.reason}"


def _report_inside(variable: Variable, part: Part) -> bool:
    """The same for what is inside a list, a map or an object."""
    fields = {field.name: field for field in variable.fields}
    if isinstance(part.value, list):
        inner = [(variable.of, item) for item in part.items()]
    elif isinstance(part.value, dict):
        inner = [(fields.get(name, variable.of), item) for name, item in part.members()]
    else:
        return False
    found = [report_misfits(one, item) for one, item in inner if one is not None]
    return any(found)

"""A variable of the native format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, get_args

from statewright.flows.dialects.native.schema import LongVariable, VariableType
from statewright.flows.dialects.native.validation import checked
from statewright.flows.model import Variable, VariableScope
from statewright.flows.names import ROOTS
from statewright.flows.nearest import did_you_mean
from statewright.flows.outline import shown
from statewright.flows.parts import Part

_TYPES: Final = get_args(VariableType)
_NUMERIC: Final = frozenset({"int", "uint", "double", "dyn"})


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
        "dyn": (lambda _: True, "anything"),
    }
)
"""Which values each type can hold, and how a message says that."""


def read_variable(name: str, part: Part) -> Variable:
    """Read the declaration of a variable; what is wrong with it is reported."""
    if name in ROOTS:
        part.report(
            "R004",
            f"`{name}` means something else in an expression",
            f"read it as `vars['{name}']`, or rename it",
            severity="warning",
            at_key=True,
        )
    if isinstance(part.value, dict):
        return _long(name, part)
    written = part.value if isinstance(part.value, str) else ""
    if written not in _TYPES:
        part.report("R004", f"{shown(part.value)} is no type", did_you_mean(written, _TYPES))
        written = "dyn"
    return Variable(name, written, location=part.key_location)


def _long(name: str, part: Part) -> Variable:
    result = checked(LongVariable, part)
    shape = result.shape if result else LongVariable.model_construct()
    accepts, what = _FITS[shape.type]
    has_default = "default" in shape.model_fields_set
    if has_default and not accepts(shape.default):
        part["default"].wrong(f"{what}, as `type` says")
        has_default = False
    values = []
    for item in part["values"].items() if shape.values else ():
        if accepts(item.value):
            values.append(item.value)
        else:
            item.report("R004", f"{shown(item.value)} must be {what}, as `type` says")
    if has_default and values and shape.default not in values:
        part["default"].report("R004", f"{shown(shape.default)} is not one of `values`")
    for limit in ("minimum", "maximum"):
        if getattr(shape, limit) is not None and shape.type not in _NUMERIC:
            part[limit].report(
                "R004", f"`{limit}` means nothing to a variable of type `{shape.type}`", at_key=True
            )
    return Variable(
        name=name,
        type=shape.type,
        default=shape.default if has_default else None,
        has_default=has_default,
        input=shape.input,
        scope=VariableScope(shape.scope),
        values=tuple(values),
        minimum=shape.minimum,
        maximum=shape.maximum,
        pii=shape.pii,
        secret=shape.secret,
        location=part.key_location,
    )

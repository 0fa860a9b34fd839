"""A variable of the native format, and what is inside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.operations.patterns import searcher
from statewright.flows.declaring import held_by
from statewright.flows.dialects.native.defaults import expected_of, is_written_as, report_misfits
from statewright.flows.dialects.native.naming import check_name
from statewright.flows.dialects.native.validation import checked
from statewright.flows.dialects.native.variable_shapes import (
    COMMON,
    MEANS_NOTHING,
    SECRET_KEYS,
    TIMES,
    TYPES,
    FieldShape,
    LongVariable,
    PartShape,
)
from statewright.flows.model import Variable, VariableScope
from statewright.flows.nearest import did_you_mean, listed
from statewright.flows.outline import shown
from statewright.flows.parts import Part

_NESTING: Final = 40
"""How many lists, maps and objects may be declared inside each other."""

_IN_SESSION: Final = frozenset({VariableScope.SESSION, VariableScope.FLOW})


def read_variable(name: str, part: Part) -> Variable:
    """Read the declaration of a variable; what is wrong with it is reported."""
    variable = _long(name, part) if isinstance(part.value, dict) else _short(name, part)
    if variable.scope in _IN_SESSION and not variable.secret:
        check_name(name, part, at_key=True)
    return variable


def _short(name: str, part: Part) -> Variable:
    """A declaration that is a type and nothing more."""
    written = part.value if isinstance(part.value, str) else ""
    if written not in TYPES:
        part.report("R004", f"{shown(part.value)} is no type", did_you_mean(written, COMMON))
        written = "dyn"
    if written == "enum":
        part.report("R004", "an enum has values", "write `{type: enum, values: [one, two]}`")
        written = "dyn"
    return Variable(name, _own(written), location=part.key_location)


def _own(written: str) -> str:
    return "dyn" if written == "any" else written


def _long(name: str, part: Part) -> Variable:
    result = checked(LongVariable, part)
    shape = result.shape if result else LongVariable.model_construct()
    if shape.secret:
        return _secret(name, shape, part)
    variable = replace(
        _read(name, shape, part, 0),
        input=shape.input,
        scope=VariableScope(shape.scope),
        read_only=shape.read_only,
        pii=shape.pii,
    )
    if shape.input and variable.scope is not VariableScope.SESSION:
        part["input"].report(
            "R004",
            f"a variable of the {shape.scope} is not given when a session starts",
            "leave `input` out, or let its scope be `session`",
            at_key=True,
        )
        variable = replace(variable, input=False)
    has_default = "default" in shape.model_fields_set
    if has_default and isinstance(shape.default, str) and "{{" in shape.default:
        message = "a default is no template: nothing is filled in"
        help_ = "let a `set` at the start of the flow give it its value"
        part["default"].report("R004", message, help_, severity="warning")
    if has_default and not report_misfits(variable, part["default"]):
        variable = replace(variable, default=_default(variable, shape.default), has_default=True)
    if shape.read_only and not (has_default or variable.input) and variable.scope in _IN_SESSION:
        part["read_only"].report(
            "R004",
            f"`{name}` is read-only, and never has a value",
            "give it a default, or let it be an input",
            at_key=True,
        )
    return variable


def _default(variable: Variable, value: Any) -> Any:
    """A default as it is read: a name of an enumeration stands for its value."""
    if isinstance(value, str) and value in variable.names and value not in variable.values:
        return variable.values[variable.names.index(value)]
    return value


def _secret(name: str, shape: LongVariable, part: Part) -> Variable:
    """A secret is known by its name only: nothing else can be said of it."""
    instead = f"keep its value outside of the flow, and write `{{{{secret:{name}}}}}` to use it"
    for key in sorted(shape.model_fields_set - {*SECRET_KEYS}):
        part[key].report(
            "R004",
            f"`{key}` means nothing to a secret, whose value is no part of a conversation",
            instead,
            at_key=True,
        )
    if shape.type not in {"string", "any", "dyn"}:
        part["type"].report("R004", "a secret is a text", "let its type be `string`")
    return Variable(name, "string", pii=shape.pii, secret=True, location=part.key_location)


def _read(name: str, shape: PartShape, part: Part, depth: int) -> Variable:
    """What is said of a variable, or of a part of one."""
    own = shape.type
    typed = "type" not in part.value or "type" in shape.model_fields_set
    for keys, types in MEANS_NOTHING if typed else ():
        for key in keys:
            if own not in types and key in shape.model_fields_set:
                part[key].report(
                    "R004",
                    f"`{key}` means nothing to a variable of type `{own}`",
                    f"it belongs to {listed([one for one in COMMON if one in types])}",
                    at_key=True,
                )
    values, names = _values(shape, part)
    variable = Variable(
        name=name,
        type=_own(own),
        values=values,
        names=names,
        minimum=_bound(own, shape.minimum, part["minimum"]),
        maximum=_bound(own, shape.maximum, part["maximum"]),
        min_length=shape.min_length,
        max_length=shape.max_length,
        pattern=_pattern(shape, part) if own == "string" else "",
        nullable=shape.nullable,
        of=_element(part["of"], depth) if shape.of is not None and own in {"list", "map"} else None,
        fields=_fields(part["fields"], depth) if own == "object" else (),
        others=shape.others,
        location=part.key_location,
    )
    _check_order(variable, part)
    return variable


def _element(part: Part, depth: int) -> Variable:
    return _inside("", part, depth, PartShape)


def _fields(part: Part, depth: int) -> tuple[Variable, ...]:
    return tuple(_inside(name, inner, depth, FieldShape) for name, inner in part.members())


def _inside(name: str, part: Part, depth: int, model: type[PartShape]) -> Variable:
    if not isinstance(part.value, dict):
        return _short(name, part)
    if depth >= _NESTING:
        part.report("R004", f"more than {_NESTING} types are declared inside each other")
        return Variable(name, location=part.key_location)
    result = checked(model, part)
    shape = result.shape if result else model.model_construct()
    variable = _read(name, shape, part, depth + 1)
    return replace(variable, optional=isinstance(shape, FieldShape) and shape.optional)


def _values(shape: PartShape, part: Part) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """The values that are declared, and their names."""
    written = part["values"]
    if not shape.values:
        if shape.type == "enum":
            part["type"].report("R004", "an enum has values", "list them under `values`")
        return (), ()
    named = isinstance(shape.values, dict)
    items = [*written.members()] if named else [("", item) for item in written.items()]
    first = items[0][1].value
    kept: list[tuple[str, Any]] = []
    for name, item in items:
        if shape.type == "enum" and not _is_alike(first, item.value):
            item.wrong("a text, or a whole number as all the others")
        elif shape.type != "enum" and not is_written_as(shape.type, item.value):
            wanted = expected_of(shape.type)
            item.report("R004", f"{shown(item.value)} must be {wanted}, as `type` says")
        elif any(item.value == value and type(item.value) is type(value) for _, value in kept):
            item.report("R004", f"{shown(item.value)} is listed twice", severity="warning")
        else:
            kept.append((name, item.value))
    values = tuple(value for _, value in kept)
    return values, tuple(name for name, _ in kept) if named else ()


def _is_alike(first: Any, value: Any) -> bool:
    """Whether a value may stand beside the first one of an enumeration."""
    wanted = str if isinstance(first, str) else int
    return isinstance(value, wanted) and not isinstance(value, bool)


def _pattern(shape: PartShape, part: Part) -> str:
    if not shape.pattern:
        return ""
    try:
        searcher(shape.pattern)
    except EvaluationError as error:
        help_ = "patterns are RE2: without look-ahead, look-behind and back references"
        part["pattern"].report("R004", error.reason, help_)
        return ""
    return shape.pattern


def _bound(own: str, bound: float | str | None, part: Part) -> float | str | None:
    """A bound, if it is one of the type; of a time it is a text."""
    if bound is None:
        return None
    if own in TIMES:
        try:
            held_by(Variable("", own), bound if isinstance(bound, str) else None)
        except EvaluationError:
            part.wrong(f"{expected_of(own)}, as `type` says")
            return None
    elif isinstance(bound, str):
        part.wrong("a number")
        return None
    return bound


def _check_order(variable: Variable, part: Part) -> None:
    """Report bounds of which no value could ever be."""
    for least, most in (("minimum", "maximum"), ("min_length", "max_length")):
        low, high = getattr(variable, least), getattr(variable, most)
        if low is None or high is None or not part[least].present:
            continue
        if least == "minimum" and variable.type in TIMES:
            try:
                held_by(replace(variable, minimum=low, maximum=None, nullable=False), high)
            except EvaluationError:
                part[least].report("R004", f"`{least}` is greater than `{most}`", at_key=True)
        elif low > high:
            part[least].report("R004", f"`{least}` is greater than `{most}`", at_key=True)

"""The expressions of a document, in whichever of its languages, as CEL.

The language is that of ``datamodel``: ``cel``, the plain subset of ``ecmascript``, or ``null``,
which has only ``In``. Whatever cannot be read is reported, and becomes an expression that always
fails: a draft raises ``error.execution`` there, as SCXML has it for expressions that are illegal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from statewright.compiler.lowering.texts import failing
from statewright.compiler.scope import HOST_FUNCTIONS, ROOTS
from statewright.compiler.sources.scxml.context import Context
from statewright.compiler.sources.scxml.ecmascript import (
    assignments_from_ecmascript,
    cel_from_ecmascript,
)
from statewright.compiler.sources.scxml.elements import Attribute
from statewright.compiler.sources.scxml.terms import UntranslatableError
from statewright.errors import ExpressionError
from statewright.expressions import (
    Computed,
    Environment,
    Expression,
    check,
    parse,
    references,
    type_from_name,
)
from statewright.expressions.syntax import (
    Call,
    Comparison,
    Has,
    Index,
    Literal,
    Macro,
    Name,
    Node,
    Select,
    children,
)
from statewright.flows.names import variable_in_cel
from statewright.flows.nearest import did_you_mean
from statewright.flows.outline import shown
from statewright.statechart.actions import Assign
from statewright.statechart.definition import Actions
from statewright.statechart.sourcemap import Location
from statewright.statechart.structure.validation import LOCATION_LENGTH

CEL: Final = "cel"
ECMASCRIPT: Final = "ecmascript"
NULL: Final = "null"
DATAMODELS: Final = (CEL, ECMASCRIPT, NULL)

_SYSTEM: Final[Mapping[str, str]] = {
    "_event": "event",
    "_sessionid": "session.id",
    "_name": "session.flow",
    "_ioprocessors": "session.ioprocessors",
}
"""SCXML's system variables (5.10) → how our expressions read them."""

_WRITTEN: Final = frozenset({"contact", "tenant"})
"""What can be written to without being declared."""

_EVENT_FIELDS: Final = {"type": "kind"}
"""Fields of ``_event`` that have another name here."""


def guard_from(attribute: Attribute, context: Context) -> Expression:
    """The condition that an attribute holds."""
    return _expression(attribute, context, "bool")


def value_from(attribute: Attribute, context: Context) -> Computed:
    """The value that the expression of an attribute gives."""
    if context.datamodel == NULL:
        message = "the datamodel `null` has no values; this always fails"
        context.report("R006", message, attribute.location, 'say `datamodel="cel"`')
        return Computed(failing("the datamodel `null` has no values"))
    return Computed(_expression(attribute, context, "dyn"))


def shown_value_from(attribute: Attribute, context: Context) -> Computed | None:
    """The value for a log; None where it cannot be read: nothing else depends on it."""
    if context.datamodel == ECMASCRIPT:
        try:
            cel_from_ecmascript(attribute.value.strip(), variable_in_cel)
        except UntranslatableError as error:
            message = f"this is no plain expression of ECMAScript: {error}; it is not logged"
            context.report("R006", message, attribute.location, severity="warning")
            return None
    return value_from(attribute, context)


def failure(reason: str) -> Assign:
    """An action that always fails, with this reason."""
    return Assign(("failed",), Computed(failing(reason)))


def _expression(attribute: Attribute, context: Context, wanted: str) -> Expression:
    written = attribute.value.strip()
    try:
        if context.datamodel == ECMASCRIPT:
            translated = cel_from_ecmascript(
                written,
                variable_in_cel,
                flags=context.booleans,
                condition=wanted == "bool",
            )
            expression = parse(translated)
            _check(expression, attribute, context, wanted, translated=True)
            return expression
        expression = parse(written)
        if context.datamodel == NULL and not _is_in(expression.root):
            message = f"{shown(written)} is not `In('id')`, all that the datamodel `null` knows"
            context.report("R006", message, attribute.location, 'say `datamodel="cel"`')
            return failing("the datamodel `null` knows only `In`")
    except UntranslatableError as error:
        message = f"this is no plain expression of ECMAScript: {error}; it always fails"
        help_ = 'write it in CEL, and say `datamodel="cel"`'
        context.report("R006", message, attribute.location, help_)
        return failing(f"{error}, in {shown(written)}")
    except ExpressionError as error:
        place = place_in(attribute, error.start)
        context.report("G301", error.reason, place, error.hint)
        return failing(f"{error.reason}, in {shown(written)}")
    own = _with_our_names(expression)
    _check(own, attribute, context, wanted, translated=own is not expression)
    return own


def place_in(attribute: Attribute, offset: int) -> Location:
    """Where a part of the value of an attribute stands, as far as that can be told."""
    place = attribute.location
    if not place.text_column:
        return place
    indent = len(attribute.value) - len(attribute.value.lstrip())
    return replace(place, column=place.text_column + indent + offset)


def _is_in(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "In" and node.target is None


def _check(
    expression: Expression, attribute: Attribute, context: Context, wanted: str, *, translated: bool
) -> None:
    """Warn of what the types say: to run into an error is a thing that a document may want."""
    types = {name: type_from_name(kind) for name, kind in ROOTS.items()}
    types = dict.fromkeys(context.variables, type_from_name("dyn")) | types
    checked = check(expression, Environment(types, HOST_FUNCTIONS))
    for problem in checked.problems:
        place = attribute.location if translated else place_in(attribute, problem.start)
        context.report("G302", problem.reason, place, problem.hint, "warning")
    if not checked.problems and wanted == "bool" and checked.type.name not in {"bool", "dyn"}:
        message = f"a condition is true or false, not {checked.type}"
        context.report("G302", message, attribute.location, "", "warning")


def _with_our_names(expression: Expression) -> Expression:
    """An expression with our names for SCXML's system variables."""
    changes = sorted(_changes(expression.root, expression.text, frozenset()), reverse=True)
    text = expression.text
    for start, end, ours in changes:
        text = text[:start] + ours + text[end:]
    return parse(text) if changes else expression


def _changes(node: Node, text: str, bound: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """What has to be replaced: from, to, and by what."""
    match node:
        case Name(name) if name in _SYSTEM and name not in bound:
            yield node.start, node.end, _SYSTEM[name]
        case Select(Name("_event") as root, field) | Has(Name("_event") as root, field) if (
            field in _EVENT_FIELDS and "_event" not in bound
        ):
            start = text.rfind(field, root.end, node.end)
            yield from _changes(root, text, bound)
            yield start, start + len(field), _EVENT_FIELDS[field]
        case Index(Name("_event") as root, Literal(key) as literal) | Comparison(
            "in", Literal(key) as literal, Name("_event") as root
        ) if key in _EVENT_FIELDS and "_event" not in bound:
            yield from _changes(root, text, bound)
            yield literal.start, literal.end, f"'{_EVENT_FIELDS[key]}'"
        case Macro():
            yield from _changes(node.subject, text, bound)
            inner = bound | set(node.variables)
            for argument in node.arguments:
                yield from _changes(argument, text, inner)
        case _:
            for child in children(node):
                yield from _changes(child, text, bound)


def location_from(attribute: Attribute, context: Context) -> tuple[str, ...] | None:
    """The names of a location that is written to; what is none is reported, and None."""
    if context.datamodel == NULL:
        context.report("R006", "the datamodel `null` has no variables", attribute.location)
        return None
    path = path_from_text(attribute.value.strip())
    if path is None:
        message = f"{shown(attribute.value)} is no place that can be written to"
        context.report(
            "R004", message, attribute.location, "write a name, or a path: `order.total`"
        )
    elif len(path) > LOCATION_LENGTH:
        message = f"the path has more than {LOCATION_LENGTH} names"
        context.report("R004", message, attribute.location, "make it shorter")
        return None
    elif path[0] not in context.variables and path[0] not in _WRITTEN:
        message = f"no variable {shown(path[0])} is declared; this always fails"
        help_ = did_you_mean(path[0], context.variables) if context.variables else ""
        context.report("G303", message, attribute.location, help_, "warning")
    return path


def script_from(text: str, location: Location, context: Context) -> Actions:
    """The actions of a script that only assigns; what else it may do is reported."""
    if context.datamodel != ECMASCRIPT:
        message = f"a `<script>` is not run in the datamodel `{context.datamodel}`"
        context.report("R006", message, location, "use `<assign>`")
        return (failure(message),)
    try:
        return tuple(
            Assign(_written(target), Computed(parse(value)))
            for target, value in assignments_from_ecmascript(text, variable_in_cel)
        )
    except (UntranslatableError, ExpressionError) as error:
        reason = error.reason if isinstance(error, ExpressionError) else str(error)
        message = f"this `<script>` is not run: {reason}"
        context.report("R006", message, location, "use `<assign>`")
        return (failure(message),)


def _written(target: str) -> tuple[str, ...]:
    """The names of a location that is written in CEL."""
    path = path_from_text(target)
    if path is None:
        raise UntranslatableError(f"{shown(target)} is no place that can be written to")
    return path[1:] if path[0] == "vars" and len(path) > 1 else path


def path_from_text(text: str) -> tuple[str, ...] | None:
    """The names of a path: ``order.items['x']``; None for what is none."""
    try:
        found = references(parse(text), frozenset({text}))
    except ExpressionError:
        return None
    if len(found) != 1 or found[0].tested or (found[0].start, found[0].end) != (0, len(text)):
        return None
    return found[0].path

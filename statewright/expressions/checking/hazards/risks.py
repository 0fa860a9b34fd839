"""What may go wrong in each function, with arguments of the right types: one table.

A function that is not in it is taken for one that may fail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.checking.hazards.application import Application
from statewright.expressions.checking.hazards.ranges import LIMITS
from statewright.expressions.failures import FailureKind
from statewright.expressions.functions.becoming import KNOWN
from statewright.expressions.nanoseconds import EPOCH
from statewright.expressions.operations.patterns import searcher
from statewright.expressions.syntax import ListLiteral, Literal
from statewright.expressions.types import CelType
from statewright.expressions.values import SIZE_LIMIT, TypeValue, Uint

Risk = Callable[[Application], None]


def may_fail(call: Application) -> None:
    """Of what is not in the table, nothing is known."""
    call.report(FailureKind.ARGUMENT, f"{call.shown} may have no value for these arguments")


def _total(_: Application) -> None:
    """It has a value for all arguments."""


def _becoming(call: Application) -> None:
    declared = call.operands[1]
    if not isinstance(declared, Literal) or declared.value not in KNOWN:
        reason = f"{call.survey.shown(declared)} may be no name of a type"
        call.report(FailureKind.ARGUMENT, reason)


def _fails(call: Application) -> None:
    call.report(FailureKind.FAIL, f"{call.shown} is an error by its meaning")


# Conversions

_CONVERTED: Final[Mapping[str, frozenset[str]]] = {
    "int": frozenset(("double", "string")),
    "uint": frozenset(("double", "string")),
    "double": frozenset(("string",)),
    "string": frozenset(("bytes",)),
    "bool": frozenset(("string",)),
    "timestamp": frozenset(("string",)),
    "duration": frozenset(("string",)),
    "ip": frozenset(("string",)),
    "cidr": frozenset(("string",)),
    "ip.isCanonical": frozenset(("string",)),
    "base64.decode": frozenset(("string",)),
}
"""Conversions that not every value of these types has."""


def _conversion(call: Application) -> None:
    name, source = call.overload.name, call.parameter(0)
    if source in _CONVERTED[name]:
        wanted = call.overload.result.name
        call.report(FailureKind.CONVERSION, f"{call.shown}: not every {source} makes a {wanted}")
    elif name == "uint" and source == "int":
        known = call.ranges[0]
        if known is None or known[0] < 0:
            reason = f"{call.shown}: what is less than zero is no uint"
            call.report(FailureKind.NEGATIVE, reason)
    elif (name, source) == ("int", "uint"):
        known = call.ranges[0]
        if known is None or known[1] > LIMITS["int"][1]:
            _overflow(call)
    elif (name, source) == ("timestamp", "int"):
        _overflow(call)


def _overflow(call: Application) -> None:
    call.report(FailureKind.OVERFLOW, f"{call.shown} may be out of range")


# Texts and places in them


def _places(call: Application, sort: str) -> None:
    """A function of a text or list, and of one or two places in it, in their order."""
    size = call.least_size(0, sort)
    places = [place for place, name in enumerate(call.overload.parameters) if name.name == "int"]
    last = 0
    for place in places:
        known = call.ranges[place]
        if known is None or known[0] < last or known[1] > size:
            reason = f"{call.shown} may look outside of {call.survey.shown(call.operands[0])}"
            text = call.survey.quoted(call.operands[0])
            call.report(FailureKind.INDEX, reason, f"test it first: `size({text}) >= …`")
            return
        last = known[1]


def _not_negative(call: Application) -> None:
    """A function whose last argument may not be negative."""
    known = call.ranges[-1]
    if known is None or known[0] < 0:
        reason = f"{call.survey.shown(call.operands[-1])} may be less than zero"
        call.report(FailureKind.ARGUMENT, reason)


def _of_levels(call: Application) -> None:
    if len(call.operands) > 1:
        _not_negative(call)


def _range(call: Application) -> None:
    known = call.ranges[0]
    if known is None or known[1] > SIZE_LIMIT:
        call.report(FailureKind.BUDGET, f"{call.shown} may be too long a list")


def _pattern(call: Application) -> None:
    pattern = call.literal(1)
    try:
        if isinstance(pattern, str):
            searcher(pattern)
            return
    except EvaluationError:
        pass
    reason = f"{call.survey.shown(call.operands[1])} may be no pattern of RE2's"
    call.report(FailureKind.PATTERN, reason)


def _extraction(call: Application) -> None:
    """It takes patterns with one group at most."""
    pattern = call.literal(1)
    try:
        if isinstance(pattern, str):
            call.overload.implementation("", pattern)
            return
    except EvaluationError:
        pass
    may_fail(call)


_SAMPLES: Final[Mapping[str, Any]] = {
    "null_type": None,
    "bool": True,
    "int": 1,
    "uint": Uint(1),
    "double": 1.5,
    "string": "a",
    "bytes": b"a",
    "timestamp": EPOCH,
    "duration": timedelta(0),
    "type": TypeValue("int"),
}
"""Whether ``format`` can show a value depends on its type only."""


def _format(call: Application) -> None:
    template, arguments = call.literal(0), call.operands[1]
    if isinstance(template, str) and isinstance(arguments, ListLiteral) and not arguments.optional:
        types = [call.survey.type_of(item) for item in arguments.items]
        try:
            for null in (False, True):
                samples = [_sample(one, null=null) for one in types]
                call.overload.implementation(template, samples)
        except (EvaluationError, KeyError):
            pass
        else:
            return
    reason = f"{call.shown} may be given what it cannot show"
    call.report(FailureKind.ARGUMENT, reason)


def _sample(one: CelType, *, null: bool) -> Any:
    """A value of a type.

    Raises:
        KeyError: it may be of any class.
    """
    if one.name == "nullable":
        return None if null else _sample(one.parameters[0], null=null)
    if one.name == "list":
        return [_sample(one.parameters[0], null=null)]
    if one.name == "map":
        key, value = (_sample(inner, null=null) for inner in one.parameters)
        return {"a" if isinstance(key, bool) else key: value}
    return _SAMPLES[one.name]


def _part_of_time(call: Application) -> None:
    """A part of a timestamp in a zone, or in UTC; of a duration."""
    if len(call.operands) == 1:
        return
    zone = call.literal(1)
    try:
        if isinstance(zone, str):
            call.overload.implementation(EPOCH, zone)
            _overflow(call)
            return
    except EvaluationError:
        pass
    reason = f"{call.survey.shown(call.operands[1])} may be no time zone"
    call.report(FailureKind.CONVERSION, reason)


# Numbers and lists


def _absolute(call: Application) -> None:
    known = call.ranges[0]
    if call.parameter(0) == "int" and (known is None or known[0] == LIMITS["int"][0]):
        _overflow(call)


def _extreme(call: Application) -> None:
    """``math.greatest`` and ``math.least`` of a list, or of several numbers."""
    if call.parameter(0) == "list":
        _needs_elements(call)
    elif any(one.name not in _NUMBERS for one in call.types):
        reason = f"{call.shown} may be of what are no numbers"
        call.report(FailureKind.TYPE, reason)


def _needs_elements(call: Application) -> None:
    if len(call.operands) == 1 and call.least_size(0, "list") == 0:
        text = call.survey.quoted(call.operands[0])
        reason = f"{call.survey.shown(call.operands[0])} may be empty"
        call.report(FailureKind.EMPTY, reason, f"test it first: `size({text}) > 0`")


def _ordered(call: Application) -> None:
    """What is in the list needs an order; NaN has none."""
    element = call.element()
    if element == "double":
        reason = f"{call.survey.shown(call.operands[0])} may hold NaN, which has no order"
        call.report(FailureKind.ARGUMENT, reason)
    elif element not in _ORDERED:
        reason = f"{call.survey.shown(call.operands[0])} may hold what has no order"
        call.report(FailureKind.TYPE, reason)


def _least_or_most(call: Application) -> None:
    _needs_elements(call)
    _ordered(call)


def _added(call: Application) -> None:
    _needs_elements(call)
    if call.overload.result.name != "double":
        _overflow(call)
    if call.overload.parameters[0].parameters[0].name == "dyn":
        reason = f"{call.survey.shown(call.operands[0])} may hold what cannot be added"
        call.report(FailureKind.TYPE, reason)


def _mean(call: Application) -> None:
    _needs_elements(call)


def _value(call: Application) -> None:
    if not call.knows("value", 0):
        text = call.survey.quoted(call.operands[0])
        reason = f"{call.survey.shown(call.operands[0])} may be empty"
        call.report(FailureKind.EMPTY, reason, f"test it first: `{text}.hasValue()`")


_NUMBERS: Final = frozenset(("int", "uint", "double"))
_ORDERED: Final = frozenset(
    ("int", "uint", "bool", "string", "bytes", "timestamp", "duration", "never")
)

_TOTAL: Final = (
    *("size", "count", "contains", "startsWith", "endsWith", "type", "dyn", "bytes"),
    *("lowerAscii", "upperAscii", "reverse", "trim", "strings.quote", "join", "replace", "split"),
    *("math.ceil", "math.floor", "math.round", "math.trunc", "math.sign", "math.sqrt"),
    *("math.isNaN", "math.isInf", "math.isFinite", "math.bitAnd", "math.bitOr", "math.bitXor"),
    *("math.bitNot", "distinct", "first", "last", "base64.encode"),
    *("sets.contains", "sets.equivalent", "sets.intersects"),
    *("optional.of", "optional.none", "optional.ofNonZeroValue", "hasValue", "or", "orValue"),
    *("isIP", "isCIDR", "family", "isGlobalUnicast", "isLinkLocalMulticast"),
    *("isLinkLocalUnicast", "isLoopback", "isUnspecified", "isMask", "masked", "prefixLength"),
    *("answer.text", "answer.number", "answer.integer", "answer.boolean", "answer.email"),
    *("answer.phone", "answer.url", "answer.date", "answer.time"),
    *("answer.numberIn", "answer.integerIn", "answer.dateIn", "answer.timeIn"),
)
"""Functions that have a value for all arguments of their types, if that is not too large."""

_OF_TIMES: Final = (
    *("getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"),
    *("getHours", "getMinutes", "getSeconds", "getMilliseconds"),
)

_OF_PLACES: Final = ("charAt", "substring", "indexOf", "lastIndexOf")
_SHIFTS: Final = ("math.bitShiftLeft", "math.bitShiftRight")

COMPUTED: Final = frozenset((*_CONVERTED, *_OF_TIMES, *_OF_PLACES, *_SHIFTS, "math.abs"))
"""Functions that are tried out where all arguments are written out; none makes a large value."""

RISKS: Final[Mapping[str, Risk]] = {
    **dict.fromkeys(_TOTAL, _total),
    **dict.fromkeys(_CONVERTED, _conversion),
    **dict.fromkeys(_OF_TIMES, _part_of_time),
    "fail": _fails,
    "answer.becomes": _becoming,
    **dict.fromkeys(_OF_PLACES, partial(_places, sort="text")),
    "slice": partial(_places, sort="list"),
    **dict.fromkeys(_SHIFTS, _not_negative),
    "flatten": _of_levels,
    "lists.range": _range,
    "matches": _pattern,
    "regex.extract": _extraction,
    "regex.extractAll": _extraction,
    "format": _format,
    "math.abs": _absolute,
    **dict.fromkeys(("math.greatest", "math.least"), _extreme),
    "sort": _ordered,
    **dict.fromkeys(("min", "max"), _least_or_most),
    "sum": _added,
    "avg": _mean,
    "value": _value,
}
"""The name of a function → what may go wrong with it."""

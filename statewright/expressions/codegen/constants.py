"""The constants of generated code: kept as plain data, made into values when code is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from statewright.expressions.codegen.page import Constant
from statewright.expressions.codegen.support import Undecided
from statewright.expressions.functions import FUNCTIONS
from statewright.expressions.meter import FREE, spend_on, spend_on_contents
from statewright.expressions.overloads import Dispatch, Implementation
from statewright.expressions.patterns import matcher
from statewright.expressions.values import TYPE_VALUES, Uint, kind

_CLASSES: Final[Mapping[str, type]] = {
    "bool": bool,
    "int": int,
    "uint": Uint,
    "double": float,
    "string": str,
    "bytes": bytes,
    "list": list,
    "map": dict,
    "timestamp": datetime,
    "duration": timedelta,
}


def add_constants(namespace: dict[str, Any], constants: Sequence[Constant]) -> None:
    """Put the constants of a module into its namespace.

    Raises:
        KeyError: there is no such kind of constant, or no such function or type.
    """
    for number, (kind_, *parts) in enumerate(constants):
        name = f"_k{number}"
        if kind_ == "pattern":
            namespace[name] = _pattern(namespace, name, str(parts[0]))
        else:
            namespace[name] = _MAKERS[str(kind_)](*parts)


def _pattern(namespace: dict[str, Any], name: str, pattern: str) -> Callable[[str], object]:
    """A function that reads the pattern on its first call, and then makes way for RE2's."""

    def first(text: str) -> object:
        match = namespace[name] = matcher(pattern)
        return match(text)

    return first


def _function(
    name: str, sort: str, count: int, classes: tuple[str, ...], steps: int
) -> Implementation:
    """A function of the table that raises ``Undecided`` where it would have to be paid for.

    Args:
        name: the function.
        sort: ``"member"`` if it is called on a target.
        count: how many arguments it is called with.
        classes: the types of the arguments, if they are known.
        steps: what one call may cost.
    """
    dispatch = FUNCTIONS[name, sort == "member"]
    known = dispatch.by_classes.get(tuple(_CLASSES[one] for one in classes)) if classes else None
    apply = known or _dispatched(dispatch)
    if count == 1 and not dispatch.deep:
        return _paid_result(apply, steps) if dispatch.grows else apply
    if count == 2 and not dispatch.deep:
        return _of_two(apply, steps)
    return _of_many(apply, steps, spend_on_contents if dispatch.deep else spend_on)


def _dispatched(dispatch: Dispatch) -> Implementation:
    """A function that chooses its implementation by the classes of the arguments."""
    by_classes, by_count = dispatch.by_classes, dispatch.by_count

    def apply(*values: Any) -> Any:
        implementation = by_classes.get(tuple(map(type, values)))
        if implementation is None:
            implementation = by_classes.get(tuple(map(kind, values))) or by_count.get(len(values))
        if implementation is None:
            raise Undecided
        return implementation(*values)

    return apply


def _paid_result(apply: Implementation, steps: int) -> Implementation:
    def call(value: Any) -> Any:
        result = apply(value)
        spend_on([steps], result)
        return result

    return call


def _of_two(apply: Implementation, steps: int) -> Implementation:
    def call(one: Any, other: Any) -> Any:
        own = type(one)
        if (own is str or own is list) and len(one) > FREE:
            spend_on([steps], one)
        result = apply(one, other)
        spend_on([steps], result)
        return result

    return call


def _of_many(
    apply: Implementation, steps: int, pay: Callable[[list[Any], Any], None]
) -> Implementation:
    def call(*values: Any) -> Any:
        for value in values:
            pay([steps], value)
        result = apply(*values)
        spend_on([steps], result)
        return result

    return call


_MAKERS: Final[Mapping[str, Callable[..., Any]]] = {
    "bytes": bytes,
    "double": float,
    "function": _function,
    "type": TYPE_VALUES.__getitem__,
    "uint": Uint,
}

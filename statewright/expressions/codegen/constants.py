"""The constants of generated code: kept as plain data, made into values when code is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from statewright.expressions.codegen.page import Constant
from statewright.expressions.codegen.support import Undecided
from statewright.expressions.functions import FUNCTIONS
from statewright.expressions.meter import spend, spend_on, spend_on_contents
from statewright.expressions.operations.patterns import matcher
from statewright.expressions.overloads import Dispatch, Implementation
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
}
_SMALL: Final = frozenset(("bool", "int", "uint", "double"))


def add_constants(namespace: dict[str, Any], constants: Sequence[Constant]) -> None:
    """Put the constants of a module into its namespace.

    Raises:
        KeyError: there is no such kind of constant, or no such function or type.
    """
    for number, (sort, *parts) in enumerate(constants):
        name = f"_k{number}"
        if sort == "pattern":
            namespace[name] = _pattern(namespace, name, str(parts[0]))
        else:
            namespace[name] = _MAKERS[str(sort)](*parts)


def _pattern(namespace: dict[str, Any], name: str, pattern: str) -> Callable[[str], object]:
    """A function that reads the pattern on its first call, and then makes way for RE2's."""

    def first(text: str) -> object:
        match = namespace[name] = matcher(pattern)
        return match(text)

    return first


def _function(name: str, sort: str, classes: tuple[str, ...], steps: int) -> Implementation:
    """A function of the table that gives up where too much would have to be paid for it.

    Args:
        name: the function.
        sort: ``"member"`` if it is called on a target.
        classes: the types of the arguments, if they are known.
        steps: what one call may cost.
    """
    dispatch = FUNCTIONS[name, sort == "member"]
    known = dispatch.by_classes.get(tuple(_CLASSES[one] for one in classes)) if classes else None
    if known is not None and not dispatch.grows and (dispatch.light or _SMALL.issuperset(classes)):
        return known
    return _paid(known or _dispatched(dispatch), dispatch, steps)


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


def _paid(apply: Implementation, dispatch: Dispatch, steps: int) -> Implementation:
    """A function that fails where what it reads or builds costs more steps."""
    pay = spend_on_contents if dispatch.deep else spend_on
    is_free = dispatch.light and not dispatch.deep

    def call(*values: Any) -> Any:
        if not is_free:
            for value in values:
                pay([steps], value)
        if dispatch.price is not None:
            spend([steps], dispatch.price(*values))
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

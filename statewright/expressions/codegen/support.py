"""The functions that generated code calls: ``SUPPORT`` lists all of them.

They do what is too long to be written out at every place, or too rare. Whatever they cannot decide
they raise ``Undecided`` for, and the interpreter does.

Everything else that generated code needs are constants; ``constants`` makes those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import NoneType
from typing import Any, Final, NoReturn

from statewright.expressions.functions.lists import sorted_by
from statewright.expressions.meter import FREE, spend_on
from statewright.expressions.operations.access import (
    has,
    index,
    index_optional,
    select,
    select_optional,
)
from statewright.expressions.operations.arithmetic import (
    add,
    divide,
    multiply,
    negate,
    remainder,
    subtract,
)
from statewright.expressions.operations.comparison import contains, equal, ordered
from statewright.expressions.values import (
    INT_MAX,
    INT_MIN,
    NOTHING,
    Maybe,
    Uint,
    key_from_value,
    kind,
    sorted_keys,
    value_from_key,
)

WHOLE_LIMIT: Final = 2**62


class Undecided(Exception):
    """Generated code cannot tell what the value is, or that there is none; it is never seen."""


def undecided(*_: object) -> NoReturn:
    """Leave it to the interpreter."""
    raise Undecided


def whole(value: int) -> int:
    """An int that is far from overflowing, and so is what it was made of."""
    if -WHOLE_LIMIT <= value <= WHOLE_LIMIT:
        return value
    raise Undecided


def added(left: Any, right: Any, steps: int) -> Any:
    """``left + right`` if what comes out costs no more than so many steps."""
    result = add(left, right)
    spend_on([steps], result)
    return result


def taken(value: Any) -> Any:
    """What a function of a host gave, if it is plain; the interpreter looks into others."""
    own = type(value)
    if own in _PLAIN or (own is int and INT_MIN <= value <= INT_MAX):
        return value
    if own is str and len(value) <= FREE:
        return value
    raise Undecided


def equal_within(left: Any, right: Any, steps: int) -> bool:
    """``left == right`` if that costs no more than so many steps."""
    return equal(left, right, [steps])


def contains_within(value: Any, container: Any, steps: int) -> bool:
    """``value in container`` if that costs no more than so many steps."""
    return contains(value, container, [steps])


def walked(value: Any, limit: int) -> Iterable[Any]:
    """The elements of a list or the keys of a map, as a macro walks through them."""
    own = kind(value)
    if len(value) > limit:
        raise Undecided
    if own is dict:
        return [value_from_key(key) for key in sorted_keys(value)]
    if own is list:
        return value  # type: ignore[no-any-return]  # a list, or read as one
    raise Undecided


def walked_in_pairs(value: Any, limit: int) -> Iterable[tuple[Any, Any]]:
    """Index and element of a list, key and value of a map."""
    own = kind(value)
    if len(value) > limit:
        raise Undecided
    if own is dict:
        return [(value_from_key(key), value[key]) for key in sorted_keys(value)]
    if own is list:
        return enumerate(value)
    raise Undecided


def put(result: dict[Any, Any], key: Any, value: Any) -> None:
    """Add an entry to a map that does not have it."""
    result[new_key(result, key)] = value


def new_key(result: dict[Any, Any], key: Any) -> Any:
    """What stands for a value among the keys of a map that does not have it."""
    place = key_from_value(key)
    if kind(key) is float or place in result:
        raise Undecided
    return place


def merge(result: dict[Any, Any], entries: Mapping[Any, Any]) -> None:
    """Add entries to a map that has none of them."""
    if kind(entries) is not dict:
        raise Undecided
    for key, value in entries.items():
        put(result, value_from_key(key), value)


def list_with(optional: Sequence[int], *items: Any) -> list[Any]:
    """A list of these items; those at the places in ``optional`` are optionals, and may lack."""
    result: list[Any] = []
    for place, item in enumerate(items):
        if place not in optional:
            result.append(item)
        elif opened(item).present:
            result.append(item.value)
    return result


def map_with(optional: Sequence[int], *parts: Any) -> dict[Any, Any]:
    """A map of these keys and values in turn, as ``list_with``."""
    result: dict[Any, Any] = {}
    for place in range(len(parts) // 2):
        key, value = parts[2 * place : 2 * place + 2]
        new = new_key(result, key)
        if place not in optional:
            result[new] = value
        elif opened(value).present:
            result[new] = value.value
    return result


def opened(value: Any) -> Maybe:
    """A value that has to be an optional."""
    if type(value) is Maybe:
        return value
    raise Undecided


_PLAIN: Final = frozenset((bool, float, NoneType))

SUPPORT: Final[Mapping[str, object]] = {
    "Exception": Exception,
    "dict": dict,
    "enumerate": enumerate,
    "float": float,
    "int": int,
    "len": len,
    "list": list,
    "str": str,
    "type": type,
    "_Maybe": Maybe,
    "_NOTHING": NOTHING,
    "_SIZES": frozenset((str, bytes, list, dict)),
    "_Uint": Uint,
    "_add": added,
    "_contains": contains_within,
    "_divide": divide,
    "_equal": equal_within,
    "_has": has,
    "_index": index,
    "_index_optional": index_optional,
    "_list_with": list_with,
    "_map_with": map_with,
    "_merge": merge,
    "_multiply": multiply,
    "_negate": negate,
    "_optional": opened,
    "_ordered": ordered,
    "_pairs": walked_in_pairs,
    "_put": put,
    "_remainder": remainder,
    "_select": select,
    "_select_optional": select_optional,
    "_sorted": sorted_by,
    "_subtract": subtract,
    "_taken": taken,
    "_undecided": undecided,
    "_walk": walked,
    "_whole": whole,
}
"""Every global name of generated code that is no function or constant of its own, and ``_exact``.

``_exact(number, names, host)`` is the interpreter; ``loading`` adds it.
"""

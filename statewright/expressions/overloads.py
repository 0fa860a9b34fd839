"""What a function is: its name, and for each list of argument types an implementation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from itertools import product
from types import NoneType
from typing import Any, Final

from statewright.expressions.types import CelType
from statewright.expressions.values import Maybe, TypeValue, Uint

Implementation = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Overload:
    """One signature of a function, with what it does.

    Attributes:
        name: the function; with its namespace: ``size``, ``math.abs``.
        parameters: the types of the arguments; of a member, that of the target first.
        result: the type of the result.
        implementation: called with the arguments; raises ``EvaluationError``, nothing else.
        member: whether it is called ``target.name(…)``.
        deep: whether it looks at everything inside its arguments, which then is paid for.
        light: whether it takes no longer for large arguments than for small ones, so that they
            are not paid for.
        total: of a function of the host, whether it has a value for all arguments of its types.
        price: the steps that a call costs beside that, where its work is more than reading and
            building values; called with the arguments.
    """

    name: str
    parameters: tuple[CelType, ...]
    result: CelType
    implementation: Implementation
    member: bool = False
    deep: bool = False
    light: bool = False
    total: bool = False
    price: Callable[..., int] | None = None

    def __str__(self) -> str:
        """``string.contains(string) -> bool``, ``int + int -> int``."""
        types = [str(parameter) for parameter in self.parameters]
        if self.name == "-_":
            return f"-{types[0]} -> {self.result}"
        if self.name.startswith("_") and self.name.endswith("_"):
            symbol = self.name.strip("_")
            return f"{f' {symbol} '.join(types)} -> {self.result}"
        target = f"{types.pop(0)}." if self.member else ""
        return f"{target}{self.name}({', '.join(types)}) -> {self.result}"


def function(
    name: str,
    parameters: tuple[CelType, ...],
    result: CelType,
    implementation: Implementation,
    *,
    deep: bool = False,
    light: bool = False,
    price: Callable[..., int] | None = None,
) -> Overload:
    """An overload that is called ``name(…)``."""
    return Overload(name, parameters, result, implementation, deep=deep, light=light, price=price)


def member(
    name: str,
    parameters: tuple[CelType, ...],
    result: CelType,
    implementation: Implementation,
    *,
    deep: bool = False,
    light: bool = False,
) -> Overload:
    """An overload that is called ``target.name(…)``."""
    return Overload(name, parameters, result, implementation, member=True, deep=deep, light=light)


@dataclass(slots=True)
class Dispatch:
    """The implementations of one function.

    Attributes:
        by_classes: for lists of classes of arguments.
        by_count: for so many arguments of any class, where ``by_classes`` has nothing.
        deep: whether it looks at everything inside its arguments.
        light: whether it takes no longer for large arguments.
        price: the steps that a call costs beside that.
        grows: whether its result may be a text, list or map.
    """

    by_classes: dict[tuple[type, ...], Implementation] = field(default_factory=dict)
    by_count: dict[int, Implementation] = field(default_factory=dict)
    deep: bool = False
    light: bool = False
    price: Callable[..., int] | None = None
    grows: bool = False


_CLASSES: Final[dict[str, tuple[type, ...]]] = {
    "null_type": (NoneType,),
    "bool": (bool,),
    "int": (int,),
    "uint": (Uint,),
    "double": (float,),
    "string": (str,),
    "bytes": (bytes,),
    "timestamp": (datetime,),
    "duration": (timedelta,),
    "net.IP": (IPv4Address, IPv6Address),
    "net.CIDR": (IPv4Interface, IPv6Interface),
    "list": (list,),
    "map": (dict,),
    "optional_type": (Maybe,),
    "type": (TypeValue,),
}
_SMALL: Final = frozenset(
    ("null_type", "bool", "int", "uint", "double", "timestamp", "duration", "type")
)
"""Types whose values are all of about one size."""
_ANY: Final = tuple(one for classes in _CLASSES.values() for one in classes)


def dispatch_from_overloads(
    overloads: Iterable[Overload],
) -> dict[tuple[str, bool], Dispatch]:
    """(name, whether it is called on a target) → what implements it.

    What is in a list, map or optional is no matter of classes: implementations look themselves.
    """
    table: dict[tuple[str, bool], Dispatch] = {}
    for overload in overloads:
        fresh = Dispatch(deep=overload.deep, light=overload.light, price=overload.price)
        dispatch = table.setdefault((overload.name, overload.member), fresh)
        dispatch.grows = dispatch.grows or overload.result.name not in _SMALL
        classes = [_CLASSES.get(parameter.name) for parameter in overload.parameters]
        if not any(classes):
            dispatch.by_count.setdefault(len(classes), overload.implementation)
            continue
        for signature in product(*(one or _ANY for one in classes)):
            dispatch.by_classes.setdefault(signature, overload.implementation)
    return table

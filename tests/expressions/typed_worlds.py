"""Random worlds for the laws of the checker: typed environments, and data of those types.

Everything is drawn from a ``random.Random``: Hypothesis gives one, a campaign one with a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from statewright.expressions import Environment, Maybe, TypeValue, Uint
from statewright.expressions.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    UINT,
    CelType,
    enum_of,
    list_of,
    map_of,
    nullable_of,
    object_of,
    optional_of,
    within,
)
from statewright.expressions.values import INT_MAX, INT_MIN, NOTHING, kind, type_name

SCALARS = (INT, INT, INT, STRING, STRING, BOOL, DOUBLE, UINT, TIMESTAMP, DURATION, BYTES)
ENUMS = (enum_of(["red", "green"]), enum_of([1, 2, 3]), within(INT, 1, 9), within(INT, 0, None))
FIELDS = ("a", "b", "c")
NAMES = ("x", "y", "z", "u", "v", "w")

VALUES: Mapping[str, Sequence[Any]] = {
    "int": (0, 0, 1, 2, -1, 7, 100, INT_MAX, INT_MIN),
    "uint": (Uint(0), Uint(1), Uint(9), Uint(2**64 - 1)),
    "double": (0.0, 1.0, -2.5, 1e300, float("nan"), float("inf")),
    "bool": (True, False),
    "string": ("", "a", "b", "12", "red", "2024-01-01T00:00:00Z", "1h", "+5511", "éü漢"),
    "bytes": (b"", b"ab", b"\xff"),
    "timestamp": (
        datetime(2024, 2, 29, 12, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ),
    "duration": (timedelta(0), timedelta(hours=-1), timedelta(days=106_000)),
}
ANYTHING: Sequence[Any] = (
    None,
    True,
    0,
    3,
    Uint(2),
    1.5,
    "a",
    b"b",
    [],
    [1, "a"],
    {},
    {"a": 1, "b": {"a": "x"}},
)


@dataclass(frozen=True)
class World:
    """What may be used, and of what the data are."""

    environment: Environment

    @property
    def variables(self) -> Mapping[str, CelType]:
        return {n: t for n, t in self.environment.variables.items() if n != "vars"}


def type_from(random: Random, depth: int = 2) -> CelType:
    """A type of data."""
    if depth == 0 or random.random() < 0.3:
        return random.choice(SCALARS)
    sort = random.choices(list(_SORTS), [weight for weight, _ in _SORTS.values()])[0]
    return _SORTS[sort][1](random, type_from(random, depth - 1), depth)


def _object_type(random: Random, _: CelType, depth: int) -> CelType:
    fields = {name: type_from(random, depth - 1) for name in FIELDS[: random.randint(1, 3)]}
    return object_of(fields, [name for name in fields if random.random() < 0.5])


_SORTS: Mapping[str, tuple[int, Callable[[Random, CelType, int], CelType]]] = {
    "enum": (10, lambda random, _, __: random.choice(ENUMS)),
    "nullable": (10, lambda _, inner, __: nullable_of(inner)),
    "list": (12, lambda _, inner, __: list_of(inner)),
    "map": (12, lambda random, inner, _: map_of(random.choice((STRING, STRING, INT)), inner)),
    "object": (16, _object_type),
    "optional": (5, lambda _, inner, __: optional_of(inner)),
    "dyn": (9, lambda *_: DYN),
}
"""How often each sort of type is drawn, and how it is made."""


def world_from(random: Random) -> World:
    """An environment: a few variables, some of which may have no value."""
    variables = {name: type_from(random) for name in NAMES[: random.randint(2, 6)]}
    unset = frozenset(name for name in variables if random.random() < 0.2)
    mirrored = frozenset(variables)
    everything = {**variables, "vars": map_of(STRING, DYN)}
    environment = Environment(everything, unset=unset, mirror="vars", mirrored=mirrored)
    return World(environment)


# Data


def data_from(random: Random, world: World, *, large: bool = False) -> dict[str, Any]:
    """Values of the declared types for the variables; those that may have none often have none."""
    data = {
        name: enlarged(random, one) if large else value_from(random, one)
        for name, one in world.variables.items()
        if name not in world.environment.unset or random.random() < 0.5
    }
    return {**data, "vars": dict(data)}


def enlarged(random: Random, one: CelType) -> Any:
    """A value of a type, as large as few ever are, if there are such."""
    if one == STRING:
        return "a" * 1_000_000
    value = value_from(random, one)
    if one.name in ("list", "dyn") and kind(value) is list and value:
        return value * (60_000 // len(value))
    if one.name == "map" and one.parameters[0] == STRING and value:
        return dict.fromkeys(map(str, range(60_000)), next(iter(value.values()))) | value
    return value


def value_from(random: Random, one: CelType) -> Any:
    """A value of a type."""
    if one.values:
        return random.choice(one.values)
    if one.bounds != (None, None):
        low, high = one.bounds
        return random.choice([int(low or 0), int(9 if high is None else high)])
    make = _MAKERS.get(one.name)
    return make(random, one) if make else random.choice(VALUES[one.name])


def _list(random: Random, one: CelType) -> list[Any]:
    return [value_from(random, one.parameters[0]) for _ in range(random.choice((0, 0, 1, 2, 3)))]


def _map(random: Random, one: CelType) -> dict[Any, Any]:
    keys = FIELDS if one.parameters[0].name == "string" else (0, 1, 2)
    return {key: value_from(random, one.parameters[1]) for key in keys if random.random() < 0.5}


def _object(random: Random, one: CelType) -> dict[str, Any]:
    return {
        name: value_from(random, inner)
        for name, inner in one.fields
        if name not in one.optional or random.random() < 0.5
    }


def _optional(random: Random, one: CelType) -> Maybe:
    present = random.random() < 0.5
    return Maybe(True, value_from(random, one.parameters[0])) if present else NOTHING


_MAKERS: Mapping[str, Any] = {
    "list": _list,
    "map": _map,
    "object": _object,
    "optional_type": _optional,
    "nullable": lambda random, one: (
        None if random.random() < 0.5 else value_from(random, one.parameters[0])
    ),
    "dyn": lambda random, _: random.choice(ANYTHING),
}


def is_of_type(value: Any, one: CelType) -> bool:
    """Whether a value is of a static type, with all that is inside of it."""
    test = _TESTS.get(one.name)
    if test is not None:
        return bool(test(value, one))
    if type_name(value).rpartition(".")[2].lower() != one.name:
        return False
    low, high = one.bounds
    return (
        (not one.values or value in one.values)
        and (low is None or value >= low)
        and (high is None or value <= high)
    )


def _is_map(value: Any, one: CelType) -> bool:
    key, inner = one.parameters
    return kind(value) is dict and all(
        is_of_type(getattr(name, "value", name), key) and is_of_type(part, inner)
        for name, part in value.items()
    )


def _is_object(value: Any, one: CelType) -> bool:
    return kind(value) is dict and all(
        is_of_type(value[name], inner) if name in value else name in one.optional
        for name, inner in one.fields
    )


_TESTS: Mapping[str, Any] = {
    "dyn": lambda _, __: True,
    "null_type": lambda value, _: value is None,
    "nullable": lambda value, one: value is None or is_of_type(value, one.parameters[0]),
    "list": lambda value, one: (
        kind(value) is list and all(is_of_type(part, one.parameters[0]) for part in value)
    ),
    "map": _is_map,
    "object": _is_object,
    "optional_type": lambda value, one: (
        isinstance(value, Maybe)
        and (not value.present or is_of_type(value.value, one.parameters[0]))
    ),
    "type": lambda value, _: isinstance(value, TypeValue),
}

"""What the declaration of a variable means to the chart: its type there, and its limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.flows.model import Variable
from statewright.statechart.definition import Limits, Member
from statewright.statechart.values.coercion import coerced, held

_CHART_TYPES: Final[Mapping[str, str]] = MappingProxyType({"date": "string", "object": "map"})
"""Types that the chart knows under another name."""

_TIMES: Final = frozenset({"timestamp", "duration"})


_NONE: Final = Limits()


def chart_type_of(variable: Variable) -> str:
    """The type of a variable, as in ``Datum.type``."""
    if variable.type == "enum":
        return "int" if variable.values and isinstance(variable.values[0], int) else "string"
    return _CHART_TYPES.get(variable.type, variable.type)


def limits_of(variable: Variable) -> Limits | None:
    """What a variable may hold beside its type, or None where that is anything."""
    own = chart_type_of(variable)
    limits = Limits(
        values=tuple(_values(variable, own)),
        minimum=_bound(variable.minimum, own),
        maximum=_bound(variable.maximum, own),
        names=variable.names,
        shortest=variable.min_length,
        longest=variable.max_length,
        pattern=variable.pattern,
        date=variable.type == "date",
        nullable=variable.nullable,
        element=None if variable.of is None else member_of(variable.of),
        fields=tuple(map(member_of, variable.fields)),
        others=variable.others,
        constant=variable.read_only,
    )
    return None if limits == _NONE else limits


def member_of(part: Variable) -> Member:
    """What is declared of a part of a variable."""
    return Member(chart_type_of(part), limits_of(part), part.name, part.optional)


def part_at(variable: Variable | None, path: Sequence[str]) -> Variable | None:
    """What is declared of a part of a variable; None where that is nothing."""
    for name in path:
        if variable is None:
            return None
        fields = {field.name: field for field in variable.fields}
        variable = fields.get(name, variable.of if variable.type == "map" else None)
    return variable


def held_by(variable: Variable, value: Any) -> Any:
    """A value as a variable holds it.

    Raises:
        EvaluationError: the variable cannot hold it; the reason says why, and where inside it.
    """
    return held(value, chart_type_of(variable), limits_of(variable))


def _values(variable: Variable, own: str) -> Iterator[Any]:
    """The values that are declared, as the variable holds them; the reader reports the others."""
    for value in variable.values:
        try:
            yield coerced(value, own)
        except EvaluationError:
            continue


def _bound(written: float | str | None, own: str) -> Any:
    """A bound as it is compared; the reader reports one that cannot be."""
    if written is None or own not in _TIMES:
        return written
    try:
        return coerced(written, own)
    except EvaluationError:
        return None

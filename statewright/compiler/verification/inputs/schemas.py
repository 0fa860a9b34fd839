"""What a language model may answer where its answer is to fit a schema.

The runtime takes no other answer. Of a schema, the parts are looked at that tests can ask for:
which keys there are, their types, the values that are listed, and the least and the greatest
number. Where it says more, more is tried than it allows, which proves less, and never too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, Final

from statewright.compiler.verification.inputs.literals import LOST, Cut
from statewright.compiler.verification.inputs.samples import (
    Cuts,
    Values,
    is_compared,
    numerals,
    part_samples,
    samples,
)
from statewright.expressions import Literal, Record
from statewright.expressions.references import PLACE
from statewright.expressions.values import NOTHING
from statewright.statechart.definition import Limits
from statewright.statechart.structure.nodes import Node

ANSWER: Final = "answer"
"""The part of what comes back that fits the schema."""


COMBINED: Final = 256
"""So many combinations of the parts of an answer are tried at most."""


def schema_of(node: Node, name: str) -> Mapping[str, Any] | None:
    """The schema by which what a state asks for is answered; None for none.

    Args:
        node: the state.
        name: of the invocation.
    """
    asked = () if node.state is None else node.state.invocations
    params = next((one.params for one in asked if one.id == name and one.type == "llm"), None)
    found: Any = None
    if isinstance(params, Literal) and isinstance(params.value, Mapping):
        found = params.value.get("schema")
    elif isinstance(params, Record):
        content = dict(params.fields).get("schema")
        found = content.value if isinstance(content, Literal) else None
    return found if isinstance(found, Mapping) else None


def answers_fitting(schema: Mapping[str, Any], cuts: Cuts) -> Values | None:
    """Answers that fit a schema; None where there are too many, or nothing is known of them.

    Args:
        schema: the JSON Schema.
        cuts: where the answers, and their parts, are cut.
    """
    own = cuts.get((), Cut())
    if schema.get("type") != "object":
        return _listed(schema)
    is_text = own.texts or own.numbers or own.predicates
    if is_text or any(path[:1] and _is_place(path[0]) for path in cuts):
        return None
    properties = schema.get("properties")
    required = schema.get("required")
    known = properties if isinstance(properties, Mapping) else {}
    needed = required if isinstance(required, list) else []
    inner: dict[str, dict[tuple[str, ...], Cut]] = {}
    for path, cut in cuts.items():
        if path:
            inner.setdefault(path[0], {})[path[1:]] = cut
    fields = {
        name: (*_values(known.get(name), below), *(() if name in needed else (NOTHING,)))
        for name, below in sorted(inner.items())
    }
    joint = list(fields)
    if _combinations(fields, joint) > COMBINED:
        joint = [name for name in joint if any(map(is_compared, inner[name].values()))]
    return tuple(_maps(fields, joint)) if _combinations(fields, joint) <= COMBINED else None


def _combinations(fields: Mapping[str, Values], joint: Iterable[str]) -> int:
    return prod(len(fields[name]) for name in joint)


def _maps(fields: Mapping[str, Values], joint: Sequence[str]) -> Iterator[dict[str, Any]]:
    """All combinations of some parts, and each value of the others once."""
    usual = {name: values[0] for name, values in fields.items()}
    for each in product(*(fields[name] for name in joint)):
        yield _map_of({**usual, **dict(zip(joint, each, strict=True))})
    for name in (name for name in fields if name not in joint):
        yield from (_map_of({**usual, name: value}) for value in fields[name])


def _map_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not NOTHING}


def _is_place(name: str) -> bool:
    return name.startswith(PLACE)


def _values(schema: Any, cuts: Cuts) -> Values:
    """What a part of an answer may be."""
    own = cuts.get((), Cut())
    if not isinstance(schema, Mapping) or any(cuts):
        return part_samples(cuts)
    listed = _listed(schema)
    if listed is not None:
        return listed
    limits = Limits(minimum=_bound(schema, "minimum"), maximum=_bound(schema, "maximum"))
    wanted: Cuts = {(): Cut(numbers=own.numbers)}
    match schema.get("type"):
        case "integer":
            if "double" in own.kinds:
                wanted = {(): Cut(numbers={*own.numbers, LOST["double"]})}
            whole = samples("int", wanted, limits)
            broken = samples("double", wanted, limits)
            # `1.0` is a whole number in JSON.
            return (*whole, *map(float, whole), *(one for one in broken if one.is_integer()))
        case "number":
            return (*samples("int", wanted, limits), *samples("double", wanted, limits))
        case "string":
            texts = _of_type(str, part_samples(cuts)) or part_samples(cuts)
            return (*texts, *numerals(own))
        case _:
            return part_samples(cuts)


def _listed(schema: Mapping[str, Any]) -> Values | None:
    """All values that there are, where a schema lists them."""
    if schema.get("type") == "boolean":
        return (False, True)
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, list) or not values:
        return None
    return tuple(spelled for value in values for spelled in _spellings(value))


def _spellings(value: Any) -> Iterator[Any]:
    """A value with its numbers as ints, and as doubles: in JSON, `1` and `1.0` are the same."""
    yield value
    for kind in (int, float):
        other = _spelled(value, kind)
        if repr(other) != repr(value):
            yield other


def _spelled(value: Any, kind: type[int | float]) -> Any:
    """A value with those of its numbers that are whole as numbers of a type."""
    match value:
        case list() | tuple():
            return [_spelled(one, kind) for one in value]
        case Mapping():
            return {name: _spelled(one, kind) for name, one in value.items()}
        case int() | float() if type(value) is not bool and kind(value) == value:
            return kind(value)
        case _:
            return value


def _of_type(wanted: type, values: Iterable[Any]) -> Values:
    return tuple(value for value in values if type(value) is wanted)


def _bound(schema: Mapping[str, Any], name: str) -> float | None:
    value = schema.get(name)
    return value if type(value) in {int, float} else None

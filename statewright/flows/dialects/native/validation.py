"""Checking a part of a document against a model, and reading as much of it as is right.

What the model refuses becomes a problem, in our words and at its place in the file, and is taken
out; what is left is checked again. So one wrong value hides neither other mistakes nor the rest
of the flow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError

from statewright.flows.dialects.native.shapes import TAG, Shape
from statewright.flows.nearest import did_you_mean
from statewright.flows.outline import child, shown
from statewright.flows.parts import Part

ModelT = TypeVar("ModelT")
ShapeT = TypeVar("ShapeT", bound=Shape)
Details = Mapping[str, Any]

_ROUNDS: Final = 40
"""How often a part is checked again; each round takes something out."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "branches": [],
        "actions": [],
        "cron": "* * * * *",
        "words": [],
        "event": "event",
        "path": "path",
        "url": "https://example.com/",
        "to": "",
        "flow": "flow",
        "action": "action",
        "model": "model",
        "prompt": "prompt",
        "request": "request",
        "arms": [],
        "regions": {},
        "fields": {},
        "statewright": 1,
    }
)
"""What stands in for a required key that is missing from a node."""


@dataclass(frozen=True, slots=True)
class Checked(Generic[ShapeT]):
    """What a model made of a part.

    Attributes:
        shape: the model.
        removed: pointers of what was taken out because it is wrong.
    """

    shape: ShapeT
    removed: frozenset[str]


def kept(part: Part, removed: Collection[str]) -> list[Part]:
    """The elements of a list that were not taken out, in the order of those of the model."""
    if not isinstance(part.value, list) or part.pointer in removed:
        return []
    return [item for item in part.items() if item.pointer not in removed]


def checked(model: type[ShapeT], part: Part, without: Iterable[str] = ()) -> Checked[ShapeT] | None:
    """Check a part, which is a map, against a model.

    Args:
        model: the model.
        part: the map.
        without: keys that are left out, because they are checked one by one.

    Returns:
        What is right about it; None where nothing is. The problems are reported.
    """
    removed = {child(part.pointer, key) for key in without}
    added: dict[str, Any] = {}
    seen: set[str] = set()
    for _ in range(_ROUNDS):
        try:
            value = _without(part, removed) if removed else part.value
            shape = model.model_validate({**value, **added})
        except ValidationError as error:
            before = len(removed) + len(added)
            errors = error.errors(include_url=False)
            # All are located before any is mended: taking elements out moves the others.
            lists: dict[str, list[Part]] = {}
            places = [_located(part, details["loc"], removed, lists) for details in errors]
            for place, details in zip(places, errors, strict=True):
                described = _described(model, details["loc"])
                _mend(part, place, {**details, "described": described}, removed, added, seen)
            if len(removed) + len(added) == before:
                break
        else:
            return Checked(shape, frozenset(removed))
    return None


def paired(
    models: Iterable[ModelT] | None, part: Part, removed: Collection[str]
) -> Iterator[tuple[ModelT, Part]]:
    """The elements of a list, each with its place; None is no list."""
    return zip(models or (), kept(part, removed), strict=True)


def _mend(
    root: Part, wrong: Part, details: Any, removed: set[str], added: dict[str, Any], seen: set[str]
) -> None:
    """Report one error of pydantic, and take out what it is about."""
    if details["type"] == "unknown_keys":
        for key in details["ctx"]["keys"]:
            removed.add(child(wrong.pointer, key))
            wrong[key].report(
                "R003",
                f"the key {shown(key)} is not known here",
                did_you_mean(key, details["ctx"]["known"]),
                at_key=True,
            )
        return
    # What was taken out leaves a hole; that it is missing is no news then.
    if wrong.pointer not in removed and wrong.pointer not in seen:
        _report(wrong, details)
    seen.add(wrong.pointer)
    if details["type"] != "missing":
        removed.add(wrong.pointer)
    elif child(root.pointer, wrong.key) == wrong.pointer and wrong.key in _NOTHING:
        added[wrong.key] = _NOTHING[wrong.key]
    else:
        removed.add(wrong.pointer.rpartition("/")[0])


def _described(model: type[Shape], loc: tuple[str | int, ...]) -> str:
    """What the schema says of a key of the map itself, as part of a sentence."""
    fields = ((field.alias or name, field) for name, field in model.model_fields.items())
    said = next((field.description for name, field in fields if loc == (name,)), None) or ""
    return said[:1].lower() + said[1:].split(": ")[0].removesuffix(".")


def _located(
    root: Part, loc: tuple[str | int, ...], removed: set[str], lists: dict[str, list[Part]]
) -> Part:
    """The part that an error location of pydantic means; ``lists`` remembers what is kept."""
    part = root
    for step in loc:
        if isinstance(step, int):
            if part.pointer not in lists:
                lists[part.pointer] = kept(part, removed)
            items = lists[part.pointer]
            part = items[step] if step < len(items) else part
        elif not step.startswith(TAG) or (isinstance(part.value, dict) and step in part.value):
            part = part[step]
    return part


def _without(part: Part, removed: set[str]) -> Any:
    """A copy of the value of a part, without what was removed (documents bound its depth)."""
    value = part.value
    if isinstance(value, dict):
        members = (part[key] for key in value)
        return {
            key: _without(member, removed)
            for key, member in zip(value, members, strict=True)
            if member.pointer not in removed
        }
    if isinstance(value, list):
        return [_without(item, removed) for item in kept(part, removed)]
    return value


# --- pydantic's words → ours ---------------------------------------------------------------------


def _report(part: Part, details: Details) -> None:
    """Say what is wrong with a part."""
    context = details.get("ctx", {})
    kind = details["type"]
    if kind == "missing":
        described = details.get("described", "")
        part.report("R005", f"{part.title} is missing", described and f"it says: {described}")
    elif kind == "expected":
        part.wrong(context["expected"], context.get("help", ""))
    elif kind in ("literal_error", "enum"):
        names = re.findall(r"'([^']*)'", context.get("expected", ""))
        _report_name(part, names or [context.get("expected", "")])
    else:
        part.wrong(_EXPECTED.get(kind, _anything)(context), _help(part, kind))


def _report_name(part: Part, names: list[str]) -> None:
    value = part.value if isinstance(part.value, str) else ""
    help_ = did_you_mean(value, names)
    part.report("R004", f"{part.title} cannot be {shown(part.value)}", help_)


def _help(part: Part, kind: str) -> str:
    if kind == "string_type" and isinstance(part.value, bool | int | float):
        return "put it in quotes to make it a text"
    if kind == "list_type" and part.value:
        return "make it one: with a `-` before each element, or `[…]` around it"
    if kind == "bool_type" and isinstance(part.value, str):
        meant = _BOOLEANS.get(part.value.lower())
        quotes = " without quotes" if meant == part.value else ""
        return f"write `{meant}`{quotes}" if meant else ""
    return ""


_BOOLEANS: Final = {
    **dict.fromkeys(("yes", "on", "y", "true", "1"), "true"),
    **dict.fromkeys(("no", "off", "n", "false", "0"), "false"),
}
"""What older YAML, and people, write for the booleans."""


def _anything(_: Details) -> str:
    return "something else"


def _is(what: str) -> Callable[[Details], str]:
    return lambda _: what


_EXPECTED: Final[Mapping[str, Callable[[Details], str]]] = MappingProxyType(
    {
        "string_type": _is("a text"),
        "bool_type": _is("`true` or `false`"),
        "int_type": _is("a whole number"),
        "int_from_float": _is("a whole number"),
        "float_type": _is("a number"),
        "dict_type": _is("a map"),
        "model_type": _is("a map"),
        "list_type": _is("a list"),
        "greater_than_equal": lambda context: f"at least {context['ge']}",
        "too_short": _is("one that is not empty"),
        "less_than_equal": lambda context: f"at most {context['le']}",
    }
)
"""What pydantic's kinds of error say was expected."""

"""Whether every value that one declaration admits is one that another admits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from statewright.statechart.definition import Datum, Limits, Member

_LOSSLESS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "double": frozenset({"int", "uint"}),
        "string": frozenset({"bool", "int", "uint", "double", "timestamp", "duration"}),
    }
)
"""Type → the types of which every value becomes one of it."""

_NOTHING: Final = Limits()


def narrowed(before: Datum, after: Datum) -> str:
    """How a declaration became narrower, in words; ``""`` where it did not."""
    return next(_narrower(before.type, before.limits, after.type, after.limits), "")


def _narrower(
    type_before: str, before: Limits | None, type_after: str, after: Limits | None
) -> Iterator[str]:
    if after is None and type_after in {"dyn", type_before}:
        return
    if type_after not in {"dyn", type_before} and type_before not in _LOSSLESS.get(
        type_after, frozenset()
    ):
        yield f"is of type {type_after}, no longer {type_before},"
        return
    was, is_ = before or _NOTHING, after or _NOTHING
    if was.nullable and not is_.nullable:
        yield "may not be null any more"
    if is_.values and not (was.values and set(map(repr, was.values)) <= set(map(repr, is_.values))):
        yield "may have fewer values"
    yield from _bounds(was, is_)
    if is_.pattern and is_.pattern != was.pattern:
        yield f"has to match `{is_.pattern[:80]}`"
    if is_.date and not was.date:
        yield "has to be a date"
    yield from _inside(was, is_)


def _bounds(was: Limits, is_: Limits) -> Iterator[str]:
    for name, word in (("minimum", "at least"), ("shortest", "of size at least")):
        if _is_above(getattr(is_, name), getattr(was, name)):
            yield f"has to be {word} {getattr(is_, name)}"
    for name, word in (("maximum", "at most"), ("longest", "of size at most")):
        least, most = getattr(was, name), getattr(is_, name)
        if most is not None and (least is None or least > most) and not _listed(was, is_):
            yield f"has to be {word} {most}"


def _is_above(new: Any, old: Any) -> bool:
    return new is not None and (old is None or new > old)


def _listed(was: Limits, is_: Limits) -> bool:
    """Whether the few values that there are all lie within the bounds."""
    if not was.values or is_.maximum is None:
        return False
    return all(value <= is_.maximum for value in was.values)


def _inside(was: Limits, is_: Limits) -> Iterator[str]:
    if is_.element is not None:
        element = was.element or Member()
        for how in _member(element, is_.element):
            yield f"has elements each of which {how}"
    known = {field.name: field for field in was.fields}
    for field in is_.fields:
        before = known.get(field.name)
        if not field.optional and (before is None or before.optional):
            yield f"has to have the part `{field.name}`"
        elif before is not None:
            for how in _member(before, field):
                yield f"has the part `{field.name}`, which {how}"
    if is_.fields and not is_.others:
        gone = [name for name in known if name not in {field.name for field in is_.fields}]
        if gone or was.others or not was.fields:
            yield f"may not have the part `{gone[0]}`" if gone else "may have fewer parts"


def _member(before: Member, after: Member) -> Iterator[str]:
    yield from _narrower(before.type, before.limits, after.type, after.limits)

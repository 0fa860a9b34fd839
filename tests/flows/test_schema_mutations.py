"""The JSON Schema and the reader refuse the same: each value of the samples, replaced by odd ones.

The samples use every key wherever it may stand, so this goes over all of the schema. By default a
part of it is tried; ``STATEWRIGHT_MUTATIONS=all`` tries everything.
"""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
from jsonschema import Draft202012Validator

from statewright import flows
from tests.compiler.test_mutated_samples import DOCUMENTS, _places

VALIDATOR = Draft202012Validator(flows.json_schema())
TRIED = None if os.environ.get("STATEWRIGHT_MUTATIONS") == "all" else 1
"""How many of the odd values are tried in each place; None for all."""

Place = tuple[str | int, ...]

ODD: tuple[Any, ...] = (
    *(5, -3, 0, 3.5, True, "", "  ", "zz", "5", "90s", "k" * 1200),
    *([], ["x"], [1], [{}], [[["a"]]], {}, {"x": 1}, {"zz": "a"}, {"": 1}),
)
SHAPE = {"R001", "R002", "R003", "R004", "R005"}
"""The findings about how a document is written, and not about what it means."""

BEYOND: dict[str, str] = {
    "texts with a grammar, or a table, of their own": (
        "no such time zone|is no language|is no cron expression|cron expression has at most"
        "|are no hours|is no date|must be a day|is no name of an event|holds no word|is no JSON"
    ),
    "how long things take together, and how often": (
        "there may be no more rounds|it is never tried again|comes when it is over|control"
        "|regions|is greater than|is less than|is more than there is|lie between|at most"
    ),
    "values that are of the type, and yet none": (
        "is no value of|is no input|is not one of|more than once|twice|is taken|as `type` says"
        "|is there already|is no default|stands for two|is named|is added and removed"
    ),
    "what a catalogue translates is in the flow": "translates nothing|no such text",
    "files that lie beside it": "the file .* is not there|cannot be read",
    "a text that is parsed: templates, paths, secrets, patterns, addresses": (
        "template .*closed|is no path|is no secret|no regular expression|is no name|no variable"
        "|is no code|no URL|is no place|MIME types|cannot be a name"
    ),
    "the schema of an answer is JSON Schema itself, whose meta-schema is not repeated": "",
    "whole numbers of more than 64 bits": "64 bits",
    "what is never written has to be there from the beginning": "is read-only, and never has",
}
"""Why the reader may refuse what the schema accepts → what it says then."""


def sections() -> Iterator[tuple[str, Place]]:
    """A place for each way in which a value may stand in a document."""
    seen: set[tuple[Any, ...]] = set()
    for name, document in DOCUMENTS.items():
        for place in _places(document):
            way = way_to(document, place)
            if way not in seen:
                seen.add(way)
                yield name, place


NAMED = {"nodes", "variables", "triggers", "rules", "regions", "fields", "locales"}
"""Keys below which there are names, and not keys."""


def way_to(document: Any, place: Place) -> tuple[Any, ...]:
    """Where a value stands, whatever things are called: beginning with the innermost node."""
    way: list[Any] = []
    value, before = document, None
    for key in place:
        value = value[key]
        if isinstance(key, int):
            way.append("*")
        elif before in NAMED:
            kind = value.get("type") if isinstance(value, dict) else None
            if before in {"nodes", "triggers"}:
                way.clear()
            way.append((before, kind if isinstance(kind, str) else ""))
        else:
            way.append(key)
        before = None if isinstance(key, int) or before in NAMED else key
    return tuple(way)


def siblings() -> dict[tuple[Any, ...], dict[str, Any]]:
    """Way → the keys that samples have there, each with a value that it has in one of them."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for document in DOCUMENTS.values():
        for place in _places(document):
            value = document
            for key in place:
                value = value[key]
            if isinstance(value, dict) and place[-1] not in NAMED:
                known = found.setdefault(way_to(document, place), {})
                known.update((key, known.get(key, inner)) for key, inner in value.items())
    return found


SIBLINGS = siblings()


def beside(document: Any, place: Place) -> list[tuple[str, Any]]:
    """Keys that a map does not have, though others of its kind do, with their values."""
    value = document
    for key in place:
        value = value[key]
    keys = SIBLINGS.get(way_to(document, place), {})
    others = [(key, other) for key, other in keys.items() if key not in value]
    start = crc32(repr(place).encode()) % (len(others) or 1)
    return others if TRIED is None else others[start : start + TRIED]


def shortened(document: Any, place: Place) -> Any:
    """A document without the nodes beside the way to a place, and without translations."""
    short = copy.deepcopy(document)
    if place[0] != "locales":
        short.pop("locales", None)
    value = short
    for key, after in zip(place, (*place[1:], None), strict=True):
        value = value[key]
        if key == "nodes" and isinstance(value, dict) and after is not None:
            for other in [one for one in value if one != after]:
                del value[other]
    return short


def changed(document: Any, place: Place) -> Iterator[tuple[str, Any]]:
    """Documents in which one thing is otherwise."""
    short = shortened(document, place)
    inner = short
    for key in place[:-1]:
        inner = inner[key]
    last = place[-1]
    before = inner[last]
    chance = crc32(repr(place).encode())
    odd = ODD if TRIED is None else [ODD[(chance + 7 * n) % len(ODD)] for n in range(TRIED)]
    for value in odd:
        inner[last] = value
        yield f"{'/'.join(map(str, place))}: {json.dumps(value)[:40]}", short
    inner[last] = before
    if isinstance(before, dict):
        for key, value in beside(document, place):
            before[key] = value
            yield f"{'/'.join(map(str, place))} with `{key}` beside it", short
            del before[key]
        before["zz q"] = 1
        yield f"{'/'.join(map(str, place))} with another key", short
        del before["zz q"]
    del inner[last]
    yield f"{'/'.join(map(str, place))} left out", short


def judged(document: Any) -> tuple[str, list[str]]:
    """What the schema says against a document, and what the reader does."""
    against = next(VALIDATOR.iter_errors(document), None)
    flow = flows.parse(json.dumps(document), file="x.json")
    told = [one.message for one in flow.problems if one.code in SHAPE and one.severity == "error"]
    told += [] if flow.nodes else ["there are no nodes (S101)"]
    return "" if against is None else against.message[:200], told


REASONS = re.compile("|".join(filter(None, BEYOND.values())))
PLACES = list(sections())


@pytest.mark.parametrize("part", range(8))
def test_the_schema_and_the_reader_refuse_the_same(part: int) -> None:
    assert len(PLACES) > 500
    differing = []
    for name, place in PLACES[part::8]:
        for what, document in changed(DOCUMENTS[name], place):
            schema, reader = judged(document)
            of_schema = "schema" in place[:-1]
            unexplained = [one for one in reader if not REASONS.search(one) and not of_schema]
            if not schema and unexplained:
                differing.append(f"{what}: only the reader says {unexplained[0]}")
            if schema and not reader:
                differing.append(f"{what}: only the schema says {schema}")
    assert not differing, "\n".join(differing)


def test_a_number_with_a_point_is_whole_for_the_schema_only() -> None:
    document = {"statewright": 1, "nodes": {"a": {"type": "message", "text": "a", "next": 3.0}}}
    assert judged(document) == ("", ["`next` must be the id of a node, not `3.0`"])


@pytest.mark.parametrize("key", ["start", "settings", "version"])
def test_null_is_read_as_if_the_key_were_left_out(key: str) -> None:
    """The schema has none, or editors would offer it: the one thing that only the reader takes."""
    text = '{"statewright": 1, "start": "a", "nodes": {"a": {"type": "end"}}}'
    document = json.loads(text) | {key: None}
    assert judged(document)[1] == []
    assert judged(document)[0]

"""Random expressions and data by the hundred thousand: a grammar that a seeded generator walks.

Hypothesis makes small and telling examples, and takes milliseconds for each; this takes
microseconds. Expressions are mostly well-typed, and use every function of the table. Data have the
declared types, or do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from string import Formatter
from typing import Any

from statewright.expressions import Environment, Uint
from statewright.expressions.functions import OVERLOADS
from statewright.expressions.overloads import Overload, function
from statewright.expressions.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    LIST,
    MAP,
    STRING,
    TIMESTAMP,
    UINT,
    CelType,
    list_of,
    map_of,
    nullable_of,
    object_of,
)

LITERALS: Mapping[str, tuple[str, ...]] = {
    "bool": ("true", "false"),
    "int": ("0", "1", "-1", "2", "13", "9223372036854775807", "-9223372036854775808", "4611686018427387905", "9007199254740993"),
    "uint": ("0u", "1u", "2u", "18446744073709551615u"),
    "double": ("0.0", "-0.0", "1.0", "-0.5", "2.5", "1e300", "9007199254740992.0", "0.0 / 0.0"),
    "string": ("''", "'a'", "'vip'", "'1'", "'héllo'", "'a,b'", "'1.5'", "'2h'", "'x'"),
    "bytes": ("b''", "b'ab'", "b'\\xff'"),
    "duration": ("duration('90s')", "duration('-1h')", "duration('1.000000001s')"),
    "timestamp": ("timestamp('2024-02-29T12:30:45.125Z')", "timestamp('1969-12-31T23:59:59Z')"),
    "list": ("[1, 2]", "['a', 'vip']", "[]", "[1, 1.0, 'a', null, true]", "[[1], []]"),
    "map": ("{'x': 1}", "{}", "{'k': 'v', 'x': [1]}", "{1: 2, true: 3}"),
    "optional_type": ("optional.none()", "optional.of(1)", "optional.of('a')"),
    "null_type": ("null",),
    "type": ("int", "string", "list", "type(1)", "null_type"),
}  # fmt: skip
"""What is written out, by type."""

PATTERNS: Mapping[str, tuple[str, ...]] = {
    "bool": (
        "{number} {order} {number}", "{string} {order} {string}", "{int} {order} {int}",
        "{double} {order} {int}", "{int} {equality} {double}", "{any} {order} {int}",
        "{any} {equality} 1", "0 {equality} {any}", "{any} {order} 1.5", "{any} {equality} {bool}",
        "{int} {equality} 9007199254740992.0", "9007199254740993 {order} {double}",
        "{double} in {list}", "cel.bind(v, {double}, v in [v, 1.0])", "{list}.exists_one({v}, {v} {equality} {any})",
        "{list}.filter({v}, {v} {equality} {any}) {equality} {list}",
        "{n} != null && {n} {order} {int}", "{n} == null || {n} {equality} {int}",
        "type({n}) == int && {n} + 1 {order} {int}", "{n} == 1 && type({n}) == int",
        "type({n}) == string ? {n} == {string} : false", "type({n}) != int || {n} {order} 1",
        "has({n}.x) && {n}.x {equality} {int}", "{n} in [1, 2] && {n} {order} {double}",
        "{any} {equality} {any}", "{int} {equality} {int}", "{string} {equality} {string}",
        "{any} {equality} null", "{number} {equality} {number}", "{list} {equality} {list}",
        "{bool} {equality} {bool}", "{timestamp} {order} {timestamp}",
        "{duration} {equality} {duration}", "type({any}) == {type}",
        "{bool} && {bool}", "{bool} || {bool}", "{bool} && {bool} && {bool}", "!{bool}",
        "{any} in {list}", "{string} in {list}", "{int} in [1, 2, 13]", "{any} in ['a', 'vip']",
        "{string} in {map}", "{int} in {list}", "{any} in {map}",
        "{string}.{affix}({string})", "{string}.matches('{pattern}')", "{any}.contains({string})",
        "has({map}.x)", "has({any}.y)", "{optional_type}.hasValue()",
        "{list}.{quantifier}({v}, {bool})", "{map}.{quantifier}({v}, {bool})",
        "{list}.{quantifier}({v}, {w}, {bool})", "{map}.{quantifier}({v}, {w}, {bool})",
        "cel.bind({v}, {any}, {bool})",
    ),
    "int": (
        "{int} + {int}", "{int} - {int}", "{int} * {int}", "{int} / {int}", "{int} % {int}",
        "{int} + {int} - {int}", "{int} * 2 + {int} - 1", "{int} / 7", "{int} % 5", "-{int}",
        "{int} + 9223372036854775807 - 9223372036854775807", "1 - {int} - 4611686018427387905",
        "{any} + 1", "2 * {any}", "{any} - {int}",
        "size({list})", "{string}.size()", "size({any})", "{list}[{int}]", "{list}[0]",
        "{map}.x", "{map}['x']", "{map}[{string}]", "cel.bind({v}, {int}, {int})",
        "{optional_type}.orValue({int})", "twice({int})",
    ),
    "uint": ("{uint} + {uint}", "{uint} - {uint}", "{uint} * {uint}", "{uint} % {uint}"),
    "double": (
        "{double} + {double}", "{double} - {double}", "{double} * {double}", "{double} / {double}",
        "-{double}", "double({int})",
    ),
    "string": (
        "{string} + {string}", "'Hi ' + {string} + '!'", "{string} + {any}", "string({any})",
        "{map}.?y.orValue({string})", "{map}.?x.?y.orValue('')", "{map}.k",
    ),
    "bytes": ("{bytes} + {bytes}",),
    "duration": ("{duration} + {duration}", "{duration} - {duration}", "{timestamp} - {timestamp}"),
    "timestamp": ("{timestamp} + {duration}", "{duration} + {timestamp}", "{timestamp} - {duration}"),
    "list": (
        "{list} + {list}", "[{any}, {any}]", "[?{optional_type}, {any}]", "[{int}, {int}, {int}]",
        "{list}.map({v}, {any})", "{list}.map({v}, {bool}, {any})", "{list}.filter({v}, {bool})",
        "{map}.map({v}, {any})", "{map}.filter({v}, {bool})", "{list}.sortBy({v}, {any})",
        "{list}.transformList({v}, {w}, {any})", "{map}.transformList({v}, {w}, {bool}, {any})",
    ),
    "map": (
        "{{'k': {any}, 'x': {any}}}", "{{?'k': {optional_type}}}", "{{{any}: {any}}}",
        "{{{string}: {any}, 'x': {any}}}",
        "{map}.transformMap({v}, {w}, {any})", "{list}.transformMap({v}, {w}, {bool}, {any})",
        "{map}.transformMapEntry({v}, {w}, {{{any}: {any}}})",
    ),
    "optional_type": (
        "{map}.?x", "{map}.?x.y", "{map}[?{string}]", "{list}[?{int}]", "optional.of({any})",
        "{optional_type}.or({optional_type})", "{optional_type}.optMap({v}, {any})",
        "{optional_type}.optFlatMap({v}, {optional_type})", "{any}.?x",
    ),
    "null_type": (),
    "type": ("type({any})",),
}  # fmt: skip
"""Larger expressions by type; a gap is a type, one of the WORDS, or a variable of a macro."""

ANYWHERE = (
    "{bool} ? {same} : {same}",
    "cel.bind({v}, {any}, {same})",
    "{map}.x",
    "{list}[{int}]",
    "{optional_type}.value()",
    "{optional_type}.orValue({same})",
    "{map}.?x.orValue({same})",
    "dyn({same})",
)
"""Patterns for any type."""

NESTED = (
    "{list}.all({v}, {list}.exists({w}, {bool}))",
    "{list}.map({v}, {list}.filter({w}, {any} {equality} {any}))",
    "{list}.map({v}, {any} in {list})",
    "{list}.exists({v}, {list} {equality} {list})",
    "{list}.all({v}, {list}.all({w}, {list} {equality} {list}))",
    "{list}.map({v}, {string}.contains({string}) || {string}.matches('{pattern}'))",
    "{list}.map({v}, {list}.map({w}, {any} + {any}))",
    "{list}.map({v}, {list} + {list})",
    "{list}.filter({v}, {any} == {any}).map({w}, {list}.distinct().size())",
)
"""Patterns that multiply what things cost."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "order": ("<", "<=", ">", ">="),
    "equality": ("==", "!="),
    "affix": ("startsWith", "endsWith", "contains"),
    "quantifier": ("all", "exists", "exists_one"),
    "pattern": ("a+", "^v.p$", "[", "", "(a|b)*"),
    "v": ("v", "w", "a"),
    "w": ("u", "k"),
    "n": tuple("abcdefghm"),
}

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 13, 2**63 - 1, -(2**63), 2**53 + 1, Uint(1)),
    *(0.0, -0.0, 1.0, 2.5, 1e300, float("nan"), float("inf"), 2.0**53),
    *("", "a", "vip", "ab", "1", "é漢", "x", "\ud800", b"", b"ab"),
    *([1, 2], ["a", "vip"], [], [1, "a", None], [[1], [2]], [True, 1.0], (1, 2)),
    *({"x": 1}, {}, {"x": {"y": [True, 1]}, "k": "v"}, {"y": "a", "x": True}),
    *(datetime(2024, 2, 29, tzinfo=UTC), timedelta(hours=1)),
)
"""Values of all sorts."""

_ALIKE = (True, False, 0, 1, 0.0, 1.0, Uint(1), "1", 2**53 + 1, 2.0**53)
"""Values that Python takes for the same more often than CEL does."""

_SCALARS: Mapping[str, tuple[Any, ...]] = {
    name: tuple(value for value in VALUES if type(value) is own)
    for name, own in (
        ("bool", bool), ("int", int), ("uint", Uint), ("double", float), ("string", str),
        ("bytes", bytes), ("timestamp", datetime), ("duration", timedelta),
    )
}  # fmt: skip

TYPES: tuple[CelType, ...] = (
    *(BOOL, INT, INT, UINT, DOUBLE, STRING, STRING, BYTES, TIMESTAMP, DURATION),
    *(LIST, list_of(INT), list_of(STRING), list_of(DOUBLE), list_of(list_of(INT)), list_of(BOOL)),
    *(MAP, map_of(STRING, INT), map_of(STRING, STRING), map_of(STRING, list_of(INT))),
    object_of({"x": INT, "y": STRING, "k": BOOL}, optional=("x", "y", "k")),
    object_of({"x": object_of({"y": DOUBLE, "x": LIST}), "k": STRING}, optional=("x",)),
    list_of(object_of({"x": INT, "y": STRING}, optional=("y",))),
    *(DYN, DYN, nullable_of(INT), nullable_of(STRING), list_of(nullable_of(STRING))),
)
"""Types that variables are declared with."""

NAMES = "abcdefghm"
HOST = {"twice": lambda _site, value: value * 2 if type(value) is int else value}
TWICE = function("twice", (INT,), INT, lambda value: value * 2)


def value_of(random: Random, found: CelType) -> Any:
    """A value of a type."""
    if found.name == "list":
        return [value_of(random, found.parameters[0]) for _ in range(random.randrange(4))]
    if found.name == "map":
        keys = random.sample(("x", "y", "k", "a", "", "vip"), random.randrange(4))
        return {key: value_of(random, found.parameters[1]) for key in keys}
    if found.name == "object":
        kept = [
            (name, one)
            for name, one in found.fields
            if name not in found.optional or random.random() < 0.85
        ]
        return {name: value_of(random, one) for name, one in kept}
    if found.name == "nullable":
        return None if random.random() < 0.3 else value_of(random, found.parameters[0])
    if found.name == "dyn" and random.random() < 0.4:
        return random.choice(_ALIKE)
    return random.choice(_SCALARS.get(found.name, VALUES))


@dataclass
class Sample:
    """Variables of random types, and expressions about them."""

    random: Random
    variables: Mapping[str, CelType]

    @property
    def environment(self) -> Environment:
        return Environment(self.variables, (TWICE,))

    def data(self, *, conforming: bool) -> dict[str, Any]:
        """Values for most of the names: of the declared types, or of any."""
        return {
            name: value_of(self.random, found if conforming else DYN)
            for name, found in self.variables.items()
            if self.random.random() < 0.98
        }

    def text(self, depth: int, wanted: str = "any", locals_: tuple[str, ...] = ()) -> str:
        """An expression, mostly of the type of this name."""
        random = self.random
        if wanted == "number":
            wanted = random.choice(("int", "double", "uint"))
        if wanted == "any" or random.random() < 0.02:
            wanted = random.choice(_KINDS)
        chance = random.random()
        if depth == 0 or chance < 0.12:
            return self.leaf(wanted, locals_)
        if chance < 0.22 and _CALLS[wanted]:
            return self.call(random.choice(_CALLS[wanted]), depth, locals_)
        patterns = ANYWHERE if chance < 0.3 or not PATTERNS[wanted] else PATTERNS[wanted]
        return self.filled(random.choice(patterns), depth, wanted, locals_)

    def nested(self) -> str:
        """An expression that may cost much."""
        return self.filled(self.random.choice(NESTED), 1, "any", ())

    def leaf(self, wanted: str, locals_: tuple[str, ...]) -> str:
        random = self.random
        chance = random.random()
        if chance < 0.03:
            return random.choice([*self.variables, "m.x", "m.y", "m.x.y", "nothing"])
        if locals_ and chance < 0.3:
            return random.choice(locals_)
        names = [name for name, one in self.variables.items() if one.name in (wanted, "dyn")]
        return random.choice(names if names and chance < 0.75 else LITERALS[wanted])

    def call(self, overload: Overload, depth: int, locals_: tuple[str, ...]) -> str:
        """A call of a function of the table."""
        arguments = [
            self.text(depth - 1, _kind_of(parameter), locals_) for parameter in overload.parameters
        ]
        if not overload.member:
            return f"{overload.name}({', '.join(arguments)})"
        return f"({arguments[0]}).{overload.name}({', '.join(arguments[1:])})"

    def filled(self, pattern: str, depth: int, wanted: str, locals_: tuple[str, ...]) -> str:
        """A pattern with its gaps filled."""
        names = {gap: self.random.choice(WORDS[gap]) for gap in "vwn" if f"{{{gap}}}" in pattern}
        pieces: list[str] = []
        for text, gap in _GAPS[pattern]:
            pieces.append(text)
            if gap in names:
                pieces.append(names[gap])
                if gap != "n":
                    locals_ = tuple(dict.fromkeys((*locals_, names[gap])))
            elif gap in WORDS:
                pieces.append(self.random.choice(WORDS[gap]))
            elif gap:
                inner = self.text(depth - 1, wanted if gap == "same" else gap, locals_)
                pieces.append(f"({inner})" if " " in inner or inner[:1] == "-" else inner)
        return "".join(pieces)


def sample(random: Random) -> Sample:
    """Variables of random types."""
    return Sample(random, {name: random.choice(TYPES) for name in NAMES})


def _kind_of(parameter: CelType) -> str:
    if parameter.parameter or parameter.name == "dyn":
        return "any"
    return parameter.name


def _is_used(overload: Overload) -> bool:
    return not overload.name.startswith(("_", "-", "fail")) and all(
        _kind_of(parameter) in (*LITERALS, "any") for parameter in overload.parameters
    )


def _gaps(pattern: str) -> list[tuple[str, str]]:
    return [(text, gap or "") for text, gap, _, _ in Formatter().parse(pattern)]


_KINDS = tuple(LITERALS)
_CALLS = {
    kind: tuple(one for one in OVERLOADS if _is_used(one) and _kind_of(one.result) in (kind, "any"))
    for kind in _KINDS
}
_GAPS = {
    pattern: _gaps(pattern)
    for patterns in (*PATTERNS.values(), ANYWHERE, NESTED)
    for pattern in patterns
}

"""Expressions and data of every sort for property tests: mostly well-typed, always well-formed."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]

INTS = ["0", "1", "-1", "2", "13", "9223372036854775807", "-9223372036854775808", "m.x", "a"]
UINTS = ["0u", "1u", "2u", "18446744073709551615u"]
DOUBLES = ["0.0", "1.0", "-0.5", "2.5", "1e300", "b"]
STRINGS = ["''", "'a'", "'vip'", "'1'", "'héllo'", "'a,b'", "'1.5'", "'2h'", "m.y", "c"]
BYTES = ["b''", "b'ab'", "b'\\xff'"]
BOOLS = ["true", "false", "has(m.x)", "has(m.q)", "d"]
DURATIONS = ["duration('90s')", "duration('-1h')", "duration('2s')"]
TIMESTAMPS = ["timestamp('2024-02-29T12:30:45.125Z')", "timestamp('1969-12-31T23:59:59Z')"]
LISTS = ["[1, 2]", "['a', 'vip']", "[]", "[1, 1.0, 'a', null]", "[[1], []]", "e"]
MAPS = ["{'x': 1}", "{}", "{'k': 'v'}", "{1: 2}", "m"]
OPTIONALS = ["optional.none()", "optional.of(1)", "m.?x", "[1][?0]", "[][?0]"]
OTHERS = ["null", "int", "type(1)", "nothing", "m.q", "m.x.z", "f"]

VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 2, 13, 2**63 - 1, -(2**63), 0.0, 1.0, -0.5, 2.5, 1e300),
    *("", "a", "vip", "ab", "1", "é漢"),
    *([1, 2], ["a", "vip"], [], [1, "a", None], [[1], [2]]),
    *({"x": 1}, {}, {"x": {"z": [True, 1]}}),
]
NAMES = "abcdefm"


def made(pattern: str, *parts: Texts | list[str]) -> Texts:
    """Texts of a pattern whose gaps are filled with these."""
    strategies = [st.sampled_from(part) if isinstance(part, list) else part for part in parts]
    return st.tuples(*strategies).map(lambda values: pattern.format(*values))


def any_of(leaves: list[str], *larger: Texts) -> Texts:
    """A leaf, one of the larger texts, now and then something of another type."""
    whole = st.one_of(*larger)
    return st.one_of(st.sampled_from(leaves), whole, whole, whole, st.sampled_from(OTHERS))


def _texts() -> dict[str, Texts]:
    """Texts of expressions by the type of their values."""
    t: dict[str, Texts] = {}

    def of(name: str) -> Texts:
        return st.deferred(lambda: t[name])

    bools, ints, doubles, strings = of("bool"), of("int"), of("double"), of("string")
    lists, maps, optionals, uints = of("list"), of("map"), of("optional"), of("uint")
    spans, times, anything = of("duration"), of("timestamp"), of("any")
    numbers = st.one_of(ints, doubles, uints)
    order, equality = ["<", "<=", ">", ">="], ["==", "!="]
    t["bool"] = any_of(
        BOOLS,
        made("({} {} {})", numbers, order, numbers),
        made("({} {} {})", strings, order, strings),
        made("({} {} {})", anything, equality, anything),
        made("({} {} {})", bools, ["&&", "||"], bools),
        made("({} && {} && {})", bools, bools, bools),
        made("!({})", bools),
        made("({} ? {} : {})", bools, bools, bools),
        made("({} in {})", anything, lists),
        made("({} in {})", strings, maps),
        made("({}).{}({})", strings, ["startsWith", "endsWith", "contains"], strings),
        made("({}).matches({})", strings, ["'a+'", "'^v.p$'", "'['", "''"]),
        made("({}).{}(v, {})", lists, ["all", "exists", "exists_one"], bools),
        made("({}).all(v, v {} {})", lists, equality, anything),
        made("({}).exists(v, v > {})", lists, numbers),
        made("({}).hasValue()", optionals),
        made("bool({})", strings),
        made("math.{}({})", ["isNaN", "isInf", "isFinite"], doubles),
        made("cel.bind(v, {}, {})", anything, bools),
        made("has({}.x)", maps),
    )
    t["int"] = any_of(
        INTS,
        made("({} {} {})", ints, ["+", "-", "*", "/", "%"], ints),
        made("-({})", ints),
        made("size({})", st.one_of(lists, maps, strings)),
        made("({}).indexOf({})", strings, strings),
        made("({}).lastIndexOf({}, {})", strings, strings, ints),
        made("int({})", st.one_of(numbers, strings, times)),
        made("math.{}({}, {})", ["bitAnd", "bitOr", "bitXor", "bitShiftLeft"], ints, ints),
        made("math.bitShiftRight({}, {})", ints, ["0", "1", "63", "64", "-1"]),
        made("math.{}({})", ["abs", "sign", "bitNot"], ints),
        made("({}).{}()", times, ["getHours", "getDayOfWeek", "getDayOfYear", "getMonth"]),
        made("({}).{}()", spans, ["getHours", "getSeconds", "getMilliseconds"]),
        made("({}).getHours({})", times, ["'Europe/Lisbon'", "'-03:30'", "'nowhere'"]),
        made("({})[{}]", lists, ints),
        made("({}).orValue({})", optionals, ints),
    )
    t["uint"] = any_of(
        UINTS,
        made("({} {} {})", uints, ["+", "-", "*", "/", "%"], uints),
        made("uint({})", st.one_of(numbers, strings)),
    )
    t["double"] = any_of(
        DOUBLES,
        made("({} {} {})", doubles, ["+", "-", "*", "/"], doubles),
        made("-({})", doubles),
        made("double({})", st.one_of(numbers, strings)),
        made("math.{}({})", ["ceil", "floor", "round", "trunc", "abs", "sign", "sqrt"], doubles),
        made("math.{}({}, {})", ["greatest", "least"], numbers, numbers),
    )
    t["string"] = any_of(
        STRINGS,
        made("({} + {})", strings, strings),
        made("string({})", st.one_of(numbers, bools, times, spans, st.sampled_from(BYTES))),
        made("({}).{}()", strings, ["lowerAscii", "upperAscii", "trim", "reverse"]),
        made("({}).charAt({})", strings, ints),
        made("({}).substring({}, {})", strings, ints, ints),
        made("({}).replace({}, {})", strings, strings, strings),
        made("({}).join({})", lists, strings),
        made("({} ? {} : {})", bools, strings, strings),
        made("'%s %s'.format([{}, {}])", anything, anything),
        made("'%d|%.2f|%e'.format([{}, {}, {}])", ints, doubles, doubles),
        made("'%x %b %o'.format([{}, {}, {}])", ints, ints, ints),
        made("strings.quote({})", strings),
    )
    t["duration"] = any_of(
        DURATIONS, made("({} {} {})", spans, ["+", "-"], spans), made("({} - {})", times, times)
    )
    t["timestamp"] = any_of(TIMESTAMPS, made("({} {} {})", times, ["+", "-"], spans))
    t["list"] = any_of(
        LISTS,
        made("({} + {})", lists, lists),
        made("[{}, {}]", anything, anything),
        made("[?{}, {}]", optionals, anything),
        made("({}).map(v, {})", lists, anything),
        made("({}).map(v, {}, v)", lists, bools),
        made("({}).filter(v, v == {})", lists, anything),
        made("({}).split({})", strings, ["','", "'a'", "'vip'"]),
        made("({}).map(v, v)", maps),
    )
    t["map"] = any_of(
        MAPS,
        made("{{'k': {}}}", anything),
        made("{{?'k': {}}}", optionals),
        made("{{{}: {}}}", anything, anything),
    )
    t["optional"] = any_of(
        OPTIONALS,
        made("optional.of({})", anything),
        made("optional.ofNonZeroValue({})", anything),
        made("({})[?{}]", lists, ints),
        made("({}).?x", maps),
        made("({}).or({})", optionals, optionals),
        made("({}).optMap(v, {})", optionals, anything),
    )
    t["any"] = st.one_of(
        *(bools, ints, doubles, strings, lists, maps, uints, spans, times, optionals),
        st.sampled_from([*OTHERS, *BYTES, "v"]),
        made("({}).orValue({})", optionals, of("any")),
        made("({})[{}]", lists, ints),
    )
    return t


def texts() -> Texts:
    """Texts of expressions."""
    return _texts()["any"]


def contexts() -> st.SearchStrategy[dict[str, Any]]:
    """Data for the names, mostly of the type that the texts expect; some of them are missing."""
    anything = st.sampled_from(VALUES)
    wanted: dict[str, list[Any]] = {
        "a": [0, 1, -7, 2**63 - 1],
        "b": [0.0, 2.5, -1e10],
        "c": ["", "a", "vip", "é漢"],
        "d": [True, False],
        "e": [[1, 2], ["a"], [], [True, 1]],
        "f": VALUES,
    }
    maps = st.sampled_from([{"x": 1, "y": "a"}, {"x": {"z": 2}}, {}, {"x": True, "y": ""}])
    values = {
        name: st.one_of(st.sampled_from(ones), st.sampled_from(ones), anything)
        for name, ones in wanted.items()
    }
    return st.fixed_dictionaries({"m": maps}, optional=values)

"""Calls of every overload that Google's C++ engine has, too, with arguments of every sort.

Run: ``python -m tests.expressions.random_calls --cases 300000 --seed 1``. A call on which the two
engines differ is printed, and makes the exit code 1, unless ``KNOWN`` says why.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from statewright.expressions.functions import OVERLOADS
from statewright.expressions.overloads import Overload
from statewright.expressions.types import CelType
from tests.expressions.oracle import agree, environment, ours, theirs

INTS = [
    *("0", "1", "-1", "2", "3", "5", "7", "13", "63", "64", "65", "100", "-7"),
    *("9223372036854775807", "-9223372036854775808", "9223372036854775806", "9007199254740993"),
    *("1709210000", "253402300799", "253402300800", "-62135596800", "-62135596801"),
]
UINTS = ["0u", "1u", "2u", "7u", "63u", "64u", "18446744073709551615u", "9223372036854775808u"]
DOUBLES = [
    *("0.0", "-0.0", "1.0", "-1.0", "0.5", "-0.5", "1.5", "-2.5", "0.1", "4.35", "2.675"),
    *("123456789.125", "1e15", "1e16", "1e17", "1e21", "1e-4", "1e-5", "1e-7", "5e-324", "1e300"),
    *("1.7976931348623157e308", "0.49999999999999994", "4503599627370495.5", "-1e-10"),
    *("9223372036854775807.0", "-9223372036854775808.0", "18446744073709551615.0"),
    *("(0.0 / 0.0)", "(1.0 / 0.0)", "(-1.0 / 0.0)"),
]
STRINGS = [
    *("''", "'a'", "'abc'", "'ABC'", "'héllo'", "'漢字'", "'😀x'", "'a,b,,c'", "'  x '", "'aa'"),
    *("'1'", "'-12'", "'+5'", "'1.5'", "'1e5'", "'.5'", "'5.'", "'9223372036854775808'"),
    *("'true'", "'TRUE'", "'tRuE'", "'t'", "'0'", "'NaN'", "'inf'", "'-Infinity'"),
    *("'2h'", "'1h30m'", "'-1.5s'", "'1d'", "'100ms'", "'1us'", "'1ns'", "'.5s'", "'1m1'"),
    *("'2024-02-29T12:30:45.125Z'", "'2023-02-29T00:00:00Z'", "'2024-01-01T00:00:00+05:30'"),
    *("'2024-01-01T24:00:00Z'", "'9999-12-31T23:59:59Z'", "'0000-01-01T00:00:00Z'"),
    *("'UTC'", "'Europe/Paris'", "'America/New_York'", "'+02:00'", "'-02:30'", "'+14:30'"),
    *("'aGVsbG8='", "'aGVsbG8'", "'a+'", "'^a'", "'['", "'.'", "'(a)(b)'", "' '", "'\\u0000'"),
    *("'%s'", "'%d'", "'%x'", "'%'", "'%%'", "'%s %s'", "'%.2f'", "'%e'", "'%b'", "'%X'", "'%o'"),
    *(r"'\t\n\\ \"q\"'", "'\\u00a0x\\u2003'", "'ǅİß'", "'é'", "'e\\u0301'"),
]
BYTES = ["b''", "b'abc'", "b'\\xff\\xfe'", "b'h\\u00e9'", "b'\\x00\\x01'"]
TIMESTAMPS = [
    *("timestamp('2024-02-29T12:30:45.125Z')", "timestamp('1969-12-31T23:59:59.999Z')"),
    *("timestamp(0)", "timestamp('0001-01-01T00:00:00Z')", "timestamp('9999-12-31T23:59:59Z')"),
    *("timestamp('2024-03-31T01:30:00Z')", "timestamp('2024-10-27T01:30:00Z')"),
    *("timestamp('1800-01-01T00:00:00Z')", "timestamp('2024-12-31T23:30:00.000000001Z')"),
]
DURATIONS = [
    *("duration('0s')", "duration('1h30m')", "duration('-1.5s')", "duration('1ns')"),
    *("duration('100h')", "duration('-999ms')", "duration('9223372036s')"),
]
LISTS = [
    *("[]", "[1, 2, 3]", "['a', 'b']", "[1, 1.0, 1u]", "[null]", "[[1], [2, [3]]]"),
    *("[1.5, -0.0]", "[true, false]", "['abc', 1, true, null]", "[255, -255, 255u]"),
    *("[{'a': 1, 'b': [2]}]", "[timestamp(0), duration('2s')]", "[9223372036854775807, 1]"),
]
MAPS = ["{}", "{'a': 1}", "{'b': 1, 'a': 2}", "{1: 'a', 2u: 'b'}"]
OPTIONALS = ["optional.none()", "optional.of(1)", "optional.of('a')", "optional.of(null)"]
OTHERS = ["null", "true", "false", "int", "type(1)"]

POOLS: Mapping[str, list[str]] = {
    "bool": ["true", "false"],
    "int": INTS,
    "uint": UINTS,
    "double": DOUBLES,
    "string": STRINGS,
    "bytes": BYTES,
    "timestamp": TIMESTAMPS,
    "duration": DURATIONS,
    "list": LISTS,
    "map": MAPS,
    "optional_type": OPTIONALS,
}
ANYTHING = [*OTHERS, *(text for pool in POOLS.values() for text in pool)]

LACKING = re.compile(
    r"fail|lot|schedule\..*|isOpen|next(Opening|Closing)|openFor|slice|flatten|sort|distinct|first|last|.*unwrap.*|sum|avg|min|max|count|top_keys|merge_.*"
    r"|(lists|sets|answer|regex|format)\..*|ip.*|cidr|is[A-Z].*|contains[A-Z].*|family|masked|prefixLength"
)
"""Functions that the C++ engine does not have."""

KNOWN: Mapping[str, str] = {
    r"string\(duration\('-1.5s'\)\)": "they write three digits, `-1.500s`; cel-go does as we do",
    r"string\(\(-?1.0 / 0.0\)\)": "they write `inf`; cel-go writes `+Inf`, as we do",
    r"\(\[.*\]\)\.reverse\(\)": "they lack it for lists",
    r"uint\('\+5'\)": "they take a sign; cel-go does not",
    r"base64\.decode\(' '\)": "they skip blanks; cel-go does not",
    r"timestamp\('0000.*": "they take the year 0; the specification begins with 1",
    r".*\.substring\(\d+, \d+\)": "they refuse the end of the text as an end; cel-go does not",
    r".*%d.*\.format\(\[1.5, -0.0\]\)": "they write six digits; cel-go writes `1.5`",
}
"""What differs, and why: the first that fits the whole text of the call."""


def calls(chance: Random) -> Iterator[str]:
    """Texts of calls, without end."""
    overloads = [one for one in OVERLOADS if not LACKING.fullmatch(one.name)]
    overloads = [one for one in overloads if not any("net." in str(p) for p in one.parameters)]
    while True:
        yield _text(chance.choice(overloads), chance)


def _text(overload: Overload, chance: Random) -> str:
    name = overload.name
    arguments = [_argument(parameter, chance) for parameter in overload.parameters]
    if name == "-_":
        return f"-({arguments[0]})"
    if name.startswith("_"):
        return f"({arguments[0]}) {name.strip('_')} ({arguments[1]})"
    if overload.member:
        return f"({arguments[0]}).{name}({', '.join(arguments[1:])})"
    return f"{name}({', '.join(arguments)})"


def _argument(wanted: CelType, chance: Random) -> str:
    pool = POOLS.get(wanted.name, ANYTHING)
    return chance.choice(ANYTHING if chance.random() < 0.08 else pool)


def reason_known(text: str) -> str:
    """Why the engines differ on a call, or an empty string."""
    return next((why for pattern, why in KNOWN.items() if re.fullmatch(pattern, text)), "")


def differences(cases: int, seed: int) -> Iterator[tuple[str, Any, Any]]:
    """The calls on which we differ from the C++ engine for no known reason."""
    env, random_calls = environment("v"), calls(Random(seed))
    for _ in range(cases):
        text = next(random_calls)
        one, other = ours(text, {}), theirs(env, text, {})
        if not agree(one, other) and not reason_known(text):
            yield text, one, other


def main() -> int:
    """Run the comparison from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    found = 0
    for text, one, other in differences(options.cases, options.seed):
        found += 1
        sys.stdout.write(f"{text}\n    ours   {one}\n    theirs {other}\n")
    sys.stdout.write(f"{options.cases} calls, {found} differ for no known reason\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

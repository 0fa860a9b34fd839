"""Conditions in ECMAScript against JavaScript itself: what is translated has the same value.

A translation may fail where JavaScript converts in silence; it never comes to something else. What
is known to differ is not tried: ``docs/scxml.md`` lists it.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from statewright.compiler.sources.scxml.ecmascript import cel_from_ecmascript
from statewright.compiler.sources.scxml.terms import UntranslatableError
from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import evaluate, parse
from statewright.flows.names import variable_in_cel

NODE = shutil.which("node")
RUNS = int(os.environ.get("STATEWRIGHT_EXPRESSIONS", "12"))
"""How many batches of random expressions are compared."""

NAMES: Final[dict[str, Any]] = {
    "x": 3, "zero": 0, "half": 0.5, "low": -2.5, "big": 12345678.5, "small": 0.00001,
    "s": "text", "empty": "", "num": "7", "sign": "é🙂", "upper": "ÀB", "no": False, "yes": True,
    "items": [1, 2, 3], "words": ["a", "b"], "o": {"a": {"b": 7}, "k": "v", "length": 9},
    "nothing": None,
}  # fmt: skip

SCRIPT = """
const [names, texts] = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const told = (value) => {
  if (value === undefined) return {kind: 'undefined'};
  if (typeof value === 'number') return {kind: 'number', value: String(value)};
  return {kind: 'value', value};
};
const found = texts.map((text) => {
  try {
    const value = new Function('unset', ...Object.keys(names), `return (${text})`)(undefined, ...Object.values(names));
    return {...told(value), truth: Boolean(value)};
  } catch (error) {
    return {kind: 'error', value: String(error)};
  }
});
process.stdout.write(JSON.stringify(found));
"""

ATOMS = (
    *NAMES, *("o.a.b", "o.k", "o.zz", "items[1]", "words[0]", "o['k']", "unset"),
    *("0", "1", "2", "7", "2.5", ".5", "10", "'a'", "''", "'7'", "'🙂'", "'É'", r"'\x41\u00e9'"),
    *("true", "false", "null", "[]", "[1, 2]", "{}", "{k: 1}", "'k'", "-1", "'Infinity'", "'1.50'"),
)  # fmt: skip
BINARY = ("+", "-", "*", "/", "%", "===", "!==", "<", "<=", ">", ">=", "&&", "||", "in")
UNARY = ("-{}", "+{}", "!{}", "({})", "{}.length", "Math.round({})", "Math.floor({})",
         "Math.ceil({})", "Math.abs({})", "Math.max({})", "Math.pow({}, 2)", "String({})",
         "Number({})", "Boolean({})", "({}).toLowerCase()", "({}).toUpperCase()", "({}).trim()",
         "[{}]", "({{k: {}}})")  # fmt: skip
OTHERS = ("Math.max({}, {})", "Math.min({}, {})", "({}).includes({})", "({}).indexOf({})",
          "({}).startsWith({})", "({}).endsWith({})")  # fmt: skip


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return (
        st.builds("({} {} {})".format, inner, st.sampled_from(BINARY), inner)
        | st.builds(lambda form, one: form.format(one), st.sampled_from(UNARY), inner)
        | st.builds(lambda form, a, b: form.format(a, b), st.sampled_from(OTHERS), inner, inner)
        | st.builds("({} ? {} : {})".format, inner, inner, inner)
    )


EXPRESSIONS = st.recursive(st.sampled_from(ATOMS), larger, max_leaves=5)


def told_by_node(texts: Sequence[str]) -> list[dict[str, Any]]:
    """What each expression comes to in JavaScript."""
    told = json.dumps([NAMES, texts])
    done = subprocess.run(
        [str(NODE), "-e", SCRIPT], input=told, capture_output=True, text=True, check=True
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def value_of(text: str, *, condition: bool) -> Any:
    """What the translation of an expression comes to.

    Raises:
        UntranslatableError, ExpressionError: it has none.
        EvaluationError: it fails.
    """
    cel = cel_from_ecmascript(text, variable_in_cel, flags={"yes", "no"}, condition=condition)
    return evaluate(parse(cel), {**NAMES, "vars": NAMES})


def is_same(value: Any, told: dict[str, Any]) -> bool:
    if told["kind"] == "number":
        number = float(told["value"])
        if type(value) not in {int, float}:
            return False
        return value == number or (math.isnan(value) and math.isnan(number))
    return told["kind"] == "value" and repr(plain(value)) == repr(plain(told["value"]))


def plain(value: Any) -> Any:
    """A value in which numbers are numbers."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in sorted(value.items())}
    return float(value) if type(value) is int else value


def has_nan(value: Any) -> bool:
    """JSON has no such numbers: node writes null."""
    if isinstance(value, (list, dict)):
        return any(map(has_nan, value.values() if isinstance(value, dict) else value))
    return isinstance(value, float) and not math.isfinite(value)


def assert_same(texts: Sequence[str]) -> None:
    for text, told in zip(texts, told_by_node(texts), strict=True):
        with suppress(UntranslatableError, ExpressionError, EvaluationError):
            value = value_of(text, condition=False)
            # Where JavaScript throws, `false && …` of CEL may still be false.
            absorbed = told["kind"] == "error" and type(value) is bool
            assert absorbed or has_nan(value) or is_same(value, told), (text, value, told)
        if told["kind"] != "error":
            with suppress(UntranslatableError, ExpressionError, EvaluationError):
                assert value_of(text, condition=True) is told["truth"], (text, told)


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@settings(
    max_examples=RUNS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),  # what differs is small already
)
@given(st.lists(EXPRESSIONS, min_size=60, max_size=90))
def test_whatever_is_translated_means_what_it_means_in_javascript(texts: list[str]) -> None:
    assert_same(texts)


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_what_is_easily_got_wrong_is_right_or_not_translated() -> None:
    texts = [
        "Math.round(-2.5)", "Math.round(2.5)", "Math.round(low)", "+'3'", "+num", "[] + []",
        "items + items", "[1, 2] == [1, 2]", "items === [1, 2, 3]", "'🙂'.length", "sign.length",
        "s.length", "items.length", "o.length", "1 == '1'", "num + 1.5", "num / 2", "num * 1.5",
        "Boolean('false')", "Number('')", "Number('0x10')", "1 in items", "'k' in o", "'z' in o",
        "big + ''", "small + ''", "x + ''", "half + '!'", "sign.indexOf('x')", "Math.max(items)",
        "(zero / zero) ? 1 : 2", "!(zero / zero)", "{1: 2}", "9007199254740993", "010", r"'\1'",
        "upper.toLowerCase()", "s.toUpperCase()", "Number(num) + 1", "String(yes)",
        "yes === 1", "1 < 2 < 3", "null < 1", "items < items", "-'3'", "1 === 1 === yes",
        r"'a\
b'", r"'\u{41}'", "{__proto__: 1}", "{1.0: 2}['1']", "NaN === NaN", "Infinity > 1",
    ]  # fmt: skip
    assert_same(texts)
    assert value_of("Math.round(-2.5)", condition=False) == -2
    assert value_of("s.length + items.length", condition=False) == 7
    for text in ("+'3'", "[] + []", "[1, 2] == [1, 2]", "1 == '1'"):
        with pytest.raises(UntranslatableError):
            cel_from_ecmascript(text)

"""What somebody writes who means harm, or errs badly: bounded in time and memory, refused clearly.

Time is bounded by patience alone, which what is exponential outlasts by hours; what it took on two
slow cores stands beside each case.
"""

from __future__ import annotations

import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import Environment, check, evaluate, parse, references, unparse
from statewright.expressions.codegen import compile_expression
from statewright.expressions.declarations import type_from_text
from statewright.expressions.parsing.parser import LENGTH_LIMIT
from statewright.expressions.printing.spelling import text_literal
from statewright.expressions.syntax import DEPTH_LIMIT
from statewright.expressions.values import SIZE_LIMIT

Engine = Callable[[str, dict[str, Any]], Any]


def interpreted(text: str, names: dict[str, Any]) -> Any:
    return evaluate(parse(text), names)


def generated(text: str, names: dict[str, Any]) -> Any:
    return compile_expression(parse(text))(names)


engines = pytest.mark.parametrize("engine", [interpreted, generated])

PATIENCE = 120
"""Seconds of the processor."""


@contextmanager
def within(megabytes: float | None = None) -> Iterator[None]:
    """What is done in here ends while somebody waits, and takes no more memory at its peak."""
    if megabytes is not None:
        tracemalloc.start()
    begin = time.process_time()
    try:
        yield
        assert time.process_time() - begin < PATIENCE
        if megabytes is not None:
            assert tracemalloc.get_traced_memory()[1] < megabytes * 2**20
    finally:
        tracemalloc.stop()


def refusal(engine: Engine, text: str, names: dict[str, Any] | None = None) -> str:
    """The reason of the error that it has to be."""
    refused: ExpressionError | EvaluationError | None = None
    try:
        engine(text, names or {})
    except (ExpressionError, EvaluationError) as error:
        refused = error
    assert refused is not None, "it has a value"
    assert len(str(refused)) < 1000
    return refused.reason


def outcome(engine: Engine, text: str, names: dict[str, Any]) -> str:
    """The class of the value, or the reason why there is none."""
    try:
        return type(engine(text, names)).__name__
    except EvaluationError as error:
        return error.reason


# Patterns


@engines
@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(a*)*b", "(.*)*(.*)*(.*)*!!", "(a?){50}a{50}$"]
)
def test_no_pattern_is_catastrophic(engine: Engine, pattern: str) -> None:
    """0.01 s each; Python's own ``re`` would take years."""
    with within():
        assert (
            engine("text.matches(pattern)", {"text": "a" * 10_000 + "!", "pattern": pattern})
            is False
        )


@engines
@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(a{1000}){1000}", "invalid regular expression"),
        ("((((a{100}){100}){100}){100}){100}", "invalid regular expression"),
        ("a" * 10_001, "longer than 10000"),
        ("(a)\\1", "invalid regular expression"),
        ("a(?=b)", "invalid regular expression"),
    ],
)
def test_a_pattern_that_would_take_too_much_is_refused(
    engine: Engine, pattern: str, reason: str
) -> None:
    """0.05 s; RE2's own budget of 8 MB bounds the rest."""
    with within():
        assert reason in refusal(engine, "'a'.matches(pattern)", {"pattern": pattern})


# Work


@engines
@pytest.mark.parametrize("depth", [3, 5, 10])
def test_nested_macros_end_with_the_budget(engine: Engine, depth: int) -> None:
    """0.4 s for the million steps."""
    text = "".join(f"xs.map(x{n}, " for n in range(depth)) + "1" + ")" * depth
    with within(megabytes=200):
        assert (
            refusal(engine, text, {"xs": list(range(200))})
            == "the budget of 1000000 steps is spent"
        )


def doubled(first: str, grown: str, last: str) -> str:
    """Sixty times, something is computed of what was computed before."""
    rounds = (f"cel.bind(s{n + 1}, {grown.format(f's{n}')}, " for n in range(60))
    return f"cel.bind(s0, {first}, {''.join(rounds)}{last}{')' * 61}"


@engines
@pytest.mark.parametrize(
    "grown",
    [
        "{0} + {0}",
        "[{0}, {0}].join()",
        "'%s%s'.format([{0}, {0}])",
        "{0}.replace('', {0})",
        "{0}.replace('a', 'aa')",
    ],
)
def test_no_text_grows_without_bound(engine: Engine, grown: str) -> None:
    """0.01 s."""
    with within(megabytes=100):
        reason = refusal(engine, doubled("'a'", grown, "size(s60)"))
    assert f"at most {SIZE_LIMIT}" in reason or "budget" in reason, reason


@engines
@pytest.mark.parametrize("grown", ["{0} + {0}", "[{0}, {0}]", "lists.range(size({0}) * 2 + 1)"])
def test_no_list_grows_without_bound(engine: Engine, grown: str) -> None:
    """0.5 s. A list may hold another many times; only who would look at all of it is refused."""
    with within():
        reason = refusal(engine, doubled("[1]", grown, "size([s60].flatten(70))"))
    assert f"at most {SIZE_LIMIT}" in reason or "budget" in reason, reason


@engines
def test_a_large_list_is_paid_for(engine: Engine) -> None:
    """0.3 s."""
    names = {"xs": list(range(100_000))}
    with within():
        assert (
            engine("xs.all(x, x >= 0) && 99999 in xs && xs.map(x, x).size() == 100000", names)
            is True
        )
        assert "budget" in refusal(engine, "xs.all(x, x in xs)", names)


# Texts


@pytest.mark.parametrize(
    "text",
    [
        *(
            "'" + "a" * 10**8 + "'",
            "1" * 10**6,
            "[" + "1," * 100_000 + "1]",
            "(" * 10**6,
            " " * 10**6,
        ),
        "a" * (LENGTH_LIMIT + 1),
    ],
    ids=[
        "100 MB text",
        "10^6 digits",
        "100,001 elements",
        "10^6 brackets",
        "10^6 blanks",
        "one more",
    ],
)
def test_an_enormous_expression_is_refused_unread(text: str) -> None:
    """0.000 s, and not a copy of it."""
    with within(megabytes=0.1):
        assert (
            refusal(interpreted, text) == f"the expression is longer than {LENGTH_LIMIT} characters"
        )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1" * (LENGTH_LIMIT - 1), "the number does not fit in 64 bits"),
        ("0x" + "f" * (LENGTH_LIMIT - 2), "the number does not fit in 64 bits"),
        ("1" * (LENGTH_LIMIT - 5) + ".0", "the number is too large for a double"),
        ("1e" + "9" * (LENGTH_LIMIT - 5), "the number is too large for a double"),
        ("'" + "\\" * (LENGTH_LIMIT - 5), "the text has no closing '"),
        ("'''" * 33_332, "expected an operator or the end, found `''''''`"),
        ('"\n' * (LENGTH_LIMIT // 2), 'the text has no closing "'),
        ("a" + "." * (LENGTH_LIMIT - 1), "expected the name of a field, found `.`"),
        ("a ? " * (LENGTH_LIMIT // 4), "a condition inside a condition"),
        ("{" * LENGTH_LIMIT, "expected a value, found the end"),
        ("f(" * (LENGTH_LIMIT // 2 - 1) + "1", "`(` is never closed"),
        ("// " + "a" * (LENGTH_LIMIT - 3), "expected a value, found the end"),
    ],
)
def test_the_longest_expressions_are_read_in_a_moment(text: str, reason: str) -> None:
    """0.5 s for the brackets, 0.1 s for the others."""
    with within():
        assert refusal(interpreted, text) == reason


@engines
def test_the_longest_literals_have_their_values(engine: Engine) -> None:
    """0.3 s for the list."""
    with within():
        assert engine("'" + "\\n" * 49_000 + "'", {}) == "\n" * 49_000
        assert engine("[" + "1," * 49_000 + "]", {}) == [1] * 49_000
        assert engine("0." + "1" * (LENGTH_LIMIT - 2), {}) == 1 / 9
        assert len(engine("{" + ",".join(f"'{n}':1" for n in range(9_000)) + "}", {})) == 9_000


@engines
@pytest.mark.parametrize(
    ("operator", "operand", "value"),
    [
        *(("&&", "true", True), ("||", "false", False), ("+", "1", 10_000), ("*", "1", 1)),
        ("&&", "a.b", True),
    ],
)
def test_ten_thousand_terms_are_one_chain(
    engine: Engine, operator: str, operand: str, value: Any
) -> None:
    """0.3 s."""
    text = operator.join([operand] * 10_000)
    with within():
        assert engine(text, {"a": {"b": True}}) == value
        expression = parse(text)
        assert unparse(parse(unparse(expression))) == unparse(expression)
        assert not check(
            expression, Environment({"a": type_from_text("map(string, bool)")})
        ).problems


@engines
@pytest.mark.parametrize("operand", ["'a'", "[1]"])
def test_long_sums_of_texts_and_lists_are_paid_for(engine: Engine, operand: str) -> None:
    """0.1 s. Each sum is built anew, so the cost grows with the square of their number."""
    with within():
        assert len(engine("+".join([operand] * 2_000), {})) == 2_000
        assert (
            refusal(engine, "+".join([operand] * 10_000)) == "the budget of 1000000 steps is spent"
        )


NESTED = {
    "lists": ("[", "1", "]"),
    "maps": ("{'a': ", "1", "}"),
    "calls": ("size(", "''", ")"),
    "indices": ("a[", "0", "]"),
    "fields": ("", "a", ".b"),
    "optional fields": ("", "a", ".?b"),
    "members": ("", "a", ".size()"),
    "not": ("!", "true", ""),
    "minus": ("-", "a", ""),
    "conditions": ("(true ? 1 : ", "2", ")"),
    "else": ("true ? 1 : ", "2", ""),
    "comparisons": ("1 == (", "1", ")"),
    "sums": ("1 + (", "1", ")"),
    "and or": ("true && (false || (", "true", "))"),
    "macros": ("[1].map(x, ", "x", ")"),
    "walks": ("", "[1]", ".filter(x, true)"),
    "bindings": ("cel.bind(x, 1, ", "x", ")"),
    "bound": ("cel.bind(x, ", "1", ", x)"),
}


@engines
@pytest.mark.parametrize("parts", NESTED.values(), ids=NESTED.keys())
def test_500_levels_are_refused_and_100_are_not(
    engine: Engine, parts: tuple[str, str, str]
) -> None:
    """0.02 s."""
    opening, inner, closing = parts
    text = opening * 500 + inner + closing * 500
    with within():
        reason = f"the expression is nested more than {DEPTH_LIMIT} levels deep"
        assert refusal(engine, text) == reason
        text = opening * 90 + inner + closing * 90
        expression = parse(text)
        check(expression, Environment({}))
        references(expression)
        assert unparse(parse(unparse(expression))) == unparse(expression)
        assert "recursion" not in outcome(engine, text, {"a": {}})


@engines
def test_data_that_are_nested_deeply_are_an_error_and_no_crash(engine: Engine) -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    for text in (
        "x == x",
        "string(x)",
        "[x] == [x]",
        "x in [x]",
        "x.flatten(1000000)",
        "'%s'.format([x])",
    ):
        assert outcome(engine, text, {"x": deep})
    while isinstance(deep, list):  # Python itself takes such a list apart safely only bit by bit
        deep = deep.pop()


# Names and characters


HOSTILE_NAMES = [
    *(
        "__class__",
        "__dict__",
        "__init__",
        "__globals__",
        "__builtins__",
        "__import__",
        "__subclasses__",
    ),
    *(
        "mro",
        "real",
        "keys",
        "items",
        "format_map",
        "clear",
        "append",
        "tzinfo",
        "denominator",
        "gi_frame",
    ),
    *(
        "None",
        "True",
        "self",
        "lambda",
        "def",
        "class",
        "exec",
        "eval",
        "names",
        "host",
        "frame",
        "_a",
        "_",
    ),
]


@engines
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_reaches_into_python(engine: Engine, name: str) -> None:
    values = [
        "1",
        "1u",
        "1.5",
        "'a'",
        "b'a'",
        "true",
        "null",
        "[1]",
        "{'a': 1}",
        "int",
        "optional.of(1)",
        "now",
        "now - now",
    ]
    names = {"now": evaluate(parse("timestamp(0)"), {})}
    for value in values:
        for text in (
            f"{value}.{name}",
            f"{value}.{name}()",
            f"{value}['{name}']",
            f"{value}.{name}.{name}",
        ):
            with pytest.raises((EvaluationError, ExpressionError)):
                engine(text.replace("1.__", "(1).__"), names)
    for text in (name, f"{name}()", f"{name}.{name}", f"{name}['a']", f".{name}"):
        with pytest.raises((EvaluationError, ExpressionError)):
            engine(text, {})
    assert engine(f"m.{name} + {name}", {"m": {name: 1}, name: 2}) == 3
    assert engine(f"has(m.{name}) || '{name}' in m", {"m": {}}) is False
    assert engine(f"[1].map({name}, {name} + 1)", {}) == [2]


@engines
@pytest.mark.parametrize(
    "key",
    [
        "'] + exit() + ['",
        '"]',
        "\\",
        "\n",
        "\0",
        "{x}",
        "%s",
        "\u202e",
        "#",
        "'''",
        "\\N{BULLET}",
        "é",
    ],
)
def test_a_key_is_a_key_whatever_is_in_it(engine: Engine, key: str) -> None:
    text = unparse(parse("m[k] + m[k]")).replace("k", text_literal(key))
    assert engine(text, {"m": {key: 1}}) == 2
    assert engine(f"vars[{text_literal(key)}]", {"vars": {key: "x"}}) == "x"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a\0", "U+0000 does not belong here"),
        ("\0", "U+0000 does not belong here"),
        ("a\u202e", "U+202E does not belong here"),
        ("\u2066a", "U+2066 does not belong here"),
        ("a\u200b", "U+200B does not belong here"),
        ("\ufeffa", "U+FEFF does not belong here"),
        ("\u0430dmin", "`\u0430` does not belong here"),
        ("'\ud83d'", "the text holds half a character"),
        ("a // \ud83d", "the text holds half a character"),
        ("'\\ud83d\\ude00'", "U+D83D is no character"),
        ("'\\U00110000'", "U+110000 is no character"),
    ],
)
def test_characters_that_deceive_are_refused_and_shown_harmless(text: str, reason: str) -> None:
    assert refusal(interpreted, text) == reason
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert all(character.isprintable() for character in str(caught.value).replace("\n", ""))


@engines
def test_a_text_may_hold_any_character_and_is_written_visibly(engine: Engine) -> None:
    text = "'\0\u202e\u2066\u200b\ufeff\U0001f600'"
    assert engine(text, {}) == "\0\u202e\u2066\u200b\ufeff\U0001f600"
    assert unparse(parse(text)) == "'\\u0000\\u202e\\u2066\\u200b\\ufeff\U0001f600'"


@engines
def test_half_a_character_in_the_data_is_an_error_where_it_matters(engine: Engine) -> None:
    names = {"x": "a\ud800"}
    assert engine("size(x) == 2 && x.startsWith('a') && x != 'b'", names) is True
    for text in ("bytes(x)", "x.matches('a')", "'a'.matches(x)"):
        assert refusal(engine, text, names)


# Threads


@pytest.fixture
def frequent_switches() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


SHARED = (
    "cel.bind(own, names.map(n, n + id).filter(n, n.endsWith(id)), own.size() == 3 && "
    "own.all(n, n.startsWith('n')) && own.exists_one(n, n == 'n1' + id) && id.matches('^[0-9]+$') && "
    "(age > 10 ? 'old' + id : 'young' + id) == expected && {'k': id}.k == id && m.?k.orValue(id) == id)"
)


@engines
@pytest.mark.usefixtures("frequent_switches")
def test_eight_threads_share_an_expression_and_no_value_is_wrong(engine: Engine) -> None:
    """8 threads, 500 evaluations each, beginning before it is linked or compiled. 1 s."""
    expression = parse(f"{SHARED} && '{engine.__name__}' != ''")
    program: Callable[[dict[str, Any]], Any] = compile_expression(expression)
    if engine is interpreted:
        program = lambda names: evaluate(expression, names)  # noqa: E731 (one of two programs)
    wrong: list[Any] = []
    ready = threading.Barrier(8)

    def run(thread: int) -> None:
        ready.wait()
        for turn in range(500):
            id_ = str(thread * 1_000 + turn)
            old = (thread + turn) % 2 == 0
            names = {
                "names": ["n0", "n1", "n2"],
                "id": id_,
                "age": 20 if old else 5,
                "expected": ("old" if old else "young") + id_,
                "m": {"k": id_} if turn % 3 else {},
            }
            value = program(names)
            if value is not True:
                wrong.append((id_, value))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

"""CEL in TypeScript is worth what CEL is worth; regular expressions mean what RE2 means by them."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statewright.compiler.targets.xstate.expressions import Reader, typescript_from
from statewright.compiler.targets.xstate.literals import SAFE, NotExportableError
from statewright.compiler.targets.xstate.patterns import NoTranslationError, javascript_from
from statewright.errors import EvaluationError
from statewright.expressions import Maybe, TypeValue, evaluate, parse
from statewright.expressions.operations.patterns import searcher
from statewright.expressions.operations.utterances import folded
from statewright.statechart.structure.nodes import Scope, Variable
from tests.compiler.node_tools import NodeTools
from tests.expressions.random_expressions import NAMES, VALUES, texts

FILES = {
    name: (files("statewright.compiler.targets.xstate") / name).read_text("utf-8")
    for name in ("cel.ts", "chart.ts")
}
SCOPE = Scope("", None, {name: Variable("", name, "dyn") for name in NAMES})
DATA = [
    value
    for value in VALUES
    if not (isinstance(value, int) and abs(value) > SAFE)
    and not (isinstance(value, float) and value.is_integer() and abs(value) < SAFE)
]
CHARTS = int(os.environ.get("STATEWRIGHT_CHARTS", "30"))
"""How long the random tests search."""

ONLY_IN_CEL = "an int of more than 53 bits"


def typescript(text: str) -> str | None:
    try:
        return typescript_from(parse(text), Reader(SCOPE, "", "", frozenset()))
    except NotExportableError:
        return None


def typed(value: Any) -> Any:
    """A value in the form in which ``tools.mjs`` hands them out."""
    return TYPED[type(value)](value)


def spelled(value: float) -> str:
    """How JavaScript spells a double."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)


TYPED: dict[type, Callable[[Any], Any]] = {
    type(None): lambda _: {"null_type": None},
    bool: lambda value: {"bool": value},
    int: lambda value: {"int": value},
    float: lambda value: {"double": spelled(value)},
    str: lambda value: {"string": value},
    list: lambda value: {"list": [typed(one) for one in value]},
    dict: lambda value: {"map": {key: typed(part) for key, part in value.items()}},
    Maybe: lambda value: {"optional": [typed(value.value)] if value.present else []},
    TypeValue: lambda value: {"type": value.name},
}


def ours(text: str, data: dict[str, Any]) -> Any:
    try:
        return typed(evaluate(parse(text), data))
    except EvaluationError:
        return None


def disagreements(
    node: NodeTools, expressions: list[str], data: dict[str, Any]
) -> list[tuple[str, Any, Any]]:
    """What is worth something else in TypeScript."""
    written = [(text, typescript(text)) for text in expressions]
    exported = [(text, code) for text, code in written if code is not None]
    answers = node.ask(
        "evaluate",
        files=FILES,
        expressions=[code for _, code in exported],
        variables={name: {"type": "dyn"} for name in NAMES},
        data=data,
    )
    found = []
    for (text, _), answer in zip(exported, answers, strict=True):
        expected = ours(text, data)
        large = answer.get("error") == ONLY_IN_CEL
        if (not large and answer.get("value") != expected) or "fault" in answer:
            found.append((text, expected, answer))
    return found


@settings(deadline=None, max_examples=2 * CHARTS, suppress_health_check=list(HealthCheck))
@given(
    st.lists(texts(), min_size=1, max_size=6),
    st.fixed_dictionaries({}, optional={name: st.sampled_from(DATA) for name in NAMES}),
)
def test_random_expressions_are_worth_the_same(
    node: NodeTools, expressions: list[str], data: dict[str, Any]
) -> None:
    assert disagreements(node, expressions, data) == []


@pytest.mark.parametrize(
    "text",
    [
        *("7 / 2", "-7 / 2", "-7 % 3", "0 / -5", "1 / 0", "1 % 0", "1.0 / 0.0", "-1.0 / 0.0"),
        *("1 + 1.0", "2.0 + 2.0", "0.1 + 0.2", "type(2.0)", "type(1.5 + 0.5)", "2 == 2.0"),
        *("9007199254740991 - 1", "1 < 1.5", "'a' < 1", "null == 0", "0 == false", "'' == 0"),
        *("size('🙂é')", "'🙂' < 'ﬀ'", "'ﬀ' < '🙂'", "['🙂', 'ﬀ'] == ['🙂', 'ﬀ']"),
        *("{'b': 1, 'a': 2}.map(k, k)", "{'__proto__': 1}.size()", "has({'toString': 1}.x)"),
        *("has({}.toString)", "'constructor' in {}", "{'a': 1}.constructor", "[1, 2][1.0]"),
        *("true || nothing", "nothing || true", "nothing && false", "nothing || false"),
        *("[1, 2].exists(x, x == 2 || nothing)", "[1, 'a'].all(x, x > 0)", "1 ? 2 : 3"),
        *("string(1e16)", "string(1e-5)", "string(1.0)", "string(-0.0)", "string(123456.789)"),
        *("double('1e3')", "double('.5')", "double('1_0')", "double(' 1')", "double('-inf')"),
        *("int('+7')", "int('7.0')", "int(2.9)", "int(-2.9)", "bool('T')", "bool('True')"),
        *("'aXa'.split('X')", "'🙂b'.split('')", "'🙂b'.substring(1)", "'🙂b'.indexOf('b')"),
        *(
            "'🙂b'.charAt(0)",
            "' a '.trim()",
            "'ÀB'.lowerAscii()",
            "'a,b'.replace(',', '')",
            "'🙂b'.replace('', '-')",
        ),
        *("math.round(-2.5)", "math.round(0.4)", "math.greatest(1, 2.5)", "math.least([3, 1])"),
        *(
            "[1, 1.0, 'a', 'a'].distinct()",
            "optional.of(1).or(optional.none())",
            "[?optional.none()]",
        ),
        *(
            "cel.bind(x, nothing, true)",
            "cel.bind(x, 2, x + x)",
            "[[1, 2], [3]].map(x, x.map(x, x + 1))",
        ),
        *(
            "answer.integer(' 12 ')",
            "answer.number('1.')",
            "answer.boolean('YES')",
            "answer.text('  ')",
        ),
        *("answer.email('a@b.co')", "answer.email('a@b')", "answer.phone('+49 (30) 123456')"),
        *("answer.date('2024-02-29')", "answer.date('2023-02-29')", "answer.date('0000-01-01')"),
        *("answer.integer('４２.')", "answer.integer('٤٢')", "answer.number('١٢٫٥')"),
        *("answer.number('−3.5!')", "answer.number('5²')", "answer.integer('𝟘𝟙𝟡')"),
        *("answer.boolean('¡Sí!')", "answer.boolean('Va bene.')", "answer.boolean('não')"),
        *("answer.email('a@b.co.')", "answer.phone('０２０ ７９４６ ００１８.')"),
        *("answer.integer(2.0)", "answer.number(3)", "answer.boolean('')", "answer.text(4)"),
        *(
            "answer.boolean('👍🏽')",
            "answer.boolean('nein, danke!')",
            "answer.boolean('D’accord.')",
        ),
        *("answer.boolean('bitte?')", "answer.boolean('✔️')", "answer.email('<a@b.co>')"),
        *("answer.email('mailto:a@b.co')", "answer.phone('+49 (0)30 123-456')"),
        *("answer.phone('0030 210 1234567')", "answer.phone('0049 (0)30 123456')"),
        *("answer.phone('+39 (0)6 1234567')", "answer.phone('030/123 – 456')"),
        *("answer.phone('(+49) 30\u202f123456')", "answer.phone('\u202a+4930123456\u202c')"),
        *("answer.phone('0011 49 30 123456')", "answer.phone('tel:555-0100')"),
        *("answer.phone('555-1234 / 555-9876')", "answer.phone('555-1234 555-9876')"),
        *("answer.phone('030 / 12345-67')", "answer.phone('+49 30 123456 / 7')"),
        *("answer.phone('31.12.2026')", "answer.phone('2026-12-31')", "answer.phone('31-12-3456')"),
        *("answer.phone('+00 49 30 1234567')", "answer.phone('415/555-0100')"),
        *("answer.phone('0475/12/34/56')", "answer.phone('030/123456/7')"),
    ],
)
def test_where_javascript_would_trip_the_value_is_cel_s(node: NodeTools, text: str) -> None:
    assert disagreements(node, [text], {}) == []


CHOICES = "[{'value': 'a', 'label': 'São Paulo'}, {'value': 2, 'label': 'B, C', 'synonyms': ['Two!']}, {'value': 'A'}]"


@pytest.mark.parametrize(
    "answer",
    [
        *("'a'", "'A'", "'sao paulo'", "' SÃO  PAULO'", "'SÃO PAULO '", "'2'", "2", "'3'", "'4'"),
        *("'a!'", "'٢.'", "'Two?'", "'two'", "'sao paulo :)'", "'３'"),
        *("'b, c'", "'a, b, c'", "'a,A'", "'a, 2'", "['a', 2]", "['a', 'x']", "''", "[]", "null"),
    ],
)
@pytest.mark.parametrize("function", ["choice", "choices"])
def test_answers_pick_the_same_choices(node: NodeTools, function: str, answer: str) -> None:
    assert disagreements(node, [f"answer.{function}({answer}, {CHOICES})"], {}) == []


DRINKS = (
    "[{'value': 'tea', 'label': 'C++'}, {'value': 'milk', 'synonyms': ['Salt and pepper']},"
    " {'value': 'y', 'label': 'A, B'}]"
)


@pytest.mark.parametrize(
    "answer",
    [
        *(
            "'tea and milk'",
            "'TEA, und milk!'",
            "'tea & milk; a, b'",
            "'c++ + milk'",
            "'c++ et y, tea'",
        ),
        *("'1 3'", "'1 3 and 2.'", "'1 7'", "'13'", "'- tea\\n- milk'", "'- tea'", "'tea y milk'"),
        *(
            "'salt and pepper and tea'",
            "', ,'",
            "'tea,,milk,'",
            "'and'",
            "'tea milk'",
            "'C++\\nC++'",
        ),
        *("{'title': 'x', 'value': 'milk'}", "[{'id': 'tea'}]", "[{'title': 'Nobody'}]", "{}"),
    ],
)
@pytest.mark.parametrize("function", ["choice", "choices"])
def test_several_answers_are_told_apart_in_the_same_way(
    node: NodeTools, function: str, answer: str
) -> None:
    assert disagreements(node, [f"answer.{function}({answer}, {DRINKS})"], {}) == []


UNSURE = {
    "2|4|6": "1 2 3 4",
    "1 night|3 nights|2 nights": "1 2 3",
    "under 18|18 to 30|over 30": "1 2 3",
    "0–17|18–64|65+": "1 3",
    "Small (10 €)|Large (2.50 €)": "1 2 10",
    "B2|C1|3 May 10:00|2026-12-31": "1 2 3 4",
    "résumé|resume|Tea|tea|now?|now!": "RESUME resume 2 TEA Tea Tea! now now! now? 6",
}


@pytest.mark.parametrize("labels", UNSURE)
def test_what_may_mean_two_choices_is_none_in_both(node: NodeTools, labels: str) -> None:
    offered = ", ".join(f"{{'value': '{one}', 'label': '{one}'}}" for one in labels.split("|"))
    calls = [f"answer.choice('{one}', [{offered}])" for one in UNSURE[labels].split()]
    assert disagreements(node, calls, {}) == []


MAPS = "[{'value': {'sku': 4}, 'label': 'four'}, {'value': {'id': 'four'}, 'label': 'other'}]"


def test_a_map_that_is_offered_as_a_value_means_that_in_both(node: NodeTools) -> None:
    given = ("{'sku': 4}", "{'id': 'four'}", "{'sku': 5}", "{'title': 'four'}", "{}")
    calls = [f"answer.choice({one}, {MAPS})" for one in given]
    calls += [f"answer.choices([{one}], {MAPS})" for one in given]
    assert disagreements(node, calls, {}) == []


NAMED = "[" + ", ".join(f"{{'value': '{one}'}}" for one in ("A", "A+", "A++", "B", "B+")) + "]"


def test_signs_that_may_end_a_name_are_understood_in_the_same_way(node: NodeTools) -> None:
    typed = ("A++ B", "A+ B+", "A+, B+", "A++B", "A + B", "A+B", "A+++B", "A++ and B+", "+", "A+ ")
    calls = [f"answer.choices('{one}', {NAMED})" for one in typed]
    assert disagreements(node, calls, {}) == []


def test_texts_that_nobody_sees_are_none_in_both(node: NodeTools) -> None:
    texts = ("' \\u200b '", "'\\u202ehi '", "'\\ufeff'", "'a'")
    calls = [f"answer.text({one})" for one in texts]
    zeros = [f"string(1.0 / answer.number({one}).value())" for one in ("'-0'", "'-0.0'", "-0.0")]
    assert disagreements(node, [*calls, *zeros], {}) == []


LED: dict[str, tuple[str, ...]] = {
    "1|+1": ("1", "+1", "1, +1", "+1 and 1", "1 +1", "+1 1", "2", "++1"),
    "& Sons|Sons": ("& Sons", "Sons, & Sons", "Sons & Sons", "&Sons", "Sons, "),
    "-a|a": ("-a", "- a", "a, -a", "- a\\n- -a", "----- a"),
    "+|-|*": ("+", "+, -", "+,-,*", "1"),
    "é|e": ("e\u0301", "é, e"),
}


@pytest.mark.parametrize("labels", LED)
def test_signs_that_may_begin_a_name_are_understood_in_the_same_way(
    node: NodeTools, labels: str
) -> None:
    offered = ", ".join(f"{{'value': '{one}', 'label': '{one}'}}" for one in labels.split("|"))
    functions = ("choice", "choices")
    calls = [f"answer.{each}('{one}', [{offered}])" for each in functions for one in LED[labels]]
    assert disagreements(node, calls, {}) == []


NUMBERS = (
    *("1.250", "12,5", "12.5", "1.250,50", "1,250.5", "0.500", "1 250,5", "1\u202f250", "1’250.5"),
    *(
        "1'250",
        "12,34,567.5",
        "1,234,567",
        "١٬٢٥٠٫٥",
        "−5",
        "–5,5",
        ",5",
        "5,",
        "1,2,3",
        "1 3",
        "+7",
    ),
    *("1.250.000", "1.250 000", "９,５!", "1e5", "", "-", "\u061c-٣", "001", "1_000", "5-"),
)


def test_numbers_are_read_with_the_same_signs_in_every_language(node: NodeTools) -> None:
    """JavaScript brings tables of its own, of another year: for Austria these differ."""
    languages = (
        *("de", "de-LI", "de-CH", "de_CH", "de-XX", "en", "en-IN", "en-ZA", "es", "es-ES", "es-MX"),
        *(
            "fr",
            "fr-CA",
            "fr-CH",
            "it",
            "nl",
            "pt",
            "pt-PT",
            "pl",
            "sv",
            "hi",
            "ar",
            "ru",
            "tlh",
            "",
        ),
    )
    expressions = [
        f"answer.{function}({json.dumps(number)}, '{language}')"
        for function in ("numberIn", "integerIn")
        for number in NUMBERS
        for language in languages
    ]
    assert disagreements(node, expressions, {}) == []


@pytest.mark.parametrize("declared", ["bool", "int", "double", "string", "list", "map", "dyn"])
def test_the_same_answers_become_a_value_of_a_type(node: NodeTools, declared: str) -> None:
    values = (
        "'5'",
        "'x'",
        "5",
        "5.0",
        "5.5",
        "true",
        "'TRUE'",
        "'t'",
        "'1e3'",
        "[1]",
        "{}",
        "null",
    )
    expressions = [f"answer.becomes({value}, '{declared}')" for value in values]
    assert disagreements(node, expressions, {}) == []


def test_words_are_folded_as_python_folds_them(node: NodeTools) -> None:
    blocks = ((0x20, 0x700), (0x1E00, 0x2C00), (0x3000, 0xA000), (0xAC00, 0xD7A4), (0xF900, 0xFB50))
    characters = [chr(code) for first, end in blocks for code in range(first, end)]
    texts_folded = node.ask("folded", files=FILES, texts=characters)
    different = [
        one for one, theirs in zip(characters, texts_folded, strict=True) if folded(one) != theirs
    ]
    assert different == []


@pytest.mark.parametrize(
    "text",
    [
        *("1u", "b'a'", "now", "duration('1s')", "timestamp('2024-01-01T00:00:00Z')", "{1: 2}"),
        *("'a'.matches(c)", "'a'.matches('(?s).')", "9007199254740993", "vars", "session.turns"),
        *("[1].transformList(i, v, i)", "c.format([])"),
        *("answer.becomes(a, 'timestamp')", "answer.becomes(a, b)"),
    ],
)
def test_what_typescript_could_not_be_trusted_with_is_not_exported(text: str) -> None:
    assert typescript(text) is None


PIECES = [
    *("a", "B", "k", "S", "é", "🙂", "-", "/", " ", "\n", "[ab]", "[^ab]", "[a-z0-9_]", "[\\d.-]"),
    *(
        "[]a]",
        "[^]a]",
        "[a-]",
        "[\\]]",
        "\\d",
        "\\D",
        "\\w",
        "\\W",
        "\\s",
        "\\S",
        "\\b",
        "\\B",
        ".",
    ),
    *(
        "^",
        "$",
        "\\A",
        "\\z",
        "(",
        "(?:",
        ")",
        "|",
        "*",
        "+",
        "?",
        "{2}",
        "{1,}",
        "{0,2}",
        "{",
        "\\.",
    ),
    *("\\n", "\\x41", "\\pL", "(?i)", "\\Q", "[[:alpha:]]", "\\-", "}", "]", "ſ", "[J-L]", "\\t"),
]
SAMPLES = ["", "a", "b", "B", "ab", "aab", "k", "K", "\u212a", "ſ", "s", "é", "🙂", "a b", "a\nb"]
SAMPLES += ["\n", "a\n", "12", "_", "-", "/", "]", "a]", "\u2028", "\x0b", "\xa0", ".", "{2}", "j"]


def translated(pattern: str) -> str | None:
    try:
        searcher(pattern)
        return javascript_from(pattern)
    except (EvaluationError, NoTranslationError):
        return None


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("", "", "", "(?i)")), st.lists(st.sampled_from(PIECES), max_size=5)
        ).map(lambda parts: parts[0] + "".join(parts[1])),
        min_size=50,
        max_size=100,
    )
)
def test_patterns_match_what_re2_matches(node: NodeTools, patterns: list[str]) -> None:
    pairs = [(one, code) for one in patterns if (code := translated(one)) is not None]
    calls = [
        f"cel.matches({json.dumps(sample)}, {code})" for _, code in pairs for sample in SAMPLES
    ]
    answers = node.ask("evaluate", files=FILES, expressions=calls, variables={}, data={})
    expected = [searcher(pattern)(sample) for pattern, _ in pairs for sample in SAMPLES]
    assert [answer.get("value") for answer in answers] == [typed(one) for one in expected]

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.expressions import parse
from statewright.flows.dialects.chatwoot_builder.javascript import (
    UntranslatableError,
    cel_from_javascript,
)
from statewright.flows.names import path_in_cel, variable_in_cel
from statewright.flows.placeholders import Path

TYPES = {"n": "double", "s": "string", "b": "bool"}


def resolve(path: Path) -> tuple[str, str]:
    type_ = TYPES.get(path[0], "dyn") if len(path) == 1 else "dyn"
    return path_in_cel(variable_in_cel(path[0]), path[1:]), type_


@pytest.mark.parametrize(
    ("javascript", "cel"),
    [
        ('{{tier}} == "gold"', "tier == 'gold'"),
        ("tier === 'gold'", "tier == 'gold'"),
        ("{{ a.b.0.c-d }} !== 1", "a.b[0]['c-d'] != 1"),
        ("{{a}} > 5 && {{b}} || !{{b}}", "a > 5 && b || !b"),
        ("(a || b) && c", "(a || b) && c"),
        ("a && (b && c)", "a && b && c"),
        ("!(a == 1)", "!(a == 1)"),
        ("a - (b - 1) > 2", "a - (b - 1) > 2"),
        ("(a + 1) * 2 >= -3", "(a + 1) * 2 >= -3"),
        # A literal takes the type of the variable that it is compared with.
        ('{{n}} == "5"', "n == 5.0"),
        ("{{n}} > 3", "n > 3.0"),
        ("{{n}} + 1 == 2.5", "n + 1.0 == 2.5"),
        ("{{s}} == 5", "s == '5'"),
        ("{{s}} > 5", "double(s) > 5.0"),
        ('{{b}} == "true"', "b == true"),
        # What is not there is null.
        ("a.b == null", "!has(a.b) || a.b == null"),
        ("a != undefined", "('a' in vars) && a != null"),
        # Methods of texts.
        ("s.includes('x') && s.trim().length > 3", "s.contains('x') && size(s.trim()) > 3"),
        ("s.toLowerCase() === 'x'", "s.lowerAscii() == 'x'"),
        # Names that CEL cannot spell.
        ("{{first-name}} == 'a'", "vars['first-name'] == 'a'"),
        (r"""a == 'it\'s "q"'""", r"""a == 'it\'s "q"'"""),
    ],
)
def test_conditions_are_translated(javascript: str, cel: str) -> None:
    assert cel_from_javascript(javascript, resolve) == cel


@pytest.mark.parametrize(
    ("javascript", "reason"),
    [
        ("if x > 10", "`x` is not understood here"),
        ("", "a value is missing before the end"),
        ("a == ", "a value is missing before the end"),
        ("(a", "`)` is missing"),
        ("a ? b : c", "`? b : c` is not understood here"),
        ("{{first name}} == 1", "`first name` is no path"),
        ("s", "`s` is no condition; compare it with something"),
        ("s && true", "`s` is no condition; compare it with something"),
        ("a.map(x)", "`map()` has no counterpart"),
        ("'x' == null", "only a plain path can be compared with null"),
        ("99999999999999999999 == a", "`99999999999999999999` is too large"),
        ("!" * 100 + "a", "it is nested too deep"),
        ("(" * 100, "it is nested too deep"),
        ("a" * 10_001, "it is too long"),
    ],
)
def test_what_cannot_be_translated_says_why(javascript: str, reason: str) -> None:
    with pytest.raises(UntranslatableError) as caught:
        cel_from_javascript(javascript, resolve)
    assert str(caught.value) == reason


TOKENS = st.sampled_from(
    [
        *("{{n}}", "{{a.0.b-c}}", "s", "b", "a.b", "_lastResult", "length", "includes", "é"),
        *("'x'", "5", "1.5", "null", "true", "{{", "}}", "'", "?"),
        *("==", "===", "!=", "<", ">=", "&&", "||", "!", "-", "+", "*", "%", "(", ")", ".", ","),
    ]
)


def translated(javascript: str) -> str | None:
    try:
        return cel_from_javascript(javascript, resolve)
    except UntranslatableError:
        return None


@given(st.lists(TOKENS, max_size=15).map(" ".join) | st.text(max_size=40))
def test_a_translation_is_always_cel(javascript: str) -> None:
    cel = translated(javascript)
    if cel is not None:
        parse(cel)

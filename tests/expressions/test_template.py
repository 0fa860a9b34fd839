"""Texts with holes: what is a hole, and how its value is printed where it stands."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import EvaluationError, ExpressionError
from statewright.expressions import (
    Maybe,
    Place,
    Secret,
    SecretText,
    Template,
    Text,
    Uint,
    parse_template,
    render,
)


def rendered(text: str, place: Place = Place.TEXT, **names: Any) -> Any:
    return render(Text(parse_template(text, place)), names)


def marked(text: str) -> str:
    """The reason why a text is no template, and the part that the error points at."""
    with pytest.raises(ExpressionError) as caught:
        parse_template(text)
    assert caught.value.text == text
    return f"{caught.value.reason} @ {text[caught.value.start : caught.value.end]}"


# Holes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear {{ name }}!", "Dear Ada!"),
        ("{{name}}{{ name }}", "AdaAda"),
        ("no holes, } and { and }}", "no holes, } and { and }}"),
        ("{{ '{{' }} name {{ '}}' }}", "{{ name }}"),
        ("{{ {'a': {'b': name}}.a.b }}", "Ada"),
        ('{"a": {"b": "{{ name }}"}}', '{"a": {"b": "Ada"}}'),
        ("{{ name }}}", "Ada}"),
        ("{{ size(name) > 2 ? 'long' : 'short' }}", "long"),
        ("a {{\n  name\n}} b", "a Ada b"),
    ],
)
def test_a_hole_prints_its_value(text: str, expected: str) -> None:
    assert rendered(text, name="Ada") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dear {{ name", "`{{` is never closed @ {{"),
        ("Dear {{ name }, hello", "expected `}}`, found `}` @ }"),
        ("Dear {{ }}", "expected a value, found the end @ "),
        ("Dear {{ user name }}", "expected an operator or the end, found `name` @ name"),
        ("Dear {{ a }} and {{ b + }}", "expected a value, found the end @ "),
        ("Dear {{ 'Ada }}", "the text has no closing ' @ '"),
        ("{{secret:}}", "expected an operator or the end, found `:` @ :"),
    ],
)
def test_an_error_points_into_the_whole_text(text: str, expected: str) -> None:
    assert marked(text) == expected


def test_a_hole_knows_where_its_expression_stands() -> None:
    text = "Dear {{  user.name }}, {{secret:sign}} {{ x }}"
    holes = parse_template(text).holes
    assert [hole.expression.text for hole in holes] == ["user.name", "x"]
    for hole in holes:
        assert text.startswith(hole.expression.text, hole.offset)


def test_a_template_prints_nothing_that_it_printed_again() -> None:
    assert rendered("{{ x }}", x="{{ y }} {{secret:key}}") == "{{ y }} {{secret:key}}"


def test_a_text_with_secrets_is_no_plain_text() -> None:
    result = rendered("Bearer {{secret:api.token}} for {{ x }}", Place.HEADER, x="{{secret:k}}")
    parts = ("Bearer ", Secret("api.token"), " for ", "{{secret:k}}")
    assert result == SecretText(parts, Place.HEADER)
    assert rendered("{{ secret:k }}", Place.VALUE) == SecretText((Secret("k"),), Place.VALUE)


def test_only_what_is_written_is_a_secret() -> None:
    assert rendered("{{ 'secret:key' }}") == "secret:key"


# Values as text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ada", "Ada"),
        (17, "17"),
        (17.0, "17"),
        (0.1, "0.1"),
        (1e21, "1e+21"),
        (Uint(5), "5"),
        (True, "true"),
        (None, ""),
        (Maybe(False), ""),
        (Maybe(True, "x"), "x"),
        ([1, "a", None, 2.0], '[1,"a",null,2.0]'),
        ({"b": 1, "a": {"c": [True]}}, '{"a":{"c":[true]},"b":1}'),
        ({"é": "\n"}, '{"é":"\\n"}'),
        (datetime(2024, 2, 29, 12, 0, 0, 500_000, tzinfo=UTC), "2024-02-29T12:00:00.5Z"),
        (timedelta(hours=1.5), "5400s"),
        (b"\xff\x00", "/wA="),
    ],
)
def test_a_value_is_printed_for_people(value: Any, expected: str) -> None:
    assert rendered("{{ x }}", x=value) == expected
    assert rendered("<{{ x }}>", Place.VALUE, x=value) == f"<{expected}>"


@pytest.mark.parametrize("value", [17, 2.5, [1], {"a": 1}, None, True, "text"])
def test_a_lone_hole_keeps_the_type_of_its_value(value: Any) -> None:
    result = rendered("{{ x }}", Place.VALUE, x=value)
    assert (result, type(result)) == (value, type(value))


def test_blanks_beside_a_hole_make_it_a_text() -> None:
    assert rendered(" {{ x }}", Place.VALUE, x=17) == " 17"


# Places


def test_html_is_escaped() -> None:
    value = '<b title="x">\'&'
    assert rendered("<p>{{ x }}</p>", Place.HTML, x=value) == (
        "<p>&lt;b title=&quot;x&quot;&gt;&#x27;&amp;</p>"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.org/users/{{ x }}/edit", "https://a.org/users/a%2Fb%3Fc%3D%C3%A9%20%26/edit"),
        ("https://a.org/?q={{ x }}&n=1", "https://a.org/?q=a%2Fb%3Fc%3D%C3%A9%20%26&n=1"),
        ("/search#{{ x }}", "/search#a%2Fb%3Fc%3D%C3%A9%20%26"),
        ("https://{{ host }}/x", "https://shop.example.org:8080/x"),
        ("https://{{ tenant }}.example.org/", "https://acme.example.org/"),
        ("{{ base }}/users/{{ x }}", "https://a.org/api/users/a%2Fb%3Fc%3D%C3%A9%20%26"),
        ("{{ base }}?id={{ n }}", "https://a.org/api?id=17"),
        ("https://a.org/{{ tenant }}{{ n }}", "https://a.org/acme17"),
        ("https://a.org?x={{ dots }}", "https://a.org?x=.."),
    ],
)
def test_a_value_stays_in_its_part_of_a_url(text: str, expected: str) -> None:
    names = {
        "x": "a/b?c=é &",
        "host": "shop.example.org:8080",
        "tenant": "acme",
        "base": "https://a.org/api",
        "n": 17.0,
        "dots": "..",
    }
    assert rendered(text, Place.URL, **names) == expected


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("https://a.org/{{ x }}/c", "..", "would change the path"),
        ("https://a.org/{{ x }}", ".", "would change the path"),
        ("https://{{ x }}/", "a.org/b", "not the name of a host"),
        ("https://{{ x }}/", "user@a.org", "not the name of a host"),
        ("https://{{ x }}/", "", "not the name of a host"),
        ("{{ x }}/a", "javascript:alert(1)", "not an http or https URL"),
        ("{{ x }}", "/etc/passwd", "not an http or https URL"),
        ("{{ x }}", "https://a.org/ b", "not an http or https URL"),
        ("https://a.org/{{ x }}", "\ud800", "half a character"),
    ],
)
def test_a_value_that_would_change_a_url_is_refused(text: str, value: str, reason: str) -> None:
    with pytest.raises(EvaluationError, match=reason):
        rendered(text, Place.URL, x=value)


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\nb", "a\x00b", "\x7f"])
def test_a_header_stays_one_line(value: str) -> None:
    assert rendered("v {{ x }}", Place.HEADER, x="ünïcode\ttab") == "v ünïcode\ttab"
    with pytest.raises(EvaluationError, match="a header cannot hold"):
        rendered("v {{ x }}", Place.HEADER, x=value)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ('{"a": {{ x }}}', {"b": [1, 2.5, None]}, {"a": {"b": [1, 2.5, None]}}),
        ('{"a": {{ x }}}', 'say "hi"\n', {"a": 'say "hi"\n'}),
        ('{"a": "<{{ x }}>"}', 'say "hi"\n', {"a": '<say "hi"\n>'}),
        ('{"a": "{{ x }}", "b": {{ x }}}', 17, {"a": "17", "b": 17}),
        ('{"\\"{{ x }}": "{{ x }}\\\\"}', "k", {'"k': "k\\"}),
    ],
)
def test_json_stays_json(text: str, value: Any, expected: Any) -> None:
    assert json.loads(rendered(text, Place.JSON, x=value)) == expected


def test_a_number_of_thousands_of_digits_is_not_printed() -> None:
    for place in (Place.TEXT, Place.JSON):
        with pytest.raises(EvaluationError, match="too large to be printed"):
            rendered("{{ x }}", place, x=10**5000)
        with pytest.raises(EvaluationError, match="too large to be printed"):
            rendered("{{ x }}", place, x=[10**5000])


def test_json_has_no_nan() -> None:
    with pytest.raises(EvaluationError, match="NaN cannot be written as JSON"):
        rendered("{{ x }}", Place.JSON, x=float("nan"))


@given(st.text())
def test_no_text_leaves_its_place(value: str) -> None:
    assert html.unescape(rendered("{{ x }}", Place.HTML, x=value)) == value
    assert not re.search("[<>\"']", rendered("{{ x }}", Place.HTML, x=value))
    assert json.loads(rendered('["{{ x }}", {{ x }}]', Place.JSON, x=value)) == [value, value]
    try:
        assert re.fullmatch(r"[\w.~%-]*", rendered("/{{ x }}", Place.URL, x=value)[1:], re.ASCII)
        assert "\n" not in rendered("{{ x }}", Place.HEADER, x=value)
    except EvaluationError:
        pass


def parsed(text: str, place: Place) -> Template | ExpressionError:
    try:
        return parse_template(text, place)
    except ExpressionError as error:
        return error


@given(st.text())
def test_any_text_is_a_template_or_an_error_with_a_place(text: str) -> None:
    result = parsed(text, Place.TEXT)
    assert result.text == text
    if isinstance(result, ExpressionError):
        assert 0 <= result.start <= result.end <= len(text)


@given(st.text(st.sampled_from("{} '\"a1\\:.?secret\n\ud800\0")))
def test_any_text_of_braces_is_a_template_or_an_error(text: str) -> None:
    for place in Place:
        assert parsed(text, place).text == text


def test_half_a_character_is_refused() -> None:
    assert marked("a \ud800 b") == "the text holds half a character @ a \ud800 b"


def test_long_templates_are_quick() -> None:
    for place in Place:
        text = ("/" if place is Place.URL else "") + '{{ x }} \\"' * 10_000
        template = parse_template(text, place)
        assert render(Text(template), {"x": 1}).count("1") == 10_000

"""Numbers, money, dates and plurals in the words of a language."""

from __future__ import annotations

import decimal

import pytest

from statewright.errors import EvaluationError
from statewright.expressions import evaluate, parse


def value(text: str) -> object:
    return evaluate(parse(text), {})


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("format.number(1234567.891, 'de')", "1.234.567,891"),
        ("format.number(1234567, 'en-IN')", "12,34,567"),
        ("format.number(12u, 'en')", "12"),
        ("format.number(1234.5, 2, 'en')", "1,234.50"),
        ("format.number(1234.5, 0, 'de-CH')", "1’234"),
        ("format.number(-0.5, 1, 'en')", "-0.5"),
        ("format.percent(0.256, 'en')", "26%"),
        ("format.currency(1234.5, 'EUR', 'de')", "1.234,50\xa0€"),
        ("format.currency(12, 'JPY', 'en')", "¥12"),
        ("format.date('2026-12-31', 'long', 'es')", "31 de diciembre de 2026"),
        ("format.date(timestamp('2026-01-01T02:00:00Z'), 'short', 'de')", "01.01.26"),
        (
            "format.date(timestamp('2026-01-01T02:00:00Z'), 'medium', 'en-GB', 'America/New_York')",
            "31 Dec 2025",
        ),
        ("format.time(timestamp('2026-07-01T12:05:00Z'), 'short', 'de', 'Europe/Berlin')", "14:05"),
        (
            "format.dateTime(timestamp('2026-03-29T01:00:00Z'), 'short', 'de', 'Europe/Berlin')",
            "29.03.26, 03:00",
        ),
        ("format.plural(1, {'one': '# item', 'other': '# items'}, 'en')", "1 item"),
        ("format.plural(1000, {'one': '# item', 'other': '# items'}, 'en')", "1,000 items"),
        ("format.plural(0, {'=0': 'none', 'other': '#'}, 'en')", "none"),
        (
            "format.plural(3, {'one': '# plik', 'few': '# pliki', 'other': '# pliku'}, 'pl')",
            "3 pliki",
        ),
        ("format.plural(1.5, {'one': '# jour', 'other': '# jours'}, 'fr')", "1,5 jour"),
        ("format.list(['a', 'b', 'c'], 'de')", "a, b und c"),
        ("format.list([], 'de')", ""),
        ("format.number(1.5, 'de-XX')", "1,5"),
        ("format.number(1.5, 'de_AT')", "1,5"),
        ("format.currency(1234.5, 'EUR', 'tlh')", "€1,234.50"),
        ("format.date('2026-12-31', 'long', '../../etc')", "31 December 2026"),
        ("format.number(1.5, '')", "1.5"),
    ],
)
def test_values_are_written_as_people_write_them(text: str, printed: str) -> None:
    assert value(text) == printed


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("format.number(0.0 / 0.0, 'de')", "no number that can be written"),
        ("format.number(1, 16, 'de')", "from 0 to 15 digits"),
        ("format.currency(1, 'XQX', 'de')", "`XQX` is no currency"),
        ("format.date('2026-02-30', 'long', 'es')", "no such day"),
        ("format.date('2026-12-31', 'tiny', 'es')", "the style is one of"),
        ("format.time(timestamp(0), 'short', 'de', 'Mars/Phobos')", "time zone"),
        ("format.plural(2, {'one': '#'}, 'en')", "no form for `other`"),
    ],
)
def test_what_cannot_be_written_is_an_error(text: str, reason: str) -> None:
    with pytest.raises(EvaluationError, match=reason.replace("`", "`")):
        value(text)


def test_the_precision_of_the_program_around_does_not_matter() -> None:
    with decimal.localcontext(decimal.Context(prec=3)):
        assert value("format.number(1234567.891, 'de')") == "1.234.567,891"

"""Numbers, dates and times as people of a language write them, and what is asked again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from statewright.expressions import evaluate, parse

LOCALES = (
    *("en", "en-US", "en-GB", "en-IN", "en-ZA", "de", "de-AT", "de-CH", "es", "es-MX", "fr"),
    *("fr-CA", "fr-CH", "it", "it-CH", "nl", "pt", "pt-PT", "pl", "sv", "cs", "ru", "hi", "ja"),
    *("zh", "ko", "ar", "fi", "hu", "tr"),
)


def read(function: str, answer: Any, language: str) -> Any:
    """What is understood in a language; None if nothing is."""
    names = {"answer": answer, "language": language}
    return evaluate(parse(f"answer.{function}(answer, language)"), names).value


@pytest.mark.parametrize(
    ("language", "answer", "number"),
    [
        ("de", "1.250", 1250.0),
        ("de", "12,5", 12.5),
        ("de", "1.250,50", 1250.5),
        ("de", "1.250.000", 1_250_000.0),
        ("de", " −12,5! ", -12.5),
        ("de", "–5", -5.0),
        ("de", "+5", 5.0),
        ("de", ",5", 0.5),
        ("de", "1 250,5", 1250.5),
        ("de", "1\u202f250,5", 1250.5),
        ("de", "1\xa0250", 1250.0),
        ("de", "１２，５", 12.5),
        ("de", "1'250", 1250.0),
        ("de-AT", "1.250,5", 1250.5),
        ("de-CH", "1’250.5", 1250.5),
        ("de-CH", "1'250", 1250.0),
        ("de_CH", "12,5", 12.5),
        ("de-XX", "1.250", 1250.0),
        ("en", "1,250.5", 1250.5),
        ("en", "1.250", 1.25),
        ("en-IN", "12,34,567.5", 1_234_567.5),
        ("en-IN", "1,234,567", 1_234_567.0),
        ("hi", "१२,३४,५६७", 1_234_567.0),
        ("fr", "1 250,5", 1250.5),
        ("fr", "12.5", 12.5),
        ("fr", "0.125", 0.125),
        ("ar", "١٬٢٥٠٫٥", 1250.5),
        ("ar-EG", "\u061c-٣٫٥", -3.5),
        ("sv", "−5", -5.0),
        ("es", "12,5", 12.5),
        ("es", "12.5", 12.5),
        ("es", "1.250,5", 1250.5),
        ("es-ES", "1.250", 1250.0),
        ("es-MX", "1,250", 1250.0),
        ("tlh", "12.5", 12.5),
        ("", "12,5", 12.5),
    ],
)
def test_a_number_is_read_as_it_is_written_in_a_language(
    language: str, answer: str, number: float
) -> None:
    assert read("numberIn", answer, language) == number


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("de", "12.5"),
        ("de", "1.25"),
        ("de", "0.500"),
        ("de", "1.250.00"),
        ("de", "1.250 000"),
        ("de", "12.345,6,7"),
        ("en", "12,5"),
        ("en", "1,25"),
        ("en", "1,2,3"),
        ("en", "1,,250"),
        ("fr", "1.250"),
        ("de-CH", "1,250"),
        ("es", "1.250"),
        ("es", "1,250"),
        ("en-US", "12,34,567"),
        ("tlh", "1.250"),
        ("", "1,250"),
        *(
            ("de", odd)
            for odd in ("", " ", "-", ",", ".", "1 3", "1e5", "1_000", "nan", "Infinity")
        ),
        *(("de", odd) for odd in ("12 kg", "12,50 €", "zwölf", "--5", "5-", "½", "9" * 500)),
        *(("de", odd) for odd in ("\0", "1\ue000\ue0005", True, None, ["1"])),
    ],
)
def test_a_number_that_may_be_another_one_is_none(language: str, answer: Any) -> None:
    assert read("numberIn", answer, language) is None


def test_a_value_that_is_a_number_is_one_in_every_language() -> None:
    assert read("numberIn", 1.25, "de") == 1.25
    assert read("integerIn", 3.0, "de") == 3
    assert read("integerIn", 3.5, "de") is None


@pytest.mark.parametrize(
    ("language", "answer", "number"),
    [
        ("de", "1.250", 1250),
        ("de", "−1 250", -1250),
        ("de", "12,0", None),
        ("de", "12.0", None),
        ("en", "1,250", 1250),
        ("en", "1.250", None),
        ("fr", "1.250", None),
        ("de", "9.223.372.036.854.775.807", 2**63 - 1),
        ("de", "9.223.372.036.854.775.808", None),
    ],
)
def test_a_whole_number_is_read_likewise(language: str, answer: str, number: int | None) -> None:
    assert read("integerIn", answer, language) == number


@given(st.sampled_from(LOCALES), st.integers(-(10**9), 10**9), st.integers(0, 3))
def test_what_babel_writes_is_read_or_asked_again(language: str, digits: int, places: int) -> None:
    number = digits / 10**places
    written = format_decimal(number, locale=language.replace("-", "_"))
    assert read("numberIn", written, language) in (number, None)
    if not language.startswith("es"):
        assert read("numberIn", written, language) == number or "." in written


@given(st.sampled_from(LOCALES), st.text(alphabet="0123456789.,' -\u202f’", max_size=12))
def test_signs_between_digits_are_never_passed_over(language: str, answer: str) -> None:
    """All digits of an answer are in the number, in their order."""
    number = read("numberIn", answer, language)
    if number is not None:
        typed = "".join(one for one in answer if one.isdecimal())
        digits = "".join(map(str, Decimal(repr(number)).as_tuple().digits))
        assert typed.strip("0") == digits.strip("0")


@pytest.mark.parametrize(
    ("language", "answer", "day"),
    [
        ("de", "31.12.2026", "2026-12-31"),
        ("de", "31. 12. 2026", "2026-12-31"),
        ("de", "1.2.2026", "2026-02-01"),
        ("de", "31/12/2026", "2026-12-31"),
        ("de", "31. Dezember 2026", "2026-12-31"),
        ("de", "am 31. Dez. 2026", "2026-12-31"),
        ("de", "Do, 31. dezember 2026", "2026-12-31"),
        ("de", "1. märz 2026", "2026-03-01"),
        ("de", "2026-12-31", "2026-12-31"),
        ("de", "2026-1-5", "2026-01-05"),
        ("de", "2026/12/31", "2026-12-31"),
        ("en-US", "12/31/2026", "2026-12-31"),
        ("en-US", "1/2/2026", "2026-01-02"),
        ("en-US", "12.31.2026", "2026-12-31"),
        ("en-US", "December 31st, 2026", "2026-12-31"),
        ("en-US", "Sept 5 2026", "2026-09-05"),
        ("en-GB", "31/12/2026", "2026-12-31"),
        ("en-GB", "1/2/2026", "2026-02-01"),
        ("en", "12/31/2026", "2026-12-31"),
        ("en", "31/12/2026", "2026-12-31"),
        ("en", "5/5/2026", "2026-05-05"),
        ("en", "the 1st of May 2026", "2026-05-01"),
        ("fr", "31/12/2026", "2026-12-31"),
        ("fr", "1er janvier 2026", "2026-01-01"),
        ("fr", "mar. 31 mars 2026", "2026-03-31"),
        ("es", "31 de diciembre de 2026", "2026-12-31"),
        ("pt", "31 de dezembro de 2026", "2026-12-31"),
        ("it", "1º gennaio 2026", "2026-01-01"),
        ("nl", "31-12-2026", "2026-12-31"),
        ("nl", "31 december 2026", "2026-12-31"),
        ("cs", "1. února 2026", "2026-02-01"),
        ("ca", "30 d’abril del 2026", "2026-04-30"),
        ("sv", "31/12 2026", "2026-12-31"),
        ("ja", "2026年12月31日", "2026-12-31"),
        ("ko", "2026년 12월 31일", "2026-12-31"),
        ("ar", "٣١/١٢/٢٠٢٦", "2026-12-31"),
        ("th", "2026-12-31", "2026-12-31"),
        ("fa", "۲۰۲۶-۱۲-۳۱", "2026-12-31"),
        ("am", "2026-12-31 GC", "2026-12-31"),
        ("en-NP", "1990-05-12 a.d.", "1990-05-12"),
        ("de", "Donnerstag, 31.12.2026", "2026-12-31"),
        ("fr", "jeudi 31/12/2026", "2026-12-31"),
        ("en", "Sun 1/2/2026", "2026-02-01"),
        ("ar", "1990-05-12", "1990-05-12"),
        ("hi", "31 दिसंबर 2026", "2026-12-31"),
        ("hi", "५ जून २०२६", "2026-06-05"),
        ("zh", "2026年12月31号", "2026-12-31"),
        ("vi", "ngày 31 tháng 12 năm 2026", "2026-12-31"),
        ("it", "1° gennaio 2027", "2027-01-01"),
        ("de", "2569-12-31", "2569-12-31"),
        ("tlh", "31.12.2026", "2026-12-31"),
        ("de", "29.02.2028", "2028-02-29"),
    ],
)
def test_a_day_is_read_as_it_is_written_in_a_language(language: str, answer: str, day: str) -> None:
    assert read("dateIn", answer, language) == day


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en-US", "31/12/2026"),
        ("en-GB", "12/31/2026"),
        ("de", "12/31/2026"),
        ("en", "1/2/2026"),
        ("en-US", "1.2.2026"),
        ("en-CA", "01/02/2026"),
        ("sv", "1/2/2026"),
        ("tlh", "1.2.2026"),
        ("de", "29.02.2026"),
        ("de", "31.02.2026"),
        ("de", "31.12.26"),
        ("de", "31.12."),
        ("de", "31.12/2026"),
        ("de", "31. December 2026"),
        ("de", "Freitag, 31. Dezember 2026"),
        ("fr", "5 jui 2026"),
        ("th", "31/12/2569"),
        ("fa", "1405/10/10"),
        ("ar-SA", "10/10/1448"),
        ("th", "2569-12-31"),
        ("fa", "۱۴۰۵-۰۱-۰۱"),
        ("ar-SA", "1448-10-10"),
        ("am", "1/2/2018"),
        ("ti", "1/2/2018"),
        ("en-ET", "1/2/2018"),
        ("ne", "2083/1/5"),
        ("ne", "2083-01-05"),
        ("ne", "2047-05-12"),
        ("ne", "2047-05-12 BS"),
        ("ne", "2083-01-05 AD"),
        ("am", "2018-05-01"),
        ("en-ET", "2018-05-01"),
        ("ar", "1448-01-01"),
        ("he", "5787-01-01"),
        ("bn", "1/1/1433"),
        ("fr", "mardi 31/12/2026"),
        ("de", "31.12.2026 um acht"),
        ("de", "morgen"),
        ("de", "20261231"),
        ("de", "31.12.2026 um 5"),
        ("de", "31 Dezember 2026 Januar"),
        *(("de", odd) for odd in ("", "...", "1" * 999, 20261231, None, {"year": 2026})),
    ],
)
def test_a_day_that_may_be_another_one_is_none(language: str, answer: Any) -> None:
    assert read("dateIn", answer, language) is None


@given(
    st.sampled_from([one for one in LOCALES if one not in {"zh", "ar"}]),
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    st.sampled_from(["long", "full", "medium", "y/M/d", "yyyy-MM-dd"]),
)
def test_a_day_that_babel_writes_is_never_another_one(language: str, day: date, style: str) -> None:
    written = format_date(day, style, locale=language.replace("-", "_"))
    assert read("dateIn", written, language) in {None, day.isoformat()}


@given(
    st.sampled_from(["de", "en-US", "en-GB", "en", "es", "fr", "it", "nl", "pt", "pl", "cs", "ru"]),
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
)
def test_a_day_with_its_month_by_name_is_read(language: str, day: date) -> None:
    written = format_date(day, "long", locale=language.replace("-", "_"))
    assert read("dateIn", written, language) == day.isoformat()


@pytest.mark.parametrize(
    ("language", "answer", "time"),
    [
        ("de", "17 Uhr", "17:00"),
        ("de", "17:30 Uhr", "17:30"),
        ("de", "17 Uhr 30", "17:30"),
        ("de", "17.30", "17:30"),
        ("de", "5 pm", "17:00"),
        ("fr", "17 h", "17:00"),
        ("fr", "17 h 30", "17:30"),
        ("fr", "17h30", "17:30"),
        ("es", "5:30 p. m.", "17:30"),
        ("es", "5:30 p.\u202fm.", "17:30"),
        ("en-US", "12 am", "00:00"),
        ("ko", "오후 5:30", "17:30"),
        ("zh", "下午5:30", "17:30"),
        ("ja", "17時", "17:00"),
        ("fi", "5.30 ip.", "17:30"),
        ("en", "noon", "12:00"),
        ("en", "Midnight!", "00:00"),
        ("fr", "5 heures de l'après-midi", "17:00"),
        ("fr", "5 heures de l’après-midi", "17:00"),
        ("fr", "2 heures du matin", "02:00"),
        ("es", "9 DE LA MAÑANA", "09:00"),
        ("pt", "às 5 e meia da tarde", "17:30"),
        ("nl", "'s avonds 8 uur", "20:00"),
        ("ko", "오후 5시 30분", "17:30"),
        ("hi", "शाम 5 बजे", "17:00"),
        ("zh-Hant", "凌晨2點", "02:00"),
        ("zh", "早上8点", "08:00"),
        *(
            ("es", odd, None)
            for odd in ("a las 5", "5 y media", "25 de la tarde", "5:60 de la tarde")
        ),
        *(("ko", odd, None) for odd in ("밤 5시", "반", "오후")),
        ("tlh", "17:30", "17:30"),
        *(("de", odd, None) for odd in ("17", "25 Uhr", "17 Uhr 60", "Uhr", "halb sechs", "", 17)),
        *(("en", odd, None) for odd in ("13 pm", "0 am", "5 o'clock", "17 Uhr", "at 5", "9" * 99)),
    ],
)
def test_a_time_is_read_as_it_is_written_in_a_language(
    language: str, answer: Any, time: str | None
) -> None:
    assert read("timeIn", answer, language) == time


@given(st.sampled_from(LOCALES), st.times())
def test_a_time_that_babel_writes_is_never_another_one(language: str, moment: Any) -> None:
    written = format_time(moment, "short", locale=language.replace("-", "_"))
    assert read("timeIn", written, language) in {None, f"{moment.hour:02}:{moment.minute:02}"}


@given(
    st.sampled_from(["numberIn", "integerIn", "dateIn", "timeIn"]),
    st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.lists(st.text())),
    st.one_of(st.sampled_from(LOCALES), st.text(max_size=12)),
)
def test_any_answer_in_any_language_is_understood_or_nothing(
    function: str, answer: Any, language: str
) -> None:
    names = {"answer": answer, "language": language}
    result = evaluate(parse(f"answer.{function}(answer, language)"), names)
    assert result.present or result.value is None

"""What people type, and what it means."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.expressions import NOTHING, Maybe, evaluate, parse

CITIES = [
    {"value": "sp", "label": "São Paulo"},
    {"value": 2, "label": "Rio"},
    {"value": "x", "label": "1"},
    {"value": "a,b", "label": "A, B"},
]

NO_SIZES: tuple[Any, ...] = (-1, "-1", "big", math.nan, 1e30, 1.5, True, None, [1], {})
NO_TEXTS: tuple[Any, ...] = (5, None, ["image/png"], True, {})
NO_FILES: tuple[Any, ...] = (5, [5], [None], {}, [[]], True)


def understood(function: str, answer: Any) -> Any:
    """What an ``answer`` function makes of an answer; None if it does not understand it."""
    result = evaluate(parse(f"answer.{function}(answer)"), {"answer": answer})
    assert isinstance(result, Maybe)
    return result.value


@pytest.mark.parametrize(
    ("function", "answer", "meaning"),
    [
        ("text", "  hello ", "hello"),
        ("text", "   ", None),
        ("text", None, None),
        ("text", " \u200b\u2060 ", None),
        ("text", "\u202ehi", "\u202ehi"),
        ("number", "-0", 0.0),
        ("number", " -3.5 ", -3.5),
        ("number", "12", 12.0),
        ("number", 12, 12.0),
        ("number", ".5", 0.5),
        ("number", "1,5", None),
        ("number", "1e5", None),
        ("number", "nan", None),
        ("number", "١٢٫٥", 12.5),
        ("number", "５．２", 5.2),
        ("number", "−3.5!", -3.5),
        ("number", "5²", None),
        ("number", True, None),
        ("integer", " +12 ", 12),
        ("integer", 12.0, 12),
        ("integer", "12.5", None),
        ("integer", "１２", 12),
        ("integer", "४२.", 42),
        ("integer", "12!", 12),
        ("integer", "?", None),
        ("integer", "9223372036854775808", None),
        ("boolean", "Yes", True),
        ("boolean", "ok", True),
        ("boolean", "n", False),
        *(("boolean", yes, True) for yes in ("Yes!", "yes.", "¡Sí!", "oui", "Ja :)", "sim", "１")),
        *(("boolean", no, False) for no in ("No.", "NEIN!", "não", "non", "nee", "no,")),
        *(("boolean", yes, True) for yes in ("yep", "👍", "👍🏽", "oui", "si", "Sí, claro", "✔️")),
        *(("boolean", yes, True) for yes in ("Yes, please!", "ja, gerne", "d’accord", "D'ACCORD.")),
        *(
            ("boolean", no, False)
            for no in ("nein danke", "Nein, danke!", "no thanks", "👎🏿", "❌")
        ),
        *(("boolean", no, False) for no in ("non merci", "No, gracias.", "não, obrigado", "nope")),
        *(
            ("boolean", odd, None)
            for odd in ("bitte?", "yes but no", "nein oder ja", "🤷", "👍👎", 1)
        ),
        ("boolean", "!", None),
        ("boolean", False, False),
        ("boolean", "maybe", None),
        ("email", " ada.l+x@mail.example.org ", "ada.l+x@mail.example.org"),
        ("email", "ada@example.org.", "ada@example.org"),
        ("email", "<ada@example.org>", "ada@example.org"),
        ("email", "mailto:ada@example.org", "ada@example.org"),
        ("email", "Ada <ada@example.org>", None),
        ("email", "ada@localhost", None),
        ("email", "ada..l@example.org", None),
        ("email", "a b@example.org", None),
        ("email", "ada@example.org\nbcc: x", None),
        ("phone", "+55 (11) 98765-4321", "+5511987654321"),
        ("phone", "020.7946.0018", "02079460018"),
        ("phone", "０２０ ７９４６ ００１８.", "02079460018"),
        ("phone", "+49 (0)30 123-456", "+4930123456"),
        ("phone", "+49(0)30 123456", "+4930123456"),
        ("phone", "0030 210 1234567", "+302101234567"),
        ("phone", "0049 (0) 30 123456", "+4930123456"),
        ("phone", "+39 (0)6 1234567", "+39061234567"),
        ("phone", "030/123456", "030123456"),
        ("phone", "(030) 123–456", "030123456"),
        ("phone", "(+49) 30 123456", "+4930123456"),
        ("phone", "\u202a+49\xa030\xa0123456\u202c", "+4930123456"),
        ("phone", "tel:+49-30-123456", "+4930123456"),
        ("phone", "555-0100", "5550100"),
        ("phone", "011 49 30 123456", "0114930123456"),
        ("phone", "0011 49 30 123456", "00114930123456"),
        ("phone", "+1 555 010 9999 ext 5", None),
        ("phone", "++49 30 123456", None),
        ("phone", 4930123456, None),
        ("phone", "12-34", None),
        ("phone", "1234567890123456", None),
        ("phone", "call me", None),
        ("phone", "030 / 12345-67", "0301234567"),
        ("phone", "+49 30 / 123456", "+4930123456"),
        ("phone", "415/555-0100", "4155550100"),
        ("phone", "0475/12/34/56", "0475123456"),
        ("phone", "06/12/34/56/78", "0612345678"),
        ("phone", "20 12 34 56", "20123456"),
        ("phone", "31-12-3456", "31123456"),
        ("phone", "2026 1234", "20261234"),
        *(
            ("phone", two, None)
            for two in ("555-1234 / 555-9876", "555-1234 555-9876", "5550100/5550101")
        ),
        ("phone", "+49 30 123456 / 7", None),
        ("phone", "030/123456/7", None),
        ("phone", "+00 49 30 1234567", None),
        ("phone", "+0 30 1234567", None),
        *(
            ("phone", day, None)
            for day in ("31.12.2026", "2026-12-31", "12/31/2026", "1.12.1999", "2026 12 31")
        ),
        ("url", "https://example.org/a?b#c", "https://example.org/a?b#c"),
        ("url", "HTTP://localhost:8080", "http://localhost:8080"),
        ("url", "www.example.org/a", "https://www.example.org/a"),
        ("url", "EXAMPLE.ORG", "https://example.org"),
        ("url", "Example.org/Path?Q#F", "https://example.org/Path?Q#F"),
        ("url", "//example.org", "https://example.org"),
        ("url", "example.org:8080/x", "https://example.org:8080/x"),
        ("url", "münchen.de", "https://münchen.de"),
        ("url", "<https://example.org>", "https://example.org"),
        ("url", "www.example.org.", "https://www.example.org"),
        ("url", "\u200bhttps://example.org/a!", "https://example.org/a"),
        ("url", "http://1.2.3.4:80/", "http://1.2.3.4:80/"),
        ("url", "ada@example.org", None),
        ("url", "mailto:ada@example.org", None),
        ("url", "http:example.org", None),
        ("url", "http:/example.org", None),
        ("url", "ftp://example.org", None),
        ("url", "localhost", None),
        ("url", "example", None),
        ("url", "3.14", None),
        ("url", "1.2.3.4", None),
        ("url", "e.g.", None),
        ("url", "my site", None),
        ("url", "example.org/a b", None),
        ("url", "javascript:alert(1)", None),
        ("url", "http://", None),
        ("url", "https://example.org:65535/a", "https://example.org:65535/a"),
        ("url", "example.org:99999", None),
        ("url", "https://example.org:65536/a", None),
        ("url", "https://example.org:0", None),
        *(
            ("url", f"https://example.org{rest}", None)
            for rest in ("\\@evil.org", "\\evil.org", "/a\\b", "/\\evil.org", "?a\\b")
        ),
        ("url", "\\\\example.org", None),
        ("date", "2024-02-29", "2024-02-29"),
        ("date", "２０２４-０２-２９.", "2024-02-29"),
        ("date", "2023-02-29", None),
        ("time", "２：３０ p.m.", "14:30"),
        ("file", {"url": "a", "size": "12"}, {"url": "a", "size": 12}),
        *(("file", {"url": "a", "size": size}, {"url": "a"}) for size in NO_SIZES),
        *(("file", {"url": "a", "name": odd, "type": odd}, {"url": "a"}) for odd in NO_TEXTS),
        (
            "file",
            {"url": None, "link": " https://example.org/a "},
            {"link": " https://example.org/a ", "url": "https://example.org/a"},
        ),
        *(
            ("file", {"url": url}, None)
            for url in (5, ["a"], " ", "a b", "a\x00", "javascript:alert(1)", "file:///etc/passwd")
        ),
        *(("file", odd, None) for odd in NO_FILES),
        ("file", {"url": "a", "size": 0}, {"url": "a", "size": 0}),
        (
            "file",
            [{"data_url": "a", "file_size": 7}],
            {"data_url": "a", "file_size": 7, "url": "a", "size": 7},
        ),
        ("file", {"url": ""}, None),
        ("file", "a.png", None),
        ("file", [], None),
        ("location", "52.52, 13.40", {"latitude": 52.52, "longitude": 13.4}),
        ("location", "52.52 13.40", {"latitude": 52.52, "longitude": 13.4}),
        ("location", "52,52; 13,40", {"latitude": 52.52, "longitude": 13.4}),
        ("location", "52,52 13,40", {"latitude": 52.52, "longitude": 13.4}),
        ("location", "(−33.9, 18.4)", {"latitude": -33.9, "longitude": 18.4}),
        ("location", "geo:52.52,13.40", {"latitude": 52.52, "longitude": 13.4}),
        ("location", "52.5° N, 13.4° W", {"latitude": 52.5, "longitude": -13.4}),
        ("location", "52°31'12.0\"S 13°24'00\"E", {"latitude": -52.52, "longitude": 13.4}),
        ("location", {"lat": 1, "lng": 2.5}, {"latitude": 1.0, "longitude": 2.5}),
        (
            "location",
            {"coordinates_lat": 1, "coordinates_long": 2},
            {"latitude": 1.0, "longitude": 2.0},
        ),
        (
            "location",
            [{"location": {"latitude": "1.5", "longitude": 2}}],
            {"latitude": 1.5, "longitude": 2.0},
        ),
        *(
            ("location", odd, None)
            for odd in ("52,13", "52,52, 13,40", "91, 0", "0, 181", "52.52", "Berlin")
        ),
        *(
            ("location", odd, None)
            for odd in ("52°31'N 13°24'O", "52°61'N 13°0'E", {"lat": True, "lng": 2})
        ),
        ("date", "29.02.2024", None),
    ],
)
def test_an_answer_is_understood_or_not(function: str, answer: Any, meaning: Any) -> None:
    result = understood(function, answer)
    assert (result, type(result)) == (meaning, type(meaning))


def chosen(answer: Any, function: str = "choice") -> Any:
    names = {"answer": answer, "cities": CITIES}
    return evaluate(parse(f"answer.{function}(answer, cities)"), names).value


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ("sp", 0),
        ("SAO PAULO", 0),
        ("são paulo", 0),
        (2, 1),
        ("2", 1),  # a value before a number
        ("1", 2),  # a label before a number
        ("4", 3),
        ("a, b", 3),
    ],
)
def test_a_choice_is_named_by_value_label_or_number(answer: Any, place: int) -> None:
    assert chosen(answer) is CITIES[place]


@pytest.mark.parametrize(
    "answer",
    [
        {"title": "Sao Paulo", "value": "sp"},
        {"id": "sp"},
        [{"title": "Rio", "value": "sp"}],
        ["sp"],
    ],
)
def test_a_choice_may_come_as_channels_send_it(answer: Any) -> None:
    assert chosen(answer) is CITIES[0]


@pytest.mark.parametrize(
    "answer",
    ["", "5", "0", "-1", "Lisbon", None, ["sp", "Rio"], {}, {"value": "Lisbon"}, "x" * 10_000],
)
def test_anything_else_is_no_choice(answer: Any) -> None:
    assert chosen(answer) is None


@pytest.mark.parametrize(
    ("answer", "places"),
    [
        ("sp, Rio", [0, 1]),
        (["sp", 2, "sp"], [0, 1]),
        ("a, b", [3]),
        ("rio,", [1]),
        ("sp, Lisbon", None),
        ("", None),
        ([], None),
        (",".join(["sp"] * 5000), None),
        ([{"title": "Rio", "value": 2}, "sp"], [1, 0]),
    ],
)
def test_several_choices_have_to_be_offered_each(answer: Any, places: list[int] | None) -> None:
    expected = None if places is None else [CITIES[place] for place in places]
    assert chosen(answer, "choices") == expected


DRINKS = [
    *({"value": value, "label": label} for value, label in (("t", "Tea"), ("c", "Coffee"))),
    {"value": "s", "label": "Salt and pepper", "synonyms": ["Salz und Pfeffer"]},
    *({"value": value, "label": label} for value, label in (("p", "C++"), ("ab", "A, B"))),
]


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        *(
            (f"tea{between}coffee", "t c")
            for between in (" and ", ", and ", "; ", "\n", " & ", "+")
        ),
        *(
            (f"Tea{between}Coffee", "t c")
            for between in (" und ", " et ", " y ", " e ", " en ", "、")
        ),
        ("- tea\n- coffee", "t c"),
        ("tea AND coffee!", "t c"),
        ("1 3", "t s"),
        ("1 3 and 4", "t s p"),
        ("1, 3 & 2.", "t s c"),
        ("salt and pepper", "s"),
        ("tea, salt and pepper and coffee", "t s c"),
        ("Salz und Pfeffer und Tea", "s t"),
        ("c++ und tea", "p t"),
        ("Tea + C++ + A, B", "t p ab"),
        ("tea,,coffee,", "t c"),
        ("1 1", "t"),
        ("tea coffee", None),
        ("tea or coffee", None),
        ("1 7", None),
        ("13", None),
        ("and", None),
        (", ,", None),
    ],
)
def test_several_choices_may_have_words_and_signs_between_them(
    answer: str, values: str | None
) -> None:
    offered = evaluate(
        parse("answer.choices(answer, drinks)"), {"answer": answer, "drinks": DRINKS}
    )
    found = " ".join(one["value"] for one in offered.value) if offered.present else None
    assert found == values


@pytest.mark.parametrize(
    ("answer", "values"), [("x, y, z", "xyz"), ("x and y", "xy"), ("x y z", None), ("x e y", None)]
)
def test_a_word_that_is_a_choice_itself_does_not_stand_between_others(
    answer: str, values: str | None
) -> None:
    names = {"answer": answer, "letters": [{"value": one, "label": one} for one in "xyze"]}
    found = evaluate(parse("answer.choices(answer, letters)"), names)
    assert ("".join(one["value"] for one in found.value) if found.present else None) == values


@pytest.mark.parametrize(
    ("names", "answer", "meant"),
    [
        ("C C++ C#", "C++, C#", "C++ C#"),
        ("C C++ C#", "C++ and C", "C++ C"),
        ("C C++ C#", "C++ + C", "C++ C"),
        ("C C++ C#", "C+C#", "C C#"),
        ("C C++ C#", "C++ C#", None),
        ("C C++ C#", "C++C#", None),
        ("A+ A B+ B", "A+, B+", "A+ B+"),
        ("A+ A B+ B", "A + B", "A B"),
        ("A+ A B+ B", "A+ B+", None),
        ("A+ A B+ B", "A+ B", None),
        ("A+ A B+ B", "A+B", None),
        ("A+ B+", "A++B+", "A+ B+"),
        ("A A+ A++ B", "A++ B", None),
        ("A A+ A++ B", "A++, B", "A++ B"),
        ("1 +1", "1, +1", "1 +1"),
        ("1 +1", "+1 and 1", "+1 1"),
        ("1 +1", "1 +1", None),
        ("1 +1", "+1 1", None),
        ("1 +1", "2", None),
        ("&x x", "x, &x", "x &x"),
        ("&x x", "x & x", None),
        ("-a a", "a, -a", "a -a"),
        ("-a a", "- a\n- -a", "a -a"),
        ("+ - *", "+, - and *", "+ - *"),
        (".NET C#", "c#, .net", "C# .NET"),
        ("é e", "e\u0301, e", "é e"),
    ],
)
def test_a_sign_that_may_end_a_name_does_not_stand_between_two(
    names: str, answer: str, meant: str | None
) -> None:
    offered = [{"value": one, "label": one} for one in names.split()]
    found = evaluate(
        parse("answer.choices(answer, offered)"), {"answer": answer, "offered": offered}
    )
    assert (" ".join(one["value"] for one in found.value) if found.present else None) == meant


@given(
    st.lists(st.sampled_from(DRINKS), min_size=1, unique_by=id), st.sampled_from([", ", "\n", "; "])
)
def test_labels_are_understood_whatever_stands_in_them(drinks: list[Any], between: str) -> None:
    names = {"answer": between.join(one["label"] for one in drinks), "drinks": DRINKS}
    assert evaluate(parse("answer.choices(answer, drinks)"), names).value == drinks


@given(
    st.sampled_from(
        ["text", "number", "integer", "boolean", "email", "phone", "url", "date", "time"]
    ),
    st.text(),
)
def test_any_text_is_understood_or_nothing(function: str, answer: str) -> None:
    result = evaluate(parse(f"answer.{function}(x)"), {"x": answer})
    assert result == NOTHING or result.present


@pytest.mark.parametrize(
    ("labels", "answer", "label"),
    [
        ("2|4|6", "2", "2"),
        ("2|4|6", "3", None),
        ("2|4|6", "1", None),
        ("1|2|3", "3", "3"),
        ("1 night|3 nights|2 nights", "1", "1 night"),
        ("1 night|3 nights|2 nights", "2", None),
        ("1 night|3 nights|2 nights", "3", None),
        ("1 night|1 week", "1", None),
        ("under 18|18 to 30|over 30", "3", None),
        ("under 18|18 to 30|over 30", "over 30", "over 30"),
        ("0–17|18–64|65+", "3", None),
        ("Question 1|Question 2", "2", "Question 2"),
        ("1. Tea|2. Coffee", "2", "2. Coffee"),
        ("Small (10 €)|Large (2.50 €)", "2", "Large (2.50 €)"),
        ("B2|C1", "2", "C1"),
        ("2026-12-31|2027-01-02", "2", "2027-01-02"),
        ("3 May 10:00|4 May 12:00", "2", "4 May 12:00"),
        ("résumé|resume", "RESUME", None),
        ("résumé|resume", "resume", "resume"),
        ("résumé|resume", "2", "resume"),
        ("Résumé|Resumé", "resume", None),
        ("Résumé|Resumé", "Resumé", "Resumé"),
        ("tea|Tea", "TEA", None),
        ("tea|Tea", "Tea!", None),
        ("now?|now!", "now", None),
        ("now?|now!", "now!", "now!"),
    ],
)
def test_what_may_mean_two_choices_is_none(labels: str, answer: str, label: str | None) -> None:
    offered = [{"value": f"v{one}", "label": one} for one in labels.split("|")]
    names = {"answer": answer, "offered": offered}
    found = evaluate(parse("answer.choice(answer, offered)"), names)
    assert (found.value["label"] if found.present else None) == label


def test_two_names_of_one_value_mean_it() -> None:
    offered = [{"value": 1, "label": "Tea"}, {"value": 1, "label": "TEA"}]
    names = {"answer": "tea", "offered": offered}
    assert evaluate(parse("answer.choice(answer, offered)"), names).value is offered[0]


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ({"sku": 4}, "four"),
        ({"sku": 4.0}, "four"),
        ({"id": "four"}, "other"),
        ({"value": {"sku": 4}}, None),
        ({"sku": 5}, None),
        ({"title": "four"}, "four"),
    ],
)
def test_a_map_that_is_offered_as_a_value_means_that_before_its_keys_do(
    answer: dict[str, object], label: str | None
) -> None:
    offered = [{"value": {"sku": 4}, "label": "four"}, {"value": {"id": "four"}, "label": "other"}]
    names = {"answer": answer, "offered": offered}
    found = evaluate(parse("answer.choice(answer, offered)"), names)
    several = evaluate(parse("answer.choices([answer], offered)"), names)
    assert (found.value["label"] if found.present else None) == label
    assert ([one["label"] for one in several.value] if several.present else [None]) == [label]


LANGUAGES = [
    {"value": 1, "label": "C"},
    {"value": 2, "label": "C++", "synonyms": ["cpp", "c plus plus"]},
    {"value": 3, "label": "C#"},
    {"value": 4, "label": "👍"},
]


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("c", 1),
        ("C!", 1),
        ("c++", 2),
        ("C++.", 2),
        ("CPP", 2),
        ("c#", 3),
        ("c+", None),
        ("👍🏾", 4),
    ],
)
def test_a_choice_is_named_with_all_of_its_signs(answer: str, value: int | None) -> None:
    names = {"answer": answer, "languages": LANGUAGES}
    found = evaluate(parse("answer.choice(answer, languages)"), names)
    assert (found.value["value"] if found.present else None) == value


@pytest.mark.parametrize(
    ("said", "word", "meant"),
    [
        ("C++!", "c++", True),
        ("c", "C++", False),
        ("C++", "C", False),
        ("👍🏽", "👍", True),
        ("stop 👍", "stop", False),
        ("¡Socorro!", "socorro", True),
        ("?", "?", True),
    ],
)
def test_a_word_is_said_with_all_of_its_signs(said: str, word: str, meant: bool) -> None:  # noqa: FBT001
    found = evaluate(parse("answer.says(said, [word])"), {"said": said, "word": word})
    assert found is meant


def test_nothing_has_no_sign() -> None:
    for nothing in ("-0", "-0.00", -0.0):
        assert math.copysign(1, understood("number", nothing)) == 1

"""What bots say and understand by themselves, in the languages of a flow."""

from __future__ import annotations

import pytest
from babel.localedata import locale_identifiers

from statewright.compiler.lowering.phrases import LANGUAGES, RETRY
from statewright.expressions.operations.days import understood_date, understood_date_in
from statewright.flows.nodes import InputKind
from tests.compiler.conversations import talk, turns

SURE = """
locale: LOCALE
LOCALES
start: sure
variables: {sure: bool}
nodes:
  sure: {type: question, text: "?", input: boolean, variable: sure, WORDS next: bye}
  bye: {type: end, text: "{{ sure }}"}
"""


def asked(
    locale: str, *script: str, words: str = "", others: str = "", start: str = ""
) -> list[str]:
    flow = SURE.replace("LOCALES", others).replace("LOCALE", locale).replace("WORDS", words)
    data = {"locale": start} if start else None
    return talk(flow, *script, data=data)[1:]


@pytest.mark.parametrize(
    ("locale", "retry"),
    [
        ("en", "Please answer with yes or no."),
        ("de", "Bitte antworten Sie mit ja oder nein."),
        ("de-CH", "Bitte antworten Sie mit ja oder nein."),
        ("es", "Responda sí o no, por favor."),
        ("fr", "Veuillez répondre par oui ou par non."),
        ("it", "Risponda sì o no, per favore."),
        ("nl", "Antwoord met ja of nee."),
        ("pt-BR", "Responda sim ou não, por favor."),
        ("pl", "Please answer with yes or no."),
    ],
)
def test_a_bad_answer_is_answered_in_the_language_of_the_flow(locale: str, retry: str) -> None:
    assert asked(locale, "perhaps") == [retry]


def test_a_bad_answer_is_answered_in_the_language_of_the_session() -> None:
    others = "locales: {de: {nodes: {sure: {text: Sicher?}, bye: {text: 'Gut: {{ sure }}'}}}}"
    assert asked("en", "vielleicht", others=others, start="de-AT") == [
        "Bitte antworten Sie mit ja oder nein."
    ]
    assert asked("en", "perhaps", others=others, start="fr") == ["Please answer with yes or no."]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_yes_and_no_are_understood_in_every_language_whichever_is_spoken(locale: str) -> None:
    for said in ("Yes!", "ja", "Oui.", "sí", "Sì", "sim"):
        assert asked(locale, said) == ["true"]
    for said in ("no", "Nein", "non!", "nee", "Não"):
        assert asked(locale, said) == ["false"]


def test_a_question_may_have_words_of_its_own_which_go_first() -> None:
    words = 'yes: [aye], no: ["yes, but", ok],'
    assert asked("en", "Aye!", words=words) == ["true"]
    assert asked("en", "yes but", words=words)[0].startswith("Please")
    assert asked("en", "Yes, but...", words=words) == ["false"]
    assert asked("en", "ok", words=words) == ["false"]
    assert asked("en", "yes", words=words) == ["true"]


def test_there_is_something_to_say_for_every_kind_of_answer() -> None:
    assert set(RETRY) == set(InputKind)
    assert {len(phrases) for phrases in RETRY.values()} == {len(LANGUAGES)}


@pytest.mark.parametrize("place", range(len(LANGUAGES)), ids=LANGUAGES)
def test_the_day_that_is_given_as_an_example_is_understood_wherever_the_language_is(
    place: int,
) -> None:
    language, said = LANGUAGES[place], RETRY[InputKind.DATE][place]
    example = said[said.index(next(filter(str.isdigit, said))) : -1]
    kinds = [one for one in locale_identifiers() if one.split("_")[0] == language]
    understood = {understood_date_in(example, one.replace("_", "-")) for one in kinds}
    assert understood == {understood_date("2026-12-31")}


def test_a_form_says_in_the_language_of_the_flow_what_will_not_do() -> None:
    flow = """
locale: de
start: f
variables: {p: map}
nodes:
  f: {type: form, fields: {n: {text: "Wie viele?", input: integer}}, variable: p, next: bye}
  bye: {type: end}
"""
    submitted = {"event": "form.submit", "data": {"node": "f", "values": {"n": "viele"}}}
    assert talk(flow, submitted, "viele")[1:] == [
        "Einige Antworten gehen so nicht. Bitte prüfen Sie sie.",
        "Bitte antworten Sie mit einer passenden ganzen Zahl.",
    ]


LIMITED = """
locale: LOCALE
start: ask
variables: {v: DECLARED}
nodes:
  ask: {type: question, text: "?", variable: v, WANTED, next: bye}
  bye: {type: end}
"""


@pytest.mark.parametrize("locale", ["en", "de", "es", "fr", "nl"])
@pytest.mark.parametrize("country", ["", "-CH", "-MX", "-ZA"])
def test_a_limit_is_understood_as_an_answer_wherever_the_user_lives(
    locale: str, country: str
) -> None:
    """`12.000` is twelve thousand in Germany, and twelve in Switzerland."""
    flow = LIMITED.replace("DECLARED", "int").replace("WANTED", "input: integer, minimum: 12000")
    session = {"locale": f"{locale}{country}"}
    answered = turns(flow.replace("LOCALE", locale), "x", "12000", data=session)
    assert "(≥ 12000)" in answered[1].messages[0]["text"]
    assert answered[-1].data["v"] == 12000


def test_a_limit_is_understood_where_a_flow_says_no_language() -> None:
    flow = LIMITED.replace("DECLARED", "int").replace("WANTED", "input: integer, minimum: 12000")
    assert talk(flow.replace("locale: LOCALE\n", ""), "x", "12000")[1:] == [
        "Please answer with a whole number that fits (≥ 12000)."
    ]


MANY_WORDS = f"{{type: enum, values: [{', '.join(f'w{n}' for n in range(12))}]}}"


@pytest.mark.parametrize(
    ("locale", "declared", "wanted", "told"),
    [
        ("en", "int", "input: integer, minimum: 18, maximum: 99", " fits (18 – 99)."),
        ("en", "{type: int, maximum: 5}", "input: integer, minimum: -5", " fits (-5 – 5)."),
        ("en", "{type: int, maximum: 5}", "input: integer", " fits (≤ 5)."),
        ("de", "double", "input: number, minimum: 0.5", " Zahl (≥ 0,5)."),
        ("en", "date", "input: date, minimum: 2026-03-01", "2026-12-31 (≥ 2026-03-01)."),
        ("de", "date", "input: date, maximum: 2026-03-01", "31.12.2026 (≤ 01.03.2026)."),
        ("en", "string", "min_length: 3", " try again (≥ 3 characters)."),
        ("en", "string", "max_length: 0", " try again (≤ 0 characters)."),
        ("en", "{type: string, min_length: 2}", "max_length: 9", " again (2 – 9 characters)."),
        ("de", "string", "min_length: 4, max_length: 4", " noch einmal (4 Zeichen)."),
        (
            "fr",
            "string",
            "min_length: 2, pattern: '^a'",
            " (≥ 2 caractères, sous la forme demandée).",
        ),
        ("it", "{type: string, pattern: '^a'}", "input: text", " (nella forma richiesta)."),
        ("nl", "string", "input: email, pattern: '@a'", "example.com (in de gevraagde vorm)."),
        ("en", "{type: enum, values: [red, blue]}", "input: text", " again (red, blue)."),
        ("pt", "{type: enum, values: {Vermelho: r, Azul: b}}", "input: text", " (Vermelho, Azul)."),
        ("en", MANY_WORDS, "input: text", " (w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, …)."),
        ("en", "{type: int, values: [1, 3]}", "input: integer", " number that fits (1, 3)."),
        ("en", "uint", "input: integer", " whole number that fits (≥ 0)."),
        ("es", "{type: uint, maximum: 9}", "input: number", " número válido, por favor (0 – 9)."),
        ("en", "{type: int, minimum: 3}", "input: text", " a whole number that fits (≥ 3)."),
        ("en", "double", "input: slider, step: 5", " (0 – 100, in steps of 5)."),
        ("es", "double", "input: slider, step: 0.5, maximum: 2", " (0 – 2, de 0,5 en 0,5)."),
        ("en", "int", "input: integer, minimum: 5, maximum: 5", " fits (5)."),
        ("en", "int", "input: integer, minimum: 1900, maximum: 2026", " fits (1900 – 2026)."),
        ("en", "double", "input: number, minimum: 2500000.5", " fits (≥ 2500000.5)."),
        ("de", "int", "input: integer, maximum: 1000000", " Zahl (≤ 1000000)."),
        (
            "en",
            "dyn",
            "input: multiple_choice, choices: [a, b, c], minimum: 1, maximum: 2",
            " answers offered (1 – 2 answers).",
        ),
        (
            "en",
            "{type: list, max_length: 1}",
            "input: multiple_choice, choices: [a, b]",
            " answers offered (≤ 1 answer).",
        ),
        ("en", "{type: date, maximum: 2026-02-03}", "input: date", "2026-12-31 (≤ 2026-02-03)."),
        ("en", "bool", "input: text", "That will not do. Please try again."),
    ],
)
def test_an_answer_out_of_its_limits_is_told_them(
    locale: str, declared: str, wanted: str, told: str
) -> None:
    flow = LIMITED.replace("LOCALE", locale).replace("DECLARED", declared)
    assert talk(flow.replace("WANTED", wanted), "x")[1].endswith(told)


@pytest.mark.parametrize(
    "locale",
    [
        "en",
        "en-IN",
        "en-ZA",
        "de",
        "de-CH",
        "de-AT",
        "es",
        "es-MX",
        "es-ES",
        "fr",
        "fr-CH",
        "it",
        "it-CH",
        "nl",
        "pt",
        "pt-PT",
        "pl",
        "sv",
        "ru",
        "ja",
    ],
)
@pytest.mark.parametrize("limit", [0.5, 1.125, 999, 1234, 5000.5, 10000, 20000.25, 1234567])
def test_a_limit_as_it_is_told_is_understood(locale: str, limit: float) -> None:
    flow = f"""
locale: {locale}
start: ask
variables: {{n: {{type: double, maximum: {limit}}}}}
nodes:
  ask: {{type: question, text: "?", input: number, variable: n, next: bye}}
  bye: {{type: end, text: "{{{{ n == {float(limit)} }}}}"}}
"""
    told = talk(flow, "x")[-1].rpartition("≤ ")[2].removesuffix(").")
    assert talk(flow, told)[-1] == "true"


def test_numbers_with_a_comma_inside_are_told_apart() -> None:
    flow = """
locale: de
start: ask
variables: {n: {type: double, values: [1.5, 2000.5]}}
nodes:
  ask: {type: question, text: "?", input: number, variable: n, next: bye}
  bye: {type: end}
"""
    assert talk(flow, "x")[-1].endswith("(1,5; 2000,5).")

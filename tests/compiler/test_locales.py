"""Conversations in several languages: catalogues, the language of a session, what is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from statewright import compiler, flows
from statewright.compiler.targets import TARGETS
from statewright.statechart import Event, macrostep, parse_script, play, start
from tests.compiler.conversations import HEADER, compiled, said, talk
from tests.compiler.rehydration import played_anew

SHOP = """
locale: en
locales:
  es:
    nodes:
      hello: {content: [{text: Hola.}, {image: {alt: Una flor}}]}
      menu:
        text: ¿Qué desea?
        retry: Elija.
        choices: {tea: Té, coffee: {label: Café, synonyms: [expreso]}}
      leave: {words: [adiós]}
      bye: {text: "Adiós, {{ name }}."}
  pt-BR: {nodes: {bye: {text: "Tchau, {{ name }}."}}}
start: hello
variables: {name: {type: string, default: Ada}, order: string}
nodes:
  hello:
    type: message
    content: [{text: Hello.}, {image: {url: "https://example.com/a.png", alt: A flower}}]
    next: menu
  menu:
    type: question
    text: What do you want?
    retry: Choose.
    choices: [tea, {value: coffee, label: Coffee, synonyms: [java], data: {price: 3}}]
    variable: order
    next: bye
  leave: {type: interrupt, words: [bye], next: bye, nodes: {out: {type: leave}}}
  bye: {type: end, text: "Bye, {{ name }}."}
"""


def test_everything_is_said_in_the_language_of_the_session() -> None:
    played = played_anew(SHOP, "x", "expreso", data={"locale": "es"})
    assert said(played) == ["Hola.", "", "¿Qué desea?", "Elija.", "Adiós, Ada."]
    assert played[0].messages[1]["alt"] == "Una flor"
    assert played[0].messages[2]["choices"] == [
        {"value": "tea", "label": "Té"},
        {"value": "coffee", "label": "Café"},
    ]
    assert played[-1].data["order"] == "coffee"


@pytest.mark.parametrize("word", ["té", "Te", "tea", "Tea", "café", "java", "Coffee", "1", "2"])
def test_answers_are_understood_in_the_language_of_the_session_and_in_that_of_the_flow(
    word: str,
) -> None:
    assert talk(SHOP, word, data={"locale": "es"})[-1] == "Adiós, Ada."


@pytest.mark.parametrize(
    ("locale", "last"),
    [
        ("en", "Bye, Ada."),
        ("fr", "Bye, Ada."),
        ("", "Bye, Ada."),
        ("ES-mx", "Adiós, Ada."),
        ("es_MX", "Adiós, Ada."),
        ("est", "Bye, Ada."),
        ("pt-BR", "Tchau, Ada."),
        ("pt", "Bye, Ada."),
    ],
)
def test_the_nearest_language_is_taken(locale: str, last: str) -> None:
    assert talk(SHOP, "tea", data={"locale": locale})[-1] == last


def test_a_contact_brings_the_language_where_the_session_is_started_without_one() -> None:
    chart = compiled(SHOP).release().statechart
    step = start(chart, session="s", seed="s", now=0, contact={"locale": "es"})
    assert step.snapshot.data[""]["locale"] == "es"
    step = macrostep(chart, step.snapshot, Event("message", {"text": "tea"}, 1))
    assert step.effects[-1].data["content"]["text"] == "Adiós, Ada."


def test_words_that_interrupt_are_understood_in_every_language() -> None:
    assert talk(SHOP, "adiós")[-1] == "Bye, Ada."


def test_a_flow_may_change_the_language() -> None:
    text = """
locale: en
locales: {de: {nodes: {bye: {text: Tschüss.}}}}
start: change
nodes:
  change: {type: set, actions: [{set: locale, to: de}], next: bye}
  bye: {type: end, text: Bye.}
"""
    assert talk(text) == ["Tschüss."]


def test_a_flow_inside_another_one_is_run_in_the_same_language(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(
        HEADER
        + "locale: en\nlocales: {de: inner.de.yaml}\nstart: a\nnodes: {a: {type: end, text: In.}}\n"
    )
    (tmp_path / "inner.de.yaml").write_text("nodes: {a: {text: Drin.}}\n")
    (tmp_path / "outer.yaml").write_text(
        HEADER
        + "locale: fr\nstart: run\nnodes:\n  run: {type: subflow, flow: inner.yaml, next: bye}\n"
        "  bye: {type: end}\n"
    )
    chart = compiler.compile(flows.read(tmp_path / "outer.yaml")).release().statechart

    def words(**data: Any) -> list[str]:
        step = start(chart, session="s", seed="s", now=0, data=data)
        return [effect.data["content"]["text"] for effect in step.effects]

    assert words(locale="de") == ["Drin."]
    assert words() == ["In."]


def test_every_target_can_say_it() -> None:
    release = compiled(SHOP).release()
    for name, target in TARGETS.items():
        written = "".join(target(release).files.values())
        assert "Adi" in written or name in {"mermaid", "dot"}


def test_a_flow_in_one_language_has_the_variable_too() -> None:
    text = (
        "locale: de\nstart: a\nnodes: {a: {type: end, text: '{{ format.number(1234.5, locale) }}'}}"
    )
    assert talk(text) == ["1.234,5"]
    assert talk(text, data={"locale": "en"}) == ["1,234.5"]


PLAIN = """
start: a
locale: en
LOCALES
nodes:
  a: {type: message, text: "Hello {{ n }}.", next: ask}
  ask: {type: question, text: "{{ n }}?", choices: [yes, {value: no, label: Nope}], next: bye}
  bye: {type: end}
variables: {n: {type: int, default: 1}}
"""


@pytest.mark.parametrize(
    ("locales", "found"),
    [
        ("locales: {es: {nodes: {}}}", "8:28 A002 the text is not translated to `es`"),
        ("locales: {es: {}, fr: {}}", "8:28 A002 the text is not translated to `es` and `fr`"),
        ("locales: {es: {}, es-MX: {}}", "8:28 A002 the text is not translated to `es`"),
        (
            "locales: {es: {nodes: {a: {text: Hola.}}}}",
            "6:34 A003 the translation does not show `n`",
        ),
        (
            "locales: {es: {nodes: {a: {text: 'Hola {{ n }} {{ ask }}'}}}}",
            "6:51 D405 `ask` is not declared",
        ),
        ("locales: {es: {nodes: {a: {text: 'Hola {{ n'}}}}", "G301"),
        ("locales: {es: {nodes: {b: {text: Hola.}}}}", "6:28 R003 `text` translates nothing"),
        ("locales: {es: {nodes: {a: {txt: Hola.}}}}", "6:28 R003 `txt` translates nothing"),
        ("locales: {es: {nodes: {ask: {choices: [a, b, c]}}}}", "R003 item 3 of `choices`"),
        ("locales: {es: {nods: {}}}", "6:16 R003 the key `nods` is not known here"),
        ("locales: {es: es.yaml}", "6:15 R004 the file `es.yaml` is not there"),
        ("locales: {es: 3}", "6:15 R004 `es` must be a map"),
        ("locales: {en: {}}", "6:11 R004 `en` is the language of the flow itself"),
        ("locales: {spanish: {}}", "6:11 R004 `spanish` is no language"),
        ("locales: {xx: {}}", "6:11 R004 nothing is known of how"),
        ("locales: []", "6:10 R004 `locales` must be a map"),
    ],
)
def test_what_is_wrong_with_a_translation_is_said_where_it_stands(locales: str, found: str) -> None:
    findings = compiled(PLAIN.replace("LOCALES", locales)).findings
    lines = [
        f"{one.location.line}:{one.location.column} {one.code} {one.message}" for one in findings
    ]
    assert any(found in line for line in lines), lines


def test_the_language_of_a_translated_flow_has_to_be_known() -> None:
    text = PLAIN.replace("locale: en\n", "").replace("LOCALES", "locales: {es: {}}")
    assert any("`locale` is missing" in one.message for one in compiled(text).findings)


def test_a_translation_of_what_nobody_is_told_is_found() -> None:
    text = """
start: a
locale: en
locales: {es: {nodes: {a: {url: "https://es.example.com"}}}}
nodes: {a: {type: http, url: "https://example.com", success: b, error: b}, b: {type: end}}
"""
    assert [(one.code, one.message) for one in compiled(text).findings] == [
        ("A002", "the translation is not used: nobody is told this")
    ]


def test_findings_in_a_catalogue_of_its_own_stand_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(
        HEADER
        + "locale: en\nlocales: {es: es.yaml}\nstart: a\nnodes: {a: {type: end, text: Hi.}}\n"
    )
    (tmp_path / "es.yaml").write_text("nodes:\n  a:\n    text: '{{ x }}'\n")
    findings = compiler.compile(flows.read(tmp_path / "flow.yaml")).findings
    assert {str(one.location).removeprefix(str(tmp_path)) for one in findings} == {
        "/es.yaml:3:11",
        "/es.yaml:3:15",
    }


@pytest.mark.parametrize("written", ["", "[1]", "nodes: [", "nodes: {a: 3}", "\xff"])
def test_a_catalogue_may_hold_anything(tmp_path: Path, written: str) -> None:
    (tmp_path / "flow.yaml").write_text(
        HEADER
        + "locale: en\nlocales: {es: es.yaml}\nstart: a\nnodes: {a: {type: end, text: Hi.}}\n"
    )
    (tmp_path / "es.yaml").write_bytes(written.encode("latin-1"))
    assert compiler.compile(flows.read(tmp_path / "flow.yaml")).findings


@pytest.mark.parametrize("odd", [None, 7, True, ["es"], {"code": "es"}])
def test_a_language_of_the_contact_that_is_no_text_is_passed_over(odd: object) -> None:
    release = compiled(SHOP).draft()
    played = list(
        play(
            release.statechart,
            parse_script([]),
            session="s",
            seed="s",
            now=0,
            contact={"locale": odd},
        )
    )
    assert said(played)[0] == "Hello."
    assert not played[0].macrostep.incidents

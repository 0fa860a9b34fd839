"""What is printed into the parameters of known actions stays in its place, and into a query nothing is."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.compiler import Severity
from statewright.compiler import compile as compiled
from statewright.flows import parse
from statewright.statechart import EffectKind, start

EVIL = "<script>\"'/../?x=1&y=2"


def asked(node: str, said: str = EVIL) -> Any:
    """What is asked of the world by a node, where `said` is what a user has said."""
    flow = (
        "statewright: 1\nstart: a\nvariables: {said: {type: string, input: true}}\n"
        f"nodes:\n  a: {node}\n  b: {{type: end}}\n"
    )
    step = start(
        compiled(parse(flow)).statechart, session="s", seed="s", now=0, data={"said": said}
    )
    (effect,) = [one for one in step.effects if one.kind in {EffectKind.SEND, EffectKind.INVOKE}]
    return effect.data["data"] if effect.kind is EffectKind.SEND else effect.data["params"]


def action(name: str, parameters: str) -> str:
    return f"{{type: action, action: {name}, with: {parameters}, next: b}}"


def test_markup_of_an_email_holds_what_is_printed_as_text() -> None:
    given = asked(
        action(
            "email",
            "{to: a@x.org, html: '<a title=\"{{ said }}\">{{ said }}</a>', text: '{{ said }}'}",
        )
    )
    assert "<script>" not in given["html"]
    assert given["html"].startswith('<a title="&lt;script&gt;')
    assert given["text"] == EVIL
    lone = asked(action("email", "{to: a@x.org, html: '{{ said }}'}"))
    assert "<script>" not in lone["html"]


def test_the_url_of_a_file_or_a_webhook_keeps_what_is_printed_in_its_part() -> None:
    url = "https://x.org/{{ said }}/f"
    given = asked(
        action(
            "email", f"{{to: a@x.org, text: t, attachments: [{{url: '{url}'}}, '{{{{ said }}}}']}}"
        )
    )
    assert given["attachments"][0]["url"].count("/") == 4
    assert "?" not in given["attachments"][0]["url"]
    assert given["attachments"][1] == EVIL
    told = asked(action("webhook", f"{{url: '{url}', secret: s, event: e}}"))
    assert told["url"].count("/") == 4
    model = asked(f"{{type: llm, model: m, prompt: p, documents: [{{url: '{url}'}}], next: b}}")
    assert model["documents"][0]["url"].count("/") == 4


def test_nothing_is_printed_into_a_query() -> None:
    query = "select * from t where a = '{{ said }}'"
    given = asked(
        action("sql", f'{{database: d, query: "{query}", parameters: {{a: "{{{{ said }}}}"}}}}')
    )
    assert given["query"] == query
    assert given["parameters"] == {"a": EVIL}


@pytest.mark.parametrize(
    ("parameters", "codes"),
    [
        ("{database: d, query: select 1}", set()),
        ("{database: d, query: 'select {{ said }}'}", {"E611"}),
        ("{database: '{{ said }}', query: select 1}", {"E611"}),
        ("{query: select 1}", {"S114"}),
        ("{database: d, query: select 1, params: {}}", {"S114"}),
    ],
)
def test_what_cannot_be_asked_of_a_database_is_found(parameters: str, codes: set[str]) -> None:
    flow = (
        "statewright: 1\nstart: a\nvariables: {said: {type: string, input: true}}\n"
        f"nodes:\n  a: {action('sql', parameters)}\n  b: {{type: end, text: '{{{{ said }}}}'}}\n"
    )
    found = {one.code: one.severity for one in compiled(parse(flow)).findings}
    assert found.keys() & {"E611", "S114"} == codes
    assert found.get("E611", Severity.ERROR) is Severity.ERROR


@pytest.mark.parametrize(
    ("name", "parameters", "missing"),
    [
        ("webhook", "{to: erp, event: e}", ""),
        ("webhook", "{url: 'https://erp.example.com', secret: '{{secret:s}}', event: e}", ""),
        ("webhook", "{url: 'https://erp.example.com', event: e}", "`to`, or `url` and `secret`"),
        ("webhook", "{event: e}", "`to`, or `url` and `secret`"),
        ("email", "{to: a@example.org, html: '<b>hi</b>'}", ""),
        ("email", "{to: a@example.org, subject: hi}", "`text`, or `html`"),
    ],
)
def test_what_an_action_is_nothing_without_may_be_given_in_several_ways(
    name: str, parameters: str, missing: str
) -> None:
    flow = f"statewright: 1\nstart: a\nnodes: {{a: {action(name, parameters)}, b: {{type: end}}}}\n"
    found = [one.message for one in compiled(parse(flow)).findings if one.code == "S114"]
    assert found == ([f"`{name}` is nothing without {missing}"] if missing else [])


def test_an_action_of_the_hosts_own_is_given_what_it_wants() -> None:
    assert asked(action("crm.query", "{query: '{{ said }}', html: '{{ said }}'}")) == {
        "query": EVIL,
        "html": EVIL,
    }

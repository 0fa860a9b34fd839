"""The JSON Schema, as another program reads it: what is right is accepted, what is wrong is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from statewright import flows
from statewright.flows.documents import document_from
from tests.compiler.conversations import HEADER

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft202012Validator(flows.json_schema())
FLOWS = sorted(
    path
    for folder in ("statewright/flows/samples", "examples")
    for path in (ROOT / folder).glob("*.yaml")
    if path.suffixes == [".yaml"]
)


def value_of(text: str) -> Any:
    return document_from(text, "x.yaml").value


def wrong(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(value_of(text))]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(flows.json_schema())


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.name)
def test_what_can_be_read_is_accepted(path: Path) -> None:
    assert wrong(path.read_text()) == []


END = HEADER + "start: a\nnodes: {a: {type: end}}\n"


@pytest.mark.parametrize(
    "text",
    [
        "statewright: 2\n",
        "start: a\nnodes: {a: {type: end}}\n",
        "statewright: true\nstart: a\nnodes: {a: {type: end}}\n",
        HEADER,
        END + "variables: {a: {type: object, fields: []}}\n",
        HEADER + "nodes: {a: {type: delay, duration: soon}}\n",
        HEADER + "nodes: {a: {type: condition, branches: []}}\n",
        HEADER + "nodes: {a: {type: message, text: a, next: ''}}\n",
        END + "strat: b\n",
        END + "variables: {a: integer}\n",
        END + "variables: {a: {type: int, defualt: 3}}\n",
        END + "settings: {on_error: ignore}\n",
        END + "settings: {timeout: [1]}\n",
        END + "settings: {inactivity: {remind: []}}\n",
        END + "triggers: {a: {type: keyword}}\n",
        END + "triggers: {a: {type: telepathy}}\n",
        END + "rules: {a: {never: 3}}\n",
        END + "rules: {a: {first: a}}\n",
        END + "rules: {a: {never: x, always: y}}\n",
        END + "rules: {a: {at_most: -1, times: a}}\n",
        END + "locales: {spanish: {}}\n",
        END + "locales: {es: {nods: {}}}\n",
        END + "locales: {es: {nodes: {a: {text: 3}}}}\n",
        HEADER + "nodes: {a: {type: nothing}}\n",
        HEADER + "nodes: {a: {text: Hello}}\n",
        HEADER + "nodes: {a: {type: message, txt: Hello}}\n",
        HEADER + "nodes: {a: {type: message, text: [Hello]}}\n",
        HEADER + "nodes: {a: {type: question, text: Hello, input: colour}}\n",
        HEADER + "nodes: {a: {type: question, text: x, choices: [{label: x}]}}\n",
        HEADER + "nodes: {a: {type: loop, times: 3, nodes: {b: {type: nothing}}}}\n",
        HEADER + "nodes: {a: {type: delay}}\n",
        HEADER + "nodes: {a: {type: delay, duration: 5s, until: '2030-01-01'}}\n",
        HEADER + "nodes: {a: {type: delay, until: '2030-01-01', business_hours: counts}}\n",
        HEADER + "nodes: {a: {type: try}}\n",
        HEADER + "nodes: {a: {type: try, nodes: {}}}\n",
        HEADER + "nodes: {a: {type: loop, nodes: {b: {type: continue}}}}\n",
        HEADER + "nodes: {a: {type: loop, times: 3, while: x, nodes: {b: {type: continue}}}}\n",
        HEADER + "nodes: {a: {type: loop, times: 3, item: x, nodes: {b: {type: continue}}}}\n",
        HEADER + "nodes: {a: {type: message}}\n",
        HEADER + "nodes: {a: {type: message, text: ''}}\n",
        HEADER + "nodes: {a: {type: message, text: a, image: b}}\n",
        HEADER + "nodes: {a: {type: message, text: a, content: [{text: b}]}}\n",
        HEADER + "nodes: {a: {type: message, text: a, next: []}}\n",
        HEADER + "nodes: {a: {type: message, text: a, on_error: {}}}\n",
        HEADER + "nodes: {a: {type: message, text: a, on_error: {then: fail, fallback: a}}}\n",
        HEADER + "nodes: {a: {type: message, text: a, on_error: {wait: 1s, then: fail}}}\n",
        HEADER + "nodes: {a: {type: message, variants: [{text: a, weight: 0}]}}\n",
        HEADER + "nodes: {a: {type: end, on_error: fail}}\n",
        HEADER + "nodes: {a: {type: end, outcome: '{{ x }}'}}\n",
        HEADER + "nodes: {a: {type: set, actions: [{set: '', to: 1}]}}\n",
        HEADER + "nodes: {a: {type: question, text: x, choices: []}}\n",
        HEADER + "nodes: {a: {type: question, text: x, input: choice}}\n",
        HEADER + "nodes: {a: {type: question, text: x, choices: [a], choices_from: '[1]'}}\n",
        HEADER + "nodes: {a: {type: question, text: x, input: text, choices_from: '[1]'}}\n",
        HEADER + "nodes: {a: {type: question, text: x, input: number, pattern: a}}\n",
        HEADER + "nodes: {a: {type: question, text: x, input: number, minimum: a}}\n",
        HEADER + "nodes: {a: {type: question, text: x, minimum: 3}}\n",
        HEADER + "nodes: {a: {type: question, text: x, skip: ['{{ x }}']}}\n",
        HEADER + "nodes: {a: {type: question, text: x, choices: [a], on: {}, max_size: 3}}\n",
        HEADER + "nodes: {a: {type: handoff, to: {agent: a, team: b}}}\n",
        HEADER + "nodes: {a: {type: handoff, timeout: 1h}}\n",
        HEADER + "nodes: {a: {type: interrupt, nodes: {b: {type: leave}}}}\n",
        HEADER + "nodes: {a: {type: action, action: b, timeout: 3s}}\n",
        HEADER + "nodes: {a: {type: http, url: x, backoff: linear}}\n",
        HEADER + "nodes: {a: {type: http, url: x, body_as: form}}\n",
        HEADER + "nodes: {a: {type: http, url: x, retries: 1, retry_statuses: [200]}}\n",
        HEADER + "nodes: {a: {type: tag}}\n",
        HEADER + "nodes: {a: {type: split, arms: [{name: b, weight: 0, to: a}]}}\n",
        END + "locales: {}\n",
        END + "rules: {a: {at_most: 1, times: {}}}\n",
        END + "settings: {on_error: fallback}\n",
        END + "settings: {while_busy: {}}\n",
        END + "settings: {business_hours: {zone: Europe/Berlin}}\n",
        END + "settings: {inactivity: {after: 1h, to: a, outcome: b}}\n",
        END + "variables: {a: enum}\n",
        END + "variables: {a: {type: enum}}\n",
        END + "variables: {a: {type: enum, values: []}}\n",
        END + "variables: {a: {type: enum, values: [a, 1]}}\n",
        END + "variables: {a: {type: int, values: [a]}}\n",
        END + "variables: {a: {type: int, pattern: x}}\n",
        END + "variables: {a: {type: int, minimum: x}}\n",
        END + "variables: {a: {type: date, minimum: 3}}\n",
        END + "variables: {a: {type: string, secret: true, default: x}}\n",
        END + "variables: {a: {type: string, read_only: true}}\n",
        END + "variables: {a: {scope: contact, input: true}}\n",
    ],
)
def test_what_is_wrong_is_refused_by_the_schema_and_by_the_reader(text: str) -> None:
    assert wrong(text)
    assert any(problem.severity == "error" for problem in flows.parse(text).problems)


def test_editors_explain_every_key() -> None:
    schema = flows.json_schema()
    for name, definition in {"flow": schema, **schema["$defs"]}.items():
        assert definition.get("description") or "oneOf" in definition, name
        for key, value in definition.get("properties", {}).items():
            pointed = schema["$defs"].get(str(value.get("$ref", "")).rpartition("/")[2], {})
            said = value.get("description") or pointed.get("description")
            assert said, f"`{key}` of `{name}` is not described"
    json.dumps(schema)

"""What the page about languages shows is what happens."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from statewright import compiler, flows
from statewright.expressions import evaluate, parse

TEXT = (Path(__file__).parents[2] / "docs" / "locales.md").read_text()
ROWS = re.findall(r"^\| `(format\..*?)` \| `(.*?)`, `(.*?)` \|$", TEXT, re.MULTILINE)
CATALOGUE = """
nodes:
  ask:
    text: "Möchten Sie {{ format.plural(count, {'one': '# Rose', 'other': '# Rosen'}, locale) }}?"
    retry: Bitte wählen Sie.
    choices: [Ja, Nein]
  bye: {text: "Das macht {{ format.currency(price, 'EUR', locale) }}."}
"""


def test_its_flow_has_only_the_findings_that_it_speaks_of() -> None:
    (written,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    flow = flows.parse(written, beside={"flowers.de.yaml": CATALOGUE})
    found = compiler.compile(flow).findings
    assert [(one.code, one.message) for one in found] == [
        ("A002", "the text is not translated to `es`")
    ]


@pytest.mark.parametrize(("expression", "english", "german"), ROWS)
def test_its_functions_print_what_it_shows(expression: str, english: str, german: str) -> None:
    names = {"due": "2026-12-31", "now": datetime(2026, 12, 31, 13, 5, tzinfo=UTC), "n": 1}
    names |= {"names": ["a", "b", "c"]}

    def printed(**own: object) -> str:
        value = str(evaluate(parse(expression), {**names, **own}))
        return value.replace("\u202f", " ").replace("\xa0", " ")

    assert printed(locale="en") == english
    other = printed(locale="en", n=2) if "plural" in expression else printed(locale="de")
    assert other == german


def test_every_function_is_shown() -> None:
    assert len(ROWS) == 9

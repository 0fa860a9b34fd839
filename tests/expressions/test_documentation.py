"""The page about expressions says what is so."""

from __future__ import annotations

import doctest
import re
import shlex

import pytest

from statewright.cli import run
from statewright.expressions.parsing.grammar import MACROS
from tests.expressions.function_reference import PAGE, families_are_complete, updated

TEXT = PAGE.read_text()
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")


def blocks(language: str) -> list[str]:
    return [text for kind, text in FENCED.findall(TEXT) if kind == language]


def test_the_tables_of_functions_are_those_of_the_overloads() -> None:
    assert families_are_complete()
    assert updated(TEXT) == TEXT, "run `python -m tests.expressions.function_reference`"


def test_every_macro_is_named() -> None:
    for name, _ in MACROS:
        assert f"`{name}`" in TEXT or name == "existsOne"


def test_python_answers_what_the_page_shows() -> None:
    pytest.importorskip("celpy", reason="celpy is not installed; the page shows it")
    example = doctest.DocTestParser().get_doctest(
        "\n".join(blocks("pycon")), {}, PAGE.name, str(PAGE), 0
    )
    assert not doctest.DocTestRunner().run(example).failed


@pytest.mark.parametrize("block", blocks("console"))
def test_a_command_prints_what_the_page_shows(
    block: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in block.split("$ ")[1:]:
        command, _, shown = part.partition("\n")
        program, *arguments = shlex.split(command)
        assert program == "statewright"
        run(arguments)
        assert capsys.readouterr().out == shown


def test_links_lead_somewhere() -> None:
    for target in LINK.findall(TEXT):
        assert (PAGE.parent / target).exists(), target

"""Every check raises its own example, and is silent about the mended one."""

from __future__ import annotations

import re
import tomllib

import pytest

from statewright import compiler, flows
from statewright.compiler.catalogue import CATALOGUE
from statewright.compiler.checks import BY_CODE, CHECKS, Check
from statewright.compiler.checks.check import SECTIONS, sections_of
from statewright.compiler.checks.consequences import BEHIND
from statewright.compiler.configuration import policy_from
from statewright.compiler.findings import Verdict
from statewright.compiler.mending import FIXES
from tests.compiler.check_reference import GROUPS, PAGES, pages

HEADER = "statewright: 1\nid: example\n"


def flow_text(example: str) -> str:
    """The example of a check as a whole file."""
    is_whole = example.startswith("{") or "statewright: 1" in example or "steps:" in example
    return example if is_whole else HEADER + example


def compiled(example: str) -> compiler.Compilation:
    """An example, compiled; other files that belong to it stand below it, after ``# file:``."""
    text, *others = re.split(r"^# file: ", example, flags=re.MULTILINE)
    files = dict(other.split("\n", 1) for other in others)
    policy = policy_from(tomllib.loads(files.pop("statewright.toml", "")))

    def find(name: str, _: flows.Flow) -> flows.Flow | str:
        return flows.parse(files[name], file=name) if name in files else f"there is no `{name}`"

    flow = flows.resolved(flows.parse(flow_text(text), file="example"), find)
    return compiler.compile(flow, policy)


def codes_in(example: str) -> set[str]:
    """Codes of what is found before a flow is verified, and then."""
    compilation = compiled(example)
    findings = (*compilation.findings, *compiler.verify(compilation).findings)
    return {finding.code for finding in findings}


def codes_verified(example: str) -> set[str]:
    return {finding.code for finding in compiler.verify(compiled(example)).findings}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_check_documents_itself(check: Check) -> None:
    sections = sections_of(check.documentation)
    assert tuple(title for title in sections if title) == SECTIONS
    assert all(sections.values())
    assert re.fullmatch(r"[A-Z]\d{3}", check.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.name)


def test_no_code_and_no_name_is_used_twice() -> None:
    assert len({check.code for check in CATALOGUE}) == len(CATALOGUE)
    assert len({check.name for check in CATALOGUE}) == len(CATALOGUE)


def test_the_checks_stand_in_the_order_of_their_codes() -> None:
    letters = "".join(GROUPS)
    ordered = sorted(CHECKS, key=lambda check: (letters.index(check.code[0]), check.code))
    assert [check.code for check in CHECKS] == [check.code for check in ordered]


def test_the_pages_are_those_of_the_source() -> None:
    found = {path.name: path.read_text() for path in PAGES.glob("*.md")}
    assert found == pages(), "run `python -m tests.compiler.check_reference`"


def test_what_hides_and_what_is_mended_is_checked() -> None:
    assert set(FIXES) <= set(BY_CODE)
    codes = {code for code in BEHIND if code in BY_CODE}
    assert {"S105", "D403", "G301"} <= codes


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_the_example_of_a_check_raises_it(check: Check) -> None:
    assert check.code in codes_in(sections_of(check.documentation)["Example"])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_the_mended_example_is_clean(check: Check) -> None:
    assert codes_verified(sections_of(check.documentation)["Instead"]) == set()


def test_nothing_is_left_undecided_in_the_examples() -> None:
    for check in CHECKS:
        for section in ("Example", "Instead"):
            example = sections_of(check.documentation)[section]
            verified = compiler.verify(compiled(example))
            assert not [f for f in verified.findings if f.verdict is Verdict.UNDECIDED]

"""The pages in ``docs/checks``: one per check, made from its documentation, and an index.

``python -m tests.compiler.check_reference`` writes them anew; a test compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from statewright.compiler.catalogue import CATALOGUE
from statewright.compiler.checks import BY_CODE
from statewright.compiler.checks.check import Check, sections_of
from statewright.compiler.checks.consequences import BEHIND
from statewright.compiler.mending import FIXES

PAGES = Path(__file__).parents[2] / "docs" / "checks"

GROUPS: Mapping[str, str] = {
    "R": "Reading: what the format does not know",
    "S": "Structure: how the drawing hangs together",
    "C": "Circles: what goes on for ever, and what never comes",
    "G": "Guards: what conditions say",
    "D": "Data: who writes and reads what",
    "I": "Interaction: what is asked of people",
    "E": "Effects: what is asked of the world",
    "X": "Composition: flows in flows, things at once",
    "T": "Rules: what must hold of every conversation",
    "A": "Access: who understands what is said",
    "V": "Versions: what becomes of live conversations in another version",
}
"""First letter of a code → what its checks are about."""


def summary(check: Check[Any]) -> str:
    """The first sentence of the documentation of a check, on one line."""
    return " ".join(sections_of(check.documentation)[""].split())


def page(check: Check[Any]) -> str:
    """The page of a check."""
    sections = sections_of(check.documentation)
    lines = [
        f"# {check.code} `{check.name}`",
        "",
        f"{summary(check)} ({check.severity}"
        + (", mended by `check --fix`" if check.code in FIXES else "")
        + ")",
    ]
    for title, text in sections.items():
        if title:
            lines += ["", f"## {title}", *_body(title, text)]
    causes = [code for one in BEHIND.get(check.code, ()) for code in one.causes]
    known = sorted({code for code in causes if code in BY_CODE})
    if known:
        links = ", ".join(f"[{code}]({code}.md)" for code in known)
        lines += ["", f"It is told only once nothing of {links} is found that may be its cause."]
    lines += ["", "[All checks](README.md). Made from the source; do not edit."]
    return "\n".join(lines) + "\n"


def _body(title: str, text: str) -> Iterator[str]:
    if title not in ("Example", "Instead"):
        yield text
        return
    first, *files = re.split(r"^# file: ", text, flags=re.MULTILINE)
    yield from _fenced(first)
    for file in files:
        name, _, content = file.partition("\n")
        yield f"`{name}`:"
        yield from _fenced(content, "toml" if name.endswith(".toml") else "yaml")


def _fenced(text: str, language: str = "yaml") -> Iterator[str]:
    language = "json" if text.lstrip().startswith("{") else language
    yield from (f"```{language}", text.rstrip(), "```")


def index() -> str:
    """The list of all checks."""
    lines = [
        "# Checks",
        "",
        "What `statewright check` asks of every flow. [Checking](../checking.md) tells how to choose",
        "among them, how to suppress a finding, and how to add rules of your own.",
    ]
    for letter, title in GROUPS.items():
        checks = [check for check in CATALOGUE if check.code.startswith(letter)]
        if checks:
            lines += ["", f"## {title}", "", "| code | name | severity | |", "|---|---|---|---|"]
            lines += [
                f"| [{check.code}]({check.code}.md) | `{check.name}` | {check.severity} "
                f"| {summary(check)} |"
                for check in checks
            ]
    lines += ["", "Made from the source; do not edit."]
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """File name → text, for all pages."""
    return {"README.md": index()} | {f"{check.code}.md": page(check) for check in CATALOGUE}


def main() -> None:
    """Write all pages."""
    PAGES.mkdir(exist_ok=True)
    wanted = pages()
    for path in PAGES.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (PAGES / name).write_text(text)


if __name__ == "__main__":
    main()

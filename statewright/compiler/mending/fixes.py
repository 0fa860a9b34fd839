"""How findings are mended: code → what to change, where one change is surely what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Final

from statewright.compiler.findings import Finding
from statewright.compiler.mending.edits import Edit, Put, Remove, Rename, Replace, word_at
from statewright.flows.outline import child

_MEANT: Final = re.compile(r"did you mean `([\w$@./ -]+)`\?")
_LIKE: Final = 0.6
"""How alike a typo and what was meant must be; 1 is the same."""

Fix = Callable[[Finding, str], Edit | None]
"""A finding and the text of the file → what to change, or None where that is not sure."""


def edit_for(finding: Finding, text: str) -> Edit | None:
    """What mends a finding, or None where that takes somebody who knows what was meant."""
    fix = FIXES.get(finding.code)
    return None if fix is None else fix(finding, text)


def _typo(finding: Finding, text: str) -> Edit | None:
    """The only name that is like the one that is not known."""
    meant = _MEANT.fullmatch(finding.help)
    if meant is None:
        return None
    word = word_at(text, finding.location)
    # Of a name with blanks, or behind an expression, only the first word may be the wrong one.
    for old in dict.fromkeys((word, word.partition(" ")[0], re.split(r"[.\s]", word)[0])):
        like = SequenceMatcher(None, old.lower(), meant[1].lower()).ratio()
        if old and old != meant[1] and like >= _LIKE and _digits(old) == _digits(meant[1]):
            return Replace(finding.location, old, meant[1])
    return None


def _digits(name: str) -> list[str]:
    """The digits of a name: `ask_2` is another one than `ask_1`, and no slip."""
    return re.findall(r"\d", name)


def _https(finding: Finding, _: str) -> Edit | None:
    return Replace(finding.location, "http://", "https://")


def _second_edge(finding: Finding, _: str) -> Edit | None:
    """The element of a list that says what an earlier one says."""
    item, _, key = finding.location.pointer.rpartition("/")
    return Remove(item) if key == "to" and item.rpartition("/")[2].isdecimal() else None


def _suppression(finding: Finding, _: str) -> Edit | None:
    return Remove(finding.location.pointer, tidy=True) if finding.location.pointer else None


def _retries(finding: Finding, _: str) -> Edit | None:
    return Put(finding.location.pointer, "retries", "2") if finding.location.pointer else None


def _input(finding: Finding, _: str) -> Edit | None:
    kind = re.fullmatch(r"add `input: (\w+)`", finding.help)
    node = finding.location.pointer.rpartition("/")[0]
    return Put(node, "input", kind[1]) if kind and node == child("/nodes", finding.node) else None


def _parameter(finding: Finding, _: str) -> Edit | None:
    """The only parameter that is like the one that is not known."""
    meant, pointer = _MEANT.fullmatch(finding.help), finding.location.pointer
    old = pointer.rpartition("/")[2]
    if meant is None or not old.isidentifier() or _digits(old) != _digits(meant[1]):
        return None
    return Rename(pointer, old, meant[1])


def _seconds(finding: Finding, _: str) -> Edit | None:
    """A number without a unit that makes sense in milliseconds only."""
    meant = re.search(r"was `(\d+s)` meant\?", finding.help)
    pointer = finding.location.pointer
    if meant is None or not pointer or not finding.message.endswith("very long"):
        return None
    return Put(pointer, "timeout", meant[1], only=r"\d+")


def _idle_translation(finding: Finding, _: str) -> Edit | None:
    is_idle = finding.help == "remove it" and finding.location.pointer
    return Remove(finding.location.pointer, tidy=True) if is_idle else None


FIXES: Final[Mapping[str, Fix]] = MappingProxyType(
    {
        **dict.fromkeys(("R003", "R004", "S101", "S103", "G302", "G303", "G311", "D405"), _typo),
        **dict.fromkeys(("E606", "X701", "X704"), _typo),
        "E602": _https,
        "S109": _second_edge,
        "R009": _suppression,
        "S114": _parameter,
        "E608": _seconds,
        "A002": _idle_translation,
        "I501": _input,
        "I502": _retries,
    }
)
"""Code → how its findings are mended."""

"""Files that lie beside flows and are none: scripts, tests, fixtures, data, translations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Final

from statewright.expressions.operations.languages import is_language
from statewright.flows.documents import document_from

_SCRIPT: Final = "a script, which `statewright chat FLOW --script` plays"
TESTS: Final = "conversation tests, which `statewright test` holds"
"""What is said of a file of conversation tests."""

_BY_NAME: Final[Mapping[str, str]] = MappingProxyType(
    {
        "script": _SCRIPT,
        "test": TESTS,
        "fixtures": "fixtures, which `statewright chat FLOW --fixtures` reads",
        "data": "data, which `statewright chat FLOW --data` reads",
        "transcript": "a transcript",
        "schema": "the schema of flows, which editors read",
    }
)
"""What stands before the last suffix of a name → what such a file is."""


def companion_in(content: bytes, file: str) -> str:
    """What a file is that is no flow, in words; ``""`` where that is not known.

    Args:
        content: what it holds.
        file: its path.
    """
    stem = PurePath(file).stem
    known = _BY_NAME.get(stem.rpartition(".")[2] if "." in stem else "")
    return known or _by_content(document_from(content, file).value, stem)


def _by_content(value: Any, stem: str) -> str:
    if isinstance(value, list):
        return _SCRIPT
    if not isinstance(value, dict):
        return ""
    if "flow" in value and ("conversations" in value or "script" in value):
        return TESTS
    base, _, language = stem.rpartition(".")
    if base and "nodes" in value and "start" not in value and is_language(language):
        return f"translations, which `{base}` reads"
    return ""

"""Nested values with TypeScript in them, written as TypeScript and, as far as it goes, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from statewright.compiler.targets.xstate.literals import key_of

_WIDTH: Final = 100
_INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of TypeScript, which stands for a value that JSON cannot say."""

    text: str


def typescript(value: Any, indent: str = "") -> str:
    """A value as TypeScript; what fits on a line stands on one."""
    if isinstance(value, Code):
        return value.text.replace("\n", f"\n{indent}")
    if isinstance(value, dict) and value:
        entries = [(f"{key_of(key)}: ", part) for key, part in value.items()]
        return _bracketed("{", entries, "}", indent)
    if isinstance(value, list) and value:
        return _bracketed("[", [("", part) for part in value], "]", indent)
    return json.dumps(value, ensure_ascii=False)


def _bracketed(opening: str, entries: list[tuple[str, Any]], closing: str, indent: str) -> str:
    inner = indent + _INDENT
    parts = [prefix + typescript(part, inner) for prefix, part in entries]
    blank = " " if opening == "{" else ""
    flat = f"{opening}{blank}{', '.join(parts)}{blank}{closing}"
    if "\n" not in flat and len(flat) + len(indent) <= _WIDTH:
        return flat
    lines = "".join(f"{inner}{part},\n" for part in parts)
    return f"{opening}\n{lines}{indent}{closing}"


def plain(value: Any) -> Any:
    """A value without what JSON cannot say: entries of objects that are code are left out."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items() if not isinstance(part, Code)}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value


def indented(lines: Iterator[str] | list[str]) -> Iterator[str]:
    """Lines of code, one step further to the right."""
    for line in lines:
        yield f"{_INDENT}{line}" if line else line

"""JSON, laid out: only the blanks between its tokens change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

WIDTH: Final = 100
"""How long a line may be that holds a whole list or map."""

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_CLOSING: Final = {"{": "}", "[": "]"}
_INDENT: Final = "  "


def laid_out_json(text: str) -> str:
    """A JSON text that is known to be right, each list and map on one line if it fits there.

    >>> print(laid_out_json('{"a":[1,2],  "b":{}}'), end="")
    { "a": [1, 2], "b": {} }
    """
    tokens = _TOKEN.findall(text)
    ends = _ends(tokens)
    lines: list[str] = []
    line = ""
    depth = 0
    at = 0
    while at < len(tokens):
        part = tokens[at]
        if part in _CLOSING:
            whole = _on_one_line(tokens[at : ends[at] + 1], WIDTH - len(line))
            if whole is not None:
                line += whole
                at = ends[at] + 1
                continue
            lines.append(line + part)
            depth += 1
            line = _INDENT * depth
        elif part in "}]":
            lines.append(line)
            depth -= 1
            line = _INDENT * depth + part
        elif part == ",":
            lines.append(line + part)
            line = _INDENT * depth
        else:
            line += ": " if part == ":" else part
        at += 1
    return "\n".join([*lines, line]) + "\n"


def _ends(tokens: list[str]) -> dict[int, int]:
    """Where each bracket that opens is closed."""
    ends: dict[int, int] = {}
    open_: list[int] = []
    for at, part in enumerate(tokens):
        if part in _CLOSING:
            open_.append(at)
        elif part in "}]":
            ends[open_.pop()] = at
    return ends


def _on_one_line(tokens: list[str], room: int) -> str | None:
    """A list or map as one line; None where that, and a comma behind it, is too long."""
    words: list[str] = []
    length = 1
    for part in _spaced(tokens):
        words.append(part)
        length += len(part)
        if length > room:
            return None
    return "".join(words)


def _spaced(tokens: list[str]) -> Iterator[str]:
    for at, part in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if part == "{" and following != "}":
            yield "{ "
        elif part in ",:" or (following == "}" and part != "{"):
            yield f"{part} "
        else:
            yield part

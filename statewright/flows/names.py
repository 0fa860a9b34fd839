"""Names: of variables in expressions, of flows, of nodes that a reader adds."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator
from pathlib import PurePath
from typing import Any, Final

ROOTS: Final = frozenset({"contact", "tenant", "session", "event", "input", "now", "vars"})
"""Names that mean something in every expression; a variable of that name is read in ``vars``."""

_RESERVED: Final = frozenset(
    {
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import",
        "in", "let", "loop", "namespace", "null", "package", "return", "true", "var", "void",
        "while",
    }
)  # fmt: skip
"""Words that CEL keeps for itself."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch


def is_identifier(name: str) -> bool:
    """Whether CEL can spell a name."""
    return bool(_IDENTIFIER(name)) and name not in _RESERVED


def quoted(text: str) -> str:
    r"""A text as a CEL literal.

    >>> print(quoted("it's"))
    'it\'s'
    """
    escaped = "".join(_ESCAPES.get(c) or (c if c.isprintable() else _escape(c)) for c in text)
    return f"'{escaped}'"


_ESCAPES: Final = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escape(character: str) -> str:
    return f"\\U{ord(character):08x}"


def literal_in_cel(value: Any) -> str:
    """A JSON value as a CEL literal (documents bound its depth).

    >>> literal_in_cel({"a": [1, 2.5, None]})
    "{'a': [1, 2.5, null]}"
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case list():
            return f"[{', '.join(literal_in_cel(item) for item in value)}]"
        case dict():
            pairs = (f"{quoted(key)}: {literal_in_cel(item)}" for key, item in value.items())
            return f"{{{', '.join(pairs)}}}"
        case _:
            return repr(value)


def variable_in_cel(name: str) -> str:
    """How an expression reads a variable.

    >>> variable_in_cel("score"), variable_in_cel("my score"), variable_in_cel("input")
    ('score', "vars['my score']", "vars['input']")
    """
    if is_identifier(name) and name not in ROOTS:
        return name
    return f"vars[{quoted(name)}]"


def path_in_cel(root: str, steps: Collection[str]) -> str:
    """How an expression reads a path below something that is CEL already.

    >>> path_in_cel("temp", ["options", "0", "first-name"])
    "temp.options[0]['first-name']"
    """
    parts = [root]
    for step in steps:
        if is_identifier(step):
            parts.append(f".{step}")
        elif step.isascii() and step.isdigit() and len(step) < 10:
            parts.append(f"[{int(step)}]")
        else:
            parts.append(f"[{quoted(step)}]")
    return "".join(parts)


def flow_id(file: str, name: str) -> str:
    """What programs call a flow whose file does not say: the name of the file, or of the flow.

    >>> flow_id("flows/lead-capture.yaml", ""), flow_id("", "Lead Capture!")
    ('lead-capture', 'lead-capture')
    """
    if file:
        return PurePath(file).stem or "flow"
    return "-".join(re.findall(r"\w+", name.lower())) or "flow"


def unused(name: str, taken: Collection[str]) -> Iterator[str]:
    """Those of ``name``, ``name-2``, ``name-3``, … that are not taken, in order.

    >>> names = unused("end", {"end", "end-3"})
    >>> next(names), next(names)
    ('end-2', 'end-4')
    """
    candidates = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    return (candidate for candidate in candidates if candidate not in taken)

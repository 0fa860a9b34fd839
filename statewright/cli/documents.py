"""YAML and JSON that options name: scripts, fixtures, data."""

from __future__ import annotations

import json
from typing import Any

from statewright.cli import files
from statewright.cli.failure import Failure
from statewright.errors import InvalidScript
from statewright.flows.documents import Document, document_from
from statewright.statechart import Line, parse_script


def script_from(name: str) -> tuple[Line, ...]:
    """The script in a file.

    Raises:
        Failure: it cannot be read, or is no script.
    """
    document = _document(files.bytes_of(name), files.label(name))
    try:
        return parse_script(document.value)
    except InvalidScript as error:
        raise Failure(f"{document.file}: {error}") from None


def map_from(given: str | None) -> dict[str, Any]:
    """The map that an option gives: written down in JSON (``{"a": 1}``), or the path of a file.

    Raises:
        Failure: it cannot be read, or is no map.
    """
    if given is None:
        return {}
    inline = given.lstrip().startswith("{")
    file = "the option" if inline else files.label(given)
    document = _document(given.encode(errors="replace") if inline else files.bytes_of(given), file)
    if not isinstance(document.value, dict):
        raise Failure(f"{file}: this should be a map, such as {{name: Ada}}")
    return document.value


def value_from(text: str) -> Any:
    """A value as it is typed: JSON, or else the text itself.

    >>> value_from("3"), value_from('"3"'), value_from("three")
    (3, '3', 'three')
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _document(content: bytes, file: str) -> Document:
    document = document_from(content, file)
    problems = [*document.problems(), *document.duplicates(None)]
    if problems:
        first = problems[0]
        help_ = f"; {first.help}" if first.help else ""
        raise Failure(f"{first.location}: {first.message}{help_}")
    return document

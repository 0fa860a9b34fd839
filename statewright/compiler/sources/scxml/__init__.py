"""SCXML (https://www.w3.org/TR/scxml/): a document → a statechart, and what is wrong with it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from statewright.compiler.sources.scxml.reading import Machine, machine_from_scxml

SCXML: Final = "scxml"
"""What the format is called where those of flows have a name."""

__all__ = ["SCXML", "Machine", "is_scxml", "machine_from_scxml"]


def is_scxml(content: bytes, file: str = "") -> bool:
    """Whether a file is meant to be SCXML: by its name, or because it begins as XML does."""
    if PurePath(file).suffix.lower() in {".scxml", ".xml"}:
        return True
    start = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"<?xml", b"<scxml", b"<!--"))

"""What a token is: a word of a CEL text, with the place where it stands."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct


class TokenKind(StrEnum):
    """What sort of word a token is."""

    INT = "int"
    UINT = "uint"
    DOUBLE = "double"
    STRING = "string"
    BYTES = "bytes"
    NAME = "name"
    QUOTED = "quoted"
    """A field name in backquotes."""
    SYMBOL = "symbol"
    END = "end"


class Token(Struct, frozen=True):
    """A word: its kind, its value (of a literal) or its text, and where it stands."""

    kind: TokenKind
    value: Any
    start: int
    end: int

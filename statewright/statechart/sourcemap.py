"""Where each part of a chart was drawn: states and transitions → places in the author's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file that an author wrote.

    Attributes:
        file: the path as the reader was given it, or ``""`` for text without a file.
        pointer: the JSON pointer (RFC 6901) of the value; ``""`` is the whole document.
        line: the line, from 1; 0 where none is known.
        column: the column, from 1; 0 where none is known.
        text_column: where the value is a text that stands on its line just as it is, the column of
            its first character; 0 where it is folded, or has escapes in it. Places inside the text
            are found with it; it takes no part in comparisons, and is not stored.
    """

    file: str = ""
    pointer: str = ""
    line: int = 0
    column: int = 0
    text_column: int = field(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        """``file:line:column``, as editors and terminals make links of it."""
        return ":".join(
            str(part) for part in (self.file or "<text>", self.line, self.column) if part
        )


NOWHERE = Location()

SourceMap = Mapping[str, Location]
"""State id, or transition id (``state#n``), → where it was drawn."""

"""Text that may be broken over lines: what belongs together stays on one line where it fits.

Source: Philip Wadler, "A prettier printer" (2003), with an explicit stack instead of recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

INDENT: Final = 2
"""The columns that lines inside of something are moved in."""


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a line may end; ``flat`` is what stands there where it does not."""

    flat: str = " "


@dataclass(frozen=True, slots=True)
class Nest:
    """What is moved in if it is broken over lines."""

    content: Document


@dataclass(frozen=True, slots=True)
class Block:
    """What is on one line if it fits; else every break of its own ends a line."""

    content: Document


Document = str | Break | Nest | Block | tuple["Document", ...]
"""A text with places where it may be broken."""

_Pending = tuple[int, bool, Document]
"""What is still to be printed: how far it is moved in, whether its breaks end lines."""


def bracketed(opening: str, items: Sequence[Document], closing: str) -> Document:
    """Items with commas between brackets: all on one line, or one a line."""
    if not items:
        return opening + closing
    inside: list[Document] = [Break("")]
    for item in items[:-1]:
        inside += [item, ",", Break()]
    return Block((opening, Nest((*inside, items[-1])), Break(""), closing))


def printed(document: Document, width: int | None = None) -> str:
    """The text of a document, in lines of at most ``width`` characters where that is possible.

    >>> print(printed(bracketed("[", ["1", "2"], "]")), printed(bracketed("[", ["1", "2"], "]"), 4))
    [1, 2] [
      1,
      2
    ]
    """
    pieces: list[str] = []
    column = 0
    stack: list[_Pending] = [(0, False, document)]
    while stack:
        indent, broken, part = stack.pop()
        if isinstance(part, tuple):
            stack.extend((indent, broken, one) for one in reversed(part))
        elif isinstance(part, Nest):
            stack.append((indent + INDENT, broken, part.content))
        elif isinstance(part, Block):
            broken = width is not None and not _fits(part.content, stack, width - column)
            stack.append((indent, broken, part.content))
        elif isinstance(part, Break) and broken:
            pieces.append("\n" + " " * indent)
            column = indent
        else:
            text = part.flat if isinstance(part, Break) else part
            pieces.append(text)
            column += len(text)
    return "".join(pieces)


def _fits(content: Document, behind: Sequence[_Pending], room: int) -> bool:
    """Whether something fits on the line, with what stands behind it up to the next line end."""
    waiting: list[tuple[bool, Document]] = [(False, content)]
    rest = len(behind)
    while room >= 0:
        if not waiting:
            if rest == 0:
                return True
            rest -= 1
            waiting.append(behind[rest][1:])
        broken, part = waiting.pop()
        if isinstance(part, tuple):
            waiting.extend((broken, one) for one in reversed(part))
        elif isinstance(part, Nest | Block):
            waiting.append((broken, part.content))
        elif isinstance(part, Break):
            if broken:
                return True
            room -= len(part.flat)
        else:
            room -= len(part)
    return False

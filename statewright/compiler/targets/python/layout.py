"""Python code laid out on lines: what fits on one stands on one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

_WIDTH: Final = 100
_STEP: Final = "    "


@dataclass(frozen=True, slots=True)
class Code:
    """A Python expression.

    Attributes:
        head: what it begins with; all of it, where it has no brackets.
        parts: what stands inside its brackets.
        brackets: opening and closing, or ``""``.
        comma: whether commas stand between the parts, or only blanks.
        lone: whether a single part is followed by a comma.
        depth: how many brackets lie inside each other.
        size: the length on one line.
    """

    head: str
    parts: tuple[Code, ...] = ()
    brackets: str = ""
    comma: bool = True
    lone: bool = False
    depth: int = 0
    size: int = 0

    @property
    def flat(self) -> str:
        """All of it on one line."""
        if not self.brackets:
            return self.head
        inner = (", " if self.comma else " ").join(part.flat for part in self.parts)
        comma = "," if self.lone and len(self.parts) == 1 else ""
        return f"{self.head}{self.brackets[0]}{inner}{comma}{self.brackets[1]}"

    def behind(self, prefix: str) -> Code:
        """The same, behind ``lambda: ``, ``name=`` or the like."""
        return replace(self, head=prefix + self.head, size=self.size + len(prefix))


def word(text: str) -> Code:
    """A name, or a literal."""
    return Code(text, size=len(text))


def bracketed(
    head: str, parts: Iterable[Code], brackets: str, *, comma: bool = True, lone: bool = False
) -> Code:
    """Something in brackets, with a head before them."""
    inside = tuple(parts)
    depth = 1 + max((part.depth for part in inside), default=0)
    size = len(head) + 2 + sum(part.size + 2 for part in inside)
    return Code(head, inside, brackets, comma, lone, depth, size)


def called(function: str, *arguments: Code) -> Code:
    """A call."""
    return bracketed(function, arguments, "()")


def tuple_of(items: Iterable[Code]) -> Code:
    """A tuple."""
    return bracketed("", items, "()", lone=True)


def laid_out(code: Code, indent: str = "", first: str = "", last: str = "") -> str:
    """The lines of a piece of code, behind ``first`` and before ``last``.

    >>> print(laid_out(called("f", word("a"), word("b")), first="x = "))
    x = f(a, b)
    """
    begin = indent + first
    if not code.parts or len(begin) + code.size + len(last) <= _WIDTH + 2 * len(code.parts):
        flat = f"{begin}{code.flat}{last}"
        if not code.parts or len(flat) <= _WIDTH:
            return flat
    inner = indent + _STEP
    comma = "," if code.comma else ""
    lines = [laid_out(part, inner, last=comma) for part in code.parts]
    opening = f"{begin}{code.head}{code.brackets[0]}"
    return "\n".join((opening, *lines, f"{indent}{code.brackets[1]}{last}"))

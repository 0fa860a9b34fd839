"""Elements, and their text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import quoteattr

_WIDTH: Final = 100
_VALID: Final = ((0x20, 0xD800), (0xE000, 0xFFFE), (0x10000, 0x110000))


@dataclass(frozen=True, slots=True)
class Element:
    """An element.

    Attributes:
        name: of its tag.
        attributes: in order; those that are empty are not written.
        children: the elements inside it.
    """

    name: str
    attributes: Sequence[tuple[str, str]] = ()
    children: Sequence[Element] = field(default=())


def lines_of_element(element: Element, indent: str = "") -> Iterator[str]:
    """The lines of an element; attributes stand on lines of their own where one is too short."""
    given = [f"{name}={quoteattr(_valid(value))}" for name, value in element.attributes if value]
    closing = ">" if element.children else "/>"
    flat = " ".join((f"{indent}<{element.name}", *given))
    if len(flat) + len(closing) <= _WIDTH or len(given) < 2:
        yield flat + closing
    else:
        first, *others = given
        yield f"{indent}<{element.name} {first}"
        lead = " " * (len(indent) + len(element.name) + 2)
        for number, attribute in enumerate(others, 2):
            yield f"{lead}{attribute}" + (closing if number == len(given) else "")
    if element.children:
        for child in element.children:
            yield from lines_of_element(child, f"{indent}  ")
        yield f"{indent}</{element.name}>"


def comment(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a comment; two dashes would end it, so one of them is another sign."""
    yield "<!--"
    for line in lines:
        yield "  " + _valid(line).replace("--", "-\u2010")
    yield "-->"


def _valid(text: str) -> str:
    """A text without the characters that XML has not got."""
    return "".join(one if _is_valid(ord(one)) else "\ufffd" for one in text)


def _is_valid(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or any(first <= code < end for first, end in _VALID)

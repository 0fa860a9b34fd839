"""HTML as a tree: texts are escaped because they are texts, whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeAlias
from xml.etree.ElementTree import Element, tostring

Content: TypeAlias = Element | str
"""What stands in an element."""

_CODE: Final = re.compile(r"(`{1,2})(.+?)\1")


def element(tag: str, *content: Content, **attributes: str) -> Element:
    """An element; ``class_`` stands for the attribute ``class``."""
    made = Element(tag, {name.rstrip("_"): value for name, value in attributes.items()})
    for part in content:
        if isinstance(part, Element):
            made.append(part)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + part
        else:
            made.text = (made.text or "") + part
    return made


def prose(text: str) -> Iterator[Content]:
    """A text, of which what stands in backticks is code."""
    last = 0
    for match in _CODE.finditer(text):
        yield text[last : match.start()]
        yield element("code", match[2])
        last = match.end()
    yield text[last:]


def document(root: Element) -> str:
    """The text of a page."""
    return "<!DOCTYPE html>\n" + tostring(root, encoding="unicode", method="html")

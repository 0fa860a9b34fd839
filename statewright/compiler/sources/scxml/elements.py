"""XML → elements with their places in the text. Nothing is loaded, and nothing is expanded.

The parser is expat, with handlers that refuse what makes XML dangerous: a document type (and with
it entities), and references to anything outside. Size and depth are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from statewright.flows.documents import SIZE_LIMIT
from statewright.flows.model import Problem
from statewright.statechart.sourcemap import Location

DEPTH_LIMIT: Final = 160
"""How many elements may lie inside each other."""

_TAG_LIMIT: Final = 20_000
"""How many bytes of a tag are searched for the places of its attributes."""

_SEPARATOR: Final = "\x1f"
_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "latin-1": "latin-1",
    "windows-1252": "cp1252",
}
"""What an XML declaration may say → what Python calls it."""

_DECLARED = re.compile(rb"""^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ATTRIBUTE = re.compile(r"""\s+([^\s=/>"']+)\s*=\s*("[^"]*"|'[^']*')""")


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """An attribute of an element.

    Attributes:
        value: with references and line ends replaced, as XML has it.
        location: where the value begins; ``text_column`` is given where it stands there as it is.
    """

    value: str
    location: Location


@dataclass(slots=True, eq=False)
class Element:
    """An element of a document.

    Attributes:
        namespace: the URI that its name belongs to, or ``""``.
        name: without a prefix.
        location: where its tag begins.
        attributes: those without a namespace, by name.
        foreign: names of its attributes of other namespaces.
        children: elements and pieces of text, in order.
    """

    namespace: str
    name: str
    location: Location
    attributes: dict[str, Attribute] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    children: list[Element | str] = field(default_factory=list)

    @property
    def elements(self) -> Iterator[Element]:
        """Its child elements, in order."""
        return (child for child in self.children if isinstance(child, Element))

    @property
    def text(self) -> str:
        """The text directly in it."""
        return "".join(child for child in self.children if isinstance(child, str))


class UnreadableError(Exception):
    """A text is no XML that is read here.

    Args:
        problem: why.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def element_from_xml(content: str | bytes, file: str = "") -> Element:
    """The outermost element of a document.

    Args:
        content: the document; bytes are UTF-8, UTF-16 with a byte order mark, or what the XML
            declaration says: ASCII, ISO-8859-1 or Windows-1252.
        file: its path, for locations.

    Raises:
        UnreadableError: it is no such document.
    """
    if len(content) > SIZE_LIMIT:
        raise _unreadable(file, f"the text is longer than {SIZE_LIMIT:,} bytes")
    text = content if isinstance(content, str) else _decoded(content, file)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        line, column = _position(text, error.start)
        raise _unreadable(file, "half of a surrogate pair is no character", line, column) from None
    return _Reader(text.removeprefix("\ufeff"), file).read()


def _decoded(content: bytes, file: str) -> str:
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), "")
    if not encoding:
        declared = _DECLARED.match(content)
        name = declared[1].decode().lower() if declared else "utf-8"
        if name not in _ENCODINGS:
            help_ = "save the file as UTF-8, and say so in its first line"
            raise _unreadable(file, f"the encoding `{name}` is not read here", help_=help_)
        encoding = _ENCODINGS[name]
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line, column = _position(content[: error.start].decode(encoding, "replace"), error.start)
        message = f"the byte {content[error.start]:#04x} does not belong into {encoding}"
        raise _unreadable(file, message, line, column, "save the file as UTF-8") from None


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _unreadable(
    file: str, message: str, line: int = 1, column: int = 1, help_: str = ""
) -> UnreadableError:
    return UnreadableError(Problem("R001", message, Location(file, "", line, column), help_))


class _Reader:
    """Builds the tree while expat reads; what it refuses ends the reading."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._bytes = text.encode()
        self._file = file
        self._stack: list[Element] = []
        self._root: Element | None = None
        parser = self._parser = expat.ParserCreate("utf-8", _SEPARATOR)
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.ExternalEntityRefHandler = self._refuse_reference
        parser.SkippedEntityHandler = self._doctype

    def read(self) -> Element:
        try:
            self._parser.Parse(self._bytes, True)
        except expat.ExpatError as error:
            message = f"this is no XML: {expat.ErrorString(error.code)}"
            column = error.offset + 1
            raise _unreadable(self._file, message, error.lineno, column) from None
        if self._root is None:
            raise _unreadable(self._file, "the text holds no element")
        return self._root

    def _here(self) -> tuple[int, int]:
        return self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1

    def _doctype(self, *_: Any) -> None:
        raise _unreadable(
            self._file,
            "a document type or an entity is not read here",
            *self._here(),
            "remove `<!DOCTYPE …>`, and write characters out",
        )

    def _refuse_reference(self, *_: Any) -> int:
        self._doctype()
        return 0

    def _start(self, tag: str, attributes: list[str]) -> None:
        line, column = self._here()
        if len(self._stack) >= DEPTH_LIMIT:
            message = f"more than {DEPTH_LIMIT} elements lie inside each other"
            raise _unreadable(self._file, message, line, column)
        namespace, _, name = tag.rpartition(_SEPARATOR)
        element = Element(namespace, name, Location(self._file, "", line, column))
        places = self._places(line, column)
        for key, value in zip(attributes[::2], attributes[1::2], strict=True):
            prefix, _, own = key.rpartition(_SEPARATOR)
            if prefix:
                element.foreign.append(own)
            else:
                location = places.get((own, value), places.get((own, ""), element.location))
                element.attributes[own] = Attribute(value, location)
        if self._stack:
            self._stack[-1].children.append(element)
        else:
            self._root = element
        self._stack.append(element)

    def _places(self, line: int, column: int) -> dict[tuple[str, str], Location]:
        """(name, value) → where the value of an attribute of the tag at this place stands.

        What is written with references or on several lines is found under ``(name, "")``.
        """
        places: dict[tuple[str, str], Location] = {}
        start = self._parser.CurrentByteIndex
        tag = self._bytes[start : start + _TAG_LIMIT].decode(errors="ignore")
        opening = re.match(r"<[^\s/>]+", tag)
        at = opening.end() if opening else 0
        while (found := _ATTRIBUTE.match(tag, at)) is not None:
            at = found.end()
            offset = found.start(2) + 1
            lines = tag.count("\n", 0, offset)
            first = column + offset if not lines else offset - tag.rfind("\n", 0, offset)
            value = found[2][1:-1]
            location = Location(self._file, "", line + lines, first)
            places[found[1], ""] = location
            if "&" not in value and "\n" not in value:
                places[found[1], value] = Location(self._file, "", line + lines, first, first)
        return places

    def _end(self, _: str) -> None:
        self._stack.pop()

    def _characters(self, text: str) -> None:
        if self._stack:
            self._stack[-1].children.append(text)

"""Text or bytes → a document: plain values, the place of each, and what is wrong with the text.

Nothing that a file may hold raises an exception here; every limit is a number in ``outline`` or
below.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Final

from statewright.flows.json_documents import outline_from_json
from statewright.flows.model import Problem
from statewright.flows.outline import Fault, Outline, Position
from statewright.flows.yaml_documents import outline_from_yaml
from statewright.statechart.sourcemap import Location

SIZE_LIMIT: Final = 5_000_000
"""How many bytes (or characters, of a text) a flow may have."""

_ENCODINGS: Final = (
    # The longer marks first: that of UTF-32 begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (b"", "utf-8", "UTF-8"),
)
_BODIES: Final = r"(/[^/]+(/regions/[^/]+|/catch/\d+|/finally)?/nodes)*"
"""Where the nodes inside nodes are, from the nodes around them on."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_READERS: Final[Mapping[str, Callable[[str], Outline]]] = {
    ".json": outline_from_json,
    ".yaml": outline_from_yaml,
    ".yml": outline_from_yaml,
}


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds.

    Attributes:
        file: its path as the caller gave it, or ``""``.
        outline: its values, and where each of them stands.
    """

    file: str
    outline: Outline

    @property
    def value(self) -> Any:
        """The outermost value."""
        return self.outline.value

    def location(self, pointer: str) -> Location:
        """Where a value begins; of one that is not there, where what should hold it begins."""
        position = self.outline.values.get(pointer)
        if position is None:
            nearest = pointer
            while nearest and nearest not in self.outline.values:
                nearest = nearest.rpartition("/")[0]
            position = self.outline.keys.get(nearest) or self.outline.values.get(nearest, (0, 0))
        return Location(self.file, pointer, *position, self.outline.texts.get(pointer, 0))

    def key_location(self, pointer: str) -> Location:
        """Where the key of a member begins; of what has none, where the value begins."""
        position = self.outline.keys.get(pointer)
        if position is None:
            return self.location(pointer)
        return Location(self.file, pointer, *position)

    def problems(self) -> list[Problem]:
        """What is wrong with the text itself, in its order."""
        faults = sorted(self.outline.faults, key=lambda fault: fault.position)
        return [
            Problem(f.code, f.message, self._place(f.pointer, f.position), f.help) for f in faults
        ]

    def is_faulty(self, pointer: str) -> bool:
        """Whether a value could not be read as it is written, and something else stands for it."""
        return any(fault.pointer == pointer for fault in self.outline.faults)

    def duplicates(self, nodes: str | None) -> list[Problem]:
        """Its keys that stand twice.

        Args:
            nodes: where the map of nodes is; its keys are ids of nodes, and so are those of the
                maps of nodes inside its nodes. None in what has no nodes.
        """
        problems = []
        ids = None if nodes is None else re.compile(re.escape(nodes) + _BODIES)
        for duplicate in self.outline.duplicates:
            around = duplicate.pointer.rpartition("/")[0]
            is_node = ids is not None and ids.fullmatch(around) is not None
            problems.append(
                Problem(
                    "S104" if is_node else "R007",
                    f"the {'node' if is_node else 'key'} `{duplicate.key}` stands here again",
                    self._place(duplicate.pointer, duplicate.second),
                    f"it stands in line {duplicate.first[0]} first; rename or remove one of them",
                    node=duplicate.key if is_node else "",
                )
            )
        return problems

    def _place(self, pointer: str, position: Position) -> Location:
        return Location(self.file, pointer, *position)


def document_from(content: str | bytes, file: str = "") -> Document:
    """Read YAML or JSON, whichever the name of the file or else the text itself says.

    Args:
        content: what the file holds; bytes are UTF-8, or UTF-16 or UTF-32 with a byte order mark.
        file: its path, for locations.
    """
    if len(content) > SIZE_LIMIT:
        fault = Fault("R001", f"the text is longer than {SIZE_LIMIT:,} bytes", (1, 1))
        return Document(file, Outline(faults=(fault,), broken=True))
    text, faults = _text_from(content)
    if text is None:
        return Document(file, Outline(faults=faults, broken=True))
    outline = _outline_from(text, PurePath(file).suffix.lower())
    return Document(file, replace(outline, faults=(*faults, *outline.faults)))


def _outline_from(text: str, suffix: str) -> Outline:
    if not text or text.isspace():
        return Outline(faults=(Fault("R001", "the text is empty", (1, 1)),), broken=True)
    if suffix in _READERS:
        return _READERS[suffix](text)
    if not text.lstrip().startswith(("{", "[")):
        return outline_from_yaml(text)
    as_json = outline_from_json(text)
    if not as_json.broken:
        return as_json
    # YAML may begin with a bracket, too; what is neither was more likely meant to be JSON.
    as_yaml = outline_from_yaml(text)
    return as_json if as_yaml.broken else as_yaml


def _text_from(content: str | bytes) -> tuple[str | None, tuple[Fault, ...]]:
    if isinstance(content, str):
        return _without_surrogates(content.removeprefix("\ufeff"))
    mark, encoding, name = next(row for row in _ENCODINGS if content.startswith(row[0]))
    content = content.removeprefix(mark)
    try:
        return content.decode(encoding), ()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, errors="replace")
        position = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"the byte {content[error.start]:#04x} does not belong into {name}"
        return None, (Fault("R001", message, position, help="save the file as UTF-8"),)


def _without_surrogates(text: str) -> tuple[str, tuple[Fault, ...]]:
    match = _SURROGATE.search(text)
    if match is None:
        return text, ()
    before = text[: match.start()]
    position = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    fault = Fault("R001", f"U+{ord(match[0]):04X} is half of a surrogate pair", position)
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text), (fault,)

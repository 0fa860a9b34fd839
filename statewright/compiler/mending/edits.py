"""Changes of a text in YAML or JSON that leave all else in it as it is, comments included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from statewright.flows.documents import Document
from statewright.statechart.sourcemap import Location

_PLAIN: Final = re.compile(r"[\w$@./-]+(?: [\w$@./-]+)*")
"""What can be written without quotes, or between any."""


@dataclass(frozen=True, slots=True)
class Replace:
    """Write something else instead of the text that begins at a place, if it does begin there."""

    location: Location
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a member of a map, or an element of a list, away.

    Attributes:
        pointer: what is taken away.
        tidy: whether a map in which nothing is left goes with it.
    """

    pointer: str
    tidy: bool = False


@dataclass(frozen=True, slots=True)
class Put:
    """Give a map a member, or its member another value: a number, a word.

    Attributes:
        pointer: of the map.
        key: of the member.
        value: what it is then.
        only: a regular expression for what it may have been, where it was there before.
    """

    pointer: str
    key: str
    value: str
    only: str = ".*"


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a member of a map another key.

    Attributes:
        pointer: of the member.
        old: its key.
        new: the other one.
    """

    pointer: str
    old: str
    new: str


Edit = Replace | Remove | Put | Rename


def edited(text: str, document: Document, edit: Edit) -> str | None:
    """The text with a change, or None where the text is not as the change expects.

    Args:
        text: what stands in the file.
        document: the same, read.
        edit: what is changed.
    """
    match edit:
        case Replace():
            return _replaced(text, edit)
        case Remove():
            return _without(text, document, _whole(document, edit))
        case Put():
            return _with(text, document, edit)
        case Rename(pointer, old, new):
            place = document.outline.keys.get(pointer)
            return place and _replaced(text, Replace(Location("", pointer, *place), old, new))


def word_at(text: str, location: Location) -> str:
    """The word that begins at a place, without quotes; ``""`` where there is none."""
    start = _offset(text, location.line, location.column)
    if start is None:
        return ""
    found = _PLAIN.match(text, start + (text[start : start + 1] in ("'", '"')))
    return found[0] if found else ""


def _offset(text: str, line: int, column: int) -> int | None:
    """Where in the text a line and a column are, both from 1."""
    if line < 1 or column < 1:
        return None
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if start == 0:
            return None
    offset = start + column - 1
    return offset if offset <= len(text) else None


def _replaced(text: str, edit: Replace) -> str | None:
    columns = (edit.location.column, edit.location.text_column)
    for column in columns:
        start = _offset(text, edit.location.line, column)
        if start is None:
            continue
        start += text[start : start + 1] in ("'", '"')
        if text.startswith(edit.old, start):
            return text[:start] + edit.new + text[start + len(edit.old) :]
    return None


# --- members and elements ------------------------------------------------------------------------


def _start(text: str, document: Document, pointer: str) -> int | None:
    """Where a member begins with its key, or an element with its value."""
    place = document.outline.keys.get(pointer) or document.outline.values.get(pointer)
    return None if place is None else _offset(text, *place)


def _is_flow(text: str, document: Document, pointer: str) -> bool:
    """Whether a map or a list is written between brackets."""
    place = document.outline.values.get(pointer)
    start = None if place is None else _offset(text, *place)
    return start is not None and text[start : start + 1] in ("{", "[")


def _whole(document: Document, edit: Remove) -> str:
    """What is taken away: what is meant, or the map that holds nothing else."""
    around = edit.pointer.rpartition("/")[0]
    members = [key for key in document.outline.keys if key.rpartition("/")[0] == around]
    return around if edit.tidy and members == [edit.pointer] else edit.pointer


def _without(text: str, document: Document, pointer: str) -> str | None:
    parent = pointer.rpartition("/")[0]
    start = _start(text, document, pointer)
    if start is None:
        return None
    if not _is_flow(text, document, parent):
        return _without_lines(text, start)
    end = _end_in_brackets(text, start)
    if text[end : end + 1] == ",":
        end += 1
        end += len(text[end:]) - len(text[end:].lstrip(" "))
        return text[:start] + text[end:]
    before = text[:start].rstrip()
    before = before[:-1].rstrip() if before.endswith(",") else text[:start]
    return before + text[end:]


def _end_in_brackets(text: str, start: int) -> int:
    """Where what begins here, between brackets, ends: at a comma, or at the closing bracket."""
    depth = 0
    for offset, character in _unquoted(text, start):
        if character in "{[":
            depth += 1
        elif character in "}]":
            if depth == 0:
                return offset
            depth -= 1
        elif character == "," and depth == 0:
            return offset
    return len(text)


def _unquoted(text: str, start: int) -> Iterator[tuple[int, str]]:
    """The characters from here on that stand in no quotes and no comment."""
    offset = start
    while offset < len(text):
        character = text[offset]
        if character in "\"'" and text[offset - 1 : offset] in ("", " ", ",", "{", "[", ":", "\n"):
            offset = _behind_quotes(text, offset)
            continue
        if character == "#" and text[offset - 1 : offset].isspace():
            offset = text.find("\n", offset)
            if offset < 0:
                return
            continue
        yield offset, character
        offset += 1


def _behind_quotes(text: str, start: int) -> int:
    quote = text[start]
    offset = start + 1
    while offset < len(text):
        if quote == '"' and text[offset] == "\\":
            offset += 2
        elif text[offset] == quote:
            if quote == "'" and text.startswith("''", offset):
                offset += 2
                continue
            return offset + 1
        else:
            offset += 1
    return offset


def _without_lines(text: str, start: int) -> str | None:
    """Without the lines of a member or an element of a block."""
    line = text.rfind("\n", 0, start) + 1
    before = text[line:start]
    if before.strip(" ") not in ("", "-"):
        return None
    indent = len(before) - len(before.lstrip(" "))
    end = text.find("\n", start) + 1 or len(text)
    kept = end
    while end < len(text):
        behind = text.find("\n", end) + 1 or len(text)
        content = text[end:behind]
        deep = len(content) - len(content.lstrip(" "))
        if content.strip() and deep <= indent:
            break
        if content.strip() and not content.lstrip().startswith("#"):
            kept = behind
        end = behind
    return text[:line] + text[kept:]


def _with(text: str, document: Document, edit: Put) -> str | None:
    outline = document.outline
    own = f"{edit.pointer}/{edit.key}"
    if own in outline.values:
        start = _offset(text, *outline.values[own])
        old = "" if start is None else word_at(text, Location("", "", *outline.values[own]))
        if start is None or not old or not re.fullmatch(edit.only, old):
            return None
        named = _start(text, document, own)
        is_json = named is not None and text[named] == '"' and text[start] not in "\"'"
        value = f'"{edit.value}"' if is_json and not edit.value.isdecimal() else edit.value
        return _replaced(text, Replace(Location("", own, *outline.values[own]), old, value))
    members = [key for key in outline.keys if key.rpartition("/")[0] == edit.pointer and key != own]
    start = _start(text, document, members[0]) if members else None
    if start is None:
        return None
    if _is_flow(text, document, edit.pointer):
        quoted = text[start] == '"'
        key = f'"{edit.key}"' if quoted else edit.key
        value = f'"{edit.value}"' if quoted and not edit.value.isdecimal() else edit.value
        return f"{text[:start]}{key}: {value}, {text[start:]}"
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].strip(" "):
        return None
    return f"{text[:start]}{edit.key}: {edit.value}\n{text[line:start]}{text[start:]}"

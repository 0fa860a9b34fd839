"""JSON (RFC 8259) → an outline: the values, and where each of them stands.

The scanner is its own because the standard library's forgets positions, joins duplicate keys,
recurses and lets ``NaN`` through. It keeps a stack instead of recursing; what a flow cannot hold
(a number beyond 64 bits, half a surrogate pair, …) is a fault and scanning goes on, and broken
syntax ends it.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, Final

from statewright.flows.outline import (
    DEPTH_LIMIT,
    INT64_MAX,
    INT64_MIN,
    VALUE_LIMIT,
    Duplicate,
    Fault,
    Outline,
    Position,
    child,
    shown,
)

_SPACE = re.compile(r"[ \t\n\r]*+").match
_STRING = re.compile(r'"((?:[^"\\\x00-\x1f]++|\\.)*+)"').match
_OPEN_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\.)*+').match
_WORD = re.compile(r'[^\s,:\[\]{}"]++').match
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?").fullmatch
_ESCAPE = re.compile(
    r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\u([0-9a-fA-F]{4})|\\(.)",
)
_NEWLINE = re.compile(r"\r\n|\r|\n")

_LITERALS: Final = {"null": None, "true": True, "false": False}
_ESCAPES: Final = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip
_CLOSING: Final = {"{": "}", "[": "]"}
_NO_NUMBERS: Final = ("NaN", "Infinity")
_BACKSLASH: Final = "a backslash itself is written `\\\\`"
_DIGITS_OF_INT64: Final = 20


def outline_from_json(text: str) -> Outline:
    """Scan a JSON text."""
    scanner = _Scanner(text)
    try:
        scanner.scan()
    except _BrokenError as error:
        fault = Fault("R001", error.message, scanner.position(error.offset), help=error.help)
        return Outline(faults=(*scanner.faults, fault), broken=True)
    return Outline(
        value=scanner.root[0],
        values=scanner.located(scanner.values),
        texts={pointer: scanner.position(at)[1] for pointer, at in scanner.texts.items()},
        keys=scanner.located(scanner.keys),
        duplicates=tuple(scanner.duplicates),
        faults=tuple(scanner.faults),
    )


class _BrokenError(Exception):
    """The text is not JSON; caught where the scanner was started."""

    def __init__(self, offset: int, message: str, help_: str = "") -> None:
        super().__init__(message)
        self.offset = offset
        self.message = message
        self.help = help_


class _Open:
    """A list or map that is not closed yet."""

    __slots__ = ("container", "fresh", "key", "offset", "pointer")

    def __init__(self, container: Any, pointer: str, offset: int) -> None:
        self.container = container
        self.pointer = pointer
        self.offset = offset
        self.fresh = True
        self.key: str | None = None
        """The key of the member that comes next; None for one that stands twice."""


class _Scanner:
    """Goes through a text once, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.values: dict[str, int] = {}
        self.texts: dict[str, int] = {}
        self.keys: dict[str, int] = {}
        self.duplicates: list[Duplicate] = []
        self.faults: list[Fault] = []
        self.root: list[Any] = []
        self._stack: list[_Open] = []
        self._lines = [0, *(match.end() for match in _NEWLINE.finditer(text))]

    def scan(self) -> None:
        """Read the one value that the text holds."""
        self._value("")
        while (pointer := self._advance()) is not None:
            self._value(pointer)
        if self.at < len(self.text):
            raise _BrokenError(
                self.at,
                f"the JSON value ends before {self._found()}",
                "a file holds one value; remove what follows it",
            )

    def position(self, offset: int) -> Position:
        """The line and column of an offset."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def located(self, offsets: Mapping[str, int]) -> dict[str, Position]:
        """The lines and columns of many offsets."""
        return {pointer: self.position(offset) for pointer, offset in offsets.items()}

    def _value(self, pointer: str) -> None:
        """Read the value that begins here; of a list or map only its opening bracket."""
        at = self._skip()
        if len(self.values) >= VALUE_LIMIT:
            raise _BrokenError(at, f"the text holds more than {VALUE_LIMIT:,} values")
        self.values.setdefault(pointer, at)
        character = self.text[at : at + 1]
        if character in _CLOSING:
            self._open(character, pointer)
        elif character == '"':
            text = self._string(pointer)
            if self.at - at == len(text) + 2:
                self.texts.setdefault(pointer, at + 1)
            self._store(text)
        else:
            self._store(self._literal(pointer))

    def _open(self, bracket: str, pointer: str) -> None:
        if len(self._stack) >= DEPTH_LIMIT:
            raise _BrokenError(self.at, f"lists and maps are nested more than {DEPTH_LIMIT} deep")
        container: Any = {} if bracket == "{" else []
        self._store(container)
        self._stack.append(_Open(container, pointer, self.at))
        self.at += 1

    def _store(self, value: Any) -> None:
        """Put a value where it belongs."""
        if not self._stack:
            self.root.append(value)
            return
        parent = self._stack[-1]
        if isinstance(parent.container, list):
            parent.container.append(value)
        elif parent.key is not None:
            parent.container[parent.key] = value

    def _advance(self) -> str | None:
        """Go on to the next value: its pointer, or None at the end of the outermost one."""
        while self._stack:
            top = self._stack[-1]
            at = self._skip()
            character = self.text[at : at + 1]
            closing = "]" if isinstance(top.container, list) else "}"
            if character == closing:
                self._stack.pop()
                self.at += 1
                continue
            if top.fresh:
                top.fresh = False
            elif character == ",":
                self.at += 1
                self._refuse_trailing_comma(at, closing)
            else:
                raise self._missing("`,`", closing, top)
            return self._member(top)
        self._skip()
        return None

    def _refuse_trailing_comma(self, comma: int, closing: str) -> None:
        if self.text.startswith(closing, self._skip()):
            raise _BrokenError(comma, f"`{closing}` follows a comma", "remove the comma")

    def _missing(self, expected: str, closing: str, top: _Open) -> _BrokenError:
        opening = self.position(top.offset)
        return _BrokenError(
            self.at,
            f"expected {expected} or `{closing}`, found {self._found()}",
            f"the bracket was opened in line {opening[0]}, column {opening[1]}",
        )

    def _member(self, top: _Open) -> str:
        """The pointer of the member that comes next in a list or map; reads the key of a map."""
        if isinstance(top.container, list):
            return f"{top.pointer}/{len(top.container)}"
        at = self._skip()
        if not self.text.startswith('"', at):
            raise self._missing("a key in double quotes", "}", top)
        key = self._string(top.pointer)
        pointer = child(top.pointer, key)
        if key in top.container:
            first, second = self.position(self.keys[pointer]), self.position(at)
            self.duplicates.append(Duplicate(pointer, key, first, second))
            top.key = None
        else:
            self.keys.setdefault(pointer, at)
            top.key = key
            # Known from now on, so that it is found even if its own value repeats it.
            top.container[key] = None
        colon = self._skip()
        if not self.text.startswith(":", colon):
            raise _BrokenError(
                colon, f"expected `:` behind the key {shown(key)}, found {self._found()}"
            )
        self.at += 1
        return pointer

    def _string(self, pointer: str) -> str:
        match = _STRING(self.text, self.at)
        if match is None:
            raise self._broken_string()
        start, self.at = self.at, match.end()
        content: str = match[1]
        if "\\" not in content:
            return content
        return self._unescaped(content, start + 1, pointer)

    def _broken_string(self) -> _BrokenError:
        match = _OPEN_STRING(self.text, self.at)
        end = match.end() if match else self.at
        if end < len(self.text) and self.text[end] != "\\":
            return _BrokenError(
                end,
                f"a text may not hold the control character U+{ord(self.text[end]):04X} itself",
                "write a line break as `\\n`, or close the quotes",
            )
        return _BrokenError(self.at, "the quotes of this text are never closed", 'add `"`')

    def _unescaped(self, content: str, start: int, pointer: str) -> str:
        """The text that ``content``, which begins at offset ``start``, stands for."""

        def replaced(match: re.Match[str]) -> str:
            high, low, unit, simple = match.groups()
            if simple is not None:
                if simple in _ESCAPES:
                    return _ESCAPES[simple]
                raise _BrokenError(
                    start + match.start(),
                    f"{shown(match[0])} is no escape",
                    "`\\u` needs four hexadecimal digits" if simple == "u" else _BACKSLASH,
                )
            if high is not None:
                return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)
            code = int(unit, 16)
            if code == 0 or 0xD800 <= code <= 0xDFFF:
                what = "NUL" if code == 0 else "half of a surrogate pair"
                self._fault("R001", f"`{match[0]}` is {what}", start + match.start(), pointer)
                return "\N{REPLACEMENT CHARACTER}"
            return chr(code)

        return _ESCAPE.sub(replaced, content)

    def _literal(self, pointer: str) -> Any:
        """Read a number, ``true``, ``false`` or ``null``."""
        start = self.at
        match = _WORD(self.text, start)
        word = match[0] if match else ""
        if word not in _LITERALS and not _NUMBER(word) and word.lstrip("+-") not in _NO_NUMBERS:
            help_ = "a text stands in double quotes" if word else ""
            raise _BrokenError(start, f"expected a value, found {self._found()}", help_)
        self.at += len(word)
        if word in _LITERALS:
            return _LITERALS[word]
        return self._number(word, start, pointer)

    def _number(self, word: str, start: int, pointer: str) -> int | float:
        match = _NUMBER(word)
        if match is None:
            self._fault("R004", f"{shown(word)} is no number that JSON knows", start, pointer)
        elif match[1] is None and match[2] is None:
            if len(word) <= _DIGITS_OF_INT64 and INT64_MIN <= int(word) <= INT64_MAX:
                return int(word)
            self._fault("R004", f"{shown(word)} does not fit into 64 bits", start, pointer)
        else:
            value = float(word)
            if math.isfinite(value):
                return value
            self._fault("R004", f"{shown(word)} is too large for a number", start, pointer)
        return 0

    def _skip(self) -> int:
        """Go on to what follows the white space; its offset."""
        match = _SPACE(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def _found(self) -> str:
        """What stands here, for a message."""
        if self.at >= len(self.text):
            return "the end of the text"
        match = _WORD(self.text, self.at)
        return shown(match[0] if match else self.text[self.at])

    def _fault(self, code: str, message: str, offset: int, pointer: str) -> None:
        self.faults.append(Fault(code, message, self.position(offset), pointer))

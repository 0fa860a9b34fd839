"""YAML → an outline: the values, and where each of them stands.

PyYAML parses (libyaml where it is there); composing is our own, because PyYAML's recurses, forgets
positions, joins duplicate keys and reads YAML 1.1. Keys are always texts. Tags and merge keys are
refused; an alias stands for a copy of what it names, within ``VALUE_LIMIT``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from statewright.flows.outline import (
    DEPTH_LIMIT,
    VALUE_LIMIT,
    Duplicate,
    Fault,
    Outline,
    Position,
    child,
    shown,
)
from statewright.flows.yaml_scalars import scalar_from

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_YAML_TAGS: Final = "tag:yaml.org,2002:"
_DROPPED: Final = ("", (0, 0))
"""Stands for a key whose value is not read."""

_HINTS: Final = (
    ("cannot start any token", "indent with spaces, not tabs; put texts in quotes"),
    ("mapping values are not allowed", "put a text that holds `: ` in quotes"),
    ("did not find expected key", "check the indentation, and the quotes above"),
    ("could not find expected ':'", "check the indentation, and the quotes above"),
    ("did not find expected ',' or", "close the bracket, or put the text in quotes"),
    ("unexpected end of stream", "close the quotes that are open"),
    ("invalid Unicode character escape", "write the character itself"),
    ("unknown escape character", "a backslash in double quotes is written `\\\\`"),
    ("block sequence entries are not allowed", "put the `-` on a line of its own"),
)


def outline_from_yaml(text: str) -> Outline:
    """Compose a YAML text that holds one document."""
    composer = _Composer()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            composer.take(event)
        return composer.outline()
    except yaml.MarkedYAMLError as error:
        fault = _long_key(error, text) or _fault_from_yaml(error)
    except yaml.reader.ReaderError as error:
        fault = _fault_from_reader(error, text)
    except _BrokenError as error:
        fault = Fault("R001", error.message, error.position, help=error.help)
    return Outline(faults=(*composer.faults, fault), broken=True)


_KEY_LIMIT: Final = 1024
"""The characters of a key that stands on one line with its value, as YAML bounds them."""

_KEY_BEGINS: Final = re.compile(r"[{\[,]\s*|[:?-]\s+|^\s+")


def _long_key(error: yaml.MarkedYAMLError, text: str) -> Fault | None:
    """What is wrong where the parser stumbles over the colon behind a key that is too long."""
    mark: Any = error.problem_mark
    lines = text.splitlines()
    if mark is None or mark.line >= len(lines) or mark.column <= _KEY_LIMIT:
        return None
    line = lines[mark.line]
    # Some versions of the parser stand before the key, others behind it.
    before = line[: mark.column]
    start = max((found.end() for found in _KEY_BEGINS.finditer(before)), default=0)
    if len(before) - start <= _KEY_LIMIT or not line[mark.column :].startswith(":"):
        return None
    help_ = "shorten it; put a text that holds `: ` in quotes"
    message = f"a key has at most {_KEY_LIMIT:,} characters"
    return Fault("R001", message, (mark.line + 1, start + 1), help=help_)


def _fault_from_yaml(error: yaml.MarkedYAMLError) -> Fault:
    problem = error.problem or "the text ends early"
    context = f"{error.context}, " if error.context else ""
    hints = [hint for part, hint in _HINTS if part in problem]
    mark, began = error.problem_mark, error.context_mark
    if began is not None and mark is not None and began.line < mark.line:
        hints.append(f"it began in line {began.line + 1}")
    mark = mark or began
    position = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Fault("R001", f"the YAML is broken: {context}{problem}", position, help="; ".join(hints))


def _fault_from_reader(error: yaml.reader.ReaderError, text: str) -> Fault:
    offset = error.position if isinstance(error.position, int) else 0
    before = text[:offset]
    position = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    help_ = "remove the character, or write it as an escape in double quotes"
    return Fault("R001", f"the YAML is broken: {error.reason}", position, help=help_)


class _BrokenError(Exception):
    """The text is no YAML that a flow could be; caught where composing was started."""

    def __init__(self, position: Position, message: str, help_: str = "") -> None:
        super().__init__(message)
        self.position = position
        self.message = message
        self.help = help_


class _Branch:
    """A value of the document: a scalar, a list or a map, with all that stands in it."""

    __slots__ = ("fault", "members", "open", "position", "size", "text_column", "value")

    def __init__(self, position: Position, value: Any = None) -> None:
        self.position = position
        self.value = value
        """The value of a scalar; an empty list or dict for the others."""
        self.text_column = 0
        """Of a text that stands on one line just as it is, the column of its first character."""
        self.fault: tuple[str, str] | None = None
        """Code and message of what is wrong with a scalar."""
        self.members: list[tuple[str, Position, _Branch]] = []
        """Key, position of the key, and value; for a list the key is ``""``."""
        self.size = 1
        """How many values it unfolds to."""
        self.open = False


class _Composer:
    """Builds branches from events, then plain values from branches."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._root: _Branch | None = None
        self._stack: list[_Branch] = []
        self._keys: list[tuple[str, Position] | None] = []
        """For each open branch, the key whose value comes next; for a list always None."""
        self._anchors: dict[str, _Branch] = {}
        self._documents = 0

    # --- events → branches ---

    def take(self, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, NodeEvent):
            self._node(event)
        elif isinstance(event, SequenceEndEvent | MappingEndEvent):
            branch = self._stack.pop()
            self._keys.pop()
            branch.open = False
            self._attach(branch)
        elif isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _BrokenError(
                    _position(event), "a second document begins here", "keep one flow per file"
                )

    def _node(self, event: NodeEvent) -> None:
        position = _position(event)
        if self._expects_key():
            self._key(event, position)
        elif isinstance(event, AliasEvent):
            self._attach(self._alias(event, position))
        elif isinstance(event, ScalarEvent):
            branch = _Branch(position)
            branch.value, branch.fault = scalar_from(event.value, plain=_is_plain(event))
            branch.text_column = _text_column(event)
            self._register(event, branch, position)
            self._attach(branch)
        else:
            self._open(event, position)

    def _expects_key(self) -> bool:
        return (
            bool(self._stack) and self._keys[-1] is None and isinstance(self._stack[-1].value, dict)
        )

    def _key(self, event: NodeEvent, position: Position) -> None:
        if not isinstance(event, ScalarEvent):
            raise _BrokenError(
                position, "a key must be a text", "lists, maps and aliases cannot be keys"
            )
        self._keys[-1] = (event.value, position)
        if event.value == "<<" and not event.style:
            self._keys[-1] = _DROPPED
            self._fault(
                position,
                "`<<` does not merge maps here",
                "merge keys belong to YAML 1.1; write the members out",
            )

    def _open(self, event: NodeEvent, position: Position) -> None:
        if len(self._stack) >= DEPTH_LIMIT:
            raise _BrokenError(position, f"lists and maps are nested more than {DEPTH_LIMIT} deep")
        branch = _Branch(position, [] if isinstance(event, SequenceStartEvent) else {})
        branch.open = True
        self._register(event, branch, position)
        self._stack.append(branch)
        self._keys.append(None)

    def _register(self, event: Any, branch: _Branch, position: Position) -> None:
        """Remember an anchor, and refuse a tag."""
        if event.anchor is not None:
            self._anchors[event.anchor] = branch
        if event.tag is not None:
            self._fault(
                position,
                f"the tag {shown(event.tag.replace(_YAML_TAGS, '!!'))} has no meaning here",
                "remove it; quotes make a text of anything",
            )

    def _alias(self, event: AliasEvent, position: Position) -> _Branch:
        target = self._anchors.get(str(event.anchor))
        if target is None or target.open:
            what = "names no anchor above it" if target is None else "stands inside what it names"
            self._fault(position, f"`*{event.anchor}` {what}")
            return _Branch(position)
        alias = _Branch(position, target.value)
        alias.fault, alias.members, alias.size = target.fault, target.members, target.size
        return alias

    def _attach(self, branch: _Branch) -> None:
        """Put a finished branch into the one around it."""
        if branch.size > VALUE_LIMIT:
            raise _BrokenError(
                branch.position, f"the text unfolds to more than {VALUE_LIMIT:,} values"
            )
        if not self._stack:
            self._root = branch
            return
        parent = self._stack[-1]
        key = self._keys[-1]
        self._keys[-1] = None
        if key is not _DROPPED:
            parent.size += branch.size
            parent.members.append((*(key or ("", branch.position)), branch))

    def _fault(self, position: Position, message: str, help_: str = "") -> None:
        self.faults.append(Fault("R001", message, position, help=help_))

    # --- branches → values ---

    def outline(self) -> Outline:
        """The plain values of the document that was taken."""
        if self._root is None:
            raise _BrokenError((1, 1), "the text is empty")
        unfolding = _Unfolding()
        value = unfolding.unfold(self._root)
        return Outline(
            value=value,
            values=unfolding.values,
            texts=unfolding.texts,
            keys=unfolding.keys,
            duplicates=tuple(unfolding.duplicates),
            faults=(*self.faults, *unfolding.faults),
        )


class _Unfolding:
    """Makes plain values, a fresh copy for each alias, and writes down where they stand."""

    def __init__(self) -> None:
        self.values: dict[str, Position] = {}
        self.texts: dict[str, int] = {}
        self.keys: dict[str, Position] = {}
        self.duplicates: list[Duplicate] = []
        self.faults: list[Fault] = []

    def unfold(self, root: _Branch) -> Any:
        """The value of a branch."""
        result: list[Any] = []
        pending: list[tuple[_Branch, str, int, Any, str]] = [(root, "", 0, result, "")]
        while pending:
            branch, pointer, depth, container, key = pending.pop()
            if depth > DEPTH_LIMIT:
                message = f"aliases nest lists and maps more than {DEPTH_LIMIT} deep"
                raise _BrokenError(branch.position, message)
            self.values[pointer] = branch.position
            if branch.text_column:
                self.texts[pointer] = branch.text_column
            value = self._plain(branch, pointer)
            if isinstance(container, list):
                container.append(value)
            else:
                container[key] = value
            # Pushed backwards, so that they are taken in the order of the text.
            pending.extend(
                (member, pointer_of_member, depth + 1, value, name)
                for name, pointer_of_member, member in reversed(
                    list(self._members(branch, value, pointer))
                )
            )
        return result[0]

    def _plain(self, branch: _Branch, pointer: str) -> Any:
        if branch.fault is not None:
            self.faults.append(Fault(*branch.fault, branch.position, pointer))
        if isinstance(branch.value, list | dict):
            return type(branch.value)()
        return branch.value

    def _members(
        self, branch: _Branch, value: Any, pointer: str
    ) -> Iterator[tuple[str, str, _Branch]]:
        """What stands in a list or map: key, pointer, value; of a key that repeats, the first."""
        if isinstance(value, list):
            for index, (_, _, member) in enumerate(branch.members):
                yield "", f"{pointer}/{index}", member
            return
        for key, position, member in branch.members:
            pointer_of_member = child(pointer, key)
            first = self.keys.setdefault(pointer_of_member, position)
            if first is position:
                yield key, pointer_of_member, member
            else:
                self.duplicates.append(Duplicate(pointer_of_member, key, first, position))


def _text_column(event: ScalarEvent) -> int:
    """Where the characters of a scalar begin, if each of them stands in the text for itself."""
    start: Any = event.start_mark
    end: Any = event.end_mark
    quotes = 1 if event.style in ("'", '"') else 0
    is_verbatim = end.line == start.line and end.column - start.column == (
        len(event.value) + 2 * quotes
    )
    return start.column + 1 + quotes if is_verbatim else 0


def _position(event: Event) -> Position:
    mark: Any = event.start_mark
    return (mark.line + 1, mark.column + 1)


def _is_plain(event: ScalarEvent) -> bool:
    return not event.style and event.tag is None

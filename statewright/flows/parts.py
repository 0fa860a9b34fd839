"""Reading a document by hand: a value, the place where it stands, and the list of problems.

A dialect that others have defined is read part by part, because half of what its exports hold is
optional and some of it wrong. Each accessor says what it wants; what stands there instead becomes
a problem, and the reader goes on with the value for "nothing".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from statewright.flows.documents import Document
from statewright.flows.model import Problem
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import Source, Value
from statewright.flows.outline import child, shown
from statewright.statechart.sourcemap import Location

Severity = Literal["error", "warning", "info"]
Rewrite = Callable[[str], str]
"""The translation of a text from a dialect's template language to ours."""


class Missing:
    """The type of ``MISSING``; it is nothing, as None is."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()
"""The value of a part that is not there."""

_NO_TEXT: Final = re.compile(r"true|false|null|~|[+-]?[0-9][0-9_]*(?:\.[0-9]*)?", re.IGNORECASE)
"""What is no text where it stands without quotes."""


@dataclass(slots=True)
class Page:
    """A document that is being read, and the problems found so far.

    Attributes:
        document: what is read.
        problems: what was found, in the order of finding.
        wrong: pointers of the parts that are known to be wrong, so that each is said once.
        catalogues: language → the texts of the flow in it; see ``translations``.
        used: of a catalogue, pointers of the texts that the flow has asked for.
        beside: name → what the files hold that the document may name.
    """

    document: Document
    problems: list[Problem] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)
    catalogues: dict[str, Part] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    beside: Mapping[str, bytes | str] = field(default_factory=dict)

    @property
    def root(self) -> Part:
        """The outermost value."""
        return Part(self, self.document.value, "")


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a document, and where it stands.

    Attributes:
        page: the document.
        value: the value, or ``MISSING``.
        pointer: its JSON pointer.
        node: id of the node that it belongs to, or ``""``.
    """

    page: Page
    value: Any
    pointer: str
    node: str = ""

    # --- places ---

    @property
    def location(self) -> Location:
        """Where the value begins."""
        return self.page.document.location(self.pointer)

    @property
    def key_location(self) -> Location:
        """Where the key begins under which it stands."""
        return self.page.document.key_location(self.pointer)

    @property
    def key(self) -> str:
        """The name under which it stands."""
        return self.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")

    @property
    def title(self) -> str:
        """What a message calls it."""
        if not self.pointer:
            return "the document"
        if not self.key.isdecimal():
            return shown(self.key)
        parent = self.pointer.rpartition("/")[0].rpartition("/")[2]
        return f"item {int(self.key[:9]) + 1} of {shown(parent)}"

    @property
    def present(self) -> bool:
        """Whether it is there and not null."""
        return self.value is not MISSING and self.value is not None

    @property
    def blank(self) -> bool:
        """Whether nothing is written: it is not there, null, or empty."""
        return not self.present or self.value in ("", [], {})

    def of_node(self, node: str) -> Part:
        """The same, known to belong to a node."""
        return replace(self, node=node)

    # --- problems ---

    def report(
        self,
        code: str,
        message: str,
        help: str = "",  # noqa: A002 (the word of a finding)
        *,
        severity: Severity = "error",
        at_key: bool = False,
    ) -> None:
        """Add a problem with this part; none that follows from how its value is written."""
        if code == "R004" and self.page.document.is_faulty(self.pointer):
            return
        location = self.key_location if at_key else self.location
        problem = Problem(code, message, location, help, self.node, severity)
        self.page.problems.append(problem)

    def wrong(self, expected: str, help: str = "") -> None:  # noqa: A002
        """Report that this part is not what it should be, or is not there; once for each part."""
        if self.pointer in self.page.wrong:
            return
        self.page.wrong.add(self.pointer)
        if self.value is MISSING:
            self.report("R005", f"{self.title} is missing", help or f"it is {expected}")
        else:
            text = "the text " if self._looks_like_another_type() else ""
            what = f"{self.title} must be {expected}, not {text}{shown(self.value)}"
            self.report("R004", what, help)

    def _looks_like_another_type(self) -> bool:
        """Whether it is a text that would be something else without its quotes."""
        return isinstance(self.value, str) and _NO_TEXT.fullmatch(self.value) is not None

    def not_carried_over(self, instead: str, severity: Severity = "warning") -> None:
        """Report, if this part is there, that it is not read, and what happens instead."""
        if self.present:
            message = f"{self.title} is not carried over: {instead}"
            self.report("R006", message, severity=severity, at_key=True)

    # --- what it holds ---

    def __getitem__(self, key: str) -> Part:
        """The member of a map; of anything else, and of what is not there, a missing part."""
        value = self.value.get(key, MISSING) if isinstance(self.value, dict) else MISSING
        return Part(self.page, value, child(self.pointer, key), self.node)

    def first(self, *keys: str) -> Part:
        """The first member that is there and not null, or the missing one of the first key."""
        parts = [self[key] for key in keys]
        return next((part for part in parts if part.present), parts[0])

    def members(self) -> Iterator[tuple[str, Part]]:
        """The members of a map; anything else that is there is reported."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield key, self[key]
        elif self.present:
            self.wrong("a map")

    def items(self) -> Iterator[Part]:
        """The elements of a list; anything else that is there is reported."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Part(self.page, value, child(self.pointer, index), self.node)
        elif self.present:
            self.wrong("a list")

    def text(self, default: str = "") -> str:
        """A text; anything else that is there is reported."""
        if isinstance(self.value, str):
            return self.value
        if self.present:
            self.wrong("a text")
        return default

    def name(self, default: str = "") -> str:
        """A text, or a whole number that is meant as one, such as an id."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        return self.text(default)

    def flag(self, *, default: bool = False) -> bool:
        """True or false; anything else that is there is reported."""
        if isinstance(self.value, bool):
            return self.value
        if self.present:
            self.wrong("`true` or `false`")
        return default

    def number(self, least: float | None = None) -> float | None:
        """A number; anything else that is there is reported."""
        value = self.value
        if isinstance(value, int | float) and not isinstance(value, bool):
            if least is None or value >= least:
                return value
            self.wrong(f"a number of at least {least}")
        elif self.present:
            self.wrong("a number")
        return None

    def whole(self, least: int | None = None) -> int | None:
        """A whole number; anything else that is there is reported."""
        value = self.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            if least is None or value >= least:
                return value
            self.wrong(f"a whole number of at least {least}")
        elif self.present:
            self.wrong("a whole number")
        return None

    def one_of(self, known: Collection[str], default: str) -> str:
        """One of some names; anything else that is there is reported, with the nearest."""
        value = self.value
        if isinstance(value, str) and value in known:
            return value
        if self.present and self.pointer not in self.page.wrong:
            self.page.wrong.add(self.pointer)
            help_ = did_you_mean(value if isinstance(value, str) else "", known)
            self.report("R004", f"{self.title} cannot be {shown(value)}", help_)
        return default

    def source(self, rewrite: Rewrite = str) -> Source:
        """A text that may hold templates."""
        return self.read_as(rewrite(self.text()))

    def read_as(self, text: str) -> Source:
        """What stands here, as the text that it is read as."""
        written = self.value if isinstance(self.value, str) else ""
        return Source(text, self.location, original=written if written != text else "")

    def json(self, rewrite: Rewrite = str) -> Value:
        """Any value whose texts may be templates."""
        locations: dict[str, Location] = {}
        value = self._rewritten(self.value, "", rewrite, locations)
        return Value(value, self.location, locations)

    def _rewritten(
        self, value: Any, below: str, rewrite: Rewrite, locations: dict[str, Location]
    ) -> Any:
        """``value`` with its texts rewritten (documents bound its depth)."""
        match value:
            case str():
                text = rewrite(value)
                location = self.page.document.location(self.pointer + below)
                # Places inside a translation are not places inside the original.
                locations[below] = location if text == value else replace(location, text_column=0)
                return text
            case list():
                return [
                    self._rewritten(item, child(below, index), rewrite, locations)
                    for index, item in enumerate(value)
                ]
            case dict():
                return {
                    key: self._rewritten(item, child(below, key), rewrite, locations)
                    for key, item in value.items()
                }
            case Missing():
                return None
            case _:
                return value

    def refuse_unknown(self, known: Collection[str], severity: Severity = "warning") -> None:
        """Report the members of a map that nobody reads."""
        if not isinstance(self.value, dict):
            return
        for key in self.value:
            if key not in known:
                self[key].report(
                    "R003",
                    f"the key {shown(key)} is not known here, and not read",
                    did_you_mean(key, known),
                    severity=severity,
                    at_key=True,
                )

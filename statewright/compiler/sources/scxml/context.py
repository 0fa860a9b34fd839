"""What is known while a document is read: its names, its language, and what is wrong so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from statewright.compiler.sources.scxml.elements import Attribute, Element
from statewright.flows.model import Problem
from statewright.flows.nearest import did_you_mean
from statewright.statechart.definition import Statechart
from statewright.statechart.sourcemap import Location

NAMESPACE: Final = "http://www.w3.org/2005/07/scxml"
"""What the elements of SCXML belong to."""

_OURS: Final = frozenset({NAMESPACE, ""})

Severity = Literal["error", "warning", "info"]


@dataclass(slots=True)
class Family:
    """What a document has in common with those inside it, and those that it names.

    Attributes:
        documents: what a ``src`` may name → the text.
        datamodel: that of documents that name none.
        charts: the charts that can be invoked, by name.
        problems: what is wrong, in the order in which it was found.
        reading: names of the documents that are being read, or have been.
    """

    documents: Mapping[str, str]
    datamodel: str
    charts: dict[str, Statechart] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    reading: set[str] = field(default_factory=set)

    def new_name(self) -> str:
        """A name for a chart that stands inside a document."""
        number = sum(name.startswith("#") for name in self.reading) + 1
        self.reading.add(f"#{number}")
        return f"#{number}"


@dataclass(slots=True)
class Context:
    """One document.

    Attributes:
        family: what it shares.
        datamodel: ``cel``, ``ecmascript`` or ``null``.
        variables: every name that the document declares.
        booleans: those of them that are never anything but true or false, where that matters.
        ids: every id of a state.
        places: ids of states and transitions → where they stand.
        unnamed: how many states have got an id here.
        flags: names of variables that say whether those of a state have got their values.
    """

    family: Family
    datamodel: str
    variables: frozenset[str] = frozenset()
    booleans: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    places: dict[str, Location] = field(default_factory=dict)
    unnamed: int = 0
    flags: list[str] = field(default_factory=list)

    def report(
        self,
        code: str,
        message: str,
        location: Location,
        help_: str = "",
        severity: Severity = "error",
    ) -> None:
        """Record what is wrong."""
        self.family.problems.append(Problem(code, message, location, help_, severity=severity))

    def check_attributes(self, element: Element, *known: str) -> None:
        """Report attributes that an element of SCXML does not have."""
        for name, attribute in element.attributes.items():
            if name not in known:
                message = f"`<{element.name}>` has no attribute `{name}`"
                self.report("R003", message, attribute.location, did_you_mean(name, known))
        for name in element.foreign:
            message = f"the attribute `{name}` of another namespace is left out"
            self.report("R006", message, element.location, severity="warning")

    def required(self, element: Element, name: str) -> Attribute | None:
        """An attribute; where it is missing, that is reported."""
        attribute = element.attributes.get(name)
        if attribute is None:
            message = f"`<{element.name}>` needs the attribute `{name}`"
            self.report("R005", message, element.location)
        return attribute

    def children(self, element: Element, *names: str) -> list[Element]:
        """The elements of SCXML with these names in an element; others are not reported."""
        return [
            child for child in element.elements if child.name in names and child.namespace in _OURS
        ]

    def is_scxml(self, element: Element) -> bool:
        """Whether an element belongs to SCXML; one that does not is reported."""
        if element.namespace in _OURS:
            return True
        message = f"`<{element.name}>` of the namespace `{element.namespace[:80]}` is left out"
        self.report("R006", message, element.location, severity="warning")
        return False

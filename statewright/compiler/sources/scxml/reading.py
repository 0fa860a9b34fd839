"""An SCXML document → a statechart, its source map, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from statewright.compiler.sources.scxml.actions import script_in
from statewright.compiler.sources.scxml.booleans import booleans_in
from statewright.compiler.sources.scxml.content import Payloads
from statewright.compiler.sources.scxml.context import NAMESPACE, Context, Family
from statewright.compiler.sources.scxml.data import variables_from
from statewright.compiler.sources.scxml.elements import (
    Element,
    UnreadableError,
    element_from_xml,
)
from statewright.compiler.sources.scxml.invocations import Invocations
from statewright.compiler.sources.scxml.language import CEL, DATAMODELS, ECMASCRIPT
from statewright.compiler.sources.scxml.states import STATES, States
from statewright.errors import InvalidStatechart
from statewright.expressions import Literal
from statewright.flows.model import Problem
from statewright.flows.names import flow_id
from statewright.flows.nearest import did_you_mean
from statewright.flows.outline import shown
from statewright.statechart.definition import (
    Datum,
    State,
    Statechart,
    StateKind,
    Transition,
)
from statewright.statechart.sourcemap import NOWHERE, Location, SourceMap
from statewright.statechart.structure.tree import tree_of

FAILED: Final = "~failed"
"""The only state of the chart that stands for a document that cannot be run at all."""

_ROOT: Final = frozenset({"datamodel", "script", *STATES})
_ATTRIBUTES: Final = ("initial", "name", "version", "datamodel", "binding", "exmode")


@dataclass(frozen=True, slots=True)
class Machine:
    """What an SCXML document says.

    Attributes:
        name: of the machine.
        statechart: what it means, as far as that can be said.
        source_map: where its states and transitions stand.
        problems: what is wrong with it, in the order of the text.
    """

    name: str
    statechart: Statechart
    source_map: SourceMap
    problems: tuple[Problem, ...]


def machine_from_scxml(
    text: str | bytes,
    *,
    file: str = "",
    documents: Mapping[str, str] | None = None,
    datamodel: str = CEL,
) -> Machine:
    """Read a document. Nothing is raised for what it holds, and nothing is loaded.

    Args:
        text: the document.
        file: its path, for locations.
        documents: what a ``src`` in it may name → the text that is meant. What names anything else
            is a problem.
        datamodel: that of a document that names none: one of ``language.DATAMODELS``.
    """
    family = Family(documents or {}, datamodel)
    places: dict[str, Location] = {}
    try:
        root = element_from_xml(text, file)
    except UnreadableError as error:
        family.problems.append(error.problem)
        chart = _broken(flow_id(file, ""))
    else:
        try:
            chart = _document(root, family, places, flow_id(file, ""))
        except RecursionError:
            message = "its parts are nested too deeply"
            family.problems = [Problem("R001", message, root.location)]
            chart = _broken(flow_id(file, ""))
    problems = sorted(family.problems, key=lambda one: (one.location.line, one.location.column))
    return Machine(chart.name, chart, places, tuple(problems))


def _broken(name: str) -> Statechart:
    return Statechart(name, (State(FAILED, StateKind.FINAL, outcome="error", failed=True),))


def _document(
    root: Element, family: Family, places: dict[str, Location], name: str, *, inside: bool = False
) -> Statechart:
    """The chart of a document; that of one that stands inside another has no charts of its own."""
    before = len(family.problems)
    context = Context(family, family.datamodel, places=places)
    chart = _chart(root, context, name)
    if not inside:
        for document in family.documents:
            _load(document, context)
        chart = replace(chart, charts=family.charts)
    try:
        tree_of(chart)
    except InvalidStatechart as error:
        if not any(problem.severity == "error" for problem in family.problems[before:]):
            context.report("R004", str(error), _place(str(error), places, root))
        return _broken(chart.name)
    return chart


def _place(message: str, places: Mapping[str, Location], root: Element) -> Location:
    """Where the first state stands that a message names."""
    named = (places.get(name, NOWHERE) for name in re.findall(r"`([^`]+)`", message))
    return next((place for place in named if place is not NOWHERE), root.location)


def _embed(element: Element, context: Context) -> str:
    """Read a document that stands inside another one; the name of its chart."""
    family = context.family
    name = family.new_name()
    family.charts[name] = _document(element, family, {}, name, inside=True)
    return name


def _load(name: str, context: Context) -> bool:
    """Read a document that another one names, once; whether it is there."""
    family = context.family
    text = family.documents.get(name)
    if text is None:
        return False
    if name not in family.reading:
        family.reading.add(name)
        try:
            root = element_from_xml(text, name)
        except UnreadableError:
            # It may be no machine at all, but the value of a variable.
            return name in family.charts
        family.charts[name] = _document(root, family, {}, flow_id(name, ""), inside=True)
    return True


def _chart(root: Element, context: Context, name: str) -> Statechart:
    _check_root(root, context)
    elements = list(_known(root, context))
    everything = list(_inside(root))
    context.ids = frozenset(_ids(everything, context))
    context.variables = frozenset(_declared(everything))
    payloads = Payloads(context, _embed)
    late = "binding" in root.attributes and root.attributes["binding"].value.strip() == "late"
    if context.datamodel == ECMASCRIPT and not late:
        context.booleans = booleans_in(everything)
    states = States(context, payloads, Invocations(payloads, _load), late)
    top = [element for element in elements if element.name == "datamodel"]
    deep = [one for one in everything if one.name == "datamodel" and one not in top]
    seen: set[str] = set()
    data = list(variables_from(top, payloads, seen))
    inputs = tuple(datum.name for datum in data)
    data += variables_from(deep, payloads, seen, bound=not late)
    initial = root.attributes.get("initial")
    own = root.attributes.get("name")
    tops = tuple(states.read(child) for child in elements if child.name in STATES)
    data += (Datum(flag, "bool", Literal(False)) for flag in context.flags)
    first = None if initial is None else states.initial_from(initial)
    scripts = [element for element in elements if element.name == "script"]
    actions = tuple(chain.from_iterable(script_in(script, payloads) for script in scripts))
    if actions and tops:
        first = replace(first or Transition((tops[0].id,)), actions=actions)
    return Statechart(
        name=own.value.strip() if own is not None and own.value.strip() else name,
        states=tops,
        initial=first,
        data=tuple(data),
        inputs=inputs,
    )


def _check_root(root: Element, context: Context) -> None:
    if root.name != "scxml":
        message = f"an SCXML document begins with `<scxml>`, not `<{root.name}>`"
        context.report("R001", message, root.location)
    if root.namespace != NAMESPACE:
        message = f"`<{root.name}>` does not belong to the namespace of SCXML"
        help_ = f'say `xmlns="{NAMESPACE}"`'
        context.report(
            "R004", message, root.location, help_, "error" if root.namespace else "warning"
        )
    context.check_attributes(root, *_ATTRIBUTES)
    datamodel = root.attributes.get("datamodel")
    if datamodel is not None:
        context.datamodel = datamodel.value.strip() or CEL
        if context.datamodel not in DATAMODELS:
            message = f"there is no datamodel {shown(context.datamodel)}; it is read as `{CEL}`"
            help_ = did_you_mean(context.datamodel, DATAMODELS)
            context.report("R006", message, datamodel.location, help_)
            context.datamodel = CEL
    for name, values in (("version", ("1.0",)), ("binding", ("early", "late"))):
        attribute = root.attributes.get(name)
        if attribute is not None and attribute.value.strip() not in values:
            known = " or ".join(f"`{value}`" for value in values)
            message = f"`{name}` is {known}, not {shown(attribute.value)}"
            context.report("R004", message, attribute.location)


def _known(root: Element, context: Context) -> Iterator[Element]:
    """The children of the document that mean something; others are reported."""
    for child in root.elements:
        if not context.is_scxml(child):
            continue
        if child.name == "history":
            message = "a `<history>` stands in the state whose past it remembers, not here"
            context.report("R004", message, child.location)
        elif child.name in _ROOT:
            yield child
        else:
            message = f"`<{child.name}>` has no place in `<scxml>`"
            context.report("R003", message, child.location, did_you_mean(child.name, _ROOT))


def _inside(root: Element) -> Iterator[Element]:
    """Every element of a document, but for those of documents inside it, in document order."""
    stack = list(root.elements)[::-1]
    while stack:
        element = stack.pop()
        if element.name != "scxml":
            yield element
            stack.extend(list(element.elements)[::-1])


def _ids(elements: list[Element], context: Context) -> Iterator[str]:
    """The ids of all states; one that stands twice is reported."""
    seen: dict[str, Location] = {}
    for element in elements:
        attribute = element.attributes.get("id")
        if element.name in STATES and attribute is not None and attribute.value.strip():
            name = attribute.value.strip()
            if name in seen:
                message = f"two states have the id {shown(name)}"
                help_ = f"the other one stands in line {seen[name].line}; rename one of them"
                context.report("S104", message, attribute.location, help_)
            seen[name] = attribute.location
            yield name


def _declared(elements: list[Element]) -> Iterator[str]:
    """Every name that a document declares."""
    names = {"data": ("id",), "foreach": ("item", "index")}
    for element in elements:
        for key in names.get(element.name, ()):
            if key in element.attributes:
                yield element.attributes[key].value.strip()

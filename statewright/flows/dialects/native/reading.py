"""The native format: a whole file → a flow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from statewright.flows.dialects.dialect import Dialect
from statewright.flows.dialects.native.locales import read_locales, variable_of_locale
from statewright.flows.dialects.native.nodes import read_nodes
from statewright.flows.dialects.native.rules import read_rules
from statewright.flows.dialects.native.schema import FlowShape
from statewright.flows.dialects.native.settings import read_settings, variables_of_settings
from statewright.flows.dialects.native.suppressions import suppressions_from
from statewright.flows.dialects.native.triggers import read_triggers
from statewright.flows.dialects.native.validation import checked
from statewright.flows.dialects.native.variables import read_variable
from statewright.flows.model import Flow, Node, Variable
from statewright.flows.names import flow_id
from statewright.flows.nodes import Start
from statewright.flows.parts import Page, Part
from statewright.flows.translations import report_unused
from statewright.statechart.sourcemap import Location

_MARK: Final = "statewright"


def recognises(value: Any) -> bool:
    """Whether a document is of the native format: ``statewright`` stands at its top."""
    return isinstance(value, dict) and _MARK in value


def read(page: Page) -> Flow:
    """What a document says."""
    root = page.root
    result = checked(
        FlowShape, root, without=("variables", "nodes", "triggers", "rules", "locales")
    )
    shape = result.shape if result else FlowShape.model_construct(statewright=1)
    locales = read_locales(shape.locale, page)
    if not root["nodes"].present:
        root["nodes"].report("R005", "`nodes` is missing", "a flow is made of nodes")
    drawing = read_nodes(root["nodes"])
    entries = list(_entries(shape, root, drawing.nodes))
    removed = result.removed if result else frozenset()
    settings = read_settings(shape.settings, root["settings"], removed)
    before = len(page.problems)
    variables = tuple(_variables(root["variables"]))
    # Whether these are inputs may be what could not be read.
    unread = {"/".join(one.location.pointer.split("/")[:3]) for one in page.problems[before:]}
    more = [*variables_of_settings(settings, variables, root["variables"])]
    if shape.locale:
        more += variable_of_locale(shape.locale, variables, root["variables"])
    inputs = tuple(one.name for one in variables if one.input or one.location.pointer in unread)
    report_unused(page)
    return Flow(
        id=shape.id or flow_id(page.document.file, shape.name),
        name=shape.name or shape.id or flow_id(page.document.file, ""),
        dialect="native",
        entries=tuple(id_ for id_, _ in entries),
        nodes=tuple(drawing.nodes),
        edges=tuple(drawing.edges),
        variables=(*variables, *more),
        settings=settings,
        location=root.location,
        description=shape.description,
        metadata=shape.metadata,
        entry_locations=tuple(location for _, location in entries),
        suppressions=(
            *suppressions_from(shape.suppress, root["suppress"]),
            *drawing.suppressions,
        ),
        triggers=tuple(read_triggers(root["triggers"], inputs)),
        rules=tuple(read_rules(root["rules"])),
        locale=shape.locale,
        locales=locales,
        version=shape.version or "",
    )


def _variables(part: Part) -> Iterator[Variable]:
    for name, member in part.members():
        if name:
            yield read_variable(name, member)
        else:
            member.report("R004", "the name of a variable cannot be empty", at_key=True)


def _entries(shape: FlowShape, root: Part, nodes: list[Node]) -> Iterator[tuple[str, Location]]:
    """Where a conversation may begin: what ``start`` says, and the nodes of that kind."""
    if shape.start is not None:
        yield shape.start, root["start"].location
    for node in nodes:
        if isinstance(node.config, Start) and node.id != shape.start:
            yield node.id, node.location


NATIVE: Final = Dialect(
    name="native",
    title="the native format of Statewright",
    marker="statewright: 1",
    marks=frozenset(FlowShape.known()),
    recognises=recognises,
    read=read,
    nodes=lambda _: "/nodes",
)
"""The native format."""

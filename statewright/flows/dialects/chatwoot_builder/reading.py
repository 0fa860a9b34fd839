"""The executable form of the Chatwoot flow builder: a whole file → a flow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from statewright.flows.dialects.chatwoot_builder.answers import TYPES as ANSWER_TYPES
from statewright.flows.dialects.chatwoot_builder.answers import asks_yes_or_no, input_of
from statewright.flows.dialects.chatwoot_builder.nodes import read_node
from statewright.flows.dialects.chatwoot_builder.scope import TYPES, Scope
from statewright.flows.dialects.dialect import Dialect
from statewright.flows.durations import SECOND
from statewright.flows.model import Edge, Flow, Node, OnError, Settings, Variable
from statewright.flows.names import flow_id, unused
from statewright.flows.nodes import Start
from statewright.flows.parts import Page, Part
from statewright.statechart.sourcemap import Location

_WRAPPERS: Final = ("flow", "executable")
_FLOW_KEYS: Final = frozenset(
    {"id", "version", "name", "description", "metadata", "entryNodeId", "nodes", "config"}
)
_CONFIG_KEYS: Final = frozenset(
    {"timeoutSeconds", "maxIterations", "errorBehavior", "fallbackNodeId", "variables"}
)
_VARIABLE_KEYS: Final = frozenset({"name", "type", "defaultValue", "required", "description"})


def recognises(value: Any) -> bool:
    """Whether a document is a flow for execution, alone or in ``flow`` or ``executable``."""
    return _wrapper(value) is not None


def _wrapper(value: Any) -> str | None:
    """The key under which the flow stands, ``""`` for none; None where there is no flow."""
    if _is_executable(value):
        return ""
    if not isinstance(value, dict):
        return None
    return next((key for key in _WRAPPERS if _is_executable(value.get(key))), None)


def _is_executable(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("nodes"), dict):
        return False
    nodes = value["nodes"].values()
    return "entryNodeId" in value or any(
        isinstance(node, dict) and "transitions" in node for node in nodes
    )


def _nodes_pointer(value: Any) -> str:
    wrapper = _wrapper(value)
    return f"/{wrapper}/nodes" if wrapper else "/nodes"


def read(page: Page) -> Flow:
    """What a document says."""
    wrapper = _wrapper(page.root.value)
    root = page.root[wrapper] if wrapper else page.root
    root.refuse_unknown(_FLOW_KEYS)
    root["config"].refuse_unknown(_CONFIG_KEYS)
    scope = _scope(root)
    settings = _settings(root["config"])
    nodes, edges = _nodes(root["nodes"], scope, settings)
    entries = list(_entries(root["entryNodeId"], nodes))
    name = root["name"].text() or root["metadata"]["name"].text()
    id_ = root["id"].name() or flow_id(page.document.file, name)
    metadata = root["metadata"].value
    return Flow(
        id=id_,
        name=name or id_,
        dialect="chatwoot_builder",
        entries=tuple(id_ for id_, _ in entries),
        nodes=tuple(nodes),
        edges=tuple(edges),
        variables=scope.variables(),
        settings=settings,
        location=root.location,
        description=root["description"].text(),
        metadata=metadata if isinstance(metadata, dict) else {},
        entry_locations=tuple(location for _, location in entries),
    )


def _nodes(part: Part, scope: Scope, settings: Settings) -> tuple[list[Node], list[Edge]]:
    nodes: list[Node] = []
    edges: list[Edge] = []
    if not part.present:
        part.wrong("a map of nodes")
    for key, member in part.members():
        if not key:
            member.report("R004", "the id of a node cannot be empty", at_key=True)
            continue
        own = member["id"]
        if own.present and own.name(key) != key:
            own.report(
                "R004", f"the node stands under `{key}`, and that is its id", severity="warning"
            )
        node, leaving = read_node(member.of_node(key), scope, settings)
        nodes.append(node)
        edges.extend(leaving)
    return nodes, edges


def _entries(part: Part, nodes: list[Node]) -> Iterator[tuple[str, Location]]:
    """Where a conversation may begin: the entry node, and start nodes beside it."""
    entry = part.name()
    if entry:
        yield entry, part.location
    for node in nodes:
        if isinstance(node.config, Start) and node.id != entry:
            yield node.id, node.location


def _settings(config: Part) -> Settings:
    behaviour = config["errorBehavior"].one_of(frozenset(OnError), OnError.FAIL)
    seconds = config["timeoutSeconds"].number(least=0)
    fallback = config["fallbackNodeId"]
    if behaviour == OnError.FALLBACK and not fallback.present:
        fallback.wrong("the node to go on at")
    return Settings(
        on_error=OnError(behaviour),
        fallback=fallback.name(),
        timeout=round(seconds * SECOND) if seconds else None,
        step_limit=config["maxIterations"].whole(1),
        fallback_at=fallback.location,
    )


# --- variables -----------------------------------------------------------------------------------

_WRITERS: Final = {
    "question": "saveToVariable",
    "api": "saveResponseTo",
    "variable": "variableName",
    "form": "saveToVariable",
}
"""The kinds of node that write a variable, and where they say which."""

_WRITTEN: Final = {"increment": "double", "append": "list"}
"""Types of variables that a variable node changes, by its operation."""


def _scope(root: Part) -> Scope:
    """The variables of a flow: what it declares, and what it writes."""
    scope = Scope()
    nodes = root["nodes"].value
    for key in nodes if isinstance(nodes, dict) else ():
        _note_writes(root["nodes"][key].of_node(key), scope)
    for part in root["config"]["variables"].items():
        variable = _variable(part, scope)
        if variable is None:
            continue
        if variable.name in scope.declared:
            part["name"].report("R007", f"the variable `{variable.name}` stands here again")
        else:
            scope.declared[variable.name] = variable
    return scope


def _note_writes(node: Part, scope: Scope) -> None:
    kind = node["type"].value
    if not isinstance(kind, str) or kind not in _WRITERS:
        return
    config = node["config"]
    target = config[_WRITERS[kind]]
    operation = config["operation"].value
    type_ = "dyn"
    if kind == "question":
        type_ = ANSWER_TYPES.get(input_of(node), "string")
        if asks_yes_or_no(node) and target.blank:
            taken = {*scope.written, *scope.answers.values()}
            scope.answers[node.node] = name = next(unused(f"answer_{node.node}", taken))
            scope.written[name] = type_
            scope.places[name] = node.key_location
            node.report(
                "R008",
                f"the answer is saved as `{name}`, because a transition asks for it",
                severity="info",
                at_key=True,
            )
            return
    elif kind == "variable" and isinstance(operation, str):
        type_ = _WRITTEN.get(operation, "dyn")
    scope.writes(target, type_)


def _variable(part: Part, scope: Scope) -> Variable | None:
    if not isinstance(part.value, dict):
        part.wrong("a map")
        return None
    part.refuse_unknown(_VARIABLE_KEYS)
    name = part["name"].text()
    if not name:
        part["name"].wrong("the name of the variable")
        return None
    type_ = TYPES[part["type"].one_of(TYPES, "object")] if part["type"].present else "dyn"
    if scope.written.get(name) == "bool" and type_ != "bool":
        part["type"].report(
            "R008", f"`{name}` holds true or false, because a yes-or-no question writes it",
            severity="info",
        )  # fmt: skip
        type_ = "bool"
    default = part["defaultValue"]
    part["required"].flag()
    return Variable(
        name=name,
        type=type_,
        default=default.value if default.present else None,
        has_default=default.present,
        # What no node writes can only come from outside.
        input=name not in scope.written,
        location=part.location,
    )


CHATWOOT_BUILDER: Final = Dialect(
    name="chatwoot_builder",
    title="a flow of the Chatwoot flow builder",
    marker="",
    marks=frozenset({*_FLOW_KEYS, *_WRAPPERS}),
    recognises=recognises,
    read=read,
    nodes=_nodes_pointer,
)
"""The executable form of the Chatwoot flow builder."""

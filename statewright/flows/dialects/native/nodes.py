"""A node of the native format → what it does, and the edges that leave it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from statewright.flows.dialects.native import node_schema as schema
from statewright.flows.dialects.native.content import (
    Removed,
    button_from,
    source_from,
    speech_from,
    variants_from,
)
from statewright.flows.dialects.native.questions import question_from
from statewright.flows.dialects.native.shapes import Shape
from statewright.flows.dialects.native.validation import checked, paired
from statewright.flows.durations import SECOND
from statewright.flows.model import Edge, Node
from statewright.flows.nearest import did_you_mean, listed
from statewright.flows.nodes import (
    NEXT,
    Assignment,
    Button,
    ButtonAction,
    Condition,
    Delay,
    End,
    Handoff,
    Http,
    Jump,
    Message,
    NodeConfig,
    Operation,
    Set,
    Source,
    Start,
    Unsupported,
    Value,
    choice_port,
)
from statewright.flows.outline import shown
from statewright.flows.parts import Part


@dataclass(slots=True)
class Box:
    """A node that is being read.

    Attributes:
        part: the map that describes it.
        removed: pointers of what was taken out of it because it is wrong.
        edges: what leaves it, in the order of the file.
    """

    part: Part
    removed: Removed = ()
    edges: list[Edge] = field(default_factory=list)

    def edge(
        self, target: str | None, place: Part, port: str = NEXT, guard: Source | None = None
    ) -> None:
        """Draw an edge, unless there is no target."""
        if target is not None:
            self.edges.append(Edge(self.part.node, target, port, guard, place.location))

    def ways(self, written: Any) -> None:
        """Draw what ``next`` says."""
        place = self.part["next"]
        if not isinstance(written, list):
            self.edge(written, place)
            return
        for way, item in paired(written, place, self.removed):
            guarded = "if" in way.model_fields_set or "if_" in way.model_fields_set
            guard = source_from(way.if_, item["if"]) if guarded else None
            self.edges.append(
                Edge(self.part.node, way.to, NEXT, guard, item["to"].location, way.label)
            )


def read_node(part: Part) -> tuple[Node, list[Edge]]:
    """Read a node; what is wrong with it is reported."""
    kind = part["type"]
    name = kind.value if isinstance(kind.value, str) else ""
    model = schema.NODES.get(name)
    box = Box(part)
    config: NodeConfig = Unsupported(name)
    label, disabled = "", False
    if not isinstance(part.value, dict):
        part.report(
            "R004", f"a node is a map, not {shown(part.value)}", "begin with `type: message`"
        )
    elif model is None:
        _report_kind(kind)
        box.edges.extend(_plain_edges(part))
    else:
        result = checked(model, part)
        if result is not None:
            box.removed = result.removed
            node: Any = result.shape
            config = _READERS[name](node, box)
            label, disabled = node.label, node.disabled
    return Node(part.node, config, part.key_location, label, disabled), box.edges


def _report_kind(kind: Part) -> None:
    if not kind.present:
        help_ = f"it is one of {listed(schema.NODES)}"
        kind.report("R005", "`type` is missing", help_)
        return
    name = kind.value if isinstance(kind.value, str) else ""
    message = f"{shown(kind.value)} is no kind of node"
    kind.report("R004", message, did_you_mean(name, schema.NODES))


def _plain_edges(part: Part) -> list[Edge]:
    """The way on from a node of unknown kind, so that what follows it counts as reached."""
    target = part["next"]
    if not isinstance(target.value, str):
        return []
    return [Edge(part.node, target.value, NEXT, location=target.location)]


# --- what each kind does -------------------------------------------------------------------------


def _start(node: schema.StartNode, box: Box) -> Start:
    box.ways(node.next)
    return Start()


def _message(node: schema.MessageNode, box: Box) -> Message:
    part = box.part
    variants = variants_from(node, part, box.removed)
    if not node.buttons and not all(variant.bubbles for variant in variants):
        part.report("R005", "the message says nothing", "give it a `text`", at_key=True)
    buttons: list[Button] = []
    said: set[str] = set()
    for written, item in paired(node.buttons, part["buttons"], box.removed):
        button = button_from(written, item)
        if button.action is not ButtonAction.URL and button.value.text in said:
            message = f"the button `{button.value.text}` stands here again"
            item.report("R007", message, "give each of them a `value` of its own")
            continue
        said.add(button.value.text)
        buttons.append(button)
        if button.wired:
            box.edge(written.to, item["to"], choice_port(button.value.text))
    box.ways(node.next)
    return Message(variants, tuple(buttons), node.wait)


def _question(node: schema.QuestionNode, box: Box) -> Any:
    part = box.part
    for choice, item in paired(node.choices, part["choices"], box.removed):
        if isinstance(choice, schema.LongChoice):
            box.edge(choice.to, item["to"], choice_port(choice.value))
    box.ways(node.next)
    if node.on is not None:
        box.edge(node.on.fallback, part["on"]["fallback"], "fallback")
        box.edge(node.on.timeout, part["on"]["timeout"], "timeout")
    return question_from(node, part, box.removed)


def _condition(node: schema.ConditionNode, box: Box) -> Condition:
    for branch, item in paired(node.branches, box.part["branches"], box.removed):
        guard = source_from(branch.if_, item["if"])
        location = item["to"].location
        box.edges.append(Edge(box.part.node, branch.to, "branch", guard, location, branch.label))
    box.edge(node.else_, box.part["else"], "else")
    return Condition()


def _set(node: schema.SetNode, box: Box) -> Set:
    actions = paired(node.actions, box.part["actions"], box.removed)
    box.ways(node.next)
    return Set(tuple(_assignment(action, item) for action, item in actions))


_OPERANDS: Final = {
    Operation.SET: "to",
    Operation.INCREMENT: "by",
    Operation.APPEND: "value",
    Operation.REMOVE: "value",
    Operation.UNSET: "",
}
"""Where each change of a variable keeps what it needs."""


def _assignment(action: Shape, part: Part) -> Assignment:
    operation = next(op for op in Operation if op.value in type(action).model_fields)
    variable = source_from(getattr(action, operation.value), part[operation.value])
    operand = _OPERANDS[operation]
    if not operand:
        return Assignment(operation, variable)
    written = operand in action.model_fields_set
    value = part[operand].json() if written else Value(1, part.location)
    return Assignment(operation, variable, value)


_HTTP_TIMEOUT: Final = 30 * SECOND


def _http(node: schema.HttpNode, box: Box) -> Http:
    part = box.part
    box.edge(node.success, part["success"], "success")
    box.edge(node.error, part["error"], "error")
    return Http(
        url=source_from(node.url, part["url"]),
        method=node.method,
        headers=tuple(
            (name, source_from(text, part["headers"][name])) for name, text in node.headers.items()
        ),
        query=tuple((name, part["query"][name].json()) for name in node.query),
        body=_value(node.body, part["body"]),
        timeout=_HTTP_TIMEOUT if node.timeout is None else node.timeout,
        retries=node.retries,
        save=tuple(
            (Source(name, part["save"][name].key_location), source_from(text, part["save"][name]))
            for name, text in node.save.items()
        ),
        fallback=_value(node.fallback, part["fallback"]),
    )


def _value(value: Any, part: Part) -> Value | None:
    return None if value is None else part.json()


def _delay(node: schema.DelayNode, box: Box) -> Delay:
    part = box.part
    box.ways(node.next)
    if node.duration is not None and node.for_ is not None:
        part["for"].report("R004", "`for` stands beside `duration`", "remove one", at_key=True)
    if node.for_ is not None:
        return Delay(source_from(node.for_, part["for"]))
    if not {"duration", "for"} & set(part.value):
        part["duration"].report("R005", "`duration` is missing", "say how long: `duration: 5m`")
    return Delay(node.duration or 0)


def _handoff(node: schema.HandoffNode, box: Box) -> Handoff:
    part = box.part
    assignee = None
    if node.to is not None:
        given = [kind for kind in type(node.to).model_fields if getattr(node.to, kind) is not None]
        if len(given) != 1:
            what = f"not {listed(given)}" if given else "here is nobody"
            part["to"].report("R004", f"one takes over: an agent, a team or a queue; {what}")
        if given:
            location = part["to"][given[0]].location
            json = {"type": given[0], "id": getattr(node.to, given[0])}
            assignee = Value(json, part["to"].location, {"/id": location})
    note = None if node.note is None else source_from(node.note, part["note"])
    return Handoff(assignee, speech_from(node, part, box.removed), note)


def _jump(node: schema.JumpNode, box: Box) -> Jump:
    if node.to:
        box.edge(node.to, box.part["to"])
    return Jump()


def _end(node: schema.EndNode, box: Box) -> End:
    return End(node.outcome, speech_from(node, box.part, box.removed), node.failed)


_READERS: Final[Mapping[str, Callable[[Any, Box], NodeConfig]]] = MappingProxyType(
    {
        "start": _start,
        "message": _message,
        "question": _question,
        "condition": _condition,
        "set": _set,
        "http": _http,
        "delay": _delay,
        "handoff": _handoff,
        "jump": _jump,
        "end": _end,
    }
)
"""What makes a config of each kind of node, and draws its edges."""

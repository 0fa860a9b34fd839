"""The kinds of node of the builder → ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from statewright.flows.dialects.chatwoot_builder.answers import INPUTS, answer_of, input_of
from statewright.flows.dialects.chatwoot_builder.content import (
    message_bubbles,
    message_buttons,
    text_bubbles,
)
from statewright.flows.dialects.chatwoot_builder.requests import MILLISECOND, request_from
from statewright.flows.dialects.chatwoot_builder.scope import Scope
from statewright.flows.dialects.chatwoot_builder.transitions import (
    Transition,
    api_edges,
    button_edges,
    condition_edges,
    passing_edges,
    transitions_of,
)
from statewright.flows.model import Edge, Node, OnError, Settings
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import (
    Assignment,
    Condition,
    Delay,
    End,
    Handoff,
    InputKind,
    Message,
    NodeConfig,
    Operation,
    Question,
    Set,
    Source,
    Start,
    Unsupported,
    Validation,
    Value,
    Variant,
)
from statewright.flows.outline import INT64_MAX, shown
from statewright.flows.parts import Part
from statewright.flows.placeholders import Path, path_from


@dataclass(slots=True)
class Box:
    """A node that is being read.

    Attributes:
        part: the map that describes it.
        scope: the variables.
        settings: what holds for the whole flow.
        transitions: its arrows, in the order in which they are tried.
        edges: what leaves it.
    """

    part: Part
    scope: Scope
    settings: Settings
    transitions: list[Transition] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    @property
    def config(self) -> Part:
        """What its kind needs to know."""
        return self.part["config"]

    def goes_on(self, last: tuple[str, str] | None = None) -> None:
        """Draw its transitions at the one port that it has."""
        self.edges += passing_edges(self.transitions, self.scope, last)


def read_node(part: Part, scope: Scope, settings: Settings) -> tuple[Node, list[Edge]]:
    """Read a node; what is wrong with it is reported."""
    box = Box(part, scope, settings)
    config: NodeConfig = Unsupported("")
    if isinstance(part.value, dict):
        part.refuse_unknown(_NODE_KEYS)
        box.transitions = transitions_of(part)
        config = _config(box)
        _handle_errors(box, config)
    else:
        part.wrong("a map")
    label = part["label"].text() or part["name"].text()
    return Node(part.node, config, part.key_location, label), box.edges


def _config(box: Box) -> NodeConfig:
    kind = box.part["type"]
    name = kind.text()
    if name in _KINDS:
        read, keys = _KINDS[name]
        if box.config.present and not isinstance(box.config.value, dict):
            box.config.wrong("a map")
        box.config.refuse_unknown(keys)
        return read(box)
    box.edges += [transition.edge() for transition in box.transitions]
    if not name:
        kind.wrong("the kind of the node")
    elif name in _NOT_YET:
        kind.report(
            "R006",
            f"nodes of kind {shown(name)} are not supported in this version: {_NOT_YET[name]}",
        )
    else:
        kind.report("R004", f"{shown(name)} is no kind of node", did_you_mean(name, _KINDS))
    return Unsupported(name)


def _handle_errors(box: Box, config: NodeConfig) -> None:
    """Carry over what a node says about errors of its own."""
    handler = box.part["errorHandler"]
    strategy = handler["strategy"].one_of(("retry", "fallback", "fail", "ignore"), "fail")
    handler["fallbackMessage"].not_carried_over("nothing is said about the error")
    if config.kind != "http":
        if strategy != "fail":
            handler.not_carried_over("an error here is handled as the flow says")
        return
    if strategy == "fallback" and handler["fallbackNodeId"].present:
        target = handler["fallbackNodeId"]
        box.edges.append(Edge(box.part.node, target.name(), "error", location=target.location))
    elif strategy == "ignore":
        box.edges += [replace(edge, port="error") for edge in box.edges if edge.port == "success"]


# --- what each kind does -------------------------------------------------------------------------


def _start(box: Box) -> Start:
    box.goes_on()
    return Start()


def _message(box: Box) -> Message:
    bubbles = message_bubbles(box.config, box.scope)
    buttons, ids = message_buttons(box.config, box.scope)
    if not bubbles and not buttons and box.config["content"].blank:
        box.config["content"].report("R005", "the message says nothing", severity="warning")
    box.edges, wired = button_edges(box.transitions, box.scope, buttons, ids)
    buttons = tuple(
        replace(button, wired=True) if index in wired else button
        for index, button in enumerate(buttons)
    )
    return Message((Variant(bubbles),), buttons)


def _question(box: Box) -> Question:
    config, scope = box.config, box.scope
    config["expectedInputType"].one_of(INPUTS, "text")
    if not config["question"].present:
        config["question"].wrong("what is asked")
    kind = input_of(box.part)
    variable = answer_of(box.part, scope)
    box.goes_on(_last_answer(variable, kind, scope))
    pattern, retry = config["validationRegex"], config["validationMessage"]
    return Question(
        prompt=text_bubbles(config["question"], scope),
        input=kind,
        variable=variable,
        validation=Validation(pattern.source() if pattern.text() else None),
        retries=config["maxRetries"].whole(0),
        retry_message=scope.source(retry) if retry.text() else None,
    )


def _last_answer(variable: Source | None, kind: InputKind, scope: Scope) -> tuple[str, str] | None:
    """What ``_lastResult`` is behind a question: its CEL and its type."""
    path = path_from(variable.text) if variable else None
    if path is None:
        return None
    type_ = scope.type_of(path[0]) if len(path) == 1 else "dyn"
    return scope.in_cel(path), "bool" if kind is InputKind.BOOLEAN else type_


def _condition(box: Box) -> Condition:
    config = box.config
    config["evaluator"].one_of(("simple", "javascript"), "simple")
    box.edges += condition_edges(box.transitions, box.scope, config["expression"])
    written = config["expression"]
    conditions = [transition.condition.value for transition in box.transitions]
    asked = any(transition.outcome for transition in box.transitions)
    if not written.blank and not asked and written.value not in conditions:
        written.report(
            "R006",
            "the expression is not used: no transition asks for its result",
            severity="info",
        )
    return Condition()


def _api(box: Box) -> NodeConfig:
    goes_on = box.settings.on_error is OnError.CONTINUE
    box.edges += api_edges(box.transitions, box.scope, goes_on_after_error=goes_on)
    return request_from(box.part, box.scope)


UNITS: Final = {
    "millisecond": MILLISECOND,
    "second": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": 86_400_000_000,
}
"""Microseconds of the units of a delay."""


def _delay(box: Box) -> Delay:
    box.goes_on()
    duration = box.config["duration"]
    names = [name for unit in UNITS for name in (f"{unit}s", unit)]
    unit = UNITS[box.config["unit"].one_of(names, "seconds").removesuffix("s")]
    if not duration.present:
        duration.wrong("a number")
    path = _lone_path(duration)
    if path is not None:
        seconds = unit / 1_000_000
        factor = "" if unit == UNITS["second"] else f" * {seconds}"
        text = f"double({box.scope.in_cel(path)}){factor}"
        return Delay(duration.read_as(text))
    amount = duration.number(least=0) or 0
    if amount * unit > INT64_MAX:
        duration.wrong("a shorter time")
        amount = 0
    return Delay(round(amount * unit))


def _lone_path(part: Part) -> Path | None:
    """The path that a text is, if it is one placeholder."""
    match = (
        re.fullmatch(r"\s*\{\{([^{}]*)\}\}\s*", part.value) if isinstance(part.value, str) else None
    )
    return path_from(match[1]) if match else None


_ASSIGNMENTS: Final = {
    "agent": ("specific_agent", "agentId"),
    "team": ("team", "teamId"),
    "queue": ("round_robin", ""),
}
"""Who can take over; what the builder calls it, and where it says who."""


def _transfer(box: Box) -> Handoff:
    config = box.config
    if not config["endFlow"].flag(default=True):
        config["endFlow"].not_carried_over("the flow ends here; nothing resumes it", "error")
    names = {written: kind for kind, (written, _) in _ASSIGNMENTS.items()}
    kind = names[config["assignmentType"].one_of(names, "round_robin")]
    _, key = _ASSIGNMENTS[kind]
    assignee = {"type": kind, "id": "round_robin"}
    if key:
        if not config[key].present:
            config[key].wrong("who takes over")
        assignee["id"] = config[key].json(box.scope.template).json
    return Handoff(
        Value(assignee, config["assignmentType"].location),
        text_bubbles(config["message"], box.scope),
    )


def _end(box: Box) -> End:
    reasons = ("completed", "user_cancelled", "error", "transferred")
    reason = box.config["reason"].one_of(reasons, "completed")
    message = text_bubbles(box.config["message"], box.scope)
    return End(reason, message, failed=reason == "error")


_OPERATIONS: Final = {
    "set": Operation.SET,
    "increment": Operation.INCREMENT,
    "append": Operation.APPEND,
}


def _variable(box: Box) -> Set:
    config = box.config
    box.goes_on()
    operation = _OPERATIONS[config["operation"].one_of(_OPERATIONS, "set")]
    name = config["variableName"]
    if not name.text():
        name.wrong("the variable that is set")
        return Set(())
    written = config.first("value", "variableValue")
    value = written.json(box.scope.template)
    if operation is Operation.INCREMENT:
        value = replace(value, json=_amount(written, value.json))
    return Set((Assignment(operation, box.scope.target(name), value),))


def _amount(part: Part, value: object) -> object:
    """What is added: a number, also one in quotes; nothing written is 1."""
    if value in (None, ""):
        return 1
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]+)?", value):
        return float(value) if "." in value else int(value)
    if not isinstance(value, str | int | float):
        part.wrong("a number")
        return 1
    return value


Reader = Callable[[Box], NodeConfig]

_KINDS: Final[Mapping[str, tuple[Reader, frozenset[str]]]] = MappingProxyType(
    {
        "start": (_start, frozenset()),
        "message": (_message, frozenset({"content", "contentType", "richContent", "buttons"})),
        "question": (
            _question,
            frozenset(
                {
                    "question",
                    "expectedInputType",
                    "saveToVariable",
                    "validationRegex",
                    "validationMessage",
                    "maxRetries",
                }
            ),
        ),
        "condition": (_condition, frozenset({"expression", "evaluator"})),
        "api": (
            _api,
            frozenset(
                {
                    "method",
                    "url",
                    "headers",
                    "body",
                    "auth",
                    "timeout",
                    "retries",
                    "saveResponseTo",
                    "errorOnHttpError",
                }
            ),
        ),
        "delay": (_delay, frozenset({"duration", "unit"})),
        "variable": (
            _variable,
            frozenset({"variableName", "operation", "value", "variableValue"}),
        ),
        "transfer_agent": (
            _transfer,
            frozenset({"assignmentType", "agentId", "teamId", "message", "endFlow"}),
        ),
        "end": (_end, frozenset({"reason", "message"})),
    }
)
"""What makes a config of each kind of node, and the keys that it reads."""

_SOON: Final = "a later version will run it"
_UNCOMPILED: Final = "the builder's own compiler does not translate it"
_NOT_YET: Final[Mapping[str, str]] = MappingProxyType(
    {
        "form": _SOON,
        "tag": _SOON,
        "segment": _SOON,
        "action": _SOON,
        "input": _UNCOMPILED,
        "mediaMessage": _UNCOMPILED,
        "carousel": _UNCOMPILED,
        "dynamicText": _UNCOMPILED,
        "advancedCondition": _UNCOMPILED,
    }
)
"""Kinds of node that exist and are not read, and why."""

_NODE_KEYS: Final = frozenset(
    {
        "id", "type", "config", "transitions", "errorHandler", "timeout", "retries", "label",
        "name", "description", "position",
    }
)  # fmt: skip

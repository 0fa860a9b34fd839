"""What authors draw: a flow graph, whatever format it came in.

A ``Flow`` is read by ``reading.parse`` and holds everything that its author wrote, right or wrong:
edges may dangle and expressions may be ill-formed, because telling that to the author is the
compiler's work. Every part knows its ``Location``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

from statewright.flows.goals import Goal
from statewright.flows.nodes import NEXT, Bubble, NodeConfig, Source
from statewright.flows.rules import Rule
from statewright.flows.triggers import Trigger
from statewright.statechart.sourcemap import NOWHERE, Location


class OnError(StrEnum):
    """What is done about an error that nothing else catches."""

    FAIL = "fail"
    """The session fails."""
    CONTINUE = "continue"
    """The node where it happened is left by its default port."""
    FALLBACK = "fallback"
    """The conversation goes on at another node."""


@dataclass(frozen=True, slots=True)
class ErrorPolicy:
    """What is done about an error of a node that none of its ports leads away from.

    Attributes:
        retries: how often the node is run anew before anything else is done, and before it is left
            by its port ``error``.
        wait: microseconds before each time.
        then: what is done then; None for what is done without a policy.
        fallback: for ``OnError.FALLBACK``, where the conversation goes on.
    """

    retries: int = 0
    wait: int = 0
    then: OnError | None = None
    fallback: Goal | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One box of the drawing.

    Attributes:
        id: unique in the flow.
        config: what the box does; its class is the kind of the node.
        location: where it stands.
        label: what people call it, or ``""``.
        disabled: whether its author switched it off: the conversation passes through it.
        container: id of the node that it stands inside, or ``""``.
        body: in which of that node's bodies; see ``flows.nodes.Body.name``.
        on_error: what is done about its errors; None for what the flow does.
    """

    id: str
    config: NodeConfig
    location: Location = NOWHERE
    label: str = ""
    disabled: bool = False
    container: str = ""
    body: str = ""
    on_error: ErrorPolicy | None = None

    @property
    def kind(self) -> str:
        """The native name of the kind of node."""
        return self.config.kind


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow from a port of a node to a node.

    Attributes:
        source: id of the node it leaves.
        target: id of the node it points to; may name no node at all.
        port: where it leaves; of several edges at one port, the first whose guard is true is taken.
        guard: a CEL condition, or None for one that is always true.
        location: where it stands.
        label: what people call it, or ``""``.
    """

    source: str
    target: str
    port: str = NEXT
    guard: Source | None = None
    location: Location = NOWHERE
    label: str = ""


class VariableScope(StrEnum):
    """How long a variable lives, and whose it is."""

    SESSION = "session"
    """As long as the session; of a subflow as long as that runs, and then part of its output."""
    FLOW = "flow"
    """As long as the flow, and no part of what a subflow hands to the one that calls it."""
    CONTACT = "contact"
    """As long as the contact is known: ``contact.name`` in expressions."""
    TENANT = "tenant"
    """For ever: ``tenant.name`` in expressions."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that expressions may use, or a part of what such a name holds.

    Attributes:
        name: any text; what CEL cannot spell is read as ``vars['…']``. Of an element ``""``.
        type: one of ``statechart.definition.Datum.type``, or ``date object enum``.
        default: its value at the start, plain JSON.
        has_default: whether there is one; without, the variable is absent until it is set.
        input: whether it may be given when a session starts.
        scope: whose it is.
        values: the only values it may have, or () for any.
        minimum: the least number, date, time or duration it may be, plain JSON, or None.
        maximum: the greatest one it may be, or None.
        names: texts that stand for ``values`` where they are written, in the same order, or ().
        min_length: how many characters, elements or entries it has at least, or None.
        max_length: how many it has at most, or None.
        pattern: a regular expression (RE2) of which a text holds a match, or ``""``.
        nullable: whether it may be null besides.
        optional: of a field, whether it may be missing.
        of: what the elements of a list, or the values of a map, are; None for anything.
        fields: what an object has; () for one of which nothing is known.
        others: of an object, whether it may have other fields besides.
        read_only: whether it keeps the value that it has at the start.
        pii: whether it holds personal data.
        secret: whether it names a secret; then it has no value in a conversation.
        inferred: whether the reader declared it because its dialect has no declarations.
        location: where it stands.
    """

    name: str
    type: str = "dyn"
    default: Any = None
    has_default: bool = False
    input: bool = False
    scope: VariableScope = VariableScope.SESSION
    values: tuple[Any, ...] = ()
    minimum: float | str | None = None
    maximum: float | str | None = None
    names: tuple[str, ...] = ()
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    nullable: bool = False
    optional: bool = False
    of: Variable | None = None
    fields: tuple[Variable, ...] = ()
    others: bool = False
    read_only: bool = False
    pii: bool = False
    secret: bool = False
    inferred: bool = False
    location: Location = NOWHERE

    @property
    def is_private(self) -> bool:
        """Whether it, or a part of it, is not for everybody to see."""
        parts = (*self.fields, *(() if self.of is None else (self.of,)))
        return self.pii or self.secret or any(part.is_private for part in parts)


LOCALE: Final = "locale"
"""The variable with the language of a session, of a flow that says in which it is written."""

BUSINESS_HOURS: Final = "business_hours"
"""The variable in which expressions find the business hours of a flow that has some."""


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """When somebody is there.

    Attributes:
        hours: a map as ``expressions.opening_hours`` reads it.
        closed: where a conversation begins outside them, or None for where it always does.
        location: where they stand.
    """

    hours: Mapping[str, Any]
    closed: Goal | None = None
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class Nudge:
    """What is said to a user who says nothing.

    Attributes:
        after: microseconds of silence.
        message: what is said.
    """

    after: int
    message: tuple[Bubble, ...]


@dataclass(frozen=True, slots=True)
class Inactivity:
    """What is done about a user who was asked for something and says nothing.

    Attributes:
        after: microseconds of silence after which the conversation ends.
        reminders: what is said before.
        outcome: how it ends.
        to: where it goes on instead, or None.
    """

    after: int
    reminders: tuple[Nudge, ...] = ()
    outcome: str = "inactive"
    to: Goal | None = None


class WhileBusy(StrEnum):
    """What is done with what a user says while nothing listens."""

    DEFER = "defer"
    """It is kept for the next question."""
    IGNORE = "ignore"
    """It is over."""
    REPLY = "reply"
    """It is over, and answered by a text."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for the whole flow.

    Attributes:
        on_error: what to do about an error that nothing else catches.
        fallback: the node where the conversation goes on after one, for ``OnError.FALLBACK``.
        timeout: microseconds after which the session fails, or None.
        step_limit: microsteps that one turn may take, or None for the default.
        retries: how often work that failed is asked for anew, before anything else is done.
        retry_wait: microseconds before each time.
        zone: the time zone of dates and schedules that name none, or ``""`` for UTC.
        business_hours: when somebody is there, or None.
        inactivity: what is done about a user who says nothing, or None.
        fallback_at: where ``fallback`` is said.
        while_busy: what is done with what a user says while nothing listens.
        busy_reply: for ``WhileBusy.REPLY``, what is said.
    """

    on_error: OnError = OnError.FAIL
    fallback: str = ""
    timeout: int | None = None
    step_limit: int | None = None
    retries: int = 0
    retry_wait: int = 0
    zone: str = ""
    business_hours: BusinessHours | None = None
    inactivity: Inactivity | None = None
    fallback_at: Location = NOWHERE
    while_busy: WhileBusy = WhileBusy.DEFER
    busy_reply: tuple[Bubble, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that the reader could not read, or could not carry over.

    Attributes:
        code: of the check that documents it: R001, …
        message: what was found, lower case, names in backticks.
        location: where.
        help: what to do about it, or ``""``.
        node: id of the node it belongs to, or ``""``.
        severity: how bad it is, in the words of a finding. What stands in the way of running the
            flow as it was drawn is an error.
    """

    code: str
    message: str
    location: Location = NOWHERE
    help: str = ""
    node: str = ""
    severity: Literal["error", "warning", "info"] = "error"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Findings that the author knows of, and that are not to be told.

    Attributes:
        code: of the check.
        reason: why they are all right.
        location: where that is said.
        node: id of the node where they are, or ``""`` for the whole flow.
    """

    code: str
    reason: str
    location: Location = NOWHERE
    node: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole drawing.

    Attributes:
        id: what programs call it.
        name: what people call it.
        dialect: the format it was read from.
        entries: ids of the nodes at which a conversation may begin; exactly one is right. An id
            may name no node at all.
        entry_locations: where each of ``entries`` is said, in the same order.
        nodes: in the order of the file.
        edges: in the order of the file.
        variables: declared by the author or, where the dialect has no declarations, by the reader.
        settings: what holds for the whole flow.
        problems: what could not be read or carried over.
        location: where the flow stands.
        subflows: the flows that its nodes run, by the words in which the nodes name them.
        triggers: what begins it, in the order of the file.
        rules: what must hold of every conversation, in the order of the file.
        suppressions: findings that are not to be told.
        locale: the language of its texts, or ``""``.
        locales: the languages that its texts are translated to.
        description: what it is for, or ``""``.
        metadata: what the format carries that has no meaning to the conversation.
        version: what its author calls this version of it, or ``""``.
    """

    id: str
    name: str
    dialect: str
    entries: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    variables: tuple[Variable, ...] = ()
    settings: Settings = field(default_factory=Settings)
    problems: tuple[Problem, ...] = ()
    location: Location = NOWHERE
    description: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    entry_locations: tuple[Location, ...] = ()
    subflows: Mapping[str, Flow] = field(default_factory=dict)
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Rule, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    locale: str = ""
    locales: tuple[str, ...] = ()
    version: str = ""
    # What was found of it when it was first asked for; see ``compiler.once``.
    found: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

"""What a statechart is: states, transitions, data, invocations. Plain data, in document order.

A ``Statechart`` is made of these values by hand, by the compiler, or by ``codec`` from JSON. What
has to hold between them (unique ids, targets that exist, …) is checked once, by ``tree.tree_of``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from statewright.expressions import Content, Expression
from statewright.statechart.actions import Action
from statewright.statechart.making import quickly_made
from statewright.statechart.rules import Rule

Actions = tuple[Action, ...]
"""A block of executable content: an error in it ends this block and no other (SCXML 3.8)."""

OWN: Final = "~"
"""Begins the names of variables and states that no author wrote: what a chart keeps for itself."""


class StateKind(StrEnum):
    """What a state is made of."""

    ATOMIC = "atomic"
    COMPOUND = "compound"
    PARALLEL = "parallel"
    FINAL = "final"
    SHALLOW_HISTORY = "shallow-history"
    DEEP_HISTORY = "deep-history"


class TransitionKind(StrEnum):
    """Whether a transition to a descendant leaves its compound source (SCXML 3.5)."""

    EXTERNAL = "external"
    INTERNAL = "internal"


@quickly_made
@dataclass(frozen=True, slots=True)
class Transition:
    """A way from its source (the state that holds it) to its targets.

    Attributes:
        targets: ids of states; empty for a transition that only acts and leaves nothing.
        events: event descriptors, one of which must match; empty for an eventless transition.
        guard: must be true; an error counts as false.
        kind: external or internal.
        actions: run between the exits and the entries.
    """

    targets: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    guard: Expression | None = None
    kind: TransitionKind = TransitionKind.EXTERNAL
    actions: Actions = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Limits:
    """What a variable may hold, beside its type. Whatever else is written to it is an error.

    Attributes:
        values: the only values that it may have, of its type; () for any.
        minimum: the least value that it may have, of its type, or a number; None is no bound.
        maximum: the greatest, likewise.
        names: texts that stand for ``values``, in the same order: written, they become those.
        shortest: how many characters, elements or entries it has at least, or None.
        longest: how many it has at most, or None.
        pattern: a regular expression (RE2) of which a text holds a match; ``""`` for any text.
        date: whether the text is a date: ``2026-02-28``.
        nullable: whether it may be null besides.
        element: what the elements of a list, or the values of a map, are; None for anything.
        fields: what a map has at its declared keys; () for a map with any keys.
        others: whether a map with declared keys may have others besides.
        constant: whether it keeps the value that it has at the start.
    """

    values: tuple[Any, ...] = ()
    minimum: Any = None
    maximum: Any = None
    names: tuple[str, ...] = ()
    shortest: int | None = None
    longest: int | None = None
    pattern: str = ""
    date: bool = False
    nullable: bool = False
    element: Member | None = None
    fields: tuple[Member, ...] = ()
    others: bool = False
    constant: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """What is inside of a list or a map.

    Attributes:
        type: as in ``Datum.type``.
        limits: as in ``Datum.limits``.
        name: the key where it stands, if it is a declared one.
        optional: whether it may be missing there.
    """

    type: str = "dyn"
    limits: Limits | None = None
    name: str = ""
    optional: bool = False


@quickly_made
@dataclass(frozen=True, slots=True)
class Datum:
    """A variable that lives as long as the state that declares it.

    Attributes:
        name: any non-empty text; what CEL cannot spell is read as ``vars['…']``.
        type: one of ``dyn bool int uint double string bytes timestamp duration list map``; a
            value is coerced to it once, on write.
        value: its value at the start; None leaves it declared but absent.
        limits: what it may hold beside its type, or None.
        shown: whether ``value`` is for the user to see: like in ``Say``, a hole in it that has no
            value prints nothing and is recorded as an incident.
        private: whether its value is kept out of logs and alerts.
    """

    name: str
    type: str = "dyn"
    value: Content | None = None
    limits: Limits | None = None
    shown: bool = False
    private: bool = False


@quickly_made
@dataclass(frozen=True, slots=True)
class Invoke:
    """What is done elsewhere while a state is active: work of the world, or a chart that runs.

    Its result is ``done.invoke.<id>`` with the result as data, or ``error.communication.<id>``
    with ``{"code", "message", …}``.

    Attributes:
        id: the name under which results arrive, the same every time; ``""`` for a new one each
            time, which begins with the id of the state and a dot.
        type: who does the work: ``http``, …; ``scxml`` for a chart.
        params: what it is given, evaluated at the end of the macrostep that entered the state.
            For a chart, a map from its inputs to their values; what is no input is left out. An
            error in the parameters of work is its own failure: ``error.communication.<id>``.
        type_expr: computes the type; stands instead of ``type``.
        chart: gives the name of the chart that runs, in ``Statechart.charts``; None for work.
        finalize: runs on each event that comes of it, before the event is handled.
        autoforward: whether it gets a copy of each external event.
        id_location: the variable that the id is written to, or ``()``.
    """

    id: str
    type: str
    params: Content
    type_expr: Content | None = None
    chart: Content | None = None
    finalize: Actions = ()
    autoforward: bool = False
    id_location: tuple[str, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Awaits:
    """What a state that listens to the user waits for; ``awaiting`` reads it, not the algorithm.

    Attributes:
        kind: ``text``, ``choice``, ``acknowledgement``, …
        node: what the author calls the place.
        choices: where the choices offered are found: a list of ``{"value", "label"}`` maps.
        prompt: what is said again when the question is shown anew, or None.
        variable: what the author calls the variable that the answer goes to, or ``""``.
        of_user: whether it is the user who is to say something. What somebody else is to say stands
            in line behind all that users are asked.
        rank: what has a higher one stands in line before all that has a lower one.
    """

    kind: str
    node: str
    choices: Expression | None = None
    prompt: Content | None = None
    variable: str = ""
    of_user: bool = True
    rank: int = 0


@quickly_made
@dataclass(frozen=True, slots=True)
class State:
    """A node of the chart.

    Attributes:
        id: unique in the chart; ``node/child``, with dots escaped (see ``state_id``).
        kind: what it is made of.
        states: its children, in document order.
        initial: for a compound state, where it starts: a transition without events or guard.
            None means the first child. For a history state: its default transition.
        transitions: in order of priority.
        entry: blocks that run when it is entered.
        exit: blocks that run when it is left.
        invocations: started at the end of the macrostep that entered it, cancelled on exit.
        data: variables that live as long as it is active.
        donedata: for a final state, what ``done.state.<parent>`` carries; for a final child of the
            root, the output of the session.
        outcome: for a final child of the root, the outcome of the session; ``""`` is none.
        failed: for a final child of the root, whether reaching it means that the session failed.
        awaits: for a state that listens to the user, what it waits for.
    """

    id: str
    kind: StateKind = StateKind.ATOMIC
    states: tuple[State, ...] = ()
    initial: Transition | None = None
    transitions: tuple[Transition, ...] = ()
    entry: tuple[Actions, ...] = ()
    exit: tuple[Actions, ...] = ()
    invocations: tuple[Invoke, ...] = ()
    data: tuple[Datum, ...] = ()
    donedata: Content | None = None
    outcome: str = ""
    failed: bool = False
    awaits: Awaits | None = None


LIMIT = 20_000
"""How many microsteps a macrostep may take, unless a chart says otherwise."""


@dataclass(frozen=True, slots=True)
class Statechart:
    """A whole machine.

    Attributes:
        name: what people call it.
        states: the children of the root, in document order.
        initial: where it starts; None means the first of ``states``.
        data: variables that live as long as the session.
        inputs: names in ``data`` that may be given to ``start``.
        deferred: event descriptors (UML's deferrable triggers; SCXML has none). An external event
            that matches one and enables no transition is kept, 16 at most, and handled once
            something listens to it. Empty for pure SCXML.
        exact: names of events whose descriptors mean no other event, not even one whose name
            continues theirs with a dot. Empty for pure SCXML.
        limit: microsteps that one macrostep may take.
        contact: what is known of the contact's values: their types, and their values where the
            contact has none. Of others, nothing is known.
        tenant: the same of the tenant.
        charts: what it and those it invokes may invoke, by name; they have no charts of their own.
        rules: what must hold of its sessions; watched while they run, see ``rules``.
    """

    name: str
    states: tuple[State, ...]
    initial: Transition | None = None
    data: tuple[Datum, ...] = ()
    inputs: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    limit: int = LIMIT
    contact: tuple[Datum, ...] = ()
    tenant: tuple[Datum, ...] = ()
    charts: Mapping[str, Statechart] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    # The tables that ``tree.tree_of`` derives once: a chart never changes, so neither do they.
    # Their type is not named here, because what a chart is does not depend on how it is run.
    tree: Any = field(default=None, init=False, repr=False, compare=False)


PART_LIMIT = 100
"""How many characters of a name are told apart by themselves in the id of a state."""

_ESCAPES = str.maketrans({"~": "~0", "/": "~1", ".": "~2", "#": "~3", "*": "~4"})


# A node is named again and again while it is compiled, and by all that is said of it later.
@lru_cache(maxsize=16_384)
def state_id(*parts: str) -> str:
    """The id of a state from the names on the way to it, so that no two ways give one id.

    A dot would make ``done.state.a`` match ``done.state.a.b``, a slash would look like a child, a
    hash like a transition (``state#n``), a star like a wildcard: they are escaped, in the manner
    of a JSON pointer.

    A name of more than ``PART_LIMIT`` characters is cut, and marked with its SHA-256: ids are parts
    of the names of events, which have to end somewhere.

    >>> state_id("ask.name", "~wait")
    'ask~2name/~0wait'
    """
    joined = "/".join(parts)
    # Nearly all names are words of letters, digits and underscores: nothing in them is escaped.
    is_plain = len(joined) <= PART_LIMIT and joined.replace("/", "_").isidentifier()
    if is_plain and joined.count("/") == len(parts) - 1:
        return joined
    return "/".join([_escaped(part) for part in parts])


def _escaped(part: str) -> str:
    if len(part) <= PART_LIMIT and part.isidentifier():
        return part
    if len(part) > PART_LIMIT:
        digest = sha256(part.encode("utf-8", "surrogatepass")).hexdigest()
        part = f"{part[:PART_LIMIT]}~{digest}"
    return part.translate(_ESCAPES)

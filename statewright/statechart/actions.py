"""Executable content: what a state or transition does, as data (SCXML sections 4 and 6)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from statewright.expressions import Content, Expression
from statewright.statechart.making import quickly_made


class Merging(StrEnum):
    """How a value of the contact or the tenant comes of the one that others have left there."""

    INCREMENT = "increment"
    """The operand is added to the number there."""
    APPEND = "append"
    """The operand is put behind the list there."""
    REMOVE = "remove"
    """What equals the operand is taken out of the list there."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What an assignment does to a value that sessions beside this one write too.

    Attributes:
        operation: how the new value comes of the old one.
        operand: what with.
    """

    operation: Merging
    operand: Content


@quickly_made
@dataclass(frozen=True, slots=True)
class Assign:
    """Give a variable, or a part of one, a value; missing maps on the way are created.

    Attributes:
        location: names from the variable down to the part, at least one: ``("order", "total")``.
        value: the new value; absent (an empty optional) unsets the location.
        merge: of a value of the contact or the tenant, how the world comes to ``value``, which is
            what this session sees; None where it is put there, whatever others have written.
    """

    location: tuple[str, ...]
    value: Content
    merge: Merge | None = None


@dataclass(frozen=True, slots=True)
class Raise:
    """Put an event on the internal queue."""

    event: str
    data: Content | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """Show something to the user.

    A hole in ``content`` that has no value prints nothing and is recorded as an incident.
    """

    content: Content


@quickly_made
@dataclass(frozen=True, slots=True)
class Send:
    """Send an event: to this session, to one that it talks with, or to the world, as an effect.

    What SCXML can compute when it sends has an attribute with ``_expr`` behind its name, which
    stands instead of the other one.

    Attributes:
        event: the name of the event.
        data: what it carries.
        target: who gets it: ``""`` is this session's external queue, ``#_internal`` its internal
            one; ``#_parent`` is the session that has invoked it, ``#_<invokeid>`` one that it has
            invoked, ``#_scxml_<id>`` any of them by id; what does not begin so is the world's.
        delay: until it is sent: microseconds, a duration, or a text such as ``1.5s``.
        id: a name under which ``Cancel`` finds it; ``""`` where nobody cancels it.
        type: the I/O processor: ``scxml`` sends to sessions only, ``effect`` to the world only,
            ``""`` to whichever the target says.
        event_expr: computes the name of the event.
        target_expr: computes the target.
        type_expr: computes the type.
        id_location: the variable that an id is written to, which is made up where ``id`` is empty.
    """

    event: str
    data: Content | None = None
    target: str = ""
    delay: Content | None = None
    id: str = ""
    type: str = ""
    event_expr: Content | None = None
    target_expr: Content | None = None
    type_expr: Content | None = None
    id_location: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cancel:
    """Take back this session's delayed sends of an id that have not fired yet.

    Attributes:
        id: the id of the sends.
        id_expr: computes it; stands instead of ``id``.
    """

    id: str = ""
    id_expr: Content | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """One arm of an ``If``."""

    guard: Expression
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class If:
    """Run the actions of the first branch whose guard is true, else ``otherwise``."""

    branches: tuple[Branch, ...]
    otherwise: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class ForEach:
    """Run the actions once per element of a list, of which a copy is taken before the first round.

    Attributes:
        collection: the list.
        item: the variable that holds the element; created where it is not declared.
        index: the variable that holds the position from 0, or ``""``.
        actions: what to run.
    """

    collection: Expression
    item: str
    index: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """Record a value as an incident named ``log``."""

    label: str
    value: Content | None = None


Action = Assign | Raise | Say | Send | Cancel | If | ForEach | Log
"""Everything that a state or transition can do."""

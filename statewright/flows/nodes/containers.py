"""Nodes that have nodes inside them, and the nodes by which those are left."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from statewright.flows.nodes.bodies import Body
from statewright.flows.nodes.interrupts import Interrupt
from statewright.flows.nodes.ports import NEXT
from statewright.flows.nodes.sources import Source


class LoopKind(StrEnum):
    """What decides whether there is another round."""

    EACH = "each"
    """There is a round for every element of a list, which is copied when the loop is entered."""
    WHILE = "while"
    """There is a round as long as a condition holds."""
    TIMES = "times"
    """There are so many rounds."""


@dataclass(frozen=True, slots=True)
class Loop:
    """Goes through its body round by round, then on.

    Ports: ``next`` after the last round; ``break`` where a ``break`` inside it leads, if wired;
    ``limit`` when there would be more rounds than allowed, else that is an error.

    Attributes:
        loop: what decides whether there is another round.
        over: CEL for the list, the condition, or the number of rounds.
        body: what is done in a round.
        item: the name of the element; read-only. Only of ``LoopKind.EACH``.
        index: the name of the number of the round, from 0; read-only; ``""`` for none.
        limit: how many rounds there may be.
    """

    loop: LoopKind
    over: Source
    body: Body
    item: str = ""
    index: str = ""
    limit: int = 1_000
    kind: ClassVar[str] = "loop"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "break", "limit")

    @property
    def bodies(self) -> tuple[Body, ...]:
        """The nodes inside it."""
        return (self.body,)


class ErrorClass(StrEnum):
    """What went wrong, as far as an author tells errors apart."""

    ANY = "any"
    """Every error."""
    REQUEST = "request"
    """A request to the world failed, or was answered with an error: this, and the next six."""
    TIMEOUT = "timeout"
    """Something took too long: a request, a user, people, a flow."""
    NETWORK = "network"
    """Nobody was reached: no connection, no such host, a broken one, or an open breaker."""
    RATE_LIMIT = "rate_limit"
    """Too much was asked for: the status 429, or what others say instead."""
    AUTHENTICATION = "authentication"
    """Who asked was not let in: the status 401, or what others say instead."""
    CONFIGURATION = "configuration"
    """The request cannot be made until somebody changes the flow, or the settings of the server."""
    STATUS = "status"
    """A server answered, with a status that is none of success: any of them, also 401 and 429."""
    ANSWER = "answer"
    """The user's answers would not do, and the retries are used up."""
    REJECTED = "rejected"
    """People did not approve."""
    SUBFLOW = "subflow"
    """A flow that was run ended in a way that counts as failed."""
    LOOP = "loop"
    """A loop would take more rounds than allowed."""
    EXPRESSION = "expression"
    """An expression had no value, or a variable could not hold it."""
    RULE = "rule"
    """A business rule of the flow was broken."""


OWN_CLASSES = tuple(name for name in ErrorClass if name is not ErrorClass.ANY)
"""The classes that an error may be of: the narrowest one that fits it."""

STATUSES = tuple(f"{hundreds}xx" for hundreds in range(1, 6))
"""How all statuses of HTTP are written that begin with a digit."""


@dataclass(frozen=True, slots=True)
class Catch:
    """What is done about some errors.

    Attributes:
        errors: which ones.
        body: what is done.
        name: what the error is called in there, beside ``error``; see ``flows.failures``.
        statuses: of which statuses besides: ``404``, or ``4xx`` for all that begin so.
    """

    errors: tuple[ErrorClass, ...]
    body: Body
    name: str = ""
    statuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Try:
    """Does something that may fail.

    An error in the body goes to the first clause that answers it; an error that none answers, or
    that a clause makes itself, leaves by ``error``, or else goes on to whatever is around. What
    ``last`` says is done in any case before the node is left: by a port of its own, by an edge of a
    node inside it, or by an end; by an interrupt that leads elsewhere; because somebody says
    nothing, or the time of the whole conversation is over; or because it stands in a region that a
    ``parallel`` gives up, since enough others are left, or for an error in another one, which then
    goes on when all is done. Interrupts and handoffs that come back are no ways out. It is not done
    where the session ends otherwise: by an ``end`` or an edge of another region of a ``parallel``
    around it, by an error beside it that nothing catches, in an interrupt, or from outside.

    An error in what ``last`` says ends that. It goes neither to a clause nor out by ``error``, but
    to the node's own ``on_error``, or else to whatever is around, instead of an error before it.

    Ports: ``next`` once the body, or a clause, is left; ``error``.

    Attributes:
        body: what may fail.
        catches: what is done about errors, tried in order.
        last: what is done at last, or None.
    """

    body: Body
    catches: tuple[Catch, ...] = ()
    last: Body | None = None
    kind: ClassVar[str] = "try"
    ports: ClassVar[tuple[str, ...]] = (NEXT, "error")

    @property
    def bodies(self) -> tuple[Body, ...]:
        """The nodes inside it."""
        last = () if self.last is None else (self.last,)
        return (self.body, *(catch.body for catch in self.catches), *last)


@dataclass(frozen=True, slots=True)
class Parallel:
    """Does several things at once.

    Several questions may be open at once. One of them has the floor, and a plain answer is for it:
    the one that was asked first. As long as its region goes on asking, be it the same again or
    something else, it keeps the floor; then the next in line has it. An answer that names its node
    (``{"text": "red", "node": "colour"}``) is for that one.

    The same flow may run in several regions at once. So whatever is asked inside a ``subflow`` (or
    a ``form``) that a parallel holds, be it by a question, an ``approval``, a ``client`` or a
    ``handoff``, is named by its path, from the outermost flow on: ``s1/colour`` is the node
    ``colour`` of the flow that ``s1`` runs. That is its ``node`` in what the session awaits and in
    what is sent out, and in the answer, too; ``colour`` alone is for none of them. In an id, ``~``
    is written as ``~0`` there, and ``/`` as ``~1``.

    It goes on once so many regions are left as ``join`` says: ``all``, ``any``, or a number. The
    others are given up where they stand, with the work that they wait for; tries in there do first
    what they do at last (``finally``). While people have the conversation, by a ``handoff`` in one
    of them, none of the others goes on.

    Attributes:
        regions: what is done, each by itself.
        join: how many regions must be left before it goes on; the others are given up.
    """

    regions: tuple[Body, ...]
    join: int
    kind: ClassVar[str] = "parallel"
    ports: ClassVar[tuple[str, ...]] = (NEXT,)

    @property
    def bodies(self) -> tuple[Body, ...]:
        """The nodes inside it."""
        return self.regions


@dataclass(frozen=True, slots=True)
class Leave:
    """Ends the body of a ``Try`` or ``Interrupt``, or the region of a ``Parallel``, around it."""

    kind: ClassVar[str] = "leave"
    ports: ClassVar[tuple[str, ...]] = ()


Container = Loop | Try | Parallel | Interrupt
"""The kinds of node that have nodes inside them."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Ends a round of the loop around it."""

    kind: ClassVar[str] = "continue"
    ports: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Break:
    """Leaves the loop around it."""

    kind: ClassVar[str] = "break"
    ports: ClassVar[tuple[str, ...]] = ()

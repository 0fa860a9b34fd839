"""Yesterday's conversations on another chart: where what the user sees would differ. Pure.

The events of a history are taken again on the other chart, one after another. What its effects were
answered is taken from the history, too: a result goes to what the other chart asks for in the same
place, or with the same words.

What is compared is an *exchange*: what the user does, and all that the bot says and shows before
the user does something again. Which turns it takes to say that is not for the user to see.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from statewright.errors import CorruptedSession, ForeignSnapshot, SessionBehind, StatewrightError
from statewright.runtime.turns.answer import Answer, answer_from_json
from statewright.runtime.turns.releases import Running
from statewright.runtime.turns.stepping import START, Stepped, begun, due_at, is_stale, stepped
from statewright.statechart import Event, Invocation, Status, event_from_json
from statewright.statechart.event import TICK
from statewright.statechart.interventions.migrating import MIGRATE
from statewright.statechart.interventions.repairs import RESUME, RETRY, SKIP
from statewright.statechart.stepping.awaiting import EFFECT, TIMER
from statewright.storage.records import PastTurn

PORTIONS: Final = 1_000
"""How many portions of what is overdue are fired on the other chart, before it is given up."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a user sees of an exchange.

    Attributes:
        messages: what the bot says, in order.
        asks: the kind of the question that is open at the end (``text``, ``choice``, …), or ``""``.
        choices: what that question offers.
        status: whether the session goes on.
        outcome: of a session that is over, or ``""``.
    """

    messages: tuple[Mapping[str, Any], ...]
    asks: str
    choices: tuple[Mapping[str, Any], ...]
    status: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where two runs of a conversation part.

    Attributes:
        revision: of the turn with which the exchange began.
        what: ``answer`` where the user sees something else; ``unanswered`` where the other chart
            asks for an effect that the history has no answer to; ``failure`` where it cannot take
            an event at all.
        event: what the user did, or ``start``.
        data: what came with it.
        was: what the user saw.
        would_be: what the user would see.
        reason: which effect, or what went wrong; else ``""``.
    """

    revision: int
    what: str
    event: str
    data: Any
    was: Shown
    would_be: Shown
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A conversation that was run on another chart.

    Attributes:
        turns: how many turns of the history were taken.
        divergence: where what the user sees differs first, or None.
        remarks: what to know of the comparison besides.
        stopped: why it could not be carried on to the end, or ``""``.
    """

    turns: int
    divergence: Divergence | None
    remarks: tuple[str, ...] = ()
    stopped: str = ""


@dataclass(slots=True)
class _Exchange:
    """An exchange that is going on: what began it, and what was said in it on both sides."""

    revision: int
    event: Event
    was: list[Mapping[str, Any]] = field(default_factory=list)
    would_be: list[Mapping[str, Any]] = field(default_factory=list)


class Comparer:
    """Takes the turns of a session on another chart.

    Args:
        running: the other chart.
        session: the id of the session.
        was: the chart that it ran.
    """

    def __init__(self, running: Running, session: str, *, was: Running) -> None:
        self._chart = running.chart
        self._session = session
        self._made: Stepped | None = None
        self._stored: Answer | None = None
        self._exchange: _Exchange | None = None
        # Effect id → parameters, on both sides: both give the same ids.
        self._was_asked: dict[str, Any] = {}
        self._asked: dict[str, Any] = {}
        self._turns = 0
        self._divergence: Divergence | None = None
        self._remarks: dict[str, None] = dict.fromkeys(_unknown_values(running, was))
        self._stopped = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be learnt from further turns."""
        return self._divergence is not None or bool(self._stopped)

    @property
    def result(self) -> Comparison:
        """What was found, the exchange that is going on included."""
        if not self.is_over:
            self._compare()
        return Comparison(self._turns, self._divergence, tuple(self._remarks), self._stopped)

    def take(self, turn: PastTurn) -> None:
        """Take the next turn of the history."""
        if self.is_over:
            return
        try:
            event, stored = event_from_json(turn.event), answer_from_json(turn.answer)
        except (StatewrightError, ValueError) as error:
            self._stopped = f"the history cannot be read at revision {turn.revision}: {error}"
            return
        exchange = self._exchange
        if exchange is None or _is_of_user(event):
            if self._diverges_until(event.now):
                return
            exchange = self._exchange = _Exchange(turn.revision, event)
        self._turns += 1
        exchange.was += stored.messages
        try:
            self._feed(event)
        except ForeignSnapshot:
            self._stopped = (
                f"at revision {turn.revision} the session goes on from a state of its own chart"
            )
        except StatewrightError as error:
            self._stored = stored
            self._diverge("failure", str(error))
        self._stored = stored
        self._was_asked |= _asked(turn.effects)

    # --- exchanges -----------------------------------------------------------------------------

    def _diverges_until(self, now: int) -> bool:
        """End the exchange that is going on, if there is one; whether it is another one here."""
        if self._exchange is not None:
            self._let_time_pass(now)
            self._compare()
        return self.is_over

    def _let_time_pass(self, now: int) -> None:
        """Fire the timers that the user has waited for; not where the history's own fired late."""
        if self._made is None or self._stored is None:
            return
        if _is_due(self._stored, now):
            return
        for _ in range(PORTIONS):
            due = due_at(self._made.step.snapshot)
            if due is None or due > now:
                return
            self._step(Event(TICK, None, now))

    def _compare(self) -> None:
        exchange, stored, made = self._exchange, self._stored, self._made
        if exchange is None or stored is None or made is None:
            return
        unanswered = self._unanswered(stored, made)
        if unanswered:
            self._diverge("unanswered", unanswered)
        elif _shown(exchange.was, stored) != _shown(exchange.would_be, made.answer):
            self._diverge("answer", "")

    def _diverge(self, what: str, reason: str) -> None:
        exchange, stored = self._exchange, self._stored
        if exchange is None or stored is None:
            return
        now = self._made.answer if self._made else None
        self._divergence = Divergence(
            revision=exchange.revision,
            what=what,
            event=exchange.event.name,
            data=exchange.event.data,
            was=_shown(exchange.was, stored),
            would_be=_shown(exchange.would_be, now),
            reason=reason,
        )

    def _unanswered(self, stored: Answer, made: Stepped) -> str:
        """The effects that only the other chart waits for, for people; or ``""``."""
        pending = list(made.step.snapshot.invocations)
        for waited in _pending(stored):
            found = self._counterpart(waited, pending)
            if found is not None:
                pending.remove(found)
        asked = [f"`{one.type}` at `{one.state}`" for one in pending]
        return f"the history has no answer to {' and '.join(asked)}" if asked else ""

    # --- events --------------------------------------------------------------------------------

    def _feed(self, event: Event) -> None:
        """Let the other chart handle what the session has handled."""
        if self._made is None:
            self._begin(event)
        elif event.invocation:
            found = self._answered(event.invocation)
            if found is not None:
                kind = event.name.startswith("done.invoke.")
                name = f"{'done.invoke' if kind else 'error.communication'}.{found.name}"
                self._step(replace(event, name=name, invocation=found.id))
        elif event.name == SKIP and isinstance(event.data, Mapping):
            found = self._answered(event.data.get("effect"))
            if found is not None:
                self._step(replace(event, data={**event.data, "effect": found.id}))
        elif event.name in {RETRY, MIGRATE}:
            pass  # The other chart still waits for the same, and is run from the beginning.
        else:
            self._step(event)

    def _begin(self, event: Event) -> None:
        data = event.data
        if event.name == START and isinstance(data, Mapping):
            inputs = data.get("inputs")
            given = inputs if isinstance(inputs, Mapping) else {}
            kept = {name: value for name, value in given.items() if name in self._chart.inputs}
            for name in given.keys() - kept.keys():
                self._remarks[f"`{name}` is no input any more"] = None
            event = replace(event, data={**data, "inputs": kept})
        self._keep(begun(self._chart, self._session, event))

    def _step(self, event: Event) -> None:
        if self._made is None:
            return
        for _ in range(PORTIONS):
            before = self._made.step.snapshot
            try:
                made = stepped(self._chart, before, event)
            except SessionBehind:
                self._keep(stepped(self._chart, before, replace(event, name=TICK, data=None)))
                continue
            if not is_stale(before, made):
                self._keep(made)
            return
        raise SessionBehind(event.name, event.now)

    def _keep(self, made: Stepped) -> None:
        self._made = made
        self._asked |= _asked(made.effects)
        if self._exchange is not None:
            self._exchange.would_be += made.answer.messages

    # --- effects -------------------------------------------------------------------------------

    def _answered(self, effect: Any) -> Invocation | None:
        """What the other chart waits for, where the session waited for an effect; or None."""
        if self._made is None or self._stored is None:
            return None
        waited = next((one for one in _pending(self._stored) if one["id"] == effect), None)
        if waited is None:
            return None
        found = self._counterpart(waited, self._made.step.snapshot.invocations)
        if found is not None and self._asked.get(found.id) != self._was_asked.get(waited["id"]):
            self._remarks[
                f"`{found.type}` at `{found.state}` asks for something else; it got the answer "
                "that the history has"
            ] = None
        return found

    def _counterpart(
        self, waited: Mapping[str, Any], pending: Sequence[Invocation]
    ) -> Invocation | None:
        """Of what the other chart waits for, that which the session waited for."""
        named = [one for one in pending if (one.name, one.type) == (waited["name"], waited["type"])]
        params = self._was_asked.get(waited["id"])
        alike = [
            one for one in pending if one.type == waited["type"] and self._asks_for(one, params)
        ]
        placed = [one for one in named if one.state == waited["state"]]
        return next(iter((*placed, *named, *alike)), None)

    def _asks_for(self, invocation: Invocation, params: Any) -> bool:
        return params is not None and self._asked.get(invocation.id) == params


def _is_of_user(event: Event) -> bool:
    """Whether an event begins an exchange: it is no result, no repair, and more than time."""
    return not event.invocation and event.name not in _BETWEEN


_BETWEEN: Final = frozenset({TICK, RETRY, SKIP, RESUME, MIGRATE})


def _shown(messages: Sequence[Mapping[str, Any]], answer: Answer | None) -> Shown:
    if answer is None:
        return Shown(tuple(messages), "", (), "", "")
    awaiting = answer.awaiting
    # Whether the bot waits for the world or for time, the user sees that it is silent.
    asks = "" if awaiting is None or awaiting["kind"] in {EFFECT, TIMER} else awaiting["kind"]
    choices = tuple(awaiting["choices"]) if awaiting and asks else ()
    return Shown(tuple(messages), asks, choices, str(answer.status), answer.outcome)


def _pending(answer: Answer) -> Sequence[Mapping[str, Any]]:
    """The effects that a session waited for behind a turn: ``{"id", "name", "type", "state"}``."""
    effects: Sequence[Mapping[str, Any]] = answer.awaiting["effects"] if answer.awaiting else ()
    return effects


def _is_due(answer: Answer, now: int) -> bool:
    """Whether a session had a timer that was due at a time, and had not fired."""
    due = answer.awaiting["due"] if answer.awaiting else None
    if due is None or answer.status is not Status.ACTIVE:
        return False
    return datetime.fromisoformat(due).timestamp() * 1_000_000 <= now


def _asked(effects: str) -> dict[str, Any]:
    """Effect id → parameters, as JSON, of the work that a turn has asked for."""
    if '"invoke"' not in effects:
        return {}
    try:
        return {
            one["id"]: one["data"].get("params")
            for one in json.loads(effects)
            if one["kind"] == "invoke"
        }
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CorruptedSession(f"the effects of a turn cannot be read: {error!r}") from None


def _unknown_values(running: Running, was: Running) -> list[str]:
    """What the other chart reads of contact and tenant, and the history does not tell."""
    remarks = []
    for root, needed, known in (
        ("contact", running.contact, was.contact),
        ("tenant", running.tenant, was.tenant),
    ):
        missing = sorted(needed.names - known.names)
        if known.whole or not (missing or needed.whole):
            continue
        names = ", ".join(f"`{root}.{name}`" for name in missing) or f"`{root}`"
        remarks.append(f"the history does not tell {names}, which counts as unset here")
    return remarks

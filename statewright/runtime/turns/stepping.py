"""The pure middle of a turn: state and event in, everything that is stored out.

What takes a turn and what replays one both go through here, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import InvalidEvent
from statewright.runtime.turns.answer import Answer, answer_of
from statewright.runtime.turns.messages import Incoming
from statewright.statechart import (
    Effect,
    EffectKind,
    Event,
    Incident,
    Macrostep,
    Snapshot,
    Statechart,
    Status,
    effect_to_json,
    event_to_json,
    start,
)
from statewright.statechart.forms.codec import read, snapshot_and_variables_to_json, written
from statewright.statechart.forms.snapshot_forms import EFFECT, INCIDENT
from statewright.statechart.forms.tables import many
from statewright.statechart.interventions.intervening import handled
from statewright.statechart.interventions.migrating import MIGRATE
from statewright.statechart.interventions.repairs import FORK, forked
from statewright.statechart.making import maker
from statewright.statechart.patches import Operation
from statewright.statechart.stepping.outside import declaration_of
from statewright.storage.identity import state_hash
from statewright.storage.limits import TEXT_LIMIT
from statewright.storage.patches import Patch, Scope
from statewright.storage.records import Birth, Message, Request, SessionKey, Turn

START: Final = "start"
"""The event that the history begins with: its data are ``{"inputs", "seed"}``."""


@dataclass(frozen=True, slots=True)
class Stepped:
    """A macrostep, and how it is written down.

    Attributes:
        step: what happened.
        answer: what the sender gets.
        snapshot: the new state as canonical JSON.
        state_hash: of that.
        answer_text: of the answer.
        effects: all of them, as JSON.
        effect_texts: each of them.
        incidents: all of them, as JSON.
        chart: what was stepped.
    """

    step: Macrostep
    answer: Answer
    snapshot: str
    state_hash: str
    answer_text: str
    effects: str
    effect_texts: tuple[str, ...]
    incidents: str
    chart: Statechart


_stepped = maker(Stepped)
_request = maker(Request)
_turn = maker(Turn)


def start_event(
    inputs: Mapping[str, Any],
    *,
    seed: str,
    now: int,
    contact: Mapping[str, Any],
    tenant: Mapping[str, Any],
) -> Event:
    """The event that begins a session, with all that its start depends on."""
    return Event(START, {"inputs": dict(inputs), "seed": seed}, now, contact=contact, tenant=tenant)


def begun(chart: Statechart, session: str, event: Event) -> Stepped:
    """Begin a session, at its beginning or in a state of another one.

    Raises:
        ForeignSnapshot: that state belongs to another chart.
        InvalidEvent: the inputs are not usable, or the event is none that begins a session.
    """
    match event.data:
        case {"inputs": inputs, "seed": seed} if event.name == START:
            step = start(
                chart,
                session=session,
                seed=seed,
                now=event.now,
                data=inputs,
                contact=event.contact,
                tenant=event.tenant,
            )
        case _ if event.name == FORK:
            step = forked(chart, session, event)
        case _:
            raise InvalidEvent(f"a session begins with `{START}`, not with `{event.name}`")
    return _written(chart, replace(step, event=event))


def stepped(chart: Statechart, before: Snapshot, event: Event) -> Stepped:
    """Handle an event. A turn that leaves more than can be stored is discarded; the session fails.

    Raises:
        ForeignSnapshot: the snapshot belongs to another chart.
        InvalidEvent: the event is not usable.
        InvalidSnapshot: the snapshot names a state that the chart lacks.
        SessionEnded: a result came to a session that is over.
    """
    made = _written(chart, handled(chart, before, event))
    size = max(map(len, (made.snapshot, made.answer_text, made.effects, made.incidents)))
    if size <= TEXT_LIMIT:
        return made
    if event.name == MIGRATE:
        raise InvalidEvent(f"it would leave {size:,} characters; at most {TEXT_LIMIT:,} are stored")
    after = replace(
        before,
        turns=before.turns + 1,
        now=max(before.now, event.now),
        status=Status.FAILED,
    )
    message = f"the turn would leave {size:,} characters; at most {TEXT_LIMIT:,} can be stored"
    incident = Incident("error.limit", "", message)
    return _written(chart, Macrostep(event, (), after, (), (incident,)))


def _written(chart: Statechart, step: Macrostep) -> Stepped:
    snapshot, variables = snapshot_and_variables_to_json(step.snapshot)
    answer = answer_of(chart, step)
    effects = tuple(map(effect_to_json, step.effects))
    return _stepped(
        step,
        answer,
        snapshot,
        state_hash(snapshot),
        answer.text_with(variables),
        f"[{','.join(effects)}]",
        effects,
        written(_INCIDENTS, step.incidents, InvalidEvent) if step.incidents else "[]",
        chart,
    )


_EFFECTS: Final = many(EFFECT)
_INCIDENTS: Final = many(INCIDENT)


def effects_from_json(text: str) -> tuple[Effect, ...]:
    """The effects of a turn, as the history has them.

    Raises:
        InvalidEvent: the text describes none.
    """
    effects: tuple[Effect, ...] = read(_EFFECTS, text, InvalidEvent, "list of effects")
    return effects


def incidents_from_json(text: str) -> tuple[Incident, ...]:
    """The incidents of a turn, as the history has them.

    Raises:
        InvalidEvent: the text describes none.
    """
    incidents: tuple[Incident, ...] = read(_INCIDENTS, text, InvalidEvent, "list of incidents")
    return incidents


def is_stale(before: Snapshot, made: Stepped) -> bool:
    """Whether nothing came of an event: a result that nobody waits for. It takes no turn."""
    return made.step.snapshot.turns == before.turns


def turn_from(
    key: SessionKey,
    made: Stepped,
    message: Incoming,
    *,
    version: int,
    birth: Birth | None = None,
    onward: tuple[Message, ...] = (),
    recalled: str = "",
) -> Turn:
    """What is committed of a step.

    Args:
        key: whose.
        made: the step.
        message: what was handled.
        version: what the session runs from now on.
        birth: who it is, of its first turn.
        onward: what is handed on to other sessions.
        recalled: the hash of the state that it was stepped from, where that was not loaded.

    Raises:
        UnstorableRecord: the id of the message, or of the contact, is none that can be kept.
    """
    snapshot = made.step.snapshot
    return _turn(
        key=key,
        expected=snapshot.turns - 1,
        message=message.id,
        at=made.step.event.now,
        version=version,
        snapshot=made.snapshot,
        state_hash=made.state_hash,
        status=snapshot.status,
        due_at=due_at(snapshot),
        event=event_to_json(made.step.event),
        answer=made.answer_text,
        effects=made.effects,
        incidents=made.incidents,
        requests=_requests(made),
        patches=tuple(_patches(made)),
        position=message.position,
        birth=birth,
        onward=onward,
        recalled=recalled,
    )


def _requests(made: Stepped) -> tuple[Request, ...]:
    """The effects that the outbox delivers; what is sent is delivered in order."""
    return tuple(
        [
            _request(effect.id, str(effect.kind), text, _STREAMS[effect.kind])
            for effect, text in zip(made.step.effects, made.effect_texts, strict=True)
            if effect.kind in _STREAMS
        ]
    )


_STREAMS: Final[Mapping[EffectKind, str]] = MappingProxyType(
    {EffectKind.INVOKE: "", EffectKind.SEND: "send"}
)


def due_at(snapshot: Snapshot) -> int | None:
    """The earliest deadline; a session that is over may keep timers, but none of them fires."""
    if snapshot.status is not Status.ACTIVE or not snapshot.timers:
        return None
    return snapshot.timers[0].due


def _patches(made: Stepped) -> Iterator[Patch]:
    for effect in made.step.effects:
        if effect.kind is EffectKind.PATCH:
            data = effect.data
            yield Patch(
                Scope(data["scope"]),
                tuple(data["path"]),
                Operation(data["operation"]),
                data.get("value"),
                declaration_of(made.chart, data["scope"], data["path"][0]),
            )

"""Plays a script to a chart: a conversation without a channel, a clock or a world.

Time passes only where the script says so. Effects are answered from fixtures, or by the script, or
stay pending.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final

from statewright.errors import EvaluationError, InvalidScript
from statewright.expressions import SecretText
from statewright.expressions.printing.texts import plain_from_value, text_from_value
from statewright.statechart.definition import Statechart
from statewright.statechart.effects import Effect, EffectKind
from statewright.statechart.event import TICK, Event
from statewright.statechart.playing.script import (
    Advanced,
    Answered,
    Line,
    answer_from_json,
    event_for,
    json_from_line,
    pending,
)
from statewright.statechart.playing.surroundings import Surroundings
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.stepping.algorithm import macrostep, start
from statewright.statechart.stepping.awaiting import Awaiting, awaiting
from statewright.statechart.stepping.scene import timestamp_from_micros
from statewright.statechart.steps import Macrostep
from statewright.statechart.values.canonical import json_from_value

SCRIPT_NOW: Final = 1_767_603_600_000_000
"""When a script begins where nothing else is said: Monday, 2026-01-05, 09:00 UTC."""

SCRIPT_SEED: Final = "statewright"
"""The seed of a script where nothing else is said."""

SCRIPT_SESSION: Final = "script"
"""The session of a script: the ids of its effects are the same every time."""


def session_of(seed: str) -> str:
    """The session of a script with a seed: lots that fall the same way for a session depend on it.

    >>> session_of(SCRIPT_SEED), session_of("7")
    ('script', 'script-7')
    """
    return SCRIPT_SESSION if seed == SCRIPT_SEED else f"{SCRIPT_SESSION}-{seed}"


ANSWERS: Final = 1_000
"""How many effects are answered from fixtures between two lines; then they stay pending."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation, in plain JSON values.

    Attributes:
        turn: its number, from 1; the start is the first.
        input: the line that it answers, as it is written; None for the start.
        messages: what the bot says: ``{"type", "text", …}``.
        effects: what else is asked of the world: ``{"kind", "id", "state", "data"}``.
        awaiting: what the session waits for now: ``{"kind", "node", "state", "choices",
            "effects", "due"}``, with several questions also ``"others"``, or None.
        data: the variables of the session.
        configuration: ids of the active states, in document order.
        status: ``active``, ``completed`` or ``failed``.
        outcome: of a session that is over, or ``""``.
        revision: events handled so far.
        macrostep: what happened, with all that the above leaves out.
    """

    turn: int
    input: Any
    messages: tuple[Mapping[str, Any], ...]
    effects: tuple[Mapping[str, Any], ...]
    awaiting: Mapping[str, Any] | None
    data: Mapping[str, Any]
    configuration: tuple[str, ...]
    status: str
    outcome: str
    revision: int
    macrostep: Macrostep


def turn_of(chart: Statechart, step: Macrostep, line: Any = None) -> Turn:
    """What a macrostep looks like from outside; ``line`` is what it answers, as it is written."""
    snapshot = step.snapshot
    return Turn(
        turn=snapshot.turns,
        input=line,
        messages=messages_of(step),
        effects=tuple(
            json_from_effect(effect) for effect in step.effects if effect.kind is not EffectKind.SAY
        ),
        awaiting=awaited_of(chart, snapshot),
        data=variables_of(snapshot),
        configuration=snapshot.configuration,
        status=str(snapshot.status),
        outcome=snapshot.outcome,
        revision=snapshot.turns,
        macrostep=step,
    )


def messages_of(step: Macrostep) -> tuple[Mapping[str, Any], ...]:
    """What the bot says, as in ``Turn``."""
    said = [effect.data["content"] for effect in step.effects if effect.kind is EffectKind.SAY]
    return tuple(map(_message, said))


def awaited_of(chart: Statechart, snapshot: Snapshot) -> Mapping[str, Any] | None:
    """What a session waits for, as in ``Turn``."""
    waits = awaiting(chart, snapshot)
    return None if waits is None else _awaiting(waits)


def variables_of(snapshot: Snapshot) -> Mapping[str, Any]:
    """The variables of a session, as in ``Turn``."""
    variables: Mapping[str, Any] = _plain(snapshot.data.get("", {}))
    return variables


def json_from_turn(turn: Turn) -> dict[str, Any]:
    """A turn as ``chat --format json`` prints it."""
    return {
        "turn": turn.turn,
        "input": turn.input,
        "messages": list(turn.messages),
        "effects": list(turn.effects),
        "awaiting": turn.awaiting,
        "data": turn.data,
        "configuration": list(turn.configuration),
        "status": turn.status,
        "outcome": turn.outcome,
        "revision": turn.revision,
        "incidents": [
            {"name": one.name, "state": one.state, "message": one.message}
            for one in turn.macrostep.incidents
        ],
    }


def _message(content: Any) -> Mapping[str, Any]:
    if type(content) is not str and isinstance(content, Mapping):
        return {"type": "text", **_plain(content)}
    return {"type": "text", "text": _text(content)}


def _text(value: Any) -> str:
    try:
        return text_from_value(value)
    except EvaluationError:
        return ""


def json_from_effect(effect: Effect) -> Mapping[str, Any]:
    """An effect in plain JSON: ``{"kind", "id", "state", "data"}``; secrets keep their tags."""
    data = _plain(effect.data)
    return {"kind": str(effect.kind), "id": effect.id, "state": effect.state, "data": data}


def _awaiting(waits: Awaiting) -> Mapping[str, Any]:
    return {
        "kind": waits.kind,
        "node": waits.node,
        "state": waits.state,
        **({"owner": waits.owner} if waits.owner else {}),
        "choices": [_plain(choice) for choice in waits.choices],
        "effects": [
            {"id": one.id, "name": one.name, "type": one.type, "state": one.state}
            for one in waits.effects
        ],
        "due": None if waits.due is None else _text(timestamp_from_micros(waits.due)),
        **({"others": [_other(one) for one in waits.others]} if waits.others else {}),
    }


def _other(waits: Awaiting) -> Mapping[str, Any]:
    choices = [_plain(choice) for choice in waits.choices]
    return {"kind": waits.kind, "node": waits.node, "state": waits.state, "choices": choices}


def _plain(value: Any) -> Any:
    """A value in plain JSON; a secret keeps its tag, and what JSON lacks is a text."""
    if type(value) in _AS_IT_IS:
        return value
    if type(value) is dict or isinstance(value, Mapping):
        return _plain_map(value)
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, SecretText):
        return json_from_value(value)
    try:
        return plain_from_value(value)
    except EvaluationError:
        return _text(value)


def _plain_map(value: Mapping[str, Any]) -> dict[str, Any]:
    if _AS_IT_IS.issuperset(map(type, value.values())):
        return dict(value)
    return {key: part if type(part) in _AS_IT_IS else _plain(part) for key, part in value.items()}


_AS_IT_IS: Final = frozenset({str, int, bool, NoneType})
"""Types of values that JSON has: most of all that there is, so they are looked for first."""


class Fixtures:
    """Answers to effects, each taken in its turn.

    Args:
        answers: node, state, name or type of an invocation → ``{"data"}`` or ``{"error"}``, which
            answers every time, or a list of them, used up in order.

    Raises:
        InvalidScript: an answer is none.
    """

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers: dict[str, list[tuple[Any, bool]]] = {}
        self._forever: dict[str, tuple[Any, bool]] = {}
        for place, given in answers.items():
            try:
                if isinstance(given, (list, tuple)):
                    self._answers[place] = [_answer(one) for one in given]
                else:
                    self._forever[place] = _answer(given)
            except InvalidScript as error:
                raise InvalidScript(f"fixture `{place}`: {error}") from None

    def next_for(self, snapshot: Snapshot) -> Answered | None:
        """The next answer to something that is pending, or None."""
        for place, answers in self._answers.items():
            if answers and pending(snapshot, place) is not None:
                return Answered(place, *answers.pop(0))
        for place, answer in self._forever.items():
            if pending(snapshot, place) is not None:
                return Answered(place, *answer)
        return None


def _answer(given: Any) -> tuple[Any, bool]:
    if not isinstance(given, Mapping) or not ({"data", "error"} & given.keys()):
        raise InvalidScript("an answer is a map with `data` or `error`")
    unknown = [key for key in given if key not in {"data", "error"}]
    if unknown:
        raise InvalidScript(f"an answer has `data` or `error`, not `{unknown[0]}`")
    return answer_from_json(given)


def play(  # noqa: PLR0913 (whatever a conversation depends on)
    chart: Statechart,
    script: Iterable[Line],
    *,
    session: str,
    seed: str,
    now: int,
    data: Mapping[str, Any] | None = None,
    fixtures: Mapping[str, Any] | None = None,
    contact: Mapping[str, Any] | None = None,
    tenant: Mapping[str, Any] | None = None,
) -> Iterator[Turn]:
    """Start a session and play a script to it, a turn at a time.

    Lines are asked for when they are needed, so that a script may be written while it is played.
    After each turn, effects are answered from the fixtures, with turns of their own. While time
    advances, it stops at each deadline. What a turn writes to the contact and the tenant, the next
    ones read.

    Args:
        chart: what runs.
        script: what happens; see ``script.parse_script``.
        session: the id of the session.
        seed: of its chance.
        now: when it starts, microseconds since 1970 UTC.
        data: values of the chart's inputs.
        fixtures: see ``Fixtures``.
        contact: values of the contact at the start.
        tenant: values of the tenant at the start.

    Raises:
        InvalidScript: a line does not fit: it answers nothing that is pending, or the session is
            over.
        InvalidEvent: the inputs are not usable.
    """
    answers, outside = Fixtures(fixtures or {}), Surroundings(chart, contact, tenant)
    step = outside.after(
        start(chart, session=session, seed=seed, now=now, data=data, **outside.values)
    )
    yield turn_of(chart, step)
    step = yield from _answer_effects(chart, step, answers, outside, now)
    for number, line in enumerate(script, 1):
        if step.snapshot.status is not Status.ACTIVE:
            raise InvalidScript(
                f"line {number}: the session has {step.snapshot.status} and hears nothing more"
            )
        try:
            event = event_for(line, chart, step.snapshot, now)
        except InvalidScript as error:
            raise InvalidScript(f"line {number}: {error}") from None
        if isinstance(line, Advanced):
            step = yield from _advance(chart, step, line, event, answers, outside)
            now = event.now
            continue
        step = outside.after(macrostep(chart, step.snapshot, outside.around(event)))
        yield turn_of(chart, step, json_from_line(line))
        step = yield from _answer_effects(chart, step, answers, outside, now)


def _advance(
    chart: Statechart,
    step: Macrostep,
    line: Advanced,
    until: Event,
    answers: Fixtures,
    outside: Surroundings,
) -> Generator[Turn, None, Macrostep]:
    """Let time pass, deadline by deadline; the last macrostep."""
    written = json_from_line(line)
    fired = False
    while step.snapshot.status is Status.ACTIVE:
        timers = step.snapshot.timers
        due = timers[0].due if timers else until.now + 1
        if due > until.now and fired:
            break
        moment = min(due, until.now)
        tick = outside.around(Event(TICK, None, moment))
        step = outside.after(macrostep(chart, step.snapshot, tick))
        yield turn_of(chart, step, written)
        if due > until.now:
            break
        fired = True
        step = yield from _answer_effects(chart, step, answers, outside, moment)
    return step


def _answer_effects(
    chart: Statechart, step: Macrostep, answers: Fixtures, outside: Surroundings, now: int
) -> Generator[Turn, None, Macrostep]:
    """Answer what is pending from the fixtures; the last macrostep."""
    for _ in range(ANSWERS):
        if step.snapshot.status is not Status.ACTIVE:
            break
        answer = answers.next_for(step.snapshot)
        if answer is None:
            break
        event = event_for(answer, chart, step.snapshot, now)
        step = outside.after(macrostep(chart, step.snapshot, outside.around(event)))
        yield turn_of(chart, step, json_from_line(answer))
    return step

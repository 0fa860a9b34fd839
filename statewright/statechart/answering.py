"""Which of the triggers of releases an event fires, and what is to begin because of it.

Nothing runs here, and nothing is known of stores: ``answering`` is told what happened, what is
published, and what goes on already; it says what is to begin.

**What an event fires.** ``message`` fires triggers of messages and of keywords,
``conversation.opened`` those of conversations that open, ``webhook`` those of the path that its
data name; any other event those that name it, or a part of its name, as descriptors of events do.
A trigger with a condition fires only where that holds. Schedules and people name what they begin:
see ``due`` and ``begun_by``.

**Who answers.** A message, or the opening of a conversation, begins one session at most: of all
triggers that it fires, the one of the highest priority; of several, the one that asks for most: a
keyword exactly, at the beginning, anywhere, a pattern, any message; of several still, that of the
flow whose name comes first, and of one flow the one that stands first. Any other event begins a
session of every flow that has a trigger for it.

**What does not fit.** A trigger that gives its flow an input which that cannot take begins
nothing: it is passed over, and the next one has its place.

**What goes on already.** Of a flow that runs in the conversation, ``Reentry`` says what happens.
A message of a conversation in which another flow runs is for that one, unless a trigger with a
higher priority than any of that flow's wants it.

**While people have it.** In a conversation that a flow has handed to people, what is said is for
them: a message, or the opening of the conversation, begins nothing, whatever the priority. Other
events begin what they begin, but no session that people are talking in is begun anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, Protocol

from statewright.errors import EvaluationError
from statewright.expressions import evaluate, render
from statewright.expressions.nanoseconds import EPOCH, MICROSECOND
from statewright.expressions.operations.patterns import searcher
from statewright.expressions.operations.schedules import next_run
from statewright.expressions.operations.times import zone_from_text
from statewright.statechart.definition import Datum
from statewright.statechart.event import Event, matches
from statewright.statechart.keywords import holds as holds_word
from statewright.statechart.keywords import holds_first, holds_only
from statewright.statechart.triggers import (
    MESSAGE,
    OPENED,
    WEBHOOK,
    Matching,
    Reentry,
    Trigger,
    TriggerKind,
)
from statewright.statechart.values.coercion import held, kept

RUNS: Final = 1_000
"""How many times at once ``due`` tells."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A flow that may begin.

    Attributes:
        flow: its name.
        triggers: those of its release.
        inputs: what it may be given, or None where whatever it is given is taken to fit.
    """

    flow: str
    triggers: tuple[Trigger, ...]
    inputs: tuple[Datum, ...] | None = None


@dataclass(frozen=True, slots=True)
class Beginning:
    """A session that is to begin.

    Attributes:
        flow: what it runs.
        trigger: the name of what began it.
        inputs: what it is given.
        restart: whether the session of that flow that runs already is to end.
        beside: whether it is for no session that runs already, not even one that just begins.
        problems: inputs that have no value, each with the reason, in words.
        misfits: names of inputs that the flow cannot take; where there are any, nothing begins.
    """

    flow: str
    trigger: str
    inputs: Mapping[str, Any]
    restart: bool = False
    beside: bool = False
    problems: tuple[str, ...] = ()
    misfits: tuple[str, ...] = ()


def answering(
    event: Event,
    offers: Iterable[Offer],
    active: Collection[str] = (),
    people: Collection[str] = (),
) -> tuple[Beginning, ...]:
    """What begins because of an event; nothing where it is for a session that runs.

    Args:
        event: what happened.
        offers: the flows that may begin, each once.
        active: the flows that run in the conversation.
        people: those of them that have handed it to people.
    """
    return tuple(one for one in tried(event, offers, active, people) if not one.misfits)


def tried(
    event: Event,
    offers: Iterable[Offer],
    active: Collection[str] = (),
    people: Collection[str] = (),
) -> tuple[Beginning, ...]:
    """As ``answering``, with those that are passed over since their inputs do not fit."""
    known = tuple(offers)
    single = event.name in {MESSAGE, OPENED}
    if single and people:
        return ()
    floor = _floor(known, active) if single else ()
    begun: set[str] = set()
    found: list[Beginning] = []
    for offer, trigger in _fired(event, known, active):
        flow = offer.flow
        if flow in people and trigger.reentry is Reentry.RESTART:
            continue
        above = all(flow == one or trigger.priority > priority for one, priority in floor)
        if flow in begun or not above:
            continue
        one = begun_by(trigger, event, flow=flow, restart=_restarts(trigger, flow, active))
        misfits = _misfits(one.inputs, offer.inputs)
        found.append(replace(one, misfits=misfits))
        if not misfits:
            begun.add(flow)
            if single:
                break
    return tuple(found)


def _fired(
    event: Event, offers: Iterable[Offer], active: Collection[str]
) -> list[tuple[Offer, Trigger]]:
    """The triggers that an event fires, those first that go before the others."""
    fired = [
        (offer, place, trigger)
        for offer in offers
        for place, trigger in enumerate(offer.triggers)
        if _fires(trigger, event)
        and not (offer.flow in active and trigger.reentry is Reentry.IGNORE)
    ]
    fired.sort(key=lambda one: (*order_of(one[2]), one[0].flow, one[1]))
    return [(offer, trigger) for offer, _, trigger in fired]


def _misfits(inputs: Mapping[str, Any], declared: Iterable[Datum] | None) -> tuple[str, ...]:
    """The names of the inputs that a flow cannot take."""
    if declared is None:
        return ()
    known = {datum.name: datum for datum in declared}
    return tuple(name for name, value in inputs.items() if not _fits(value, known.get(name)))


def _fits(value: Any, declared: Datum | None) -> bool:
    if declared is None:
        return False
    try:
        held(value, declared.type, declared.limits)
    except EvaluationError:
        return False
    return True


def begun_by(trigger: Trigger, event: Event, *, flow: str, restart: bool = False) -> Beginning:
    """What begins by a trigger that is named, whether or not the event fires it.

    Args:
        trigger: what is named.
        event: what happened; its time is that of the beginning.
        flow: the flow of the trigger.
        restart: see ``Beginning``.
    """
    names = _names(event)
    inputs: dict[str, Any] = {}
    problems: list[str] = []
    for name, content in trigger.inputs.items():
        try:
            inputs[name] = kept(render(content, names))
        except EvaluationError as error:
            problems.append(f"`{name}`: {error.reason}")
    beside = trigger.reentry is Reentry.PARALLEL
    return Beginning(flow, trigger.name, inputs, restart, beside, tuple(problems))


def due(offers: Iterable[Offer], after: int, until: int) -> tuple[tuple[int, str, Trigger], ...]:
    """The schedules that fire after a time and not after another one, in order.

    Args:
        offers: the flows that may begin.
        after: microseconds since 1970 UTC; what fires just then is left out.
        until: microseconds since 1970 UTC; what fires just then is not.

    Returns:
        time, flow and trigger of each. If there are more than about ``RUNS``, those that come
        first: ask again from the time of the last one.
    """
    found = [
        (at, offer.flow, trigger)
        for offer in offers
        for trigger in offer.triggers
        if trigger.kind is TriggerKind.SCHEDULE
        for at in _runs(trigger, after, until)
    ]
    found.sort(key=lambda one: (one[0], one[1], one[2].name))
    if len(found) <= RUNS:
        return tuple(found)
    # Those of one time stay together, so that none is missed when it is asked again from there.
    last = found[RUNS - 1][0]
    return tuple(one for one in found if one[0] <= last)


def _runs(trigger: Trigger, after: int, until: int) -> Iterator[int]:
    moment = EPOCH + after * MICROSECOND
    for _ in range(RUNS + 1):
        try:
            moment = next_run(trigger.cron, zone_from_text(trigger.zone), moment)
        except EvaluationError:
            return
        at = (moment - EPOCH) // MICROSECOND
        if at > until:
            return
        yield at


def _floor(offers: Iterable[Offer], active: Collection[str]) -> tuple[tuple[str, int], ...]:
    """The flows that run, each with the greatest priority of its triggers."""
    priorities = {offer.flow: [one.priority for one in offer.triggers] for offer in offers}
    return tuple((flow, max(priorities.get(flow, []), default=0)) for flow in active)


def _restarts(trigger: Trigger, flow: str, active: Collection[str]) -> bool:
    return flow in active and trigger.reentry is Reentry.RESTART


# --- whether it fires -----------------------------------------------------------------------------


def _fires(trigger: Trigger, event: Event) -> bool:
    return _FIRES[trigger.kind](trigger, event) and holds(trigger, event)


def holds(trigger: Trigger, event: Event) -> bool:
    """Whether the condition of a trigger holds; one without a value does not."""
    try:
        return trigger.guard is None or evaluate(trigger.guard, _names(event)) is True
    except EvaluationError:
        return False


def _by_word(trigger: Trigger, event: Event) -> bool:
    if event.name != MESSAGE:
        return False
    text = _input(event)
    if not isinstance(text, str):
        return False
    holds = _MATCHES[trigger.matching]
    return any(holds(text, word) for word in trigger.words)


def _by_event(trigger: Trigger, event: Event) -> bool:
    own = event.name in {MESSAGE, OPENED, WEBHOOK}
    return not own and matches(trigger.event, event.name)


def _by_path(trigger: Trigger, event: Event) -> bool:
    path = event.data.get("path") if isinstance(event.data, dict) else None
    if event.name != WEBHOOK or not isinstance(path, str):
        return False
    return path.strip("/") == trigger.event.strip("/")


_FIRES: Final[Mapping[TriggerKind, Callable[[Trigger, Event], bool]]] = MappingProxyType(
    {
        TriggerKind.MESSAGE: lambda _, event: event.name == MESSAGE,
        TriggerKind.KEYWORD: _by_word,
        TriggerKind.OPENED: lambda _, event: event.name == OPENED,
        TriggerKind.EVENT: _by_event,
        TriggerKind.WEBHOOK: _by_path,
        TriggerKind.SCHEDULE: lambda *_: False,
        TriggerKind.MANUAL: lambda *_: False,
    }
)
"""Whether an event is of the kind that fires a trigger."""


def _finds(text: str, pattern: str) -> bool:
    try:
        return searcher(pattern)(text)
    except EvaluationError:
        return False


_MATCHES: Final[Mapping[Matching, Callable[[str, str], bool]]] = MappingProxyType(
    {
        Matching.CONTAINS: holds_word,
        Matching.EXACT: holds_only,
        Matching.STARTS: holds_first,
        Matching.REGEX: _finds,
    }
)
"""Whether a text holds a word."""

_RANKS: Final = (Matching.REGEX, Matching.CONTAINS, Matching.STARTS, Matching.EXACT)


class Ordered(Protocol):
    """What the order of triggers depends on."""

    @property
    def kind(self) -> TriggerKind:
        """See ``Trigger``."""

    @property
    def matching(self) -> Matching:
        """See ``Trigger``."""

    @property
    def priority(self) -> int:
        """See ``Trigger``."""


def order_of(trigger: Ordered) -> tuple[int, int]:
    """A key that sorts triggers: the greater priority first, then the one that asks for more."""
    keyword = trigger.kind is TriggerKind.KEYWORD
    rank = 1 + _RANKS.index(trigger.matching) if keyword else 0
    return -trigger.priority, -rank


def covers(one: tuple[Matching, str], other: tuple[Matching, str]) -> bool:
    """Whether every text that is sure to hold a word holds another one, too.

    Args:
        one: how a text has to hold the other word, and that word.
        other: how a text holds the word, and the word.
    """
    (matching, word), (how, text) = one, other
    if Matching.REGEX in (matching, how):
        return one == other
    # What asks for more is held with what asks for less, where the word itself holds the other one.
    asks_less = _RANKS.index(matching) <= _RANKS.index(how)
    return asks_less and _MATCHES[matching](text, word)


# --- what expressions see -------------------------------------------------------------------------


def _names(event: Event) -> Mapping[str, Any]:
    names = {
        "event": {"name": event.name, "data": {} if event.data is None else event.data},
        "now": EPOCH + event.now * MICROSECOND,
        "contact": event.contact,
        "tenant": event.tenant,
        "vars": {},
    }
    said = _input(event)
    return names if said is None else {**names, "input": said}


def _input(event: Event) -> Any:
    """What the user said: a value that was chosen, else the text without outer blanks; or None."""
    if not isinstance(event.data, dict):
        return None
    if event.data.get("value") is not None:
        return event.data["value"]
    text = event.data.get("text")
    return text.strip() if isinstance(text, str) else None

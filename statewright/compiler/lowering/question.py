"""Questions: a compound state that asks, waits, complains, and saves.

::

    ask ──▶ wait ──(a good answer)──▶ save ──▶ next, or the port of the choice
             ▲  │
             │  ├──(the first of several messages)──▶ collect ──(silence)──▶ as in wait
             │  ├──(a bad one)──▶ invalid ──┐
             └──┼───────────────────────────┘
                ├──(a bad one, retries used up)──▶ fallback, or an error
                └──(no answer in time)──▶ timeout, or an error

Where the choices come out of data, a state before ``ask`` sees whether there are any: without one
to take, it is as if all attempts had been in vain.

The counter of attempts belongs to the compound state, so it starts anew on every entry from
outside; the timers belong to ``wait``, so they start anew each time the question is asked, but for
the deadline, which stays what it was where it is asked again only because something else is over;
the choices are evaluated once, on entry, and stay as they were shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from statewright.compiler.lowering.answers import (
    SAID,
    TEXT_ONLY,
    TYPED,
    VALUE_GIVEN,
    Said,
    answer,
    is_good,
    is_said,
    saved,
)
from statewright.compiler.lowering.bubbles import lots, shown, text_bubble
from statewright.compiler.lowering.choices import (
    CHOICES,
    OFFERED,
    WITH_CHOICES,
    choices_of,
    offered,
)
from statewright.compiler.lowering.clocks import (
    clocks,
    deadline_anew,
    kept_by_clocks,
    reminder_anew,
    unless_late,
)
from statewright.compiler.lowering.complaints import complaints
from statewright.compiler.lowering.failures import known_failure
from statewright.compiler.lowering.floor import addressed, misdirected
from statewright.compiler.lowering.guards import all_of
from statewright.compiler.lowering.interrupt import heard
from statewright.compiler.lowering.phrases import in_locales
from statewright.compiler.lowering.plan import Piece, Plan, block, done, ways, ways_or_error
from statewright.compiler.lowering.texts import (
    cel,
    location_from,
    quoted,
    template_from,
)
from statewright.compiler.lowering.waiting import timeout, timer
from statewright.compiler.scope import declaration_at
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.model import Node, Variable
from statewright.flows.nodes import (
    NEXT,
    InputKind,
    Question,
    Variant,
    choice_port,
)
from statewright.statechart.actions import Action, Assign, Raise
from statewright.statechart.definition import (
    Actions,
    Awaits,
    Datum,
    State,
    StateKind,
    Transition,
)
from statewright.statechart.triggers import MESSAGE

ATTEMPTS = "~attempts"
CHOSEN = "~chosen"
COLLECTED = "~collected"


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question is put, where that is more than its prompt.

    Attributes:
        variants: what is said; one of several is drawn by lot.
        extra: what goes with the text each time it is asked.
    """

    variants: tuple[Variant, ...]
    extra: Mapping[str, Content]


def lower_question(node: Node, config: Question, plan: Plan, asked: Asked | None = None) -> Piece:
    """The compound state drawn above."""
    asked = asked or Asked((Variant(config.prompt),), {})
    extra = {**offered(config), **asked.extra}
    routed = _routed(node, config, plan)
    states = [
        _ask(node, plan, shown(asked.variants, extra)),
        _wait(node, config, plan),
        _invalid(node, config, plan, extra),
        _save(node, config, plan, routed),
    ]
    if config.window:
        states.insert(2, _collect(node, config, plan))
    if config.choices_from is not None and config.input in WITH_CHOICES:
        states[:0] = _offering(node, plan)
    return Piece(
        State(
            plan.state(node.id),
            StateKind.COMPOUND,
            data=(*_data(config, plan, is_routed=bool(routed)), *lots(asked.variants)),
            states=tuple(states),
        )
    )


def _data(config: Question, plan: Plan, *, is_routed: bool) -> Iterator[Datum]:
    """What a question keeps while it is asked."""
    yield Datum(ATTEMPTS, "int", Literal(0))
    if config.input in WITH_CHOICES:
        yield Datum(CHOICES, "list", choices_of(config), shown=config.choices_from is None)
    if is_routed:
        yield Datum(CHOSEN)
    if config.window:
        yield Datum(COLLECTED, "string", Literal(""))
    yield from kept_by_clocks(config, plan)


def _offering(node: Node, plan: Plan) -> Iterator[State]:
    """The states before a question whose choices come out of data: there may be none to take.

    Where the data could not be made choices of, that is an error, which leads out of here.
    """
    known = f"vars[?{quoted(CHOICES)}]"
    ask = Transition((plan.part(node.id, "~ask"),), guard=parse(f"size({known}.orValue([])) > 0"))
    none = f"{known}.hasValue() && size({OFFERED}) == 0"
    offer = plan.part(node.id, "~offer")
    if plan.is_wired(node.id, "fallback"):
        yield State(offer, transitions=(ask, *ways(plan, node.id, "fallback", when=none)))
        return
    nothing = plan.part(node.id, "~nothing")
    yield State(offer, transitions=(ask, Transition((nothing,), guard=parse(none))))
    yield State(nothing, entry=((Raise("error.flow.retries", _no_answer(node, plan)),),))


def _no_answer(node: Node, plan: Plan) -> Content:
    told = known_failure(node.id, "error.flow.retries")
    return told if plan.tells else Literal({"node": node.id})


def _ask(node: Node, plan: Plan, says: Actions) -> State:
    return State(
        plan.part(node.id, "~ask"),
        entry=(says,),
        transitions=(Transition((plan.part(node.id, "~wait"),)),),
    )


def _wait(node: Node, config: Question, plan: Plan) -> State:
    ours = addressed(node, plan)
    entry, exit_, late = clocks(node, config, plan)
    answers = _judged(node, config, plan, MESSAGE, ours)
    if config.window:
        answers = (_collecting(node, plan, ours), *answers)
    return State(
        plan.part(node.id, "~wait"),
        entry=entry,
        exit=exit_,
        transitions=(
            *heard(node, plan, plan.part(node.id, "~ask"), when=unless_late(config, plan)),
            *misdirected(node, plan),
            *_aside(node, config, plan, ours),
            *answers,
            *late,
        ),
        awaits=_awaits(node, config, plan),
    )


def _awaits(node: Node, config: Question, plan: Plan) -> Awaits:
    offered = parse(OFFERED) if config.input in WITH_CHOICES else None
    variable = _variable(config)
    return Awaits(
        str(config.input),
        plan.name(node.id),
        choices=offered,
        variable=variable,
        rank=plan.rank,
    )


def _judged(
    node: Node, config: Question, plan: Plan, event: str, ours: str, typed: str = TYPED
) -> tuple[Transition, ...]:
    """Where an answer leads: a good one, a bad one, and one too many of those."""
    sent = VALUE_GIVEN if typed == TYPED else ""
    said = Said(typed, local=bool(plan.flow.locale), sent=sent)
    good = is_good(config, OFFERED, _destination(config, plan), said)
    taken = all_of(ours, good, is_said(config, said))
    transitions = [Transition((plan.part(node.id, "~save"),), (event,), taken)]
    if config.retries is None or config.retries > 0:
        again = "" if config.retries is None else f"vars[{quoted(ATTEMPTS)}] < {config.retries}"
        guard = all_of(ours, again)
        transitions.append(Transition((plan.part(node.id, "~invalid"),), (event,), guard))
    if config.retries is not None:
        transitions += ways_or_error(
            plan, node.id, "fallback", "error.flow.retries", events=(event,), when=ours
        )
    return tuple(transitions)


def _aside(node: Node, config: Question, plan: Plan, ours: str) -> Iterator[Transition]:
    """What is no attempt to answer: asking for help, and passing the question by."""
    if config.help is not None:
        guard = all_of(ours, f"{SAID} && answer.says(input, {cel(list(config.help.words))})")
        helping = text_bubble(template_from(config.help.text))
        yield Transition(
            events=(MESSAGE,), guard=guard, actions=(*helping, *reminder_anew(node, config, plan))
        )
    if config.skip:
        words = f"{SAID} && answer.says(input, {cel(list(config.skip))})"
        when = f"({ours}) && {words}" if ours else words
        port = "skip" if plan.is_wired(node.id, "skip") else NEXT
        yield from ways(plan, node.id, port, events=(MESSAGE,), when=when)


def _collecting(node: Node, plan: Plan, ours: str) -> Transition:
    """The first message of an answer that may come in several; a choice is an answer by itself."""
    guard = all_of(ours, TEXT_ONLY)
    first = Assign((COLLECTED,), Computed(parse("event.data.text.trim()")))
    return Transition((plan.part(node.id, "~collect"),), (MESSAGE,), guard, actions=(first,))


def _collect(node: Node, config: Question, plan: Plan) -> State:
    """Takes further messages until nothing has come for a while, then judges all of them as one."""
    name = f"{plan.state(node.id)}/~collect"
    start, stop = timer(name, Literal(config.window))
    ours = addressed(node, plan, "~collect")
    more = Assign(
        (COLLECTED,), Computed(parse(f"vars[{quoted(COLLECTED)}] + ' ' + event.data.text.trim()"))
    )
    guard = all_of(ours, TEXT_ONLY)
    further = Transition(events=(MESSAGE,), guard=guard, actions=(*stop, more, *start))
    return State(
        plan.part(node.id, "~collect"),
        entry=(start,),
        exit=(stop,),
        transitions=(
            # What was said so far is kept: the question is not asked again.
            *heard(node, plan, "", "~collect"),
            *misdirected(node, plan),
            further,
            *_judged(node, config, plan, timeout(name), "", f"vars[{quoted(COLLECTED)}]"),
        ),
        awaits=_awaits(node, config, plan),
    )


def _typed(config: Question) -> str:
    """CEL for what the user said, in one message or in several."""
    if not config.window:
        return TYPED
    collected = f"vars[{quoted(COLLECTED)}]"
    return f"({collected} == '' ? input : {collected})"


def _variable(config: Question) -> str:
    """What the author calls the variable that the answer goes to."""
    return "" if config.variable is None else config.variable.original or config.variable.text


def _invalid(node: Node, config: Question, plan: Plan, extra: Mapping[str, Content]) -> State:
    count = Assign((ATTEMPTS,), Computed(parse(f"vars[{quoted(ATTEMPTS)}] + 1")))
    if config.retry_message is not None:
        retry = template_from(config.retry_message)
    else:
        retry = in_locales(complaints(config, _destination(config, plan), plan.flow))
    return State(
        plan.part(node.id, "~invalid"),
        entry=((count, *deadline_anew(config, plan), *text_bubble(retry, **extra)),),
        transitions=(Transition((plan.part(node.id, "~wait"),)),),
    )


def _save(node: Node, config: Question, plan: Plan, routed: tuple[object, ...]) -> State:
    """Saves the answer, then goes on: by the port of the choice where that is wired."""
    through = (done(plan.state(node.id)),)
    said = Said(_typed(config), local=bool(plan.flow.locale), sent=VALUE_GIVEN)
    transitions: list[Transition] = []
    actions: list[Action] = []
    if config.variable is not None:
        path = location_from(config.variable, plan.variables)
        actions.append(Assign(path, Computed(parse(saved(config, OFFERED, said)))))
    if routed:
        chosen = answer(config, OFFERED, said)
        actions.append(Assign((CHOSEN,), Computed(parse(f"{chosen}.value().value"))))
    for value in routed:
        guard = parse(f"vars[{quoted(CHOSEN)}] == {cel(value)}")
        transitions += [
            Transition(way.targets, way.events, guard, actions=way.actions)
            for way in ways(plan, node.id, choice_port(value), events=through)[:1]
        ]
    all_routed = len(routed) == len(config.choices) > 0 and not plan.is_wired(node.id, NEXT)
    if not all_routed:
        transitions += ways(plan, node.id, NEXT, events=through)
    return State(
        plan.part(node.id, "~save"),
        entry=block(plan.state(node.id), *actions),
        transitions=tuple(transitions),
    )


def _destination(config: Question, plan: Plan) -> Variable | None:
    """What is declared of the place that the answer goes to, if anything is."""
    return (
        None
        if config.variable is None
        else declaration_at(plan.flow, config.variable, plan.variables)
    )


def _routed(node: Node, config: Question, plan: Plan) -> tuple[object, ...]:
    """The values of single choices that have a way of their own."""
    if config.input is not InputKind.CHOICE:
        return ()
    return tuple(
        choice.value
        for choice in config.choices
        if plan.is_wired(node.id, choice_port(choice.value))
    )

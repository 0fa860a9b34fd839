"""Questions: a compound state that asks, waits, complains, and saves.

::

    ask ──▶ wait ──(a good answer)──▶ save ──▶ next, or the port of the choice
             ▲  │
             │  ├──(a bad one)──▶ invalid ──┐
             └──┼───────────────────────────┘
                ├──(a bad one, retries used up)──▶ fallback, or an error
                └──(no answer in time)──▶ timeout, or an error

The counter of attempts belongs to the compound state, so it starts anew on every entry from
outside; the timer belongs to ``wait``, so it starts anew each time the question is asked; the
choices are evaluated once, on entry, and stay as they were shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from statewright.compiler.lowering.answers import DEFAULT_RETRY, answer, is_good, saved
from statewright.compiler.lowering.bubbles import lots, shown, text_bubble
from statewright.compiler.lowering.floor import addressed, all_of
from statewright.compiler.lowering.interrupt import heard
from statewright.compiler.lowering.plan import Piece, Plan, block, done, ways, ways_or_error
from statewright.compiler.lowering.texts import (
    cel,
    location_from,
    quoted,
    record,
    sequence,
    template_from,
)
from statewright.compiler.lowering.waiting import timeout, timer
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.model import Node, Variable
from statewright.flows.nodes import (
    NEXT,
    InputKind,
    Question,
    Source,
    Variant,
    choice_port,
)
from statewright.statechart.actions import Action, Assign
from statewright.statechart.definition import (
    Actions,
    Awaits,
    Datum,
    State,
    StateKind,
    Transition,
)

ATTEMPTS = "~attempts"
CHOICES = "~choices"
CHOSEN = "~chosen"

WITH_CHOICES = frozenset({InputKind.CHOICE, InputKind.MULTIPLE_CHOICE})


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
    extra = {**_offered(config), **asked.extra}
    data = [Datum(ATTEMPTS, "int", Literal(0))]
    if config.input in WITH_CHOICES:
        data.append(Datum(CHOICES, "list", _choices(config), shown=True))
    if _routed(node, config, plan):
        data.append(Datum(CHOSEN))
    return Piece(
        State(
            plan.state(node.id),
            StateKind.COMPOUND,
            data=(*data, *lots(asked.variants)),
            states=(
                _ask(node, plan, shown(asked.variants, extra)),
                _wait(node, config, plan),
                _invalid(node, config, plan, extra),
                _save(node, config, plan),
            ),
        )
    )


def _ask(node: Node, plan: Plan, says: Actions) -> State:
    return State(
        plan.state(node.id, "ask"),
        entry=(says,),
        transitions=(Transition((plan.state(node.id, "wait"),)),),
    )


def _wait(node: Node, config: Question, plan: Plan) -> State:
    ours = addressed(node, plan)
    good = is_good(config, CHOICES, _destination(config, plan))
    transitions = [
        *heard(node, plan, plan.state(node.id, "ask")),
        Transition((plan.state(node.id, "save"),), ("message",), all_of(ours, good)),
    ]
    if config.retries is None or config.retries > 0:
        again = "" if config.retries is None else f"vars[{quoted(ATTEMPTS)}] < {config.retries}"
        guard = all_of(ours, again)
        transitions.append(Transition((plan.state(node.id, "invalid"),), ("message",), guard))
    if config.retries is not None:
        transitions += ways_or_error(
            plan, node.id, "fallback", "error.flow.retries", events=("message",), when=ours
        )
    entry: tuple[Actions, ...] = ()
    exit_: tuple[Actions, ...] = ()
    if config.timeout is not None:
        start, stop = timer(plan.state(node.id), Literal(config.timeout))
        entry, exit_ = (start,), (stop,)
        transitions += ways_or_error(
            plan, node.id, "timeout", "error.flow.timeout", events=(timeout(plan.state(node.id)),)
        )
    return State(
        plan.state(node.id, "wait"),
        entry=entry,
        exit=exit_,
        transitions=tuple(transitions),
        awaits=Awaits(
            str(config.input),
            node.id,
            choices=parse(f"vars[{quoted(CHOICES)}]") if config.input in WITH_CHOICES else None,
            variable=_variable(config),
        ),
    )


def _variable(config: Question) -> str:
    """What the author calls the variable that the answer goes to."""
    return "" if config.variable is None else config.variable.original or config.variable.text


def _invalid(node: Node, config: Question, plan: Plan, extra: Mapping[str, Content]) -> State:
    count = Assign((ATTEMPTS,), Computed(parse(f"vars[{quoted(ATTEMPTS)}] + 1")))
    retry = (
        template_from(config.retry_message)
        if config.retry_message is not None
        else template_from(Source(DEFAULT_RETRY[config.input]))
    )
    return State(
        plan.state(node.id, "invalid"),
        entry=((count, *text_bubble(retry, **extra)),),
        transitions=(Transition((plan.state(node.id, "wait"),)),),
    )


def _save(node: Node, config: Question, plan: Plan) -> State:
    """Saves the answer, then goes on: by the port of the choice where that is wired."""
    through = (done(plan.state(node.id)),)
    transitions: list[Transition] = []
    actions: list[Action] = []
    if config.variable is not None:
        path = location_from(config.variable, plan.variables)
        actions.append(Assign(path, Computed(parse(saved(config, CHOICES)))))
    routed = _routed(node, config, plan)
    if routed:
        actions.append(
            Assign((CHOSEN,), Computed(parse(f"{answer(config, CHOICES)}.value().value")))
        )
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
        plan.state(node.id, "save"),
        entry=block(plan.state(node.id), *actions),
        transitions=tuple(transitions),
    )


def _destination(config: Question, plan: Plan) -> Variable | None:
    """The declared variable that the answer goes to as a whole, if it does."""
    if config.variable is None:
        return None
    path = location_from(config.variable, plan.variables)
    return plan.variables.get(path[0]) if len(path) == 1 else None


def _routed(node: Node, config: Question, plan: Plan) -> tuple[object, ...]:
    """The values of single choices that have a way of their own."""
    if config.input is not InputKind.CHOICE:
        return ()
    return tuple(
        choice.value
        for choice in config.choices
        if plan.is_wired(node.id, choice_port(choice.value))
    )


def _choices(config: Question) -> Content:
    """The choices as they are kept while the question is asked, with all that is known of them."""
    return sequence(
        tuple(
            record(
                {
                    **{name: Literal(value) for name, value in choice.extra.items()},
                    "value": Literal(choice.value),
                    "label": template_from(choice.label),
                }
            )
            for choice in config.choices
        )
    )


def _offered(config: Question) -> Mapping[str, Content]:
    """What goes with the text of a question that offers choices."""
    if config.input not in WITH_CHOICES:
        return {}
    offered = f"vars[{quoted(CHOICES)}].map(c, {{'value': c.value, 'label': c.label}})"
    return {"choices": Computed(parse(offered))}

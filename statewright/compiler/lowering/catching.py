"""Tries: a compound state with a state for the body, for each clause, and for what is done at last.

::

    try ─────(left)──────────────────▶ finally ──▶ end ──▶ next
     ├──(an error of a clause)──▶ catch1 ──▲                ├──▶ error, after an error nobody caught
     └──(any other error)──────────────────┘                └── or it is raised again

What leads out of the body or a clause by a way of its own, such as an edge to a node outside or an
end, leads through ``finally``, too: see ``departures``.

An error that nothing caught is kept in a variable while ``finally`` runs. Raised again, it keeps
its class, so that a try around this one can tell what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from statewright.compiler.lowering.away import GONE, unless_at_last
from statewright.compiler.lowering.departures import departures
from statewright.compiler.lowering.errors import ERRORS, GUARD, answered_by
from statewright.compiler.lowering.failures import failure, told_again
from statewright.compiler.lowering.plan import (
    Piece,
    Plan,
    body_of,
    noting,
    piece_of,
    states_of,
    ways,
)
from statewright.compiler.lowering.texts import cel, quoted
from statewright.expressions import Computed, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Try
from statewright.statechart.actions import Assign, Branch, If, Raise
from statewright.statechart.definition import Actions, Datum, State, StateKind, Transition

KEPT = "~error"
"""The variable that holds an error that nothing caught; null is none."""

FAILED = f"vars[{quoted(KEPT)}] != null"

AWAY = "~away"
"""The variable that holds with which event the conversation is left from beside it, if it is."""

END = "~end"
"""The state behind everything that is done in a try."""


def lower_try(node: Node, config: Try, plan: Plan) -> Piece:
    """The compound state drawn above."""
    ident = plan.state(node.id)
    after = at_last(node, config, plan)
    what = failure()
    kept = noting(plan, what)
    uncaught = Transition((after,), (*ERRORS, GUARD), actions=(Assign((KEPT,), what), *kept))
    caught = tuple(
        Transition((plan.state(node.id, catch.body.name),), events, guard, actions=kept)
        for catch in config.catches
        for events, guard in answered_by(catch)
    )
    inside = {body.name: plan.inside(node, body.name) for body in config.bodies}
    led_away = {
        name: tuple(_led_away(config, after, plan, pieces)) for name, pieces in inside.items()
    }
    answers = {config.body.name: (*caught, uncaught, *led_away[config.body.name])}
    answers |= {one.body.name: (uncaught, *led_away[one.body.name]) for one in config.catches}
    if config.last is not None:
        answers[config.last.name] = tuple(_noted(plan))
    names = {catch.body.name: catch.name for catch in config.catches}
    states = tuple(
        State(
            plan.state(node.id, body.name),
            StateKind.COMPOUND,
            data=(Datum(names[body.name], value=what),) if names.get(body.name) else (),
            states=body_of(plan, node, body, inside[body.name]),
            transitions=answers.get(body.name, ()),
        )
        for body in config.bodies
    )
    pieces = tuple(chain.from_iterable(inside.values()))
    data: tuple[Datum, ...] = (Datum(KEPT, value=Literal(None)),)
    end = _end(node, plan)
    if config.last is not None:
        found = departures(ident, (*states, end), after)
        # What is done at last may lead elsewhere: then that is where it goes.
        states = tuple(one if one.id == after else found.diverted(one) for one in states)
        if found.ways:
            data = (*data, found.datum)
            end = replace(end, transitions=(*found.onwards(), *end.transitions))
    ends = [end]
    if led_away[config.body.name]:
        data = (*data, Datum(AWAY, "string", Literal("")))
        onwards = Transition((f"{ident}/{GONE}",), guard=parse(f"vars[{quoted(AWAY)}] != ''"))
        ends = [replace(end, transitions=(onwards, *end.transitions)), _gone(ident, plan)]
    # What went wrong before is no news in here, and least of all in what is done at last.
    entry = (noting(plan, Computed(parse("optional.none()"))),) if plan.keeps else ()
    state = State(ident, StateKind.COMPOUND, data=data, entry=entry, states=(*states, *ends))
    return piece_of(state, pieces)


def _led_away(config: Try, after: str, plan: Plan, inside: Iterable[Piece]) -> Iterator[Transition]:
    """The ways to what is done at last when the conversation is left from beside it."""
    if config.last is not None and plan.aways:
        which = Assign((AWAY,), Computed(parse("event.name")))
        waits = unless_at_last(states_of(inside))
        yield Transition((after,), plan.aways, waits, actions=(which,))


def _noted(plan: Plan) -> Iterator[Transition]:
    """What is done at last is done also where the region is given up meanwhile, and then left.

    What is to be left because of something further out stays what it is.
    """
    if plan.given_up:
        arms = tuple(
            Branch(
                parse(
                    f"event.name == {quoted(event)} && "
                    f"vars[{quoted(AWAY)}] in {cel(['', *plan.aways[number + 1 :]])}"
                ),
                (Assign((AWAY,), Literal(event)),),
            )
            for number, event in enumerate(plan.aways)
            if event in plan.given_up
        )
        yield Transition(events=plan.given_up, actions=(If(arms),))


def _gone(ident: str, plan: Plan) -> State:
    """Where a try is ready for the conversation to be left; so are those around it then."""
    arms = tuple(
        Branch(parse(f"vars[{quoted(AWAY)}] == {quoted(event)}"), (Raise(event),))
        for event in plan.aways
    )
    return State(f"{ident}/{GONE}", entry=((If(arms),),))


def at_last(node: Node, config: Try, plan: Plan) -> str:
    """Where it goes on when the body, or a clause, is left."""
    if config.last is None:
        return plan.part(node.id, END)
    return plan.state(node.id, config.last.name)


def _end(node: Node, plan: Plan) -> State:
    """Leads on; or to ``error``; or raises the error again, as what it was."""
    wired = plan.is_wired(node.id, "error")
    again: Actions = (If((Branch(parse(FAILED), (told_again(KEPT),)),)),)
    return State(
        plan.part(node.id, END),
        entry=() if wired else (again,),
        transitions=(
            *(ways(plan, node.id, "error", when=FAILED) if wired else ()),
            *ways(plan, node.id, NEXT, when=f"!({FAILED})"),
        ),
    )

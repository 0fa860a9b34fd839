"""Work that is done elsewhere: a compound state that asks for it, then saves what came back.

::

    call ──(a result)──▶ save ──▶ success
      │                   └──(what is to be saved is not there)──┐
      ├──(a result that will not do, none, or too late)──────────┴──▶ error
      └──(the same, where a fallback is given)──▶ fallback: saves that, then success
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from statewright.compiler.lowering.assignment import like
from statewright.compiler.lowering.failures import (
    failed_request,
    failure,
    late_failure,
    useless_result,
)
from statewright.compiler.lowering.plan import (
    Piece,
    Plan,
    block,
    done,
    noting,
    ways,
    ways_or_error,
)
from statewright.compiler.lowering.texts import expression_from, location_from, quoted
from statewright.compiler.lowering.waiting import timeout, timer
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import Action, Backoff, Http, Llm, Source
from statewright.statechart.actions import Assign
from statewright.statechart.definition import Actions, Datum, Invoke, State, StateKind, Transition

Named = tuple[tuple[str, Content], ...]
"""Names under which a result is read when it is saved, each with its value."""

Saved = tuple[tuple[Source, Source], ...]
"""Variables, each with CEL for what is saved in it."""


Effort = Http | Action | Llm
"""What says how often, and for how long, work is tried."""


@dataclass(frozen=True, slots=True)
class Work:
    """Something that is asked for.

    Attributes:
        type: who does it.
        request: what they are given.
        timeout: microseconds until it counts as failed.
        result: what a result is called, read from the event that brings it.
        save: what is saved of it.
        success: the port by which it goes on.
        error: the event that is raised where no edge says where a failure leads.
        good: CEL that a result must satisfy, or ``""`` where each will do.
        fallback: the result that stands in for a failure, or None.
        refused: what is told of a result that is not good, by node and event.
    """

    type: str
    request: Content
    timeout: int
    result: Named
    save: Saved
    success: str
    error: str
    good: str = ""
    fallback: Named | None = None
    refused: Callable[[str, str], Content] = useless_result


def effort_of(config: Effort) -> dict[str, Content]:
    """What the engine is told about tries: microseconds; what is not said is the usual.

    Args:
        config: says how often, and for how long, it is tried.
    """
    fields: dict[str, Content] = {
        "timeout": Literal(config.timeout),
        "retries": Literal(config.retries),
    }
    if config.try_timeout is not None:
        fields["try_timeout"] = Literal(config.try_timeout)
    if config.retries and config.backoff != Backoff():
        backoff = config.backoff
        fields["backoff"] = Literal(
            {
                "growth": backoff.growth.value,
                "wait": backoff.wait,
                "longest": backoff.longest,
                "jitter": float(backoff.jitter),
            }
        )
    if config.breaker is not None:
        breaker = config.breaker
        kept = {"last_good": breaker.last_good} if breaker.last_good else {}
        fields["breaker"] = Literal(
            {"failures": breaker.failures, "within": breaker.within, "rest": breaker.rest, **kept}
        )
    return fields


def lower_work(node: Node, work: Work, plan: Plan) -> Piece:
    """The compound state drawn above."""
    states = [_call(node, work, plan), _save(node, work, plan, "~save", work.result)]
    if work.fallback is not None:
        states.append(_save(node, work, plan, "~fallback", work.fallback))
    return Piece(State(plan.state(node.id), StateKind.COMPOUND, states=tuple(states)))


def _call(node: Node, work: Work, plan: Plan) -> State:
    ident = plan.state(node.id)
    returned, broken = f"done.invoke.{ident}", f"error.communication.{ident}"
    start, stop = timer(ident, Literal(work.timeout))
    guard = parse(work.good) if work.good else None
    save = Transition((plan.part(node.id, "~save"),), (returned,), guard)
    events = (returned, broken, timeout(ident)) if work.good else (broken, timeout(ident))
    if work.fallback is None:
        tells = (work.refused,) * bool(work.good) + (failed_request, late_failure)
        failures = _failing(node, work, plan, dict(zip(events, tells, strict=True)))
    else:
        failures = (Transition((plan.part(node.id, "~fallback"),), events),)
    return State(
        plan.part(node.id, "~call"),
        entry=(start,),
        exit=(stop,),
        invocations=(Invoke(ident, work.type, work.request),),
        transitions=(save, *failures),
    )


def _failing(
    node: Node, work: Work, plan: Plan, told: Mapping[str, Callable[[str, str], Content]]
) -> tuple[Transition, ...]:
    """The ways out of work that failed: each event tells something else, where anybody asks."""
    if not plan.tells:
        return ways_or_error(plan, node.id, "error", work.error, events=tuple(told))
    return tuple(
        way
        for event, what_of in told.items()
        for way in ways_or_error(
            plan,
            node.id,
            "error",
            work.error,
            events=(event,),
            what=what_of(node.id, work.error),
        )
    )


def _save(node: Node, work: Work, plan: Plan, name: str, result: Named) -> State:
    unfit = misfit_ways(node, plan)
    return saving(node, plan, name, result, work.save, work.success, unfit)


def misfit_ways(node: Node, plan: Plan) -> tuple[Transition, ...]:
    """The ways by ``error``, if there are any, when what came back cannot be saved."""
    if not plan.is_wired(node.id, "error"):
        return ()
    noted = noting(plan, failure(node.id))
    return ways(plan, node.id, "error", events=("error.execution.action",), actions=noted)


def saving(
    node: Node,
    plan: Plan,
    name: str,
    result: Named,
    save: Saved,
    port: str,
    failing: tuple[Transition, ...] = (),
) -> State:
    """A state that saves what came back, and goes on by a port when all of it is saved."""
    ident = plan.state(node.id)
    kept, actions = saved(plan, save)
    return State(
        plan.part(node.id, name),
        data=(*(Datum(name, value=value) for name, value in result), *kept),
        entry=block(ident, *actions),
        transitions=(*ways(plan, node.id, port, events=(done(ident),)), *failing),
    )


def saved(plan: Plan, save: Saved) -> tuple[tuple[Datum, ...], Actions]:
    """What saves all of something, or nothing of it: the variables that this takes, and actions.

    Each value is first kept where whatever fits fits the variable that it is for; only when all
    are there, they are written. So none reads what another one writes.
    """
    places = [location_from(variable, plan.variables) for variable, _ in save]
    values = [Computed(expression_from(mapping)) for _, mapping in save]
    if len(save) <= 1:
        return (), tuple(map(Assign, places, values))
    data = tuple(like(plan, variable) for variable, _ in save)
    kept = tuple(Assign((datum.name,), value) for datum, value in zip(data, values, strict=True))
    read = (Computed(parse(f"vars[?{quoted(datum.name)}]")) for datum in data)
    return data, (*kept, *map(Assign, places, read))

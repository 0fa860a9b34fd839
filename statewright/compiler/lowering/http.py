"""Asking a web service: a compound state that calls, then saves what came back.

::

    call ──(a response)──▶ save ──▶ success
      │                     └──(a mapping finds nothing)──┐
      ├──(no status of success, no response, too late)────┴──▶ error
      └──(the same, where a fallback is given)──▶ fallback: saves it, then success
"""

from __future__ import annotations

from statewright.compiler.lowering.plan import Piece, Plan, block, done, ways, ways_or_error
from statewright.compiler.lowering.texts import (
    content_from,
    expression_from,
    location_from,
    record,
    template_from,
)
from statewright.compiler.lowering.waiting import timeout, timer
from statewright.expressions import Computed, Content, Literal, Place, parse
from statewright.flows.model import Node
from statewright.flows.nodes import Http
from statewright.statechart.actions import Assign
from statewright.statechart.definition import (
    Datum,
    Invoke,
    State,
    StateKind,
    Transition,
)

RESPONSE = "response"
"""The name under which mappings read the response: ``{"status", "headers", "body"}``."""

GOOD_STATUS = "!has(event.data.status) || event.data.status < 300"
"""Only 2xx is success (RFC 9110, 15): a redirect that gets here was not followed, so what was asked
for was not done. A status that is no number has no value here, and so is not good either."""


def lower_http(node: Node, config: Http, plan: Plan) -> Piece:
    """The compound state drawn above."""
    states = [_call(node, config, plan), _save(node, config, plan, "save", "event.data")]
    if config.fallback is not None:
        fields = {"status": Literal(200), "headers": Literal({})}
        body = record({**fields, "body": content_from(config.fallback)})
        states.append(_save(node, config, plan, "fallback", body))
    return Piece(State(plan.state(node.id), StateKind.COMPOUND, states=tuple(states)))


def _call(node: Node, config: Http, plan: Plan) -> State:
    ident = plan.state(node.id)
    returned, broken = f"done.invoke.{ident}", f"error.communication.{ident}"
    start, stop = timer(plan.state(node.id), Literal(config.timeout))
    save = Transition((plan.state(node.id, "save"),), (returned,), parse(GOOD_STATUS))
    if config.fallback is not None:
        fallback = (plan.state(node.id, "fallback"),)
        failures: tuple[Transition, ...] = (
            Transition(fallback, (returned, broken, timeout(plan.state(node.id)))),
        )
    else:
        failures = _failing(node, plan, (returned, broken, timeout(plan.state(node.id))))
    return State(
        plan.state(node.id, "call"),
        entry=(start,),
        exit=(stop,),
        invocations=(Invoke(ident, "http", _request(config)),),
        transitions=(save, *failures),
    )


def _failing(node: Node, plan: Plan, events: tuple[str, ...]) -> tuple[Transition, ...]:
    return ways_or_error(plan, node.id, "error", "error.flow.http", events=events)


def _save(node: Node, config: Http, plan: Plan, name: str, response: str | Content) -> State:
    value = Computed(parse(response)) if isinstance(response, str) else response
    actions = (
        Assign(location_from(variable, plan.variables), Computed(expression_from(mapping)))
        for variable, mapping in config.save
    )
    failures = ("error.execution.action",)
    return State(
        plan.state(node.id, name),
        data=(Datum(RESPONSE, value=value),),
        entry=block(plan.state(node.id), *actions),
        transitions=(
            *ways(plan, node.id, "success", events=(done(plan.state(node.id)),)),
            *(_failing(node, plan, failures) if plan.is_wired(node.id, "error") else ()),
        ),
    )


def _request(config: Http) -> Content:
    """What the engine is asked to do; ``timeout`` is in microseconds."""
    fields: dict[str, Content] = {
        "method": Literal(config.method),
        "url": template_from(config.url, Place.URL),
        "headers": record(
            {name: template_from(source, Place.HEADER) for name, source in config.headers}
        ),
        "query": record({name: content_from(value) for name, value in config.query}),
        "timeout": Literal(config.timeout),
        "retries": Literal(config.retries),
    }
    if config.body is not None:
        fields["body"] = content_from(config.body)
    return record(fields)

"""Where a conversation begins: at the start, unless it depends on how, or when, it does."""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.lowering.plan import Plan, lost
from statewright.compiler.lowering.texts import quoted
from statewright.expressions import parse
from statewright.flows.goals import Goal
from statewright.flows.model import BUSINESS_HOURS
from statewright.flows.names import variable_in_cel
from statewright.statechart.definition import State, Transition
from statewright.statechart.triggers import ENTRY


def begin_id(plan: Plan) -> str:
    """The id of that state."""
    return f"{plan.home}/~begin"


def begin_of(plan: Plan) -> State | None:
    """An atomic state with one eventless transition per beginning; None where there is only one."""
    ways = tuple(_ways(plan))
    if not ways:
        return None
    entries = plan.graph.entries[:1]
    start = Transition((plan.state(entries[0]),)) if entries else lost("the flow", "start")
    return State(begin_id(plan), transitions=(*ways, start))


def is_routed(plan: Plan) -> bool:
    """Whether it depends on the trigger where a conversation begins."""
    return not plan.prefix and any(one.to is not None for one in plan.flow.triggers)


def _ways(plan: Plan) -> Iterator[Transition]:
    for trigger in plan.flow.triggers:
        if is_routed(plan) and trigger.to is not None:
            guard = f"vars[{quoted(ENTRY)}] == {quoted(trigger.name)}"
            yield _way(plan, trigger.to, guard, trigger.name)
    hours = plan.flow.settings.business_hours
    if hours is not None and hours.closed is not None:
        guard = f"!{variable_in_cel(BUSINESS_HOURS)}.isOpen(now)"
        yield _way(plan, hours.closed, guard, "closed")


def _way(plan: Plan, goal: Goal, guard: str, port: str) -> Transition:
    when = parse(guard)
    if not plan.is_top(goal.node):
        return lost("the flow", port, guard=when)
    return Transition((plan.state(goal.node),), guard=when)

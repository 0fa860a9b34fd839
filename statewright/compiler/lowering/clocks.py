"""How long a question waits: its reminder, and the end of its patience."""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.lowering.bubbles import text_bubble
from statewright.compiler.lowering.plan import Plan, ways_or_error
from statewright.compiler.lowering.texts import quoted, template_from
from statewright.compiler.lowering.waiting import timeout, timer
from statewright.expressions import Computed, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import Question
from statewright.statechart.actions import Assign, Branch, If
from statewright.statechart.definition import Actions, Datum, Transition

REMINDED = "~reminded"
"""The variable that counts the reminders."""

DUE = "~due"
"""The variable that keeps the deadline where it outlasts what comes between."""


def kept_by_clocks(config: Question, plan: Plan) -> Iterator[Datum]:
    """The variables that the clocks of a question need."""
    if config.reminder is not None:
        yield Datum(REMINDED, "int", Literal(0))
    if _keeps_deadline(config, plan):
        yield Datum(DUE, "timestamp")


def reminder_anew(node: Node, config: Question, plan: Plan) -> Actions:
    """What lets the time until the next reminder begin anew, since somebody has said something."""
    if config.reminder is None:
        return ()
    start, stop = timer(_reminder(node, plan), Literal(config.reminder.after))
    more = parse(f"vars[{quoted(REMINDED)}] < {config.reminder.times}")
    return (*stop, If((Branch(more, start),)))


def deadline_anew(config: Question, plan: Plan) -> Actions:
    """What lets the deadline begin anew, since there was an answer, though one that will not do."""
    if not _keeps_deadline(config, plan):
        return ()
    return (Assign((DUE,), Computed(parse("optional.none()"))),)


def unless_late(config: Question, plan: Plan) -> str:
    """CEL for that a question may still be answered; ``""`` where it always may.

    One whose time is over when the conversation comes back to it is not asked again.
    """
    if not _keeps_deadline(config, plan):
        return ""
    due = quoted(DUE)
    return f"!(vars[?{due}].hasValue() && vars[{due}] <= now)"


def _keeps_deadline(config: Question, plan: Plan) -> bool:
    """Whether a question has a deadline that outlasts what comes between."""
    return config.timeout is not None and bool(plan.returns)


def _reminder(node: Node, plan: Plan) -> str:
    return f"{plan.state(node.id)}/~reminder"


def clocks(
    node: Node, config: Question, plan: Plan
) -> tuple[tuple[Actions, ...], tuple[Actions, ...], tuple[Transition, ...]]:
    """The reminder and the deadline: what starts them, what stops them, where they lead."""
    ident = plan.state(node.id)
    entry: list[Actions] = []
    exit_: list[Actions] = []
    late: list[Transition] = []
    if config.reminder is not None:
        name = _reminder(node, plan)
        start, stop = timer(name, Literal(config.reminder.after))
        entry.append(start)
        exit_.append(stop)
        count = Assign((REMINDED,), Computed(parse(f"vars[{quoted(REMINDED)}] + 1")))
        more = parse(f"vars[{quoted(REMINDED)}] < {config.reminder.times}")
        words = text_bubble(template_from(config.reminder.text))
        actions = (*words, count, If((Branch(more, start),)))
        late.append(Transition(events=(timeout(name),), actions=actions))
    if config.timeout is not None:
        start, stop = _deadline(ident, config.timeout, plan)
        entry.append(start)
        exit_.append(stop)
        late += ways_or_error(
            plan, node.id, "timeout", "error.flow.timeout", events=(timeout(ident),)
        )
    return tuple(entry), tuple(exit_), tuple(late)


def _deadline(ident: str, limit: int, plan: Plan) -> tuple[Actions, Actions]:
    """The timer of the end of waiting; where the question may be asked again, it stays the same."""
    if not plan.returns:
        return timer(ident, Literal(limit))
    due = f"vars[?{quoted(DUE)}].orValue(now + duration('{limit}us'))"
    start, stop = timer(ident, Computed(parse(f"vars[{quoted(DUE)}] - now")))
    return (Assign((DUE,), Computed(parse(due))), *start), stop

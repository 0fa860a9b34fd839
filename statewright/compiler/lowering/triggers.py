"""What begins a conversation → the triggers of a release."""

from __future__ import annotations

from statewright.compiler.lowering.texts import content_from, guard_from
from statewright.expressions import Content, Literal
from statewright.flows.model import Flow
from statewright.flows.triggers import Trigger as Written
from statewright.statechart.triggers import ENTRY, Trigger, TriggerKind


def triggers_of(flow: Flow) -> tuple[Trigger, ...]:
    """The triggers of a flow, in their order."""
    return tuple(_trigger(written, flow) for written in flow.triggers)


def _trigger(written: Written, flow: Flow) -> Trigger:
    inputs: dict[str, Content] = {name.text: content_from(value) for name, value in written.inputs}
    if written.to is not None:
        inputs[ENTRY] = Literal(written.name)
    schedule = written.kind is TriggerKind.SCHEDULE
    return Trigger(
        name=written.name,
        kind=written.kind,
        guard=None if written.guard is None else guard_from(written.guard),
        inputs=inputs,
        priority=written.priority,
        reentry=written.reentry,
        words=tuple(word.text for word in written.words),
        matching=written.matching,
        event=written.event,
        cron=written.cron,
        zone=written.zone or (flow.settings.zone if schedule else ""),
    )

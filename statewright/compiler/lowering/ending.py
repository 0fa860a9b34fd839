"""Where a flow ends: a final state, of the chart or of the flow in it."""

from __future__ import annotations

from statewright.compiler.lowering.bubbles import says
from statewright.compiler.lowering.plan import Piece, Plan
from statewright.compiler.lowering.texts import quoted, record
from statewright.compiler.scope import output_variables
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import End
from statewright.statechart.definition import Actions, State, StateKind


def lower_end(node: Node, config: End, plan: Plan) -> Piece:
    """A final state; its last words are entry actions."""
    says_last = (says(config.message),) if config.message else ()
    return Piece(None, (final_state(node, plan, says_last, config.outcome, failed=config.failed),))


def final_state(
    node: Node, plan: Plan, entry: tuple[Actions, ...], outcome: str, *, failed: bool = False
) -> State:
    """The state in which a flow ends at a node; inside another flow it tells that one of it."""
    ident = plan.state(node.id)
    if plan.prefix:
        told = carried(outcome, plan, failed=failed)
        return State(ident, StateKind.FINAL, entry=entry, donedata=told)
    return State(ident, StateKind.FINAL, entry=entry, outcome=outcome, failed=failed)


def carried(outcome: str, plan: Plan, *, failed: bool) -> Content:
    """What the end of a flow inside another one tells: how it ended, and its variables."""
    names = output_variables(plan.flow)
    entries = (f"?{quoted(name)}: vars[?{quoted(name)}]" for name in names)
    output = Computed(parse("{" + ", ".join(entries) + "}"))
    return record({"outcome": Literal(outcome), "failed": Literal(failed), "output": output})

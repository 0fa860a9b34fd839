"""Asking somebody outside, who answers with an event: the user's client, or people who approve.

::

    ask ──▶ wait ──(the event, with the id of the node)──▶ save ──▶ next
                ├──(the event that says no)──▶ error; or saved, and rejected
                ├──(an event that says neither)── says so to whoever watches, and waits on
                └──(no time left)──▶ timeout

Nobody is asked again because something else comes between: see ``freezing``. What the user says
meanwhile is kept for the next question. What is not a map answers nothing, since it names no node.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from statewright.compiler.lowering.bubbles import says
from statewright.compiler.lowering.events import DECIDED, FAILURE, RESULT
from statewright.compiler.lowering.failures import client_failure
from statewright.compiler.lowering.floor import no_map, sent_to
from statewright.compiler.lowering.interrupt import heard
from statewright.compiler.lowering.plan import Piece, Plan, ways_or_error
from statewright.compiler.lowering.texts import content_from, quoted, record, template_from
from statewright.compiler.lowering.waiting import timeout, timer
from statewright.compiler.lowering.work import Named, Saved, misfit_ways, saving
from statewright.errors import ExpressionError
from statewright.expressions import Computed, Content, Literal, parse
from statewright.expressions.syntax import Name, Select
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Approval, Client, Source
from statewright.statechart.actions import Log, Say, Send
from statewright.statechart.definition import Actions, Awaits, State, StateKind, Transition

DECISION = "decision"
"""The name under which that event is read when it is saved."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Something that is asked of somebody outside.

    Attributes:
        kind: what is waited for, as ``Awaits.kind`` says it.
        asks: what is said and sent.
        answers: the event that brings the answer, and CEL that holds when it says yes.
        refusal: the event that says no, CEL that holds then, the port where it leads, and the event
            that is raised where no edge does.
        result: what the answer is called, read from the event.
        save: what is saved of it.
        limit: microseconds to wait, or None for without end.
        keeps_refusal: whether what is saved is saved of a refusal, too.
        misfit: what is recorded of an answer that says neither, or ``""``.
        waiting: what the user is told again when the conversation goes on after something else.
    """

    kind: str
    asks: Actions
    answers: tuple[str, str]
    refusal: tuple[str, str, str, str]
    result: Named
    save: Saved
    limit: int | None
    keeps_refusal: bool = False
    misfit: str = ""
    waiting: Actions = ()


def lower_client(node: Node, config: Client, plan: Plan) -> Piece:
    """The client is told with what it is shown, since that is what it reads."""
    asked: dict[str, Content] = {
        "type": Literal("client"),
        "action": Literal(config.action),
        "with": record({name: content_from(value) for name, value in config.parameters}),
        "node": Literal(plan.name(node.id)),
    }
    inquiry = Inquiry(
        "client",
        (Say(record(asked)),),
        (RESULT, ""),
        (FAILURE, "", "error", "error.flow.client"),
        (("result", Computed(parse("event.data.?result.orValue(null)"))),),
        config.save,
        config.timeout,
    )
    return _lowered(node, inquiry, plan)


def lower_approval(node: Node, config: Approval, plan: Plan) -> Piece:
    """People are asked by an effect; what the user is told comes first."""
    asked: dict[str, Content] = {
        "request": template_from(config.request),
        "node": Literal(plan.name(node.id)),
    }
    if config.assignee is not None:
        asked["assignee"] = content_from(config.assignee)
    undecided = f"`{DECIDED}` for `{plan.name(node.id)}` decides nothing"
    inquiry = Inquiry(
        "approval",
        (*says(config.message), Send("approval", record(asked), target="approval")),
        (DECIDED, _decides("true")),
        (DECIDED, _decides("false"), "rejected", "error.flow.rejected"),
        ((DECISION, Computed(parse("event.data"))),),
        tuple((variable, _if_given(mapping)) for variable, mapping in config.save),
        config.timeout,
        keeps_refusal=True,
        waiting=says(config.message),
        misfit=f"{undecided}: `approved` must be true or false",
    )
    return _lowered(node, inquiry, plan)


def _decides(answer: str) -> str:
    """CEL that holds for one decision, and for nothing else that may be sent."""
    return f"has(event.data.approved) && event.data.approved == {answer}"


def _if_given(mapping: Source) -> Source:
    """Where a part of the decision is asked for, and nothing else: nothing, if it is not there.

    People need not say why, and that they did not is no reason to forget what they decided.
    """
    try:
        root = parse(mapping.text).root
    except ExpressionError:
        return mapping
    path: list[str] = []
    while isinstance(root, Select) and not root.optional:
        path.append(root.field)
        root = root.operand
    if not path or not isinstance(root, Name) or root.name != DECISION:
        return mapping
    parts = "".join(f"[?{quoted(name)}]" for name in reversed(path))
    return replace(mapping, text=f"{DECISION}{parts}")


def _lowered(node: Node, inquiry: Inquiry, plan: Plan) -> Piece:
    wait = plan.part(node.id, "~wait")
    ask = State(
        plan.part(node.id, "~ask"), entry=(inquiry.asks,), transitions=(Transition((wait,)),)
    )
    port = inquiry.refusal[2]
    # What cannot be saved is no result, either.
    failing = misfit_ways(node, plan) if port == "error" else ()
    states = [
        ask,
        _wait(node, inquiry, plan),
        saving(node, plan, "~save", inquiry.result, inquiry.save, NEXT, failing),
    ]
    if _keeps_refusal(node, inquiry, plan):
        states.append(saving(node, plan, "~refused", inquiry.result, inquiry.save, port))
    return Piece(State(plan.state(node.id), StateKind.COMPOUND, states=tuple(states)))


def _keeps_refusal(node: Node, inquiry: Inquiry, plan: Plan) -> bool:
    return inquiry.keeps_refusal and plan.is_wired(node.id, inquiry.refusal[2])


def _refusing(node: Node, inquiry: Inquiry, plan: Plan, ours: str) -> tuple[Transition, ...]:
    event, no, port, error = inquiry.refusal
    when = " && ".join(filter(None, (ours, no)))
    if _keeps_refusal(node, inquiry, plan):
        return (Transition((plan.part(node.id, "~refused"),), (event,), parse(when)),)
    what = client_failure(node.id, error) if port == "error" and plan.tells else None
    return ways_or_error(plan, node.id, port, error, events=(event,), when=when, what=what)


def _heard(node: Node, inquiry: Inquiry, plan: Plan) -> tuple[Transition, ...]:
    """What may happen at any time, and what is done when the conversation comes back from it."""
    ways_in = heard(node, plan, "")
    if not (inquiry.waiting and plan.returns):
        return ways_in
    return (*ways_in, Transition(events=plan.returns, actions=inquiry.waiting))


def _wait(node: Node, inquiry: Inquiry, plan: Plan) -> State:
    ident = plan.state(node.id)
    ours = sent_to(node, plan)
    answered, yes = inquiry.answers
    guard = parse(" && ".join(filter(None, (ours, yes))))
    misfit: Actions = (Log("undecided", Literal(inquiry.misfit)),) if inquiry.misfit else ()
    transitions = [
        *_heard(node, inquiry, plan),
        *(no_map(event, misfit) for event in dict.fromkeys((answered, inquiry.refusal[0]))),
        Transition((plan.part(node.id, "~save"),), (answered,), guard),
        *_refusing(node, inquiry, plan, ours),
    ]
    if misfit:
        transitions.append(Transition(events=(answered,), guard=parse(ours), actions=misfit))
    entry: tuple[Actions, ...] = ()
    exit_: tuple[Actions, ...] = ()
    if inquiry.limit is not None:
        start, stop = timer(ident, Literal(inquiry.limit))
        entry, exit_ = (start,), (stop,)
        transitions += ways_or_error(
            plan, node.id, "timeout", "error.flow.timeout", events=(timeout(ident),)
        )
    return State(
        plan.part(node.id, "~wait"),
        entry=entry,
        exit=exit_,
        transitions=tuple(transitions),
        awaits=Awaits(inquiry.kind, plan.name(node.id), of_user=False, rank=plan.rank),
    )

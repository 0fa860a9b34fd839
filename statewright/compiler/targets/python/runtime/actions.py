"""What actions do. An error ends their block and no other, and becomes an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from statewright.compiler.targets.python.runtime.contents import (
    ACTION_ERROR,
    ActionError,
    culprit,
    fields_of,
    is_true,
    kept_value,
    shown,
    text_of,
    value_of,
)
from statewright.compiler.targets.python.runtime.names import seen_by
from statewright.compiler.targets.python.runtime.sending import send
from statewright.compiler.targets.python.runtime.session import OutOfBounds, Session
from statewright.compiler.targets.python.runtime.tables import Node
from statewright.compiler.targets.python.runtime.writing import set_location
from statewright.errors import EvaluationError
from statewright.expressions import Computed, render
from statewright.expressions.printing.texts import text_from_value
from statewright.expressions.values import Maybe, type_name
from statewright.statechart.actions import (
    Assign,
    Cancel,
    ForEach,
    If,
    Log,
    Merge,
    Raise,
    Say,
    Send,
)
from statewright.statechart.definition import Actions, Datum
from statewright.statechart.effects import EffectKind
from statewright.statechart.event import Event, EventKind
from statewright.statechart.stepping.bounds import ROUNDS
from statewright.statechart.values.writing import Merged


def execute(session: Session, node: Node, actions: Actions, place: str) -> None:
    """Run a block of actions of a state; ``place`` tells its blocks apart."""
    session.node = node
    try:
        _run(session, actions, (place,))
    except ActionError as failed:
        _fail(session, failed)


def _fail(session: Session, failed: ActionError) -> None:
    session.fail(ACTION_ERROR, failed.error, failed.expression, failed.sendid)


def _run(session: Session, actions: Actions, place: tuple[Any, ...]) -> None:
    for number, action in enumerate(actions):
        session.place = (*place, number)
        _RUN[type(action)](session, action)


def _assign(session: Session, action: Assign, *, first: bool = False) -> None:
    content = action.value
    try:
        value = render(content, *seen_by(session))
        if type(value) is Maybe and value.present:
            value = value.value
        merged = None if action.merge is None else _merged(session, action.merge)
        set_location(session, action.location, value, first=first, merged=merged)
    except EvaluationError as error:
        raise ActionError(error, culprit(session, content)) from None


def _merged(session: Session, merge: Merge) -> Merged:
    return merge.operation, kept_value(session, merge.operand)


def _raise(session: Session, action: Raise) -> None:
    data = kept_value(session, action.data)
    session.queue.append(Event(action.event, data, session.turn.now, EventKind.INTERNAL))


def _say(session: Session, action: Say) -> None:
    session.request(EffectKind.SAY, {"content": shown(session, action.content)})


def _cancel(session: Session, action: Cancel) -> None:
    sendid = action.id
    if action.id_expr is not None:
        sendid = text_of(session, action.id_expr, "id of a send")
    if sendid:
        session.cancel_timers(sendid)


def _if(session: Session, action: If) -> None:
    place = session.place
    for arm, branch in enumerate(action.branches):
        session.place = (*place, "if", arm)
        if is_true(session, branch.guard, id(branch)):
            _run(session, branch.actions, (*place, arm))
            return
    _run(session, action.otherwise, (*place, "else"))


def _for_each(session: Session, action: ForEach) -> None:
    place = session.place
    items = value_of(session, Computed(action.collection))
    if type(items) is not list:
        reason = f"a loop runs over a list, not a {type_name(items)}"
        raise ActionError(EvaluationError(reason), action.collection.text)
    for index, item in enumerate(items):
        session.turn.rounds += 1
        if session.turn.rounds > ROUNDS:
            raise OutOfBounds(f"its loops take more than {ROUNDS} rounds")
        try:
            set_location(session, (action.item,), item)
            if action.index:
                set_location(session, (action.index,), index)
        except EvaluationError as error:
            raise ActionError(error, action.collection.text) from None
        _run(session, action.actions, (*place, index))


def _log(session: Session, action: Log) -> None:
    value = "" if action.value is None else value_of(session, action.value)
    try:
        text = text_from_value(value)
    except EvaluationError as error:
        raise ActionError(error) from None
    session.report("log", ": ".join(filter(None, (action.label, text))))


_RUN: Final[dict[type, Callable[[Session, Any], None]]] = {
    Assign: _assign,
    Raise: _raise,
    Say: _say,
    Send: send,
    Cancel: _cancel,
    If: _if,
    ForEach: _for_each,
    Log: _log,
}


def initialise(
    session: Session, node: Node, data: tuple[Datum, ...], given: Mapping[str, Any]
) -> None:
    """Create the variables that a state declares; ``given`` values go before those declared.

    A value that cannot be had leaves its variable unset and raises an error.
    """
    session.node = node
    variables = session.variables(node.id)
    variables.clear()
    for number, datum in enumerate(data):
        if datum.name in given:
            variables[datum.name] = given[datum.name]
        elif datum.value is not None:
            session.place = ("data", number)
            try:
                if datum.shown:
                    made = shown(session, datum.value)
                    set_location(session, (datum.name,), made, first=True)
                else:
                    _assign(session, Assign((datum.name,), datum.value), first=True)
            except EvaluationError as error:
                _fail(session, ActionError(error))
            except ActionError as failed:
                _fail(session, failed)


def donedata(session: Session, node: Node) -> Any:
    """What a final state carries out; errors are raised, and leave out what they are of."""
    if node.state is None or node.state.donedata is None:
        return None
    session.node = node
    session.place = ("donedata",)
    return fields_of(session, node.state.donedata)

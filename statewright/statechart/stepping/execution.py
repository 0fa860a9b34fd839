"""Runs actions on a working state.

An error in a block of actions ends that block and no other; it is recorded as an incident and
raised as ``error.execution.action``. What the block did before stays done (SCXML 4.9), but for what
it wrote to the values of the contact and the tenant: others change them, too, so that nothing could
put them back afterwards without undoing what these have done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions import Computed
from statewright.expressions.printing.texts import text_from_value
from statewright.expressions.values import type_name
from statewright.statechart.actions import (
    Assign,
    Cancel,
    ForEach,
    If,
    Log,
    Raise,
    Say,
    Send,
)
from statewright.statechart.definition import Actions
from statewright.statechart.effects import EffectKind
from statewright.statechart.stepping.assignment import assign, set_location
from statewright.statechart.stepping.bounds import ROUNDS, OutOfBoundsError
from statewright.statechart.stepping.evaluation import (
    ACTION_ERROR,
    ActionError,
    fields_of,
    is_true,
    shown,
    value_of,
)
from statewright.statechart.stepping.sending import cancel, raise_event, send
from statewright.statechart.stepping.working import Working
from statewright.statechart.structure.nodes import Node


def execute(working: Working, node: Node, actions: Actions, place: str) -> None:
    """Run a block of actions of a state; ``place`` tells its blocks apart.

    An error ends the block and becomes an event.
    """
    working.node = node
    family = working.family
    contact, tenant, asked = family.contact, family.tenant, len(family.effects)
    try:
        _run(working, actions, (place,))
    except ActionError as failed:
        if family.contact is not contact or family.tenant is not tenant:
            family.contact, family.tenant = contact, tenant
            _take_back_patches(working, asked)
        _fail(working, failed)


def _take_back_patches(working: Working, asked: int) -> None:
    """Ask for no patches since so many effects; the others move up, and their ids with them."""
    effects = working.family.effects
    since = effects[asked:]
    del effects[asked:]
    for effect in since:
        if effect.kind is not EffectKind.PATCH:
            working.request(effect.kind, effect.data)


def _fail(working: Working, failed: ActionError) -> None:
    working.fail(ACTION_ERROR, failed.error, failed.expression, failed.sendid)


def _run(working: Working, actions: Actions, place: tuple[Any, ...]) -> None:
    for number, action in enumerate(actions):
        working.place = (*place, number)
        _RUN[type(action)](working, action)


def _say(working: Working, action: Say) -> None:
    working.request(EffectKind.SAY, {"content": shown(working, action.content)})


def _if(working: Working, action: If) -> None:
    place = working.place
    for arm, branch in enumerate(action.branches):
        working.place = (*place, "if", arm)
        if is_true(working, branch.guard, id(branch)):
            _run(working, branch.actions, (*place, arm))
            return
    _run(working, action.otherwise, (*place, "else"))


def _for_each(working: Working, action: ForEach) -> None:
    place = working.place
    items = value_of(working, Computed(action.collection))
    if type(items) is not list:
        reason = f"a loop runs over a list, not a {type_name(items)}"
        raise ActionError(EvaluationError(reason), action.collection.text)
    family = working.family
    for index, item in enumerate(items):
        family.rounds += 1
        if family.rounds > ROUNDS:
            raise OutOfBoundsError(f"its loops take more than {ROUNDS} rounds")
        try:
            set_location(working, (action.item,), item)
            if action.index:
                set_location(working, (action.index,), index)
        except EvaluationError as error:
            raise ActionError(error, action.collection.text) from None
        _run(working, action.actions, (*place, index))


def _log(working: Working, action: Log) -> None:
    value = "" if action.value is None else value_of(working, action.value)
    try:
        text = text_from_value(value)
    except EvaluationError as error:
        raise ActionError(error) from None
    working.report("log", ": ".join(filter(None, (action.label, text))))


_RUN: Final[dict[type, Callable[[Working, Any], None]]] = {
    Assign: assign,
    Raise: raise_event,
    Say: _say,
    Send: send,
    Cancel: cancel,
    If: _if,
    ForEach: _for_each,
    Log: _log,
}


def initialise(working: Working, node: Node, data: Any, given: Mapping[str, Any]) -> None:
    """Create the variables that a state declares; ``given`` values go before those declared.

    A value that cannot be had leaves its variable unset and raises an error.
    """
    working.node = node
    variables = working.variables(node.id)
    variables.clear()
    for number, datum in enumerate(data):
        if datum.name in given:
            variables[datum.name] = given[datum.name]
        elif datum.value is not None:
            working.place = ("data", number)
            try:
                if datum.shown:
                    made = shown(working, datum.value)
                    set_location(working, (datum.name,), made, first=True)
                else:
                    assign(working, Assign((datum.name,), datum.value), first=True)
            except EvaluationError as error:
                _fail(working, ActionError(error))
            except ActionError as failed:
                _fail(working, failed)


def donedata(working: Working, node: Node) -> Any:
    """What a final state carries out; errors are raised, and leave out what they are of."""
    if node.state is None or node.state.donedata is None:
        return None
    working.node = node
    working.place = ("donedata",)
    return fields_of(working, node.state.donedata)

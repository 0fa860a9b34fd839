"""Runs actions and evaluates guards on a working state. Only here do expressions meet data.

An error in a block of actions ends that block and no other; it is recorded as an incident and
raised as ``error.execution.action``. A guard that fails counts as false and raises
``error.execution.guard``, once per macrostep and never while an error is handled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from statewright.errors import EvaluationError, StatewrightError
from statewright.expressions import (
    Computed,
    Content,
    Expression,
    SecretText,
    evaluate,
    expressions_in,
    render,
)
from statewright.expressions.nanoseconds import MICROSECOND
from statewright.expressions.printing import text_from_value
from statewright.expressions.values import NOTHING, Maybe, type_name
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
from statewright.statechart.coercion import coerced, held, is_absent, kept, with_part
from statewright.statechart.definition import Actions, Invoke, State
from statewright.statechart.effects import EffectKind
from statewright.statechart.event import LATEST, Event, EventKind, matches
from statewright.statechart.nodes import Arc, Node
from statewright.statechart.working import Working

ROUNDS: Final = 1_000_000
"""How many rounds all loops of one macrostep may take."""

ACTION_ERROR: Final = "error.execution.action"
GUARD_ERROR: Final = "error.execution.guard"
TEMPLATE_ERROR: Final = "error.template"

INTERNAL: Final = "#_internal"
"""The target of a send that puts its event on the internal queue."""


WRITTEN: Final = 5_000_000
"""How many characters, and parts of lists and maps, one macrostep may write to variables."""


class OutOfBoundsError(StatewrightError):
    """A macrostep does more than it may; it is caught where the macrostep was begun."""


def condition_match(working: Working, arc: Arc) -> bool:
    """Whether a transition's guard is true (appendix D, ``conditionMatch``)."""
    if arc.guard is None:
        return True
    working.node = arc.source
    working.place = (arc.id,)
    return _is_true(working, arc.guard, arc)


def _is_true(working: Working, guard: Expression, owner: object) -> bool:
    try:
        value = evaluate(guard, working.names, working.host)
    except EvaluationError as error:
        _guard_failed(working, guard, owner, error)
        return False
    if value is True or value is False:
        return value
    reason = f"a guard is true or false, not a {type_name(value)}"
    _guard_failed(working, guard, owner, EvaluationError(reason))
    return False


def _guard_failed(
    working: Working, guard: Expression, owner: object, error: EvaluationError
) -> None:
    if owner in working.reported or working.quiet:
        return
    working.reported.add(owner)
    if _handles_error(working):
        working.report(GUARD_ERROR, error.reason, guard.text)
    else:
        working.fail(GUARD_ERROR, error, guard.text)


def _handles_error(working: Working) -> bool:
    event = working.event
    return event is not None and matches("error", event.name)


def execute(working: Working, node: Node, actions: Actions, place: str) -> None:
    """Run a block of actions of a state; ``place`` tells its blocks apart.

    An error ends the block and becomes an event.
    """
    if not actions:
        return
    working.node = node
    try:
        _run(working, actions, (place,))
    except _ActionError as failed:
        working.fail(ACTION_ERROR, failed.error, failed.expression)


class _ActionError(Exception):
    """Carries an error, and the expression it is of, out of a block."""

    def __init__(self, error: EvaluationError, expression: str) -> None:
        super().__init__(error.reason)
        self.error = error
        self.expression = expression


def _run(working: Working, actions: Actions, place: tuple[Any, ...]) -> None:
    for number, action in enumerate(actions):
        working.place = (*place, number)
        _RUN[type(action)](working, action)


def _value(working: Working, content: Content) -> Any:
    """The value of a content.

    Raises:
        _ActionError: it has none.
    """
    try:
        if type(content) is Computed:
            return evaluate(content.expression, working.names, working.host)
        return render(content, working.names, working.host)
    except EvaluationError as error:
        raise _ActionError(error, _culprit(working, content)) from None


def _culprit(working: Working, content: Content) -> str:
    """The text of the first expression of a content that has no value."""
    expressions = list(expressions_in(content))
    for expression in expressions:
        try:
            evaluate(expression, working.names, working.host)
        except EvaluationError:
            return expression.text
    return expressions[0].text if len(expressions) == 1 else ""


def _kept_value(working: Working, content: Content | None) -> Any:
    """The value of a content as it can be kept; None for no content."""
    if content is None:
        return None
    value = _value(working, content)
    try:
        return kept(value)
    except EvaluationError as error:
        raise _ActionError(error, _culprit(working, content)) from None


def _assign(working: Working, action: Assign) -> None:
    content = action.value
    try:
        if type(content) is Computed:
            value = evaluate(content.expression, working.names, working.host)
        else:
            value = render(content, working.names, working.host)
        if type(value) is Maybe and value.present:
            value = value.value
        set_location(working, action.location, value)
    except EvaluationError as error:
        raise _ActionError(error, _culprit(working, content)) from None


def set_location(working: Working, location: tuple[str, ...], value: Any) -> None:
    """Give a variable, a part of one, or a value of the contact or the tenant, a value.

    Args:
        working: whose data change.
        location: names from the variable down to the part.
        value: the new value; an empty ``Maybe`` unsets the location.

    Raises:
        EvaluationError: there is no such variable, or it cannot hold this.
    """
    name = location[0]
    scope = working.node.scope
    variable = scope.found.get(name)
    if variable is None:
        if name in _PATCHED:
            _patch(working, name, location[1:], value)
            return
        variable = scope.variable(name)
        if variable is None:
            raise EvaluationError(f"no variable `{name}` is declared here")
    variables = working.variables(variable.scope)
    if type(value) is Maybe and not value.present:
        _unset(variables, name, location[1:])
    elif len(location) == 1:
        variables[name] = held(value, variable.type, variable.limits, working.spent)
    elif variable.type in _WITH_PARTS:
        part = kept(value, working.spent)
        variables[name] = with_part(variables.get(name), location[1:], part)
    else:
        raise EvaluationError(f"`{name}` is declared as {variable.type}, which has no parts")
    if working.spent[0] > WRITTEN:
        raise OutOfBoundsError(f"it writes more than {WRITTEN:,} characters and parts of values")


def _unset(variables: dict[str, Any], name: str, path: tuple[str, ...]) -> None:
    if not path:
        variables.pop(name, None)
    elif not is_absent(variables.get(name), path):
        variables[name] = with_part(variables[name], path, NOTHING)


_PATCHED: Final = frozenset({"contact", "tenant"})
_WITH_PARTS: Final = frozenset({"map", "dyn"})


def _patch(working: Working, scope: str, path: tuple[str, ...], value: Any) -> None:
    if not path:
        raise EvaluationError(f"`{scope}` cannot be replaced as a whole; assign to a part of it")
    unset = type(value) is Maybe and not value.present
    value = value if unset else kept(value)
    if scope == "contact":
        working.contact = with_part(working.contact, path, value)
    else:
        working.tenant = with_part(working.tenant, path, value)
    patch = {"operation": "unset" if unset else "set", "path": list(path), "scope": scope}
    working.request(EffectKind.PATCH, patch if unset else {**patch, "value": value})


def _raise(working: Working, action: Raise) -> None:
    data = _kept_value(working, action.data)
    working.queue.append(Event(action.event, data, working.now, EventKind.INTERNAL))


def _say(working: Working, action: Say) -> None:
    working.request(EffectKind.SAY, {"content": _shown(working, action.content)})


def _shown(working: Working, content: Content) -> Any:
    """What a user sees of a content: an incident, and nothing, where there is no value."""

    def blank(error: EvaluationError, expression: str) -> None:
        working.report(TEMPLATE_ERROR, error.reason, expression)

    return _without_secrets(working, render(content, working.names, working.host, blank))


def _without_secrets(working: Working, value: Any) -> Any:
    """What is said: a secret prints nothing, since only effects may use one."""
    match value:
        case SecretText(parts):
            working.report(TEMPLATE_ERROR, "a secret is not shown to anybody")
            return "".join(part for part in parts if isinstance(part, str))
        case dict():
            return {key: _without_secrets(working, part) for key, part in value.items()}
        case list():
            return [_without_secrets(working, part) for part in value]
        case _:
            return value


def _send(working: Working, action: Send) -> None:
    if action.target and action.target != INTERNAL:
        sent = None if action.data is None else _value(working, action.data)
        request = {"data": sent, "event": action.event, "target": action.target}
        working.request(EffectKind.SEND, {**request, "id": action.id} if action.id else request)
        return
    data = _kept_value(working, action.data)
    if action.target == INTERNAL:
        event = Event(action.event, data, working.now, EventKind.INTERNAL, "", action.id)
        working.queue.append(event)
    else:
        delay = 0 if action.delay is None else _delay(working, action.delay)
        if delay > 0:
            working.set_timer(working.now + delay, action.event, data, action.id)
        else:
            event = Event(action.event, data, working.now, sendid=action.id)
            working.outbox.append(event)


def _delay(working: Working, content: Content) -> int:
    """Microseconds from now; a time that has passed is now."""
    value = _value(working, content)
    try:
        micros: int = coerced(value // MICROSECOND if type(value) is timedelta else value, "int")
    except EvaluationError as error:
        raise _ActionError(error, _culprit(working, content)) from None
    if working.now + micros > LATEST:
        reason = f"a delay of {micros} microseconds ends after the year 9999"
        raise _ActionError(EvaluationError(reason), _culprit(working, content))
    return micros


def _cancel(working: Working, action: Cancel) -> None:
    working.cancel_timers(action.id)


def _if(working: Working, action: If) -> None:
    place = working.place
    for arm, branch in enumerate(action.branches):
        working.place = (*place, "if", arm)
        if _is_true(working, branch.guard, id(branch)):
            _run(working, branch.actions, (*place, arm))
            return
    _run(working, action.otherwise, (*place, "else"))


def _for_each(working: Working, action: ForEach) -> None:
    place = working.place
    items = _value(working, Computed(action.collection))
    if type(items) is not list:
        reason = f"a loop runs over a list, not a {type_name(items)}"
        raise _ActionError(EvaluationError(reason), action.collection.text)
    for index, item in enumerate(items):
        working.rounds += 1
        if working.rounds > ROUNDS:
            raise OutOfBoundsError(f"its loops take more than {ROUNDS} rounds")
        try:
            set_location(working, (action.item,), item)
            if action.index:
                set_location(working, (action.index,), index)
        except EvaluationError as error:
            raise _ActionError(error, action.collection.text) from None
        _run(working, action.actions, (*place, index))


def _log(working: Working, action: Log) -> None:
    value = "" if action.value is None else _value(working, action.value)
    try:
        text = text_from_value(value)
    except EvaluationError as error:
        raise _ActionError(error, "") from None
    working.report("log", ": ".join(filter(None, (action.label, text))))


_RUN: Final[dict[type, Callable[[Working, Any], None]]] = {
    Assign: _assign,
    Raise: _raise,
    Say: _say,
    Send: _send,
    Cancel: _cancel,
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
                    set_location(working, (datum.name,), _shown(working, datum.value))
                else:
                    _assign(working, Assign((datum.name,), datum.value))
            except _ActionError as failed:
                working.fail(ACTION_ERROR, failed.error, failed.expression)


def donedata(working: Working, node: Node, state: State) -> Any:
    """What a final state carries out; an error is raised and leaves nothing to carry."""
    working.node = node
    working.place = ("donedata",)
    try:
        return _kept_value(working, state.donedata)
    except _ActionError as failed:
        working.fail(ACTION_ERROR, failed.error, failed.expression)
        return None


def invoke(working: Working, node: Node, invocation: Invoke) -> None:
    """Start the work of a state; parameters without a value are the work's own failure."""
    working.node = node
    working.place = ("invoke", invocation.id)
    try:
        params = _value(working, invocation.params)
    except _ActionError as failed:
        name = f"error.communication.{invocation.id}"
        working.fail(name, failed.error, failed.expression, code="params")
    else:
        working.start_invocation(invocation.id, invocation.type, params)

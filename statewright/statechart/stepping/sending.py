"""How events travel: to the session itself, between sessions, and to the world (SCXML 6.2, C.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions import Content
from statewright.expressions.nanoseconds import MICROSECOND
from statewright.expressions.values import has_lone_surrogate
from statewright.statechart.actions import Cancel, Raise, Send
from statewright.statechart.effects import EffectKind
from statewright.statechart.event import (
    INTERNAL,
    LATEST,
    PROCESSOR,
    Event,
    EventKind,
    is_event_name,
)
from statewright.statechart.making import maker
from statewright.statechart.snapshot import path_to
from statewright.statechart.stepping.assignment import set_location
from statewright.statechart.stepping.evaluation import (
    ActionError,
    culprit,
    kept_value,
    text_of,
    value_of,
)
from statewright.statechart.stepping.waking import woken
from statewright.statechart.stepping.working import Working
from statewright.statechart.values.coercion import coerced

PARENT: Final = "#_parent"
"""The target of a send to the session that has invoked this one."""

SESSION: Final = "#_scxml_"
"""Begins the target of a send to a session by its id."""

SPECIAL: Final = "#_"
"""Begins the target of any send to a session; what follows is the name of an invocation."""

SESSIONS: Final = frozenset({"scxml", PROCESSOR})
"""Types of sends to sessions."""

EFFECT: Final = "effect"
"""The type of sends to the world."""

UNREACHABLE: Final = "error.communication"

_event = maker(Event)
_SENT_ID: Final = "send."


def raise_event(working: Working, action: Raise) -> None:
    """Put an event on the internal queue."""
    data = kept_value(working, action.data)
    working.queue.append(Event(action.event, data, working.family.now, EventKind.INTERNAL))


def send(working: Working, action: Send) -> None:
    """Send an event, now or later.

    Raises:
        ActionError: what is computed has no value, or none that can be sent so.
    """
    sendid = action.id
    if action.id_location:
        sendid = sendid or _SENT_ID + working.family.new_number()
        try:
            set_location(working, action.id_location, sendid)
        except EvaluationError as error:
            raise ActionError(error) from None
    try:
        _send(working, action, sendid)
    except ActionError as failed:
        failed.sendid = sendid
        raise


def _send(working: Working, action: Send, sendid: str) -> None:
    name = action.event
    if action.event_expr is not None:
        name = _event_name(working, action.event_expr)
    target = action.target
    if action.target_expr is not None:
        target = text_of(working, action.target_expr, "target of a send")
    if action.type or action.type_expr is not None:
        _check_type(working, action, target)
    if target.startswith(SPECIAL) or not target:
        data = kept_value(working, action.data)
    else:
        data = None if action.data is None else value_of(working, action.data)
    if action.delay is not None and target != INTERNAL:
        delay = _delay(working, action.delay)
        if delay > 0:
            working.set_timer(working.family.now + delay, name, data, sendid, target)
            return
    dispatch(working, name, data, sendid, target)


def _event_name(working: Working, content: Content) -> str:
    name = text_of(working, content, "name of an event")
    if not is_event_name(name) or has_lone_surrogate(name):
        reason = f"`{ascii(name)[1:-1][:80]}` is no name of an event that can be sent"
        raise ActionError(EvaluationError(reason), culprit(working, content))
    return name


def _check_type(working: Working, action: Send, target: str) -> None:
    """Refuse an I/O processor that there is not, or that does not know the target.

    Raises:
        ActionError: it is one of these.
    """
    own = action.type
    if action.type_expr is not None:
        own = text_of(working, action.type_expr, "type of a send")
    special = target.startswith(SPECIAL) or not target
    if own in SESSIONS and not special:
        raise ActionError(EvaluationError(f"`{target[:80]}` is no target of a send to a session"))
    if own == EFFECT and special:
        raise ActionError(EvaluationError("a send to the world needs a target"))
    if own not in SESSIONS and own != EFFECT:
        raise ActionError(EvaluationError(f"`{own[:80]}` is no type of a send that is known here"))


def _delay(working: Working, content: Content) -> int:
    """Microseconds from now; a time that has passed is now, but no text says a negative one."""
    value = value_of(working, content)
    try:
        if type(value) is str and not value.strip().isdigit():
            value = _written(value.strip())
        micros: int = coerced(value // MICROSECOND if type(value) is timedelta else value, "int")
    except EvaluationError as error:
        raise ActionError(error, culprit(working, content)) from None
    if working.family.now + micros > LATEST:
        reason = f"a delay of {micros} microseconds ends after the year 9999"
        raise ActionError(EvaluationError(reason), culprit(working, content))
    return micros


def _written(text: str) -> Any:
    """The delay that a text says: a time as CSS2 has it, which is not negative (SCXML 6.2.4).

    Raises:
        EvaluationError: it says none.
    """
    span = coerced(text, "duration")
    if span < coerced("0s", "duration"):
        raise EvaluationError(f"`{text[:80]}` is no delay: it is negative")
    return span


def dispatch(working: Working, name: str, data: Any, sendid: str, target: str) -> None:
    """Deliver an event of a session to its target; where there is none, an error is raised.

    Args:
        working: who sends it.
        name: of the event.
        data: what it carries.
        sendid: the id of the send, or ``""``.
        target: as in ``Send``.
    """
    now = working.family.now
    if target == INTERNAL:
        working.queue.append(Event(name, data, now, EventKind.INTERNAL, sendid=sendid))
    elif target and not target.startswith(SPECIAL):
        request = {"data": data, "event": name, "target": target}
        working.request(EffectKind.SEND, {**request, "id": sendid} if sendid else request)
    else:
        receiver = working if not target else _receiver(working, target)
        if receiver is not None:
            receiver.outbox.append(_sent(working, name, data, sendid, receiver))
            if receiver is not working:
                working.family.wake(receiver)
        elif not working.cancelled:
            error = EvaluationError(f"nobody is there at `{target[:80]}`")
            working.fail(UNREACHABLE, error, "", sendid)


def _sent(working: Working, name: str, data: Any, sendid: str, receiver: Working) -> Event:
    """An event as it arrives; to whoever has invoked the sender, it says which invocation it is."""
    invokeid = working.name if working.path and parent_of(working) == receiver.path else ""
    now, origin = working.family.now, SESSION + working.before.session
    external = EventKind.EXTERNAL
    return _event(name, data, now, external, "", sendid, origin, PROCESSOR, invokeid, {}, {})


def _receiver(working: Working, target: str) -> Working | None:
    """The session that a target names; None where there is none, or it hears the sender no more."""
    family = working.family
    if target == PARENT:
        path = parent_of(working) if working.path else None
    elif target.startswith(SESSION):
        path = _path_from_session(family.session, target.removeprefix(SESSION))
    else:
        path = path_to(working.path, target.removeprefix(SPECIAL))
    if path is None or (path and path not in family.children):
        return None
    if working.cancelled and path == parent_of(working):
        return None
    return woken(family, path)


def parent_of(working: Working) -> str:
    """The path of the session that has invoked this one."""
    return working.path.rpartition("/")[0]


def _path_from_session(root: str, session: str) -> str | None:
    """The path of a session in a family, by its id; None for an id of another family."""
    path = session.removeprefix(root)
    return path if session.startswith(root) and (not path or path.startswith("/")) else None


def cancel(working: Working, action: Cancel) -> None:
    """Take back delayed sends."""
    sendid = action.id
    if action.id_expr is not None:
        sendid = text_of(working, action.id_expr, "id of a send")
    if sendid:
        working.cancel_timers(sendid)

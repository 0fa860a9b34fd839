"""How events travel: to the session itself, between sessions, and to the world."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from statewright.compiler.targets.python.runtime.contents import (
    ActionError,
    culprit,
    kept_value,
    text_of,
    value_of,
)
from statewright.compiler.targets.python.runtime.session import Session
from statewright.compiler.targets.python.runtime.writing import set_location
from statewright.errors import EvaluationError
from statewright.expressions import Content
from statewright.expressions.nanoseconds import MICROSECOND
from statewright.expressions.values import has_lone_surrogate
from statewright.statechart.actions import Send
from statewright.statechart.effects import EffectKind
from statewright.statechart.event import (
    INTERNAL,
    LATEST,
    PROCESSOR,
    Event,
    EventKind,
    is_event_name,
)
from statewright.statechart.snapshot import path_to
from statewright.statechart.values.coercion import coerced

_PARENT: Final = "#_parent"
_SESSION: Final = "#_scxml_"
_SPECIAL: Final = "#_"
_SESSIONS: Final = frozenset({"scxml", PROCESSOR})
_EFFECT: Final = "effect"
_UNREACHABLE: Final = "error.communication"


def send(session: Session, action: Send) -> None:
    """Send an event, now or later.

    Raises:
        ActionError: what is computed has no value, or none that can be sent so.
    """
    sendid = action.id
    if action.id_location:
        sendid = sendid or "send." + session.turn.new_number()
        try:
            set_location(session, action.id_location, sendid)
        except EvaluationError as error:
            raise ActionError(error) from None
    try:
        _send(session, action, sendid)
    except ActionError as failed:
        failed.sendid = sendid
        raise


def _send(session: Session, action: Send, sendid: str) -> None:
    name = action.event
    if action.event_expr is not None:
        name = _event_name(session, action.event_expr)
    target = action.target
    if action.target_expr is not None:
        target = text_of(session, action.target_expr, "target of a send")
    if action.type or action.type_expr is not None:
        _check_type(session, action, target)
    if target.startswith(_SPECIAL) or not target:
        data = kept_value(session, action.data)
    else:
        data = None if action.data is None else value_of(session, action.data)
    if action.delay is not None and target != INTERNAL:
        delay = _delay(session, action.delay)
        if delay > 0:
            session.set_timer(session.turn.now + delay, name, data, sendid, target)
            return
    dispatch(session, name, data, sendid, target)


def _event_name(session: Session, content: Content) -> str:
    name = text_of(session, content, "name of an event")
    if not is_event_name(name) or has_lone_surrogate(name):
        reason = f"`{ascii(name)[1:-1][:80]}` is no name of an event that can be sent"
        raise ActionError(EvaluationError(reason), culprit(session, content))
    return name


def _check_type(session: Session, action: Send, target: str) -> None:
    """Refuse an I/O processor that there is not, or that does not know the target.

    Raises:
        ActionError: it is one of these.
    """
    own = action.type
    if action.type_expr is not None:
        own = text_of(session, action.type_expr, "type of a send")
    special = target.startswith(_SPECIAL) or not target
    if own in _SESSIONS and not special:
        raise ActionError(EvaluationError(f"`{target[:80]}` is no target of a send to a session"))
    if own == _EFFECT and special:
        raise ActionError(EvaluationError("a send to the world needs a target"))
    if own not in _SESSIONS and own != _EFFECT:
        raise ActionError(EvaluationError(f"`{own[:80]}` is no type of a send that is known here"))


def _delay(session: Session, content: Content) -> int:
    """Microseconds from now; a time that has passed is now."""
    value = value_of(session, content)
    try:
        if type(value) is str and not value.strip().isdigit():
            value = coerced(value.strip(), "duration")
        micros: int = coerced(value // MICROSECOND if type(value) is timedelta else value, "int")
    except EvaluationError as error:
        raise ActionError(error, culprit(session, content)) from None
    if session.turn.now + micros > LATEST:
        reason = f"a delay of {micros} microseconds ends after the year 9999"
        raise ActionError(EvaluationError(reason), culprit(session, content))
    return micros


def dispatch(session: Session, name: str, data: Any, sendid: str, target: str) -> None:
    """Deliver an event of a session to its target; where there is none, an error is raised."""
    now = session.turn.now
    if target == INTERNAL:
        session.queue.append(Event(name, data, now, EventKind.INTERNAL, sendid=sendid))
    elif target and not target.startswith(_SPECIAL):
        request = {"data": data, "event": name, "target": target}
        session.request(EffectKind.SEND, {**request, "id": sendid} if sendid else request)
    else:
        receiver = session if not target else _receiver(session, target)
        if receiver is not None:
            receiver.outbox.append(_sent(session, name, data, sendid, receiver))
            if receiver is not session:
                session.turn.wake(receiver)
        elif not session.cancelled:
            error = EvaluationError(f"nobody is there at `{target[:80]}`")
            session.fail(_UNREACHABLE, error, "", sendid)


def _sent(session: Session, name: str, data: Any, sendid: str, receiver: Session) -> Event:
    """An event as it arrives; to whoever has invoked the sender, it says which invocation it is."""
    invokeid = session.name if session.path and parent_of(session) == receiver.path else ""
    return Event(
        name,
        data,
        session.turn.now,
        sendid=sendid,
        origin=_SESSION + session.id,
        origintype=PROCESSOR,
        invokeid=invokeid,
    )


def _receiver(session: Session, target: str) -> Session | None:
    """The session that a target names; None where there is none, or it hears the sender no more."""
    turn = session.turn
    path: str | None
    if target == _PARENT:
        path = parent_of(session) if session.path else None
    elif target.startswith(_SESSION):
        path = _path_from_id(turn.root.id, target.removeprefix(_SESSION))
    else:
        path = path_to(session.path, target.removeprefix(_SPECIAL))
    if path is None or (path and path not in turn.children):
        return None
    if session.cancelled and path == parent_of(session):
        return None
    return turn.session(path)


def parent_of(session: Session) -> str:
    """The path of the session that has invoked this one."""
    return session.path.rpartition("/")[0]


def _path_from_id(root: str, own: str) -> str | None:
    """The path of a session by its id; None for an id of another family."""
    path = own.removeprefix(root)
    return path if own.startswith(root) and (not path or path.startswith("/")) else None

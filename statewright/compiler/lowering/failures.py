"""What is told of an error: the map that a flow reads as ``error``, made of the event of the error.

Whoever raises an error knows most of it, so that map is the data of the event already; where the
algorithm itself has raised it, it is made of what that says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from statewright.compiler.lowering.errors import EVENTS, OF_STATUS, RAISED, STATUS
from statewright.compiler.lowering.texts import quoted, record
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.nodes import ErrorClass
from statewright.statechart.actions import Action, Branch, If, Raise
from statewright.statechart.rules import VIOLATION

CODES: Final[Mapping[ErrorClass, tuple[str, ...]]] = MappingProxyType(
    {
        ErrorClass.TIMEOUT: ("timeout",),
        ErrorClass.NETWORK: ("connect", "dns", "open", "response"),
        ErrorClass.RATE_LIMIT: ("rate_limit",),
        ErrorClass.AUTHENTICATION: ("authentication",),
        ErrorClass.CONFIGURATION: (
            "address",
            "configuration",
            "database",
            "document",
            "endpoint",
            "host",
            "length",
            "model",
            "params",
            "query",
            "quota",
            "refused",
            "request",
            "schema",
            "secret",
            "sender",
            "too_long",
            "unsupported",
        ),
    }
)
"""Class → the codes of handlers of effects that belong to it; any other is of ``request``."""

_CLASS_OF_EVENT: Final[Mapping[str, ErrorClass]] = MappingProxyType(
    {events[0]: name for name, events in EVENTS.items() if len(events) == 1}
)

_BY_STATUS: Final = "".join(f"{STATUS} == {one} ? '{name}' : " for one, name in OF_STATUS.items())
"""CEL for the class of a status that has one; what any other is comes behind it."""

_MESSAGES: Final[Mapping[ErrorClass, str]] = MappingProxyType(
    {
        ErrorClass.TIMEOUT: "it took too long",
        ErrorClass.ANSWER: "no answer would do",
        ErrorClass.REJECTED: "it was not approved",
        ErrorClass.LOOP: "there would be more rounds than allowed",
    }
)


def known_failure(node: str, event: str) -> Content:
    """What is told of an error of which there is no more to know than its event.

    Args:
        node: the id of the node.
        event: as which it is raised.
    """
    name = _CLASS_OF_EVENT.get(event, ErrorClass.REQUEST)
    return _told(node, event, Literal(str(name)), Literal(str(name)), _MESSAGES.get(name, ""))


def subflow_failure(node: str, outcome: str) -> Content:
    """What is told of a flow that was run and has failed.

    Args:
        node: the id of the node.
        outcome: CEL for the outcome of the flow.
    """
    what, code = Literal(str(ErrorClass.SUBFLOW)), Computed(parse(outcome))
    return _told(node, "error.flow.subflow", what, code, "the flow that was run has failed")


def late_failure(node: str, event: str) -> Content:
    """What is told of a request of which the time is over; see ``known_failure``."""
    timeout = Literal(str(ErrorClass.TIMEOUT))
    return _told(node, event, timeout, timeout, "there was no result in time")


def useless_result(node: str, event: str) -> Content:
    """What is told of a request whose result will not do; see ``known_failure``."""
    what = Literal(str(ErrorClass.REQUEST))
    return _told(node, event, what, Literal("result"), "what came back is no result that will do")


def refusal(node: str, event: str) -> Content:
    """What is told of a request that a server answered with a bad status, by that answer."""
    what = Computed(parse(f"{_BY_STATUS}'{ErrorClass.STATUS}'"))
    message = "the server has not done what it was asked for"
    return _told(node, event, what, Literal("status"), message, answered=True)


def client_failure(node: str, event: str) -> Content:
    """What is told of a client that says that it has failed: whatever it sent is the body."""
    what = Literal(str(ErrorClass.REQUEST))
    message, body = "the client says that it has failed", Computed(parse("event.data"))
    return _told(node, event, what, Literal("client"), message, body=body)


def failed_request(node: str, event: str) -> Content:
    """What is told of a request by the event of its failure, ``{code, message}`` or more."""
    return _told(node, event, *_of_failed_request(), answered=True)


@cache
def _of_failed_request() -> tuple[Content, Content, Content]:
    """Its class, its code and its message; long to read, and the same of all of them."""
    code = "event.data.?code.orValue('')"
    known = "".join(
        f"{code} in {list(codes)} ? '{name}' : " for name, codes in CODES.items() if codes
    )
    kinds = [str(ErrorClass.AUTHENTICATION), str(ErrorClass.RATE_LIMIT)]
    said = "".join(f"event.data.?kind.orValue('') == '{kind}' ? '{kind}' : " for kind in kinds)
    what = f"{_BY_STATUS}{STATUS} != 0 ? 'status' : {said}{known}'request'"
    message = Computed(parse("event.data.?message.orValue('')"))
    return Computed(parse(what)), Computed(parse(code)), message


_NOTHING: Final = Literal(None)


def _told(
    node: str,
    event: str,
    what: Content,
    code: Content,
    message: Content | str,
    *,
    answered: bool = False,
    body: Content = _NOTHING,
) -> Content:
    """The map; of what somebody answered, also the status and the body."""
    return record(
        {
            "class": what,
            "code": code,
            "message": Literal(message) if isinstance(message, str) else message,
            "status": Computed(parse(STATUS)) if answered else Literal(0),
            "body": Computed(parse("event.data.?body.orValue(null)")) if answered else body,
            "node": Literal(node),
            "name": Literal(event),
        }
    )


def failure(node: str = "") -> Content:
    """What is told of an error by its event, whoever has raised it.

    Args:
        node: the id of the node, where it is known; else it is what the event says, or the state.
    """
    place = {"node": Literal(node)} if node else {}
    return record({**_by_event(), **place})


def kept_failure(variable: str) -> Content:
    """What is told of an error once more, of which a variable holds what was told before."""
    return record(
        {name: Computed(parse(f"vars[{quoted(variable)}].{name}")) for name in _by_event()}
    )


def told_again(variable: str) -> Action:
    """What raises an error once more, as what it was, of which a variable holds what was told."""
    name = f"vars[{quoted(variable)}].name"
    arms = tuple(
        Branch(
            parse(f"{name} == {quoted(event)} || {name}.startsWith({quoted(event + '.')})"),
            (Raise(event, kept_failure(variable)),),
        )
        for event in sorted(RAISED, key=len, reverse=True)
    )
    return If(arms, (Raise("error.flow", kept_failure(variable)),))


_NOT_DRAWN: Final = "^~[a-z]"
"""What the names of states inside those of nodes begin with; in a node's own, a ``~`` is ``~0``."""

_ESCAPED: Final = (("~1", "/"), ("~2", "."), ("~3", "#"), ("~4", "*"), ("~0", "~"))

_NODE_OF_STATE: Final = (
    "[event.data.?state.orValue('')].map(s, "
    f"[s.split('/').filter(part, !part.matches({quoted(_NOT_DRAWN)}))]"
    ".map(parts, size(parts) > 0 ? parts[size(parts) - 1] : s)[0]"
    + "".join(f".replace('{written}', '{meant}')" for written, meant in _ESCAPED)
    + ")[0]"
)
"""CEL for the node that a state is of which the algorithm names: see ``state_id``."""


@cache
def _by_event() -> Mapping[str, Content]:
    """What is told of every error, whoever has raised it, wherever."""
    unsaid = (
        f"event.name in {[*EVENTS[ErrorClass.EXPRESSION]]} ? 'expression' : "
        f"event.name == {quoted(VIOLATION)} ? 'rule' : 'request'"
    )
    parts = {
        "class": f"event.data.?class.orValue({unsaid})",
        "code": f"event.data.?code.orValue(event.data.?class.orValue({unsaid}))",
        "message": "event.data.?message.orValue('')",
        "status": STATUS,
        "body": "event.data.?body.orValue(null)",
        "node": f"event.data.?node.orValue({_NODE_OF_STATE})",
        "name": "event.name",
    }
    return {name: Computed(parse(text)) for name, text in parts.items()}

"""What is told of an error: the map that a flow reads as ``error``, made of the event of the error.

Whoever raises an error knows most of it, so that map is the data of the event already; where the
algorithm itself has raised it, it is made of what that says.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from statewright.compiler.lowering.texts import cel, quoted
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.failures import LONGEST_BODY
from statewright.flows.nodes import ErrorClass
from statewright.statechart.rules import VIOLATION

_CODES: Final[Mapping[ErrorClass, tuple[str, ...]]] = MappingProxyType(
    {
        ErrorClass.TIMEOUT: ("timeout",),
        ErrorClass.NETWORK: ("connect", "dns", "open", "response"),
        ErrorClass.RATE_LIMIT: ("rate_limit",),
        ErrorClass.AUTHENTICATION: ("authentication",),
        ErrorClass.CONFIGURATION: (
            "address",
            "configuration",
            "database",
            "endpoint",
            "host",
            "model",
            "params",
            "query",
            "request",
            "schema",
            "secret",
            "sender",
            "unsupported",
        ),
    }
)
"""Class → the codes of handlers of effects that belong to it; any other is of ``request``."""

CLASS_OF_CODE: Final = {code: str(name) for name, codes in _CODES.items() for code in codes}

_CLASS_OF_EVENT: Final[Mapping[str, ErrorClass]] = MappingProxyType(
    {
        "error.flow.timeout": ErrorClass.TIMEOUT,
        "error.flow.retries": ErrorClass.ANSWER,
        "error.flow.rejected": ErrorClass.REJECTED,
        "error.flow.subflow": ErrorClass.SUBFLOW,
        "error.flow.loop": ErrorClass.LOOP,
        VIOLATION: ErrorClass.RULE,
    }
)

_MESSAGES: Final[Mapping[ErrorClass, str]] = MappingProxyType(
    {
        ErrorClass.TIMEOUT: "it took too long",
        ErrorClass.ANSWER: "no answer would do",
        ErrorClass.REJECTED: "it was not approved",
        ErrorClass.SUBFLOW: "the flow that was run has failed",
        ErrorClass.LOOP: "there would be more rounds than allowed",
    }
)


def known_failure(node: str, event: str) -> Content:
    """What is told of an error of which there is no more to know than its event.

    Args:
        node: the id of the node.
        event: one of those that are not of requests.
    """
    name = _CLASS_OF_EVENT.get(event, ErrorClass.REQUEST)
    return Literal(
        {
            "class": str(name),
            "code": str(name),
            "message": _MESSAGES.get(name, "it failed"),
            "status": 0,
            "body": None,
            "node": node,
            "name": event,
        }
    )


def subflow_failure(node: str, outcome: str) -> Content:
    """What is told of a flow that was run and has failed.

    Args:
        node: the id of the node.
        outcome: CEL for the outcome of the flow.
    """
    message = "'the flow that was run ended with `' + o + '`'"
    fields = (
        f"'class': 'subflow', 'code': o, 'message': {message}, 'status': 0, 'body': null, "
        f"'node': {quoted(node)}, 'name': 'error.flow.subflow'"
    )
    return Computed(parse(f"cel.bind(o, string({outcome}), {{{fields}}})"))


def request_failure(node: str, event: str) -> Content:
    """What is told of a request, by the event that says that it has failed.

    That is a result that will not do, a failure ``{code, message}``, or the timer of the request.

    Args:
        node: the id of the node.
        event: as which the error is raised, where no edge leads away from it.
    """
    late = "event.name.startsWith('done.timer.')"
    # The maps are tested for what they hold: anybody may have made them, in any way.
    return Computed(
        parse(
            f"cel.bind(d, type(event.?data.orValue(null)) == map ? event.data : {{}}, "
            f"cel.bind(s, {_whole('d.?status')}, "
            f"cel.bind(c, {late} ? 'timeout' : {_text('d.?code', _UNSAID_CODE)}, "
            f"{{'class': {_class_of_request()}, 'code': c, "
            f"'message': {late} ? 'there was no result in time' : "
            f"{_text('d.?message', _UNSAID_MESSAGE)}, "
            f"'status': s, 'body': {_bounded('d.?body.orValue(null)')}, "
            f"'node': {quoted(node)}, 'name': {quoted(event)}}})))"
        )
    )


_UNSAID_CODE: Final = "s != 0 ? 'status' : 'failed'"
_UNSAID_MESSAGE: Final = "s != 0 ? 'the status is ' + string(s) : 'there is no result that will do'"


def _class_of_request() -> str:
    """CEL for the class of a failed request, over ``d``, its data, ``s``, a status, and ``c``."""
    kinds = [str(ErrorClass.AUTHENTICATION), str(ErrorClass.RATE_LIMIT)]
    return (
        "s == 401 ? 'authentication' : s == 429 ? 'rate_limit' : s != 0 ? 'status' : "
        f"d.?kind.orValue(null) in {kinds} ? d.kind : {cel(CLASS_OF_CODE)}[?c].orValue('request')"
    )


def failure(depth: int) -> Content:
    """What is told of an error, by its event.

    Args:
        depth: how many flows the flow stands inside; the states of its nodes are as deep.
    """
    classes = {event: str(name) for event, name in _CLASS_OF_EVENT.items()}
    messages = {
        event: _MESSAGES[name] for event, name in _CLASS_OF_EVENT.items() if name in _MESSAGES
    }
    unspoken = f"{cel(messages)}[?event.name].orValue('')"
    unsaid = (
        f"{cel(classes)}[?event.name].orValue("
        "event.name.startsWith('error.execution.') ? 'expression' : 'request')"
    )
    return Computed(
        parse(
            "cel.bind(d, type(event.?data.orValue(null)) == map ? event.data : {}, "
            f"cel.bind(k, d.?class.orValue({unsaid}), "
            f"{{'class': k, 'code': {_text('d.?code', 'k')}, "
            f"'message': {_text('d.?message', unspoken)}, 'status': {_whole('d.?status')}, "
            f"'body': d.?body.orValue(null), 'node': {_text('d.?node', _node_of_state(depth))}, "
            "'name': event.name}))"
        )
    )


def _node_of_state(depth: int) -> str:
    """CEL for the node of the state that an error is of."""
    state = _text("d.?state", quoted(""))
    return f"({state}).split('/')[?{depth}].orValue('')"


def _text(optional: str, unsaid: str) -> str:
    """CEL for a text, where that is what an optional holds."""
    return f"(type({optional}.orValue(null)) == string ? {optional}.orValue('') : {unsaid})"


def _whole(optional: str) -> str:
    return f"(type({optional}.orValue(null)) == int ? {optional}.orValue(0) : 0)"


def _bounded(value: str) -> str:
    """CEL for a value; where it is longer than may be kept, for the beginning of it as a text."""
    longest = LONGEST_BODY
    written = "(type(b) == string ? b : '%s'.format([b]))"
    return (
        f"cel.bind(b, {value}, cel.bind(w, {written}, "
        f"size(w) <= {longest} ? b : dyn(w.substring(0, {longest}))))"
    )

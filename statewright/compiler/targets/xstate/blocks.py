"""Blocks of actions as statements of TypeScript, in which ``x`` is a ``Block``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from statewright.compiler.targets.constants import constant_delay
from statewright.compiler.targets.xstate.contents import Renderer
from statewright.compiler.targets.xstate.literals import quoted
from statewright.expressions import Content
from statewright.statechart.actions import (
    Action,
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
from statewright.statechart.event import INTERNAL
from statewright.statechart.structure.nodes import Scope

Lines = Iterator[str]


def lines_of_block(actions: Actions, scope: Scope, renderer: Renderer) -> Lines:
    """The statements of a block."""
    for action in actions:
        yield from _LINES[type(action)](action, scope, renderer)


def line_of_assignment(location: tuple[str, ...], value: str, scope: Scope, merge: str = "") -> str:
    """The statement that gives a variable a value; ``merge`` is how a patch comes to it."""
    name, *rest = location
    path = f"[{', '.join(map(quoted, location))}]"
    variable = scope.variable(name)
    if variable is not None:
        return f"x.assign({quoted(variable.scope)}, {path}, {value});"
    if name in {"contact", "tenant"}:
        return f"x.patch({quoted(name)}, [{', '.join(map(quoted, rest))}], {value}{merge});"
    return f"cel.fail({quoted(f'no variable `{name}` is declared here')});"


def _assign(action: Assign, scope: Scope, renderer: Renderer) -> Lines:
    merge = ""
    if action.merge is not None:
        operand = renderer.typescript(action.merge.operand)
        merge = f", {{ operation: {quoted(action.merge.operation)}, operand: {operand} }}"
    yield line_of_assignment(action.location, renderer.typescript(action.value), scope, merge)


def _raise(action: Raise, _: Scope, renderer: Renderer) -> Lines:
    data = _arguments(renderer, action.data)
    yield f"x.raise({', '.join((quoted(action.event), *data))});"


def _arguments(renderer: Renderer, content: Content | None) -> tuple[str, ...]:
    return () if content is None else (renderer.typescript(content),)


def _say(action: Say, _: Scope, renderer: Renderer) -> Lines:
    yield f"x.say({replace(renderer, shown=True).typescript(action.content)});"


def _send(action: Send, _: Scope, renderer: Renderer) -> Lines:
    if action.event_expr is not None or action.target_expr is not None:
        yield from _computed_send(action, renderer)
        return
    event = quoted(action.event)
    data = _NO_DATA if action.data is None else renderer.typescript(action.data)
    optional_data, name = (data, _NO_DATA), (quoted(action.id), '""')
    if action.target == INTERNAL:
        yield _called("x.raise", [event], [optional_data, ('"internal"', '"internal"'), name])
    elif action.target:
        yield _called("x.sendOut", [quoted(action.target), event], [optional_data, name])
    else:
        delay = (_delay(action.delay, renderer), "0")
        yield _called("x.sendSelf", [event], [optional_data, delay, name])


def _computed_send(action: Send, renderer: Renderer) -> Lines:
    """A send of which the name or the target is known only when it happens."""
    event, target = (
        quoted(given) if computed is None else f"cel.toText({renderer.typescript(computed)})"
        for given, computed in (
            (action.event, action.event_expr),
            (action.target, action.target_expr),
        )
    )
    data = _NO_DATA if action.data is None else renderer.typescript(action.data)
    optional = [(data, _NO_DATA), (_delay(action.delay, renderer), "0"), (quoted(action.id), '""')]
    yield _called("x.sendTo", [target, event], optional)


def _delay(delay: Content | None, renderer: Renderer) -> str:
    """Microseconds; of a delay that is always the same, the number."""
    if delay is None:
        return "0"
    micros = constant_delay(delay)
    return renderer.typescript(delay) if micros is None else str(max(0, micros))


_NO_DATA: Final = "undefined"


def _called(function: str, arguments: list[str], optional: list[tuple[str, str]]) -> str:
    """A call; optional arguments are pairs of value and default, left out at the end."""
    given = list(optional)
    while given and given[-1][0] == given[-1][1]:
        given.pop()
    return f"{function}({', '.join([*arguments, *(value for value, _ in given)])});"


def _cancel(action: Cancel, _: Scope, renderer: Renderer) -> Lines:
    if action.id_expr is None:
        yield f"x.cancel({quoted(action.id)});"
    else:
        yield f"x.cancel(cel.toText({renderer.typescript(action.id_expr)}));"


def _if(action: If, scope: Scope, renderer: Renderer) -> Lines:
    opening = "if"
    for branch in action.branches:
        guard = branch.guard
        test = f"x.holds({quoted(guard.text)}, () => {_bracketed(renderer.write(guard))})"
        yield f"{opening} ({test}) {{"
        yield from _inner(branch.actions, scope, renderer)
        opening = "} else if"
    if action.otherwise:
        yield "} else {"
        yield from _inner(action.otherwise, scope, renderer)
    yield "}"


def _bracketed(written: str) -> str:
    return f"({written})" if written.startswith("{") else written


def _for_each(action: ForEach, scope: Scope, renderer: Renderer) -> Lines:
    index = "index" if action.index else ""
    yield f"for (const [{index}, item] of x.items({renderer.write(action.collection)})) {{"
    yield f"  {line_of_assignment((action.item,), 'item', scope)}"
    if action.index:
        yield f"  {line_of_assignment((action.index,), 'index', scope)}"
    yield from _inner(action.actions, scope, renderer)
    yield "}"


def _inner(actions: tuple[Action, ...], scope: Scope, renderer: Renderer) -> Lines:
    for line in lines_of_block(actions, scope, renderer):
        yield f"  {line}"


def _log(action: Log, _: Scope, renderer: Renderer) -> Lines:
    value = '""' if action.value is None else renderer.typescript(action.value)
    yield f"x.log({quoted(action.label)}, {value});"


_LINES: Final[Mapping[type, Callable[[Any, Scope, Renderer], Lines]]] = {
    Assign: _assign,
    Raise: _raise,
    Say: _say,
    Send: _send,
    Cancel: _cancel,
    If: _if,
    ForEach: _for_each,
    Log: _log,
}

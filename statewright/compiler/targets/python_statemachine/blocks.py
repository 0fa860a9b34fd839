"""Contents and blocks of actions as Python, in which ``model`` is a ``written.Model``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from statewright.compiler.targets.constants import constant_delay
from statewright.compiler.targets.export import Loss, Place
from statewright.compiler.targets.python_statemachine.code import (
    Code,
    called,
    indented,
    python,
    quoted,
)
from statewright.compiler.targets.python_statemachine.names import Naming
from statewright.compiler.targets.python_statemachine.plain import python_from
from statewright.expressions import Computed, Content, Expression, Literal, Record, Sequence, Text
from statewright.expressions import Place as TextPlace
from statewright.expressions.syntax import Call, walk
from statewright.expressions.template import Secret
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
from statewright.statechart.event import INTERNAL
from statewright.statechart.stepping.sending import SPECIAL
from statewright.statechart.structure.nodes import Scope
from statewright.statechart.values.canonical import json_from_value

Lines = Iterator[str]

_PLAIN: Final = (bool, int, float, str, type(None))


@dataclass(slots=True)
class Writer:
    """Writes what belongs to one state.

    Attributes:
        naming: the names of the chart.
        scope: the variables that the state sees.
        place: the state, for losses.
        losses: what has no Python, as it turns up.
    """

    naming: Naming
    scope: Scope
    place: Place
    losses: list[Loss] = field(default_factory=list)

    def lose(self, code: str, what: str, instead: str, expression: str = "") -> None:
        """Note that something has no Python."""
        place = Place(self.place.state, self.place.transition, expression)
        self.losses.append(Loss(code, what, instead, place))

    def expression(self, expression: Expression) -> Code:
        """The value of an expression."""
        self.note(expression)
        plain = python_from(expression, self.scope, self.naming.states)
        return Code(plain if plain is not None else f"model.cel({quoted(expression.text)})")

    def guard(self, expression: Expression) -> str:
        """What a guard returns; its decorator has the expression."""
        self.note(expression)
        plain = python_from(expression, self.scope, self.naming.states, guard=True)
        return plain if plain is not None else "None"

    def note(self, expression: Expression) -> None:
        """Note what an expression loses."""
        calls = (node for node in walk(expression.root) if isinstance(node, Call))
        if any(call.function == "draw" and call.target is None for call in calls):
            self.lose(
                "draw",
                "`draw` gives other numbers than in Statewright",
                "they are as random, and as repeatable",
                expression.text,
            )

    def content(self, content: Content, *, shown: bool = False) -> Any:
        """A content as a value with Python in it.

        Args:
            content: what is written.
            shown: whether a hole without a value prints nothing, instead of being an error.
        """
        match content:
            case Literal(value):
                return self._literal(value)
            case Computed(expression) if shown:
                self.note(expression)
                return called("model.shown_value", expression.text)
            case Computed(expression):
                return self.expression(expression)
            case Text(template):
                for hole in template.holes:
                    self.note(hole.expression)
                if any(isinstance(part, Secret) for part in template.parts):
                    self.lose(
                        "secrets",
                        "a secret is filled in where an effect is executed",
                        "the host is given the parts of the text",
                    )
                place = None if template.place is TextPlace.VALUE else str(template.place)
                return called("model.shown" if shown else "model.text", template.text, place=place)
            case Record(fields):
                return {name: self.content(part, shown=shown) for name, part in fields}
            case Sequence(items):
                return [self.content(item, shown=shown) for item in items]

    def _literal(self, value: Any) -> Any:
        if isinstance(value, _PLAIN) and type(value) in _PLAIN:
            return value
        if type(value) is dict:
            return {key: self._literal(part) for key, part in value.items()}
        if type(value) is list:
            return [self._literal(part) for part in value]
        return called("model.value", json_from_value(value))

    # Actions

    def block(self, actions: Actions) -> Lines:
        """The statements of a block."""
        for action in actions:
            yield from _LINES[type(action)](self, action)

    def statement(self, function: str, *arguments: Any, **named: Any) -> str:
        """A call that stands alone, one step inside of a method."""
        return python(called(function, *arguments, **named), margin=8)


def _assign(writer: Writer, action: Assign) -> Lines:
    path = action.location[0] if len(action.location) == 1 else action.location
    merge = action.merge
    how = () if merge is None else ((str(merge.operation), writer.content(merge.operand)),)
    yield writer.statement("model.assign", path, writer.content(action.value), *how)


def _raise_event(writer: Writer, action: Raise) -> Lines:
    data = () if action.data is None else (writer.content(action.data),)
    yield writer.statement("model.raise_event", writer.naming.event(action.event), *data)


def _say(writer: Writer, action: Say) -> Lines:
    yield writer.statement("model.say", writer.content(action.content, shown=True))


def _send(writer: Writer, action: Send) -> Lines:
    if action.id_location or action.type_expr is not None or action.target_expr is not None:
        writer.lose(
            "computed-sends",
            "a send computes its target or its type, or stores its id",
            "it goes to this machine, and stores nothing",
        )
    event: Any = writer.naming.event(action.event)
    if action.event_expr is not None:
        event = writer.content(action.event_expr)
    data = () if action.data is None else (writer.content(action.data),)
    if action.target == INTERNAL:
        yield writer.statement("model.raise_event", event, *data)
    elif action.target:
        if action.target.startswith(SPECIAL):
            writer.lose(
                "sessions",
                "sessions do not send to each other by themselves",
                "what is sent to a session is the effect `send`, with its target",
            )
        yield writer.statement("model.send_out", action.target, event, *data)
    else:
        delay = None if action.delay is None else _delay(writer, action.delay)
        name = action.id or None
        yield writer.statement("model.send", event, *data, delay=delay, name=name)


def _delay(writer: Writer, delay: Content) -> Any:
    micros = constant_delay(delay)
    return writer.content(delay) if micros is None else Code(f"{max(0, micros):_}")


def _cancel(writer: Writer, action: Cancel) -> Lines:
    name = action.id if action.id_expr is None else writer.content(action.id_expr)
    yield writer.statement("model.cancel", name)


def _choose(writer: Writer, action: If) -> Lines:
    word = "if"
    for branch in action.branches:
        writer.note(branch.guard)
        yield f"{word} model.holds({quoted(branch.guard.text)}):"
        yield from _body(writer.block(branch.actions))
        word = "elif"
    if action.otherwise:
        yield "else:"
        yield from _body(writer.block(action.otherwise))


def _for_each(writer: Writer, action: ForEach) -> Lines:
    writer.note(action.collection)
    yield f"for index, item in enumerate(model.items({quoted(action.collection.text)})):"
    lines = [f"model.assign({quoted(action.item)}, item)"]
    if action.index:
        lines.append(f"model.assign({quoted(action.index)}, index)")
    yield from _body(iter([*lines, *writer.block(action.actions)]))


def _log(writer: Writer, action: Log) -> Lines:
    value = () if action.value is None else (writer.content(action.value),)
    yield writer.statement("model.log", action.label, *value)


def _body(lines: Lines) -> Lines:
    yield from indented(list(lines) or ["pass"])


_LINES: Final[Mapping[type, Callable[[Writer, Any], Lines]]] = {
    Assign: _assign,
    Raise: _raise_event,
    Say: _say,
    Send: _send,
    Cancel: _cancel,
    If: _choose,
    ForEach: _for_each,
    Log: _log,
}

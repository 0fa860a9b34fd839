"""What machines of classes that were written keep: data, and what they ask of their host."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from statemachine.orderedset import OrderedSet

from statewright.errors import EvaluationError
from statewright.expressions import (
    NOTHING,
    Maybe,
    Place,
    Template,
    Text,
    parse,
    parse_template,
    render,
)
from statewright.expressions.codegen import Program, compile_expression
from statewright.expressions.nanoseconds import MICROSECOND
from statewright.expressions.operations.lots import drawn
from statewright.expressions.printing.texts import text_from_value
from statewright.statechart import Datum
from statewright.statechart.actions import Merging
from statewright.statechart.event import LATEST
from statewright.statechart.stepping.scene import timestamp_from_micros
from statewright.statechart.values.canonical import value_from_json
from statewright.statechart.values.coercion import coerced, held, kept, with_part
from statewright.statechart.values.writing import patch_of, write

GUARD_ERROR: Final = "error.execution.guard"
ACTION_ERROR: Final = "error.execution.action"
_DONE: Final = "done.state."


def reason_of(error: Exception) -> str:
    """What is wrong, in words: Python says of a missing key only which one it is."""
    return f"no such key: {error.args[0]}" if isinstance(error, KeyError) else str(error)


class Model:
    """The data of one machine, and what it asks of its host.

    Attributes:
        data: state (``""`` is the session) → variable → value.
        effects: what the host is to do, in order: ``{"kind": "say", "content": …}``,
            ``{"kind": "invoke", "name", "type", "params"}``, ``{"kind": "cancel", "name"}``,
            ``{"kind": "send", "target", "event", "data"}``, ``{"kind": "patch", …}``. The host
            takes them out; it sends ``done.invoke.<name>`` with the result as data.
        timers: the events that the host is to send once their time has come:
            ``{"due": microseconds, "event", "data", "id"}``.
        incidents: what went wrong, and what was logged: name, message.
        inputs: values of variables that are given at the start.
        event: what is handled: ``{"name", "data", "kind"}``; empty at the start.
        now: the time, microseconds since 1970: the greatest that an event brought.
        contact: values of the contact.
        tenant: values of the tenant.
        session: the id of the session.
        seed: of its chance.
        turns: how many events from outside were handled, the start included.
        floor: the states that wait for the user, in order of entry.
        visits: how often states were entered.
        here: the state whose expressions are evaluated.
        acted: the transitions whose actions were run in this microstep.
        trigger: what the library calls the event.
    """

    def __init__(
        self,
        inputs: Mapping[str, Any] | None = None,
        *,
        session: str = "",
        seed: str = "",
        now: int = 0,
    ) -> None:
        self.machine: Any = None
        self.inputs = dict(inputs or {})
        self.session = session
        self.seed = seed
        self.now = now
        self.data: dict[str, dict[str, Any]] = {"": {}}
        self.effects: list[dict[str, Any]] = []
        self.timers: list[dict[str, Any]] = []
        self.incidents: list[tuple[str, str]] = []
        self.event: dict[str, Any] = {}
        self.contact: dict[str, Any] = {}
        self.tenant: dict[str, Any] = {}
        self.turns = 1
        self.floor: list[str] = []
        self.visits: dict[str, int] = {}
        self.here = ""
        self.acted: set[str] = set()
        self.trigger: Any = None
        self._state: Any = None

    @property
    def state(self) -> Any:
        """The configuration, as the library keeps it: in document order."""
        return self._state

    @state.setter
    def state(self, value: Any) -> None:
        if isinstance(value, OrderedSet):
            known = self.machine.states_map
            value = OrderedSet(sorted(value, key=lambda one: known[one].document_order))
        self._state = value

    def hear(self, name: str, data: Any, kind: str, now: int) -> None:
        """Take an event for what ``event`` means from now on."""
        if name.startswith(_DONE):
            known = self.machine.states_map.get(name.removeprefix(_DONE))
            name = name if known is None else f"{_DONE}{known.name}"
            kind = "platform"
        self.turns += kind == "external"
        self.now = max(self.now, now)
        self.event = {"name": name, "data": {} if data is None else data, "kind": kind}

    # Variables

    def _scopes(self) -> Iterator[str]:
        """The states whose variables are seen from here, the innermost first."""
        state = self.machine.states_map.get(self.here)
        while state is not None:
            if state.id in self.machine.variables:
                yield state.id
            state = state.parent
        yield ""

    def declared(self) -> Iterator[str]:
        """The names of the variables that are seen from here."""
        for scope in self._scopes():
            yield from (datum.name for datum in self.machine.variables.get(scope, ()))

    def _declaration(self, name: str) -> tuple[str, Datum]:
        for scope in self._scopes():
            for datum in self.machine.variables.get(scope, ()):
                if datum.name == name:
                    return scope, datum
        raise EvaluationError(f"no variable `{name}` is declared here")

    def __getitem__(self, name: str) -> Any:
        """The value of a variable; ``KeyError`` where it has none."""
        for scope in self._scopes():
            if any(datum.name == name for datum in self.machine.variables.get(scope, ())):
                return self.data[scope][name]
        raise KeyError(name)

    def __contains__(self, name: str) -> bool:
        try:
            self[name]
        except KeyError:
            return False
        return True

    def declare(self, name: str, value: Any = NOTHING) -> None:
        """Give a variable of this state its first value; a function is called for it."""
        scope, datum = self._declaration(name)
        variables = self.data.setdefault(scope, {})
        variables.pop(name, None)
        try:
            given = scope == "" and name in self.inputs
            found = self.inputs[name] if given else value() if callable(value) else value
            if isinstance(found, Maybe):
                found = found.value if found.present else NOTHING
            if found is not NOTHING:
                variables[name] = held(found, datum.type, datum.limits)
        except (EvaluationError, KeyError, TypeError) as error:
            self.fail(ACTION_ERROR, reason_of(error))

    def assign(
        self, path: str | tuple[str, ...], value: Any, merged: tuple[str, Any] | None = None
    ) -> None:
        """Give a variable, or a part of one, a value; of the contact or tenant, patch it.

        ``merged`` says how a patch comes to the value: ``("increment", 1)``.
        """
        name, *rest = (path,) if isinstance(path, str) else path
        if isinstance(value, Maybe) and value.present:
            value = value.value
        if name in {"contact", "tenant"}:
            self._patch(name, tuple(rest), value, merged)
            return
        scope, datum = self._declaration(name)
        variables = self.data.setdefault(scope, {})
        write(variables, datum, tuple(rest), value)

    def _patch(
        self, scope: str, path: tuple[str, ...], value: Any, merged: tuple[str, Any] | None
    ) -> None:
        if not path:
            raise EvaluationError(
                f"`{scope}` cannot be replaced as a whole; assign to a part of it"
            )
        before = getattr(self, scope)
        setattr(self, scope, with_part(before, path, value))
        how = None if merged is None else (Merging(merged[0]), merged[1])
        patch = patch_of(before, path, value, how)
        self.effects.append({"kind": "patch", "scope": scope, **patch})

    def take_back_patches(self, asked: int) -> None:
        """Ask for no patches since so many effects."""
        since = self.effects[asked:]
        self.effects[asked:] = [effect for effect in since if effect["kind"] != "patch"]

    # Expressions

    def cel(self, text: str) -> Any:
        """The value of an expression.

        Raises:
            EvaluationError: it has none.
        """
        return _program(text)(_Names(self), {"draw": self._draw, "In": self._is_in})

    def text(self, template: str, place: str = "value") -> Any:
        """The text of a template; alone in one, a hole keeps its type.

        Raises:
            EvaluationError: an expression in it has no value.
        """
        return self._rendered(template, place, None)

    def shown(self, template: str, place: str = "value") -> Any:
        """The text of a template, in which a hole without a value prints nothing."""
        return self._rendered(
            template, place, lambda error, _: self.report("error.template", error.reason)
        )

    def _rendered(self, template: str, place: str, on_error: Any) -> Any:
        content = Text(_template(template, place))
        host = {"draw": self._draw, "In": self._is_in}
        return render(content, _Names(self), host, on_error)

    def shown_value(self, text: str) -> Any:
        """The value of an expression that is shown to the user; None where it has none."""
        try:
            return self.cel(text)
        except EvaluationError as error:
            self.report("error.template", error.reason)
            return None

    def holds(self, text: str) -> bool:
        """Whether a condition among actions is true; one without a value is not, and an event."""
        try:
            value = self.cel(text)
        except EvaluationError as error:
            return self.failed_guard(error)
        if value is True or value is False:
            return value
        return self.failed_guard(EvaluationError("a condition is true or false"))

    def items(self, text: str) -> list[Any]:
        """The list that a loop goes through.

        Raises:
            EvaluationError: it is none.
        """
        value = self.cel(text)
        if type(value) is not list:
            raise EvaluationError("a loop runs over a list")
        return list(value)

    def value(self, encoded: Any) -> Any:
        """A value that Python has no literal for, from the JSON that it is written in."""
        return value_from_json(encoded)

    def is_in(self, state: str) -> bool:
        """Whether a state is active."""
        return state in self.machine.configuration_values

    def _is_in(self, _site: int, *arguments: Any) -> bool:
        return any(state.name == arguments[0] for state in self.machine.configuration)

    def _draw(self, site: int, *arguments: Any) -> int:
        n = arguments[0] if len(arguments) == 1 else None
        return drawn(n, (self.seed, self.here, self.visits.get(self.here, 0), site))

    # What actions do

    def say(self, content: Any) -> None:
        """Show something to the user."""
        self.effects.append({"kind": "say", "content": content})

    def raise_event(self, event: str, data: Any = None) -> None:
        """Put an event on the internal queue."""
        self.machine.raise_(event, data=kept(data), kind="internal")

    def send(self, event: str, data: Any = None, *, delay: Any = 0, name: str = "") -> None:
        """Send an event to this machine: at once, or when the host says that it is time."""
        micros = _micros(delay)
        if micros > 0:
            due = min(self.now + micros, LATEST)
            self.timers.append({"due": due, "event": event, "data": kept(data), "id": name})
            self.timers.sort(key=operator.itemgetter("due"))
        else:
            self.machine.send(event, data=kept(data))

    def cancel(self, name: str) -> None:
        """Take back the timers of a name."""
        self.timers = [timer for timer in self.timers if timer["id"] != name]

    def send_out(self, target: str, event: str, data: Any = None) -> None:
        """Ask the host to send an event to somebody else."""
        self.effects.append({"kind": "send", "target": target, "event": event, "data": data})

    def invoke(self, name: str, kind: str, params: Any) -> None:
        """Ask the host for work."""
        self.effects.append({"kind": "invoke", "name": name, "type": kind, "params": params})

    def give_up(self, name: str) -> None:
        """Tell the host that the result of work is not wanted any more."""
        self.effects.append({"kind": "cancel", "name": name})

    def log(self, label: str, value: Any = "") -> None:
        """Record a value."""
        self.report("log", ": ".join(filter(None, (label, text_from_value(value)))))

    def report(self, name: str, message: str) -> None:
        """Record an incident."""
        self.incidents.append((name, message))

    def fail(self, name: str, reason: str) -> None:
        """Record an incident, and raise its event."""
        self.report(name, reason)
        state = self.machine.states_map.get(self.here)
        place = "" if state is None else state.name
        data = {"message": reason, "state": place, "expression": ""}
        self.machine.raise_(name, data=data, kind="platform")

    def failed_guard(self, error: EvaluationError) -> bool:
        """A guard without a value is false; while an error is handled, that is no event."""
        if str(self.event.get("name", "")).partition(".")[0] == "error":
            self.report(GUARD_ERROR, error.reason)
        else:
            self.fail(GUARD_ERROR, error.reason)
        return False


def _micros(delay: Any) -> int:
    """A delay in microseconds: a number, a duration, or a text such as ``2s``."""
    if isinstance(delay, str) and not delay.isdigit():
        delay = coerced(delay, "duration")
    if not isinstance(delay, (int, float, str)):
        delay = delay // MICROSECOND
    micros: int = coerced(delay, "int")
    return micros


class _Names(Mapping[str, Any]):
    """What expressions see of a model."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def __getitem__(self, name: str) -> Any:
        root = _ROOTS.get(name)
        return self._model[name] if root is None else root(self._model)

    def __iter__(self) -> Iterator[str]:
        return iter((*_ROOTS, *_visible(self._model)))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _visible(model: Model) -> dict[str, Any]:
    return {name: model[name] for name in model.declared() if name in model}


def _event(model: Model) -> Any:
    if not model.event:
        raise KeyError("event")
    return model.event


def _input(model: Model) -> Any:
    data = model.event.get("data")
    if isinstance(data, dict) and data.get("value") is not None:
        return data["value"]
    if isinstance(data, dict) and isinstance(data.get("text"), str):
        return data["text"].strip()
    raise KeyError("input")


_ROOTS: Final[Mapping[str, Callable[[Model], Any]]] = {
    "vars": _visible,
    "event": _event,
    "input": _input,
    "now": lambda model: timestamp_from_micros(model.now),
    "contact": lambda model: model.contact,
    "tenant": lambda model: model.tenant,
    "session": lambda model: {
        "id": model.session,
        "flow": type(model.machine).__name__,
        "turns": model.turns,
        "now": timestamp_from_micros(model.now),
        "floor": list(model.floor),
    },
}


@lru_cache(maxsize=4096)
def _program(text: str) -> Program:
    return compile_expression(parse(text))


@lru_cache(maxsize=4096)
def _template(text: str, place: str) -> Template:
    return parse_template(text, Place(place))

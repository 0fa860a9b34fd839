"""What classes that were written stand on: ``Chart``, and the ``Model`` that keeps its data.

A class that was written says what there is: states, transitions, guards, actions. Here is what all
of them have in common: variables with types, CEL, effects, timers for the host to watch, and what
mends python-statemachine (see ``machines``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any, ClassVar, TypeVar

from statemachine import StateChart

from statewright.compiler.targets.python_statemachine.model import ACTION_ERROR, Model, reason_of
from statewright.errors import EvaluationError
from statewright.statechart import Datum

__all__ = ["Chart", "Model", "block", "guard"]

Method = TypeVar("Method", bound=Callable[..., Any])


def guard(state: str, text: str) -> Callable[[Method], Method]:
    """Mark a method as the guard of a transition of a state.

    Args:
        state: the state, as the class calls it.
        text: the guard in CEL, which decides where the method raises. An error of it counts as
            false and becomes the event ``error.execution.guard``.
    """

    def decorated(method: Method) -> Method:
        @wraps(method)
        def guarded(self: Any, model: Model) -> bool:
            model.here = state
            try:
                value = method(self, model)
            except Exception:  # noqa: BLE001 - whatever it is, CEL says what the guard is worth
                value = None
            try:
                value = model.cel(text) if value is None else value
            except EvaluationError as error:
                return model.failed_guard(error)
            if value is True or value is False:
                return value
            return model.failed_guard(EvaluationError("a guard is true or false"))

        return guarded  # type: ignore[return-value]  # it takes what the method takes

    return decorated


def block(state: str) -> Callable[[Method], Method]:
    """Mark a method as a block of actions of a state: an error ends it, and is an event.

    What it has asked for of the contact's and the tenant's values is taken back then.

    A transition to a history state runs its block once, although the library calls it twice.
    """

    def decorated(method: Method) -> Method:
        name = method.__name__

        @wraps(method)
        def done(self: Any, model: Model) -> Any:
            if name in model.acted:
                return None
            if name.startswith("act_"):
                model.acted.add(name)
            model.here = state
            contact, tenant, asked = model.contact, model.tenant, len(model.effects)
            try:
                return method(self, model)
            except (EvaluationError, KeyError, TypeError) as error:
                model.contact, model.tenant = contact, tenant
                model.take_back_patches(asked)
                model.fail(ACTION_ERROR, reason_of(error))
                return None

        return done  # type: ignore[return-value]  # it takes what the method takes

    return decorated


class Chart(StateChart[Any]):
    """A state chart that was written by Statewright.

    Attributes:
        variables: state (``""`` is the session) → the variables that it declares.
        listening: states that wait for the user.
        model: the data, and what the machine asks of its host.
    """

    validate_disconnected_states = False
    validate_trap_states = False
    validate_final_reachability = False

    variables: ClassVar[Mapping[str, tuple[Datum, ...]]] = {}
    listening: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, model: Model | None = None, **options: Any) -> None:
        own = Model() if model is None else model
        _number(type(self))
        own.machine = self
        super().__init__(own, **options)

    # Conventions of the library

    def prepare_event(
        self, event_data: Any, data: Any = None, kind: str = "external", now: int = 0
    ) -> dict[str, Any]:
        """Before guards and actions: what they see as the event."""
        trigger = event_data.trigger_data
        if trigger.event is not None and trigger is not self.model.trigger:
            self.model.trigger = trigger
            if str(trigger.event) != "__initial__":
                self.model.hear(str(trigger.event), data, kind, now)
        return {}

    def before_transition(self) -> None:
        """Before the transitions that are taken together do anything."""
        self.model.acted = set()

    def on_enter_state(self, target: Any) -> None:
        """A state is entered."""
        model = self.model
        model.visits[target.id] = model.visits.get(target.id, 0) + 1
        if target.id in self.listening:
            model.floor.append(target.name)

    def on_exit_state(self, source: Any) -> None:
        """A state is left."""
        if source.id in self.listening:
            self.model.floor.remove(source.name)


@lru_cache(maxsize=64)
def _number(chart: type[Chart]) -> None:
    """Number the states in document order, which the library does level by level."""
    stack, order = list(reversed(list(chart.states))), 0
    while stack:
        state = stack.pop()
        order += 1
        state.document_order = order
        stack.extend(reversed(state.states))

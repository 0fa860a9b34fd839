"""The contact and the tenant while a script is played: what turns write, later ones read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from statewright.statechart.definition import Statechart
from statewright.statechart.effects import EffectKind
from statewright.statechart.event import Event
from statewright.statechart.patches import Operation, applied
from statewright.statechart.stepping.outside import declaration_of
from statewright.statechart.steps import Macrostep


class Surroundings:
    """Values of the contact and the tenant while a script is played.

    Args:
        chart: what runs; it says what is declared of them.
        contact: values of the contact at the start; None is none.
        tenant: values of the tenant at the start; None is none.

    Attributes:
        values: ``contact`` and ``tenant`` → their values.
    """

    __slots__ = ("_chart", "values")

    def __init__(
        self,
        chart: Statechart,
        contact: Mapping[str, Any] | None = None,
        tenant: Mapping[str, Any] | None = None,
    ) -> None:
        self._chart = chart
        self.values: dict[str, Mapping[str, Any]] = {
            "contact": contact or {},
            "tenant": tenant or {},
        }

    def around(self, event: Event) -> Event:
        """An event that carries the values as they are now."""
        contact, tenant = self.values["contact"], self.values["tenant"]
        return replace(event, contact=contact, tenant=tenant) if contact or tenant else event

    def after(self, step: Macrostep) -> Macrostep:
        """The step, once what it writes is kept, as stores keep it; what does not fit is not."""
        for effect in step.effects:
            if effect.kind is EffectKind.PATCH:
                data = effect.data
                scope, path = data["scope"], tuple(data["path"])
                declared = declaration_of(self._chart, scope, path[0])
                whole, operation = self.values[scope], Operation(data["operation"])
                made = applied(whole, operation, path, data.get("value"), declared)
                if made is not None:
                    self.values[scope] = made
        return step

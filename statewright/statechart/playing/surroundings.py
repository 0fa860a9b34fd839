"""The contact and the tenant while a script is played: what turns write, later ones read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from statewright.expressions.values import NOTHING
from statewright.statechart.effects import EffectKind
from statewright.statechart.event import Event
from statewright.statechart.steps import Macrostep
from statewright.statechart.values.coercion import is_absent, with_part


class Surroundings:
    """Values of the contact and the tenant while a script is played.

    Args:
        contact: values of the contact at the start; None is none.
        tenant: values of the tenant at the start; None is none.

    Attributes:
        values: ``contact`` and ``tenant`` → their values.
    """

    __slots__ = ("values",)

    def __init__(
        self, contact: Mapping[str, Any] | None = None, tenant: Mapping[str, Any] | None = None
    ) -> None:
        self.values: dict[str, Mapping[str, Any]] = {
            "contact": contact or {},
            "tenant": tenant or {},
        }

    def around(self, event: Event) -> Event:
        """An event that carries the values as they are now."""
        contact, tenant = self.values["contact"], self.values["tenant"]
        return replace(event, contact=contact, tenant=tenant) if contact or tenant else event

    def after(self, step: Macrostep) -> Macrostep:
        """The step, once what it writes is kept."""
        for effect in step.effects:
            if effect.kind is EffectKind.PATCH:
                scope, path = effect.data["scope"], tuple(effect.data["path"])
                whole = self.values[scope]
                if "value" in effect.data:
                    self.values[scope] = with_part(whole, path, effect.data["value"])
                elif not is_absent(whole, path):
                    self.values[scope] = with_part(whole, path, NOTHING)
        return step

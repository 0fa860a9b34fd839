"""``<invoke>`` → an invocation of a chart, or of work that the world does (SCXML 6.4, 6.5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from statewright.compiler.lowering.texts import failing
from statewright.compiler.sources.scxml.actions import WrongError, actions_from, id_of
from statewright.compiler.sources.scxml.content import Payloads
from statewright.compiler.sources.scxml.context import Context
from statewright.compiler.sources.scxml.elements import Element
from statewright.compiler.sources.scxml.language import value_from
from statewright.expressions import Computed, Content, Literal
from statewright.flows.outline import shown
from statewright.statechart.definition import Actions, Invoke
from statewright.statechart.stepping.invocations import CHARTS

Load = Callable[[str, Context], bool]
"""Reads a document that a ``src`` names; whether it is there."""

_ATTRIBUTES = (
    *("type", "typeexpr", "src", "srcexpr", "id", "idlocation", "namelist", "autoforward"),
)


@dataclass(frozen=True, slots=True)
class Invocations:
    """Reads invocations.

    Attributes:
        payloads: reads what they are given.
        load: reads a document that they name.
    """

    payloads: Payloads
    load: Load

    def read(self, element: Element) -> Invoke:
        """The invocation; one that is wrong fails in a draft."""
        context = self.payloads.context
        context.check_attributes(element, *_ATTRIBUTES)
        finalize = self._finalize(element)
        params = self.payloads.fields(element, "content", "finalize")
        autoforward = element.attributes.get("autoforward")
        if autoforward is not None and autoforward.value.strip() not in {"true", "false"}:
            message = f"`autoforward` is `true` or `false`, not {shown(autoforward.value)}"
            context.report("R004", message, autoforward.location)
        try:
            name, location = id_of(element, self.payloads)
        except WrongError as error:
            chart = Computed(failing(str(error)))
            return Invoke("", "scxml", params, chart=chart, finalize=finalize)
        kind, type_expr = self._type(element)
        return Invoke(
            id=name,
            type=kind,
            params=params,
            type_expr=type_expr,
            chart=self._chart(element, kind),
            finalize=finalize,
            autoforward=autoforward is not None and autoforward.value.strip() == "true",
            id_location=location,
        )

    def _type(self, element: Element) -> tuple[str, Content | None]:
        expr = element.attributes.get("typeexpr")
        if expr is not None:
            return "", value_from(expr, self.payloads.context)
        attribute = element.attributes.get("type")
        kind = "" if attribute is None else attribute.value.strip()
        return ("scxml" if kind in CHARTS else kind), None

    def _chart(self, element: Element, kind: str) -> Content | None:
        """What gives the name of the chart that is invoked; None for work."""
        context = self.payloads.context
        src, srcexpr = element.attributes.get("src"), element.attributes.get("srcexpr")
        bodies = context.children(element, "content")
        given = [one for one in (src, srcexpr, *bodies) if one is not None]
        if len(given) > 1:
            message = "`<invoke>` has more than one of `src`, `srcexpr` and `<content>`"
            context.report("R004", message, given[1].location, "use one of them")
        if kind not in CHARTS:
            if given:
                message = (
                    f"an invocation of the type {shown(kind)} has only params; this is left out"
                )
                context.report("R006", message, given[0].location, "pass it as a `<param>`")
            return None
        if src is not None:
            name = src.value.strip()
            if not self.load(name, context):
                message = f"nothing is read from {shown(name)}: a document is read by itself"
                help_ = "put the machine into `<content>`"
                context.report("R006", message, src.location, help_)
            return Literal(name)
        if srcexpr is not None:
            return value_from(srcexpr, context)
        body = self.payloads.inline(bodies[0]) if bodies else None
        if body is None:
            message = "`<invoke>` says nothing of what it invokes"
            context.report("R005", message, element.location, "put the machine into `<content>`")
            return Computed(failing(message))
        return body

    def _finalize(self, element: Element) -> Actions:
        context = self.payloads.context
        finalizers = context.children(element, "finalize")
        for extra in finalizers[1:]:
            context.report("R004", "a second `<finalize>` is left out", extra.location)
        for child in finalizers[:1]:
            context.check_attributes(child)
            for inner in context.children(child, "send", "raise"):
                message = f"`<{inner.name}>` has no place in `<finalize>`"
                context.report("R004", message, inner.location, "do it in a transition")
            return actions_from(child, self.payloads)
        return ()

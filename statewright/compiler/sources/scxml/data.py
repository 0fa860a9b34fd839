"""``<datamodel>`` → variables (SCXML 5.2, 5.3). They all live as long as the session."""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.lowering.texts import failing
from statewright.compiler.sources.scxml.content import Payloads, inline_text
from statewright.compiler.sources.scxml.elements import Element
from statewright.compiler.sources.scxml.language import NULL
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.names import quoted
from statewright.flows.outline import shown
from statewright.statechart.actions import Assign, Branch, If
from statewright.statechart.definition import Actions, Datum

BOUND = "~bound"
"""Begins the name of the variable that says whether those of a state have got their values."""


def variables_from(
    models: list[Element], payloads: Payloads, seen: set[str], *, bound: bool = True
) -> Iterator[Datum]:
    """The variables that some ``<datamodel>`` declare.

    Args:
        models: the elements.
        payloads: reads values.
        seen: names that are declared already; those found are added.
        bound: whether they have their values from the start.
    """
    context = payloads.context
    for model in models:
        context.check_attributes(model)
        for child in _data_in(model, payloads):
            name = child.attributes["id"].value.strip()
            if name in seen:
                message = f"the variable {shown(name)} is declared twice; this one is left out"
                context.report("S104", message, child.location, "rename or remove one of them")
                continue
            seen.add(name)
            yield Datum(name, value=_value(child, payloads) if bound else None)


def _data_in(model: Element, payloads: Payloads) -> Iterator[Element]:
    """The ``<data>`` of a ``<datamodel>``; what else stands in it is reported."""
    context = payloads.context
    for child in model.elements:
        if not context.is_scxml(child):
            continue
        if child.name != "data":
            message = f"`<{child.name}>` has no place in `<datamodel>`"
            context.report("R003", message, child.location)
        elif context.datamodel == NULL:
            message = "the datamodel `null` has no variables"
            context.report("R006", message, child.location, 'say `datamodel="cel"`')
        else:
            name = context.required(child, "id")
            if name is not None and name.value.strip():
                yield child


def _value(element: Element, payloads: Payloads) -> Content | None:
    """The value of a variable; None for one that has none at first."""
    context = payloads.context
    src = element.attributes.get("src")
    if src is None:
        return payloads.inline(element, "id", "src")
    text = context.family.documents.get(src.value.strip())
    if text is None:
        message = f"nothing is read from `{src.value.strip()[:80]}`: a document is read by itself"
        context.report("R006", message, src.location, "write the value into the document")
        return Computed(failing(message))
    return inline_text(text)


def late_bindings(state: str, models: list[Element], payloads: Payloads) -> Iterator[Actions]:
    """Blocks that give the variables of a state their values when it is first entered.

    A block for each of them, since an error in one leaves the others alone.
    """
    flag = f"{BOUND} {state}"
    first = parse(f"!vars[{quoted(flag)}]")
    elements = [element for model in models for element in _data_in(model, payloads)]
    for element in elements:
        value = _value(element, payloads)
        if value is not None:
            name = element.attributes["id"].value.strip()
            yield (If((Branch(first, (Assign((name,), value),)),)),)
    if elements:
        payloads.context.flags.append(flag)
        yield (Assign((flag,), Literal(True)),)

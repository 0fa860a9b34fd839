"""Forms."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from statewright.flows.dialects.native.content import source_from, speech_from
from statewright.flows.dialects.native.content_schema import Speech
from statewright.flows.dialects.native.kinds.node import Box, PassingShape
from statewright.flows.dialects.native.kinds.patience import check_ports
from statewright.flows.dialects.native.kinds.questions import AskedShape, question_from
from statewright.flows.dialects.native.naming import check_name
from statewright.flows.dialects.native.shapes import NodeId, Shape, Text, Timeout
from statewright.flows.nodes import Form, FormField


class FormFieldShape(AskedShape):
    """One of the fields of a form: it is asked like a question."""


class FormPorts(Shape):
    """Where a form leads that is not filled in."""

    fallback: NodeId | None = Field(None, description="When the retries of a field are used up.")
    timeout: NodeId | None = Field(
        None, description="When it, or a field of it, was not filled in in time."
    )


class FormNode(PassingShape, Speech):
    """Asks several things, one after the other, or takes all answers at once."""

    type: Literal["form"]
    fields: dict[str, FormFieldShape] = Field(
        description="What is asked, by name, in order.", json_schema_extra={"minProperties": 1}
    )
    variable: Text | None = Field(None, description="Where the answers are saved: a map by name.")
    timeout: Timeout | None = Field(None, description="How long the whole may take.")
    on: FormPorts | None = Field(None, description="Where it leads when it is not filled in.")


def read_form(node: FormNode, box: Box) -> Form:
    """The fields, and the edges."""
    part = box.part
    box.ways(node.next)
    if node.on is not None:
        box.edge(node.on.fallback, part["on"]["fallback"], "fallback")
        box.edge(node.on.timeout, part["on"]["timeout"], "timeout")
        fields_written = (part["fields"][name].value for name in node.fields)
        check_ports(node.on, part, "form", [part.value, *fields_written])
    fields = tuple(
        FormField(
            name,
            question_from(shape, part["fields"][name], box.removed),
            part["fields"][name].key_location,
        )
        for name, shape in node.fields.items()
    )
    if part["fields"].value == {}:
        part["fields"].report("R004", "the form has no fields", "say what is asked", at_key=True)
    for name in node.fields:
        check_name(name, part["fields"][name], at_key=True, inside=True)
    variable = None if node.variable is None else source_from(node.variable, part["variable"])
    return Form(fields, speech_from(node, part, box.removed), variable, node.timeout)

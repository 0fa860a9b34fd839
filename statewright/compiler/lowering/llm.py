"""Asking a language model; see ``work``."""

from __future__ import annotations

from statewright.compiler.lowering.plan import Piece, Plan
from statewright.compiler.lowering.texts import content_from, record, template_from
from statewright.compiler.lowering.work import Work, effort_of, lower_work
from statewright.compiler.places import files
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.model import Node
from statewright.flows.nodes import NEXT, Llm

ANSWER = "event.data.?answer.orValue(null)"
USAGE = "event.data.?usage.orValue({})"
"""Where a result has the answer, and what it cost."""


def lower_llm(node: Node, config: Llm, plan: Plan) -> Piece:
    """The compound state of the work ``llm``."""
    fields: dict[str, Content] = {
        "model": template_from(config.model),
        "prompt": template_from(config.prompt),
        "options": record({name: content_from(value) for name, value in config.options}),
        **effort_of(config),
    }
    if config.system is not None:
        fields["system"] = template_from(config.system)
    if config.documents is not None:
        fields["documents"] = content_from(config.documents, files)
    if config.schema is not None:
        fields["schema"] = Literal(config.schema)
    work = Work(
        type="llm",
        request=record(fields),
        timeout=config.timeout,
        result=(("answer", Computed(parse(ANSWER))), ("usage", Computed(parse(USAGE)))),
        save=config.save,
        success=NEXT,
        error="error.flow.llm",
        good="has(event.data.answer)",
    )
    return lower_work(node, work, plan)

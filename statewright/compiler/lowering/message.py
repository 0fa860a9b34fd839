"""Messages: say, and go on, or wait for an acknowledgement or a click."""

from __future__ import annotations

from statewright.compiler.lowering.bubbles import buttons_content, says
from statewright.compiler.lowering.plan import Piece, Plan, ways
from statewright.compiler.lowering.question import lower_question
from statewright.compiler.lowering.texts import quoted
from statewright.expressions import Computed, Content, parse
from statewright.flows.model import Node
from statewright.flows.nodes import (
    NEXT,
    Button,
    ButtonAction,
    Choice,
    InputKind,
    Message,
    Question,
    Variant,
)
from statewright.statechart.actions import Assign, Branch, If
from statewright.statechart.definition import (
    Actions,
    Awaits,
    Datum,
    State,
    StateKind,
    Transition,
    state_id,
)

DRAWN = "~drawn"
"""The variable that holds the lot by which a variant was chosen."""


def lower_message(node: Node, config: Message, plan: Plan) -> Piece:
    """An atomic state that is left at once; with ``wait``, a compound state (show, wait)."""
    if any(button.wired for button in config.buttons):
        links = tuple(button for button in config.buttons if not _is_answer(button))
        shown = {"buttons": buttons_content(links)} if links else {}
        return lower_question(node, _question_from(config), plan, shown)
    extra = {"buttons": buttons_content(config.buttons)} if config.buttons else {}
    data = (Datum(DRAWN),) if len(config.variants) > 1 else ()
    entry = (_shown(config.variants, extra),)
    ident = state_id(node.id)
    if not config.wait:
        return Piece(State(ident, data=data, entry=entry, transitions=ways(plan, node.id, NEXT)))
    wait = state_id(node.id, "wait")
    show = State(state_id(node.id, "show"), entry=entry, transitions=(Transition((wait,)),))
    listen = State(
        wait,
        transitions=ways(plan, node.id, NEXT, events=("acknowledge", "message")),
        awaits=Awaits("acknowledgement", node.id),
    )
    return Piece(State(ident, StateKind.COMPOUND, states=(show, listen), data=data))


def _shown(variants: tuple[Variant, ...], extra: dict[str, Content]) -> Actions:
    """Say the only variant, or draw a lot and say the variant that it falls on."""
    if len(variants) == 1:
        return says(variants[0].bubbles, **extra)
    total = sum(variant.weight for variant in variants)
    draw = Assign((DRAWN,), Computed(parse(f"draw({total})")))
    branches, below = [], 0
    for variant in variants:
        below += variant.weight
        guard = parse(f"vars[{quoted(DRAWN)}] < {below}")
        branches.append(Branch(guard, says(variant.bubbles, **extra)))
    return draw, If(tuple(branches))


def _question_from(message: Message) -> Question:
    """A message whose buttons lead somewhere asks which one it shall be."""
    return Question(
        prompt=message.variants[0].bubbles if message.variants else (),
        input=InputKind.CHOICE,
        choices=tuple(
            Choice(button.value.text, button.label, location=button.label.location)
            for button in message.buttons
            if _is_answer(button)
        ),
    )


def _is_answer(button: Button) -> bool:
    """Whether a click on it comes back as an answer; a link only opens a page."""
    return button.action is not ButtonAction.URL

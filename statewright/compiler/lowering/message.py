"""Messages: say, and go on, or wait for an acknowledgement or a click."""

from __future__ import annotations

from collections.abc import Mapping

from statewright.compiler.lowering.bubbles import buttons_content, lots, shown
from statewright.compiler.lowering.choices import CHOICES_WITH_ACTIONS
from statewright.compiler.lowering.events import ACKNOWLEDGED
from statewright.compiler.lowering.floor import addressed, misdirected
from statewright.compiler.lowering.interrupt import heard
from statewright.compiler.lowering.lots import lot
from statewright.compiler.lowering.plan import Piece, Plan, ways
from statewright.compiler.lowering.question import Asked, lower_question
from statewright.flows.model import Node
from statewright.flows.nodes import (
    NEXT,
    Button,
    ButtonAction,
    Choice,
    InputKind,
    Message,
    Question,
)
from statewright.statechart.definition import (
    Awaits,
    State,
    StateKind,
    Transition,
)
from statewright.statechart.triggers import MESSAGE


def lower_message(node: Node, config: Message, plan: Plan) -> Piece:
    """An atomic state that is left at once; with ``wait``, a compound state (show, wait)."""
    if any(button.wired for button in config.buttons):
        links = tuple(button for button in config.buttons if not _is_answer(button))
        beside = {"buttons": buttons_content(links)} if links else {}
        if any(button.action is ButtonAction.POSTBACK for button in config.buttons):
            beside["choices"] = CHOICES_WITH_ACTIONS
        asked = Asked(config.variants, beside)
        return lower_question(node, _question_from(config), plan, asked)
    extra = {"buttons": buttons_content(config.buttons)} if config.buttons else {}
    data = lots(config.variants)
    total = max(1, sum(variant.weight for variant in config.variants))
    entry = (shown(config.variants, extra, lot(total, config.sticky, node.id)),)
    ident = plan.state(node.id)
    if not config.wait:
        return Piece(State(ident, data=data, entry=entry, transitions=ways(plan, node.id, NEXT)))
    wait = plan.part(node.id, "~wait")
    show = State(plan.part(node.id, "~show"), entry=entry, transitions=(Transition((wait,)),))
    answers = (ACKNOWLEDGED, MESSAGE)
    listen = State(
        wait,
        transitions=(
            *heard(node, plan, plan.part(node.id, "~show")),
            *misdirected(node, plan, answers),
            *ways(plan, node.id, NEXT, events=answers, when=addressed(node, plan)),
        ),
        awaits=Awaits("acknowledgement", plan.name(node.id), rank=plan.rank),
    )
    return Piece(State(ident, StateKind.COMPOUND, states=(show, listen), data=data))


def _question_from(message: Message) -> Question:
    """A message whose buttons lead somewhere asks which one it shall be."""
    return Question(
        prompt=(),
        input=InputKind.CHOICE,
        choices=tuple(
            Choice(button.value.text, button.label, _action(button), location=button.label.location)
            for button in message.buttons
            if _is_answer(button)
        ),
    )


def _action(button: Button) -> Mapping[str, str]:
    """What is told of a button that posts back; of all others it is known that they are said."""
    is_posted = button.action is ButtonAction.POSTBACK
    return {"action": str(button.action)} if is_posted else {}


def _is_answer(button: Button) -> bool:
    """Whether a click on it comes back as an answer; a link only opens a page."""
    return button.action is not ButtonAction.URL

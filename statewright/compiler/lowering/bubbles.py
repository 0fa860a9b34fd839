"""What a bot says: bubbles → ``Say`` actions.

A say's content is ``{"type": …, "text": …, …}``, with ``choices`` (``{"value", "label"}`` maps) and
``buttons`` where some are offered.
"""

from __future__ import annotations

from collections.abc import Mapping

from statewright.compiler.lowering.texts import quoted, record, sequence, template_from
from statewright.compiler.texts import CARD_PLACES, PLACES
from statewright.expressions import Computed, Content, Literal, Place, parse
from statewright.flows.durations import SECOND
from statewright.flows.nodes import Bubble, BubbleType, Button, ButtonAction, Card, Variant
from statewright.statechart.actions import Assign, Branch, If, Say
from statewright.statechart.definition import Actions, Datum


def says(bubbles: tuple[Bubble, ...], **extra: Content) -> Actions:
    """Say the bubbles in order; ``extra`` fields go with the last one.

    Extra fields without any bubble are said with an empty text, so that choices are always shown.
    """
    if not bubbles and extra:
        return (Say(record({"type": Literal("text"), "text": Literal(""), **extra})),)
    last = len(bubbles) - 1
    return tuple(
        Say(bubble_content(bubble, extra if index == last else {}))
        for index, bubble in enumerate(bubbles)
    )


DRAWN = "~drawn"
"""The variable that holds the lot by which a variant was chosen."""


def shown(variants: tuple[Variant, ...], extra: Mapping[str, Content], drawn: str = "") -> Actions:
    """Say the only variant; or draw a lot, and say the variant that it falls on.

    Args:
        variants: what may be said.
        extra: fields that go with the last bubble.
        drawn: CEL for the lot; by default one that is drawn each time.
    """
    if len(variants) <= 1:
        bubbles = variants[0].bubbles if variants else ()
        return says(bubbles, **extra)
    total = max(1, sum(variant.weight for variant in variants))
    draw = Assign((DRAWN,), Computed(parse(drawn or f"draw({total})")))
    arms, below = [], 0
    for variant in variants:
        below += variant.weight
        guard = parse(f"vars[{quoted(DRAWN)}] < {below}")
        arms.append(Branch(guard, says(variant.bubbles, **extra)))
    return draw, If(tuple(arms))


def lots(variants: tuple[Variant, ...]) -> tuple[Datum, ...]:
    """The variable that ``shown`` needs, if it needs one."""
    return (Datum(DRAWN),) if len(variants) > 1 else ()


def bubble_content(bubble: Bubble, extra: dict[str, Content]) -> Content:
    """What is said of one bubble."""
    fields = {
        name: template_from(source, PLACES.get((bubble.type, name), Place.TEXT))
        for name, source in bubble.fields
    }
    cards = {"cards": sequence(tuple(_card(card) for card in bubble.cards))} if bubble.cards else {}
    typing = {"typing": Literal(bubble.typing / SECOND)} if bubble.typing else {}
    return record({"type": Literal(str(bubble.type)), **fields, **cards, **typing, **extra})


def _card(card: Card) -> Content:
    fields = {name: template_from(source, CARD_PLACES[name]) for name, source in card.fields}
    buttons = {"buttons": buttons_content(card.buttons)} if card.buttons else {}
    return record({**fields, **buttons})


def text_bubble(content: Content, **extra: Content) -> Actions:
    """Say one text."""
    return (Say(record({"type": Literal(str(BubbleType.TEXT)), "text": content, **extra})),)


def buttons_content(buttons: tuple[Button, ...]) -> Content:
    """The buttons under a message: ``{"label", "action", "value"}`` maps."""
    return sequence(
        tuple(
            record(
                {
                    "label": template_from(button.label),
                    "action": Literal(str(button.action)),
                    "value": template_from(button.value, _value_place(button)),
                }
            )
            for button in buttons
        )
    )


def _value_place(button: Button) -> Place:
    return Place.URL if button.action is ButtonAction.URL else Place.VALUE

"""What the channels can show on which people talk to bots.

Sources: the developers' pages of Meta (WhatsApp Cloud API: interactive messages; Messenger: quick
replies), of Telegram (Bot API: sendMessage) and of Twilio (SMS).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from statewright.flows.nodes import BubbleType

_EVERYTHING: Final = frozenset(BubbleType)
_MEDIA: Final = frozenset(
    {BubbleType.TEXT, BubbleType.IMAGE, BubbleType.VIDEO, BubbleType.AUDIO, BubbleType.FILE}
)


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel.

    Attributes:
        name: what the configuration calls it.
        title: what people call it.
        text: how many characters a message may have.
        choices: how many answers can be offered at once; 0 for none.
        label: how many characters an answer may have.
        bubbles: what it can show.
    """

    name: str
    title: str
    text: int = 4_096
    choices: int = 100
    label: int = 100
    bubbles: frozenset[BubbleType] = _EVERYTHING


CHANNELS: Final = (
    Channel("web", "a web page", text=100_000),
    Channel("whatsapp", "WhatsApp", text=1_024, choices=10, label=24, bubbles=_MEDIA),
    Channel(
        "messenger",
        "Messenger",
        text=2_000,
        choices=13,
        label=20,
        bubbles=_MEDIA | {BubbleType.CARD, BubbleType.CAROUSEL},
    ),
    Channel("telegram", "Telegram", bubbles=_MEDIA | {BubbleType.HTML}),
    Channel("sms", "SMS", text=1_600, choices=0, bubbles=frozenset({BubbleType.TEXT})),
)
"""The channels that are known."""


def channels_among(names: Iterable[str]) -> tuple[Channel, ...]:
    """The channels of some names; names that are not known are left out."""
    wanted = set(names)
    return tuple(channel for channel in CHANNELS if channel.name in wanted)

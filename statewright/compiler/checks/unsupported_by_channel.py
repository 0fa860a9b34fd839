"""A flow shows something that its channel cannot show.

What it does:
    Compares what is said with what the channels can show that the configuration lists: `web`,
    `whatsapp`, `messenger`, `telegram`, `sms`. Where it lists none, nothing is said.

Why it matters:
    The message is refused, or arrives without what matters in it.

Example:
    start: show
    nodes:
      show:
        type: message
        carousel:
          - {title: Red, subtitle: "10 euros"}
          - {title: Blue, subtitle: "12 euros"}
        next: bye
      bye: {type: end}
    # file: statewright.toml
    channels = ["sms"]

Instead:
    start: show
    nodes:
      show: {type: message, text: "Red: 10 euros. Blue: 12 euros.", next: bye}
      bye: {type: end}
    # file: statewright.toml
    channels = ["sms"]

Known limits:
    What a gateway in front of the channel makes of it is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.channels import Channel, channels_among
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.speech import speeches_of
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.flows.nodes import BubbleType, Message


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Bubbles and buttons that a channel cannot show, each kind once at each node."""
    for channel in channels_among(subject.policy.channels):
        told: set[tuple[str, str]] = set()
        for node, what in _shown(subject, channel):
            if (node, what) not in told:
                told.add((node, what))
                yield check.finding(
                    f"{channel.title} cannot show {what}",
                    subject.nodes[node].location if node else subject.flow.location,
                    node=node,
                    help="say it in words",
                )


def _shown(subject: Subject, channel: Channel) -> Iterator[tuple[str, str]]:
    """What a flow shows and a channel cannot, each with the node that shows it."""
    for speech in speeches_of(subject):
        for bubble in speech.bubbles:
            fallback = bubble.type is BubbleType.HTML and "text" in dict(bubble.fields)
            if bubble.type not in channel.bubbles and not fallback:
                yield speech.node, _NAMES[bubble.type]
    for node in subject.nodes.values():
        if isinstance(node.config, Message) and node.config.buttons and not channel.choices:
            yield node.id, "buttons"


_NAMES = {
    BubbleType.TEXT: "texts",
    BubbleType.HTML: "markup",
    BubbleType.IMAGE: "pictures",
    BubbleType.VIDEO: "videos",
    BubbleType.AUDIO: "sounds",
    BubbleType.FILE: "files",
    BubbleType.CARD: "cards",
    BubbleType.CAROUSEL: "cards side by side",
    BubbleType.LIST: "lists of cards",
    BubbleType.DATA: "data",
}

CHECK = Check("I509", "unsupported-by-channel", Severity.ERROR, __doc__, find)

"""What a message or question of Wriveted says → bubbles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from statewright.flows.dialects.wriveted.scope import Scope
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import Bubble, BubbleType, Source
from statewright.flows.outline import shown
from statewright.flows.parts import Part
from statewright.flows.placeholders import path_from

PRESENTATION: Final = frozenset(
    {
        "typing_indicator", "typing_delay", "delay", "style", "styles", "animation", "theme",
        "position", "description", "info", "id", "type", "label",
    }
)  # fmt: skip
"""Keys that say how something looks, or are for people; nothing is lost with them."""

_MEDIA: Final = {
    "image": BubbleType.IMAGE,
    "gif": BubbleType.IMAGE,
    "video": BubbleType.VIDEO,
    "audio": BubbleType.AUDIO,
    "file": BubbleType.FILE,
}
_ITEM_KEYS: Final = frozenset(
    {"content", "text", "rich_text", "fallback_text", "url", "alt", "source", "content_id"}
)


def bubbles_from(content: Part, scope: Scope) -> tuple[Bubble, ...]:
    """What a message says: its texts, then the items of ``messages``."""
    content["content_id"].not_carried_over("content of the CMS is not part of the flow", "error")
    own = (*rich_text(content, scope), *plain_text(content["text"], scope))
    items = (
        bubble for item in content["messages"].items() for bubble in _item_bubbles(item, scope)
    )
    return (*own, *items)


def plain_text(part: Part, scope: Scope) -> Iterator[Bubble]:
    """The bubble of a text, if it says anything."""
    if part.text().strip():
        yield Bubble(BubbleType.TEXT, (("text", scope.source(part)),))


def rich_text(content: Part, scope: Scope) -> Iterator[Bubble]:
    """The bubble of a rich text, with what is said where it cannot be shown."""
    html, fallback = content["rich_text"], content["fallback_text"]
    if not html.text().strip():
        yield from plain_text(fallback, scope)
        return
    fields: tuple[tuple[str, Source], ...] = (("html", scope.source(html)),)
    if fallback.text().strip():
        fields = (*fields, ("text", scope.source(fallback)))
    yield Bubble(BubbleType.HTML, fields)


def _item_bubbles(item: Part, scope: Scope) -> Iterator[Bubble]:
    if isinstance(item.value, str):
        yield from plain_text(item, scope)
        return
    if not isinstance(item.value, dict):
        item.wrong("a map")
        return
    item.refuse_unknown(_ITEM_KEYS | PRESENTATION)
    kind = item["type"]
    name = kind.text("text").lower()
    if item["content_id"].present:
        what = "content of the CMS is not part of the flow"
        item["content_id"].not_carried_over(what, "error")
    elif name in _ITEMS:
        yield from _ITEMS[name](item, scope)
    else:
        kind.report("R004", f"{shown(name)} is no kind of content", did_you_mean(name, _ITEMS))


def _text(item: Part, scope: Scope) -> Iterator[Bubble]:
    yield from rich_text(item, scope)
    if not item["rich_text"].present:
        yield from plain_text(item.first("text", "content"), scope)


def _media(item: Part, scope: Scope) -> Iterator[Bubble]:
    kind = _MEDIA[item["type"].text().lower()]
    content = item["content"]
    holder = content if isinstance(content.value, dict) else item
    url = content if isinstance(content.value, str) else holder["url"]
    if not url.text():
        url.wrong("where it is")
        return
    fields = [("url", scope.source(url))]
    alt = holder.first("alt", "alt_text")
    if alt.text():
        fields.append(("alt", scope.source(alt)))
    yield Bubble(kind, tuple(fields))


def _books(item: Part, scope: Scope) -> Iterator[Bubble]:
    source = item["source"]
    path = path_from(source.text())
    if path is None:
        source.wrong("the variable that holds the books")
        return
    value = source.read_as(f"{{{{ {scope.in_cel(path)} }}}}")
    yield Bubble(BubbleType.DATA, (("source", value), ("view", item["type"].source())))


_ITEMS: Final[Mapping[str, Callable[[Part, Scope], Iterator[Bubble]]]] = MappingProxyType(
    {"text": _text, **dict.fromkeys(_MEDIA, _media), "book_list": _books}
)
"""What makes bubbles of each kind of item."""

"""A question of the native format."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from statewright.flows.dialects.native import node_schema as schema
from statewright.flows.dialects.native.content import Removed, content_from, source_from
from statewright.flows.dialects.native.validation import paired
from statewright.flows.nearest import listed
from statewright.flows.nodes import (
    Bubble,
    BubbleType,
    Choice,
    InputKind,
    Question,
    Source,
    Store,
    Validation,
    choice_port,
)
from statewright.flows.parts import Part

_CHOOSING: Final = frozenset({InputKind.CHOICE, InputKind.MULTIPLE_CHOICE})
_COUNTED: Final = frozenset({InputKind.NUMBER, InputKind.INTEGER, InputKind.MULTIPLE_CHOICE})
_WRITTEN: Final = frozenset({InputKind.TEXT, InputKind.EMAIL, InputKind.PHONE, InputKind.URL})
_LIMITS: Final = {
    "minimum": _COUNTED,
    "maximum": _COUNTED,
    "min_length": _WRITTEN,
    "max_length": _WRITTEN,
    "pattern": _WRITTEN,
}
"""For which kinds of answer each check means something."""


def question_from(node: schema.QuestionNode, part: Part, removed: Removed) -> Question:
    """What a question does."""
    choices = tuple(_choices(node, part, removed))
    kind = InputKind(node.input) if node.input else None
    kind = kind or (InputKind.CHOICE if node.choices else InputKind.TEXT)
    _check_choices(node, part, kind)
    _check_limits(node, part, kind)
    return Question(
        prompt=_prompt(node, part, removed),
        input=kind,
        variable=_source(node.variable, part["variable"]),
        choices=choices,
        store=Store(node.store),
        validation=Validation(
            pattern=_source(node.pattern, part["pattern"]),
            minimum=node.minimum,
            maximum=node.maximum,
            min_length=node.min_length,
            max_length=node.max_length,
        ),
        retries=node.retries,
        retry_message=_source(node.retry, part["retry"]),
        timeout=node.timeout,
    )


def _source(text: str | None, part: Part) -> Source | None:
    return None if text is None else source_from(text, part)


def _prompt(node: schema.QuestionNode, part: Part, removed: Removed) -> tuple[Bubble, ...]:
    if node.text is not None and node.content is not None:
        part["content"].report(
            "R004", "`content` stands beside `text`", "list all bubbles under `content`",
            at_key=True,
        )  # fmt: skip
    elif not {"text", "content"} & set(part.value):
        part["text"].report("R005", "`text` is missing", "say what is asked")
    content = content_from(node.content, part["content"], removed)
    if not node.text:
        return content
    text = Bubble(BubbleType.TEXT, (("text", source_from(node.text, part["text"])),))
    return (text, *content)


def _choices(node: schema.QuestionNode, part: Part, removed: Removed) -> list[Choice]:
    choices = []
    ports: set[str] = set()
    for choice, item in paired(node.choices, part["choices"], removed):
        if isinstance(choice, schema.LongChoice):
            value, place = choice.value, item["value"]
            text, written = choice.label, item["label"]
            extra = choice.data
        else:
            value, place, text, written, extra = choice, item, None, item, {}
        if choice_port(value) in ports:
            place.report("R007", f"the choice `{value}` stands here again", "rename or remove it")
            continue
        ports.add(choice_port(value))
        label = source_from(_shown(value) if text is None else text, written)
        choices.append(Choice(value, label, extra, item.location))
    return choices


def _shown(value: object) -> str:
    """A choice's value as a label; a text says itself."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_choices(node: schema.QuestionNode, part: Part, kind: InputKind) -> None:
    if kind is InputKind.MULTIPLE_CHOICE:
        for item in part["choices"].items():
            if isinstance(item.value, dict) and item["to"].present:
                item["to"].report(
                    "R004",
                    "one of several choices leads to no node of its own",
                    "lead on by `next`, and branch behind it with a condition",
                    at_key=True,
                )
    if kind in _CHOOSING and not part["choices"].present:
        part["choices"].report("R005", "`choices` is missing", "list the answers to choose from")
    elif kind not in _CHOOSING and node.choices:
        part["choices"].report(
            "R004",
            f"`choices` means nothing to a question for `{kind}`",
            "remove it, or `input`",
            at_key=True,
        )


def _check_limits(node: schema.QuestionNode, part: Part, kind: InputKind) -> None:
    for name, kinds in _LIMITS.items():
        if getattr(node, name) is not None and kind not in kinds:
            part[name].report(
                "R004",
                f"`{name}` means nothing to a question for `{kind}`",
                f"it belongs to {listed(_in_order(kinds))}",
                at_key=True,
            )
    for least, most in (("minimum", "maximum"), ("min_length", "max_length")):
        low, high = getattr(node, least), getattr(node, most)
        if low is not None and high is not None and low > high:
            part[most].report("R004", f"`{most}` is less than `{least}`: no answer will do")
    if node.on is not None and node.on.timeout is not None and node.timeout is None:
        part["on"]["timeout"].report(
            "R004",
            "this never happens: the question has no `timeout`",
            "add `timeout: 10m`",
            severity="warning",
            at_key=True,
        )


def _in_order(kinds: Collection[InputKind]) -> list[str]:
    return [kind for kind in InputKind if kind in kinds]

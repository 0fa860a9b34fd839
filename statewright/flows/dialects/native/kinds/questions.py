"""Questions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Discriminator, Field, Tag

from statewright.expressions.operations.utterances import folded
from statewright.flows.dialects.native.content import Removed, content_from, source_from
from statewright.flows.dialects.native.content_schema import Bubble as BubbleShape
from statewright.flows.dialects.native.kinds.bounds import Bounds, bounds_from, check_step
from statewright.flows.dialects.native.kinds.node import Box, PassingShape
from statewright.flows.dialects.native.kinds.patience import check_ports, check_reminder
from statewright.flows.dialects.native.relations import (
    Relation,
    Relations,
    apart,
    has,
    lacks,
    one_of,
    some_of,
    where,
    where_one_is,
)
from statewright.flows.dialects.native.shapes import (
    AT_LEAST_ONE,
    TAG,
    Bound,
    Expression,
    Heard,
    NodeId,
    Offered,
    Shape,
    Text,
    Timeout,
    Words,
)
from statewright.flows.dialects.native.validation import paired
from statewright.flows.nearest import listed
from statewright.flows.nodes import (
    Bubble,
    BubbleType,
    Choice,
    Help,
    InputKind,
    Question,
    Reminder,
    Source,
    Store,
    Validation,
    choice_port,
)
from statewright.flows.outline import shown
from statewright.flows.parts import Part
from statewright.flows.translations import in_all_languages, translated_lists


class LongChoice(Shape):
    """One of the answers offered."""

    value: Offered = Field(description="What is saved.")
    label: Words | None = Field(None, description="What is shown; by default the value.")
    to: NodeId | None = Field(None, description="The node where this answer leads.")
    synonyms: list[Text] = Field([], description="Other words that mean it.")
    data: dict[str, Any] = Field(
        {}, description="Whatever else belongs to it; saved with `store: choice`."
    )


def _choice_tag(value: Any) -> str:
    return f"{TAG}long" if isinstance(value, dict) else f"{TAG}value"


ChoiceShape = Annotated[
    Annotated[Offered, Tag(f"{TAG}value")] | Annotated[LongChoice, Tag(f"{TAG}long")],
    Discriminator(_choice_tag),
]


class QuestionPorts(Shape):
    """Where a question leads when it is not answered."""

    fallback: NodeId | None = Field(None, description="When the retries are used up.")
    timeout: NodeId | None = Field(None, description="When no answer came in time.")
    skip: NodeId | None = Field(
        None, description="When it is skipped; by default as after an answer."
    )


class HelpShape(Shape):
    """What is said to somebody who asks for help; it is no attempt to answer."""

    words: list[Heard] = Field(
        ["help", "?", "hilfe", "aide", "ayuda", "ajuda", "aiuto", "hulp"],
        description="What asks for it; by default `?`, and help in some languages.",
    )
    text: Words = Field(description="What is said.")


class ReminderShape(Shape):
    """What is said to somebody who does not answer."""

    after: Timeout = Field(description="How long nobody has said anything.")
    text: Words = Field(description="What is said.")
    times: int = Field(1, ge=1, le=100, description="How often.")


_CHOOSING: Final = frozenset({InputKind.CHOICE, InputKind.MULTIPLE_CHOICE})
_COUNTED: Final = frozenset(
    {
        InputKind.NUMBER,
        InputKind.INTEGER,
        InputKind.MULTIPLE_CHOICE,
        InputKind.RATING,
        InputKind.SLIDER,
    }
)
_BOUNDED: Final = _COUNTED | {InputKind.DATE}
_WRITTEN: Final = frozenset({InputKind.TEXT, InputKind.EMAIL, InputKind.PHONE, InputKind.URL})
_LIMITS: Final[Mapping[str, frozenset[InputKind]]] = {
    "minimum": _BOUNDED,
    "maximum": _BOUNDED,
    "min_length": _WRITTEN,
    "max_length": _WRITTEN,
    "pattern": _WRITTEN,
    "accept": frozenset({InputKind.FILE}),
    "max_size": frozenset({InputKind.FILE}),
    "step": frozenset({InputKind.SLIDER}),
    "window": _WRITTEN,
    "yes": frozenset({InputKind.BOOLEAN}),
    "no": frozenset({InputKind.BOOLEAN}),
}
"""For which kinds of answer each check means something."""


def _relations() -> Iterator[Relation]:
    """How the keys of a question go together."""
    yield from one_of("text", "content")
    yield from apart("choices", "choices_from")
    choosing = where_one_is("input", _CHOOSING, "choice")
    yield where(some_of("choices", "choices_from"), choosing)
    yield where(has("input", {"enum": sorted(_CHOOSING)}), some_of("choices", "choices_from"))
    for key, kinds in _LIMITS.items():
        usual = [] if InputKind.TEXT not in kinds else [lacks("choices", "choices_from")]
        yield where(has(key), where_one_is("input", kinds, "text"), *usual)
    for kinds, kind in ((_COUNTED, "number"), (frozenset({InputKind.DATE}), "string")):
        bounds = {"minimum": {"type": kind}, "maximum": {"type": kind}}
        yield where(has("input", {"enum": sorted(kinds)}), {"properties": bounds})
    leading = {"choices": {"items": {"properties": {"to": False}}}}
    yield where(has("input", {"const": "multiple_choice"}), {"properties": leading})


class AskedShape(Shape):
    """What is asked, and what the answer must be like."""

    relations: ClassVar[Relations] = (*_relations(),)
    text: Text | None = Field(None, description="What is asked.")
    content: list[BubbleShape] | None = Field(
        None, description="What is asked, in several bubbles.", json_schema_extra=AT_LEAST_ONE
    )
    input: (
        Literal[
            "text", "number", "integer", "email", "phone", "url", "date", "boolean", "choice",
            "multiple_choice", "time", "rating", "slider", "file", "location",
        ]
        | None
    ) = Field(
        None, description="What kind of answer is wanted; by default text, or one of `choices`."
    )  # fmt: skip
    choices: list[ChoiceShape] = Field(
        [], description="The answers offered.", json_schema_extra=AT_LEAST_ONE
    )
    choices_from: Expression | None = Field(
        None, description="CEL for the answers offered: values, or maps {value, label}."
    )
    store: Literal["value", "choice"] = Field(
        "value", description="What is saved of a choice: its value, or all that is written of it."
    )
    pattern: Text | None = Field(None, description="A regular expression (RE2) to be found in it.")
    minimum: Bound | None = Field(
        None, description="The least number, or count of choices; of a date, the first day."
    )
    maximum: Bound | None = Field(
        None, description="The greatest number, or count of choices; of a date, the last day."
    )
    min_length: int | None = Field(None, ge=0, description="The least number of characters.")
    max_length: int | None = Field(None, ge=0, description="The greatest number of characters.")
    step: float = Field(0, ge=0, description="By how much a slider moves.")
    accept: list[Text] = Field([], description="Types of a file: `image/*`, `application/pdf`.")
    max_size: int | None = Field(None, ge=1, description="The most bytes of a file.")
    retries: int | None = Field(
        None, ge=0, description="How often it is asked again; by default without end."
    )
    retry: Text | None = Field(None, description="What is said to an answer that will not do.")
    timeout: Timeout | None = Field(None, description="How long to wait for each answer.")
    reminder: ReminderShape | None = Field(
        None, description="What is said to somebody who does not answer."
    )
    help: HelpShape | None = Field(None, description="What is said to somebody who asks for help.")
    skip: list[Heard] = Field([], description="Words with which it is left unanswered.")
    yes: list[Heard] = Field([], description="With `boolean`, more words that mean yes.")
    no: list[Heard] = Field([], description="With `boolean`, more words that mean no.")
    window: Timeout | None = Field(
        None,
        description=(
            "The answer may come in several messages, so shortly after each other; "
            "for `text`, `email`, `phone` and `url`."
        ),
    )


class QuestionNode(PassingShape, AskedShape):
    """Asks, waits for an answer, checks it, saves it."""

    type: Literal["question"]
    variable: Text | None = Field(None, description="Where the answer is saved: a name or path.")
    on: QuestionPorts | None = Field(None, description="Where it leads when it is not answered.")


def read_question(node: QuestionNode, box: Box) -> Question:
    """What is asked, the checks of the answer, and the edges."""
    part = box.part
    for choice, item in paired(node.choices, part["choices"], box.removed):
        if isinstance(choice, LongChoice):
            box.edge(choice.to, item["to"], choice_port(choice.value))
    box.ways(node.next)
    if node.on is not None:
        box.edge(node.on.fallback, part["on"]["fallback"], "fallback")
        box.edge(node.on.timeout, part["on"]["timeout"], "timeout")
        box.edge(node.on.skip, part["on"]["skip"], "skip")
        check_ports(node.on, part, "question", [part.value])
    question = question_from(node, part, box.removed)
    return replace(question, variable=_source(node.variable, part["variable"]))


def question_from(node: AskedShape, part: Part, removed: Removed) -> Question:
    """What a question does; where the answer is saved is left out."""
    choices = tuple(_choices(node, part, removed))
    kind = InputKind(node.input) if node.input else None
    offered = part["choices"].present or part["choices_from"].present
    kind = kind or (InputKind.CHOICE if offered else InputKind.TEXT)
    bounds = Bounds()
    if part["input"].pointer not in removed:
        _check_choices(node, part, kind)
        _check_limits(node, part, kind)
        if kind in _BOUNDED:
            bounds = bounds_from(node.minimum, node.maximum, part, kind)
        if kind is InputKind.SLIDER and node.step > 0:
            check_step(node.step, bounds, part)
    _check_words(node, part)
    if node.reminder is not None:
        check_reminder(node.reminder.after, node.timeout, part)
    _check_types(part["accept"])
    return Question(
        prompt=_prompt(node, part, removed),
        input=kind,
        choices=choices,
        store=Store(node.store),
        validation=Validation(
            pattern=_source(node.pattern, part["pattern"]),
            minimum=bounds.minimum,
            maximum=bounds.maximum,
            earliest=bounds.earliest,
            latest=bounds.latest,
            min_length=node.min_length,
            max_length=node.max_length,
            step=node.step,
            accept=tuple(node.accept),
            max_size=node.max_size,
        ),
        retries=node.retries,
        retry_message=_source(node.retry, part["retry"]),
        timeout=node.timeout,
        choices_from=_source(node.choices_from, part["choices_from"]),
        skip=in_all_languages(node.skip, part["skip"]),
        help=None
        if node.help is None
        else Help(
            in_all_languages(node.help.words, part["help"]["words"]),
            source_from(node.help.text, part["help"]["text"]),
        ),
        reminder=None
        if node.reminder is None
        else Reminder(
            node.reminder.after,
            source_from(node.reminder.text, part["reminder"]["text"]),
            node.reminder.times,
        ),
        window=node.window or 0,
        yes=in_all_languages(node.yes, part["yes"]),
        no=in_all_languages(node.no, part["no"]),
    )


def _source(text: str | None, part: Part) -> Source | None:
    return None if text is None else source_from(text, part)


def _prompt(node: AskedShape, part: Part, removed: Removed) -> tuple[Bubble, ...]:
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


def _choices(node: AskedShape, part: Part, removed: Removed) -> list[Choice]:
    choices = []
    ports: set[str] = set()
    for choice, item in paired(node.choices, part["choices"], removed):
        if isinstance(choice, LongChoice):
            value, place = choice.value, item["value"]
            text, written = choice.label, item["label"]
            extra, synonyms = choice.data, tuple(choice.synonyms)
        else:
            value, place, text, written, extra = choice, item, None, item, {}
            synonyms = ()
        if isinstance(value, str) and (not value.strip() or "{{" in value):
            what = "is a template" if value.strip() else "is empty"
            help_ = "write what is saved; what is shown stands under `label`"
            place.report("R004", f"the value of a choice {what}", help_)
        if choice_port(value) in ports:
            place.report("R007", f"the choice `{value}` stands here again", "rename or remove it")
            continue
        ports.add(choice_port(value))
        translated = translated_lists(item["synonyms"])
        label = source_from(_shown(value) if text is None else text, written)
        choices.append(Choice(value, label, extra, synonyms, item.location, translated))
    return choices


def _shown(value: object) -> str:
    """A choice's value as a label; a text says itself."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_choices(node: AskedShape, part: Part, kind: InputKind) -> None:
    if kind is InputKind.MULTIPLE_CHOICE:
        for item in part["choices"].items():
            if isinstance(item.value, dict) and item["to"].present:
                item["to"].report(
                    "R004",
                    "one of several choices leads to no node of its own",
                    "lead on by `next`, and branch behind it with a condition",
                    at_key=True,
                )
    if part["choices"].present and node.choices_from is not None:
        part["choices_from"].report(
            "R004", "`choices_from` stands beside `choices`", "remove one", at_key=True
        )
    if kind in _CHOOSING and not part["choices"].present and not part["choices_from"].present:
        part["choices"].report("R005", "`choices` is missing", "list the answers to choose from")
    elif part["choices"].value == [] and (kind in _CHOOSING or not part["input"].present):
        part["choices"].report("R005", "`choices` is empty", "list the answers to choose from")
    elif kind not in _CHOOSING:
        for key in ("choices", "choices_from"):
            if part[key].present:
                part[key].report(
                    "R004",
                    f"`{key}` means nothing to a question for `{kind}`",
                    "remove it, or `input`",
                    at_key=True,
                )


def _check_words(node: AskedShape, part: Part) -> None:
    """Report words that nobody says, or that ask for help before they could skip anything."""
    helping = {folded(word) for word in node.help.words} if node.help is not None else set()
    spoken = (part["help"]["words"], part["skip"], part["yes"], part["no"])
    for item in (item for words in spoken for item in words.items()):
        word = item.value if isinstance(item.value, str) else "unread"
        if not word.strip() or "{{" in word:
            what = "no template" if word.strip() else "not empty"
            item.report("R004", f"a word to listen for is {what}", "write what people say")
    for item in part["skip"].items():
        if isinstance(item.value, str) and folded(item.value) in helping:
            message = f"`{item.value}` asks for help already, and skips nothing"
            item.report("R007", message, "name another word", severity="warning")


_IS_MIME_TYPE: Final = re.compile(
    r"[a-z0-9][\w!#$&^.+-]*/(?:\*|[a-z0-9][\w!#$&^.+-]*)", re.IGNORECASE | re.ASCII
)
"""What files are told by: ``application/pdf``, ``image/*`` (RFC 6838, section 4.2)."""


def _check_types(part: Part) -> None:
    """Report what is no type of a file: no file would ever be one of these."""
    for item in part.items():
        if isinstance(item.value, str) and not _IS_MIME_TYPE.fullmatch(item.value):
            message = f"`accept` must name MIME types, not {shown(item.value)}"
            item.report("R004", message, "for example `application/pdf` or `image/*`")


def _check_limits(node: AskedShape, part: Part, kind: InputKind) -> None:
    for name, kinds in _LIMITS.items():
        written = name in node.model_fields_set and getattr(node, name) is not None
        if written and kind not in kinds:
            part[name].report(
                "R004",
                f"`{name}` means nothing to a question for `{kind}`",
                f"it belongs to {listed(_in_order(kinds))}",
                at_key=True,
            )
    shortest, longest = node.min_length, node.max_length
    if shortest is not None and longest is not None and shortest > longest:
        message = "`max_length` is less than `min_length`: no answer will do"
        part["max_length"].report("R004", message, "exchange them")


def _in_order(kinds: Collection[InputKind]) -> list[str]:
    return [kind for kind in InputKind if kind in kinds]

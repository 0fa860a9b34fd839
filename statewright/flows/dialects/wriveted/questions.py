"""A question of Wriveted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from statewright.flows.dialects.wriveted.content import PRESENTATION, plain_text, rich_text
from statewright.flows.dialects.wriveted.scope import Scope
from statewright.flows.nodes import (
    Bubble,
    Choice,
    InputKind,
    Question,
    Store,
    Validation,
    choice_port,
)
from statewright.flows.parts import Part
from statewright.flows.placeholders import path_from

INPUTS: Final = {
    "text": InputKind.TEXT,
    "choice": InputKind.CHOICE,
    "multiple_choice": InputKind.MULTIPLE_CHOICE,
    "number": InputKind.NUMBER,
    "email": InputKind.EMAIL,
    "phone": InputKind.PHONE,
    "url": InputKind.URL,
    "date": InputKind.DATE,
    "slider": InputKind.NUMBER,
    "image_choice": InputKind.CHOICE,
    "carousel": InputKind.CHOICE,
}
_CHOOSING: Final = frozenset({InputKind.CHOICE, InputKind.MULTIPLE_CHOICE})
KEYS: Final = frozenset(
    {
        "question", "text", "rich_text", "fallback_text", "input_type", "options", "variable",
        "validation", "max_retries", "retry_message", "slider_config", "carousel_config",
        "source", "source_config", "track_shown_in", "placeholder",
    }
) | PRESENTATION  # fmt: skip
_VALIDATION_KEYS: Final = frozenset(
    {"required", "min_length", "max_length", "min", "max", "pattern", "error_message"}
)


def question_from(content: Part, scope: Scope) -> tuple[Question, list[int]]:
    """What a question does, and the number of each of its choices among the options."""
    kind = _input(content)
    numbered = list(_options(content["options"], scope)) if kind in _CHOOSING else []
    if kind in _CHOOSING and not numbered:
        content["options"].wrong("the answers to choose from")
    elif kind not in _CHOOSING and content["options"].value:
        content["options"].not_carried_over(f"a question for `{kind}` offers no choices")
    content["carousel_config"].not_carried_over("the options are shown as a list")
    variable = scope.target(content["variable"]) if content["variable"].present else None
    choices = tuple(choice for _, choice in numbered)
    validation, slider = content["validation"], content["slider_config"]
    retry = content["retry_message"]
    retry = retry if retry.present else validation["error_message"]
    question = Question(
        prompt=tuple(_prompt(content, scope)),
        input=kind,
        variable=variable,
        choices=choices,
        store=_store(content["variable"], scope) if choices and variable else Store.VALUE,
        validation=_validation(validation, slider, kind),
        retries=content["max_retries"].whole(0),
        retry_message=scope.source(retry) if retry.text() else None,
    )
    return question, [number for number, _ in numbered]


def _input(content: Part) -> InputKind:
    written = content["input_type"]
    default = "choice" if content["options"].value else "text"
    name = written.value.lower() if isinstance(written.value, str) else ""
    return INPUTS.get(name) or INPUTS[written.one_of(INPUTS, default)]


def _prompt(content: Part, scope: Scope) -> Iterator[Bubble]:
    """What is asked; an empty text asks nothing, and leaves it to the choices."""
    question = content["question"]
    holder = question if isinstance(question.value, dict) else content
    text = question if isinstance(question.value, str) else holder["text"]
    if not text.present and not holder["rich_text"].present:
        content["question"].report("R005", "`question` is missing", "say what is asked")
    yield from rich_text(holder, scope)
    yield from plain_text(text, scope)


def _options(part: Part, scope: Scope) -> Iterator[tuple[int, Choice]]:
    ports: set[str] = set()
    for number, item in enumerate(part.items()):
        choice = _choice(item, scope)
        if choice is None:
            continue
        if choice_port(choice.value) in ports:
            item.report("R007", f"the option `{choice.value}` stands here again", "rename it")
            continue
        ports.add(choice_port(choice.value))
        yield number, choice


def _choice(item: Part, scope: Scope) -> Choice | None:
    if isinstance(item.value, str | int | float):
        text = item.value if isinstance(item.value, str) else str(item.value)
        return Choice(item.value, item.read_as(scope.template(text)), location=item.location)
    if not isinstance(item.value, dict):
        item.wrong("a map")
        return None
    value, label = item.first("value", "label", "text"), item.first("label", "text", "value")
    if not isinstance(value.value, str | int | float):
        value.wrong("what is saved when it is chosen")
        return None
    written = value.value
    written = scope.template(written) if isinstance(written, str) else written
    text = label.value if isinstance(label.value, str) else str(value.value)
    extra: dict[str, Any] = {
        key: part.value for key, part in item.members() if key not in ("value", "label")
    }
    return Choice(written, label.read_as(scope.template(text)), extra, location=item.location)


def _store(variable: Part, scope: Scope) -> Store:
    """What is saved of a choice: its value, unless the flow reads other fields of it."""
    path = scope.scoped(path_from(variable.text()) or ("temp",))
    below = [".".join(read) for read in sorted(scope.below.get(path, ()))]
    if not below:
        return Store.VALUE
    name = variable.text()
    if path in scope.reads:
        variable.report(
            "R006",
            f"`{name}` cannot be both the value that was chosen, as where it is compared, and the "
            f"whole option, as in `{below[0]}`: the whole option is saved",
            f"read the value as `{name}.value`",
        )
    else:
        variable.report(
            "R008", f"the whole option is saved, because `{below[0]}` is read", severity="info"
        )
    return Store.CHOICE


def _validation(part: Part, slider: Part, kind: InputKind) -> Validation:
    if part.present and not isinstance(part.value, dict):
        part.wrong("a map")
    part.refuse_unknown(_VALIDATION_KEYS)
    if part["required"].value is False:
        part["required"].not_carried_over("an empty answer is always asked again")
    slider["step"].not_carried_over("any number in the range will do", "info")
    limits = slider if kind is InputKind.NUMBER and slider.present else part["-"]
    pattern = part["pattern"]
    return Validation(
        pattern=pattern.source() if pattern.text() else None,
        minimum=_first_number(part["min"], limits["min"]),
        maximum=_first_number(part["max"], limits["max"]),
        min_length=part["min_length"].whole(0),
        max_length=part["max_length"].whole(0),
    )


def _first_number(*parts: Part) -> float | None:
    return next((part.number() for part in parts if part.present), None)

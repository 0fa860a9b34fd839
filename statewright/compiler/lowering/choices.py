"""What a question offers to choose from."""

from __future__ import annotations

from collections.abc import Mapping

from statewright.compiler.lowering.answers import DEFAULT_RANGES, range_of
from statewright.compiler.lowering.languages import translated
from statewright.compiler.lowering.texts import (
    expression_from,
    quoted,
    record,
    sequence,
    template_from,
)
from statewright.expressions import Computed, Content, Literal, parse
from statewright.flows.nodes import Choice, InputKind, Question, Source

CHOICES = "~choices"
"""The variable that keeps the choices while the question is asked."""

OFFERED = f"vars[{quoted(CHOICES)}]"
"""CEL for them."""

WITH_CHOICES = frozenset({InputKind.CHOICE, InputKind.MULTIPLE_CHOICE})


CHOICES_WITH_ACTIONS = Computed(
    parse(
        f"{OFFERED}.map(c, has(c.action) "
        "? {'value': c.value, 'label': c.label, 'action': c.action} "
        ": {'value': c.value, 'label': c.label})"
    )
)
"""What is shown of choices that are buttons, of which some do something else than be said."""


def choices_of(config: Question) -> Content:
    """The choices as they are kept while the question is asked, with all that is known of them."""
    if config.choices_from is not None:
        return Computed(parse(choices_from_data(config.choices_from)))
    return sequence(
        tuple(
            record(
                {
                    **{name: Literal(value) for name, value in choice.extra.items()},
                    **_synonyms(choice),
                    "value": Literal(choice.value),
                    "label": template_from(choice.label),
                }
            )
            for choice in config.choices
        )
    )


def _synonyms(choice: Choice) -> Mapping[str, Content]:
    """What else means a choice; in another language, also all that does in that of the flow."""
    own = list(choice.synonyms)
    others: dict[str, Content] = {}
    for locale in {**choice.translated, **choice.label.translations}:
        more = [*choice.translated.get(locale, ()), *own, choice.label.text]
        others[locale] = Literal(list(dict.fromkeys(more)))
    if not own and not others:
        return {}
    return {"synonyms": translated(Literal(own), others)}


def choices_from_data(source: Source) -> str:
    """CEL for the choices that come out of data, each as a map with a value and a label."""
    # The line break ends a comment that the text may end with.
    return f"({expression_from(source).text}\n).map(c, {_AS_CHOICE}).map(c, {_SHOWN})"


_NO_VALUE = "an answer to choose from has no `value`"

_AS_CHOICE = (
    f"type(c) == map ? (!has(c.value) ? fail({quoted(_NO_VALUE)})"
    " : (c.?label.orValue(null) != null ? c"
    " : {'value': c.value, 'label': string(c.value), ?'synonyms': c.?synonyms}))"
    " : {'value': c, 'label': string(c)}"
)
"""An answer that comes out of data, as a map with a value and a label.

A label that is null counts as left out, as it does where the answer is written in the flow.
"""

_NO_LABEL = "an answer to choose from has a label that is blank"

_SHOWN = f"string(c.label).trim() == '' ? fail({quoted(_NO_LABEL)}) : c"
"""The same, if people can see it."""


def offered(config: Question) -> Mapping[str, Content]:
    """What goes with the text of a question that offers choices, or a range."""
    if config.input in DEFAULT_RANGES:
        least, most = range_of(config)
        step = config.validation.step or (1.0 if config.input is InputKind.RATING else 0.0)
        return {"range": Literal({"minimum": least, "maximum": most, "step": step})}
    if config.input not in WITH_CHOICES:
        return {}
    shown = f"{OFFERED}.map(c, {{'value': c.value, 'label': c.label}})"
    return {"choices": Computed(parse(shown))}

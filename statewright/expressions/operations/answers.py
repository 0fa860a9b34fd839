"""Functions that understand what a user typed: ``answer.email(event.data.text)``.

Each takes what came in and returns an optional: what it means, or nothing. A value that already
has the wanted type is taken as it is. Digits may be those of any script, letters and signs may be
full-width, and what ends a sentence may stand behind an answer. What is written differently in
different languages is understood by functions of its own, which are told the language.
"""

from __future__ import annotations

from typing import Any, Final

from statewright.expressions.operations.addresses import (
    understood_email,
    understood_phone,
    understood_url,
)
from statewright.expressions.operations.agreement import understood_boolean
from statewright.expressions.operations.attachments import understood_file, understood_location
from statewright.expressions.operations.choosing import says, understood_choice, understood_choices
from statewright.expressions.operations.clock import understood_time
from statewright.expressions.operations.days import understood_date
from statewright.expressions.operations.numerals import understood_integer, understood_number
from statewright.expressions.operations.utterances import is_seen, stripped
from statewright.expressions.overloads import Implementation, Overload, function
from statewright.expressions.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    STRING,
    CelType,
    list_of,
    map_of,
    optional_of,
)
from statewright.expressions.values import NOTHING, Maybe


def understood_text(answer: Any) -> Maybe:
    """Any text that is more than blanks, and characters that cannot be seen."""
    text = stripped(answer)
    return Maybe(True, text) if is_seen(text) else NOTHING


_CHOICE: Final = map_of(STRING, DYN)


def _answer(name: str, result: CelType, implementation: Implementation) -> Overload:
    return function(f"answer.{name}", (DYN,), optional_of(result), implementation)


ANSWERS: Final[tuple[Overload, ...]] = (
    _answer("text", STRING, understood_text),
    _answer("number", DOUBLE, understood_number),
    _answer("integer", INT, understood_integer),
    _answer("boolean", BOOL, understood_boolean),
    _answer("email", STRING, understood_email),
    _answer("phone", STRING, understood_phone),
    _answer("url", STRING, understood_url),
    _answer("date", STRING, understood_date),
    _answer("time", STRING, understood_time),
    _answer("file", _CHOICE, understood_file),
    _answer("location", map_of(STRING, DOUBLE), understood_location),
    function("answer.choice", (DYN, list_of(_CHOICE)), optional_of(_CHOICE), understood_choice),
    function(
        "answer.choices", (DYN, list_of(_CHOICE)), optional_of(list_of(_CHOICE)), understood_choices
    ),
    function("answer.says", (DYN, list_of(STRING)), BOOL, says),
)
"""``answer.text``, ``answer.number``, …; ``answer.says`` tells whether a word was said."""

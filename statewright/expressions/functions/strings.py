"""The strings extension.

Source: https://github.com/google/cel-go/blob/master/ext/strings.go (version 4)
"""

from __future__ import annotations

from typing import Final

from statewright.errors import EvaluationError
from statewright.expressions.functions.formatting import formatted
from statewright.expressions.overloads import Overload, function, member
from statewright.expressions.types import DYN, INT, STRING, list_of
from statewright.expressions.values import bounded, has_lone_surrogate, no_overload

_BLANKS: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_LOWER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_UPPER: Final = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_QUOTED: Final = str.maketrans(
    {
        "\a": r"\a",
        "\b": r"\b",
        "\f": r"\f",
        "\n": r"\n",
        "\r": r"\r",
        "\t": r"\t",
        "\v": r"\v",
        "\\": "\\\\",
        '"': r"\"",
    }
)


def _within(text: str, place: int) -> int:
    """A place in the text; behind its last character counts as one."""
    if not 0 <= place <= len(text):
        raise EvaluationError(f"place {place} is outside a text of {len(text)} characters")
    return place


def _char_at(text: str, place: int) -> str:
    return text[_within(text, place) : place + 1]


def _index_of(text: str, part: str, start: int = 0) -> int:
    return text.find(part, _within(text, start))


def _last_index_of(text: str, part: str) -> int:
    return text.rfind(part)


def _last_index_before(text: str, part: str, start: int) -> int:
    return text.rfind(part, 0, _within(text, start) + len(part))


def _joined(parts: list[object], separator: str = "") -> str:
    for part in parts:
        if not isinstance(part, str):
            raise no_overload("join", parts)
    texts = [part for part in parts if isinstance(part, str)]
    bounded(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _replaced(text: str, old: str, new: str, count: int = -1) -> str:
    found = text.count(old) if count < 0 else min(count, text.count(old))
    bounded(len(text) + found * (len(new) - len(old)))
    return text.replace(old, new, count)


def _split(text: str, separator: str, count: int = -1) -> list[str]:
    if count == 0:
        return []
    if separator:
        return text.split(separator, max(count - 1, -1) if count > 0 else -1)
    if count < 0 or count >= len(text):
        return list(text)
    return [*text[: count - 1], text[count - 1 :]]


def _substring(text: str, start: int, end: int | None = None) -> str:
    last = len(text) if end is None else _within(text, end)
    if _within(text, start) > last:
        raise EvaluationError(f"the start {start} is behind the end {last}")
    return text[start:last]


def _quoted(text: str) -> str:
    if has_lone_surrogate(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return f'"{text.translate(_QUOTED)}"'


STRINGS: Final[tuple[Overload, ...]] = (
    member("charAt", (STRING, INT), STRING, _char_at),
    member("indexOf", (STRING, STRING), INT, _index_of),
    member("indexOf", (STRING, STRING, INT), INT, _index_of),
    member("lastIndexOf", (STRING, STRING), INT, _last_index_of),
    member("lastIndexOf", (STRING, STRING, INT), INT, _last_index_before),
    member("join", (list_of(STRING),), STRING, _joined),
    member("join", (list_of(STRING), STRING), STRING, _joined),
    member("lowerAscii", (STRING,), STRING, lambda text: text.translate(_LOWER)),
    member("upperAscii", (STRING,), STRING, lambda text: text.translate(_UPPER)),
    member("replace", (STRING, STRING, STRING), STRING, _replaced),
    member("replace", (STRING, STRING, STRING, INT), STRING, _replaced),
    member("reverse", (STRING,), STRING, lambda text: text[::-1]),
    member("split", (STRING, STRING), list_of(STRING), _split),
    member("split", (STRING, STRING, INT), list_of(STRING), _split),
    member("substring", (STRING, INT), STRING, _substring),
    member("substring", (STRING, INT, INT), STRING, _substring),
    member("trim", (STRING,), STRING, lambda text: text.strip(_BLANKS)),
    member("format", (STRING, list_of(DYN)), STRING, formatted, deep=True),
    function("strings.quote", (STRING,), STRING, _quoted),
)
"""Places in texts are counted in characters."""

"""Which of some choices a text names, and whether a text is one of some words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

from statewright.expressions.operations.utterances import bare, word_of
from statewright.expressions.values import NOTHING, Maybe, kind

AND: Final = frozenset(
    ("and", "und", "y", "e", "et", "en", "ed", "plus", "as well as", "sowie", "ainsi que")
)
"""What stands between the last two of several: in English, German, Spanish, Italian and Portuguese,
French, Dutch."""

_SIGNS: Final = r"[,;\n&+、，；]"
_BULLETS: Final = "-*•· \t"
"""What may stand before the lines of a list."""

_NUMBERS: Final = re.compile(r"\s*[1-9][0-9]{0,5}(?:\s+[1-9][0-9]{0,5})+\s*")
_PLACE: Final = re.compile("[1-9][0-9]{0,5}")
_PARTS_LIMIT: Final = 300
"""The choices that one text may name; more are no choice."""

_INSIDE_LIMIT: Final = 8
"""The separators in the name of a choice that are looked for in what people type."""

_KEYS: Final = ("value", "id", "payload", "title", "label")
"""Under which of its keys a map that a channel sends may name a choice, in this order."""


def understood_choice(answer: Any, choices: Iterable[Any]) -> Maybe:
    """The choice that an answer names."""
    only = answer[0] if kind(answer) is list and len(answer) == 1 else answer
    found = Offer(choices).named(only)
    return NOTHING if found is None else Maybe(True, found)


def understood_choices(answer: Any, choices: Iterable[Any]) -> Maybe:
    """Several choices: a list, or a text with something between them. Each has to be offered."""
    offer = Offer(choices)
    if kind(answer) is str and offer.named(answer) is None:
        named = _all_in(answer, offer)
    else:
        parts = list(answer) if kind(answer) is list else [answer]
        named = [offer.named(part) for part in parts]
    if not named or any(one is None for one in named):
        return NOTHING
    found: dict[int, Any] = {}
    for choice in named:
        found.setdefault(id(choice), choice)
    return Maybe(True, list(found.values()))


def says(answer: Any, words: Iterable[Any]) -> bool:
    """Whether a text is one of some words, but for case, accents and the signs around it."""
    said = word_of(answer)
    only = bare(said)
    ours = [word_of(word) for word in words] if said else []
    return said in ours or (only != "" and any(bare(word) == only for word in ours))


class Offer:
    """Choices, found by what people type: a value, a label, a synonym, or the number from 1.

    Of two choices that differ in case, accents or signs only, the one that is spelled exactly so is
    meant.
    """

    def __init__(self, choices: Iterable[Any]) -> None:
        self.choices = [choice for choice in choices if kind(choice) is dict]
        self.by_spelling: dict[str, Any] = {}
        self.by_word: dict[str, Any] = {}
        self.by_bare: dict[str, Any] = {}
        for field in ("value", "label"):
            for choice in self.choices:
                given = choice.get(field)
                if kind(given) is str:
                    self.by_spelling.setdefault(given.strip(), choice)
                self.by_word.setdefault(word_of(given), choice)
        for choice in self.choices:
            synonyms = choice.get("synonyms")
            for given in synonyms if kind(synonyms) is list else ():
                self.by_word.setdefault(word_of(given), choice)
        self.names = (*self.by_spelling, *self.by_word)
        self.by_spelling.pop("", None)
        self.by_word.pop("", None)
        for word, choice in self.by_word.items():
            self.by_bare.setdefault(bare(word), choice)
        self.by_bare.pop("", None)

    def named(self, answer: Any) -> Any:
        """The choice that an answer names, or None."""
        if kind(answer) is dict:
            answer = next((answer[key] for key in _KEYS if key in answer), None)
        if kind(answer) is str and (exact := self.by_spelling.get(answer.strip())) is not None:
            return exact
        word = word_of(answer)
        if word in self.by_word:
            return self.by_word[word]
        only = bare(word)
        if only in self.by_bare:
            return self.by_bare[only]
        if _PLACE.fullmatch(only) and int(only) <= len(self.choices):
            return self.choices[int(only) - 1]
        return None


def _all_in(answer: str, offer: Offer) -> list[Any] | None:
    """The choices that a text names one after the other; None where any of it names none.

    What stands between choices may be part of the name of one, too: longer names are looked for
    first.
    """
    # Of `x y z` it is not known whether two or three are meant where `y` is one of them.
    separator = _separator(AND.difference(offer.by_bare))
    tokens = list(_tokens(answer, separator))
    if len(tokens) > 2 * _PARTS_LIMIT:
        return None
    inside = max((len(separator.findall(f" {name} ")) for name in offer.names), default=0)
    most = 2 * min(inside, _INSIDE_LIMIT) + 1
    # From behind: the choices that are named from a token on, or None where something is none.
    named: list[list[Any] | None] = [None] * len(tokens) + [[], []]
    for first in range(len(tokens) - 1, -1, -1):
        start, _, between = tokens[first]
        for last in range(min(len(tokens), first + most) - 1, first - 1, -1):
            rest = None if last + 1 < len(tokens) and not tokens[last + 1][2] else named[last + 2]
            if rest is None and (last == first or not tokens[last][2]):
                continue
            own = _named_in(answer[start : tokens[last][1]], offer)
            if own and rest is not None:
                named[first] = [*own, *rest]
                break
            # In `C++ tea`, nobody knows whether the sign ends a name or stands between two.
            if own and own != _named_in(answer[start : tokens[last][0]], offer):
                break
        else:
            if between:
                named[first] = named[first + 1]
    return named[0]


def _tokens(text: str, separator: re.Pattern[str]) -> Iterator[tuple[int, int, bool]]:
    """Where the parts of a text, and what stands between them, begin and end; and which it is."""
    end = 0
    for found in separator.finditer(text):
        if found.start() > end:
            yield end, found.start(), text[end : found.start()].isspace()
        yield *found.span(), True
        end = found.end()
    if end < len(text):
        yield end, len(text), text[end:].isspace()


@lru_cache(maxsize=256)
def _separator(words: frozenset[str]) -> re.Pattern[str]:
    """What stands between several: signs, one of some words, or both."""
    any_word = "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)"
    return re.compile(rf"{_SIGNS}|(?<=\s)(?:{any_word})(?=\s)", re.IGNORECASE)


def _named_in(text: str, offer: Offer) -> list[Any] | None:
    """What a part of a text names: one choice, or several by their numbers; None if nothing."""
    if not text.strip(_BULLETS):
        return None
    choice = offer.named(text)
    if choice is None and text.lstrip()[0] in _BULLETS:
        choice = offer.named(text.lstrip(_BULLETS))
    if choice is not None:
        return [choice]
    if not _NUMBERS.fullmatch(text):
        return None
    named = [offer.named(number) for number in text.split()]
    return None if any(one is None for one in named) else named

"""Which of some choices a text names, and whether a text is one of some words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, Final

from statewright.expressions.operations.comparison import fingerprint
from statewright.expressions.operations.utterances import bare, plain, stripped, word_of
from statewright.expressions.values import NOTHING, Maybe, kind

AND: Final = frozenset(
    ("and", "und", "y", "e", "et", "en", "ed", "plus", "as well as", "sowie", "ainsi que")
)
"""What stands between the last two of several: in English, German, Spanish, Italian and Portuguese,
French, Dutch."""

_SIGNS: Final = r"[,;\n&+、，；]"
_BULLETS: Final = "-*•· \t"
"""What may stand before the lines of a list."""

_BULLETS_LIMIT: Final = 4
"""The bullets before a name that are looked at one by one, since one may be part of it."""

_NUMBERS: Final = re.compile(r"\s*[1-9][0-9]{0,5}(?:\s+[1-9][0-9]{0,5})+\s*")
_PLACE: Final = re.compile("[1-9][0-9]{0,5}")
_AMOUNT: Final = re.compile("[+-]?[0-9]+(?:[.,][0-9]+)?")
_RANGE: Final = re.compile(
    r"(?<![\w.,:/-])[0-9]+ *(?:[-–—]|to|bis|ate|al|a|tot) *[0-9]+(?![\w:/-]|[.,][0-9])"
)
"""From one number to another, in a folded label: whoever is asked for one types what is inside."""

_PARTS_LIMIT: Final = 300
"""The choices that one text may name; more are no choice."""

_INSIDE_LIMIT: Final = 8
"""The separators in the name of a choice that are looked for in what people type."""

_KEYS: Final = ("value", "id", "payload", "title", "label")
"""Under which of its keys a map that a channel sends may name a choice, in this order.

A map that is the value of a choice means that one, whatever its keys are."""


def understood_choice(answer: Any, choices: Iterable[Any]) -> Maybe:
    """The choice that an answer names."""
    only = answer[0] if kind(answer) is list and len(answer) == 1 else answer
    found = offer_of(choices).named(only)
    return NOTHING if found is None else Maybe(True, found)


def understood_choices(answer: Any, choices: Iterable[Any]) -> Maybe:
    """Several choices: a list, or a text with something between them. Each has to be offered.

    Where a name begins with a sign that may stand between two, a text that names one twice may have
    been meant otherwise, and is none: ``1 +1`` of ``1`` and ``+1``.
    """
    offer = offer_of(choices)
    if kind(answer) is str and offer.named(answer) is None:
        named = _all_in(answer, offer)
    else:
        parts = list(answer) if kind(answer) is list else [answer]
        named = [offer.named(part) for part in parts]
    if not named or any(one is None for one in named):
        return NOTHING
    found = {id(choice): choice for choice in named}
    if kind(answer) is str and len(found) < len(named) and offer.begins_with_sign:
        return NOTHING
    return Maybe(True, list(found.values()))


def says(answer: Any, words: Iterable[Any]) -> bool:
    """Whether a text is one of some words, but for case, accents and the signs around it."""
    said = word_of(answer)
    only = bare(said)
    ours = [word_of(word) for word in words] if said else []
    return said in ours or (only != "" and any(bare(word) == only for word in ours))


class Offer:
    """Choices, found by what people type: a value, a label, a synonym, or the number from 1.

    Of choices that differ in case, accents or signs only, the one that is spelled exactly so is
    meant; what fits two of them alike is none. A number that may mean what stands in a label, and
    not the place of a choice, is none either.
    """

    def __init__(self, choices: Iterable[Any]) -> None:
        self.choices = [choice for choice in choices if kind(choice) is dict]
        values = [(choice.get("value"), choice) for choice in self.choices]
        labels = [(choice.get("label"), choice) for choice in self.choices]
        synonyms = [(one, choice) for choice in self.choices for one in _synonyms(choice)]
        self._fields = (values, labels, synonyms)
        self._made: dict[tuple[Callable[[Any], str], int], dict[str, list[Any]]] = {}

    def named(self, answer: Any) -> Any:
        """The choice that an answer names, or None."""
        if kind(answer) is dict:
            whole = self._maps.get(fingerprint(answer)) if self._maps else None
            if whole is not None:
                return whole
            answer = next((answer[key] for key in _KEYS if key in answer), None)
        for form in _FORMS:
            said = form(answer)
            found = next((table[said] for table in self._tables(form) if said in table), [])
            if found:
                return found[0] if len(found) == 1 else None
        number = _bare_word(answer)
        return self._placed(int(number)) if _PLACE.fullmatch(number) else None

    def _placed(self, number: int) -> Any:
        """The choice with a number from 1, or None where the number may mean something else."""
        if number > len(self.choices) or self.asks_for_amounts:
            return None
        held = re.compile(rf"(?<![\w.,:/-]){number}(?![0-9]|[.,:/-][0-9])")
        others = self.shown[: number - 1] + self.shown[number:]
        return None if any(held.search(text) for text in others) else self.choices[number - 1]

    @cached_property
    def _maps(self) -> dict[Any, Any]:
        """Values that are maps, by their fingerprints → the first choice that has it."""
        found: dict[Any, Any] = {}
        for choice in self.choices:
            if kind(choice.get("value")) is dict:
                found.setdefault(fingerprint(choice["value"]), choice)
        return found

    @cached_property
    def names(self) -> list[str]:
        """All by which choices are found, in the forms that keep signs."""
        return [
            name for form in (_composed, word_of) for table in self._tables(form) for name in table
        ]

    @cached_property
    def bare_names(self) -> set[str]:
        """The same without signs."""
        return {name for table in self._tables(_bare_word) for name in table}

    def _tables(self, form: Callable[[Any], str]) -> Iterator[dict[str, list[Any]]]:
        """Names in a form → choices; each is made when it is asked for, for most are not."""
        for number, named in enumerate(self._fields[: _FORMS[form]]):
            table = self._made.get((form, number))
            if table is None:
                table = self._made[form, number] = _table(form, named)
            yield table

    @property
    def begins_with_sign(self) -> bool:
        """Whether a name begins with a sign that may stand between two."""
        return any(re.match(_SIGNS, name) for name in self.names)

    @cached_property
    def shown(self) -> list[str]:
        """What people see of each choice, folded, with the digits of ASCII."""
        return [plain(word_of(one.get("label", one.get("value")))) for one in self.choices]

    @cached_property
    def asks_for_amounts(self) -> bool:
        """Whether a number that is typed may be meant as one, and not as a place."""
        amounts = sum(_AMOUNT.fullmatch(text) is not None for text in self.shown)
        return amounts > 1 or any(_RANGE.search(text) for text in self.shown)


_LAST: Final[list[tuple[Any, Offer]]] = [((), Offer(()))]
"""The choices that were asked for last, and their offer."""


def offer_of(choices: Iterable[Any]) -> Offer:
    """The offer of some choices.

    All guards and actions of a question ask for the same ones, one after the other. Values never
    change, and the list is held here, so that no other one can be the same object.
    """
    known, offer = _LAST[0]
    if choices is not known:
        offer = Offer(choices)
        _LAST[0] = (choices, offer)
    return offer


def _synonyms(choice: Any) -> Iterable[Any]:
    synonyms = choice.get("synonyms")
    return synonyms if kind(synonyms) is list else ()


def _table(form: Callable[[Any], str], named: Iterable[tuple[Any, Any]]) -> dict[str, list[Any]]:
    """Names in a form → the choice that has it, and another one if there is one."""
    table: dict[str, list[Any]] = {}
    for name, choice in named:
        found = table.setdefault(form(name), [])
        if not found or (len(found) == 1 and _differ(found[0], choice)):
            found.append(choice)
    table.pop("", None)
    return table


def _differ(one: Any, other: Any) -> bool:
    return bool(fingerprint(one.get("value")) != fingerprint(other.get("value")))


def _composed(value: Any) -> str:
    """A text as it is spelled, with accents as parts of their letters."""
    return unicodedata.normalize("NFC", stripped(value))


def _bare_word(value: Any) -> str:
    return bare(word_of(value))


_FORMS: Final[Mapping[Callable[[Any], str], int]] = MappingProxyType(
    {_composed: 2, word_of: 3, _bare_word: 3}
)
"""Form in which names are compared → how many of values, labels and synonyms are asked for."""


def _all_in(answer: str, offer: Offer) -> list[Any] | None:
    """The choices that a text names one after the other; None where any of it names none.

    What stands between choices may be part of the name of one, too: longer names are looked for
    first.
    """
    # Of `x y z` it is not known whether two or three are meant where `y` is one of them.
    separator = _separator(AND.difference(offer.bare_names))
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
            # A sign that ends no name stands before the next one.
            if last > first and tokens[last][2]:
                own = None if own == _named_in(answer[start : tokens[last][0]], offer) else own
            if own and rest is not None:
                named[first] = [*own, *rest]
            # Else, in `C++ tea`, nobody knows whether the sign ends a name or stands between two.
            if own:
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
    left = text
    for _ in range(_BULLETS_LIMIT):
        choice = offer.named(left)
        left = left.lstrip()
        if choice is not None or left[:1] not in _BULLETS or not left:
            break
        left = left[1:]
    if choice is not None:
        return [choice]
    if not _NUMBERS.fullmatch(text):
        return None
    named = [offer.named(number) for number in text.split()]
    return None if any(one is None for one in named) else named

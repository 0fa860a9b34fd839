"""What users say to questions of each kind: one answer, at least, for each case that is told apart.

Addresses, numbers of telephones and moments are made up of the texts that tests ask for, and only
those count that are read as answers of their kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice, permutations, product
from types import MappingProxyType
from typing import Any, Final

from statewright.compiler.verification.inputs.days import days_near, is_day
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.inputs.matching import texts_matching
from statewright.compiler.verification.inputs.samples import MOST, samples
from statewright.compiler.verification.inputs.wordings import holds, sizes
from statewright.expressions.operations.addresses import (
    understood_email,
    understood_phone,
    understood_url,
)
from statewright.expressions.operations.clock import understood_time
from statewright.expressions.values import Maybe
from statewright.statechart.playing.script import MESSAGE, Chosen, Happened, Line, Typed

SUBSETS: Final = 4
"""Of up to so many choices, all are tried in all orders where several may be chosen."""


def said_to(kind: str, cut: Cut, *, local: bool) -> list[Line]:
    """What users say to a question, but for choices and what is no answer.

    Args:
        kind: of answer that is wanted.
        cut: where the answers are cut.
        local: whether numbers are read in a language, which is not known.
    """
    lines = _SAYING.get(kind, _any_text)(cut)
    if local and kind in _FRACTIONS:
        lines += [Typed(_with_comma(one.text)) for one in lines if isinstance(one, Typed)]
    return lines


def answers_of_form(kind: str, cut: Cut) -> tuple[str, ...]:
    """Answers of a form as they are saved: one for each outcome that tests of it can have.

    Args:
        kind: of answer: ``email``, ``phone``, ``url``, ``time``.
        cut: where the answers are cut.
    """
    tests = tuple(sorted(cut.predicates))
    lengths = tuple(sizes(cut))
    return tuple(read for _, read in _told_apart(kind, tests, tuple(sorted(cut.texts)), lengths))


@lru_cache(maxsize=1024)
def _told_apart(
    kind: str,
    tests: tuple[tuple[str, str], ...],
    texts: tuple[str, ...],
    lengths: tuple[int, ...],
) -> tuple[tuple[str, str], ...]:
    """What may be typed, and what it is read as, one for each outcome of some tests."""
    form = FORMS[kind]
    found: dict[tuple[Any, ...], tuple[str, str]] = {}
    for typed in chain(form.usual, islice(_made(form, tests, texts, lengths), _TRIES)):
        read = form.read(typed)
        if not read.present or not isinstance(read.value, str):
            continue
        value = read.value
        size = len(value) if len(value) in lengths else 0
        outcome = (
            value if value in texts else "",
            max((text for text in texts if text in value), key=len, default=""),
            size,
            *(holds(value, *one) for one in tests),
        )
        found.setdefault(outcome, (typed, value))
    return tuple(found.values())


_TRIES: Final = 4_000
"""How many texts are made up for a question at most."""


def _made(
    form: _Form, tests: Sequence[tuple[str, str]], texts: Sequence[str], lengths: Sequence[int]
) -> Iterator[str]:
    """Texts that may be answers, made of what is asked for."""
    by_name: dict[str, list[str]] = {}
    for name, argument in tests:
        by_name.setdefault(name, []).append(argument)
    yield from texts
    for pattern in by_name.get("matches", ()):
        yield from texts_matching(pattern)
    for text in texts:
        # A part of an answer may be what is asked for.
        for pattern in form.patterns:
            yield pattern.replace("START", "").replace("PART", text).replace("END", "")
    kinds = [["", *by_name.get(name, ())] for name in ("startsWith", "contains", "endsWith")]
    for start, part, end in product(*kinds):
        for pattern in form.patterns:
            yield pattern.replace("START", start).replace("PART", part).replace("END", end)
    for length in lengths:
        for filled in form.filled:
            yield filled.replace("FILL", form.filler * max(0, length - len(filled) + len("FILL")))


class _Form:
    """A form of answers.

    Attributes:
        read: tells what a text means.
        usual: answers that are tried in any case.
        patterns: texts in which there is a place for what an answer begins with, for what it
            contains, and for what it ends with.
        filled: texts that are of any length, with what they are filled with.
        filler: that.
    """

    def __init__(
        self,
        read: Callable[[Any], Maybe],
        usual: Sequence[str],
        patterns: Sequence[str],
        filled: Sequence[str] = (),
        filler: str = "a",
    ) -> None:
        self.read = read
        self.usual = tuple(usual)
        self.patterns = tuple(patterns)
        self.filled = tuple(filled)
        self.filler = filler


FORMS: Final[Mapping[str, _Form]] = MappingProxyType(
    {
        "email": _Form(
            understood_email,
            ("ada@example.com", "bob@mail.test"),
            (
                *("STARTada@PARTEND", "STARTadaPART@exampleEND", "STARTadaPART@END"),
                *("STARTPART@example.comEND", "STARTPARTEND", "STARTadaPARTEND", "STARTPART@END"),
                *("STARTadaPART@example.END", "STARTPART.comEND", "STARTada@PART.comEND"),
                *("STARTada@example.PARTEND", "STARTada@examplePARTEND", "STARTexamplePART.comEND"),
            ),
            ("FILL@example.com", "ada@FILL.com", "FILL@a.co"),
        ),
        "phone": _Form(
            understood_phone,
            ("+15550109999", "+4915112345678", "0151 2345678"),
            (
                *("STARTPARTEND", "START15550PARTEND", "START1555010PARTEND", "+STARTPARTEND"),
                *("START5550109PARTEND", "+1555010PARTEND", "START15550109PARTEND"),
                *("+START5550109PARTEND", "START555PART0109END"),
            ),
            ("+FILL", "FILL"),
            "7",
        ),
        "url": _Form(
            understood_url,
            ("https://example.com/", "http://example.org/x"),
            (
                *("STARTPARTEND", "STARTexample.com/PARTEND", "https://STARTPARTEND"),
                *("STARTexamplePARTEND", "https://example.com/PARTEND", "https://PART.comEND"),
                *("STARTPART.com/END", "STARTexample.com/PART/aEND", "START/PARTEND"),
                *("https://PART/END", "https://examplePARTEND", "STARTexample.comPARTEND"),
                *("STARTa.PARTEND", "https://a.PARTEND", "https://a.PART/END", "STARTPART/END"),
            ),
            ("https://example.com/FILL",),
        ),
        "time": _Form(
            understood_time,
            ("14:30", "03:30", "00:00", "23:59"),
            (
                *("STARTPARTEND", "START0:00END", "START:PARTEND", "START0END", "STARTEND"),
                *("0PART:00END", "PART:00END", "12:END", "12:0END", "1PART:00END", "12:PART"),
                *("START2:PARTEND", "START:30END", "START:0END", "12END", "0START:00END"),
            ),
        ),
    }
)
"""Kind of question → the form of its answers."""


def _formed(kind: str) -> Callable[[Cut], list[Line]]:
    def said(cut: Cut) -> list[Line]:
        tests = tuple(sorted(cut.predicates))
        texts, lengths = tuple(sorted(cut.texts)), tuple(sizes(cut))
        found = _told_apart(kind, tests, texts, lengths)
        return [Typed(typed) for typed, _ in found if typed not in cut.texts]

    return said


def _any_text(cut: Cut) -> list[Line]:
    return [Typed(text) for text in samples("string", {(): cut})]


def _numbers(cut: Cut) -> list[Line]:
    wanted = Cut(numbers=cut.numbers)
    whole = samples("int", {(): wanted})
    broken = samples("double", {(): wanted})
    return [Typed(_written(number)) for number in (*whole, *broken)]


def _written(number: float) -> str:
    """A number as it is read: in full, without an exponent."""
    text = f"{Decimal(repr(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_FRACTIONS: Final = frozenset(("number", "slider"))


def _with_comma(number: str) -> str:
    """A number as it is written where a comma parts its fraction; three digits would be a group."""
    whole, point, fraction = number.partition(".")
    return (
        f"{whole},{fraction.ljust(4, '0') if len(fraction) == 3 else fraction}" if point else whole
    )


def _integers(cut: Cut) -> list[Line]:
    return [Typed(str(number)) for number in samples("int", {(): Cut(numbers=cut.numbers)})]


def _days(cut: Cut) -> list[Line]:
    """Days beside each one that is asked for; that itself is tried in any case."""
    usual = ("2026-02-02", "2026-01-31", "2020-01-01", "2030-01-01")
    parts = [text for _, text in sorted(cut.predicates)]
    made = [form.format(text) for text in (*parts, *sorted(cut.texts)) for form in _DAYS]
    known = filter(is_day, made)
    return [Typed(day) for day in dict.fromkeys((*usual, *days_near(cut.texts), *known))]


_DAYS: Final = ("2024-{}", "2024{}", "2026-02-{}", "2026-02{}", "{}-02-15", "{}02-15", "{}-15")
"""Texts that are days where a part of one is put in: its end, or its beginning."""


def _places(cut: Cut) -> list[Line]:
    """Places whose latitude, or longitude, is one that is asked for, or beside it."""
    beside = {number + step for number in cut.numbers for step in (0, -0.5, 0.5)}
    near = [_written(number) for number in sorted(beside)]
    told = ["52.5, 13.4", *(f"{n}, 13.4" for n in near), *(f"52.5, {n}" for n in near)]
    return [Typed(place) for place in told[:MOST]]


def _fixed(*lines: Line) -> Callable[[Cut], list[Line]]:
    return lambda _: list(lines)


def _files(cut: Cut) -> list[Line]:
    """Files of each type, and of each size, that is asked for."""
    types = [f"{text}x" for text in sorted(cut.texts)]
    types += [text for text in sorted(cut.texts) if "/" in text[1:-1]]
    found = [int(size) + step for size in sorted(cut.numbers) for step in (0, -1, 1)]
    known = [size for size in found if size >= 0]
    changes = product(({}, *({"type": one} for one in types)), ({}, *({"size": n} for n in known)))
    files = islice(({**_FILE, **kind, **size} for kind, size in changes), MOST)
    fewer = ({"url": _FILE["url"], **rest} for rest in _REST)
    return [Happened(MESSAGE, {"files": [file]}) for file in (*files, *fewer)]


_FILE: Final[Mapping[str, Any]] = {
    "url": "https://example.com/file.pdf",
    "type": "application/pdf",
    "size": 1_000,
}

_REST: Final[tuple[Mapping[str, Any], ...]] = (
    {},
    {"type": _FILE["type"]},
    {"size": _FILE["size"]},
    {**_FILE, "name": "file.pdf"},
)
"""What is known of a file besides its address."""

_SAYING: Final[Mapping[str, Callable[[Cut], list[Line]]]] = MappingProxyType(
    {
        "number": _numbers,
        "slider": _numbers,
        "integer": _integers,
        "rating": _integers,
        "email": _formed("email"),
        "phone": _formed("phone"),
        "url": _formed("url"),
        "date": _days,
        "time": _formed("time"),
        "boolean": _fixed(Typed("yes"), Typed("no")),
        "location": _places,
        "file": _files,
        "choice": _fixed(),
        "multiple_choice": _fixed(),
        "acknowledgement": _fixed(Typed("ok")),
    }
)
"""Kind of question → what users say to it, but for choices."""


def _single(names: list[Any]) -> list[Line]:
    return [Chosen(name) for name in names]


def _several(names: list[Any]) -> list[Line]:
    """Several choices, in any order: they are kept in the order in which they are named."""
    sizes_tried = range(1, len(names) + 1)
    if len(names) <= SUBSETS:
        chosen = chain.from_iterable(permutations(names, size) for size in sizes_tried)
    else:
        singles, first = names[:MOST], islice(reversed(sizes_tried), MOST)
        chosen = chain(((one,) for one in singles), (tuple(names[:size]) for size in first))
    return [Chosen(list(each)) for each in chosen]


PICKING: Final[Mapping[str, Callable[[list[Any]], list[Line]]]] = MappingProxyType(
    {"choice": _single, "multiple_choice": _several}
)
"""Kind of question that offers choices → what is picked of them, by their names."""

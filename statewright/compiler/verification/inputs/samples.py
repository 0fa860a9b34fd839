"""Values that stand for all others: one, at least, from each piece into which a domain is cut."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from itertools import chain, islice, pairwise, product
from math import inf, isfinite, nextafter, prod
from types import MappingProxyType
from typing import Any, Final

from statewright.compiler.verification.inputs.days import is_day
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.inputs.wordings import LENGTH, texts_for
from statewright.errors import EvaluationError
from statewright.expressions.nanoseconds import EPOCH, MICROSECOND
from statewright.expressions.references import PLACE
from statewright.expressions.values import INT_MAX, INT_MIN, NOTHING, UINT_MAX, Uint
from statewright.statechart.definition import Limits
from statewright.statechart.playing.script import UNITS
from statewright.statechart.values.coercion import held

Values = tuple[Any, ...]

Cuts = Mapping[tuple[str, ...], Cut]
"""The cuts of a value and of its parts, by path."""

MOST: Final = 64
"""How many values one variable has at most; what is left out is told by ``is_whole``."""

FEW: Final = 12
"""Of a variable that can only be one of so many whole numbers, all are tried."""

_EXACT: Final = 2**53
"""Up to here each whole number is a double of its own."""

_WHOLE: Final = Cut()


def samples(kind: str, cuts: Cuts, limits: Limits | None = None) -> Values:
    """Values of a type for a domain that is cut.

    Args:
        kind: as in ``Datum.type``.
        cuts: where the value and its parts are cut.
        limits: what else the variable may not hold.
    """
    if limits is not None and limits.values:
        return tuple(_fitting(limits.values, kind, limits))
    cut = cuts.get((), _WHOLE)
    found = _SAMPLES[kind](cut, cuts, limits or Limits())
    return tuple(islice(_distinct(_fitting(found, kind, limits)), MOST))


def is_closed(kind: str, limits: Limits | None) -> bool:
    """Whether the samples of a type are all values that there are."""
    if kind == "bool" or (limits is not None and limits.values):
        return True
    return kind in {"int", "uint"} and limits is not None and bool(range_of(limits))


def range_of(limits: Limits) -> range:
    """All whole numbers within limits, where these are few; none else."""
    low, high = limits.minimum, limits.maximum
    if isinstance(low, int) and isinstance(high, int) and high - low < FEW:
        return range(int(low), int(high) + 1)
    return range(0)


def _fitting(values: Iterable[Any], kind: str, limits: Limits | None) -> Iterator[Any]:
    for value in values:
        try:
            yield held(value, kind, limits)
        except EvaluationError:
            continue


def _distinct(values: Iterable[Any]) -> Iterator[Any]:
    seen: set[str] = set()
    for value in values:
        key = f"{type(value).__name__}:{value!r}"
        if key not in seen:
            seen.add(key)
            yield value


def _bools(_: Cut, __: Cuts, ___: Limits) -> Iterator[Any]:
    yield from (False, True)


def _bounds(cut: Cut, limits: Limits) -> list[float]:
    bounds = (limits.minimum, limits.maximum)
    return sorted({*cut.numbers, *(one for one in bounds if isinstance(one, int | float))})


def _ints(cut: Cut, _: Cuts, limits: Limits) -> Iterator[Any]:
    yield from range_of(limits) or _near(cut, limits, INT_MIN, INT_MAX)


def _uints(cut: Cut, _: Cuts, limits: Limits) -> Iterator[Any]:
    yield from map(Uint, range_of(limits) or _near(cut, limits, 0, UINT_MAX))


def _near(cut: Cut, limits: Limits, low: int, high: int) -> Iterable[int]:
    """Whole numbers at, and beside, all points at which numbers are cut."""
    points = [one for one in _bounds(cut, limits) if isfinite(one)]
    near = [int(point) + step for point in points for step in (0, -1, 1)]
    for point in filter(is_coarse, points):
        near += [int(one) for to in (-inf, inf) if isfinite(one := nextafter(point, to))]
    return [number for number in near if low <= number <= high] or (7, 0)


def is_coarse(point: float) -> bool:
    """Whether it is a double so large that whole numbers beside it are compared as equal to it."""
    return type(point) is float and abs(point) >= _EXACT


def _doubles(cut: Cut, _: Cuts, limits: Limits) -> Iterator[Any]:
    points = _bounds(cut, limits)
    for point in points:
        yield float(point)
    for low, high in pairwise(points):
        yield low / 2 + high / 2
    if points:
        first, last = float(points[0]), float(points[-1])
        beyond = (min(first - 1, nextafter(first, -inf)), max(last + 1, nextafter(last, inf)))
        yield from filter(isfinite, beyond)
    else:
        yield from (2.5, 0.0)


def _numbers(cut: Cut, cuts: Cuts, limits: Limits) -> Iterator[Any]:
    """Whole numbers, and others from each piece in which there is none of these."""
    points = [float(point) for point in _bounds(cut, limits)]
    pieces = set()
    for number in chain(_ints(cut, cuts, limits), _doubles(cut, cuts, limits)):
        piece = bisect_left(points, number), bisect_right(points, number)
        if isinstance(number, int) or piece not in pieces:
            pieces.add(piece)
            yield number


def _texts(cut: Cut, _: Cuts, __: Limits) -> Iterator[Any]:
    yield from texts_for(cut)
    yield from numerals(cut)


def numerals(cut: Cut) -> Iterator[str]:
    """Texts that become numbers, where a variable of such a type gets them."""
    for kind in NUMBERS:
        if kind in cut.kinds:
            yield from map(str, samples(kind, {(): Cut(numbers=cut.numbers)}))


NUMBERS: Final = ("int", "uint", "double")
"""Types of numbers."""


def _lists(cut: Cut, cuts: Cuts, _: Limits) -> Iterator[Any]:
    if any(path and path[0].startswith(PLACE) for path in cuts):
        yield from lists(cuts)
        return
    sizes = {0, 1, 2} | {int(n) + step for n in cut.numbers for step in (-1, 0, 1)}
    items = sorted(cut.texts) or ["one", "two", "three"]
    for size in sorted(size for size in sizes if 0 <= size <= LENGTH):
        yield [items[number % len(items)] for number in range(size)]
    for text in sorted(cut.texts):
        yield [text]
    parts = [path for path in cuts if path]
    if parts:
        yield [_first_map(cuts)]


def places_of(cuts: Cuts) -> dict[int, dict[tuple[str, ...], Cut]]:
    """The places in a list that are cut, each with its cuts, by path below it.

    What is looked for anywhere in the list is looked for there, too.
    """
    found: dict[int, dict[tuple[str, ...], Cut]] = {}
    for path, cut in cuts.items():
        if path and path[0].startswith(PLACE):
            found.setdefault(int(path[0].removeprefix(PLACE)), {})[path[1:]] = cut
    texts = cuts.get((), _WHOLE).texts
    for below in found.values() if texts else ():
        own = Cut(texts=set(texts))
        own.add(below.get((), _WHOLE))
        below[()] = own
    return found


def list_sizes(cuts: Cuts) -> list[int]:
    """A size of a list from each piece into which sizes are cut, at first one with all places."""
    places = places_of(cuts)
    most = max(places, default=-1) + 1
    numbers = {*places, *(int(number) for number in cuts.get((), _WHOLE).numbers)}
    wanted = {0, most} | {number + step for number in numbers for step in (-1, 0, 1)}
    others = sorted(size for size in wanted - {most} if 0 <= size <= LENGTH)
    return [min(most, LENGTH), *others]


def lists(cuts: Cuts) -> Iterator[list[Any]]:
    """Lists of which places are cut: all combinations of the first ones, and each value once."""
    values = {number: part_samples(below) for number, below in places_of(cuts).items()}
    values = {number: found for number, found in values.items() if number < LENGTH}
    if not values:
        yield from ([], [{}])
        return
    for size in list_sizes(cuts):
        known = {number: found for number, found in values.items() if number < size}
        filler = next(iter(known.values()), ({},))[0]
        usual = [known.get(number, (filler,))[0] for number in range(size)]
        yield usual
        if prod(map(len, known.values())) <= MOST:
            for each in product(*known.values()):
                chosen = dict(zip(known, each, strict=True))
                yield [chosen.get(number, one) for number, one in enumerate(usual)]
        else:
            for number, found in known.items():
                yield from ([*usual[:number], one, *usual[number + 1 :]] for one in found)


def _maps(cut: Cut, cuts: Cuts, _: Limits) -> Iterator[Any]:
    yield from maps(cuts)
    # What is looked for in a map is one of its keys.
    yield from ({text: True} for text in sorted(cut.texts))
    yield dict.fromkeys(sorted(cut.texts), True)
    yield {}


def maps(cuts: Cuts, apart: Container[str] = ()) -> Iterator[dict[str, Any]]:
    """Maps whose parts are cut: all combinations of those that are compared, and each value once.

    Of more combinations than ``MOST`` only the first one is tried.

    Args:
        cuts: of the map.
        apart: names of parts that are not combined with others.
    """
    inner: dict[str, dict[tuple[str, ...], Cut]] = {}
    for path, cut in cuts.items():
        if path and not path[0].startswith(PLACE):
            inner.setdefault(path[0], {})[path[1:]] = cut
    fields = {name: [*part_samples(below), NOTHING] for name, below in sorted(inner.items())}
    if not fields:
        yield {}
        return
    usual = {name: values[0] for name, values in fields.items()}
    yield _map_of(usual)
    joint = [name for name in fields if name not in apart]
    if prod(len(fields[name]) for name in joint) > MOST:
        joint = [name for name in joint if any(map(is_compared, inner[name].values()))]
    if prod(len(fields[name]) for name in joint) > MOST:
        joint = []
    for each in product(*(fields[name] for name in joint)):
        yield _map_of({**usual, **dict(zip(joint, each, strict=True))})
    for name in (name for name in fields if name not in joint):
        yield from (_map_of({**usual, name: value}) for value in fields[name])


def texts_of(cut: Cut) -> int:
    """How many texts are tried for the constants with which one is compared."""
    return len(cut.texts) + 2 * sum(map(is_day, cut.texts))


def is_compared(cut: Cut) -> bool:
    """Whether a value is compared with constants, and not only kept or shown."""
    return bool(cut.texts or cut.numbers or cut.predicates or cut.others)


def part_samples(cuts: Cuts) -> Values:
    """Values of which parts are cut; where the whole is compared, too, those that have no parts."""
    own = cuts.get((), _WHOLE)
    if not any(cuts):
        return samples("dyn", cuts)
    has_places = bool(places_of(cuts))
    named = any(path and not path[0].startswith(PLACE) for path in cuts)
    parts = chain(lists(cuts) if has_places else (), maps(cuts) if named else ())
    simple = samples("dyn", {(): own}) if _is_simple(own) else ()
    return (*islice(parts, MOST), *simple)


def _is_simple(cut: Cut) -> bool:
    """Whether a value is compared with, or kept as, something that has no parts."""
    return is_compared(cut) or bool(cut.kinds - {"dyn", "list", "map"})


def _first_map(cuts: Cuts) -> dict[str, Any]:
    return next(maps(cuts))


def _map_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not NOTHING}


def _anything(cut: Cut, cuts: Cuts, limits: Limits) -> Iterator[Any]:
    if any(cuts):
        yield from part_samples(cuts)
    # What fits comes first: with it, other parts of a whole are tried.
    for kind in sorted(cut.kinds - {"dyn"}):
        tests = cut.predicates if kind == "string" else set()
        own = Cut(numbers=cut.numbers, texts=cut.texts, predicates=tests)
        found = samples(kind, {**cuts, (): own})
        yield from found if kind in _SIZED else found[:3]
    if cut.texts or cut.predicates:
        yield from _texts(Cut(texts=cut.texts, predicates=cut.predicates), cuts, limits)
    if cut.numbers:
        yield from _numbers(cut, cuts, limits)
    if cut.others or not (cut.texts or cut.predicates or cut.numbers):
        yield from (False, True)
    if not (cut.texts or cut.predicates):
        yield "something"
    yield None


_SIZED: Final = frozenset(("list", "string", "bytes"))
"""Types of which each size that is asked for is tried."""


def _moments(_: Cut, __: Cuts, ___: Limits) -> Iterator[Any]:
    yield from (EPOCH + seconds * 1_000_000 * MICROSECOND for seconds in (1_767_603_600, 0))


def _spans(_: Cut, __: Cuts, ___: Limits) -> Iterator[Any]:
    yield from (hours * UNITS["h"] * MICROSECOND for hours in (1, 0))


def _bytes(cut: Cut, cuts: Cuts, limits: Limits) -> Iterator[Any]:
    yield from (text.encode() for text in _texts(cut, cuts, limits))


_SAMPLES: Final[Mapping[str, Callable[[Cut, Cuts, Limits], Iterator[Any]]]] = MappingProxyType(
    {
        "dyn": _anything,
        "bool": _bools,
        "int": _ints,
        "uint": _uints,
        "double": _doubles,
        "string": _texts,
        "bytes": _bytes,
        "timestamp": _moments,
        "duration": _spans,
        "list": _lists,
        "map": _maps,
    }
)
"""Type → its samples."""

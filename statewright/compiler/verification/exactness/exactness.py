"""Whether the values that are tried stand for all others, and where they do not.

Comparisons of a value with constants cut its domain into pieces, of each of which one value is
tried: that is exact. Where two unknown values are compared, or one is computed with, it is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from statewright.compiler.verification.dataflow.rounds import is_element
from statewright.compiler.verification.dataflow.uses import Role, Site
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.exactness.joining import Joining
from statewright.compiler.verification.exactness.spreading import Spreading, tells_time
from statewright.compiler.verification.inputs.domains import (
    Domains,
    Place,
    is_path,
)
from statewright.compiler.verification.inputs.forms import Formed
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.inputs.matching import texts_matching
from statewright.compiler.verification.inputs.readings import are_words_tried
from statewright.compiler.verification.inputs.samples import (
    MOST,
    NUMBERS,
    is_coarse,
    samples,
    texts_of,
)
from statewright.compiler.verification.inputs.shapes import Shape
from statewright.compiler.verification.inputs.wordings import LENGTH, holds, sizes
from statewright.compiler.verification.world.world import World
from statewright.expressions import Expression
from statewright.expressions.syntax import Call, walk
from statewright.expressions.syntax import Literal as Written

_SPARE: Final = 10
"""How many samples there are beside those at the places where a domain is cut."""

_ALTERING: Final = frozenset(("trim", "lowerAscii", "upperAscii"))
"""Functions of a text that give the same for several ones."""

CUTS: Final = 30
"""The most places at which a domain may be cut if all pieces are to be tried."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where what is tried may not stand for all.

    Attributes:
        expression: the text.
        state: where it stands.
        reason: why, in words.
        guard: whether it is a guard, which can be given up.
    """

    expression: str
    state: str
    reason: str
    guard: bool


@dataclass(frozen=True, slots=True)
class Exactness:
    """How far the values that are tried stand for all others.

    Attributes:
        gaps: where they may not.
        wild: the variables that are computed from samples, and may have any number of values.
    """

    gaps: tuple[Gap, ...]
    wild: frozenset[Key]


def exactness_of(world: World) -> Exactness:
    """Find out where the values that are tried may not stand for all others."""
    looking = _Looking(world)
    return Exactness(tuple(looking.gaps()), frozenset(looking.wild))


def guards_reading(world: World, keys: Iterable[Key]) -> frozenset[str]:
    """The texts of the guards that read one of some variables."""
    wanted = frozenset(keys)
    return frozenset(
        site.expression.text
        for one in world.uses.values()
        for part in one.parts()
        for site in part.sites
        if site.guard and any(read.key in wanted for read in site.reads)
    )


class _Looking:
    def __init__(self, world: World) -> None:
        self._domains: Domains = world.domains
        self._sites = [
            site for one in world.uses.values() for part in one.parts() for site in part.sites
        ]
        self._spreading = Spreading(world, self._sites)
        self._declared = self._spreading.declared
        self._free = world.free.keys()
        self.wild = self._spreading.wild
        self._moving = self._computed_keys()
        self._altered = self._altered_places()
        self._joining = Joining(world, self._sites)
        self._formed = Formed(self._domains, self._sites, world.inputs)
        # Whether answers are kept although it was given up to judge them.
        self._is_unjudged = any("answer." in text for text in world.model.guesses.values())

    def gaps(self) -> Iterator[Gap]:
        for site in self._sites:
            reason = ""
            if site.role is Role.TEST:
                reason = self._reason(site)
            elif site.role is Role.CARRIED:
                reason = self._computed(site)
            elif site.role is Role.FLOW:
                reason = self._misfit(site)
            if reason:
                yield Gap(site.expression.text, site.state, reason, site.guard)

    def _misfit(self, site: Site) -> str:
        """Why a variable may or may not hold an unknown value."""
        if is_element(site):
            return ""
        if self._spreading.open_spans(site) and self._spreading.conversions.may_fail(site):
            return "whether it becomes a value of another type depends on more than is tried"
        if "answer." in site.expression.text:
            # It was judged before, unless that was given up.
            return self._unlimited(site) if self._is_unjudged else ""
        inside = {
            (read.start, read.end) for read in site.reads if self._spreading.is_formless(read, site)
        }
        inside -= self._sized(site)
        shape = Shape(inside, self._spreading.rounds(site))
        if inside and not shape.found(site.expression.root):
            return "whether it has a value depends on more of an unknown one than is tried"
        return self._unlimited(site)

    def _unlimited(self, site: Site) -> str:
        """Why the limits of a variable may or may not let an unknown value in."""
        variable = None if site.target is None else self._declared.get(site.target)
        limits = None if variable is None else variable.limits
        if variable is None or limits is None or not self._spreading.open_spans(site):
            return ""
        if not (limits.pattern or limits.fields or limits.element or limits.date):
            return ""
        name = variable.name.removeprefix("~")
        return f"it depends on more than single constants whether `{name}` may hold it"

    def _sized(self, site: Site) -> set[tuple[int, int]]:
        """The places of lists and maps of which only the size is asked for, which each has."""
        typed = {
            (read.start, read.end)
            for read in site.reads
            if read.key is not None
            and read.path == ()
            and read.key in self._declared
            and self._declared[read.key].type in {"list", "map"}
        }
        asked = {
            (one.start, one.end)
            for call in _sizes_in(site.expression)
            for one in (call.target, *call.arguments)
            if one is not None
        }
        return typed & asked

    # Tests

    def _reason(self, site: Site) -> str:
        if tells_time(site):
            return "it depends on the time"
        wild = self._spreading.computed(site)
        if wild:
            return f"`{wild}` is computed from values of which only samples are tried"
        spans = self._spreading.open_spans(site)
        if not spans:
            return ""
        if not Shape(spans, self._fixed(site), self._days(site)).decided(site.expression.root):
            return "more goes into it than comparisons of single values with constants"
        return self._crowd(site)

    def _fixed(self, site: Site) -> dict[tuple[int, int], bool]:
        """The places of variables that hold nothing but literals, and whether these are numbers."""
        return self._spreading.rounds(site) | {
            (read.start, read.end): read.key in self._declared
            and self._declared[read.key].type in {"int", "uint", "double"}
            for read in site.reads
            if read.key is not None and read.key not in self._moving
        }

    def _days(self, site: Site) -> set[tuple[int, int]]:
        """The places of variables that hold nothing but days."""
        return {
            (read.start, read.end)
            for read in site.reads
            if read.key is not None and read.path == () and self._is_day(read.key)
        }

    def _is_day(self, key: Key) -> bool:
        variable = self._declared.get(key)
        limits = None if variable is None else variable.limits
        return limits is not None and limits.date

    def _computed_keys(self) -> set[Key]:
        """The variables that may hold something else than a literal of the chart."""
        moving = self._spreading.open | self.wild
        flows = [site for site in self._sites if site.role is Role.FLOW]
        changed = True
        while changed:
            changed = False
            for site in flows:
                key = site.target
                if key is None or key in moving or self._is_listed(key):
                    continue
                literal = not site.reads and isinstance(site.expression.root, Written)
                known = is_path(site) and all(
                    read.key not in {None, *moving} for read in site.reads
                )
                if not (literal or known):
                    moving.add(key)
                    changed = True
        return moving | set(self._free)

    def _is_listed(self, key: Key) -> bool:
        variable = self._declared.get(key)
        return variable is not None and variable.limits is not None and bool(variable.limits.values)

    def _altered_places(self) -> dict[Place, set[str]]:
        """The texts that are tested in an altered form, and those forms; ``""`` is none."""
        found: dict[Place, set[str]] = defaultdict(set)
        for site in self._sites:
            if site.role in {Role.TEST, Role.FLOW}:
                forms = _forms(site.expression)
                for place, read in self._domains.places(site):
                    found[place].add(forms.get((read.start, read.end), ""))
        return found

    def _computed(self, site: Site) -> str:
        for read in site.reads:
            if read.key is not None and read.key in self.wild:
                return f"`{read.key[1]}` is computed from values of which only samples are tried"
        return ""

    def _crowd(self, site: Site) -> str:
        for place, read in self._domains.places(site):
            if not self._spreading.is_open(read, site):
                continue
            cut = self._cut(place)
            if cut > CUTS or self._too_many(place):
                return "there are too many constants to try all pieces between them"
            if self._formed.is_doubtful(place, site):
                return "of answers of that form only some are tried"
            if self._formed.is_settled(place, site) and not self._altered.get(place, set()) - {""}:
                continue
            predicates = self._predicates(place)
            if any(name == "matches" and not texts_matching(text) for name, text in predicates):
                return "no text is known that its pattern matches"
            if len(predicates) > 1 or self._mixed(place):
                return "several tests of one text may overlap in ways that are not tried"
            if self._joining.is_joint(place, read, site) or (
                self._is_long(place) and _is_sized(site)
            ):
                return "there are too many combinations of values to try all of them"
        return ""

    def _is_long(self, place: Place) -> bool:
        """Whether sizes are asked for that no text and no list has that is made up."""
        cut = self._domains.cuts.get(place, Cut())
        return any(number >= LENGTH for number in cut.numbers)

    def _too_many(self, place: Place) -> bool:
        cut = self._domains.cuts.get(place, Cut())
        broken = sum(is_coarse(one) or not float(one).is_integer() for one in cut.numbers)
        numbers = 3 * len(cut.numbers) + 2 * broken
        return numbers + texts_of(cut) + 4 * len(cut.predicates) > MOST - _SPARE

    def _mixed(self, place: Place) -> bool:
        """Whether there are outcomes of several tests of one text for which nothing is tried."""
        cut = self._domains.cuts.get(place, Cut())
        forms = self._altered.get(place, set())
        tests = bool(cut.texts) + bool(cut.numbers) + bool(cut.predicates)
        if forms - {""} and (len(forms) > 1 or bool(cut.numbers) or bool(cut.predicates)):
            return True
        if cut.predicates and not cut.kinds.isdisjoint(NUMBERS):
            return True
        if tests < 2:
            return False
        others = [one for one in samples("string", {(): cut}) if one not in cut.texts]
        tried = {
            (len(text) if cut.numbers else 0, *(holds(text, *one) for one in cut.predicates))
            for text in others
        }
        outcomes = product((True, False), repeat=len(cut.predicates))
        lengths = list(sizes(cut)) if cut.numbers else [0]
        return any(
            (length, *each) not in tried
            and not are_words_tried(cut, zip(cut.predicates, each, strict=True))
            for each in outcomes
            for length in lengths
        )

    def _cut(self, place: Place) -> int:
        return self._domains.cuts[place].size() if place in self._domains.cuts else 0

    def _predicates(self, place: Place) -> set[tuple[str, str]]:
        return self._domains.cuts[place].predicates if place in self._domains.cuts else set()


def _is_sized(site: Site) -> bool:
    return _sizes_in(site.expression) != []


def _sizes_in(expression: Expression) -> list[Call]:
    """Where an expression asks for the size of something."""
    # A tree that was made up has no text.
    if expression.text and "size" not in expression.text:
        return []
    nodes = walk(expression.root)
    return [one for one in nodes if isinstance(one, Call) and one.function == "size"]


def _forms(expression: Expression) -> dict[tuple[int, int], str]:
    """The places of values in an expression that a function alters, and which does."""
    if expression.text and not any(name in expression.text for name in _ALTERING):
        return {}
    return {
        (call.target.start, call.target.end): call.function
        for call in walk(expression.root)
        if isinstance(call, Call) and call.function in _ALTERING and call.target is not None
    }


def expression_texts(gaps: Iterable[Gap]) -> frozenset[str]:
    """The guards among the gaps, which can be given up."""
    return frozenset(gap.expression for gap in gaps if gap.guard)

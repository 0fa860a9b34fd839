"""How unknown values spread: what holds a sample, and what is computed from samples.

Of a value that comes from outside only samples are tried. What gets it as it is has only samples,
too. What is computed from it has values that stand for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from statewright.compiler.verification.dataflow.inside import is_own
from statewright.compiler.verification.dataflow.rounds import is_counter_of_rounds
from statewright.compiler.verification.dataflow.uses import Role, Site
from statewright.compiler.verification.dataflow.variables import CONTACT, TENANT, Key, Read
from statewright.compiler.verification.inputs.closed import closed_groups
from statewright.compiler.verification.inputs.conversions import Conversions
from statewright.compiler.verification.inputs.domains import INSIDE, Place
from statewright.compiler.verification.inputs.samples import is_closed
from statewright.compiler.verification.inputs.shapes import Shape
from statewright.compiler.verification.world.world import World, known_in

_KNOWN, _SAMPLED, _COMPUTED = range(3)
"""What is known of a value: all that it may be is tried; samples of it are; not even these."""


class Spreading:
    """Tells of which values only samples are tried.

    Args:
        world: what is searched.
        sites: all expressions of it.

    Attributes:
        declared: every variable.
        conversions: where values are converted.
        open: the variables that hold samples.
        wild: the variables that are computed from samples, and may have any number of values.
    """

    def __init__(self, world: World, sites: Sequence[Site]) -> None:
        self._domains = world.domains
        self._values = world.relevance.values
        self._sites = sites
        self._closed = closed_groups(world.tree, world.alphabet.groups)
        self._inside = {
            id(site)
            for one in world.uses.values()
            for name, part in one.guards.items()
            if is_own(world.tree.arcs[name])
            for site in part.sites
        }
        self.declared = known_in(world.tree)
        self.conversions = Conversions(world.relevance, self.declared)
        self.open: set[Key] = {
            key
            for key in world.inputs
            if key[0] in {CONTACT, TENANT} or not (self._whole(key) or key in world.model.settled)
        }
        self.wild: set[Key] = set()
        self._told: dict[str, int] = {_MESSAGE: _SAMPLED}
        self._spread()

    def is_open(self, read: Read, site: Site) -> bool:
        """Whether only samples are tried of what is read."""
        if read.key is not None:
            return read.key in self.open and not self._whole(read.key)
        place = self._domains.place(read, site.state)
        if place is None or self._is_place(read, site):
            return False
        if place[0][1] == INSIDE:
            return self._level_told(place) == _SAMPLED
        return not (place[1] == ("input",) and place[0][1] in self._closed)

    def is_formless(self, read: Read, site: Site) -> bool:
        """Whether nothing is known of the form of an unknown value."""
        declared = self.declared.get(read.key) if read.key is not None else None
        known = declared is not None and declared.type not in {"dyn", "list", "map"}
        return not known and self.is_open(read, site)

    def open_spans(self, site: Site) -> set[tuple[int, int]]:
        """Where an expression reads what only samples are tried of."""
        return {(read.start, read.end) for read in site.reads if self.is_open(read, site)}

    def rounds(self, site: Site) -> dict[tuple[int, int], bool]:
        """The places of counters of rounds, of which each value is one at which is cut."""
        return {
            (read.start, read.end): True
            for read in site.reads
            if read.key is not None
            and is_counter_of_rounds(read.key)
            and self._domains.rounds(read.key)
        }

    def computed(self, site: Site) -> str:
        """The name of something that an expression reads, and is computed from samples; or ""."""
        for read in site.reads:
            if read.key is not None and read.key in self.wild:
                return read.key[1]
            place = self._domains.place(read, site.state) if read.key is None else None
            if place is not None and place[0][1] == INSIDE and self._level_told(place) == _COMPUTED:
                return ".".join(read.path)
        return ""

    def _spread(self) -> None:
        """Find the variables that hold unknown values, and those computed from them."""
        flows: dict[Key, list[Site]] = defaultdict(list)
        for site in self._sites:
            if site.role is Role.FLOW and site.target in self._values:
                for key in {read.key for read in site.reads if read.key is not None}:
                    flows[key].append(site)
        moving = [site for site in self._sites if site.role is Role.FLOW]
        while True:
            self._follow(list(moving), flows)
            if not self._tell():
                break

    def _follow(self, waiting: list[Site], flows: dict[Key, list[Site]]) -> None:
        """Look at what variables get, and at what others get of these."""
        while waiting:
            site = waiting.pop()
            target = site.target
            if target is None or target not in self._values:
                continue
            level = self._level(site)
            known = self.open | self.wild if level == _SAMPLED else self.wild
            if level and target not in known:
                (self.open if level == _SAMPLED else self.wild).add(target)
                waiting.extend(flows[target])

    def _tell(self) -> bool:
        """Look at what events carry that the session sends itself; whether that is news."""
        before = dict(self._told)
        for site in self._sites:
            if site.role is Role.CARRIED:
                part = site.place[0] if site.place else _ANY
                self._told[part] = max(self._told.get(part, _KNOWN), self._level(site))
        return self._told != before

    def _level_told(self, place: Place) -> int:
        """What is known of a part of an event that the session has sent itself."""
        _, path = place
        if path[:1] != ("data",):
            return _SAMPLED if path[:1] == ("input",) else _KNOWN
        parts = path[1:2] or tuple(self._told)
        return max(self._told.get(part, _KNOWN) for part in (*parts, _ANY))

    def _level(self, site: Site) -> int:
        """What is known of what an expression gives."""
        if self.computed(site) or tells_time(site):
            return _COMPUTED
        spans = self.open_spans(site)
        shape = Shape(spans, self.rounds(site))
        if not spans or (site.alone and shape.settled(site.expression.root)):
            return _KNOWN
        carries = site.alone and Shape(spans).carries(site.expression.root)
        carries = carries and not self.conversions.is_converted(site)
        if self._whole(site.target) and site.place == ():
            return _KNOWN if carries else _COMPUTED
        return _SAMPLED if carries else _COMPUTED

    def _whole(self, key: Key | None) -> bool:
        """Whether all values that a variable may have are tried."""
        variable = None if key is None else self.declared.get(key)
        return variable is not None and is_closed(variable.type, variable.limits)

    def _is_place(self, read: Read, site: Site) -> bool:
        """Whether it is the state in which something went wrong, as the session itself tells it."""
        return read.key is None and read.path == _STATE and id(site) in self._inside


_ANY: Final = ""
"""Stands for all parts of what an event carries."""

_MESSAGE: Final = "message"
"""What the algorithm says of an error; values may stand in it."""

_STATE: Final = ("event", "data", "state")


def tells_time(site: Site) -> bool:
    """Whether an expression depends on the time."""
    paths = [read.path for read in site.reads if read.key is None]
    return any(
        path[0] == "now" or (path[0] == "session" and path[1:2] in {("now",), ("id",)})
        for path in paths
    )

"""Values of whose parts not all combinations are tried, and where these get to.

Each value of a part is tried, but not together with each one of all the others. So nothing is known
of tests of several parts, be they made one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from statewright.compiler.verification.dataflow.uses import Role, Site
from statewright.compiler.verification.dataflow.variables import Key, Path, Read
from statewright.compiler.verification.inputs.combinations import BODY, is_overfull
from statewright.compiler.verification.inputs.domains import (
    ANYWHERE,
    EVENT,
    INSIDE,
    RETURNED,
    Domains,
    Place,
)
from statewright.compiler.verification.inputs.literals import cut_at
from statewright.compiler.verification.inputs.schemas import ANSWER, answers_fitting, schema_of
from statewright.compiler.verification.world.world import World
from statewright.statechart.playing.script import MESSAGE
from statewright.statechart.structure.nodes import Node


class Joining:
    """Tells where there are such values.

    Args:
        world: what is searched.
        sites: all expressions of it.
    """

    def __init__(self, world: World, sites: Sequence[Site]) -> None:
        self._domains = world.domains
        groups, nodes = world.alphabet.groups, world.tree.nodes.values()
        self._asking = {groups[node.id] for node in nodes if MESSAGE in node.by_stem}
        self._requesting = {
            groups[node.id]
            for node in nodes
            if node.state is not None and any(one.type == "http" for one in node.state.invocations)
        }
        self._fitting = {
            groups[node.id] for node in nodes if _is_fitting(node, world.domains, groups)
        }
        self._joint = {key for key in world.inputs if self._overfull(key, ())}
        self._follow([site for site in sites if site.role in {Role.FLOW, Role.CARRIED}])

    def is_joint(self, place: Place, read: Read, site: Site) -> bool:
        """Whether it matters to a test that not all combinations are tried of what it reads."""
        cut = cut_at(site.expression, read.start, read.end)
        # Whether there is anything at all does not depend on the parts of it.
        only_there = place[1] == () and cut.others <= {None} and cut.size() == len(cut.others)
        return not only_there and any(one in self._joint for one in _sources(place))

    def _follow(self, moving: Sequence[Site]) -> None:
        """Follow such values to where they get."""
        sources = {
            id(site): {one for place, _ in self._domains.places(site) for one in _sources(place)}
            for site in moving
        }
        events = {key for key in set().union(*sources.values()) if key[0] == EVENT}
        self._joint |= {
            key for key in events if self._overfull(key, ("data",)) or self._overfull(key, BODY)
        }
        changed = True
        while changed:
            changed = False
            for site in moving:
                target = _target(site)
                if target is None or target in self._joint:
                    continue
                if sources[id(site)] & self._joint:
                    self._joint |= {target, (_TOLD, _WHOLE)} if target[0] == _TOLD else {target}
                    changed = True

    def _overfull(self, key: Key, root: Path) -> bool:
        """Whether parts of a value have more combinations than are tried."""
        if key[0] == EVENT and key[1] in self._asking:
            return False
        cuts = dict(self._domains.at(key))
        if root == ("data",) and key[1] in self._fitting:
            # All combinations of the parts of what fits a schema are tried.
            cuts = {path: cut for path, cut in cuts.items() if path[:2] != _ANSWER}
        if key[0] == EVENT:
            for path, cut in self._domains.at((EVENT, ANYWHERE)).items():
                if path[1:2] and path[1] not in RETURNED:
                    cuts.setdefault(path, cut)
        return is_overfull(cuts, root, is_reply=key[1] in self._requesting)


def _is_fitting(node: Node, domains: Domains, groups: Mapping[str, str]) -> bool:
    """Whether all that a state asks for is answered by a schema, of which all answers are tried."""
    asked = () if node.state is None else node.state.invocations
    cuts = domains.at((EVENT, groups[node.id]))
    length = len(_ANSWER)
    below = {path[length:]: cut for path, cut in cuts.items() if path[:length] == _ANSWER}
    schemas = [schema_of(node, one.id) for one in asked]
    return bool(schemas) and all(
        one is not None and answers_fitting(one, below) is not None for one in schemas
    )


_ANSWER: Final = ("data", ANSWER)
"""Where it stands in an event what a language model answers."""

_TOLD: Final = "~told"
"""Stands for an event that the session sends itself in the keys of its parts."""


_WHOLE: Final = "*"
"""Stands for all of its parts."""


def _sources(place: Place) -> Iterator[Key]:
    """What is looked at as one value: a variable, what an event brings, a part of what is told."""
    key, path = place
    if key != (EVENT, INSIDE):
        yield key
    elif path[:1] == ("data",):
        yield (_TOLD, "")
        yield (_TOLD, path[1] if path[1:] else _WHOLE)


def _target(site: Site) -> Key | None:
    if site.role is Role.FLOW:
        return site.target
    return (_TOLD, site.place[0] if site.place else "")

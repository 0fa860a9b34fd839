"""Answers of a form: email addresses, places, files. Of these only some are tried.

Which of them a test of their text, or of a part of them, is true of is not known; whether one is
the same as a constant is, since that is tried itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from statewright.compiler.verification.domains import EVENT, Domains, Place
from statewright.compiler.verification.literals import Cut
from statewright.compiler.verification.uses import Role, Site

_READERS: Final = tuple(
    f"answer.{name}("
    for name in ("email", "phone", "url", "date", "dateIn", "time", "timeIn", "file", "location")
)
"""What reads an answer of a form."""

_OUTPUT: Final = ("data", "output")
"""Where it stands in an event what a flow inside of another one gives back."""


def formed_places(domains: Domains, sites: Iterable[Site]) -> frozenset[Place]:
    """The parts of variables, and of what events bring, that hold answers of a form."""
    moving = [site for site in sites if site.role in {Role.FLOW, Role.CARRIED}]
    sources = {id(site): [place for place, _ in domains.places(site)] for site in moving}
    found: set[Place] = set()
    changed = True
    while changed:
        changed = False
        for site in moving:
            target = _target_of(site)
            if target is None or target in found:
                continue
            if _reads_one(site) or any(_is_among(found, one) for one in sources[id(site)]):
                found.add(target)
                changed = True
    return frozenset(found)


def is_formed(domains: Domains, formed: Collection[Place], place: Place, site: Site) -> bool:
    """Whether a test asks for more of an answer of a form than whether it is a constant."""
    cut = domains.cuts.get(place, Cut())
    more = cut.numbers or cut.predicates or (place[1] and cut.texts and place[0][0] != EVENT)
    return bool(more) and (_is_among(formed, place) or (place[0][0] == EVENT and _reads_one(site)))


def _target_of(site: Site) -> Place | None:
    if site.role is Role.FLOW:
        return None if site.target is None else (site.target, site.place)
    return (EVENT, ""), (*_OUTPUT[:1], *site.place) if site.place else _OUTPUT


def _reads_one(site: Site) -> bool:
    return any(reader in site.expression.text for reader in _READERS)


def _is_among(formed: Collection[Place], place: Place) -> bool:
    (scope, name), path = place
    keys = {(scope, name), (EVENT, "")} if scope == EVENT else {(scope, name)}
    return any(
        (key, path[:length]) in formed for key in keys for length in range(len(path) + 1)
    ) or any(key in keys and own[: len(path)] == path for key, own in formed)

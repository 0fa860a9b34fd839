"""Answers of a form: email addresses, places, files. Of these only some are tried.

Which of them a test of their text, or of a part of them, is true of is known where an answer was
found for each outcome; whether one is the same as a constant is known, since that is tried itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Final

from statewright.compiler.verification.dataflow.uses import Role, Site
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.inputs.domains import EVENT, Domains, Place
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.inputs.readings import FEW, READERS, covers
from statewright.compiler.verification.inputs.samples import samples
from statewright.compiler.verification.inputs.sayings import FORMS, answers_of_form, said_to
from statewright.compiler.verification.inputs.wordings import holds
from statewright.statechart.playing.script import Typed

_READERS: Final = ("email", "phone", "url", "date", "dateIn", "time", "timeIn", "file", "location")
"""The functions that read an answer of a form."""

_SPOKEN: Final = (("input",), ("data", "text"))
"""Where it stands in an event what was typed."""

_FILE: Final = frozenset(("url", "type", "size", "name"))
"""The parts of a file: files are tried with each of them, and without."""

_OUTPUT: Final = ("data", "output")
"""Where it stands in an event what a flow inside of another one gives back."""

Origin = tuple[str, Place]
"""What reads an answer, and where that stands."""


class Formed:
    """Tells where answers of a form are, and of which tests of them all outcomes are tried.

    Args:
        domains: where these are cut.
        sites: all expressions.
        given: the variables that a session is given.
    """

    def __init__(self, domains: Domains, sites: Iterable[Site], given: Iterable[Key]) -> None:
        self._domains = domains
        # Variable → part of it → where the answers come from that are there.
        self._origins: dict[Key, dict[tuple[str, ...], set[Origin]]] = defaultdict(dict)
        self._mixed: set[Key] = set(given)
        self._spread([site for site in sites if site.role in {Role.FLOW, Role.CARRIED}])
        self._known: dict[Origin, bool] = {}

    def is_doubtful(self, place: Place, site: Site) -> bool:
        """Whether a test asks for something that may be true of answers that are not tried."""
        cut = self._domains.cuts.get(place, Cut())
        kept = bool(place[1]) and place[0][0] != EVENT
        inside = kept and bool(cut.texts)
        more = kept and place[1][0] not in _FILE
        if not (cut.numbers or cut.predicates or inside or more):
            return False
        origins = set(_among(self._origins, place))
        if place[0][0] == EVENT:
            origins |= {(reader, place) for reader in _readers_in(site)}
        if more and any(reader == "file" for reader, _ in origins):
            return True
        if not (cut.numbers or cut.predicates or inside):
            return False
        forms = {one for one in origins if one[0] not in READERS}
        if any(inside or not self._is_covered(one) for one in forms):
            return True
        return not all(map(self._is_read, origins - forms))

    def is_settled(self, place: Place, site: Site) -> bool:
        """Whether nothing but answers of a form is at a place, of which all outcomes are tried."""
        origins = set(_among(self._origins, place))
        if place[0][0] == EVENT:
            origins = {(reader, place) for reader in _readers_in(site)}
        elif place[0] in self._mixed:
            return False
        return bool(origins) and all(self._is_covered(one) for one in origins)

    def _spread(self, moving: Iterable[Site]) -> None:
        """Follow the answers to the variables that hold them."""
        sites = tuple(moving)
        sources = {id(site): [place for place, _ in self._domains.places(site)] for site in sites}
        changed = True
        while changed:
            changed = False
            for site in sites:
                target = _target_of(site)
                if target is None:
                    continue
                places = sources[id(site)]
                found = {(one, place) for one in _readers_in(site) for place in places}
                for place in places:
                    found.update(_among(self._origins, place))
                key, path = target
                if found and not found <= self._origins[key].setdefault(path, set()):
                    self._origins[key][path] |= found
                    changed = True
                if target[0] not in self._mixed and self._mixes(site, places):
                    self._mixed.add(target[0])
                    changed = True

    def _mixes(self, site: Site, places: Iterable[Place]) -> bool:
        """Whether a variable gets something else there than an answer of a form as it is."""
        return not set(_readers_in(site)) - READERS.keys() and any(
            place[0][0] == EVENT or place[0] in self._mixed for place in places
        )

    def _is_covered(self, origin: Origin) -> bool:
        """Whether an answer is tried for each outcome of all tests of an answer."""
        known = self._known.get(origin)
        if known is None:
            reader, place = origin
            cut = self._domains.cuts.get(place, Cut())
            known = self._known[origin] = (
                place[1] == ("input",)
                and reader in FORMS
                and not cut.numbers
                and len(cut.predicates) <= FEW
                and _has_all(reader, cut)
            )
        return known

    def _is_read(self, origin: Origin) -> bool:
        """Whether of texts, or numbers, one is read from each piece into which they are cut."""
        known = self._known.get(origin)
        if known is None:
            reader, (key, path) = origin
            cut = self._domains.cuts.get((key, path), Cut())
            known = self._known[origin] = key[0] == EVENT and covers(
                reader, cut, _given(reader, path, cut)
            )
        return known


def _given(reader: str, path: tuple[str, ...], cut: Cut) -> Iterable[Any]:
    """What is tried where an answer is read: lines that are typed, or parts of an event."""
    if path not in _SPOKEN:
        return samples("dyn", {(): cut})
    lines = said_to(reader.removesuffix("In"), cut, local=reader.endswith("In"))
    return [one.text for one in lines if isinstance(one, Typed)]


def _has_all(kind: str, cut: Cut) -> bool:
    """Whether an answer is known for each outcome of some tests that may be."""
    tests = sorted(cut.predicates)
    others = [one for one in answers_of_form(kind, cut) if one not in cut.texts]
    tried = {tuple(holds(text, *one) for one in tests) for text in others}
    return all(
        outcome in tried or _is_absurd(kind, dict(zip(tests, outcome, strict=True)))
        for outcome in product((True, False), repeat=len(tests))
    )


_Test = tuple[str, str]


def _is_absurd(kind: str, outcome: Mapping[_Test, bool]) -> bool:
    """Whether no answer of a form has such an outcome."""
    true = [test for test, holding in outcome.items() if holding]
    false = [test for test, holding in outcome.items() if not holding]
    if any(_follows(one, other) for one in true for other in false):
        return True
    if kind == "email" and ("contains", "@") in false:
        return True
    endings = [text[::-1] for name, text in true if name == "endsWith"]
    beginnings = [text for name, text in true if name == "startsWith"]
    known = [one for one in _BEGINNINGS.get(kind, ("",)) if not _contradicts(one, false)]
    return not _agree(endings) or not any(_agree([*beginnings, one]) for one in known)


_BEGINNINGS: Final[Mapping[str, tuple[str, ...]]] = {"url": ("http://", "https://")}
"""Kind of answer → with one of which each such answer begins."""


def _contradicts(beginning: str, false: Iterable[_Test]) -> bool:
    """Whether a test is true of whatever begins so, that is to be false."""
    return any(
        (name == "startsWith" and beginning.startswith(text))
        or (name == "contains" and text in beginning)
        for name, text in false
    )


def _follows(test: _Test, other: _Test) -> bool:
    """Whether a test is true of whatever another one is true of."""
    (name, text), (asked, part) = test, other
    if asked == "contains" and name != "matches":
        return part in text
    if name != asked:
        return False
    return (name == "startsWith" and text.startswith(part)) or (
        name == "endsWith" and text.endswith(part)
    )


def _agree(beginnings: Sequence[str]) -> bool:
    """Whether a text can begin in all of these ways."""
    longest = max(beginnings, key=len, default="")
    return all(longest.startswith(one) for one in beginnings)


def _target_of(site: Site) -> Place | None:
    if site.role is Role.FLOW:
        return None if site.target is None else (site.target, site.place)
    return (EVENT, ""), (*_OUTPUT[:1], *site.place) if site.place else _OUTPUT


def _readers_in(site: Site) -> list[str]:
    text = site.expression.text
    if "answer." not in text:
        return []
    return [one for one in (*_READERS, *READERS) if f"answer.{one}(" in text]


def _among(
    origins: Mapping[Key, Mapping[tuple[str, ...], set[Origin]]], place: Place
) -> Iterable[Origin]:
    """Where the answers come from that are at a place, around it, or below."""
    key, path = place
    for one in {key, (EVENT, "")} if key[0] == EVENT else {key}:
        for own, found in [*origins.get(one, {}).items()]:
            length = min(len(own), len(path))
            if own[:length] == path[:length]:
                yield from found

"""Findings that are there only because of another one, and are told once that is mended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from statewright.compiler.findings import Finding


class Reach(Enum):
    """How far a cause reaches."""

    FLOW = "flow"
    """It may be the cause wherever it stands in the flow."""
    NODE = "node"
    """It is the cause at the same node."""
    PLACE = "place"
    """It is the cause at the same place in the file."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What a finding may be the consequence of.

    Attributes:
        causes: codes, or beginnings of codes.
        reach: how far these reach.
    """

    causes: tuple[str, ...]
    reach: Reach


_UNREAD = Behind(("R003", "R004", "R005", "R007"), Reach.NODE)
"""Part of the node could not be read, perhaps the one that is missed."""

_UNSURE_USES = Behind(
    ("R003", "R004", "R005", "R006", "S103", "S104", "G301", "G303", "D405", "E606"), Reach.FLOW
)
"""A text that cannot be understood may use what seems not to be used."""

_LOST_WAYS = Behind(("S101", "S103", "S104", "S106", "S107", "S108", "S111", "E601"), Reach.FLOW)
"""An edge that is missing, or leads nowhere, may be the one that should lead there."""

_ILL_FORMED = Behind(("G301", "G302", "G303", "G311", "D405", "D408"), Reach.NODE)
"""An expression that means nothing decides nothing."""

BEHIND: Mapping[str, tuple[Behind, ...]] = MappingProxyType(
    {
        "S105": (Behind(("S101", "S104"), Reach.FLOW),),
        "S106": (_UNREAD,),
        "S107": (_UNREAD,),
        "S108": (_UNREAD,),
        "S111": (Behind(("S104",), Reach.FLOW),),
        "C202": (Behind(("C201",), Reach.NODE),),
        "C203": (_LOST_WAYS, Behind(("C201", "C204"), Reach.FLOW)),
        "C204": (_LOST_WAYS, _ILL_FORMED),
        "C205": (
            _LOST_WAYS,
            _ILL_FORMED,
            Behind(("S105",), Reach.NODE),
            Behind(("C204",), Reach.FLOW),
        ),
        "C206": (_ILL_FORMED,),
        "G301": (Behind(("D408",), Reach.PLACE),),
        "G303": (Behind(("D408", "G301"), Reach.PLACE),),
        "G304": (_ILL_FORMED,),
        "G305": (_ILL_FORMED,),
        "G306": (_ILL_FORMED,),
        "G307": (_ILL_FORMED, Behind(("S109",), Reach.NODE)),
        "G308": (_ILL_FORMED,),
        "G309": (_ILL_FORMED, Behind(("S108",), Reach.NODE)),
        "G310": (_ILL_FORMED, Behind(("G305", "G307", "S109"), Reach.NODE)),
        "D401": (Behind(("G301", "G303", "D405", "D408"), Reach.NODE),),
        "D402": (_UNSURE_USES,),
        "D403": (_UNSURE_USES,),
        "D404": (_ILL_FORMED,),
        "D405": (Behind(("D408",), Reach.PLACE), Behind(("D406",), Reach.NODE)),
        "D407": (Behind(("D406",), Reach.PLACE),),
        "I501": (_UNREAD, Behind(("G302",), Reach.NODE)),
        "I502": (Behind(("C204",), Reach.NODE),),
        "I503": (_UNREAD,),
        "I506": (_UNREAD,),
        "I507": (_UNREAD,),
        "I508": (_UNREAD,),
        "E601": (_UNREAD,),
        "E609": (_UNREAD,),
        "X701": (Behind(("X702", "X703"), Reach.NODE),),
        "X702": (Behind(("X703",), Reach.NODE),),
        "X704": (Behind(("X702", "X703"), Reach.NODE),),
        "X706": (_LOST_WAYS,),
        "X707": (_UNREAD,),
        "T805": (_LOST_WAYS,),
    }
)
"""Code → what its findings hide behind."""

_Key = tuple[object, ...]


def without_consequences(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that are not the consequence of another one, in the same order."""
    found = tuple(findings)
    present: dict[Reach, dict[_Key, set[str]]] = {reach: defaultdict(set) for reach in Reach}
    for finding in found:
        for reach, places in present.items():
            places[_place(finding, reach)].add(finding.code)
    return tuple(one for one in found if not _is_consequence(one, present))


def _is_consequence(finding: Finding, present: Mapping[Reach, Mapping[_Key, set[str]]]) -> bool:
    for behind in BEHIND.get(finding.code, ()):
        if behind.reach is Reach.NODE and not finding.node:
            continue
        codes = present[behind.reach].get(_place(finding, behind.reach), set())
        if any(code.startswith(behind.causes) for code in codes):
            return True
    return False


def _place(finding: Finding, reach: Reach) -> _Key:
    match reach:
        case Reach.FLOW:
            return ()
        case Reach.NODE:
            return (finding.node,)
        case Reach.PLACE:
            return (finding.location.line, finding.location.column)

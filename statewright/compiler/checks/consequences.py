"""Findings that are there only because of another one, and are told once that is mended."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from statewright.compiler.findings import Finding, Severity


class Reach(Enum):
    """How far a cause reaches."""

    FLOW = "flow"
    """It may be the cause wherever it stands in the flow."""
    NODE = "node"
    """It is the cause at the same node."""
    PLACE = "place"
    """It is the cause at the same place in the file."""
    DECLARATIONS = "declarations"
    """It may be the cause wherever it stands, if it is about all declarations of variables."""
    WAYS = "ways"
    """It may be the cause wherever it stands, if it is about a node, or about where one leads."""


_WAYS = re.compile(
    r"/(?:nodes|regions)/[^/]+$"
    r"|/(?:type|start|nodes|regions|on|next|to|else|success|error|fallback|timeout|skip|limit|closed"
    r"|branches|choices|choices_from|arms|buttons|catch|finally)(?:/[0-9]+(?:/[a-z]+)?)?$"
    r"|^/(?:settings|triggers)(?:/[^/]+)?$"
)
"""Pointers of what says, in a file of the native format, where a conversation goes on."""

_DECLARATIONS = ("/variables", "/settings", "/settings/business_hours")
"""Where all that declares variables stands in a file of the native format."""


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

_UNDECLARED = Behind(("R004",), Reach.DECLARATIONS)
"""No declaration could be read."""

_UNSURE_USES = Behind(
    ("R003", "R004", "R005", "R006", "S103", "S104", "G301", "G303", "D405", "E606"), Reach.FLOW
)
"""A text that cannot be understood may use what seems not to be used."""

_MISSING_WAYS = ("S101", "S104", "S106", "S107", "S108", "S111", "S112")
"""Codes of ways that are not there, or do not lead where they should."""

_UNREAD_WAYS = Behind(("R003", "R004", "R005", "R007"), Reach.WAYS)
"""A node, or an edge, that could not be read."""

_LOST_WAYS = Behind(
    ("S101", "S103", "S104", "S106", "S107", "S108", "S111", "S112", "E601"), Reach.FLOW
)
"""An edge that is missing, or leads nowhere, may be the one that should lead there."""

_ILL_FORMED = Behind(("G301", "G302", "G303", "G311", "D405", "D408"), Reach.NODE)
"""An expression that means nothing decides nothing."""

BEHIND: Mapping[str, tuple[Behind, ...]] = MappingProxyType(
    {
        "S103": (Behind(("R004", "R005"), Reach.PLACE),),
        "S105": (Behind(_MISSING_WAYS, Reach.FLOW), _UNREAD_WAYS),
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
        "G302": (_UNREAD, Behind(("R004",), Reach.PLACE)),
        "G303": (Behind(("D408", "G301"), Reach.PLACE), _UNDECLARED),
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
        "D405": (Behind(("D408",), Reach.PLACE), Behind(("D406",), Reach.NODE), _UNDECLARED),
        "D407": (Behind(("D406",), Reach.PLACE),),
        "I501": (_UNREAD, Behind(("G302",), Reach.NODE)),
        "I502": (Behind(("C204",), Reach.NODE),),
        "I503": (_UNREAD,),
        "I506": (_UNREAD,),
        "I507": (_UNREAD,),
        "I508": (_UNREAD,),
        "E601": (_UNREAD,),
        "E609": (_UNREAD,),
        "E612": (_UNREAD,),
        "X701": (Behind(("X702", "X703"), Reach.NODE),),
        "X702": (_UNREAD, Behind(("X703",), Reach.NODE)),
        "X704": (Behind(("X702", "X703"), Reach.NODE),),
        "X706": (_LOST_WAYS,),
        "X707": (_UNREAD,),
        "T805": (_LOST_WAYS,),
    }
)
"""Code → what its findings hide behind."""

_Key = tuple[object, ...]
_Present = dict[Reach, dict[_Key, set[tuple[str, Severity]]]]
_RANKS = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


def without_consequences(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that are not the consequence of another one, in the same order."""
    found = tuple(findings)
    present: _Present = {reach: defaultdict(set) for reach in Reach}
    for finding in found:
        for reach, places in present.items():
            if _is_about(finding, reach):
                places[_place(finding, reach)].add((finding.code, finding.severity))
    return tuple(one for one in found if not _is_consequence(one, present))


def _is_about(finding: Finding, reach: Reach) -> bool:
    """Whether a finding is about what it would have to be about to reach so far."""
    if reach is Reach.DECLARATIONS:
        return finding.location.pointer in _DECLARATIONS
    return reach is not Reach.WAYS or _WAYS.search(finding.location.pointer) is not None


def _is_consequence(finding: Finding, present: _Present) -> bool:
    """Whether there is a cause of a finding that is no milder than it is."""
    own = _RANKS[finding.severity]
    for behind in BEHIND.get(finding.code, ()):
        if behind.reach is Reach.NODE and not finding.node:
            continue
        causes = present[behind.reach].get(_place(finding, behind.reach), set())
        if any(code.startswith(behind.causes) and _RANKS[bad] >= own for code, bad in causes):
            return True
    return False


def _place(finding: Finding, reach: Reach) -> _Key:
    match reach:
        case Reach.FLOW | Reach.DECLARATIONS | Reach.WAYS:
            return ()
        case Reach.NODE:
            return (finding.node,)
        case Reach.PLACE:
            return (finding.location.line, finding.location.column)

"""What a target makes of a release: texts, and a list of all that they cannot say.

A target is a pure function ``Release → Export``. What the other tool cannot express is never
dropped in silence: it is a ``Loss``, which is there as data, stands in the exported text itself,
and is printed by ``statewright compile``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

PLACES_SHOWN: Final = 5
"""How many places of one loss a text names."""

_LENGTH_SHOWN: Final = 120
"""Of a longer expression, a text shows the beginning."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the chart something stands; all empty for the chart as a whole.

    Attributes:
        state: the id of the state, or ``""``.
        transition: the id of the transition (``state#n``), or ``""``.
        expression: the text of the expression, or ``""``.
    """

    state: str = ""
    transition: str = ""
    expression: str = ""

    def __str__(self) -> str:
        """Two or three words for people: ``ask#0: age > 17``."""
        owner = self.transition or self.state
        shown = " ".join(self.expression.split())
        if len(shown) > _LENGTH_SHOWN:
            shown = shown[: _LENGTH_SHOWN - 1] + "…"
        return ": ".join(filter(None, (owner, shown)))


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that a target cannot express.

    Attributes:
        code: the kind of loss: words joined by dashes, the same in every release.
        what: what is lost; lower case, without a full stop.
        instead: what the exported machine does instead; in the same manner.
        place: where in the chart.
    """

    code: str
    what: str
    instead: str
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Export:
    """A release as another tool reads it.

    Attributes:
        files: name → text, the main one first. A name is a plain file name.
        losses: what the texts do not say, in document order.
    """

    files: Mapping[str, str]
    losses: tuple[Loss, ...] = ()


def export_of(files: Mapping[str, str], losses: Iterable[Loss] = ()) -> Export:
    """An export that cannot be changed; of equal losses one is kept."""
    return Export(MappingProxyType(dict(files)), tuple(dict.fromkeys(losses)))


def lines_of(losses: Iterable[Loss]) -> Iterator[str]:
    """Losses for people to read: one line for all the places of a kind.

    >>> list(lines_of([Loss("deferred", "time is lost", "it stands still", Place("ask"))]))
    ['deferred: time is lost; it stands still (ask)']
    """
    ordered = sorted(losses, key=lambda loss: (loss.code, loss.what, loss.instead))
    for (code, what, instead), group in groupby(
        ordered, key=lambda loss: (loss.code, loss.what, loss.instead)
    ):
        places = list(dict.fromkeys(filter(None, (str(loss.place) for loss in group))))
        shown = "; ".join(places[:PLACES_SHOWN])
        if len(places) > PLACES_SHOWN:
            shown += f"; and {len(places) - PLACES_SHOWN} more"
        yield f"{code}: {what}; {instead}" + (f" ({shown})" if shown else "")


def json_of(target: str, export: Export) -> dict[str, Any]:
    """An export as a JSON-like value: the target's name, the files, the losses."""
    return {
        "target": target,
        "files": dict(export.files),
        "losses": [
            {
                "code": loss.code,
                "what": loss.what,
                "instead": loss.instead,
                "state": loss.place.state,
                "transition": loss.place.transition,
                "expression": loss.place.expression,
            }
            for loss in export.losses
        ],
    }


_STEM: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


def stem_of(name: str) -> str:
    """The name of a chart as the beginning of a file name, safe on every system.

    >>> stem_of("Lead capture"), stem_of("../…")
    ('lead-capture', 'chart')
    """
    plain = "".join(one if one in _STEM else "-" for one in name.lower())
    words = "-".join(word for word in plain.split("-") if word)
    return words[:60].strip("-") or "chart"

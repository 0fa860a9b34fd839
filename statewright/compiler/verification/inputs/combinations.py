"""How many combinations of the parts of a value are tried, and whether these are all."""

from __future__ import annotations

from math import prod
from typing import Final

from statewright.compiler.verification.dataflow.variables import Path
from statewright.compiler.verification.inputs.literals import Cut
from statewright.compiler.verification.inputs.samples import (
    MOST,
    Cuts,
    is_compared,
    list_sizes,
    places_of,
    samples,
)
from statewright.compiler.verification.inputs.wordings import LENGTH
from statewright.expressions.references import PLACE

BODY: Final = ("data", "body")
"""Where the parts of the answer to a request stand."""

_NODE: Final = frozenset((("data", "node"),))
"""What of an event is tried only as it has to be, and otherwise apart from the rest."""

_REPLY: Final = frozenset((("data", "status"), ("data", "headers"), ("data", "node")))
"""The same of the answer to a request."""


def is_overfull(cuts: Cuts, root: Path, *, is_reply: bool = False) -> bool:
    """Whether the parts of a value below a path have more combinations than are tried.

    Args:
        cuts: of the value.
        root: the path.
        is_reply: whether the value is the answer to a request.
    """
    apart = _REPLY if is_reply else _NODE
    lists = _lists_in(cuts, root)
    if any(place >= LENGTH for one in lists.values() for place in places_of(one)):
        return True
    tested = [
        cut
        for path, cut in cuts.items()
        if path[: len(root)] == root
        and len(path) > len(root)
        and path not in apart
        and path not in lists
        and (root == BODY or path[:2] != BODY)
        and is_compared(cut)
    ]
    total = prod(len(list_sizes(one)) for one in lists.values()) * prod(map(_variety, tested))
    return (len(tested) > 1 or bool(lists)) and total > MOST


def _lists_in(cuts: Cuts, root: Path) -> dict[Path, Cuts]:
    """The lists in a value of which places are looked at, with their cuts."""
    above = {
        path[:length]
        for path in cuts
        if path[: len(root)] == root
        for length in range(len(root), len(path))
        if path[length].startswith(PLACE)
    }
    return {
        one: {path[len(one) :]: cut for path, cut in cuts.items() if path[: len(one)] == one}
        for one in above
    }


def _variety(cut: Cut) -> int:
    """How many values of a part are tried, that it is missing among them."""
    return len(samples("dyn", {(): cut})) + 1

"""Sessions inside a session, woken where something happens to them."""

from __future__ import annotations

from statewright.errors import InvalidSnapshot
from statewright.statechart.forms.codec import digest_of
from statewright.statechart.stepping.working import Family, Working
from statewright.statechart.structure.tree import tree_of


def woken(family: Family, path: str) -> Working:
    """The session of a family with a path.

    Raises:
        InvalidSnapshot: there is none, or it is none of its chart.
    """
    if not path:
        return family.root
    live = family.live.get(path)
    if live is None:
        live = _working_of_child(family, path)
        family.live = {**family.live, path: live}
    return live


def _working_of_child(family: Family, path: str) -> Working:
    child = family.children.get(path)
    root = family.root
    chart = None if child is None else root.tree.chart.charts.get(child.chart)
    if child is None or chart is None or child.snapshot.digest != digest_of(chart):
        raise InvalidSnapshot(
            f"session `{family.session}` holds no session `{path}` of a chart that "
            f"`{root.tree.chart.name}` can invoke; was the snapshot changed by hand?"
        )
    working = Working(tree_of(chart), child.snapshot, family, path)
    working.name = child.name
    return working

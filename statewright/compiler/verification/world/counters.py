"""Variables that only count up, and beyond which number that makes no difference any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from statewright.compiler.verification.dataflow.counting import is_count
from statewright.compiler.verification.dataflow.relevance import Relevance
from statewright.compiler.verification.dataflow.uses import Role, Site, Uses
from statewright.compiler.verification.dataflow.variables import Key
from statewright.compiler.verification.inputs.domains import Domains
from statewright.compiler.verification.inputs.shapes import Shape
from statewright.expressions.syntax import Literal
from statewright.statechart.structure.nodes import Variable


def ceilings(
    uses: Mapping[str, Uses],
    declared: Mapping[Key, Variable],
    relevance: Relevance,
    domains: Domains,
) -> dict[Key, int]:
    """Counters → the number that stands for itself and for all greater ones.

    A counter is an int without a maximum that is set to literals, or to itself plus a literal, and
    is read in nothing else but comparisons with literals.
    """
    reading: dict[Key, list[Site]] = defaultdict(list)
    writing: dict[Key, list[Site]] = defaultdict(list)
    for one in uses.values():
        for part in one.parts():
            for site in part.sites:
                for key in {read.key for read in site.reads if read.key is not None}:
                    reading[key].append(site)
                if site.role is Role.FLOW and site.target is not None:
                    writing[site.target].append(site)
    found: dict[Key, int] = {}
    for key in relevance.values:
        variable = declared.get(key)
        if variable is None or variable.type != "int" or _bounded(variable):
            continue
        if all(
            is_count(site, key) or _is_literal(site) for site in writing[key]
        ) and _only_compared(key, reading[key]):
            numbers = domains.cuts[key, ()].numbers if (key, ()) in domains.cuts else set()
            found[key] = int(max((abs(number) for number in numbers), default=0)) + 2
    return found


def _bounded(variable: Variable) -> bool:
    return variable.limits is not None and (
        variable.limits.maximum is not None or bool(variable.limits.values)
    )


def _only_compared(key: Key, sites: Iterable[Site]) -> bool:
    for site in sites:
        if site.role is Role.SHOWN or (site.role is Role.FLOW and site.target == key):
            continue
        if site.role is Role.WORLD:
            continue
        if site.role is not Role.TEST or not _compared(key, site):
            return False
    return True


def _compared(key: Key, site: Site) -> bool:
    spans = {(read.start, read.end) for read in site.reads if read.key == key}
    return Shape(spans).decided(site.expression.root)


def _is_literal(site: Site) -> bool:
    return not site.reads and isinstance(site.expression.root, Literal)

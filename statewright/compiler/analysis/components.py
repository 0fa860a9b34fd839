"""Strongly connected components: what lies on rings of a directed graph.

Source: R. Tarjan, *Depth-first search and linear graph algorithms*, 1972, without recursion.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping


def components_of(successors: Mapping[str, Collection[str]]) -> Iterator[frozenset[str]]:
    """The sets of vertices that reach each other, those that others lead to first.

    A vertex by itself is one, too. Time and space are linear.

    >>> sorted(map(sorted, components_of({"a": ["b"], "b": ["a", "c"], "c": []})))
    [['a', 'b'], ['c']]
    """
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    open_: dict[str, None] = {}
    for root in successors:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        open_[root] = None
        work = [(root, iter(successors[root]))]
        while work:
            vertex, targets = work[-1]
            for target in targets:
                if target not in successors:
                    continue
                if target not in order:
                    order[target] = low[target] = len(order)
                    open_[target] = None
                    work.append((target, iter(successors[target])))
                    break
                if target in open_:
                    low[vertex] = min(low[vertex], order[target])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[vertex])
                if low[vertex] == order[vertex]:
                    yield frozenset(_popped(open_, vertex))


def _popped(open_: dict[str, None], vertex: str) -> Iterator[str]:
    found = ""
    while found != vertex:
        found, _ = open_.popitem()
        yield found


def rings_in(successors: Mapping[str, Collection[str]]) -> Iterator[frozenset[str]]:
    """The components in which something leads back to where it came from."""
    for component in components_of(successors):
        only = next(iter(component))
        if len(component) > 1 or only in successors[only]:
            yield component


def firsts_of(successors: Mapping[str, Collection[str]]) -> list[str]:
    """The vertices that no other one leads to, and one of each ring of such, in their order.

    All others are reached from these.

    >>> firsts_of({"b": ["c"], "a": ["b"], "c": [], "x": ["y"], "y": ["x"]})
    ['a', 'x']
    """
    order = {vertex: number for number, vertex in enumerate(successors)}
    components = list(components_of(successors))
    home = {vertex: number for number, one in enumerate(components) for vertex in one}
    led_to = {
        home[target]
        for vertex, targets in successors.items()
        for target in targets
        if target in home and home[target] != home[vertex]
    }
    firsts = (
        min(one, key=order.__getitem__)
        for number, one in enumerate(components)
        if number not in led_to
    )
    return sorted(firsts, key=order.__getitem__)

"""Finding the flows that a flow runs: references → flows, through and through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from statewright.flows.model import Flow, Node, Problem
from statewright.flows.nodes import Subflow
from statewright.flows.outline import shown

DEPTH: Final = 16
"""How many flows may run inside each other."""

NODES: Final = 100_000
"""How many nodes a flow may have; those of a flow that it runs count each time it is run."""

Find = Callable[[str, Flow], Flow | str]
"""What a reference in a flow means: a flow, or in words why there is none. The same flow each time
it is asked for the same."""


def resolved(flow: Flow, find: Find) -> Flow:
    """A flow with the flows that its nodes run, and those that these run, and so on.

    What cannot be found, and what would run itself, becomes a problem of the flow that says so.
    """
    return _Resolving(find).resolved(flow, ())


class _Resolving:
    """One run over a flow; every flow is resolved once."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._known: dict[tuple[str, str], Flow] = {}
        self._sizes: dict[tuple[str, str], int] = {}

    def resolved(self, flow: Flow, around: tuple[Flow, ...]) -> Flow:
        key = _identity(flow)
        if key in self._known:
            return self._known[key]
        found: dict[str, Flow] = {}
        problems: list[Problem] = []
        size = len(flow.nodes)
        for node, config in _references(flow):
            name = config.flow.text
            inner = found.get(name) or self._inner(flow, name, (*around, flow))
            if isinstance(inner, Problem):
                location = config.flow.location
                problems.append(replace(inner, location=location, node=node.id))
                continue
            other = _other_version(config, inner)
            if other is not None:
                problems.append(replace(other, node=node.id))
                continue
            size += self._sizes[_identity(inner)]
            if size > NODES:
                message = f"with the flows that it runs, the flow has more than {NODES} nodes"
                help_ = "run fewer flows inside each other"
                problems.append(Problem("X702", message, config.flow.location, help_, node.id))
                break
            found[name] = inner
        whole = replace(flow, subflows=found, problems=(*flow.problems, *problems))
        self._known[key] = whole
        self._sizes[key] = size
        return whole

    def _inner(self, flow: Flow, name: str, around: tuple[Flow, ...]) -> Flow | Problem:
        inner = self._find(name, flow)
        if isinstance(inner, str):
            return Problem("X702", inner, help="name a flow that is there")
        ring = [one.id for one in around]
        keys = [_identity(one) for one in around]
        if _identity(inner) in keys:
            names = " → ".join([*ring[keys.index(_identity(inner)) :], inner.id])
            return Problem("X703", f"the flow would run itself: {names}", help="use a loop instead")
        if len(around) >= DEPTH:
            return Problem("X702", f"more than {DEPTH} flows run inside each other")
        return self.resolved(inner, around)


def _other_version(config: Subflow, inner: Flow) -> Problem | None:
    """What is wrong where a flow is not of the version that is asked for."""
    wanted = config.version
    if wanted is None or wanted.text == inner.version:
        return None
    name, asked = config.flow.text, shown(wanted.text)
    if not inner.version:
        message = f"`{name}` does not say which version it is, and {asked} is asked for"
        return Problem("X702", message, wanted.location, f"write `version: {wanted.text}` there")
    message = f"`{name}` is version {shown(inner.version)}, and {asked} is asked for"
    help_ = "name the file of that version, or see what has changed and ask for this one"
    return Problem("X702", message, wanted.location, help_)


def _references(flow: Flow) -> Iterator[tuple[Node, Subflow]]:
    for node in flow.nodes:
        if isinstance(node.config, Subflow):
            yield node, node.config


def _identity(flow: Flow) -> tuple[str, str]:
    return flow.location.file, flow.id

"""Flows that run flows, changed all the way down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from statewright.flows.model import Flow


def changed_throughout(flow: Flow, change: Callable[[Flow], Flow]) -> Flow:
    """A flow and those that it runs, each changed once; what stays as it is is the same object.

    Args:
        flow: the outermost one.
        change: what is made of each, after those that it runs were changed.
    """
    return _changed(flow, change, {})


def _changed(flow: Flow, change: Callable[[Flow], Flow], known: dict[int, Flow]) -> Flow:
    if id(flow) not in known:
        subflows = {name: _changed(one, change, known) for name, one in flow.subflows.items()}
        is_new = any(one is not flow.subflows[name] for name, one in subflows.items())
        known[id(flow)] = change(replace(flow, subflows=subflows) if is_new else flow)
    return known[id(flow)]

"""What a conversation waits for at each node, if anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from statewright.flows.model import Flow, Node
from statewright.flows.nodes import (
    Action,
    Approval,
    Client,
    Delay,
    Form,
    Handoff,
    Http,
    Llm,
    Message,
    Parallel,
    Question,
    Schedule,
    Subflow,
    Unsupported,
    bodies_of,
)


class Pace(IntEnum):
    """What has to happen before a node is left."""

    AT_ONCE = 0
    """Nothing: it is passed in the same step."""
    WORK = 1
    """Work that is done elsewhere."""
    TIME = 2
    """Time that passes."""
    PEOPLE = 3
    """Something that the user, or somebody else, says or does."""


def paces_of(flow: Flow) -> Mapping[str, Pace]:
    """Node → its pace. What cannot be told counts as ``PEOPLE``.

    A container waits for nothing itself, what is inside it does; but a ``Parallel`` waits for as
    many regions as it joins.
    """
    wired = {edge.source for edge in flow.edges if edge.port.startswith("choice:")}
    paces: dict[str, Pace] = {}
    inside: dict[tuple[str, str], Pace] = defaultdict(lambda: Pace.AT_ONCE)
    for node in reversed(flow.nodes):  # What is inside a container comes behind it.
        own = pace_of(node, flow, wired)
        regions = sorted(inside[node.id, body.name] for body in bodies_of(node.config))
        if isinstance(node.config, Parallel) and regions:
            own = max(own, regions[min(node.config.join, len(regions)) - 1])
        paces[node.id] = own
        home = (node.container, node.body)
        inside[home] = max(inside[home], own, *regions)
    return paces


def pace_of(node: Node, flow: Flow, wired: Collection[str]) -> Pace:
    """The pace of a node by itself.

    Args:
        node: the node.
        flow: the flow that it belongs to.
        wired: ids of the nodes of which a choice or a button leads somewhere.
    """
    config = node.config
    if isinstance(config, Message):
        return Pace.PEOPLE if config.wait or node.id in wired else Pace.AT_ONCE
    if isinstance(config, Subflow):
        inner = flow.subflows.get(config.flow.text)
        return Pace.PEOPLE if inner is None else max(paces_of(inner).values(), default=Pace.AT_ONCE)
    rule = _PACES.get(type(config))
    return Pace.AT_ONCE if rule is None else rule(config)


def _always(pace: Pace) -> Callable[[Any], Pace]:
    return lambda _: pace


_PACES: Mapping[type, Callable[[Any], Pace]] = MappingProxyType(
    {
        **dict.fromkeys((Question, Form, Approval, Client, Unsupported), _always(Pace.PEOPLE)),
        **dict.fromkeys((Delay, Schedule), _always(Pace.TIME)),
        **dict.fromkeys((Http, Llm), _always(Pace.WORK)),
        Action: lambda action: Pace.WORK if action.waits else Pace.AT_ONCE,
        Handoff: _always(Pace.PEOPLE),
    }
)
"""Kind of node → what it waits for; the others wait for nothing."""

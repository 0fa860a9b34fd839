"""Handoffs to people who take turns: everybody's turn comes, over all conversations of a tenant."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import pytest

from statewright import compiler, flows
from statewright.runtime import Runtime
from tests.runtime.worlds import World

pytestmark = pytest.mark.anyio

FLOW = """
statewright: 1
start: person
nodes:
  person: {type: handoff, to: {team: support, agents: AGENTS}, note: Help.}
"""


async def published(world: World, agents: str, flow: str = "flow") -> Runtime:
    runtime = await world.worker()
    text = FLOW.replace("AGENTS", agents)
    await runtime.publish(compiler.compile(flows.parse(text)).release(), flow=flow)
    return runtime


async def taken(runtime: Runtime, flow: str = "flow") -> Any:
    key = (await runtime.start(flow)).key
    (turn,) = await runtime.store.history(key)
    (effect,) = [one for one in json.loads(turn.effects) if one["kind"] == "send"]
    return effect["data"]["data"]["assignee"]


async def test_everybody_gets_a_turn_in_the_order_of_the_list(world: World) -> None:
    runtime = await published(world, "[7, 8, 9]")
    assert await taken(runtime) == {"type": "agent", "id": "7", "team": "support"}
    assert [(await taken(runtime))["id"] for _ in range(5)] == ["8", "9", "7", "8", "9"]


async def test_a_team_takes_turns_over_all_flows(world: World) -> None:
    await published(world, "[7, 8]", "one")
    runtime = await published(world, "[8, 7]", "two")
    assert (await taken(runtime, "one"))["id"] == "7"
    assert (await taken(runtime, "two"))["id"] == "8"
    assert (await taken(runtime, "one"))["id"] == "7"


async def test_whoever_is_not_in_the_list_any_more_is_no_end_of_it(world: World) -> None:
    runtime = await published(world, "[7, 8]")
    assert (await taken(runtime))["id"] == "7"
    runtime = await published(world, "[5, 6]")
    assert [(await taken(runtime))["id"] for _ in range(3)] == ["5", "6", "5"]


async def test_many_at_once_leave_nobody_out(world: World) -> None:
    runtime = await published(world, "[a, b, c]")
    for _ in range(6):
        await asyncio.gather(*(taken(runtime) for _ in range(3)))
    assert set(Counter([(await taken(runtime))["id"] for _ in range(9)]).values()) == {3}


async def test_where_nobody_is_there_it_is_for_the_team(world: World) -> None:
    runtime = await published(world, '"tenant.?nobody.orValue([])"')
    assert await taken(runtime) == {"type": "team", "id": "support"}


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("{agents: []}", "nobody takes over: `agents` is empty"),
        ("{agents: [7], agent: 8}", "`agent` stands beside `agents`"),
        ("{agents: [7], team: '{{ x }}'}", "beside `agents` the id of the team is written out"),
        ("{agents: {a: 1}}", "`agents` must be a CEL expression, not `{a: 1}`"),
        ("{agents: '5 +'}", "expected a value, found the end"),
        ("{agents: 'size(tenant)'}", "this must be of type `list`, not int"),
    ],
)
def test_what_is_wrong_with_turns_is_said(to: str, message: str) -> None:
    text = FLOW.replace("{team: support, agents: AGENTS}", to)
    found = [finding.message for finding in compiler.compile(flows.parse(text)).findings]
    assert any(message in one for one in found), found

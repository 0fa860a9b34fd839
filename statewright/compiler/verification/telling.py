"""Makes a conversation of a path that a search has found, on the real executor.

Nothing is shown that was not replayed: where a path cannot be followed, there is no conversation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from statewright.compiler.verification.budget import Budget
from statewright.compiler.verification.conversations import Conversation, replayed
from statewright.compiler.verification.inputs.alphabet import passing
from statewright.compiler.verification.inputs.pacing import paced_lines
from statewright.errors import InvalidEvent, InvalidScript
from statewright.expressions.syntax import Call, walk
from statewright.statechart.definition import Statechart
from statewright.statechart.playing.play import SCRIPT_NOW, SCRIPT_SEED, session_of
from statewright.statechart.playing.script import Advanced, Line, event_for
from statewright.statechart.playing.surroundings import Surroundings
from statewright.statechart.snapshot import Status
from statewright.statechart.stepping.algorithm import macrostep, start
from statewright.statechart.steps import Macrostep
from statewright.statechart.structure.nodes import Node
from statewright.statechart.structure.traversal import expressions_of
from statewright.statechart.structure.tree import tree_of

Happens = Callable[[Macrostep], bool]
"""Whether what is asked for happens in a macrostep."""

PACED: Final = 60
"""Of conversations of more lines, it is not worked out when people have to take their time."""

SHORTENED = 30
"""Conversations of more lines are not made shorter by leaving lines out."""


@dataclass(frozen=True, slots=True)
class Path:
    """What is to be followed.

    Attributes:
        lines: what happens.
        data: values of the inputs.
        outside: ``contact`` and ``tenant`` → their values.
        now: when it begins.
        fires: for each line, the event of the timer that fires, where time passes; else ``""``.
    """

    lines: Sequence[Line]
    data: Mapping[str, Any]
    outside: Mapping[str, Mapping[str, Any]]
    now: int = SCRIPT_NOW
    fires: Sequence[str] = ()


def conversation_on(
    chart: Statechart, path: Path, happens: Happens, budget: Budget
) -> Conversation | None:
    """The shortest conversation on a path in which it happens; None where it does not.

    Args:
        chart: the real one.
        path: what is to be followed.
        happens: what is asked for.
        budget: how often it is tried with other lots.
    """
    for seed in _seeds(chart, budget):
        told = _told(chart, path, happens, seed) or _with_pauses(chart, path, happens, seed)
        if told is not None:
            short = _shortened(chart, told, happens)
            return short if _shows(chart, short, happens) else None
    return None


def _seeds(chart: Statechart, budget: Budget) -> Iterator[str]:
    yield SCRIPT_SEED
    if any(map(_draws, tree_of(chart).nodes.values())):
        yield from map(str, range(budget.replays))


def _draws(node: Node) -> bool:
    """Whether a lot is drawn in a state, one that always falls the same way for a session too."""
    return node.state is not None and any(
        isinstance(part, Call) and part.function in _DRAWING and part.target is None
        for expression in expressions_of(node.state)
        for part in walk(expression.root)
    )


_DRAWING: Final = frozenset(("draw", "lot"))


def _told(chart: Statechart, path: Path, happens: Happens, seed: str) -> Conversation | None:
    """The path with the times at which timers really fire, up to where it happens."""
    lines: list[Line] = []
    others = Surroundings(chart, **path.outside)
    told = Conversation((), path.data, **_named(path.outside), seed=seed, now=path.now)
    try:
        step = others.after(_begun(chart, path, seed))
        now = path.now
        for line in path.lines:
            if happens(step) or step.snapshot.status is not Status.ACTIVE:
                break
            if isinstance(line, Advanced) and step.snapshot.timers:
                line = passing(step.snapshot.timers[0].due - now)  # noqa: PLW2901 (it is that line)
            event = event_for(line, chart, step.snapshot, now)
            step = others.after(macrostep(chart, step.snapshot, others.around(event)))
            now = max(now, event.now)
            lines.append(line)
    except (InvalidScript, InvalidEvent):
        return None
    return replace(told, lines=tuple(lines)) if happens(step) else None


def _begun(chart: Statechart, path: Path, seed: str) -> Macrostep:
    return start(
        chart, session=session_of(seed), seed=seed, now=path.now, data=path.data, **path.outside
    )


def _with_pauses(chart: Statechart, path: Path, happens: Happens, seed: str) -> Conversation | None:
    """The path with people who take so long that timers fire in the order of the path."""
    if len(path.lines) > PACED or sum(map(bool, path.fires)) < 1:
        return None
    others = Surroundings(chart, **path.outside)
    begun = others.after(_begun(chart, path, seed))
    paced = paced_lines(chart, path.lines, path.fires, begun, others)
    if paced is None:
        return None
    told = Conversation(paced, path.data, **_named(path.outside), seed=seed, now=path.now)
    return told if _shows(chart, told, happens) else None


def _named(outside: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {name: outside.get(name, {}) for name in ("contact", "tenant")}


def _shortened(chart: Statechart, told: Conversation, happens: Happens) -> Conversation:
    """Leave out the lines without which it happens all the same."""
    if len(told.lines) > SHORTENED:
        return told
    at = 0
    while at < len(told.lines):
        shorter = replace(told, lines=(*told.lines[:at], *told.lines[at + 1 :]))
        if _shows(chart, shorter, happens):
            told = shorter
        else:
            at += 1
    return told


def _shows(chart: Statechart, told: Conversation, happens: Happens) -> bool:
    """Whether it happens in the last line, when the conversation is played as anybody would."""
    turns = tuple(replayed(chart, told))
    if not turns or not _whole(told, len(turns)):
        return False
    return happens(turns[-1].macrostep)


def _whole(told: Conversation, turns: int) -> bool:
    return turns >= len(told.lines) + 1

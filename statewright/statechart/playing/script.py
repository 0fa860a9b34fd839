"""Conversation scripts: what a user does, line by line, and what happens meanwhile.

A script is a list. A line is

- a text: what the user types;
- ``{"choose": value}``: what the user picks;
- ``{"event": name, "data": …}``: something else that happens;
- ``{"advance": "1h30m"}``: time passes;
- ``{"result": place, "data" | "error": …}``: the answer to a pending effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from statewright.errors import EvaluationError, InvalidScript
from statewright.statechart.definition import Statechart, state_id
from statewright.statechart.event import LATEST, TICK, Event, is_event_name, matches
from statewright.statechart.snapshot import Invocation, Snapshot
from statewright.statechart.stepping.awaiting import awaiting
from statewright.statechart.values.coercion import kept

MESSAGE: Final = "message"
"""The event that carries what a user says: ``{"text": …}`` or ``{"value": …, "text": …}``."""

UNITS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "ms": 1_000,
        "s": 1_000_000,
        "m": 60_000_000,
        "h": 3_600_000_000,
        "d": 86_400_000_000,
        "w": 604_800_000_000,
    }
)
"""Units of time → microseconds."""

LONGEST: Final = 36_525 * UNITS["d"]
"""The most that a line may let pass: a hundred years."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What the user types."""

    text: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The value that the user picks."""

    value: Any


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that is no message."""

    event: str
    data: Any = None


@dataclass(frozen=True, slots=True)
class Advanced:
    """Time that passes.

    Attributes:
        text: as it was written.
        micros: microseconds.
    """

    text: str
    micros: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a pending effect.

    Attributes:
        place: the node, state or name of the invocation.
        data: its result; of a failure ``{"code", "message", …}``.
        failed: whether it is a failure.
    """

    place: str
    data: Any = None
    failed: bool = False


Line = Typed | Chosen | Happened | Advanced | Answered
"""One line of a script."""


def parse_script(value: Any) -> tuple[Line, ...]:
    """The lines of a script, which is a list of plain JSON values.

    Raises:
        InvalidScript: it is no list, or an item is no line; the message names the item, from 1.
    """
    if not isinstance(value, (list, tuple)):
        raise InvalidScript(f"a script is a list of lines, not {_shown(value)}")
    lines = []
    for number, item in enumerate(value, 1):
        try:
            lines.append(_line(item))
        except InvalidScript as error:
            raise InvalidScript(f"line {number}: {error}") from None
    return tuple(lines)


def _line(item: Any) -> Line:
    try:
        item = kept(item)
    except EvaluationError as error:
        raise InvalidScript(error.reason) from None
    if type(item) is str:
        return Typed(item)
    if type(item) is dict:
        for key, (parse, others) in _KEYS.items():
            if key in item:
                unknown = [name for name in item if name != key and name not in others]
                if unknown:
                    raise InvalidScript(f"`{key}` goes with {_keys(others)}, not {_keys(unknown)}")
                return parse(item)
    raise InvalidScript(
        f"{_shown(item)} is no line; write a text, or a map with one of {_keys(_KEYS)}"
    )


def _chosen(item: Mapping[str, Any]) -> Line:
    return Chosen(item["choose"])


def _happened(item: Mapping[str, Any]) -> Line:
    name = item["event"]
    if type(name) is not str or not is_event_name(name):
        raise InvalidScript(f"{_shown(name)} is no name of an event; use names joined by dots")
    if name == TICK or matches("done", name) or matches("error", name):
        raise InvalidScript(f"`{name}` cannot be sent; use `advance` or `result`")
    return Happened(name, item.get("data"))


def _advanced(item: Mapping[str, Any]) -> Line:
    text = item["advance"]
    return Advanced(str(text), micros_from_text(text))


def _answered(item: Mapping[str, Any]) -> Line:
    place = item["result"]
    if type(place) is not str or not place:
        raise InvalidScript(f"`result` names a node or state, not {_shown(place)}")
    return Answered(place, *answer_from_json(item))


def answer_from_json(item: Mapping[str, Any]) -> tuple[Any, bool]:
    """What ``{"data": …}`` or ``{"error": …}`` says: the data, and whether it is a failure.

    Raises:
        InvalidScript: it has both, or an error that is no map.
    """
    if "error" not in item:
        return item.get("data"), False
    if "data" in item:
        raise InvalidScript("a result has `data` or an `error`, not both")
    error = item["error"]
    if type(error) is not dict:
        raise InvalidScript(f"an `error` is a map with `code` and `message`, not {_shown(error)}")
    return error, True


_KEYS: Final[Mapping[str, tuple[Callable[[Mapping[str, Any]], Line], tuple[str, ...]]]] = (
    MappingProxyType(
        {
            "choose": (_chosen, ()),
            "event": (_happened, ("data",)),
            "advance": (_advanced, ()),
            "result": (_answered, ("data", "error")),
        }
    )
)


def micros_from_text(text: Any) -> int:
    """The microseconds of a time such as ``2h`` or ``1h30m``.

    >>> micros_from_text("1m30s")
    90000000

    Raises:
        InvalidScript: it is no such text, or longer than ``LONGEST``.
    """
    rest = text.strip() if type(text) is str and len(text) <= 100 else ""
    total = 0
    valid = bool(rest)
    while rest and valid:
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        rest = rest[len(digits) :]
        letters = rest[: len(rest) - len(rest.lstrip("abcdefghijklmnopqrstuvwxyz"))]
        rest = rest[len(letters) :].lstrip()
        valid = 0 < len(digits) <= 18 and letters in UNITS
        total += int(digits) * UNITS[letters] if valid else 0
    if not valid or total > LONGEST:
        raise InvalidScript(
            f"{_shown(text)} is no time; write something like `90s`, `1h30m` or `2d`, "
            "at most a hundred years"
        )
    return total


def json_from_line(line: Line) -> Any:
    """A line as it is written."""
    match line:
        case Typed(text):
            return text
        case Chosen(value):
            return {"choose": value}
        case Happened(event, data):
            return {"event": event} if data is None else {"event": event, "data": data}
        case Advanced(text):
            return {"advance": text}
        case Answered(place, data, failed):
            return {"result": place, "error" if failed else "data": data}


def event_for(line: Line, chart: Statechart, snapshot: Snapshot, now: int) -> Event:
    """The event that a line is for a session.

    Args:
        line: what happens.
        chart: what runs.
        snapshot: the session before it happens.
        now: the time before it happens, microseconds since 1970 UTC.

    Raises:
        InvalidScript: it answers an effect that is not pending.
    """
    match line:
        case Typed(text):
            return Event(MESSAGE, {"text": text}, now)
        case Chosen(value):
            return Event(MESSAGE, _choice(chart, snapshot, value), now)
        case Happened(event, data):
            return Event(event, data, now)
        case Advanced(_, micros):
            return Event(TICK, None, min(now + micros, LATEST))
        case Answered(place, data, failed):
            invocation = pending(snapshot, place)
            if invocation is None:
                known = _keys(one.name for one in snapshot.invocations) or "nothing"
                raise InvalidScript(f"no effect of `{place}` is pending; pending is {known}")
            return result_of(invocation, data, now, failed=failed)


def result_of(invocation: Invocation, data: Any, now: int, *, failed: bool) -> Event:
    """The event by which the result of an invocation arrives."""
    prefix = "error.communication" if failed else "done.invoke"
    return Event(f"{prefix}.{invocation.name}", data, now, invocation=invocation.id)


def pending(snapshot: Snapshot, place: str) -> Invocation | None:
    """The oldest pending invocation of a node, a state, or a name; None where there is none."""
    names = (place, state_id(place))
    for invocation in snapshot.invocations:
        if {invocation.id, invocation.name, invocation.state} & {*names}:
            return invocation
    return next(
        (
            invocation
            for invocation in snapshot.invocations
            if invocation.state.startswith(tuple(f"{name}/" for name in names))
        ),
        None,
    )


def _choice(chart: Statechart, snapshot: Snapshot, value: Any) -> Mapping[str, Any]:
    """What a channel sends when a choice is picked: its value, and the label if it is offered."""
    waits = awaiting(chart, snapshot)
    for choice in () if waits is None else waits.choices:
        if type(choice["value"]) is type(value) and choice["value"] == value:
            return {"value": value, "text": choice["label"]}
    return {"value": value}


def _keys(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _shown(value: object) -> str:
    return f"`{ascii(value)[:60]}`"

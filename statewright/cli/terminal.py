"""A conversation in a terminal: what the user types becomes the lines of a script.

The script is written while it is played (see ``statechart.play``). Real time goes by between two
lines, so each line is preceded by the time that has passed; ``/advance`` adds to it.
"""

from __future__ import annotations

import json
import math
import select
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import click

from statewright.cli.streams import note
from statewright.cli.transcript import PROMPT
from statewright.errors import InvalidScript
from statewright.excerpt import printable
from statewright.statechart import Line, Turn, parse_script
from statewright.statechart.playing.script import Advanced, Answered, pending

HELP: Final = """\
/advance 2h                                  let time pass
/result NODE {"status": 200, "body": {}}     answer a pending request
/result NODE error {"code": "dns"}           let it fail
/data                                        show the variables
/state                                       show active states, timers and pending requests
/help                                        show this
/quit                                        leave, as Ctrl-D does
//text                                       say something that begins with a slash"""

_UNITS: Final = (("h", 3600), ("min", 60), ("s", 1))

NAP: Final = 3600.0
"""Seconds after which a long wait looks at the clock again."""


def clock() -> int:
    """Microseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1000


@dataclass(slots=True)
class Terminal:
    """Where somebody types.

    Attributes:
        turn: the last turn; whoever plays the conversation keeps it up to date.
        ahead: microseconds by which the conversation is ahead of the real clock.
        known: the real time that the conversation knows of.
    """

    turn: Turn | None = None
    ahead: int = 0
    known: int = field(default_factory=clock)

    def lines(self) -> Iterator[Line]:
        """What the user does and the time that it takes, until they leave or it is over."""
        while self.turn is not None and self.turn.status == "active":
            if self._waits_for_time(self.turn):
                yield self._passed()
                continue
            typed = read_line()
            if typed is None or typed.strip() == "/quit":
                return
            line = _line_from(typed, self.turn)
            if line is None:
                continue
            if _waits_for_effect(self.turn):
                self._stand_still()
            else:
                yield self._passed()
            if self.turn.status == "active" and _is_possible(line, self.turn):
                self.ahead += line.micros if isinstance(line, Advanced) else 0
                yield line

    def _passed(self) -> Line:
        """The real time since the last line."""
        before, self.known = self.known, max(self.known, clock())
        passed = self.known - before
        return Advanced(f"{passed / 1_000_000:.3f}s", passed)

    def _stand_still(self) -> None:
        """Forget the real time since the last line: nobody answers a request by hand in time."""
        before, self.known = self.known, clock()
        self.ahead -= self.known - before

    def _waits_for_time(self, turn: Turn) -> bool:
        """Say what is awaited, if not the user. True once a timer is due, for which we waited."""
        awaiting = turn.awaiting or {"kind": "nothing"}
        match awaiting["kind"]:
            case "acknowledgement":
                note("(press Enter to go on)")
            case "effect":
                name = printable(awaiting["effects"][0]["name"])
                note(f'({name} waits: /result {name} {{"status": 200, "body": {{}}}})')
            case "timer":
                return self._wait_until(awaiting["due"])
            case "nothing":
                note("(nothing listens, and nothing is pending: /state, /quit)")
        return False

    def _wait_until(self, due: str) -> bool:
        """Wait for a timer in real time. False where somebody types, or nobody could."""
        moment = int(datetime.fromisoformat(due).timestamp() * 1_000_000) - self.ahead
        left = (moment - clock()) / 1_000_000
        if left <= 0:
            return True
        if not sys.stdin.isatty():
            note(f"(waits until {due}: /advance)")
            return False
        try:
            note(f"(waits {_spoken(left)}: Ctrl-C or /advance to skip)")
            while (left := (moment - clock()) / 1_000_000) > 0:
                if _typed_within(min(left, NAP)):
                    return False
        except KeyboardInterrupt:
            note("")
            return False
        return True


def _waits_for_effect(turn: Turn) -> bool:
    return turn.awaiting is not None and turn.awaiting["kind"] == "effect"


def _spoken(seconds: float) -> str:
    """A time for people, rounded up.

    >>> _spoken(0.2), _spoken(90), _spoken(1800), _spoken(86400)
    ('1 s', '90 s', '30 min', '24 h')
    """
    whole = math.ceil(seconds)
    unit, size = next((unit, size) for unit, size in _UNITS if whole >= 2 * size or size == 1)
    return f"{-(-whole // size)} {unit}"


def _typed_within(seconds: float) -> bool:
    """Whether a line is typed before the time is over."""
    if sys.platform == "win32":
        time.sleep(seconds)
        return False
    return bool(select.select([sys.stdin], [], [], seconds)[0])


def read_line() -> str | None:
    """The next line that is typed; None at the end. What comes from a pipe is shown, too."""
    if sys.stdin.isatty():
        try:
            return input(PROMPT)
        except EOFError:
            click.echo()
            return None
    line = sys.stdin.readline()
    if not line:
        return None
    click.echo(f"{PROMPT}{printable(line.rstrip())}")
    return line.rstrip("\r\n")


# --- what is typed -----------------------------------------------------------------------------


def _line_from(typed: str, turn: Turn) -> Line | None:
    """The line of a script that something typed is, or None where it is for the terminal only."""
    command, _, argument = typed.strip().partition(" ")
    try:
        if command.startswith("/") and not command.startswith("//"):
            run = COMMANDS.get(command)
            if run is None:
                note(f"there is no {command}; /help lists what there is")
                return None
            return run(argument.strip(), turn)
        if not typed.strip():
            waits = turn.awaiting or {}
            if waits.get("kind") != "acknowledgement":
                return None
            return _parsed({"event": "acknowledge"})
        return _parsed(typed.replace("//", "/", 1) if command.startswith("//") else typed)
    except InvalidScript as error:
        note(str(error).removeprefix("line 1: "))
        return None


def _parsed(item: Any) -> Line:
    return parse_script([item])[0]


def _advance(argument: str, _: Turn) -> Line:
    return _parsed({"advance": argument})


def _result(argument: str, turn: Turn) -> Line | None:
    place, _, rest = argument.partition(" ")
    failed = rest.split(maxsplit=1)[:1] == ["error"]
    text = rest.strip().removeprefix("error") if failed else rest
    try:
        value = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        note(f"the result should be JSON: {error}")
        return None
    line = _parsed({"result": place, "error" if failed else "data": value})
    return line if _is_possible(line, turn) else None


def _is_possible(line: Line, turn: Turn) -> bool:
    """Whether a line fits what is pending; where it does not, the user is told."""
    snapshot = turn.macrostep.snapshot
    if not isinstance(line, Answered) or pending(snapshot, line.place) is not None:
        return True
    names = ", ".join(one.name for one in snapshot.invocations)
    note(f"no request of {line.place} is pending; " + (f"there is {names}" if names else "none is"))
    return False


def _show_data(_argument: str, turn: Turn) -> None:
    click.echo(json.dumps(turn.data, indent=2, ensure_ascii=False))


def _show_state(_argument: str, turn: Turn) -> None:
    snapshot = turn.macrostep.snapshot
    click.echo(f"active: {', '.join(map(printable, turn.configuration))}")
    for timer in snapshot.timers:
        left = (timer.due - snapshot.now) / 1_000_000
        click.echo(f"timer: {printable(timer.event)} in {_spoken(left)}")
    for one in snapshot.invocations:
        click.echo(f"request: {printable(one.name)} ({printable(one.type)})")


def _show_help(_argument: str, _turn: Turn) -> None:
    click.echo(HELP)


COMMANDS: Mapping[str, Callable[[str, Turn], Line | None]] = MappingProxyType(
    {
        "/advance": _advance,
        "/result": _result,
        "/data": _show_data,
        "/state": _show_state,
        "/help": _show_help,
    }
)
"""What may be typed that is not said; ``/quit`` besides."""

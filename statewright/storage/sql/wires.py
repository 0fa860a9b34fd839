"""Connections to PostgreSQL that the event loop itself writes to and reads from.

To wake a thread, and be woken by it, takes longer than a small batch takes the database; and two
threads that both have something to do are in each other's way. So the statements of every turn go
without one. Whatever is unusual on a wire (the server refuses, the connection is lost, an answer
cannot be read) is nobody's trouble here: the same questions are put again in a thread, where they
are tried, isolated and translated as all others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from struct import Struct
from typing import Any, Final

from statewright.storage.sql.questions import Questions, Result, Rows, Tell
from statewright.storage.sql.rows import Parameters

PAUSE: Final = 1.0
"""Seconds before a wire is made again after one was lost, or could not be made."""

_log = logging.getLogger(__name__)


class Wire:
    """One connection. It is made in a thread, and used in an event loop from then on.

    Args:
        connection: of the driver.
        driver: psycopg.
        statements: name → statement with numbered parameters, and their names in order.
        loop: will use it.
    """

    def __init__(
        self,
        connection: Any,
        driver: Any,
        statements: Mapping[str, tuple[str, Sequence[str]]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._connection = connection
        self._link = connection.pgconn
        # The library forgets it as soon as the connection is lost.
        self._socket: int = connection.pgconn.socket
        self._ok = driver.pq.ExecStatus.TUPLES_OK
        self._rows = driver.adapt.Transformer(connection)
        self._names = {name: names for name, (_, names) in statements.items()}
        for name, (statement, _) in statements.items():
            result = self._link.prepare(name.encode(), statement.encode())
            if result.status != driver.pq.ExecStatus.COMMAND_OK:
                raise driver.OperationalError(result.error_message.decode(errors="replace"))
        self._link.nonblocking = 1
        self._results: list[Any] = []
        self._tell: Callable[[Rows | None], None] | None = None
        self._loop = loop
        self.is_open = True

    def plug_in(self) -> None:
        """Let the event loop read it; to be called there. Some event loops read no sockets."""
        try:
            self._loop.add_reader(self._socket, self._read)
        except BaseException:
            self._connection.close()
            raise

    def ask(self, name: str, parameters: Parameters, tell: Callable[[Rows | None], None]) -> None:
        """Put one question; its answer is told later: None where there is none."""
        self._tell = tell
        given = [parameters[one] for one in self._names[name]]
        formats = [int(type(one) is list) for one in given]
        try:
            self._link.send_query_prepared(name.encode(), list(map(_sent, given)), formats)
            self._write()
        except Exception as error:  # noqa: BLE001 (a thread tries again, and tells what is wrong)
            # Not at once: whoever asks has not done yet what comes after asking.
            self._loop.call_soon(self._break, error)

    def close(self) -> None:
        """Let go of the connection."""
        self.is_open = False
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._connection.close()

    def _write(self) -> None:
        """Send as much as there is room for."""
        if self._link.flush():
            self._loop.add_writer(self._socket, self._go_on)
        else:
            self._loop.remove_writer(self._socket)

    def _go_on(self) -> None:
        try:
            self._write()
        except Exception as error:  # noqa: BLE001 (as above)
            self._break(error)

    def _read(self) -> None:
        """Take what has come, and tell the answer when it is complete."""
        try:
            self._link.consume_input()
            while self._tell is not None and not self._link.is_busy():
                result = self._link.get_result()
                if result is None:
                    rows = self._answer()
                    tell, self._tell = self._tell, None
                    tell(rows)
                else:
                    self._results.append(result)
        except Exception as error:  # noqa: BLE001 (as above)
            self._break(error)

    def _answer(self) -> Rows | None:
        """The rows that a statement has given; None where it failed."""
        results, self._results = self._results, []
        if len(results) != 1 or results[0].status != self._ok:
            return None
        self._rows.set_pgresult(results[0])
        rows: Rows = self._rows.load_rows(0, results[0].ntuples, tuple)
        return rows

    def _break(self, error: Exception) -> None:
        """Be done with it."""
        tell, self._tell = self._tell, None
        try:
            if self.is_open:
                _log.info("a connection of the database is lost: %s", error)
                self.close()
        finally:
            if tell is not None:
                tell(None)


def _sent(value: str | int | list[str]) -> bytes:
    """A parameter as it is sent: an array as PostgreSQL itself has it, anything else as text."""
    if not isinstance(value, list):
        return str(value).encode()
    if not value:
        return _ARRAY.pack(0, 0, _TEXT)
    parts = [_ARRAY.pack(1, 0, _TEXT), _LENGTHS.pack(len(value), 1)]
    for one in value:
        text = one.encode()
        parts += (_LENGTH.pack(len(text)), text)
    return b"".join(parts)


_ARRAY: Final = Struct("!iiI")
"""How an array begins: how many dimensions it has, whether any part is null, and of what type."""

_LENGTHS: Final = Struct("!ii")
"""How long it is in a dimension, and the number of the first part."""

_LENGTH: Final = Struct("!i")

_TEXT: Final = 25
"""The number of the type ``text``."""


class Wires:
    """Some wires, each for one batch at a time; they are made when they are first asked for.

    Args:
        make: makes one, in a thread.
        count: how many there may be.
    """

    def __init__(self, make: Callable[[asyncio.AbstractEventLoop], Wire], count: int) -> None:
        self._make = make
        self._count = count
        self._free: list[Wire] = []
        self._all: list[Wire] = []
        self._making: asyncio.Task[None] | None = None
        self._not_before = 0.0

    def put(self, questions: Questions[Result], tell: Tell[Result]) -> bool:
        """Put questions, if there is a wire for them; False where there is none.

        Args:
            questions: what is asked.
            tell: is told what comes of it, later.
        """
        wire = self._taken()
        if wire is None:
            return False

        def go_on(found: Rows | None) -> None:
            if found is None:
                self._give_back(wire)
                tell(None)
                return
            try:
                question = questions.send(found)
            except StopIteration as end:
                self._give_back(wire)
                tell(end.value)
            except Exception:  # noqa: BLE001 (a thread finds out whose trouble it is)
                self._give_back(wire)
                tell(None)
            else:
                wire.ask(*question, go_on)

        try:
            question = next(questions)
        except Exception:  # noqa: BLE001 (as above)
            self._give_back(wire)
            return False
        wire.ask(*question, go_on)
        return True

    async def close(self) -> None:
        """Let go of all of them."""
        self._not_before = float("inf")
        if self._making is not None:
            await self._making
        for wire in self._open():
            wire.close()

    def _open(self) -> list[Wire]:
        self._all = [wire for wire in self._all if wire.is_open]
        return self._all

    def _taken(self) -> Wire | None:
        """A wire that nobody uses."""
        while self._free:
            wire = self._free.pop()
            if wire.is_open:
                return wire
        loop = asyncio.get_running_loop()
        is_time = self._making is None and loop.time() >= self._not_before
        if is_time and len(self._open()) < self._count:
            self._making = loop.create_task(self._made(loop))
        return None

    def _give_back(self, wire: Wire) -> None:
        if wire.is_open:
            self._free.append(wire)

    async def _made(self, loop: asyncio.AbstractEventLoop) -> None:
        """Make a wire."""
        try:
            wire = await asyncio.to_thread(self._make, loop)
            wire.plug_in()
        except Exception as error:  # noqa: BLE001 (threads do without)
            _log.info("no connection for the event loop: %s", error)
            self._not_before = max(self._not_before, loop.time() + PAUSE)
        else:
            self._all.append(wire)
            self._free.append(wire)
        finally:
            self._making = None

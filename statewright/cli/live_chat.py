"""A conversation with a published flow: it is stored, and goes on where it was left.

Real time goes by, requests to the world are made, and whatever the bot says meanwhile is shown as
it comes.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import click

from statewright.cli import streams
from statewright.cli.failure import CLEAN, Failure
from statewright.cli.stores import TENANT, check_existing, store_at
from statewright.cli.terminal import clock, read_line
from statewright.cli.transcript import (
    PROMPT,
    lines_from_effect,
    lines_from_input,
    lines_from_message,
)
from statewright.errors import InvalidMessage, SessionEnded
from statewright.excerpt import printable
from statewright.statechart import EffectKind, Event, Line, Status, effect_from_json
from statewright.statechart.playing.play import json_from_effect
from statewright.statechart.playing.script import (
    Advanced,
    Answered,
    Chosen,
    Happened,
    Typed,
    json_from_line,
)

if TYPE_CHECKING:
    from statewright.runtime import Answer, Runtime
    from statewright.storage.records import PastTurn, SessionKey

CHANNEL: Final = "terminal"
"""The channel of conversations that are held here."""

PATIENCE: Final = 15.0
"""Seconds to wait for something that is due; longer than anybody keeps a session in hand."""

PAUSE: Final = 0.02
"""Seconds until that is looked at again."""

SETTLE: Final = 30.0
"""Seconds to wait for the results of requests before the prompt comes back."""

HELP: Final = """\
/data      show the variables
/state     show the active states, and what is waited for
/help      show this
/quit      leave, as Ctrl-D does; the session can be gone on with
//text     say something that begins with a slash"""


@dataclass(slots=True)
class Talk:
    """Which conversation is held.

    Attributes:
        database: the URL of the database.
        flow: the name of a published flow.
        conversation: the name of the conversation.
        data: values of the flow's inputs, for a session that begins.
        contact: who talks; None for somebody of the name of the conversation.
        anew: whether to begin a session although one goes on.
    """

    database: str
    flow: str
    conversation: str
    data: Mapping[str, Any]
    contact: str | None = None
    anew: bool = False


@dataclass(slots=True)
class _Chat:
    """A conversation while it is held.

    Attributes:
        runtime: runs it.
        key: its session.
        last: the revision up to which everything was shown.
        prompted: whether a prompt is shown, behind which nothing is typed yet.
        lock: held while something is shown.
    """

    runtime: Runtime
    key: SessionKey
    last: int = 0
    prompted: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def show_new(self) -> Answer | None:
        """Show what was not shown yet; the last of it."""
        async with self.lock:
            answers = await _answers(self.runtime, self.key, after=self.last)
            if answers:
                self._show(answers)
                self.last = answers[-1].revision
            return answers[-1] if answers else None

    def _show(self, answers: Iterable[Answer]) -> None:
        lines = [line for answer in answers for line in lines_from_answer(answer)]
        if lines and self.prompted:
            click.echo("\r", nl=False)
        for line in lines:
            click.echo(line)
        if lines and self.prompted:
            click.echo(PROMPT, nl=False)


def lines_from_answer(answer: Answer) -> list[str]:
    """What the bot says in a turn, what is asked of the world, and how the session ends."""
    lines = [line for message in answer.messages for line in lines_from_message(message)]
    for effect in answer.effects:
        lines += lines_from_effect(effect)
    if answer.status != "active":
        outcome = f": {printable(answer.outcome)}" if answer.outcome else ""
        lines.append(f"({answer.status}{outcome})")
    return lines


async def _answers(runtime: Runtime, key: SessionKey, *, after: int = 0) -> list[Answer]:
    """The answers behind a revision, with all that their effects carry."""
    answers: list[Answer] = []
    while page := await runtime.store.history(key, after=after):
        answers += map(_answer_of, page)
        after = page[-1].revision
    return answers


def _answer_of(turn: PastTurn) -> Answer:
    from statewright.runtime.turns.answer import answer_from_json  # noqa: PLC0415 (only for these talks)

    effects = [effect_from_json(json.dumps(one)) for one in json.loads(turn.effects)]
    asked = tuple(json_from_effect(one) for one in effects if one.kind is not EffectKind.SAY)
    return replace(answer_from_json(turn.answer), effects=asked)


# --- from a script -----------------------------------------------------------------------------


def play_live(talk: Talk, lines: Iterable[Line], *, as_json: bool) -> int:
    """Play a script to a published flow, and print every turn.

    Raises:
        Failure: a line does not fit.
    """
    return asyncio.run(_played(talk, list(lines), as_json=as_json))


async def _played(talk: Talk, lines: list[Line], *, as_json: bool) -> int:
    ahead = 0

    async with _chat(talk, lambda: clock() + ahead) as chat:
        runtime, key = chat.runtime, chat.key
        answer = await _begin(chat, as_json=as_json)
        for number, line in enumerate(lines, 1):
            if isinstance(line, Advanced):
                ahead += line.micros
                await _catch_up(runtime, key)
            else:
                try:
                    await runtime.send(key, _what(line, answer, number), settle=SETTLE)
                except SessionEnded:
                    raise Failure(f"line {number}: the session is over; --new begins one") from None
            said = json_from_line(line)
            for new in await _answers(runtime, key, after=answer.revision):
                answer = new
                _print(answer, said, as_json=as_json)
                said = said if as_json else None
    return CLEAN


async def _catch_up(runtime: Runtime, key: SessionKey) -> None:
    """Have a session do all that is due by now.

    The runtime sees to that by itself, too; while it does, nobody else can.
    """
    now, seen, patience = runtime.clock(), -1, PATIENCE
    while patience > 0:
        await runtime.sweep(now)
        view = await runtime.session(key)
        if view.status is not Status.ACTIVE or view.due_at is None or view.due_at > now:
            return
        patience = PATIENCE if view.revision != seen else patience - PAUSE
        seen = view.revision
        await asyncio.sleep(PAUSE)
    streams.note("(what is due does not happen; `statewright sessions` tells why)")


async def _begin(chat: _Chat, *, as_json: bool) -> Answer:
    """Print how a session began, if it has just begun; the last answer."""
    *_, last = answers = await _answers(chat.runtime, chat.key)
    for answer in answers[chat.last :]:
        _print(answer, None, as_json=as_json)
    return last


def _what(line: Line, before: Answer, number: int) -> str | Mapping[str, Any] | Event:
    """What a line is for a session."""
    match line:
        case Typed(text):
            return text
        case Chosen(value):
            choices = (before.awaiting or {}).get("choices", ())
            labels = [choice["label"] for choice in choices if choice["value"] == value]
            return {"value": value, "text": labels[0]} if labels else {"value": value}
        case Happened(event, data):
            return Event(event, data)
        case Answered() | Advanced():
            raise Failure(
                f"line {number}: a published flow asks the world itself; `result` goes with a FILE"
            )


def _print(answer: Answer, line: Any, *, as_json: bool) -> None:
    if not as_json:
        for text in (*lines_from_input(line), *lines_from_answer(answer)):
            click.echo(text)
        return
    told = {**json.loads(answer.text), "effects": answer.effects}
    document = {"turn": answer.revision, "input": line, **told}
    streams.print_document(json.dumps(document, ensure_ascii=False) + "\n")


# --- in a terminal -----------------------------------------------------------------------------


def talk_live(talk: Talk) -> int:
    """A conversation with whoever sits at the terminal."""
    return asyncio.run(_talked(talk))


async def _talked(talk: Talk) -> int:
    async with _chat(talk, clock) as chat:
        if chat.last:
            await _remind(chat)
        await chat.show_new()
        listening = asyncio.create_task(_listen(chat))
        while not listening.done():
            typing = asyncio.create_task(_typed(chat))
            await asyncio.wait({typing, listening}, return_when=asyncio.FIRST_COMPLETED)
            chat.prompted = False
            typed = typing.result() if typing.done() else None
            if typed is None or typed.strip() == "/quit":
                break
            await _handle(chat, typed)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    return CLEAN


async def _remind(chat: _Chat) -> None:
    """Say that a session goes on, and show what the bot said last."""
    streams.note(f"(session {chat.key.session} goes on; --new begins another one)")
    answers = await chat.runtime.read(chat.key)
    said = [answer for answer in answers[: chat.last] if answer.messages]
    for message in said[-1].messages if said else ():
        for line in lines_from_message(message):
            click.echo(line)


async def _listen(chat: _Chat) -> None:
    """Show what comes of its own accord, until the session is over."""
    async for _ in chat.runtime.subscribe(chat.key, after=chat.last):
        await chat.show_new()


async def _typed(chat: _Chat) -> str | None:
    """The next line that is typed, in a thread that nobody has to wait for."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[str | None] = loop.create_future()

    def tell(typed: str | None) -> None:
        if not future.done():
            future.set_result(typed)

    def read() -> None:
        typed = read_line()
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, typed)

    chat.prompted = sys.stdin.isatty()
    threading.Thread(target=read, daemon=True).start()
    return await future


async def _handle(chat: _Chat, typed: str) -> None:
    show = COMMANDS.get(typed.strip())
    if show is not None:
        await show(chat)
        return
    if typed.startswith("/") and not typed.startswith("//"):
        streams.note(f"there is no {typed.split(maxsplit=1)[0]}; /help lists what there is")
        return
    text = typed.replace("//", "/", 1) if typed.startswith("//") else typed
    view = await chat.runtime.session(chat.key)
    waits = (view.awaiting or {}).get("kind")
    if not text.strip() and waits != "acknowledgement":
        return
    try:
        what: str | Event = text if text.strip() else Event("acknowledge")
        await chat.runtime.send(chat.key, what, settle=SETTLE)
    except (SessionEnded, InvalidMessage) as error:
        streams.note(str(error))
    await chat.show_new()


async def _show_data(chat: _Chat) -> None:
    view = await chat.runtime.session(chat.key)
    click.echo(json.dumps(view.data, indent=2, ensure_ascii=False))


async def _show_state(chat: _Chat) -> None:
    view = await chat.runtime.session(chat.key)
    click.echo(f"session: {view.key.session}, revision {view.revision}")
    click.echo(f"active: {', '.join(map(printable, view.configuration))}")
    if view.awaiting is not None:
        due = f", until {view.awaiting['due']}" if view.awaiting["due"] else ""
        click.echo(f"awaits: {printable(view.awaiting['kind'])}{due}")


async def _show_help(_chat: _Chat) -> None:
    click.echo(HELP)


COMMANDS: Final = MappingProxyType(
    {"/data": _show_data, "/state": _show_state, "/help": _show_help}
)
"""What may be typed that is not said; ``/quit`` besides."""


@asynccontextmanager
async def _chat(talk: Talk, now: Callable[[], int]) -> AsyncIterator[_Chat]:
    """The session of a conversation: the one that goes on, or a new one."""
    check_existing(talk.database)
    store = store_at(talk.database)
    from statewright.runtime import Runtime  # noqa: PLC0415 (only these commands need it)

    named = talk.conversation
    async with Runtime(store, clock=now, schedules=None) as runtime:
        key = await runtime.current(talk.flow, tenant=TENANT, channel=CHANNEL, conversation=named)
        if key is not None and not talk.anew:
            view = await runtime.session(key)
            if talk.contact is not None and view.contact != talk.contact:
                whose = printable(view.contact) or "nobody"
                raise Failure(f"the session that goes on is that of {whose}; --new begins another")
            yield _Chat(runtime, key, view.revision)
            return
        started = await runtime.start(
            talk.flow,
            tenant=TENANT,
            channel=CHANNEL,
            conversation=named,
            contact=named if talk.contact is None else talk.contact,
            data=talk.data,
            settle=SETTLE,
        )
        yield _Chat(runtime, started.key)

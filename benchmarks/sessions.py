"""The sessions that durable turns are measured with: what they run, are told, and write."""

from __future__ import annotations

import random
from dataclasses import replace

from statewright.expressions import Literal
from statewright.runtime.turns.messages import Incoming
from statewright.runtime.turns.stepping import begun, start_event, stepped, turn_from
from statewright.statechart import Datum, Event, Statechart
from statewright.statechart.actions import Assign, Say, Send
from statewright.storage.records import Birth, SessionKey, Turn
from tests.statechart.building import atom, cel, final, text, to

SESSIONS = 10_000
TENANTS = 50

CHANCE = random.Random(1)
WORDS = ("hello", "order", "status", "payment", "name", "email", "phone", "yes", "menu", "agent")


def talk(size: int) -> str:
    """Text like that of a chat."""
    return " ".join(CHANCE.choice(WORDS) + str(CHANCE.randrange(100)) for _ in range(size // 8))


QUESTIONS = 18


def conversation() -> Statechart:
    """Asks one thing after another, round and round, and notes the answers: 20 states."""
    asked = tuple(
        atom(
            f"ask{number}",
            to("over", on="message", when="input == 'stop' && turns > 3"),
            to("help", on="message", when="input.startsWith('help') && helps < 3"),
            to(
                f"ask{(number + 1) % QUESTIONS}",
                on="message",
                when="size(input) > 3 && turns >= 0",
                do=(
                    Assign((f"v{number}",), cel("input")),
                    Assign(("turns",), cel("turns + 1")),
                    Say(text(f"{talk(120)} {{{{ input }}}}? That was {{{{ turns }}}}")),
                    Send("note", cel(f"{{'text': '{talk(200)}', 'n': turns}}"), target="ledger"),
                ),
            ),
            to(on="message", do=Say(Literal("pardon?"))),
        )
        for number in range(QUESTIONS)
    )
    known = tuple(Datum(f"v{number}", "string", Literal(talk(60))) for number in range(30))
    counted = (Datum("turns", "int", Literal(0)), Datum("helps", "int", Literal(0)))
    helping = atom("help", to("ask0", on="message"))
    return Statechart("benchmark", (*asked, helping, final("over")), data=(*known, *counted))


CHART = conversation()
KEYS = [SessionKey(f"t{number % TENANTS}", f"session-{number:06}") for number in range(SESSIONS)]
SAID = [talk(120) for _ in range(64)]


def first_turn(number: int) -> Turn:
    """The turn that begins a session."""
    key = KEYS[number]
    event = start_event({}, seed="s", now=number, contact={}, tenant={})
    made = begun(CHART, key.session, event)
    birth = Birth("flow", "web", f"c{number}")
    return turn_from(key, made, Incoming("start", event), version=1, birth=birth)


def second_turns() -> list[Turn]:
    """Some turns as the runtime makes them: what is written where nothing is stepped."""
    turns = []
    for number, said in enumerate(SAID[:16]):
        key = KEYS[number]
        event = start_event({}, seed="s", now=number, contact={}, tenant={})
        before = begun(CHART, key.session, event).step.snapshot
        message = Event("message", {"text": said}, 1_000_000)
        made = stepped(CHART, before, message)
        turns.append(turn_from(key, made, Incoming("m", message), version=1))
    return turns


SAMPLES = second_turns()


def turn(number: int, expected: int, message: str) -> Turn:
    """A turn of one of the sessions, made of what other turns have written."""
    sample = CHANCE.choice(SAMPLES)
    return replace(sample, key=KEYS[number], expected=expected, message=message, at=expected)

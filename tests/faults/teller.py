"""What the stories of ``interleavings`` are about: a chart that remembers all that it hears."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from statewright.expressions import Literal
from statewright.statechart import Datum, Invoke, Release, State, Statechart
from statewright.statechart.actions import Assign, Merge, Merging, Say, Send
from statewright.statechart.triggers import Matching, Reentry, Trigger, TriggerKind
from tests.runtime.worlds import release
from tests.statechart.building import atom, cel, final, text, to

KINDS: Final = {"word": 10, "stop": 4, "fail": 2, "gift": 3, "work": 3, "nap": 3, "again": 2}
"""What is said, and how often."""


def teller(word: str, *, alone: bool) -> Statechart:
    """Hears messages and remembers them; what some of them mean is in ``KINDS``.

    `stop` ends it only while it is armed, so that whether it does depends on what came before.
    Where it is alone, it reads nothing of its contact, so that its sessions need not be loaded.
    """
    hear = Assign(("heard",), cel("heard + [string(event.data.text)]"))
    gifts = cel("given" if alone else "(has(contact.gifts) ? contact.gifts : 0) + 1")
    give = Assign(("contact", "gifts"), gifts, Merge(Merging.INCREMENT, Literal(1)))
    say = Say(text(word + " {{ heard.size() }}"))
    return Statechart(
        "teller",
        (
            atom(
                "listening",
                to("over", on="message", when="input == 'stop' && armed", do=hear),
                to("broken", on="message", when="input == 'fail'"),
                to("working", on="message", when="input == 'work'", do=hear),
                to(
                    on="message",
                    when="input == 'nap'",
                    do=(hear, Send("alarm", delay=Literal(2_000_000)), say),
                ),
                to(
                    on="message",
                    when="input == 'gift'",
                    do=(hear, give, Assign(("given",), cel("given + 1")), say),
                ),
                to(on="message", do=(hear, say)),
            ),
            State(
                "working",
                invocations=(Invoke("job", "work", Literal({"retries": 1})),),
                transitions=(
                    to(
                        "listening", on="done.invoke.job error.communication.job", do=_count("done")
                    ),
                    to(on="message", do=(hear, say)),
                ),
            ),
            final("over", outcome="stopped"),
            final("broken", outcome="error", failed=True),
        ),
        data=(
            Datum("heard", "list", Literal([])),
            Datum("armed", "bool", Literal(True)),
            Datum("given", "int", Literal(0)),
            Datum("done", "int", Literal(0)),
        ),
    )


def _count(name: str) -> Assign:
    return Assign((name,), cel(f"{name} + 1"))


def released(word: str, *, alone: bool) -> Release:
    """The chart, with what begins it: any message, and `again` anew."""
    triggers = (
        Trigger("any", TriggerKind.MESSAGE),
        Trigger(
            "again",
            TriggerKind.KEYWORD,
            words=("again",),
            matching=Matching.EXACT,
            reentry=Reentry.RESTART,
        ),
    )
    return replace(release(teller(word, alone=alone)), triggers=triggers)

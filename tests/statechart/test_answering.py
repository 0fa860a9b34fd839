"""Which trigger of which flow an event fires, and what goes on already."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statewright.expressions import Computed, Content, Literal, parse
from statewright.statechart import Event
from statewright.statechart.answering import RUNS, Offer, answering, covers, due
from statewright.statechart.keywords import spoken
from statewright.statechart.triggers import Matching, Reentry, Trigger, TriggerKind

NOW = 1_700_000_000_000_000
DAY = 86_400_000_000


def keyword(*words: str, **more: Any) -> Trigger:
    return Trigger("word", TriggerKind.KEYWORD, words=words, **more)


def any_message(**more: Any) -> Trigger:
    return Trigger("any", TriggerKind.MESSAGE, **more)


def begun(
    text: str, *offers: tuple[str, Trigger], active: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """The flows, with their triggers, that a message begins."""
    event = Event("message", {"text": text}, NOW)
    known = [Offer(flow, tuple(t for f, t in offers if f == flow)) for flow in dict(offers)]
    return [(one.flow, one.trigger) for one in answering(event, known, active)]


@pytest.mark.parametrize(
    ("matching", "word", "text", "holds"),
    [
        (Matching.CONTAINS, "refund", "I want a REFUND!", True),
        (Matching.CONTAINS, "art", "start", False),
        (Matching.CONTAINS, "money back", "my money, back, please", True),
        (Matching.CONTAINS, "Straße", "in der strasse", True),
        (Matching.EXACT, "Où", "ou?", True),
        (Matching.EXACT, "refund", "refund please", False),
        (Matching.STARTS, "cancel", "Cancel my order", True),
        (Matching.STARTS, "cancel", "please cancel", False),
        (Matching.STARTS, "can", "cancel", False),
        *((Matching.CONTAINS, "C++", text, True) for text in ("c++", "I like C++.", "C++, please")),
        *(
            (Matching.CONTAINS, "C++", text, False)
            for text in ("c", "C", "C+", "C+++", "C++11", "NaC++")
        ),
        *((Matching.CONTAINS, "C", text, True) for text in ("c!", "a C.", "«c»", "c-d", "c👍")),
        *((Matching.CONTAINS, "C", text, False) for text in ("C++", "C#", "abc", "c2")),
        *((Matching.EXACT, "C++", text, True) for text in ("c++", " C++! ", "(C++)")),
        *((Matching.EXACT, "C++", text, False) for text in ("c", "C++ C", "C#")),
        *((Matching.EXACT, "C", text, False) for text in ("C++", "C #")),
        (Matching.STARTS, "C++", "C++ is old", True),
        (Matching.STARTS, "C++", "C is older", False),
        (Matching.CONTAINS, ".NET", "with .net!", True),
        (Matching.CONTAINS, ".NET", "the net", False),
        (Matching.CONTAINS, "node.js", "Node.js", True),
        (Matching.CONTAINS, "node.js", "node js", False),
        (Matching.CONTAINS, "e-mail", "an E–Mail", True),
        (Matching.CONTAINS, "e-mail", "email", False),
        (Matching.CONTAINS, "mail", "an e-mail", True),
        (Matching.CONTAINS, "s'il vous plaît", "S’il  vous plait!", True),
        (Matching.CONTAINS, "R&D", "our r&d", True),
        (Matching.CONTAINS, "R&D", "r and d", False),
        (Matching.CONTAINS, "24/7", "24/7?", True),
        (Matching.CONTAINS, "24/7", "24/71", False),
        (Matching.CONTAINS, "👍", "ok 👍🏽!", True),
        (Matching.CONTAINS, "👍", "👍👍", True),
        (Matching.CONTAINS, "👍🏿", "👍", True),
        (Matching.CONTAINS, "👍", "👎", False),
        (Matching.CONTAINS, "❤️", "❤", True),
        (Matching.CONTAINS, "👨", "👨\u200d👩\u200d👧", False),
        (Matching.EXACT, "👍", "👍!", True),
        (Matching.EXACT, "👍", "👍 stop", False),
        (Matching.CONTAINS, "退款", "我要退款", True),
        (Matching.CONTAINS, "หยุด", "ขอหยุดนะ", True),
        (Matching.CONTAINS, "?!", "?!", False),
        (Matching.CONTAINS, "a" * 999, "a" * 5000, False),
        (Matching.REGEX, r"^#\d+$", "#17", True),
        (Matching.REGEX, r"^#\d+$", "#17b", False),
        (Matching.REGEX, "(", "(", False),
        (Matching.REGEX, "x", "\ud800", False),
    ],
)
def test_a_message_holds_a_word(matching: Matching, word: str, text: str, holds: bool) -> None:  # noqa: FBT001
    assert bool(begun(text, ("f", keyword(word, matching=matching)))) is holds


def test_one_flow_answers_a_message() -> None:
    assert begun("hi", ("b", any_message()), ("a", any_message())) == [("a", "any")]
    assert begun("hi", ("b", any_message(priority=1)), ("a", any_message())) == [("b", "any")]
    assert begun("hi", ("a", any_message()), ("b", keyword("hi"))) == [("b", "word")]
    assert begun("hi", ("a", any_message(priority=1)), ("b", keyword("hi"))) == [("a", "any")]
    both = (
        ("a", keyword("hi", matching=Matching.STARTS)),
        ("b", keyword("hi", matching=Matching.EXACT)),
    )
    assert begun("hi", *both) == [("b", "word")]
    assert begun("hi") == []


def test_every_flow_answers_what_is_no_message() -> None:
    shipped = Trigger("shipped", TriggerKind.EVENT, event="order")
    again = Trigger("again", TriggerKind.EVENT, event="order.shipped", priority=1)
    offers = [Offer("a", (shipped, again)), Offer("b", (shipped,))]
    found = answering(Event("order.shipped", {}, NOW), offers)
    assert [(one.flow, one.trigger) for one in found] == [("a", "again"), ("b", "shipped")]
    assert answering(Event("orders", {}, NOW), offers) == ()


def test_what_goes_on_goes_on() -> None:
    both = ("a", any_message()), ("b", keyword("stop"))
    assert begun("hi", *both, active=("a",)) == []
    assert begun("stop", *both, active=("a",)) == [], "the flow that runs has the word"
    urgent = ("b", keyword("stop", priority=1))
    assert begun("stop", both[0], urgent, active=("a",)) == [("b", "word")]
    assert begun("stop", both[0], urgent, active=("a", "b")) == []
    assert begun("hi", *both, active=("unknown",)) == []


def test_a_flow_may_begin_again_where_it_runs() -> None:
    event = Event("message", {"text": "again"}, NOW)
    for reentry, wanted in (
        (Reentry.IGNORE, []),
        (Reentry.RESTART, [True]),
        (Reentry.PARALLEL, [False]),
    ):
        offers = [Offer("f", (keyword("again", reentry=reentry),))]
        assert [one.restart for one in answering(event, offers, ["f"])] == wanted
        assert [one.restart for one in answering(event, offers)] == [False]


def test_inputs_without_a_value_are_told() -> None:
    inputs: dict[str, Content] = {
        "a": Computed(parse("event.data.a")),
        "b": Literal(5),
        "c": Computed(parse("now")),
    }
    trigger = Trigger("t", TriggerKind.EVENT, event="e", inputs=inputs)
    (one,) = answering(Event("e", None, 0), [Offer("f", (trigger,))])
    assert one.inputs == {"b": 5, "c": one.inputs["c"]}
    assert one.problems == ("`a`: no such key: 'a'",)


def test_a_condition_without_a_value_does_not_hold() -> None:
    for guard in ("event.data.x", "event.data.missing > 1", "'text'", "1 / 0 == 1"):
        trigger = Trigger("t", TriggerKind.EVENT, parse(guard), event="e")
        assert answering(Event("e", {"x": 5}, NOW), [Offer("f", (trigger,))]) == ()


def schedule(name: str, cron: str, zone: str = "") -> Trigger:
    return Trigger(name, TriggerKind.SCHEDULE, cron=cron, zone=zone)


def test_schedules_fire_in_order() -> None:
    offers = [
        Offer("b", (schedule("noon", "0 12 * * *"),)),
        Offer("a", (schedule("noon", "0 12 * * *"), schedule("early", "0 6 * * *"))),
        Offer("c", (any_message(), schedule("never", "0 0 30 2 *"))),
    ]
    found = [(flow, trigger.name) for _, flow, trigger in due(offers, NOW, NOW + DAY)]
    assert found == [("a", "early"), ("a", "noon"), ("b", "noon")]


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 2 * 1440), st.integers(0, 2 * 1440))
def test_asking_for_schedules_again_misses_none(minutes: int, split: int) -> None:
    offers = [
        Offer("a", (schedule("often", "* * * * *"), schedule("half", "*/30 * * * *"))),
        Offer("b", (schedule("daily", "0 9 * * *", "Europe/Berlin"),)),
    ]
    until = NOW + minutes * 60_000_000
    at = NOW + min(split, minutes) * 60_000_000
    whole = collected(offers, NOW, until)
    assert whole == collected(offers, NOW, at) + collected(offers, at, until)
    assert len(whole) >= minutes
    assert [time for time, _, _ in whole] == sorted(time for time, _, _ in whole)


def collected(offers: list[Offer], after: int, until: int) -> list[tuple[int, str, str]]:
    found: list[tuple[int, str, str]] = []
    while True:
        more = due(offers, after, until)
        found += [(at, flow, trigger.name) for at, flow, trigger in more]
        if len(more) < RUNS:
            return found
        after = more[-1][0]


WORDS = st.text("ab é!+#👍", max_size=6)
HOW = st.sampled_from([Matching.CONTAINS, Matching.EXACT, Matching.STARTS])


@given(HOW, WORDS, HOW, WORDS, WORDS)
def test_a_word_that_covers_another_one_is_held_with_it(
    one: Matching, word: str, how: Matching, text: str, said: str
) -> None:
    if covers((one, word), (how, text)) and begun(said, ("f", keyword(text, matching=how))):
        assert begun(said, ("f", keyword(word, matching=one)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Çıkış", "ÇIKIŞ"),
        ("Iğdır", "igdir"),
        ("İSTANBUL", "ıstanbul"),
        ("Łódź", "lodz"),
        ("Ærø", "AERO"),
        ("ёлка", "ЕЛКА"),
        ("за\u0301мок", "замок"),
        ("שָׁלוֹם", "שלום"),
        ("القـــاهرة", "القاهرة"),
        ("ΟΔΟΣ", "οδός"),
        ("2️⃣", "2"),
    ],
)
def test_words_that_differ_in_case_and_accents_only_are_the_same(one: str, other: str) -> None:
    assert spoken(one) == spoken(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("バス", "ハス"),
        ("かっこう", "がっこう"),
        ("йод", "иод"),
        ("її", "іі"),
        ("สี", "ส"),
        ("ใกล้", "ใกล"),
        ("कमल", "कम्ल"),
        ("각", "가"),
    ],
)
def test_words_of_other_letters_are_others(one: str, other: str) -> None:
    assert not begun(one, ("f", keyword(other)))
    assert spoken(one) != spoken(other)


@given(st.text())
def test_words_are_folded_once(text: str) -> None:
    assert spoken(spoken(text)) == spoken(text)


def test_what_is_said_while_people_have_the_conversation_begins_nothing() -> None:
    offers = [
        Offer("talk", (any_message(), keyword("again", reentry=Reentry.RESTART))),
        Offer("help", (keyword("help", priority=9), Trigger("open", TriggerKind.OPENED))),
    ]
    said = [Event("message", {"text": text}, NOW) for text in ("hi", "again", "help")]
    for event in (*said, Event("conversation.opened", {}, NOW)):
        assert answering(event, offers, {"talk"}, {"talk"}) == ()
    assert answering(said[2], offers, {"talk"}) != ()


def test_events_begin_what_they_begin_while_people_have_it_but_restart_nothing_of_theirs() -> None:
    def shipped(reentry: Reentry) -> Trigger:
        return Trigger("shipped", TriggerKind.EVENT, event="order.shipped", reentry=reentry)

    event = Event("order.shipped", {}, NOW)
    offers = [
        Offer("talk", (shipped(Reentry.RESTART),)),
        Offer("news", (shipped(Reentry.IGNORE),)),
        Offer("beside", (shipped(Reentry.PARALLEL),)),
    ]
    active, people = {"talk", "beside"}, {"talk", "beside"}
    assert [one.flow for one in answering(event, offers, active, people)] == ["beside", "news"]
    assert [one.flow for one in answering(event, offers, active, {"beside"})] == [
        "beside",
        "news",
        "talk",
    ]

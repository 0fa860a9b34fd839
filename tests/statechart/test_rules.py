"""Business rules: the automata by themselves, and sessions in which they are watched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import InvalidStatechart
from statewright.expressions import Expression, parse
from statewright.statechart import (
    Event,
    Macrostep,
    Moment,
    Rule,
    RuleKind,
    State,
    Statechart,
    StateKind,
    Status,
    chart_from_json,
    chart_to_json,
    digest_of,
    macrostep,
    promises,
    snapshot_from_json,
    snapshot_to_json,
    start,
)
from statewright.statechart.actions import Assign
from statewright.statechart.definition import Datum
from statewright.statechart.interventions.intervening import END, PATCH, handled
from statewright.statechart.rules import advanced, is_open
from tests.statechart.building import atom, cel, to

A = Moment(("a",))
B = Moment(("b",))
RISES = Moment(None, parse("p"))


Seen = tuple[set[str], dict[str, bool | None]]


def walked(rule: Rule, *seen: Seen) -> list[bool]:
    """Whether a rule is broken by each thing that is seen."""
    state, verdicts = 0, []
    for entered, truths in seen:
        step = advanced(rule, state, entered, lambda condition: truths[condition.text])  # noqa: B023
        state = step.state
        verdicts.append(step.broken)
    return verdicts


def visits(rule: Rule, *places: str) -> list[bool]:
    return walked(rule, *(({place}, {}) for place in places))


def holds(rule: Rule, *values: bool | None) -> list[bool]:
    return walked(rule, *((set(), {"p": value}) for value in values))


def test_never_somewhere_is_asked_at_each_entry() -> None:
    rule = Rule("r", RuleKind.NEVER, Moment(("a",), parse("p")))
    seen: list[Seen] = [
        ({"a"}, {"p": True}),
        ({"b"}, {"p": True}),
        ({"a"}, {"p": None}),
        ({"a"}, {"p": True}),
    ]
    assert walked(rule, *seen) == [True, False, False, True]


def test_always_somewhere_is_broken_by_what_has_no_value() -> None:
    rule = Rule("r", RuleKind.ALWAYS, Moment(("a",), parse("p")))
    seen: list[Seen] = [
        ({"a"}, {"p": True}),
        ({"a"}, {"p": None}),
        ({"a"}, {"p": False}),
        ({"b"}, {"p": None}),
    ]
    assert walked(rule, *seen) == [False, True, True, False]


def test_never_anywhere_is_broken_once_for_as_long_as_it_lasts() -> None:
    rule = Rule("r", RuleKind.NEVER, RISES)
    assert holds(rule, None, True, True, False, True) == [False, True, False, False, True]


def test_always_anywhere_is_not_broken_by_what_has_no_value() -> None:
    rule = Rule("r", RuleKind.ALWAYS, RISES)
    assert holds(rule, None, True, False, False, None) == [False, False, True, False, False]


def test_before_is_broken_each_time_until_the_first_has_come() -> None:
    rule = Rule("r", RuleKind.BEFORE, A, B)
    assert visits(rule, "a", "a", "b", "a") == [True, True, False, False]
    assert walked(rule, ({"a", "b"}, {})) == [False]


def test_at_most_counts() -> None:
    rule = Rule("r", RuleKind.AT_MOST, A, count=2)
    assert visits(rule, "a", "b", "a", "a", "a") == [False, False, False, True, True]
    assert visits(replace(rule, count=0), "a") == [True]


def test_what_becomes_true_is_counted_once_for_as_long_as_it_lasts() -> None:
    rule = Rule("r", RuleKind.AT_MOST, RISES, count=1)
    assert holds(rule, True, True, False, True) == [False, False, False, True]


LETTERS = st.lists(st.sampled_from(["a", "b", "ab", "c"]), max_size=8)


@given(LETTERS, st.integers(0, 3))
def test_automata_say_what_the_definitions_say(places: list[str], count: int) -> None:
    seen = [set(place) for place in places]

    def verdicts(rule: Rule) -> list[bool]:
        return walked(rule, *((entered, {}) for entered in seen))

    before = [
        "a" in now and not any("b" in one for one in seen[: at + 1]) for at, now in enumerate(seen)
    ]
    assert verdicts(Rule("r", RuleKind.BEFORE, A, B)) == before
    more = [
        "a" in now and sum("a" in one for one in seen[: at + 1]) > count
        for at, now in enumerate(seen)
    ]
    assert verdicts(Rule("r", RuleKind.AT_MOST, A, count=count)) == more
    rule = Rule("r", RuleKind.LEADS_TO, A, B)
    state = 0
    for entered in seen:
        state = advanced(rule, state, entered, _no_truth).state
    calls = [at for at, now in enumerate(seen) if "a" in now]
    assert is_open(rule, state) == any(not any("b" in one for one in seen[at:]) for at in calls)


def _no_truth(condition: Expression) -> bool | None:
    raise AssertionError(condition)


# Sessions


def chart(*rules: Rule, **more: Any) -> Statechart:
    """A room with three places, and a way to the end; errors lead to `caught`."""
    add = Assign(("n",), cel("n + 1"))
    return Statechart(
        "room",
        (
            State(
                "room",
                StateKind.COMPOUND,
                (
                    atom("a", to("b", on="go"), to("a", on="stay", do=add)),
                    atom("b", to("a", on="go"), to("c", on="run")),
                    atom("c", to("end")),
                    atom("caught", to("end", on="go")),
                ),
                transitions=(to("caught", on="error.flow.rule"), to("end", on="leave")),
            ),
            State("end", StateKind.FINAL),
        ),
        data=(Datum("n", "int", cel("0")), Datum("p", "bool")),
        rules=rules,
        **more,
    )


def played(made: Statechart, *events: str, **data: Any) -> Macrostep:
    """The last turn; the session is put away and the chart too before each."""
    step = start(made, session="s", seed="s", now=0)
    for number, name in enumerate(events, 1):
        read = chart_from_json(chart_to_json(made))
        snapshot = snapshot_from_json(snapshot_to_json(step.snapshot))
        step = handled(read, snapshot, Event(name, data or None, number))
    return step


def broken(step: Macrostep) -> list[str]:
    return [one.message for one in step.incidents if one.name == "error.flow.rule"]


def test_a_broken_rule_is_an_incident_and_an_error() -> None:
    step = played(chart(Rule("two", RuleKind.AT_MOST, Moment(("b",)), count=1)), "go", "go", "go")
    assert broken(step) == ["the rule `two` is broken: entering `b` comes more than once"]
    assert step.snapshot.configuration == ("room", "caught")
    assert step.snapshot.monitors == {"two": 4}


def test_a_broken_rule_comes_before_eventless_transitions() -> None:
    step = played(chart(Rule("no", RuleKind.NEVER, Moment(("c",), parse("true")))), "go", "run")
    assert step.snapshot.configuration == ("room", "caught")


def places(step: Macrostep) -> list[str]:
    return [one.state for one in step.incidents if one.name == "error.flow.rule"]


def test_a_broken_rule_is_of_the_state_that_was_entered_or_that_has_written_what_it_reads() -> None:
    small = Rule("small", RuleKind.ALWAYS, Moment(None, parse("n < 1")))
    assert places(played(chart(small), "stay")) == ["a"]
    assert places(
        played(chart(replace(small, moment=Moment(None, parse("vars['n'] < 1")))), "stay")
    )
    no = Rule("no", RuleKind.NEVER, Moment(None, parse("In('b')")))
    assert places(played(chart(no), "go")) == ["b"]
    at = Rule("no", RuleKind.NEVER, Moment(("b",), parse("true")))
    assert places(played(chart(at), "go")) == ["b"]


def test_rules_broken_together_are_one_error() -> None:
    twice = (
        Rule("x", RuleKind.NEVER, Moment(("b",), parse("true"))),
        Rule("y", RuleKind.BEFORE, B, A),
    )
    made = chart(*twice[:1], replace(twice[1], moment=Moment(("b",)), other=Moment(("c",))))
    step = played(made, "go")
    assert len(broken(step)) == 2
    assert [one.event.data["rules"] for one in step.microsteps if one.event and one.event.data] == [
        ["x", "y"]
    ]


def test_a_turn_in_which_only_data_change_is_watched() -> None:
    made = chart(Rule("small", RuleKind.NEVER, Moment(None, parse("n > 1"))))
    assert broken(played(made, "stay")) == []
    assert broken(played(made, "stay", "stay")) == ["the rule `small` is broken: `n > 1` holds"]


def test_changes_from_outside_are_looked_at() -> None:
    made = chart(Rule("small", RuleKind.NEVER, Moment(None, parse("n > 1"))))
    step = played(made, PATCH, n=5)
    assert broken(step)
    assert step.snapshot.configuration == ("room", "caught")


def test_what_was_promised_is_seen_and_missed_at_the_end() -> None:
    made = chart(Rule("then", RuleKind.LEADS_TO, Moment(("b",)), Moment(("c",))))
    open_ = played(made, "go")
    assert promises(made, open_.snapshot) == ("then",)
    left = played(made, "go", "leave")
    assert broken(left) == [
        "the rule `then` is broken: after entering `b`, entering `c` never came"
    ]
    assert left.snapshot.status is Status.COMPLETED
    assert broken(played(made, "go", "run")) == []
    assert broken(played(made, "go", END))


def test_what_was_promised_is_missed_by_a_session_that_is_given_up() -> None:
    rule = Rule("then", RuleKind.LEADS_TO, Moment(("b",)), Moment(("c",)))
    states = (
        atom("a", to("b", on="go")),
        atom("b", to("round", on="spin")),
        atom("c"),
        atom("round", to("round")),
    )
    made = Statechart("endless", states, limit=10, rules=(rule,))
    step = played(made, "go", "spin")
    assert step.snapshot.status is Status.FAILED
    assert broken(step)


def test_coming_back_by_history_enters_nothing_anew() -> None:
    back = State("back", StateKind.DEEP_HISTORY, initial=to("a"))
    inner = State(
        "inner", StateKind.COMPOUND, (atom("a", to("b", on="go")), atom("b"), back),
        transitions=(to("aside", on="aside"),),
    )  # fmt: skip
    made = Statechart(
        "paused",
        (inner, atom("aside", to("back", on="back"))),
        rules=(Rule("once", RuleKind.AT_MOST, Moment(("b",)), count=1),),
    )
    assert broken(played(made, "go", "aside", "back")) == []


def test_a_rule_with_a_scope_lives_as_long_as_its_state() -> None:
    rule = Rule("then", RuleKind.LEADS_TO, Moment(("x",)), Moment(("y",)), scope="inner")
    inner = State(
        "inner",
        StateKind.COMPOUND,
        (atom("x", to("y", on="go")), atom("y")),
        transitions=(to("outer", on="leave"),),
    )
    made = Statechart("scoped", (inner, atom("outer")), rules=(rule,))
    assert broken(played(made, "leave"))
    assert broken(played(made, "go", "leave")) == []
    assert played(made, "leave").snapshot.monitors == {}


def test_a_chart_without_rules_has_the_digest_and_the_snapshots_that_it_had() -> None:
    plain = chart()
    assert '"rules"' not in chart_to_json(plain)
    assert digest_of(plain) != digest_of(chart(Rule("r", RuleKind.AT_MOST, A, count=1)))
    step = start(plain, session="s", seed="s", now=0)
    assert "monitors" not in snapshot_to_json(macrostep(plain, step.snapshot, Event("go")).snapshot)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ((Rule("", RuleKind.AT_MOST, A),), "no name of its own"),
        ((Rule("r", RuleKind.AT_MOST, A), Rule("r", RuleKind.AT_MOST, A)), "no name of its own"),
        ((Rule("r", RuleKind.BEFORE, A),), "one moment too many or too few"),
        ((Rule("r", RuleKind.NEVER, A, B),), "one moment too many or too few"),
        ((Rule("r", RuleKind.AT_MOST, A, count=-1),), "counts to less than 0"),
        ((Rule("r", RuleKind.AT_MOST, Moment(("zz",))),), "names `zz`, which is no state"),
        ((Rule("r", RuleKind.AT_MOST, A, scope="zz"),), "names `zz`, which is no state"),
    ],
)
def test_a_rule_that_is_none_is_refused(rules: tuple[Rule, ...], said: str) -> None:
    with pytest.raises(InvalidStatechart, match=said):
        start(chart(*rules), session="s", seed="s", now=0)

"""The structure of a chart is checked before anything runs, and every error says what to do."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.errors import InvalidStatechart
from statewright.expressions import Literal
from statewright.statechart import Datum, Invoke, State, Statechart, StateKind, Transition
from statewright.statechart.actions import Assign, Cancel, ForEach, If, Send
from statewright.statechart.structure.tree import tree_of
from tests.statechart.building import (
    Raise,
    atom,
    cel,
    chart,
    compound,
    final,
    history,
    parallel,
    to,
)

REGIONS = parallel("p", compound("r", atom("r1"), atom("r2")), compound("s", atom("s1")))


def acting(action: Any) -> Statechart:
    return chart(atom("a", entry=((action,),)))


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (chart(), "at least one state"),
        (chart(atom("")), "no id"),
        (chart(atom("a"), compound("b", atom("a"))), "two states have the id `a`"),
        (chart(atom("a", to("b"))), "`b`, which is no state"),
        (chart(atom("a"), initial=to("b")), "`b`, which is no state"),
        (chart(atom("a"), initial=to()), "leads nowhere"),
        (chart(atom("a"), initial=to("a", on="go")), "events or a guard"),
        (chart(atom("a"), initial=to("a", when="true")), "events or a guard"),
        (chart(compound("a", atom("b"), initial=to("c")), atom("c")), "no descendant of `a`"),
        (chart(compound("a", atom("b"), initial=to("a"))), "no descendant of `a`"),
        (chart(State("a", initial=to("a"))), "only compound states"),
        (chart(compound("a")), "no children"),
        (chart(parallel("a")), "no children"),
        (chart(State("a", states=(atom("b"),))), "make it compound or parallel"),
        (chart(State("a", StateKind.FINAL, states=(atom("b"),))), "has children"),
        (chart(State("a", StateKind.FINAL, transitions=(to(),))), "remove them"),
        (chart(parallel("a", final("b"))), "put it inside a region"),
        (chart(atom("a", donedata=Literal(1))), "only final states"),
        (chart(atom("a", outcome="x")), "final child of the root"),
        (chart(compound("a", final("b", failed=True))), "final child of the root"),
        (chart(atom("a"), history("h", "a")), "child of the root"),
        (chart(compound("a", State("h", StateKind.DEEP_HISTORY), atom("b"))), "no default"),
        (chart(compound("a", history("h", "x"), atom("b")), atom("x")), "no descendant of `a`"),
        (
            chart(compound("a", history("h", "g"), history("g", "b"), atom("b"))),
            "history state `g`",
        ),
        (
            chart(
                compound(
                    "a",
                    State("h", StateKind.DEEP_HISTORY, initial=to("b"), transitions=(to("b"),)),
                    atom("b"),
                )
            ),
            "never active",
        ),
        (chart(atom("a", to("r1", "r2")), REGIONS), "never active together"),
        (chart(atom("a", to("r1", "a")), REGIONS), "never active together"),
        (chart(atom("a", to("r", "r1")), REGIONS), "never active together"),
        (chart(atom("a", to("r1", "r1")), REGIONS), "never active together"),
        (
            chart(
                atom("x", to("h", "r1")),
                parallel(
                    "p", history("h", "r2", "s"), compound("r", atom("r1"), atom("r2")), atom("s")
                ),
            ),
            "never active together",
        ),
        (chart(atom("a"), data={"": 1}), "has no name"),
        (Statechart("t", (atom("a"),), data=(Datum("x"), Datum("x"))), "`x` twice"),
        (chart(atom("a"), data={"x": Datum("x", "money")}), "unknown type `money`"),
        (chart(atom("a"), inputs=("x",)), "not declared"),
        (chart(atom("a"), limit=0), "`limit`"),
        (chart(atom("a"), deferred=("a..b",)), "`a..b`"),
        (chart(atom("a", to("a", on="go*"))), "no event descriptor"),
        (chart(atom("a", Transition(("a",), ("",)))), "no event descriptor"),
        (chart(atom("a", invocations=(Invoke("a*", "x", Literal(1)),))), "no id of an invocation"),
        (chart(atom("a*", invocations=(Invoke("", "x", Literal(1)),))), "no id of an invocation"),
        (chart(atom("a"), charts={"": chart(atom("b"))}), "no name"),
        (chart(atom("a"), charts={"b": chart(compound("b"))}), "in the chart `b`: "),
        (
            chart(atom("a"), charts={"b": chart(atom("b"), charts={"c": chart(atom("c"))})}),
            "put all of them into the outermost chart",
        ),
        (chart(atom("a", invocations=(Invoke("a", "", Literal(1)),))), "no type"),
        (
            chart(*(atom(n, invocations=(Invoke("i", "x", Literal(1)),)) for n in "ab")),
            "two invocations have the id `i`",
        ),
        (acting(Assign((), Literal(1))), "names no variable"),
        (acting(Assign(("a",) * 60, Literal(1))), "60 names deep"),
        (acting(Raise("")), "no name of an event"),
        (acting(Send("a", target="#_internal", delay=Literal(1))), "never waits"),
        (acting(Send("a", id_location=("",))), "names no variable"),
        (acting(Cancel("")), "names no send"),
        (acting(ForEach(cel("[]").expression, "", "", ())), "no item"),
        (acting(If(())), "no branch"),
        (acting(ForEach(cel("[]").expression, "x", "", (Raise("*"),))), "no name of an event"),
    ],
)
def test_a_broken_chart_is_refused_with_what_to_do(broken: Statechart, message: str) -> None:
    with pytest.raises(InvalidStatechart, match=message):
        tree_of(broken)


def test_targets_in_different_regions_are_fine() -> None:
    tree_of(chart(atom("a", to("r2", "s1")), REGIONS))


def test_the_tree_is_made_once() -> None:
    one = chart(atom("a"))
    assert tree_of(one) is tree_of(one)


def test_document_order_is_pre_order() -> None:
    tree = tree_of(chart(compound("a", compound("b", atom("c")), atom("d")), atom("e")))
    assert [node.id for node in tree.nodes.values()] == ["a", "b", "c", "d", "e"]
    assert [node.last for node in tree.nodes.values()] == [4, 3, 3, 4, 5]

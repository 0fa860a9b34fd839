"""Definitions of several modules become one text, with what they need and nothing else."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from textwrap import dedent

import pytest

from statewright.compiler.targets.python.cel import NOT_CARRIED
from statewright.compiler.targets.python.layout import bracketed, called, laid_out, tuple_of, word
from statewright.compiler.targets.python.linking import linked
from statewright.compiler.targets.python.parts import (
    Module,
    UnlinkableError,
    module_from_text,
)
from statewright.compiler.targets.python.trimming import trimmed
from statewright.expressions import Computed, parse
from statewright.expressions.functions import OVERLOADS
from statewright.expressions.overloads import Overload
from statewright.statechart import Datum, State, Statechart, start
from statewright.statechart.actions import Log
from statewright.statechart.structure.validation import TYPES
from tests.compiler.standalone import assert_same, imported


def link(root: str, replaced: dict[str, str] | None = None, **texts: str) -> str:
    """What is linked of modules ``p.a``, ``p.b``, …, run, and given back as a text."""
    modules = {
        f"p.{name}": module_from_text(f"p.{name}", dedent(text)) for name, text in texts.items()
    }

    def module_of(name: str) -> Module:
        return modules[name]

    def place(name: str) -> tuple[str, str]:
        module, _, own = name.partition(":")
        return (module, own)

    standing_in = {place(name): place(other) for name, other in (replaced or {}).items()}
    made = linked((place(root),), module_of, standing_in, "p")
    return f"{made.imports}\n{made.definitions}"


def value(text: str, name: str = "root") -> object:
    found: dict[str, object] = {}
    exec(text, found)  # noqa: S102 - it is our own text
    return found[name]


def test_what_nothing_asks_for_is_left_out() -> None:
    text = link(
        "p.a:root",
        a="""
            import math
            import re
            from p.b import used

            def unused():
                return re
            # This stays with what it is about.
            root = used + math.floor(2.5)
            '''And so does this.'''
        """,
        b="""
            used = 1
            other = used
        """,
    )
    assert value(text) == 3
    assert "unused" not in text
    assert "other" not in text
    assert "import re" not in text
    assert "# This stays" in text
    assert "And so does this." in text


def test_two_things_of_one_name_are_kept_apart() -> None:
    text = link(
        "p.a:root",
        a="""
            from p.b import b_is
            def _name(same):
                return ("a", same)
            class Same:
                _name = "of the class"
            def root(_name=_name):
                return [_name(1), b_is(), Same._name, [_name for _name in "x"]]
        """,
        b="""
            def _name():
                return f"{_own}"
            _own = "é"; Same = 7
            def b_is(Same=Same):
                é = _name(); return é, _name(), Same
        """,
    )
    root = value(text)
    assert callable(root)
    assert root() == [("a", 1), ("é", "é", 7), "of the class", ["x"]]


def test_what_stands_in_is_taken_wherever_the_other_is_named() -> None:
    text = link(
        "p.a:root",
        {"p.b:slow": "p.c:fast"},
        a="""
            from p.b import again
            root = again
        """,
        b="""
            def slow():
                return "slow"
            again = slow()
        """,
        c="""
            def fast():
                return "fast"
        """,
    )
    assert value(text) == "fast"
    assert "slow" not in text.replace("again", "")


@pytest.mark.parametrize(
    "text",
    ["print(1)", "if 1:\n    x = 1", "import os.path", "for x in y:\n    pass", "import re as r"],
)
def test_a_module_that_does_something_is_refused(text: str) -> None:
    with pytest.raises(UnlinkableError):
        module_from_text("p.a", text)


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(UnlinkableError, match="nowhere"):
        link("p.a:nowhere", a="x = 1")
    with pytest.raises(UnlinkableError, match="undefined"):
        link("p.a:x", a="x = undefined")
    with pytest.raises(UnlinkableError, match="sleep"):
        link(
            "p.a:x",
            a="from p.b import y\nfrom m import sleep\nx = y, sleep",
            b="from n import sleep\ny = sleep",
        )


TABLE = """\
A = 1
T: Final = (
    f("one", 1),
    f("two", 2),
    *(f("three", x) for x in y),
    *many("four"),
    *opaque(),
)
'''Documented.'''
"""


@pytest.mark.parametrize(
    ("needed", "rows"),
    [
        ({"two"}, ['f("two", 2)']),
        ({"three", "one"}, ['f("one", 1)', '*(f("three", x) for x in y)']),
        ({"ns.four"}, ['*many("four")']),
        ({"five"}, ["*opaque()"]),
        (set(), []),
    ],
)
def test_a_table_keeps_the_rows_that_are_needed(needed: set[str], rows: list[str]) -> None:
    text = trimmed(TABLE, "T", frozenset(needed))
    inner = "".join(f"    {row},\n" for row in rows)
    table = f"(\n{inner})" if rows else "()"
    assert text == f"A = 1\nT: Final = {table}\n'''Documented.'''\n"


VARIABLES = {
    "text": "'1'",
    "number": "2",
    "list": "[2, 1]",
    "map": "{'a': 1}",
    "moment": "timestamp(5)",
    "span": "duration('5s')",
    "maybe": "optional.of(1)",
}


def calls() -> list[str]:
    """Calls of every function, many with arguments that are of the wrong types."""
    found = []
    for one, variable in product(OVERLOADS, VARIABLES):
        if is_carried(one):
            arguments = [variable] * len(one.parameters)
            arguments[1:2] = ["'a+'"] if one.name == "matches" else arguments[1:2]
            target = f"{variable}." if one.member else ""
            rest = ", ".join(arguments[1:] if one.member else arguments)
            found.append(f"{target}{one.name}({rest})")
    return list(dict.fromkeys(found))


def is_carried(one: Overload) -> bool:
    operator = one.name.startswith("_") or one.name == "-_"
    return not operator and (one.name not in NOT_CARRIED or one.name == "matches")


def test_every_function_of_cel_is_found_in_a_module_that_needs_it(tmp_path: Path) -> None:
    actions = tuple((Log("", Computed(parse(text))),) for text in calls())
    data = (
        *(Datum(name, value=Computed(parse(text))) for name, text in VARIABLES.items()),
        *(Datum(f"of {one}", one, Computed(parse("'1'"))) for one in sorted(TYPES)),
    )
    chart = Statechart("everything", (State("only", entry=actions),), data=data)
    module = imported(chart, tmp_path)
    ours = start(chart, session="s", seed="x", now=0)
    assert len(ours.incidents) > len(actions)
    assert_same(ours, module, module.interpret(module.MACHINE, session="s", seed="x", now=0))


def test_what_fits_on_a_line_stands_on_one() -> None:
    code = called("f", word("a"), tuple_of([word("b")]), bracketed("", [word("c")], "[]"))
    assert laid_out(code, first="x = ") == "x = f(a, (b,), [c])"
    long = called("f", word("a" * 60), tuple_of([word("b" * 60)]).behind("key="))
    assert laid_out(long).splitlines() == [
        "f(",
        f"    {'a' * 60},",
        f"    key=({'b' * 60},),",
        ")",
    ]


def test_names_in_our_modules_stand_where_they_are_said_to_stand() -> None:
    from statewright.compiler.targets import python  # noqa: PLC0415 - it is what is looked into

    names = [
        name
        for name in sys.modules
        if name.startswith(("statewright.expressions.", "statewright.statechart."))
    ]
    for name in names:
        try:
            module = python._module_of(name)
        except UnlinkableError:
            continue
        for definition in module.definitions:
            for use in definition.uses:
                line = module.lines[use.line - 1].encode()
                assert line[use.column :].startswith(use.name.encode())

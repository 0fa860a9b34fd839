"""What can be said of a variable in the native format, and what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.flows.declaring import chart_type_of, limits_of
from statewright.flows.dialects.native.variable_shapes import FieldShape, LongVariable, PartShape
from statewright.flows.model import Flow, Variable, VariableScope
from statewright.statechart import Limits, Member
from tests.flows.reading import found, yaml


def flow_of(declared: str) -> Flow:
    return yaml(f"variables:\n  x: {declared}\nnodes: {{}}")


def variable(declared: str) -> Variable:
    flow = flow_of(declared)
    assert not flow.problems
    return flow.variables[0]


def test_what_is_inside_is_declared_like_a_variable() -> None:
    order = variable(
        "{type: object, others: true, fields: {id: string, "
        "lines: {type: list, of: {type: object, fields: {price: double}}, optional: true}}}"
    )
    assert (order.type, order.others) == ("object", True)
    assert [(one.name, one.type, one.optional) for one in order.fields] == [
        ("id", "string", False),
        ("lines", "list", True),
    ]
    (line,) = filter(None, [order.fields[1].of])
    assert [(one.name, one.type) for one in line.fields] == [("price", "double")]
    assert (order.fields[1].location.line, order.fields[1].location.column) == (3, 56)


@pytest.mark.parametrize(
    ("declared", "own", "limits"),
    [
        ("any", "dyn", None),
        ("date", "string", Limits(date=True)),
        ("object", "map", None),
        ("{type: enum, values: [a, b]}", "string", Limits(("a", "b"))),
        ("{type: enum, values: {low: 1, high: 3}}", "int", Limits((1, 3), names=("low", "high"))),
        ("{type: map, of: int}", "map", Limits(element=Member("int"))),
        ("{type: list, of: date}", "list", Limits(element=Member("string", Limits(date=True)))),
        ("{type: double, minimum: 0.5, nullable: true}", "double", Limits((), 0.5, nullable=True)),
        ("{type: string, min_length: 1, max_length: 9, pattern: a}", "string", Limits(shortest=1, longest=9, pattern="a")),
        ("{type: int, default: 1, read_only: true}", "int", Limits(constant=True)),
        ("{type: object, fields: {a: int}}", "map", Limits(fields=(Member("int", None, "a"),))),
    ],
)  # fmt: skip
def test_a_declaration_becomes_a_type_and_limits(
    declared: str, own: str, limits: Limits | None
) -> None:
    one = variable(declared)
    assert (chart_type_of(one), limits_of(one)) == (own, limits)


def test_a_default_of_an_enumeration_may_be_a_name() -> None:
    assert variable("{type: enum, values: {low: 1, high: 3}, default: high}").default == 3


def test_scopes_are_those_of_the_conversation_the_flow_the_contact_and_the_tenant() -> None:
    read = [variable(f"{{type: int, scope: {scope}}}").scope for scope in VariableScope]
    assert read == list(VariableScope)


def test_a_secret_is_a_name() -> None:
    one = variable("{type: string, secret: true, description: opens the door}")
    assert (one.secret, one.has_default, one.input) == (True, False, False)


@pytest.mark.parametrize(
    ("declared", "place", "message"),
    [
        ("enum", (3, 6), "an enum has values"),
        ("{type: enum}", (3, 13), "an enum has values"),
        ("{type: enum, values: [1, two]}", (3, 31), "item 2 of `values` must be a text, or a whole number as all the others, not `two`"),
        ("{type: enum, values: [a, a]}", (3, 31), "`a` is listed twice"),
        ("{type: list, of: strin}", (3, 23), "`strin` is no type"),
        ("{type: list, of: {type: int, optional: true}}", (3, 35), "the key `optional` is not known here"),
        ("{type: object, fields: {a: {type: nt}}}", (3, 40), "`type` cannot be `nt`"),
        ("{type: int, of: string}", (3, 18), "`of` means nothing to a variable of type `int`"),
        ("{type: map, fields: {a: int}}", (3, 18), "`fields` means nothing to a variable of type `map`"),
        ("{type: int, pattern: a}", (3, 18), "`pattern` means nothing to a variable of type `int`"),
        ("{type: string, pattern: (?=a)}", (3, 30), "invalid regular expression: invalid perl operator: (?="),
        ("{type: int, minimum: 5, maximum: 1}", (3, 18), "`minimum` is greater than `maximum`"),
        ("{type: date, minimum: '2026-02-01', maximum: '2026-01-01'}", (3, 19), "`minimum` is greater than `maximum`"),
        ("{type: string, min_length: 3, max_length: 2}", (3, 21), "`min_length` is greater than `max_length`"),
        ("{type: date, minimum: soon}", (3, 28), "`minimum` must be a date in quotes, as `type` says, not `soon`"),
        ("{type: int, minimum: low}", (3, 27), "`minimum` must be a number, not `low`"),
        ("{type: timestamp, default: tomorrow}", (3, 33), "`tomorrow` is no value of `x`: the string 'tomorrow' is no timestamp; convert it, or declare another type"),
        ("{type: list, of: int, default: [1, two]}", (3, 41), "item 2 of `default` must be a whole number, as `type` says, not `two`"),
        ("{type: object, fields: {a: int}, default: {a: 1, b: 2}}", (3, 48), "`{a: 1, b: 2}` is no value of `x`: the part `b` is not declared; there are `a`"),
        ("{type: int, default: null}", (3, 27), "`default` must be a whole number, as `type` says, not `null`"),
        ("{type: int, read_only: true}", (3, 18), "`x` is read-only, and never has a value"),
        ("{type: int, scope: contact, input: true}", (3, 34), "a variable of the contact is not given when a session starts"),
        ("{type: string, secret: true, default: hunter2}", (3, 35), "`default` means nothing to a secret, whose value is no part of a conversation"),
        ("{type: int, secret: true}", (3, 13), "a secret is a text"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_declaration_is_said_where_it_stands(
    declared: str, place: tuple[int, int], message: str
) -> None:
    (problem,) = found(flow_of(declared))
    assert problem[1:] == (*place, message)


def test_declarations_are_read_to_a_depth_and_no_further() -> None:
    declared: Any = "int"
    for _ in range(60):
        declared = f"{{type: list, of: {declared}}}"
    messages = [message for *_, message in found(flow_of(declared))]
    assert messages == ["more than 40 types are declared inside each other"]


def test_every_key_is_explained() -> None:
    for shape in (PartShape, FieldShape, LongVariable):
        assert all(field.description for field in shape.model_fields.values())

"""Generated code: that it has CEL's values, by itself, and what may be asked of it."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from statewright.errors import EvaluationError
from statewright.expressions import Environment, Maybe, Uint, evaluate, parse
from statewright.expressions.codegen import (
    SUPPORT,
    Attribute,
    Binding,
    Call,
    Request,
    compile_expression,
    generate,
    reach,
    source_from_requests,
)
from statewright.expressions.overloads import function, member
from statewright.expressions.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    LIST,
    MAP,
    STRING,
    UINT,
    CelType,
    list_of,
    map_of,
    object_of,
)
from statewright.expressions.values import INT_MAX, INT_MIN
from tests.conformance.cel_cases import same
from tests.expressions.generated import UNDECIDED, function_of, functions_of

TYPES: Mapping[str, CelType] = {
    "n": INT,
    "k": INT,
    "u": UINT,
    "x": DOUBLE,
    "s": STRING,
    "b": BOOL,
    "ns": list_of(INT),
    "ts": list_of(STRING),
    "items": list_of(object_of({"sku": STRING, "n": INT})),
    "m": MAP,
    "anything": DYN,
}
DATA: Mapping[str, Any] = {
    "n": 7,
    "k": -7,
    "u": Uint(3),
    "x": 2.5,
    "s": "vip",
    "b": True,
    "ns": [1, 2, 3],
    "ts": ["new", "vip"],
    "items": [{"sku": "a", "n": 1}, {"sku": "b", "n": 2}],
    "m": {"b": {"c": [10, 20]}, "a": 1, "t": "x"},
    "anything": 1.0,
}

USUAL = [
    "n >= 5 && n < 10",
    "s == 'vip' || b",
    "!b",
    "s in ['a', 'vip']",
    "n in [1, 7]",
    "m.a in [1, 2]",
    "'vip' in ts",
    "2 in ns",
    "'a' in m",
    "has(m.a) && m.a == 1",
    "has(m.q)",
    "m.b.c[1]",
    "ns[n - 6]",
    "m['a'] + 1",
    "n * 2 + k - 1",
    "k / 2",
    "k % 3",
    "n / 2 + n % 2",
    "-n",
    "x * 2.0 - 0.5",
    "u + 2u",
    "'Hi ' + s + '!'",
    "size(ts) + size(s) + size(m)",
    "s.startsWith('v') && s.endsWith('p') && s.contains('i')",
    "s.matches('^v.p$')",
    "s.upperAscii().lowerAscii().trim()",
    "b ? n : k",
    "n < x && x > n && n == 7.0 && 7.0 == n",
    "anything == 1",
    "anything < 2 && anything != 2.0",
    "m.a + n",
    "items.exists(i, i.sku == 'b' && i.n > 1)",
    "items.all(i, i.n > 0)",
    "items.exists_one(i, i.n == 1)",
    "items.filter(i, i.n > 1).map(i, i.sku)",
    "items.map(i, i.n > 1, i.n * 2)",
    "m.map(key, key)",
    "ns.exists(v, ns.all(w, w >= v))",
    "ns.transformList(i, v, i + v)",
    "m.transformMap(key, v, key)",
    "ts.transformMapEntry(i, t, {t: i})",
    "items.sortBy(i, -i.n).map(i, i.n)",
    "cel.bind(y, n + 1, y * y)",
    "m.?a.orValue(0) + m.?q.orValue(5)",
    "m.?b.?c.orValue([])",
    "m.?b.c.hasValue()",
    "m.?a.optMap(v, v).or(optional.none()).value()",
    "[n, k, 1]",
    "[?m.?a, ?m.?q, 2]",
    "{'a': n, 'b': [s]}",
    "{s: n, ?'q': m.?q}",
    "ns + [4]",
    "ns == [1, 2, 3] && m != {}",
    "string(n) + string(x) + string(b)",
    "int(x) + int('5') + int(u)",
    "type(n) == int && type(s) == string",
    "duration('90s') + duration('1m') > duration('2m')",
    "math.greatest(n, k, 3)",
    "dyn(n) == 7",
]


@pytest.mark.parametrize("text", USUAL)
def test_what_is_usual_is_decided_without_the_interpreter(text: str) -> None:
    expected = evaluate(parse(text), DATA)
    for types in (TYPES, {}):
        assert same(function_of(text, **types)(DATA), expected)


@pytest.mark.parametrize(
    ("text", "types", "data"),
    [
        # Python takes a bool for an int.
        ("v == 1", {"v": DYN}, {"v": True}),
        ("1 != v", {"v": DYN}, {"v": True}),
        ("v < 2", {"v": DYN}, {"v": True}),
        ("n <= v", {"n": INT, "v": DYN}, {"n": 1, "v": True}),
        ("v == n", {"n": INT, "v": DYN}, {"n": 1, "v": True}),
        ("v == x", {"x": DOUBLE, "v": DYN}, {"x": 1.0, "v": True}),
        ("b == v", {"b": BOOL, "v": DYN}, {"b": True, "v": 1}),
        ("v in [1, 2]", {"v": DYN}, {"v": True}),
        ("v in vs", {"v": DYN, "vs": LIST}, {"v": True, "vs": [1]}),
        ("n in vs", {"n": INT, "vs": LIST}, {"n": 1, "vs": [True]}),
        ("v + 1", {"v": DYN}, {"v": True}),
        ("v ? 1 : 2", {"v": DYN}, {"v": 1}),
        ("v || false", {"v": DYN}, {"v": 1}),
        ("vs.exists(v, v)", {"vs": LIST}, {"vs": [1]}),
        ("vs[v]", {"vs": LIST, "v": DYN}, {"vs": [1, 2], "v": True}),
        ("[1][v]", {"v": DYN}, {"v": True}),
        # Python counts from the end, and finds parts in texts.
        ("ns[n]", {"ns": list_of(INT), "n": INT}, {"ns": [1, 2], "n": -1}),
        ("v[0]", {"v": DYN}, {"v": "abc"}),
        ("'a' in v", {"v": DYN}, {"v": "abc"}),
        ("v.exists(c, c == 'a')", {"v": DYN}, {"v": "abc"}),
        ("'abc'.startsWith(v)", {"v": DYN}, {"v": ("a", "b")}),
        ("v.x", {"v": DYN}, {"v": "x"}),
        # Python compares an int and a double exactly, CEL as doubles.
        ("n == x", {"n": INT, "x": DOUBLE}, {"n": 2**53 + 1, "x": 2.0**53}),
        ("n > 9007199254740992.0", {"n": INT}, {"n": 2**53 + 1}),
        ("9007199254740993 == x", {"x": DOUBLE}, {"x": 2.0**53}),
        ("v == 9007199254740993", {"v": DYN}, {"v": 2.0**53}),
        ("v <= 9007199254740992.0", {"v": DYN}, {"v": 2**53 + 1}),
        # NaN is nothing's equal, not even in a list that holds it.
        (
            "x in xs",
            {"x": DOUBLE, "xs": list_of(DOUBLE)},
            {"x": (nan := float("nan")), "xs": [nan]},
        ),
        ("v in xs", {"v": DYN, "xs": LIST}, {"v": nan, "xs": [nan]}),
        # Python's ints have no end.
        ("n + 1", {"n": INT}, {"n": INT_MAX}),
        ("n + 1 - 1", {"n": INT}, {"n": INT_MAX}),
        ("n + 9223372036854775807 - 9223372036854775807", {"n": INT}, {"n": 5}),
        ("n * n - n * n", {"n": INT}, {"n": 2**40}),
        ("n - 1", {"n": INT}, {"n": INT_MIN}),
        ("-n", {"n": INT}, {"n": INT_MIN}),
        ("n / k", {"n": INT, "k": INT}, {"n": INT_MIN, "k": -1}),
        ("n / 0", {"n": INT}, {"n": 1}),
        ("n % k", {"n": INT, "k": INT}, {"n": -7, "k": 2}),
        ("n / k", {"n": INT, "k": INT}, {"n": -7, "k": 2}),
        ("x / 0.0", {"x": DOUBLE}, {"x": 1.0}),
        # A list is read from a tuple, a map from any mapping, and ordered.
        ("v + v", {"v": DYN}, {"v": (1, 2)}),
        ("v.map(e, e)", {"v": DYN}, {"v": (1, 2)}),
        ("m.map(key, key)", {"m": MAP}, {"m": {"b": 1, "a": 2}}),
        ("m.map(key, key)", {"m": DYN}, {"m": {2: 1, "a": 2, 1: 3}}),
        # Keys are looked at even where their values are left out.
        ("{?v: optional.none()}", {"v": DYN}, {"v": 1.5}),
        ("{'a': 1, ?'a': optional.none()}", {}, {}),
        ("{v: 1, 'a': 2}", {"v": DYN}, {"v": "a"}),
        ("{1: 1, 1u: 2}", {}, {}),
        # Errors are absorbed, or not needed.
        ("nope.a == 1 || b", {"b": BOOL}, {"b": True}),
        ("1 / n > 0 && b", {"n": INT, "b": BOOL}, {"n": 0, "b": False}),
        ("ns.exists(n, 6 / n == 3)", {"ns": list_of(INT)}, {"ns": [0, 2]}),
        ("cel.bind(y, 1 / 0, b)", {"b": BOOL}, {"b": True}),
        ("cel.bind(y, 1 / 0 > 0, y || true)", {}, {}),
        ("m.?a.orValue(1 / 0)", {"m": MAP}, {"m": {"a": 1}}),
        # Names that are those of types.
        ("type(1) == int", {}, {}),
        ("type(1) == int", {"int": STRING}, {"int": "a"}),
        ("int == 'a'", {"int": STRING}, {}),
        # Optionals in optionals, and on the way.
        ("v.?a.orValue(1)", {"v": DYN}, {"v": Maybe(True, {"a": 2})}),
        ("m.?a.?b.orValue(1)", {"m": MAP}, {"m": {"a": 5}}),
        ("optional.of(m).a.b", {"m": MAP}, {"m": {"a": {"b": 5}}}),
        ("null == v && v == null", {"v": DYN}, {"v": None}),
    ],
)
def test_where_python_differs_the_value_is_still_that_of_cel(
    text: str, types: dict[str, CelType], data: dict[str, Any]
) -> None:
    expression = parse(text)
    expected = outcome(partial(evaluate, expression), data)
    assert same(outcome(compile_expression(expression, Environment(types)), data), expected)
    assert same(outcome(compile_expression(expression), data), expected)


def outcome(program: Callable[[Mapping[str, Any]], Any], data: Mapping[str, Any]) -> Any:
    """The value, or what is told of the error."""
    try:
        return program(data)
    except EvaluationError as error:
        return [error.reason, error.position]


def test_types_are_not_believed_of_what_has_problems() -> None:
    # By its type the conditional is an int, if what is not declared has no value.
    expression = parse("(b ? undeclared : 1) == 1")
    program = compile_expression(expression, Environment({"b": BOOL}))
    assert program({"b": True, "undeclared": True}) is False


# Names and texts

NASTY = [
    *("class", "def", "lambda", "None", "True", "not", "_exact", "_f0", "_t1", "_k0", "names"),
    *("__class__", "__globals__", "__builtins__", "__import__", "mro", "π", "имя", "a b", "a.b"),
    *("'", '"', "\\", "\n", "\r", "\t", "\0", "]", "'] or [1] #", "{x}", "%s", "\u2028", "\ud800"),
    *("'''", '"""', "\\'", "é", "😀", "int", "len", ""),
]


@pytest.mark.parametrize("text", NASTY)
def test_any_name_and_text_is_only_ever_a_key_or_a_constant(text: str) -> None:
    quoted = "'" + "".join(f"\\U{ord(c):08x}" for c in text if not "\ud800" <= c <= "\udfff") + "'"
    content = text.replace("\ud800", "")
    for expression, names, expected in (
        (f"m[{quoted}] + {quoted}", {"m": {content: "v"}}, f"v{content}"),
        (f"{{{quoted}: 1}}[{quoted}]", {}, 1),
        (f"{quoted} in m && s in [{quoted}]", {"m": {content: 1}, "s": content}, True),
        (f"[{quoted}].exists(class_, class_ == {quoted})", {}, True),
    ):
        assert compile_expression(parse(expression))(names) == expected


def test_names_of_python_are_names_like_any_other() -> None:
    for name in ("None", "lambda", "_exact", "_f0", "_t1", "_k0", "__class__", "names", "host"):
        assert compile_expression(parse(f"{name} + 1"))({name: 1}) == 2
        assert compile_expression(parse(f"[1].map({name}, {name} + 1)"))({}) == [2]
        assert compile_expression(parse(f"m.{name}"))({"m": {name: 1}}) == 1


@pytest.mark.parametrize("text", ["a.__class__", "a.__class__.__mro__", "m.__dict__", "''.join.x"])
def test_attributes_of_python_are_out_of_reach(text: str) -> None:
    data = {"a": 1, "m": {}}
    with pytest.raises(EvaluationError):
        compile_expression(parse(text))(data)
    assert function_of(text)(data) is UNDECIDED


def test_a_lone_surrogate_is_a_text_like_any_other() -> None:
    assert compile_expression(parse("s + 'x' == t"))({"s": "\ud800", "t": "\ud800x"}) is True
    assert compile_expression(parse("m[s]"))({"m": {"\ud800": 1}, "s": "\ud800"}) == 1
    with pytest.raises(EvaluationError, match="half a character"):
        compile_expression(parse("s.matches('a')"))({"s": "\ud800"})


def test_generated_code_names_nothing_but_its_support_and_itself() -> None:
    own = re.compile(r"_(f\d+(_\d+)?|[tvk]\d+|[snr]|exact|functions|number)|names|host")
    source = source_from_requests([Request(parse(text), Environment(TYPES)) for text in USUAL])
    tree = ast.parse(source.text)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert {name for name in used if not own.fullmatch(name)} <= set(SUPPORT)
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert attributes <= {"append", "startswith", "endswith", "present", "value"}


# Bindings


@dataclass(slots=True)
class Session:
    """Something like what a statechart works on."""

    data: dict[str, dict[str, Any]]
    event: Any
    names: Mapping[str, Any]

    def now(self) -> int:
        return 1000


SESSION = Binding(
    parameters=("session",),
    names=reach("session", Attribute("names")),
    roots={
        ("score",): reach("session", Attribute("data"), "", "score"),
        ("event",): reach("session", Attribute("names"), "event"),
        ("event", "data"): reach("session", Attribute("event")),
        ("now",): reach("session", Attribute("now"), Call()),
    },
)


def bound(text: str, session: Session) -> Any:
    (found,) = generate([Request(parse(text), None, SESSION)]).functions
    (alone,) = functions_of([Request(parse(text), None, SESSION)])
    value = found(session)
    assert alone(session) in (UNDECIDED, value)
    return value


def test_a_binding_says_how_a_name_is_reached() -> None:
    names = {"score": 7, "event": {"data": {"x": 1}, "name": "e"}, "now": 1000, "other": 5}
    session = Session({"": {"score": 7}}, {"x": 1}, names)
    assert bound("score + event.data.x + now + other", session) == 1013
    assert bound("event.name", session) == "e"
    assert bound("has(event.data.x) && !has(event.data.y)", session) is True
    assert bound("[1, 2].exists(score, score == 2)", session) is True
    assert bound("[{'data': 3}].exists(event, event.data == 3)", session) is True
    source = source_from_requests(
        [Request(parse("score > 5"), Environment({"score": INT}), SESSION)]
    )
    assert "return (session.data['']['score'] > 5)" in source.text


def test_where_a_way_cannot_be_gone_the_names_decide() -> None:
    session = Session({}, None, {"score": 7})
    assert bound("score > 5", session) is True
    with pytest.raises(EvaluationError, match="`event` has no value"):
        bound("event.data.x > 5", session)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Binding(("a b",), reach("a b")),
        lambda: Binding(("_t1",), reach("_t1")),
        lambda: Binding(("class",), reach("class")),
        lambda: Binding(("len",), reach("len")),
        lambda: Binding(("a",), reach("b")),
        lambda: Attribute("__class__"),
        lambda: Attribute("x; import os"),
    ],
)
def test_a_binding_is_made_of_plain_identifiers(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"cannot be the name|starts at none"):
        make()


# Functions of the host


def test_functions_of_the_host_get_their_call_site() -> None:
    sites: list[int] = []

    def draw(site: int, count: int) -> int:
        sites.append(site)
        return count - 1

    (found,) = generate([Request(parse("1 + draw(5)"), origin=100)]).functions
    assert found({}, {"draw": draw}) == 5
    assert sites == [104]


def test_a_host_that_has_no_value_or_no_such_function_is_an_error() -> None:
    def fail(_: int) -> Any:
        raise EvaluationError("not today")

    program = compile_expression(parse("ask() || true"))
    assert program({}, {"ask": fail}) is True
    assert program({}) is True
    with pytest.raises(EvaluationError, match="undeclared function `ask`"):
        compile_expression(parse("ask()"))({})


def test_a_function_that_shadows_one_of_the_table_changes_nothing() -> None:
    size = function("size", (STRING,), STRING, lambda text: text)
    environment = Environment({"s": STRING}, (size,))
    assert compile_expression(parse("size(s) + 1"), environment)({"s": "abc"}) == 4


def test_methods_and_namespaces_of_a_host_are_told_apart() -> None:
    host = {"shop.price": lambda _, drink: len(drink), "half": lambda _, value: value // 2}
    half = member("half", (INT,), INT, lambda value: value // 2)
    for environment in (None, Environment({"a": INT}, (half,))):
        price = compile_expression(parse("shop.price('tea')"), environment)
        assert price({}, host) == 3
        halved = compile_expression(parse("a.half()"), environment)
        assert halved({"a": 8}, host) == 4
        assert halved({"a": 8}, {**host, "a.half": lambda _: 5}) == 5


# Programs


def test_a_program_is_shared_by_threads() -> None:
    program = compile_expression(
        parse("cel.bind(y, n * 2, ns.filter(v, v != n).map(v, v + y).size() + y)"),
        Environment({"n": INT, "ns": list_of(INT)}),
    )
    pattern = compile_expression(parse("s.matches('^' + string(n) + '$') && s.matches('[0-9]')"))

    def run(seed: int) -> Iterator[bool]:
        for n in range(seed * 1000, seed * 1000 + 300):
            yield program({"n": n, "ns": [n, 1, n]}) == 1 + 2 * n
            yield pattern({"n": n, "s": str(n)}) is True
            yield pattern({"n": n, "s": str(n + 1)}) is False

    with ThreadPoolExecutor(8) as pool:
        assert all(all(row) for row in pool.map(lambda seed: list(run(seed)), range(1, 9)))


def test_a_program_can_be_pickled() -> None:
    for environment in (None, Environment({"n": INT}, container="a.b")):
        program = compile_expression(parse("n + 1"), environment)
        copy = pickle.loads(pickle.dumps(program))  # noqa: S301 - it is our own
        assert copy({"n": 1}) == 2
        assert copy.environment == environment
        assert repr(copy) == "<Program 'n + 1'>"


def test_a_program_with_functions_that_cannot_be_pickled_says_so() -> None:
    half = function("half", (INT,), INT, lambda value: value // 2)
    program = compile_expression(parse("half(4)"), Environment({}, (half,)))
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(program)


def test_a_map_from_texts_to_ints_gives_ints() -> None:
    assert function_of("m.a + m['b']", m=map_of(STRING, INT))({"m": {"a": 1, "b": 2}}) == 3

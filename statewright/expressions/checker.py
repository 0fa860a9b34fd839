"""Types without values: what an expression will be, and what in it can never work.

Only what is certain is reported: a name that is not declared, a function that takes no values of
these types, a condition that is no bool, a pattern that RE2 refuses. Where a type is not known
(``dyn``) everything is possible, and nothing is said.

Source: cel-go's ``checker/checker.go``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.environment import Environment, Meaning, NameKind
from statewright.expressions.judgement import KEYS, Judgement, Resolution, is_unknown, nearest
from statewright.expressions.patterns import searcher
from statewright.expressions.problems import Problem, ProblemKind
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Macro,
    MapLiteral,
    Name,
    Node,
    Select,
    Unary,
    children,
    path_of,
)
from statewright.expressions.types import (
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    ERROR,
    INT,
    NULL,
    STRING,
    UINT,
    CelType,
    list_of,
    map_of,
    optional_of,
)
from statewright.expressions.values import Uint

Scope = Mapping[str, CelType]
"""The macro variables in scope."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check.

    What is known of a node is found under ``id(node)``; the expression keeps its nodes alive. Of
    what is wrong, and of a namespace such as ``math`` in ``math.abs(x)``, nothing is known.

    Attributes:
        type: what the value will be; ``dyn`` where that is not known.
        problems: what can never work, in the order of the text.
        expression: what was checked.
        types: the type of every node that has a value.
        calls: what every operation on values means: one resolution for a call, a negation or an
            ordering; of a chain of ``+ - * / %`` one for each of its operators. Equality, ``in``,
            logic, selections, indices and macros are defined on values of any type and have none.
        names: what every name means, and every selection that is the name of a variable or type
            as a whole.
    """

    type: CelType
    problems: tuple[Problem, ...]
    expression: Expression = field(repr=False)
    types: Mapping[int, CelType] = field(repr=False)
    calls: Mapping[int, tuple[Resolution, ...]] = field(repr=False)
    names: Mapping[int, Meaning] = field(repr=False)


def check(expression: Expression, environment: Environment) -> Checked:
    """The type of an expression, and what is certainly wrong with it."""
    judgement = Judgement(environment)
    found = _type_of(judgement, expression.root, {})
    found = judgement.unification.resolved(found, final=True)
    problems = sorted(judgement.problems, key=lambda problem: (problem.start, problem.end))
    return Checked(
        DYN if found == ERROR else found,
        tuple(problems),
        expression,
        {key: judgement.final(one) for key, one in judgement.types.items()},
        {
            key: tuple(replace(one, result=judgement.final(one.result)) for one in resolutions)
            for key, resolutions in judgement.calls.items()
        },
        judgement.names,
    )


def _type_of(judgement: Judgement, node: Node, scope: Scope) -> CelType:
    found = _RULES[type(node)](judgement, node, scope)
    found = judgement.types[id(node)] = judgement.unification.resolved(found)
    return found


def _literal(_: Judgement, node: Literal, __: Scope) -> CelType:
    return _LITERAL_TYPES[type(node.value)]


# Names and what is selected from them


def _name(judgement: Judgement, node: Name, scope: Scope) -> CelType:
    if not node.absolute and node.name in scope:
        judgement.names[id(node)] = Meaning(NameKind.MACRO_VARIABLE, node.name)
        return scope[node.name]
    found = judgement.environment.meaning_of_name(node.name, absolute=node.absolute)
    if found is not None:
        judgement.names[id(node)] = found[0]
        return found[1]
    hint = nearest(node.name, (*scope, *judgement.environment.variables))
    reason = f"`{node.name}` is not declared"
    return judgement.report(ProblemKind.UNDEFINED, reason, node, hint)


def _select(judgement: Judgement, node: Select, scope: Scope) -> CelType:
    whole = _qualified(judgement, node, scope)
    if whole is not None:
        return whole
    found = _type_of(judgement, node.operand, scope)
    if not node.optional:
        return judgement.field(found, node.field, node)
    return optional_of(judgement.field(_inside(judgement, found), node.field, node))


def _qualified(judgement: Judgement, node: Select, scope: Scope) -> CelType | None:
    """The type of a variable whose name has dots."""
    path = path_of(node)
    if path is None:
        return None
    root, fields = path
    if root.name in scope and not root.absolute:
        return None
    name = ".".join((root.name, *fields))
    found = judgement.environment.meaning_of_name(name, absolute=root.absolute)
    if found is None:
        return None
    judgement.names[id(node)] = found[0]
    return found[1]


def _inside(judgement: Judgement, found: CelType) -> CelType:
    """The type of what an optional holds; other types as they are."""
    if found.name == "optional_type":
        return judgement.unification.resolved(found.parameters[0])
    return found


def _has(judgement: Judgement, node: Has, scope: Scope) -> CelType:
    judgement.field(_type_of(judgement, node.operand, scope), node.field, node)
    return BOOL


def _index(judgement: Judgement, node: Index, scope: Scope) -> CelType:
    found = _type_of(judgement, node.operand, scope)
    at = _type_of(judgement, node.index, scope)
    name = node.index.value if isinstance(node.index, Literal) else None
    name = name if isinstance(name, str) else None
    result = judgement.element(_inside(judgement, found), at, node, name)
    return optional_of(result) if node.optional or found.name == "optional_type" else result


# Operators


def _unary(judgement: Judgement, node: Unary, scope: Scope) -> CelType:
    found = _type_of(judgement, node.operand, scope)
    if node.operator == "-":
        return judgement.applied("-_", "-", [found], node)
    judgement.expect_bool(found, node.operand, "what `!` negates")
    return BOOL


def _logic(judgement: Judgement, node: Logic, scope: Scope) -> CelType:
    for operand in node.operands:
        found = _type_of(judgement, operand, scope)
        judgement.expect_bool(found, operand, f"an operand of `{node.operator}`")
    return BOOL


def _comparison(judgement: Judgement, node: Comparison, scope: Scope) -> CelType:
    left = _type_of(judgement, node.left, scope)
    right = _type_of(judgement, node.right, scope)
    rule = _EQUALITIES.get(node.operator)
    if rule is None:
        return judgement.applied(f"_{node.operator}_", node.operator, [left, right], node)
    rule(judgement, left, right, node)
    return BOOL


def _equality(judgement: Judgement, left: CelType, right: CelType, node: Comparison) -> None:
    if not judgement.comparable(left, right):
        outcome = "never" if node.operator == "==" else "always"
        reason = f"`{left}` {node.operator} `{right}` is {outcome} true"
        judgement.mismatch(reason, node)


def _membership(judgement: Judgement, left: CelType, right: CelType, node: Comparison) -> None:
    if right.name not in ("list", "map", "object") and not is_unknown(right):
        judgement.mismatch(f"`in` looks into lists and maps, not into `{right}`", node)
    elif right.parameters and not judgement.comparable(right.parameters[0], left):
        judgement.mismatch(f"`{left}` is never in `{right}`", node)


def _arithmetic(judgement: Judgement, node: Arithmetic, scope: Scope) -> CelType:
    result, *others = [_type_of(judgement, operand, scope) for operand in node.operands]
    for symbol, operand in zip(node.operators, others, strict=True):
        result = judgement.applied(f"_{symbol}_", symbol, [result, operand], node)
    return result


def _conditional(judgement: Judgement, node: Conditional, scope: Scope) -> CelType:
    condition = _type_of(judgement, node.condition, scope)
    judgement.expect_bool(condition, node.condition, "a condition")
    branches = [_type_of(judgement, one, scope) for one in (node.then, node.otherwise)]
    return judgement.unification.joined(branches)


# Lists and maps


def _list_literal(judgement: Judgement, node: ListLiteral, scope: Scope) -> CelType:
    types = [_type_of(judgement, item, scope) for item in node.items]
    for place in node.optional:
        types[place] = judgement.opened(types[place], node.items[place], "`?`")
    return list_of(judgement.unification.joined(types))


def _map_literal(judgement: Judgement, node: MapLiteral, scope: Scope) -> CelType:
    keys = [_type_of(judgement, key, scope) for key, _ in node.entries]
    values = [_type_of(judgement, value, scope) for _, value in node.entries]
    for place in node.optional:
        values[place] = judgement.opened(values[place], node.entries[place][1], "`?`")
    for key, (key_node, _) in zip(keys, node.entries, strict=True):
        if key.name not in KEYS and not is_unknown(key):
            judgement.mismatch(f"`{key}` cannot be the type of a key", key_node)
    key_type = judgement.unification.joined(keys)
    return map_of(
        key_type if key_type.name in KEYS or key_type.parameter else DYN,
        judgement.unification.joined(values),
    )


# Calls and macros


def _call(judgement: Judgement, node: Call, scope: Scope) -> CelType:
    signatures = judgement.environment.signatures
    namespaced = _namespaced(node, scope)
    if namespaced is not None and (namespaced, False) in signatures:
        types = [_type_of(judgement, one, scope) for one in node.arguments]
        return judgement.applied(namespaced, namespaced, types, node)
    types = [_type_of(judgement, one, scope) for one in children(node)]
    member = node.target is not None
    if (node.function, member) not in signatures:
        hint = nearest(node.function, [name for name, called in signatures if called is member])
        reason = f"there is no function `{node.function}`"
        return judgement.report(ProblemKind.FUNCTION, reason, node, hint, node.position)
    if node.function == "matches":
        _check_pattern(judgement, children(node)[-1])
    return judgement.applied(node.function, node.function, types, node, member=member)


def _namespaced(node: Call, scope: Scope) -> str | None:
    """``math.abs`` for a call on a target that can be a namespace."""
    path = path_of(node.target) if node.target is not None else None
    if path is None or path[0].name in scope:
        return None
    return ".".join((path[0].name, *path[1], node.function))


def _check_pattern(judgement: Judgement, node: Node) -> None:
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        return
    try:
        searcher(node.value)
    except EvaluationError as error:
        judgement.report(ProblemKind.PATTERN, error.reason, node)


def _macro(judgement: Judgement, node: Macro, scope: Scope) -> CelType:
    subject = _type_of(judgement, node.subject, scope)
    if node.macro == "cel.bind":
        variables = [subject]
    elif node.macro in ("optMap", "optFlatMap"):
        variables = [judgement.opened(subject, node.subject, f"`{node.macro}`")]
    else:
        variables = judgement.elements(subject, node.subject, len(node.variables))
    inner = {**scope, **dict(zip(node.variables, variables, strict=True))}
    types = [_type_of(judgement, argument, inner) for argument in node.arguments]
    conditions = len(types) if node.macro in _PREDICATES else len(types) - 1
    for condition, found in zip(node.arguments[:conditions], types, strict=False):
        judgement.expect_bool(found, condition, "a condition")
    return _RESULTS[node.macro](variables[0], types[-1])


_LITERAL_TYPES: Final[Mapping[type, CelType]] = {
    type(None): NULL,
    bool: BOOL,
    int: INT,
    Uint: UINT,
    float: DOUBLE,
    str: STRING,
    bytes: BYTES,
}

_PREDICATES: Final = frozenset(("all", "exists", "exists_one", "existsOne", "filter"))
"""Macros of which every argument is a condition."""

_EQUALITIES: Final[Mapping[str, Callable[[Judgement, CelType, CelType, Comparison], None]]] = {
    "==": _equality,
    "!=": _equality,
    "in": _membership,
}

_RESULTS: Final[Mapping[str, Callable[[CelType, CelType], CelType]]] = {
    **dict.fromkeys(("all", "exists", "exists_one", "existsOne"), lambda _, __: BOOL),
    **dict.fromkeys(("filter", "sortBy"), lambda variable, _: list_of(variable)),
    **dict.fromkeys(("map", "transformList"), lambda _, body: list_of(body)),
    "transformMap": map_of,
    "transformMapEntry": lambda _, body: body,
    "cel.bind": lambda _, body: body,
    "optMap": lambda _, body: optional_of(body),
    "optFlatMap": lambda _, body: body,
}
"""What a macro gives, from the type of its first variable and that of its last argument."""

_RULES: Final[Mapping[type, Callable[[Judgement, Any, Scope], CelType]]] = {
    Literal: _literal,
    Name: _name,
    Select: _select,
    Has: _has,
    Index: _index,
    Call: _call,
    Unary: _unary,
    Logic: _logic,
    Comparison: _comparison,
    Arithmetic: _arithmetic,
    Conditional: _conditional,
    ListLiteral: _list_literal,
    MapLiteral: _map_literal,
    Macro: _macro,
}

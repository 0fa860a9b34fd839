"""CEL expressions as TypeScript: calls of the functions of ``cel.ts``, one for each operator.

What TypeScript could not be trusted with raises ``NotExportableError``, with the reason: uints,
bytes and times; the few facts of a session that XState does not know; functions that ``cel.ts``
lacks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.compiler.targets.xstate.patterns import NoTranslationError, javascript_from
from statewright.errors import EvaluationError
from statewright.expressions.patterns import searcher
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
    path_of,
)
from statewright.expressions.values import TYPE_VALUES, Uint
from statewright.statechart.nodes import ROOTS, Scope

SAFE: Final = 2**53 - 1
"""The greatest int that a number of JavaScript holds."""


_CHAIN_LIMIT: Final = 100
"""The operands that calls are nested for."""


class NotExportableError(Exception):
    """An expression has no TypeScript; says what in it has none."""


@dataclass(slots=True)
class Reader:
    """What one expression of a chart is translated with, and what it turned out to need.

    Attributes:
        scope: the variables that it sees.
        state: the state that it belongs to; ``""`` is the chart.
        site: what tells this expression apart from the others of the state, for ``draw``.
        states: the ids of all states.
        draws: whether it draws lots.
    """

    scope: Scope
    state: str
    site: str
    states: frozenset[str]
    draws: bool = False


Locals = Mapping[str, str]
"""Macro variable → TypeScript that reads it."""


def typescript_from(expression: Expression, reader: Reader) -> str:
    """The TypeScript of an expression, in which ``x`` is a ``Names``.

    Raises:
        NotExportableError: it has none.
    """
    return _written(expression.root, reader, {})


def quoted(text: str) -> str:
    r"""A text as a literal of TypeScript and of JSON.

    >>> print(quoted('a"b'))
    "a\"b"
    """
    return json.dumps(text, ensure_ascii=False)


def literal(value: Any) -> str:
    """A value as TypeScript.

    Raises:
        NotExportableError: ``cel.ts`` has no such value.
    """
    write = _LITERALS.get(type(value))
    if write is None:
        raise NotExportableError(
            f"{_NOUNS.get(type(value), type(value).__name__)} has no value in it"
        )
    return write(value)


def _int(value: int) -> str:
    if not -SAFE <= value <= SAFE:
        raise NotExportableError(f"`{value}` has more than 53 bits")
    return str(value)


def _float(value: float) -> str:
    return f"cel.double({value!r})" if value.is_integer() else repr(value)


def _list(value: list[Any]) -> str:
    return f"[{', '.join(map(literal, value))}]"


def _map(value: dict[Any, Any]) -> str:
    if not all(isinstance(key, str) for key in value):
        raise NotExportableError("a map has keys that are no texts")
    return braces((key, literal(part)) for key, part in value.items())


def braces(entries: Any) -> str:
    """An object of TypeScript from names and texts."""
    inner = ", ".join(f"{key_of(key)}: {part}" for key, part in entries)
    return f"{{ {inner} }}" if inner else "{}"


def key_of(name: str) -> str:
    """A key of an object: in brackets where it would mean something else without them.

    >>> key_of("say"), key_of("ask entry"), key_of("__proto__")
    ('say', '"ask entry"', '["__proto__"]')
    """
    if name == "__proto__":
        return f"[{quoted(name)}]"
    return name if name.isascii() and name.isidentifier() else quoted(name)


_LITERALS: Final[Mapping[type, Callable[[Any], str]]] = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: _int,
    float: _float,
    str: quoted,
    list: _list,
    tuple: lambda value: _list(list(value)),
    dict: _map,
}
_NOUNS: Final = {Uint: "a uint", bytes: "bytes"}


def _written(node: Node, reader: Reader, scope: Locals) -> str:
    return _WRITERS[type(node)](node, reader, scope)


def _lazy(node: Node, reader: Reader, scope: Locals) -> str:
    written = _written(node, reader, scope)
    return f"() => ({written})" if written.startswith("{") else f"() => {written}"


def _literal(node: Literal, _: Reader, __: Locals) -> str:
    return literal(node.value)


# Names


def _name(node: Name, reader: Reader, scope: Locals) -> str:
    name = node.name
    if not node.absolute and name in scope:
        return scope[name]
    if name in ROOTS:
        return _root(name)
    variable = reader.scope.variable(name)
    if variable is not None:
        return _variable("variable", name, reader)
    if name in TYPE_VALUES:
        return f"new cel.TypeName({quoted(name)})"
    return f"cel.fail({quoted(f'undeclared reference to `{name}`')})"


def _root(name: str) -> str:
    if name in {"now", "session", "vars"}:
        raise NotExportableError(f"XState does not know `{name}`")
    return f"x.{name}()"


def _variable(read: str, name: str, reader: Reader) -> str:
    variable = reader.scope.variable(name)
    if variable is None:
        return _MISSING[read](name)
    if variable.type in {"uint", "bytes", "timestamp", "duration"}:
        raise NotExportableError(f"`{name}` is a {variable.type}")
    owner = f", {quoted(variable.scope)}" if variable.scope else ""
    return f"x.{read}({quoted(name)}{owner})"


_MISSING: Final[Mapping[str, Callable[[str], str]]] = {
    "variable": lambda name: f"cel.fail({quoted(f'no such key: {name}')})",
    "optional": lambda _: "cel.none",
    "has": lambda _: "false",
}


def _variable_read(node: Select | Has | Index, reader: Reader, scope: Locals) -> str | None:
    """What of the form ``vars.name``, ``vars['name']`` or ``has(vars.name)`` reads a variable."""
    root = node.operand
    if not isinstance(root, Name) or root.name != "vars" or (not root.absolute and "vars" in scope):
        return None
    name: object = node.field if not isinstance(node, Index) else None
    if isinstance(node, Index) and isinstance(node.index, Literal):
        name = node.index.value
    if not isinstance(name, str):
        raise NotExportableError("`vars` is read by a name that is computed")
    read = "has" if isinstance(node, Has) else "optional" if node.optional else "variable"
    return _variable(read, name, reader)


def _select(node: Select, reader: Reader, scope: Locals) -> str:
    found = _variable_read(node, reader, scope) or _session(node, scope)
    if found is not None:
        return found
    path = path_of(node)
    if path is not None and ".".join((path[0].name, *path[1])) in TYPE_VALUES:
        raise NotExportableError("times have no type in it")
    function = "selectOptional" if node.optional else "select"
    return f"cel.{function}({_written(node.operand, reader, scope)}, {quoted(node.field)})"


def _session(node: Select, scope: Locals) -> str | None:
    root = node.operand
    if not isinstance(root, Name) or root.name != "session" or "session" in scope:
        return None
    if node.field not in {"id", "flow", "floor"}:
        raise NotExportableError(f"XState does not know `session.{node.field}`")
    return f"cel.select(x.session(), {quoted(node.field)})"


def _has(node: Has, reader: Reader, scope: Locals) -> str:
    found = _variable_read(node, reader, scope)
    if found is not None:
        return found
    return f"cel.has({_written(node.operand, reader, scope)}, {quoted(node.field)})"


def _index(node: Index, reader: Reader, scope: Locals) -> str:
    found = _variable_read(node, reader, scope)
    if found is not None:
        return found
    function = "indexOptional" if node.optional else "index"
    operand, at = (_written(part, reader, scope) for part in (node.operand, node.index))
    return f"cel.{function}({operand}, {at})"


# Operators


def _unary(node: Unary, reader: Reader, scope: Locals) -> str:
    function = "not" if node.operator == "!" else "neg"
    return f"cel.{function}({_written(node.operand, reader, scope)})"


def _logic(node: Logic, reader: Reader, scope: Locals) -> str:
    function = "and" if node.operator == "&&" else "or"
    operands = ", ".join(_lazy(operand, reader, scope) for operand in node.operands)
    return f"cel.{function}({operands})"


def _comparison(node: Comparison, reader: Reader, scope: Locals) -> str:
    left, right = (_written(part, reader, scope) for part in (node.left, node.right))
    return f"cel.{_OPERATORS[node.operator]}({left}, {right})"


def _arithmetic(node: Arithmetic, reader: Reader, scope: Locals) -> str:
    if len(node.operands) > _CHAIN_LIMIT:
        raise NotExportableError(f"{len(node.operands)} operands stand in a row")
    first, *others = [_written(operand, reader, scope) for operand in node.operands]
    for operator, operand in zip(node.operators, others, strict=True):
        first = f"cel.{_OPERATORS[operator]}({first}, {operand})"
    return first


def _conditional(node: Conditional, reader: Reader, scope: Locals) -> str:
    condition = _written(node.condition, reader, scope)
    branches = (_lazy(branch, reader, scope) for branch in (node.then, node.otherwise))
    return f"cel.cond({condition}, {', '.join(branches)})"


_OPERATORS: Final[Mapping[str, str]] = {
    "==": "eq",
    "!=": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "in": "isIn",
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "%": "rem",
}


# Lists and maps


def _list_literal(node: ListLiteral, reader: Reader, scope: Locals) -> str:
    if node.optional:
        raise NotExportableError("a list has items that may be left out")
    return f"[{', '.join(_written(item, reader, scope) for item in node.items)}]"


def _map_literal(node: MapLiteral, reader: Reader, scope: Locals) -> str:
    entries: list[str] = []
    for key, value in node.entries:
        if node.optional or not isinstance(key, Literal) or not isinstance(key.value, str):
            raise NotExportableError("a map has entries that are computed or may be left out")
        entries.append(f"[{quoted(key.value)}, {_written(value, reader, scope)}]")
    return f"cel.mapOf({', '.join(entries)})"


# Calls and macros


def _call(node: Call, reader: Reader, scope: Locals) -> str:
    name, member = node.function, node.target is not None
    path = path_of(node.target) if node.target is not None else None
    if path is not None and path[0].name not in scope:
        namespaced = ".".join((path[0].name, *path[1], name))
        if (namespaced, False) in _NAMESPACED:
            name, member = namespaced, False
    parts = (
        list(node.arguments)
        if not member or node.target is None
        else [node.target, *node.arguments]
    )
    special = _SPECIAL.get((name, member))
    if special is not None:
        return special(node, parts, reader, scope)
    lazy = _LAZY.get((name, member, len(parts)))
    if lazy is not None:
        return f"cel.{lazy}({_written(parts[0], reader, scope)}, {_lazy(parts[1], reader, scope)})"
    function = FUNCTIONS.get((name, member, len(parts)))
    if function is None:
        raise NotExportableError(f"there is no `{name}` in it")
    return f"cel.{function}({', '.join(_written(part, reader, scope) for part in parts)})"


def _matches(_: Call, parts: list[Node], reader: Reader, scope: Locals) -> str:
    text, pattern = parts
    if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
        raise NotExportableError("a pattern is computed")
    try:
        searcher(pattern.value)
        expression = javascript_from(pattern.value)
    except (EvaluationError, NoTranslationError) as error:
        reason = f"the pattern `{pattern.value}` may mean something else in JavaScript: {error}"
        raise NotExportableError(reason) from None
    return f"cel.matches({_written(text, reader, scope)}, {expression})"


def _in(_: Call, parts: list[Node], reader: Reader, __: Locals) -> str:
    (name,) = parts
    if not isinstance(name, Literal) or not isinstance(name.value, str):
        raise NotExportableError("`In` is given a name that is computed")
    if name.value not in reader.states:
        return "false"
    return f"x.isActive({quoted(name.value)})"


def _draw(node: Call, parts: list[Node], reader: Reader, scope: Locals) -> str:
    (count,) = parts
    reader.draws = True
    site = f"{reader.site}:{node.position}"
    return f"x.draw({quoted(reader.state)}, {quoted(site)}, {_written(count, reader, scope)})"


_Special = Callable[[Call, list[Node], Reader, Locals], str]
_SPECIAL: Final[Mapping[tuple[str, bool], _Special]] = {
    ("matches", True): _matches,
    ("matches", False): _matches,
    ("In", False): _in,
    ("draw", False): _draw,
}
_LAZY: Final[Mapping[tuple[str, bool, int], str]] = {
    ("orValue", True, 2): "orValue",
    ("or", True, 2): "orElse",
}
FUNCTIONS: Final[Mapping[tuple[str, bool, int], str]] = {
    ("size", False, 1): "size",
    ("size", True, 1): "size",
    ("contains", True, 2): "contains",
    ("startsWith", True, 2): "startsWith",
    ("endsWith", True, 2): "endsWith",
    ("fail", False, 1): "fails",
    ("int", False, 1): "toInt",
    ("double", False, 1): "toDouble",
    ("bool", False, 1): "toBool",
    ("string", False, 1): "toText",
    ("type", False, 1): "typeOf",
    ("dyn", False, 1): "dyn",
    ("optional.of", False, 1): "some",
    ("optional.none", False, 0): "nothing",
    ("hasValue", True, 1): "hasValue",
    ("value", True, 1): "valueOf",
    ("lowerAscii", True, 1): "lowerAscii",
    ("upperAscii", True, 1): "upperAscii",
    ("trim", True, 1): "trim",
    ("join", True, 1): "join",
    ("join", True, 2): "join",
    ("split", True, 2): "split",
    ("replace", True, 3): "replace",
    ("substring", True, 2): "substring",
    ("substring", True, 3): "substring",
    ("charAt", True, 2): "charAt",
    ("indexOf", True, 2): "indexOf",
    ("reverse", True, 1): "reverse",
    ("distinct", True, 1): "distinct",
    ("math.abs", False, 1): "abs",
    ("math.ceil", False, 1): "ceil",
    ("math.floor", False, 1): "floor",
    ("math.trunc", False, 1): "trunc",
    ("math.round", False, 1): "round",
    **{("math.greatest", False, count): "greatest" for count in range(1, 9)},
    **{("math.least", False, count): "least" for count in range(1, 9)},
    ("answer.text", False, 1): "answerText",
    ("answer.number", False, 1): "answerNumber",
    ("answer.integer", False, 1): "answerInteger",
    ("answer.boolean", False, 1): "answerBoolean",
    ("answer.email", False, 1): "answerEmail",
    ("answer.phone", False, 1): "answerPhone",
    ("answer.date", False, 1): "answerDate",
    ("answer.choice", False, 2): "answerChoice",
    ("answer.choices", False, 2): "answerChoices",
}
"""Name, whether it is called on a target, number of operands → the function of ``cel.ts``."""

_NAMESPACED: Final = frozenset(
    (name, False) for name, member, _ in FUNCTIONS if "." in name and not member
)


def _macro(node: Macro, reader: Reader, scope: Locals) -> str:
    function = _MACROS.get((node.macro, len(node.variables), len(node.arguments)))
    if function is None:
        raise NotExportableError(f"there is no `{node.macro}` of this form in it")
    name = _local(node.variables[0])
    if node.macro == "cel.bind":
        inner = {**scope, node.variables[0]: f"{name}()"}
        subject = _lazy(node.subject, reader, scope)
    else:
        inner = {**scope, node.variables[0]: name}
        subject = _written(node.subject, reader, scope)
    bodies = [f"({name}) => {_body(part, reader, inner)}" for part in node.arguments]
    return f"cel.{function}({', '.join((subject, *bodies))})"


def _body(node: Node, reader: Reader, scope: Locals) -> str:
    written = _written(node, reader, scope)
    return f"({written})" if written.startswith("{") else written


def _local(name: str) -> str:
    """The name of a macro variable in TypeScript; an underscore keeps it apart from all others."""
    return f"{name}_"


_MACROS: Final[Mapping[tuple[str, int, int], str]] = {
    ("all", 1, 1): "all",
    ("exists", 1, 1): "exists",
    ("exists_one", 1, 1): "existsOne",
    ("existsOne", 1, 1): "existsOne",
    ("filter", 1, 1): "filter",
    ("map", 1, 1): "map",
    ("map", 1, 2): "mapWhere",
    ("cel.bind", 1, 1): "bind",
    ("optMap", 1, 1): "optMap",
    ("optFlatMap", 1, 1): "optFlatMap",
}
"""Macro, number of variables, number of arguments → the function of ``cel.ts``."""

_WRITERS: Final[Mapping[type, Callable[[Any, Reader, Locals], str]]] = {
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

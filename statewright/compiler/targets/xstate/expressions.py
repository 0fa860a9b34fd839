"""CEL expressions as TypeScript: calls of the functions of ``cel.ts``, one for each operator.

What TypeScript could not be trusted with raises ``NotExportableError``, with the reason: uints,
bytes and times; the few facts of a session that XState does not know; functions that ``cel.ts``
lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.compiler.targets.constants import constant_value
from statewright.compiler.targets.xstate.functions import FUNCTIONS, LAZY, MACROS, OPERATORS
from statewright.compiler.targets.xstate.literals import NotExportableError, literal, quoted
from statewright.compiler.targets.xstate.patterns import NoTranslationError, javascript_from
from statewright.errors import EvaluationError
from statewright.expressions.operations.patterns import searcher
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
from statewright.expressions.values import TYPE_VALUES
from statewright.statechart.structure.nodes import ROOTS, Scope

_CHAIN_LIMIT: Final = 100
"""The operands that calls are nested for."""


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
    return f"cel.fail({quoted(f'`{name}` has no value')})"


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
    return f"cel.{OPERATORS[node.operator]}({left}, {right})"


def _arithmetic(node: Arithmetic, reader: Reader, scope: Locals) -> str:
    if len(node.operands) > _CHAIN_LIMIT:
        raise NotExportableError(f"{len(node.operands)} operands stand in a row")
    first, *others = [_written(operand, reader, scope) for operand in node.operands]
    for operator, operand in zip(node.operators, others, strict=True):
        first = f"cel.{OPERATORS[operator]}({first}, {operand})"
    return first


def _conditional(node: Conditional, reader: Reader, scope: Locals) -> str:
    condition = _written(node.condition, reader, scope)
    branches = (_lazy(branch, reader, scope) for branch in (node.then, node.otherwise))
    return f"cel.cond({condition}, {', '.join(branches)})"


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
    lazy = LAZY.get((name, member, len(parts)))
    if lazy is not None:
        return f"cel.{lazy}({_written(parts[0], reader, scope)}, {_lazy(parts[1], reader, scope)})"
    function = FUNCTIONS.get((name, member, len(parts)))
    if function is None:
        return _folded(node, name)
    return f"cel.{function}({', '.join(_written(part, reader, scope) for part in parts)})"


def _folded(node: Call, name: str) -> str:
    """The value of a call of something that ``cel.ts`` lacks, if it is always the same."""
    try:
        return literal(constant_value(Expression("", node)))
    except EvaluationError:
        raise NotExportableError(f"there is no `{name}` in it") from None


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


def _becomes(_: Call, parts: list[Node], reader: Reader, scope: Locals) -> str:
    value, declared = parts
    if not isinstance(declared, Literal) or declared.value not in _TYPES:
        raise NotExportableError("it does not know what becomes one of this type")
    return f"cel.answerBecomes({_written(value, reader, scope)}, {literal(declared.value)})"


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
_TYPES: Final = frozenset({"bool", "int", "double", "string", "list", "map", "dyn"})
"""The types of variables that ``cel.ts`` has."""

_SPECIAL: Final[Mapping[tuple[str, bool], _Special]] = {
    ("answer.becomes", False): _becomes,
    ("matches", True): _matches,
    ("matches", False): _matches,
    ("In", False): _in,
    ("draw", False): _draw,
}
_NAMESPACED: Final = frozenset(
    (name, False) for name, member, _ in FUNCTIONS if "." in name and not member
)


def _macro(node: Macro, reader: Reader, scope: Locals) -> str:
    function = MACROS.get((node.macro, len(node.variables), len(node.arguments)))
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

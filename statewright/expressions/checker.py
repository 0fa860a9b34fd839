"""Types without values: what an expression will be, and what in it can never work.

Only what is certain is reported: a name that is not declared, a function that takes no values of
these types, a condition that is no bool, a pattern that RE2 refuses. Where a type is not known
(``dyn``) everything is possible, and nothing is said.

Source: cel-go's ``checker/checker.go``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final

from statewright.errors import EvaluationError
from statewright.expressions.environment import Environment
from statewright.expressions.overloads import Overload
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
from statewright.expressions.unification import Unification
from statewright.expressions.values import Uint


class ProblemKind(StrEnum):
    """What sort of thing is wrong with an expression."""

    UNDEFINED = "undefined"
    TYPE = "type"
    FUNCTION = "function"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in an expression that can never work.

    Attributes:
        kind: what sort of thing.
        reason: what is wrong, lower case, without a full stop.
        start: offset in the text of the expression of the part that is wrong.
        end: offset behind it.
        hint: what to do about it, or an empty string.
    """

    kind: ProblemKind
    reason: str
    start: int
    end: int
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check.

    Attributes:
        type: what the value will be; ``dyn`` where that is not known.
        problems: what can never work, in the order of the text.
    """

    type: CelType
    problems: tuple[Problem, ...]


def check(expression: Expression, environment: Environment) -> Checked:
    """The type of an expression, and what is certainly wrong with it."""
    checker = _Checker(environment)
    found = checker.type_of(expression.root, {})
    found = checker.unification.resolved(found, final=True)
    problems = sorted(checker.problems, key=lambda problem: (problem.start, problem.end))
    return Checked(found if found != ERROR else DYN, tuple(problems))


Scope = Mapping[str, CelType]
"""The macro variables in scope."""

_NUMERIC: Final = frozenset(("int", "uint", "double"))
_UNKNOWN: Final = frozenset(("dyn", "error"))


@dataclass(slots=True)
class _Checker:
    """One run over one tree."""

    environment: Environment
    unification: Unification = field(default_factory=Unification)
    problems: list[Problem] = field(default_factory=list)

    def type_of(self, node: Node, scope: Scope) -> CelType:
        found = _RULES[type(node)](self, node, scope)
        return self.unification.resolved(found)

    def types_of(self, nodes: Iterable[Node], scope: Scope) -> list[CelType]:
        return [self.type_of(node, scope) for node in nodes]

    def problem(
        self, kind: ProblemKind, reason: str, node: Node, hint: str = "", start: int | None = None
    ) -> CelType:
        """Report something; its type is then unknown."""
        self.problems.append(
            Problem(kind, reason, node.start if start is None else start, node.end, hint)
        )
        return ERROR

    def is_unknown(self, found: CelType) -> bool:
        return found.name in _UNKNOWN or found.parameter

    def expect_bool(self, node: Node, scope: Scope, what: str) -> None:
        found = self.type_of(node, scope)
        if not self.unification.fits((BOOL,), (found,)):
            self.problem(ProblemKind.TYPE, f"{what} is a bool, not a {found}", node)

    def literal(self, node: Literal, _: Scope) -> CelType:
        return _LITERAL_TYPES[type(node.value)]

    # Names and what is selected from them

    def name(self, node: Name, scope: Scope) -> CelType:
        if not node.absolute and node.name in scope:
            return scope[node.name]
        found = self.environment.type_of_name(node.name, absolute=node.absolute)
        if found is not None:
            return found
        hint = _nearest(node.name, (*scope, *self.environment.variables))
        return self.problem(ProblemKind.UNDEFINED, f"`{node.name}` is not declared", node, hint)

    def select(self, node: Select, scope: Scope) -> CelType:
        if not node.optional and (whole := self.qualified(node, scope)) is not None:
            return whole
        found = self.type_of(node.operand, scope)
        if not node.optional:
            return self.field(found, node)
        inner = found.parameters[0] if found.name == "optional_type" else found
        return optional_of(self.field(inner, node))

    def qualified(self, node: Select, scope: Scope) -> CelType | None:
        """The type of a variable whose name has dots."""
        path = path_of(node)
        if path is None or (path[0].name in scope and not path[0].absolute):
            return None
        name = ".".join((path[0].name, *path[1]))
        return self.environment.type_of_name(name, absolute=path[0].absolute)

    def field(self, found: CelType, node: Select | Has) -> CelType:
        """The type of a field of a value of the found type."""
        if self.is_unknown(found):
            return DYN
        if found.fields:
            fields = dict(found.fields)
            if node.field in fields:
                return fields[node.field]
            reason = f"`{node.field}` is no field of it"
            return self.problem(ProblemKind.UNDEFINED, reason, node, _nearest(node.field, fields))
        if found.name == "optional_type":
            return optional_of(self.field(self.unification.resolved(found.parameters[0]), node))
        if found.name == "map":
            if self.unification.fits((found.parameters[0],), (STRING,)):
                return found.parameters[1]
            reason = f"a {found} has no keys that are texts"
            return self.problem(ProblemKind.TYPE, reason, node, "write `value[key]`")
        return self.problem(
            ProblemKind.TYPE, f"`.{node.field}` of a {found}, which has no fields", node
        )

    def has(self, node: Has, scope: Scope) -> CelType:
        self.field(self.type_of(node.operand, scope), node)
        return BOOL

    def index(self, node: Index, scope: Scope) -> CelType:
        found, at = self.type_of(node.operand, scope), self.type_of(node.index, scope)
        wrapped = found.name == "optional_type"
        inner = self.unification.resolved(found.parameters[0]) if wrapped else found
        result = self.element(inner, at, node)
        return optional_of(result) if wrapped or node.optional else result

    def element(self, found: CelType, at: CelType, node: Index) -> CelType:
        """The type of what a value of the found type has at an index."""
        if self.is_unknown(found):
            return DYN
        if found.name == "list":
            if at.name in _NUMERIC or self.is_unknown(at):
                return found.parameters[0]
            return self.problem(
                ProblemKind.TYPE, f"a place in a list is an int, not a {at}", node.index
            )
        if found.fields:
            return self.declared(found, at, node)
        if found.name == "map":
            if self.comparable(found.parameters[0], at):
                return found.parameters[1]
            reason = f"a key of this map is a {found.parameters[0]}, not a {at}"
            return self.problem(ProblemKind.TYPE, reason, node.index)
        return self.problem(ProblemKind.TYPE, f"`[ ]` of a {found}, which has no elements", node)

    def declared(self, found: CelType, at: CelType, node: Index) -> CelType:
        """The type of ``object['field']``."""
        if not self.unification.fits((STRING,), (at,)):
            return self.problem(
                ProblemKind.TYPE, f"the name of a field is a string, not a {at}", node
            )
        if not isinstance(node.index, Literal):
            return DYN
        fields = dict(found.fields)
        name = str(node.index.value)
        if name in fields:
            return fields[name]
        hint = _nearest(name, fields)
        return self.problem(ProblemKind.UNDEFINED, f"`{name}` is no field of it", node, hint)

    # Operators

    def unary(self, node: Unary, scope: Scope) -> CelType:
        if node.operator == "!":
            self.expect_bool(node.operand, scope, "what `!` negates")
            return BOOL
        return self.applied("-_", "-", [self.type_of(node.operand, scope)], node)

    def logic(self, node: Logic, scope: Scope) -> CelType:
        for operand in node.operands:
            self.expect_bool(operand, scope, f"an operand of `{node.operator}`")
        return BOOL

    def comparison(self, node: Comparison, scope: Scope) -> CelType:
        left, right = self.type_of(node.left, scope), self.type_of(node.right, scope)
        if node.operator in ("==", "!="):
            if not self.comparable(left, right):
                verdict = "never" if node.operator == "==" else "always"
                reason = f"a {left} {verdict} {'equals' if verdict == 'never' else 'differs from'} a {right}"
                self.problem(ProblemKind.TYPE, reason, node)
            return BOOL
        if node.operator == "in":
            return self.membership(left, right, node)
        return self.applied(f"_{node.operator}_", node.operator, [left, right], node)

    def membership(self, left: CelType, right: CelType, node: Comparison) -> CelType:
        if right.name not in ("list", "map") and not self.is_unknown(right) and not right.fields:
            self.problem(
                ProblemKind.TYPE, f"`in` looks into lists and maps, not into a {right}", node
            )
        elif right.parameters and not self.comparable(right.parameters[0], left):
            reason = f"a {left} is never among values of type {right.parameters[0]}"
            self.problem(ProblemKind.TYPE, reason, node)
        return BOOL

    def comparable(self, one: CelType, other: CelType) -> bool:
        """Whether values of these types can be equal."""
        one, other = self.unification.resolved(one), self.unification.resolved(other)
        if NULL in (one, other) or (one.name in _NUMERIC and other.name in _NUMERIC):
            return True
        return self.unification.fits((one,), (other,))

    def arithmetic(self, node: Arithmetic, scope: Scope) -> CelType:
        result, *others = self.types_of(node.operands, scope)
        for symbol, operand in zip(node.operators, others, strict=True):
            result = self.applied(f"_{symbol}_", symbol, [result, operand], node)
        return result

    def conditional(self, node: Conditional, scope: Scope) -> CelType:
        self.expect_bool(node.condition, scope, "a condition")
        branches = self.types_of((node.then, node.otherwise), scope)
        return self.unification.joined(branches)

    # Lists and maps

    def list_literal(self, node: ListLiteral, scope: Scope) -> CelType:
        types = [
            self.opened(item, scope) if place in node.optional else self.type_of(item, scope)
            for place, item in enumerate(node.items)
        ]
        return list_of(self.unification.joined(types))

    def map_literal(self, node: MapLiteral, scope: Scope) -> CelType:
        keys = self.types_of((key for key, _ in node.entries), scope)
        values = [
            self.opened(value, scope) if place in node.optional else self.type_of(value, scope)
            for place, (_, value) in enumerate(node.entries)
        ]
        return map_of(self.unification.joined(keys), self.unification.joined(values))

    def opened(self, node: Node, scope: Scope) -> CelType:
        """The type of what is in an optional behind ``?``."""
        inner, found = self.unification.fresh(), self.type_of(node, scope)
        if self.unification.fits((optional_of(inner),), (found,)):
            return self.unification.resolved(inner)
        return self.problem(ProblemKind.TYPE, f"`?` opens an optional, not a {found}", node)

    # Calls and macros

    def call(self, node: Call, scope: Scope) -> CelType:
        signatures = self.environment.signatures
        path = path_of(node.target) if node.target is not None else None
        if path is not None and path[0].name not in scope:
            name = ".".join((path[0].name, *path[1], node.function))
            if (name, False) in signatures:
                return self.applied(name, name, self.types_of(node.arguments, scope), node)
        member = node.target is not None
        types = self.types_of(node.children, scope)
        self.check_pattern(node)
        if (node.function, member) in signatures:
            return self.applied(node.function, node.function, types, node, member=member)
        hint = _nearest(node.function, [name for name, called in signatures if called is member])
        reason = f"there is no function `{node.function}`"
        return self.problem(ProblemKind.FUNCTION, reason, node, hint, start=node.position)

    def check_pattern(self, node: Call) -> None:
        pattern = (
            node.children[1] if node.function == "matches" and len(node.children) == 2 else None
        )
        if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
            return
        try:
            searcher(pattern.value)
        except EvaluationError as error:
            self.problem(ProblemKind.PATTERN, error.reason, pattern)

    def applied(
        self, name: str, shown: str, types: list[CelType], node: Node, *, member: bool = False
    ) -> CelType:
        """The type of the result of a function on values of these types."""
        overloads = self.environment.signatures[name, member]
        matches = [match for one in overloads if (match := self.unification.match(one, types))]
        if not matches:
            found = ", ".join(str(self.unification.resolved(one, final=True)) for one in types)
            reason = f"`{shown}` is not defined on ({found})"
            return self.problem(ProblemKind.FUNCTION, reason, node, _usage(overloads))
        if len(matches) == 1:
            self.unification.bindings = matches[0].bindings
        results = {match.result for match in matches}
        return results.pop() if len(results) == 1 else DYN

    def macro(self, node: Macro, scope: Scope) -> CelType:
        subject = self.type_of(node.subject, scope)
        variables = _VARIABLES.get(node.macro, _Checker.elements)(self, subject, node)
        inner = {**scope, **dict(zip(node.variables, variables, strict=True))}
        conditions = node.arguments if node.macro in _PREDICATES else node.arguments[:-1]
        for condition in conditions:
            self.expect_bool(condition, inner, "a condition")
        body = BOOL if node.macro in _PREDICATES else self.type_of(node.arguments[-1], inner)
        return _RESULTS[node.macro](variables[0], body)

    def elements(self, subject: CelType, node: Macro) -> list[CelType]:
        """The types of the variables of a macro that walks through a list or map."""
        pair = len(node.variables) == 2
        if subject.name == "list":
            return [INT, subject.parameters[0]] if pair else [subject.parameters[0]]
        if subject.name == "map":
            return list(subject.parameters[: len(node.variables)])
        if subject.fields:
            return [STRING, DYN][: len(node.variables)]
        if not self.is_unknown(subject):
            reason = f"`{node.macro}` walks through lists and maps, not through a {subject}"
            self.problem(ProblemKind.TYPE, reason, node)
        return [DYN] * len(node.variables)

    def bound(self, subject: CelType, _: Macro) -> list[CelType]:
        """The type of the variable of ``cel.bind``."""
        return [subject]

    def inside(self, subject: CelType, node: Macro) -> list[CelType]:
        """The type of the variable of ``optMap``."""
        inner = self.unification.fresh()
        if not self.unification.fits((optional_of(inner),), (subject,)):
            self.problem(
                ProblemKind.TYPE, f"`{node.macro}` opens an optional, not a {subject}", node
            )
        return [inner]


def _nearest(name: str, names: Iterable[str]) -> str:
    """A hint at the name that was probably meant."""
    near = get_close_matches(name, list(names), n=1)
    return f"did you mean `{near[0]}`?" if near else ""


def _usage(overloads: tuple[Overload, ...]) -> str:
    return f"it is defined as {', '.join(f'`{one}`' for one in overloads[:3])}"


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

_VARIABLES: Final[Mapping[str, Callable[[_Checker, CelType, Macro], list[CelType]]]] = {
    "cel.bind": _Checker.bound,
    "optMap": _Checker.inside,
    "optFlatMap": _Checker.inside,
}

_RESULTS: Final[Mapping[str, Callable[[CelType, CelType], CelType]]] = {
    # Of the type of the first variable and that of the last argument.
    **dict.fromkeys(("all", "exists", "exists_one", "existsOne"), lambda _, __: BOOL),
    **dict.fromkeys(("filter", "sortBy"), lambda variable, _: list_of(variable)),
    **dict.fromkeys(("map", "transformList"), lambda _, body: list_of(body)),
    "transformMap": map_of,
    "transformMapEntry": lambda _, body: body,
    "cel.bind": lambda _, body: body,
    "optMap": lambda _, body: optional_of(body),
    "optFlatMap": lambda _, body: body,
}

_RULES: Final[Mapping[type, Callable[[_Checker, Any, Scope], CelType]]] = {
    Literal: _Checker.literal,
    Name: _Checker.name,
    Select: _Checker.select,
    Has: _Checker.has,
    Index: _Checker.index,
    Call: _Checker.call,
    Unary: _Checker.unary,
    Logic: _Checker.logic,
    Comparison: _Checker.comparison,
    Arithmetic: _Checker.arithmetic,
    Conditional: _Checker.conditional,
    ListLiteral: _Checker.list_literal,
    MapLiteral: _Checker.map_literal,
    Macro: _Checker.macro,
}

"""Expressions as Python that means exactly what CEL does: errors, their texts, and what it costs.

Names are resolved as ``expressions.linking`` resolves them; what the Python calls is in
``runtime.exact`` and in the modules of ``expressions``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from statewright.compiler.analysis.regexes import NoProgramError
from statewright.compiler.targets.python.layout import (
    Code,
    bracketed,
    called,
    laid_out,
    tuple_of,
    word,
)
from statewright.compiler.targets.python.literals import literal, text
from statewright.compiler.targets.python.patterns import pattern_code
from statewright.errors import EvaluationError
from statewright.expressions import Expression
from statewright.expressions.evaluation.linking import cost_of_round
from statewright.expressions.functions import FUNCTIONS
from statewright.expressions.functions.local_answers import LOCAL_ANSWERS
from statewright.expressions.functions.locales import LOCALES
from statewright.expressions.functions.schedules import SCHEDULES
from statewright.expressions.operations.patterns import searcher
from statewright.expressions.references import variables_in
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
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
    depth,
    path_of,
)
from statewright.expressions.values import TYPE_VALUES

DEPTH: Final = 60
"""How deep an expression may be; Python calls several functions for each level."""

_BRACKETS: Final = 20
"""How many brackets of one function lie inside each other; what is deeper becomes another one."""

_CHAIN: Final = 6
"""How many operands of ``a + b - c`` are written as calls inside each other."""

NOT_CARRIED: Final[Mapping[str, str]] = {
    "matches": " with a pattern that is not written out",
    "regex.extract": ", which asks for the places of a match",
    "regex.extractAll": ", which asks for the places of a match",
    "regex.replace": ", which asks for the places of a match",
    **{one.name: ", which is done by a library" for one in (*LOCALES, *LOCAL_ANSWERS)},
}
"""Functions that need more than the standard library, and why; to be said behind their names."""

Scope = Mapping[str, Code]
"""The variables of macros in scope, and how each is read."""


class NotExactError(Exception):
    """There is no Python that means the same; says what stands in the way."""


@dataclass(slots=True)
class Functions:
    """The functions of a module, as they are written.

    Attributes:
        used: names of CEL functions that are called.
        zones: whether times are read in a zone.
        patterns: regular expression → the name of the constant that it is.
        lines: of constants, each before the function that uses it, and of functions.
        conditions: the texts of the conditions of rules; of these it is told what they read.
    """

    used: set[str] = field(default_factory=set)
    zones: bool = False
    patterns: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    conditions: frozenset[str] = frozenset()

    def pattern(self, pattern: str) -> str:
        """The name of a regular expression.

        Raises:
            NotExactError: there is no program for it.
        """
        if pattern not in self.patterns:
            try:
                code = pattern_code(pattern)
            except NoProgramError as error:
                raise NotExactError(str(error)) from None
            name = self.patterns[pattern] = f"_PATTERN_{len(self.patterns) + 1}"
            self.lines.append(laid_out(code, first=f"{name} = ") + "\n")
        return self.patterns[pattern]


def write_function(expression: Expression, name: str, functions: Functions) -> None:
    """Write the function of an expression, after those that are parts of it.

    Raises:
        NotExactError: there is no Python that means the same; nothing is written then.
    """
    if depth(expression.root) > DEPTH:
        raise NotExactError(f"it is nested more than {DEPTH} levels deep")
    writer = _Writer(name, functions)
    before = len(functions.lines)
    try:
        code = writer.code(expression.root, {})
    except NotExactError:
        del functions.lines[before:]
        raise
    arguments = [text(expression.text)]
    if writer.draws:
        arguments.append(word("draws=True"))
    if expression.text in functions.conditions:
        names = map(literal, sorted(variables_in(expression)))
        arguments.append(tuple_of(names).behind("reads="))
    frame = "frame" if "frame" in code.flat else "_frame"
    functions.lines.append(
        laid_out(called("@cel", *arguments))
        + f"\ndef {name}({frame}: Frame) -> Any:\n"
        + laid_out(code, "    ", "return ")
        + "\n"
    )


@dataclass(slots=True)
class _Writer:
    """One run over one tree."""

    name: str
    functions: Functions
    draws: bool = False
    count: int = 0
    parts: int = 0

    def code(self, node: Node, scope: Scope) -> Code:
        made = _RULES[type(node)](self, node, scope)
        return made if made.depth <= _BRACKETS else self.apart(made, scope)

    def apart(self, code: Code, scope: Scope) -> Code:
        """A call of a function that returns what a piece of code stands for."""
        self.parts += 1
        name = f"_{self.name}_{self.parts}"
        variables = sorted({one.head.removesuffix("()") for one in scope.values()})
        parameters = ", ".join(("frame: Frame", *(f"{one}: Any" for one in variables)))
        body = laid_out(code, "    ", "return ")
        self.functions.lines.append(f"def {name}({parameters}) -> Any:\n{body}\n")
        return called(name, word("frame"), *map(word, variables))

    def later(self, node: Node, scope: Scope) -> Code:
        """A part that is evaluated when it is asked for."""
        code = self.code(node, scope)
        return _EMPTY.get(code.flat) or code.behind("lambda: ")

    def literal(self, node: Literal, _: Scope) -> Code:
        return literal(node.value)

    def variable(self) -> str:
        self.count += 1
        return f"v{self.count}"

    # Names and what is selected from them

    def of_name(self, node: Name, scope: Scope) -> Code:
        if not node.absolute and node.name in scope:
            return scope[node.name]
        return called("variable", _FRAME, text(node.name))

    def select(self, node: Select, scope: Scope) -> Code:
        operand = node.operand
        if node.optional:
            return called("select_optional", self.code(operand, scope), text(node.field))
        path = path_of(node)
        if path is not None and (path[0].absolute or path[0].name not in scope):
            name = ".".join((path[0].name, *path[1]))
            if name in TYPE_VALUES:
                return called("TypeValue", text(name))
        if isinstance(operand, Name) and (operand.absolute or operand.name not in scope):
            return called("field_of", _FRAME, text(operand.name), text(node.field))
        return called("select", self.code(operand, scope), text(node.field))

    def has(self, node: Has, scope: Scope) -> Code:
        return called("has", self.code(node.operand, scope), text(node.field))

    def index(self, node: Index, scope: Scope) -> Code:
        look = "index_optional" if node.optional else "index"
        return called(look, self.code(node.operand, scope), self.code(node.index, scope))

    # Operators

    def unary(self, node: Unary, scope: Scope) -> Code:
        function = "inverted" if node.operator == "!" else "negate"
        return called(function, self.code(node.operand, scope))

    def logic(self, node: Logic, scope: Scope) -> Code:
        function = "every" if node.operator == "&&" else "some"
        return called(function, *(self.later(operand, scope) for operand in node.operands))

    def comparison(self, node: Comparison, scope: Scope) -> Code:
        left = self.code(node.left, scope)
        texts = _literal_texts(node.right) if node.operator == "in" else None
        if texts is not None:
            among = bracketed("", map(text, texts), "{}") if texts else word("")
            return called("is_among", left, called("frozenset", among))
        right = self.code(node.right, scope)
        if node.operator in _EQUALITIES:
            return called(_EQUALITIES[node.operator], left, right, _FRAME)
        return called("ordered", text(node.operator), left, right)

    def arithmetic(self, node: Arithmetic, scope: Scope) -> Code:
        if len(node.operands) > _CHAIN:
            first, *others = (self.later(operand, scope) for operand in node.operands)
            steps = zip(node.operators, others, strict=True)
            pairs = (tuple_of((text(symbol), operand)) for symbol, operand in steps)
            return called("worked_off", _FRAME, first, *pairs)
        made, *operands = (self.code(operand, scope) for operand in node.operands)
        for symbol, operand in zip(node.operators, operands, strict=True):
            if symbol == "+":
                made = called("added", _FRAME, made, operand)
            else:
                made = called(_OPERATIONS[symbol], made, operand)
        return made

    def conditional(self, node: Conditional, scope: Scope) -> Code:
        condition, then, otherwise = [self.code(one, scope) for one in children(node)]
        test = called("decided", condition).behind("if ")
        return bracketed("", (then, test, otherwise.behind("else ")), "()", comma=False)

    # Lists and maps

    def list_literal(self, node: ListLiteral, scope: Scope) -> Code:
        if not node.optional:
            return bracketed("", (self.code(item, scope) for item in node.items), "[]")
        items = (
            tuple_of((word(str(place in node.optional)), self.later(item, scope)))
            for place, item in enumerate(node.items)
        )
        return called("list_with", *items)

    def map_literal(self, node: MapLiteral, scope: Scope) -> Code:
        keys = [key.value if isinstance(key, Literal) else None for key, _ in node.entries]
        distinct = len(set(map(_key, keys))) == len(keys)
        if not node.optional and distinct and all(isinstance(key, str) for key in keys):
            entries = (
                self.code(value, scope).behind(f"{self.code(key, scope).flat}: ")
                for key, value in node.entries
            )
            return bracketed("", entries, "{}")
        whole = (
            tuple_of((word(str(place in node.optional)), *(self.later(one, scope) for one in pair)))
            for place, pair in enumerate(node.entries)
        )
        return called("map_with", *whole)

    # Calls and macros

    def call(self, node: Call, scope: Scope) -> Code:
        namespaced = self.namespaced(node, scope)
        if namespaced is not None:
            if (namespaced, False) in FUNCTIONS:
                return self.table_call(namespaced, node.arguments, scope, member=False)
            if (node.function, True) not in FUNCTIONS:
                return self.session_call(node, scope)
        member = node.target is not None
        if (node.function, member) not in FUNCTIONS:
            return self.session_call(node, scope)
        every = children(node)
        if member and node.function in _LAZY and len(every) == 2:
            maybe, other = every
            lazy = _LAZY[node.function]
            return called(lazy, self.code(maybe, scope), self.later(other, scope))
        if node.function == "matches" and len(every) == 2:
            pattern = every[1]
            if isinstance(pattern, Literal) and isinstance(pattern.value, str):
                return self.matching(every[0], pattern.value, scope)
        return self.table_call(node.function, every, scope, member=member)

    def namespaced(self, node: Call, scope: Scope) -> str | None:
        """``math.abs`` for a call on a target that can be a namespace."""
        path = path_of(node.target) if node.target is not None else None
        if path is None or path[0].name in scope:
            return None
        return ".".join((path[0].name, *path[1], node.function))

    def table_call(self, name: str, nodes: tuple[Node, ...], scope: Scope, *, member: bool) -> Code:
        if name in NOT_CARRIED:
            raise NotExactError(f"`{name}`{NOT_CARRIED[name]}")
        self.functions.used.add(name)
        in_zone = member and name in _DATE_PARTS and len(nodes) == 2
        self.functions.zones |= in_zone or name in _IN_ZONES
        arguments = (self.code(one, scope) for one in nodes)
        return called("call_on" if member else "call", _FRAME, text(name), *arguments)

    def session_call(self, node: Call, scope: Scope) -> Code:
        self.draws = self.draws or (node.function == "draw" and node.target is None)
        arguments = (self.later(one, scope) for one in children(node))
        return called("ask", _FRAME, text(node.function), word(str(node.position)), *arguments)

    def matching(self, node: Node, pattern: str, scope: Scope) -> Code:
        try:
            searcher(pattern)
        except EvaluationError as error:
            return called("failing", text(error.reason))
        constant = word(self.functions.pattern(pattern))
        return called("matching", _FRAME, self.code(node, scope), constant)

    def macro(self, node: Macro, scope: Scope) -> Code:
        names = [self.variable() for _ in node.variables]
        if node.macro == "cel.bind":
            inner = {**scope, node.variables[0]: called(names[0])}
            body = self.code(node.arguments[0], inner).behind(f"lambda {names[0]}: ")
            return called("bind", self.later(node.subject, scope), body)
        inner = {**scope, **dict(zip(node.variables, map(word, names), strict=True))}
        head = f"lambda {', '.join(names)}: "
        *predicate, body = (self.code(one, inner).behind(head) for one in node.arguments)
        subject = self.code(node.subject, scope)
        if node.macro in _OPENED:
            return called(_OPENED[node.macro], subject, body)
        walk = "pairs" if len(names) == 2 else "elements"
        cost = word(str(cost_of_round(node)))
        rounds = called(walk, _FRAME, text(node.macro), cost, subject)
        return called(_WALKS[node.macro], rounds, body, *predicate)


def _literal_texts(node: Node) -> tuple[str, ...] | None:
    """The texts of a list of literal texts, each once."""
    if not isinstance(node, ListLiteral) or node.optional:
        return None
    values = [item.value for item in node.items if isinstance(item, Literal)]
    texts = [value for value in values if isinstance(value, str)]
    return tuple(dict.fromkeys(texts)) if len(texts) == len(node.items) else None


def _key(key: object) -> object:
    return key if isinstance(key, str) else None


_FRAME: Final = word("frame")
_EMPTY: Final = {"[]": word("list"), "{}": word("dict")}
"""What makes the same as a function would that returns it."""
_EQUALITIES: Final = {"==": "equal", "!=": "unequal", "in": "contains"}
_OPERATIONS: Final = {"-": "subtract", "*": "multiply", "/": "divide", "%": "remainder"}
_LAZY: Final = {"or": "or_other", "orValue": "or_value"}
_OPENED: Final = {"optMap": "opened", "optFlatMap": "opened_flat"}
_WALKS: Final = {
    "all": "holds_always",
    "exists": "holds_once",
    "exists_one": "holds_exactly_once",
    "existsOne": "holds_exactly_once",
    "filter": "filtered",
    "map": "mapped",
    "sortBy": "ordered_by",
    "transformList": "mapped",
    "transformMap": "mapped_values",
    "transformMapEntry": "mapped_entries",
}
_DATE_PARTS: Final = frozenset(name for name, _ in FUNCTIONS if name.startswith("get"))
_IN_ZONES: Final = frozenset(overload.name for overload in SCHEDULES)
_RULES: Final[Mapping[type, Callable[[_Writer, Any, Scope], Code]]] = {
    Literal: _Writer.literal,
    Name: _Writer.of_name,
    Select: _Writer.select,
    Has: _Writer.has,
    Index: _Writer.index,
    Call: _Writer.call,
    Unary: _Writer.unary,
    Logic: _Writer.logic,
    Comparison: _Writer.comparison,
    Arithmetic: _Writer.arithmetic,
    Conditional: _Writer.conditional,
    ListLiteral: _Writer.list_literal,
    MapLiteral: _Writer.map_literal,
    Macro: _Writer.macro,
}

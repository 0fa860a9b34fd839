"""Which names in a piece of Python are those of its module, and where they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Use(NamedTuple):
    """A name of the module, where it is read or defined.

    Attributes:
        name: as it is written.
        line: from 1.
        column: in bytes of UTF-8, from 0.
    """

    name: str
    line: int
    column: int


def globals_in(statement: ast.stmt) -> Iterator[Use]:
    """The names in a statement at the top of a module that belong to no function or class in it."""
    walk = _Walk()
    walk.visit(statement)
    yield from walk.found


class _Walk(ast.NodeVisitor):
    """One walk; ``scopes`` are the names of the functions around, and of the class right here."""

    def __init__(self) -> None:
        self.found: list[Use] = []
        self.scopes: list[frozenset[str]] = []

    def visit(self, node: ast.AST) -> None:
        """Visit a node."""
        if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            self.comprehension(node)
        else:
            super().visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if not any(node.id in scope for scope in self.scopes):
            self.found.append(Use(node.id, node.lineno, node.col_offset))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if not self.scopes:
            self.found.append(self._defined(node, "def "))
        arguments = node.args
        self.visit_all(node.decorator_list)
        self.visit_all(one.annotation for one in _arguments(arguments))
        self.visit_all([*arguments.defaults, *arguments.kw_defaults, node.returns])
        own = {one.arg for one in _arguments(arguments)}
        self.inside(frozenset(own | _bound_in(node.body)), node.body)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit_all([*node.args.defaults, *node.args.kw_defaults])
        own = {one.arg for one in _arguments(node.args)}
        self.inside(frozenset(own | _bound_in([node.body])), [node.body])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        if not self.scopes:
            self.found.append(self._defined(node, "class "))
        self.visit_all([*node.decorator_list, *node.bases, *(one.value for one in node.keywords)])
        own = frozenset(_bound_in(node.body))
        for statement in node.body:
            # The functions of a class do not see its names.
            hidden = isinstance(statement, ast.FunctionDef)
            self.inside(frozenset() if hidden else own, [statement])

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        own = {
            one.id
            for part in node.generators
            for one in ast.walk(part.target)
            if isinstance(one, ast.Name)
        }
        self.inside(frozenset(own), ast.iter_child_nodes(node))

    def inside(self, own: frozenset[str], nodes: Iterable[ast.AST]) -> None:
        self.scopes.append(own)
        self.visit_all(nodes)
        self.scopes.pop()

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _defined(self, node: ast.FunctionDef | ast.ClassDef, keyword: str) -> Use:
        return Use(node.name, node.lineno, node.col_offset + len(keyword))


def _arguments(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from filter(None, (arguments.vararg, arguments.kwarg))


def _bound_in(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that are given a value in a function or class, but not in those inside it."""
    bound: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            bound.add(node.name)
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, (ast.MatchAs, ast.MatchStar, ast.ExceptHandler)) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound.add(node.rest)
        if isinstance(node, ast.comprehension):
            waiting.extend([node.iter, *node.ifs])  # its own names are of no use outside
        elif not isinstance(node, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    return bound

"""A module, taken apart into its definitions.

A definition is a statement at the top of a module, with the comments before it and the text that
documents it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from statewright.compiler.targets.python.scoping import Use, globals_in


class UnlinkableError(Exception):
    """A module of ours is written so that it cannot be taken apart; that is our own fault."""


@dataclass(slots=True)
class Definition:
    """A statement at the top of a module.

    Attributes:
        lines: of the module: the first one from 0, and the one behind the last.
        names: what it defines.
        uses: the names of the module that it reads or defines, with their places.
        is_block: whether it is a function or a class.
    """

    lines: tuple[int, int]
    names: tuple[str, ...]
    uses: tuple[Use, ...]
    is_block: bool


@dataclass(slots=True)
class Module:
    """A module, taken apart.

    Attributes:
        name: its whole name.
        lines: of its text.
        definitions: in their order.
        numbers: name → the number of its definition.
        imported: name → the module and the name there; that is ``""`` for a module itself.
        typing: those of them that are there for types only.
    """

    name: str
    lines: list[str]
    definitions: list[Definition] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    typing: set[str] = field(default_factory=set)


def module_from_text(name: str, text: str) -> Module:
    """A module, taken apart.

    Raises:
        UnlinkableError: it is written so that it cannot be.
    """
    module = Module(name, text.split("\n"))
    behind = 0
    for statement in ast.parse(text).body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            _import(module, statement)
        elif isinstance(statement, ast.If):
            _import_types(module, statement)
        elif isinstance(statement, ast.Expr):
            _document(module, statement)
        else:
            _define(module, statement, behind)
        behind = statement.end_lineno or behind
    return module


def _import(module: Module, statement: ast.Import | ast.ImportFrom) -> None:
    for alias in statement.names:
        if isinstance(statement, ast.ImportFrom):
            if statement.module != "__future__":
                module.imported[alias.asname or alias.name] = (statement.module or "", alias.name)
        elif alias.asname or "." in alias.name:
            raise UnlinkableError(f"{module.name} imports {alias.name} by another name")
        else:
            module.imported[alias.name] = (alias.name, "")


def _import_types(module: Module, statement: ast.If) -> None:
    """``if TYPE_CHECKING:``, and imports below it."""
    known = set(module.imported)
    for inner in statement.body:
        if not isinstance(inner, (ast.Import, ast.ImportFrom)):
            raise UnlinkableError(f"{module.name} has an `if` at line {statement.lineno}")
        _import(module, inner)
    module.typing.update(module.imported.keys() - known)


def _document(module: Module, text: ast.Expr) -> None:
    """Let the text that documents a definition be a part of it."""
    if not isinstance(text.value, ast.Constant):
        raise UnlinkableError(f"{module.name} does something at line {text.lineno}")
    if module.definitions:
        definition = module.definitions[-1]
        definition.lines = (definition.lines[0], text.end_lineno or definition.lines[1])


def _define(module: Module, statement: ast.stmt, behind: int) -> None:
    first = statement.lineno
    is_block = isinstance(statement, (ast.FunctionDef, ast.ClassDef))
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        names = [statement.name]
        first = min([first, *(one.lineno for one in statement.decorator_list)])
    elif isinstance(statement, ast.Assign):
        names = [
            one.id
            for target in statement.targets
            for one in ast.walk(target)
            if isinstance(one, ast.Name)
        ]
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        names = [statement.target.id]
    else:
        raise UnlinkableError(f"{module.name} has a statement at line {first} that names nothing")
    start = first - 1
    while start > behind and module.lines[start - 1].startswith("#"):
        start -= 1
    uses = tuple(globals_in(statement))
    lines = (start, statement.end_lineno or first)
    module.numbers.update(dict.fromkeys(names, len(module.definitions)))
    module.definitions.append(Definition(lines, tuple(names), uses, is_block))

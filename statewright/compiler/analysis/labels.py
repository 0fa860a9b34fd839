"""Where secrets and personal data flow: labels of variables, through assignments and saved results.

Only what becomes part of a value carries its label on: ``'Hi ' + name`` does, ``name == ''`` and
``size(name)`` do not. Order does not matter: what is labelled somewhere is labelled everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from statewright.compiler.analysis.writes import Write, plain_path, related
from statewright.compiler.paths import Path
from statewright.expressions import Expression, references
from statewright.expressions.syntax import (
    Call,
    Comparison,
    Conditional,
    Has,
    Logic,
    Macro,
    Node,
    Unary,
    children,
)
from statewright.flows.model import Flow, Variable, VariableScope

_REVEAL_NOTHING = frozenset(
    {
        "size", "startsWith", "endsWith", "contains", "matches", "type", "indexOf", "lastIndexOf",
        "substring", "charAt", "draw", "In",
    }
)  # fmt: skip
"""Functions whose results do not give away what they were called with, or only a piece of it."""

_YES_OR_NO = frozenset({"all", "exists", "exists_one", "existsOne"})


def path_of_variable(variable: Variable) -> Path:
    """The path by which expressions read a variable."""
    if variable.scope in (VariableScope.CONTACT, VariableScope.TENANT):
        return (variable.scope.value, variable.name)
    return (variable.name,)


def _paths(variable: Variable, path: Path, label: str) -> Iterator[Path]:
    """The paths of a variable, and of what is in it, that have a label."""
    if getattr(variable, label):
        yield path
        return
    for one in variable.fields:
        yield from _paths(one, (*path, one.name), label)
    if variable.of is not None and any(_paths(variable.of, path, label)):
        yield path


def labelled(flow: Flow, writes: Iterable[Write], label: str) -> frozenset[Path]:
    """The paths that hold what is labelled ``secret`` or ``pii``."""
    own = {path for v in flow.variables for path in _paths(v, path_of_variable(v), label)}
    return spread(own, writes)


def spread(held: Collection[Path], writes: Iterable[Write]) -> frozenset[Path]:
    """Some paths, and all those that get values made of theirs."""
    if not held:
        return frozenset()
    reading: dict[str, list[tuple[Path, Path]]] = defaultdict(list)
    for write in writes:
        for expression in write.expressions:
            for source in carried(expression):
                reading[source[0]].append((source, plain_path(write.path)))
    found = set(held)
    waiting = list(held)
    while waiting:
        path = waiting.pop()
        for source, target in reading.get(path[0], ()):
            if target not in found and related(source, path):
                found.add(target)
                waiting.append(target)
    return frozenset(found)


def holds(held: Collection[Path], paths: Iterable[Path]) -> bool:
    """Whether one of some paths is labelled, or a part or a whole of what is."""
    return any(path in held or any(related(path, one) for one in held) for path in paths)


def carried(expression: Expression) -> Iterator[Path]:
    """The paths whose values become part of the value of an expression."""
    return _carried(expression.root, frozenset())


def _carried(node: Node, bound: frozenset[str]) -> Iterator[Path]:
    match node:
        case Comparison() | Logic() | Unary(operator="!") | Has():
            return
        case Call() if node.function in _REVEAL_NOTHING:
            return
        case Macro() if node.macro in _YES_OR_NO:
            return
        case Conditional():
            yield from _carried(node.then, bound)
            yield from _carried(node.otherwise, bound)
            return
        case Macro():
            yield from _carried(node.subject, bound)
            bound |= set(node.variables)
            for argument in node.arguments:
                yield from _carried(argument, bound)
            return
        case _:
            pass
    found = references(Expression("", node))
    if len(found) == 1 and (found[0].start, found[0].end) == (node.start, node.end):
        if found[0].path[0] not in bound:
            yield plain_path(found[0].path)
        return
    for child in children(node):
        yield from _carried(child, bound)

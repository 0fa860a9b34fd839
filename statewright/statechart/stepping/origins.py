"""Which state of a microstep it was that made a condition true, or false.

It is taken to be the last one that may have written something which the condition reads: on entry,
by a transition of its own, or on exit. Where none has, such as where only the time has passed, it
is the innermost state that was entered last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from statewright.expressions import Expression
from statewright.expressions.references import variables_in
from statewright.statechart.actions import Action, Assign, ForEach, If
from statewright.statechart.definition import Actions
from statewright.statechart.structure.nodes import Arc, Node, Scope
from statewright.statechart.structure.tree import Tree


def origin(
    tree: Tree,
    condition: Expression | None,
    scope: Scope,
    enabled: Sequence[Arc],
    exited: Sequence[str],
    entered: Sequence[str],
) -> Node:
    """The state by which a condition has changed; the root, if nothing in the session has done it.

    Args:
        tree: the states.
        condition: what has changed, or None.
        scope: the variables that it sees.
        enabled: the transitions that were taken.
        exited: ids of the states that were left, the innermost first.
        entered: ids of the states that were entered, in that order.
    """
    if condition is not None:
        read = variables_in(condition)
        for node, written in _writings(tree, enabled, exited, entered):
            if any(_is_same(name, node.scope, scope) for name in read.intersection(written)):
                return node
    leaves = (tree.nodes[state] for state in reversed(entered) if tree.nodes[state].leaf)
    sources = (arc.source for arc in reversed(enabled))
    return next(leaves, next(sources, tree.root))


def _is_same(name: str, one: Scope, other: Scope) -> bool:
    """Whether a name means the same in two places; a subflow may have a variable called so."""
    return one.variable(name) == other.variable(name)


def _writings(
    tree: Tree, enabled: Sequence[Arc], exited: Sequence[str], entered: Sequence[str]
) -> Iterator[tuple[Node, Iterable[str]]]:
    """What each state may have written, the last one first."""
    for node in (tree.nodes[state] for state in reversed(entered)):
        if node.state is not None:
            own = (datum.name for datum in node.state.data)
            initial = node.initial.actions if node.initial is not None else ()
            yield node, {*_written(node.state.entry, initial), *own}
    for arc in reversed(enabled):
        yield arc.source, set(_written((arc.actions,)))
    for node in (tree.nodes[state] for state in reversed(exited)):
        if node.state is not None:
            yield node, set(_written(node.state.exit))


def _written(blocks: Iterable[Actions], more: Actions = ()) -> Iterator[str]:
    waiting: list[Action] = [action for block in (*blocks, more) for action in block]
    while waiting:
        match waiting.pop():
            case Assign(location):
                yield location[0]
            case If(branches, otherwise):
                waiting.extend(action for branch in branches for action in branch.actions)
                waiting.extend(otherwise)
            case ForEach(_, item, index, actions):
                yield from (item, index)
                waiting.extend(actions)
            case _:
                pass

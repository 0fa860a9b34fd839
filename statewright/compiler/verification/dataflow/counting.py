"""Expressions that only count: a variable gets itself and something more."""

from __future__ import annotations

from statewright.compiler.verification.dataflow.uses import Site
from statewright.compiler.verification.dataflow.variables import Key
from statewright.expressions.syntax import Arithmetic, Call, Index, Literal, Node, path_of, walk


def is_count(site: Site, key: Key) -> bool:
    """Whether a variable gets itself plus literals that are not negative."""
    root = site.expression.root
    if not site.alone or not isinstance(root, Arithmetic) or set(root.operators) != {"+"}:
        return False
    own = [read for read in site.reads if read.key == key and read.path == ()]
    literals = [one for one in walk(root) if isinstance(one, Literal) and one.value != key[1]]
    others = [one for one in root.operands if not isinstance(one, Literal)]
    positive = all(type(one.value) is int and one.value >= 0 for one in literals)
    return positive and len(own) == len(site.reads) == len(others) == 1 and _is_value(others[0])


def _is_value(node: Node) -> bool:
    """Whether it is a variable, or a literal where that has no value."""
    if isinstance(node, Call) and node.function == "orValue" and node.target is not None:
        return path_of(node.target) is not None or isinstance(node.target, Index)
    return path_of(node) is not None or isinstance(node, Index)

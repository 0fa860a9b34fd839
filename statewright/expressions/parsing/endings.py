"""Expressions that differ in their last word only, of which the rest is parsed once."""

from __future__ import annotations

from msgspec.structs import replace

from statewright.expressions.parsing.parser import parse
from statewright.expressions.syntax import Comparison, Expression, Literal, Logic, Node


def ending_in(pattern: Expression, literal: str) -> Expression:
    """An expression with another literal as its last word: what parsing its text would give.

    Args:
        pattern: ends with a literal, as the last operand of comparisons and ``&&`` or ``||``.
        literal: what stands there instead, as CEL.

    Raises:
        ExpressionError: that is no expression.
        TypeError: the pattern ends in another way.
    """
    last = parse(literal).root
    begin = _last(pattern.root).start
    if not isinstance(last, Literal):
        raise TypeError(f"`{literal}` is no literal")
    return Expression(
        pattern.text[:begin] + literal,
        _ending(pattern.root, Literal(last.value, begin, begin + len(literal))),
    )


def _last(node: Node) -> Literal:
    while not isinstance(node, Literal):
        node = _operand(node)
    return node


def _operand(node: Node) -> Node:
    """What a node ends with."""
    if isinstance(node, Comparison):
        return node.right
    if isinstance(node, Logic):
        return node.operands[-1]
    raise TypeError(f"the last word of a {type(node).__name__} may be none of its own")


def _ending(node: Node, last: Literal) -> Node:
    if isinstance(node, Comparison):
        return replace(node, right=_ending(node.right, last), end=last.end)
    if isinstance(node, Logic):
        operands = (*node.operands[:-1], _ending(node.operands[-1], last))
        return replace(node, operands=operands, end=last.end)
    return last

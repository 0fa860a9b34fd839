"""What guards say whatever their parts mean: contradictions, and guards that follow from others.

Each comparison or call is a proposition that may be true, false, or without a value; ``&&``, ``||``
and ``!`` join them as CEL does. What holds for all of them holds in every conversation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from statewright.expressions import Expression
from statewright.expressions.syntax import Call, Conditional, Literal, Logic, Node, Unary, walk

MOST: Final = 7
"""How many propositions are tried in all combinations."""

_DRAWING: Final = frozenset(("draw", "lot"))

Truth = bool | None
"""None is an error."""


def is_contradiction(guard: Expression) -> bool:
    """Whether a guard is never true.

    >>> from statewright.expressions import parse
    >>> is_contradiction(parse("a > 1 && !(a > 1)")), is_contradiction(parse("a > 1 && a < 1"))
    (True, False)
    """
    cases = _cases([guard])
    return bool(cases) and all(_truth(guard, case) is not True for case in cases)


def is_tautology(guard: Expression) -> bool:
    """Whether a guard is true wherever all its parts have a value."""
    cases = [case for case in _cases([guard]) if None not in case.values()]
    return bool(cases) and all(_truth(guard, case) is True for case in cases)


def follows(guard: Expression, others: Sequence[Expression]) -> bool:
    """Whether wherever a guard is true, one of others is, too.

    >>> from statewright.expressions import parse
    >>> follows(parse("a && b"), [parse("c"), parse("b || c")])
    True
    """
    cases = _cases([guard, *others])
    return bool(cases) and all(
        any(_truth(one, case) is True for one in others)
        for case in cases
        if _truth(guard, case) is True
    )


def _cases(guards: Sequence[Expression]) -> list[Mapping[str, Truth]]:
    """All that propositions may be; none where there are too many."""
    names = list(dict.fromkeys(name for one in guards for name in _propositions(one, one.root)))
    if len(names) > MOST:
        return []
    truths = product((True, False, None), repeat=len(names))
    return [dict(zip(names, each, strict=True)) for each in truths]


def _propositions(guard: Expression, node: Node) -> Iterator[str]:
    match node:
        case Logic():
            for one in node.operands:
                yield from _propositions(guard, one)
        case Unary(operator="!"):
            yield from _propositions(guard, node.operand)
        case Conditional():
            for one in (node.condition, node.then, node.otherwise):
                yield from _propositions(guard, one)
        case Literal():
            pass
        case _:
            yield _text(guard, node)


def _truth(guard: Expression, case: Mapping[str, Truth], node: Node | None = None) -> Truth:
    node = guard.root if node is None else node
    match node:
        case Logic():
            absorbing = node.operator == "||"
            truths = {_truth(guard, case, one) for one in node.operands}
            rest = None if None in truths else not absorbing
            return absorbing if absorbing in truths else rest
        case Unary(operator="!"):
            inner = _truth(guard, case, node.operand)
            return None if inner is None else not inner
        case Conditional():
            chosen = _truth(guard, case, node.condition)
            taken = node.then if chosen else node.otherwise
            return None if chosen is None else _truth(guard, case, taken)
        case Literal():
            return node.value if type(node.value) is bool else None
        case _:
            return case[_text(guard, node)]


def _text(guard: Expression, node: Node) -> str:
    """What a proposition is known by; each lot that is drawn is one of its own."""
    text = guard.text[node.start : node.end]
    draws = any(isinstance(one, Call) and one.function in _DRAWING for one in walk(node))
    return f"{text}#{node.start}" if draws else text

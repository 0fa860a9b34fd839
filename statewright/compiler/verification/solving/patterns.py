"""Patterns of RE2 as regular expressions of SMT-LIB, where these can say the same."""

from __future__ import annotations

from statewright.compiler.analysis.regexes import (
    Choice,
    NoProgramError,
    Repeat,
    Row,
    Spot,
    Symbol,
    Tree,
    tree_of,
)
from statewright.compiler.verification.solving.terms import Apply, Constant, Term

_ANYTHING = Apply("re.all")
_LAST = 0x2FFFF
"""The last character that solvers know."""

_MOST = 200
"""Parts that are repeated more often are not read."""


class NoPatternError(Exception):
    """A pattern cannot be said in SMT-LIB."""


def whole_pattern(pattern: str) -> Term:
    """What a text is in which a match of a pattern can be found.

    Raises:
        NoPatternError: the pattern has something that solvers do not know.
    """
    try:
        tree = tree_of(pattern)
    except (NoProgramError, ValueError, RecursionError) as error:
        raise NoPatternError from error
    options = tree.options if isinstance(tree, Choice) else (tree,)
    return _either([_found(one) for one in options])


def _found(tree: Tree) -> Term:
    """A match somewhere, or at the ends of the text where the pattern says so."""
    parts = list(tree.parts if isinstance(tree, Row) else (tree,))
    begins = bool(parts) and parts[0] == Spot("A")
    ends = bool(parts) and parts[-1] == Spot("z")
    inner = parts[begins : len(parts) - ends if len(parts) > begins else None]
    row: list[Term] = [] if begins else [_ANYTHING]
    row += [_term(one) for one in inner]
    return _row(row if ends else [*row, _ANYTHING])


def _term(tree: Tree) -> Term:
    match tree:
        case Symbol(ranges):
            return _either([_range(low, up) for low, up in ranges if low <= _LAST])
        case Row(parts):
            return _row([_term(one) for one in parts])
        case Choice(options):
            return _either([_term(one) for one in options])
        case Repeat(part, least, most):
            return _repeated(_term(part), least, most)
        case Spot():
            raise NoPatternError


def _range(low: int, up: int) -> Term:
    return Apply("re.range", (Constant(chr(low)), Constant(chr(min(up, _LAST)))))


def _either(options: list[Term]) -> Term:
    if not options:
        return Apply("re.none")
    return options[0] if len(options) == 1 else Apply("re.union", tuple(options))


def _row(parts: list[Term]) -> Term:
    if not parts:
        return Apply("str.to_re", (Constant(""),))
    return parts[0] if len(parts) == 1 else Apply("re.++", tuple(parts))


def _repeated(part: Term, least: int, most: int | None) -> Term:
    if max(least, most or 0) > _MOST:
        raise NoPatternError
    if most is not None:
        return Apply(f"(_ re.loop {least} {most})", (part,))
    return _row([*([part] * least), Apply("re.*", (part,))])

"""Guards that are put together of several conditions."""

from __future__ import annotations

from statewright.expressions import Expression, parse
from statewright.expressions.syntax import Conditional, Logic


def both(*conditions: str) -> str:
    """CEL that holds when all conditions do; empty ones say nothing."""
    said = [condition for condition in conditions if condition]
    return said[0] if len(said) == 1 else " && ".join([f"({condition})" for condition in said])


def all_of(*conditions: str) -> Expression | None:
    """A guard that holds when all conditions do; None where none says anything."""
    text = both(*conditions)
    return parse(text) if text else None


def besides(guard: Expression | None, when: str) -> Expression | None:
    """The guard of an author, where something must hold besides; ``is_of`` finds it again.

    Args:
        guard: of the author; None for none.
        when: CEL that must hold, and is asked first; "" for nothing.
    """
    if guard is None:
        return parse(when) if when else None
    if not when:
        return guard
    # The line break ends a comment that the text may end with.
    return parse(f"({when}) && {_own(guard)}")


def is_of(guard: Expression, text: str) -> bool:
    """Whether a text is the guard of an author, or one that asks for something besides."""
    return text == guard.text or text.endswith(f"&& {_own(guard)}")


def _own(guard: Expression) -> str:
    return f"({guard.text}\n)"


def also(guard: Expression | None, condition: str) -> Expression:
    """A guard that asks for one thing more.

    What is asked of the event comes first, since it says more to whoever reads the chart.
    """
    if guard is None:
        return parse(condition)
    # The line break ends a comment that the text may end with.
    text = f"{guard.text}\n" if "//" in guard.text else guard.text
    root = guard.root
    loose = isinstance(root, Conditional) or (isinstance(root, Logic) and root.operator == "||")
    return parse(f"({text}) && {condition}" if loose else f"{text} && {condition}")

"""Guards that are put together of several conditions."""

from __future__ import annotations

from statewright.expressions import Expression, parse
from statewright.expressions.syntax import Conditional, Logic


def both(*conditions: str) -> str:
    """CEL that holds when all conditions do; empty ones say nothing."""
    said = [condition for condition in conditions if condition]
    return said[0] if len(said) == 1 else " && ".join(f"({condition})" for condition in said)


def all_of(*conditions: str) -> Expression | None:
    """A guard that holds when all conditions do; None where none says anything."""
    text = both(*conditions)
    return parse(text) if text else None


def also(guard: Expression | None, condition: str) -> Expression:
    """A guard that asks for one thing more.

    What is asked of the event comes first, since it says more to whoever reads the chart.
    """
    asked = parse(condition)
    return asked if guard is None else parse(f"{_tight(guard)} && {_tight(asked)}")


def _tight(guard: Expression) -> str:
    """The text of a guard as it stands beside ``&&``."""
    # The line break ends a comment that the text may end with.
    text = f"{guard.text}\n" if "//" in guard.text else guard.text
    root = guard.root
    loose = isinstance(root, Conditional) or (isinstance(root, Logic) and root.operator == "||")
    return f"({text})" if loose else text

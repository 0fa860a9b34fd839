"""Loops: what they go over, and what counts their rounds.

Where a loop may go few rounds only, it is tried to go each number of them. In a round, there is an
element of the list: no round begins without one.
"""

from __future__ import annotations

from typing import Final

from statewright.compiler.verification.dataflow.uses import Role, Site
from statewright.compiler.verification.dataflow.variables import Key
from statewright.expressions.syntax import Index

OVER: Final = "~over"
"""The variable of a loop that holds what it goes over: a list, or the number of rounds."""

_ROUND: Final = "~count"
"""The variable of a loop that counts its rounds."""

ROUNDS: Final = 16
"""Of loops of up to so many rounds, each number of rounds is tried."""


def is_counter_of_rounds(key: Key) -> bool:
    """Whether a variable counts the rounds of a loop."""
    return key[1] == _ROUND and bool(key[0])


def is_element(site: Site) -> bool:
    """Whether a variable gets the element of a round."""
    names = [read.key[1] for read in site.reads if read.key is not None]
    is_index = site.role is Role.FLOW and isinstance(site.expression.root, Index)
    return is_index and sorted(names) == sorted((OVER, _ROUND))

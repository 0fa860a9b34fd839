"""What is asked of a flow again and again while it is compiled, and found once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from statewright.flows.model import Flow

Found = TypeVar("Found")


def once(find: Callable[[Flow], Found]) -> Callable[[Flow], Found]:
    """Keep with a flow what is found of it: a flow never changes, so neither does that.

    Args:
        find: finds something that nobody changes.
    """
    key = f"{find.__module__}.{find.__qualname__}"

    @wraps(find)
    def found_once(flow: Flow) -> Found:
        found = flow.found
        if key not in found:
            found[key] = find(flow)
        known: Found = found[key]
        return known

    return found_once

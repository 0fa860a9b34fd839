"""Names that have to differ from each other."""

from __future__ import annotations


def unique(name: str, taken: set[str]) -> str:
    """The name, or the name with a number behind it, so that it is not taken; now it is."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    taken.add(found)
    return found

"""Names that can be looked into: one of many values is had without making a map of all of them."""

from __future__ import annotations

from typing import Any, Final

ABSENT: Final = object()
"""What is given where nothing is known."""


class Insight:
    """Names some of which mean maps that are only made when they are asked for."""

    __slots__ = ()

    def part(self, name: str, key: str) -> Any:  # noqa: ARG002 (for those who know more)
        """What stands under a key of a map; ``ABSENT`` where the map itself is to be asked.

        Args:
            name: that of the map.
            key: the key.
        """
        return ABSENT

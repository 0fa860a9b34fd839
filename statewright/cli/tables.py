"""Lists in columns, for people."""

from __future__ import annotations

from collections.abc import Sequence

from statewright.excerpt import printable


def lines_from_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """The lines of a table, each column as wide as its longest entry.

    >>> lines_from_table(("name", "n"), [("a", 1), ("long one", 22)])
    ['name      n', 'a         1', 'long one  22']
    """
    cells = [list(header), *([printable(str(cell)) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]

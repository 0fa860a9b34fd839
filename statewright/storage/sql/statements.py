"""The statements in ``queries``, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from sqlalchemy import Dialect, text

_MARK = "-- name: "


def statements_for(dialect: Dialect) -> Mapping[str, str]:
    """Name → statement, as the driver of a database takes it. Parameters are passed by name."""
    found: dict[str, str] = {}
    for name in ("common", "drafts", "secrets", dialect.name):
        found |= statements_in(
            files(__package__).joinpath(f"queries/{name}.sql").read_text("utf-8")
        )
    return {name: str(text(sql).compile(dialect=dialect)) for name, sql in found.items()}


def numbered(dialect: Dialect, names: Iterable[str]) -> Mapping[str, tuple[str, Sequence[str]]]:
    """Name → statement whose parameters are ``$1``, ``$2``, …, and their names in this order."""
    source = files(__package__).joinpath(f"queries/{dialect.name}.sql").read_text("utf-8")
    found = statements_in(source)
    made = {name: text(found[name]).compile(dialect=dialect) for name in names}
    return {name: (str(one), tuple(getattr(one, "positiontup", ()))) for name, one in made.items()}


def statements_in(source: str) -> dict[str, str]:
    """The statements of a file, without their comments.

    >>> statements_in(f"-- name: one{chr(10)}select 1;")
    {'one': 'select 1'}
    """
    found = {}
    for block in source.split(_MARK)[1:]:
        name, _, body = block.partition("\n")
        lines = (line for line in body.splitlines() if not line.lstrip().startswith("--"))
        found[name.strip()] = "\n".join(lines).strip().removesuffix(";")
    return found

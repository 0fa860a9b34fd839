"""What a check is: a code, its documentation, and a function that finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic

from typing_extensions import TypeVar

from statewright.compiler.findings import Finding, Severity
from statewright.compiler.subject import Subject
from statewright.statechart.sourcemap import NOWHERE, Location

SECTIONS = ("What it does", "Why it matters", "Example", "Instead", "Known limits")
"""The sections that the documentation of every check has, in this order."""


Looked = TypeVar("Looked", default=Subject)
"""What a check looks at."""


@dataclass(frozen=True, slots=True)
class Check(Generic[Looked]):
    """One question that is asked of every flow, or of two versions of one.

    Attributes:
        code: never used again for another question: ``S103``.
        name: for people: ``dangling-edge``.
        severity: of its findings.
        documentation: the docstring of its module: a summary, then ``SECTIONS``.
        find: yields what it finds.
    """

    code: str
    name: str
    severity: Severity
    documentation: str
    find: Callable[[Check[Looked], Looked], Iterable[Finding]]

    def finding(
        self,
        message: str,
        location: Location = NOWHERE,
        *,
        node: str = "",
        port: str = "",
        help: str = "",  # noqa: A002 (the field's name in every report)
        related: tuple[Location, ...] = (),
        severity: Severity | None = None,
    ) -> Finding:
        """A finding of this check; of its own severity where nothing else is said."""
        return Finding(
            code=self.code,
            name=self.name,
            severity=severity or self.severity,
            message=message,
            help=help,
            location=location,
            node=node,
            port=port,
            related=related,
        )


def sections_of(documentation: str) -> dict[str, str]:
    """The documentation of a check by section; the summary is under ``""``.

    A section begins with its title on a line of its own, followed by a colon.
    """
    titles = "|".join(re.escape(title) for title in SECTIONS)
    parts = re.split(rf"^({titles}):$", documentation, flags=re.MULTILINE)
    return {"": parts[0].strip()} | {
        title: _dedented(body) for title, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def _dedented(body: str) -> str:
    lines = [line.removeprefix("    ") for line in body.strip("\n").splitlines()]
    return "\n".join(lines).rstrip()

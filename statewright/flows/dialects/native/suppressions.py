"""Findings that an author suppresses, each with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from statewright.flows.model import Suppression
from statewright.flows.parts import Part


def suppressions_from(written: Mapping[str, str], part: Part) -> Iterator[Suppression]:
    """What ``suppress`` of a node or a flow says; one without a reason is reported and not read."""
    for code, reason in written.items():
        place = part[code]
        if reason.strip():
            yield Suppression(code.strip().upper(), reason.strip(), place.key_location, part.node)
        else:
            place.report(
                "R005", f"the reason to suppress `{code}` is missing", "say why", at_key=True
            )

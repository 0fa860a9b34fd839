"""Names that authors give to values, and that mean something else already."""

from __future__ import annotations

from statewright.flows.names import ROOTS
from statewright.flows.parts import Part
from statewright.statechart.definition import OWN


def check_name(name: str, part: Part, *, at_key: bool = False, inside: bool = False) -> None:
    """Report a name by which no expression, or not the author's value alone, can be read.

    Args:
        name: what a variable, an element of a list, an error or a field is called.
        part: where that is said.
        at_key: whether it is the key of the part.
        inside: whether it names a part of another value, which can be read as such.
    """
    if name.startswith(OWN):
        part.report(
            "R004",
            f"`{name}` is no name for a value: `{OWN}` begins the names of what a chart keeps",
            "give it another name",
            at_key=at_key,
        )
    elif name in ROOTS:
        part.report(
            "R004",
            f"`{name}` means something else in an expression",
            f"read it as `vars['{name}']`, or rename it" if inside else "give it another name",
            severity="warning" if inside else "error",
            at_key=at_key,
        )

"""What proofs assume of the world, in words."""

from __future__ import annotations

from statewright.compiler.verification.verification import Verification

ASSUMPTIONS = (
    "users say anything that the question they are asked can tell apart, or nothing at all",
    "every input of the flow is given when a session begins",
    "effects answer with any data, with an error, or not in time",
    "language models answer with what fits the schema that they are given",
    "lots fall on any of their outcomes",
    "timers fire when they are due, and any of several that may be due first may fire first",
    "contact and tenant have any values, which nobody else changes during a conversation",
    "the tags and segments of a contact are maps",
    "a message that comes while nothing listens is like one that comes later",
    "where a rule says what leads to what, whatever may happen again and again does happen once",
    "numbers do not overflow, and values are not too large to be kept",
)


def assumptions_of(verification: Verification) -> tuple[str, ...]:
    """The assumptions of all proofs about a chart."""
    steps = verification.budget.steps
    return (*ASSUMPTIONS, f"each search may try {steps} macrosteps")

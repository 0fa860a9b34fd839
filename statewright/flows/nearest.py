"""What somebody who wrote an unknown name may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from statewright.flows.outline import shown

_LIST_LIMIT: Final = 12
"""How many names a message lists."""

_SYNONYMS: Final = {
    "any": ("dyn",),
    "api": ("http",),
    "array": ("list",),
    "boolean": ("bool",),
    "branch": ("condition",),
    "datetime": ("timestamp",),
    "dict": ("map",),
    "equals": ("eq",),
    "float": ("double",),
    "goto": ("jump", "to"),
    "if": ("condition",),
    "integer": ("int",),
    "json": ("dyn",),
    "number": ("double",),
    "object": ("map",),
    "options": ("choices",),
    "prompt": ("text",),
    "str": ("string",),
    "target": ("to", "next"),
    "text": ("string", "message"),
    "transfer": ("handoff",),
    "wait": ("delay",),
    "webhook": ("http",),
}
"""What other formats call what we call otherwise."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like ``name``, or ``""`` if none does.

    Case, spaces and the difference of ``-`` and ``_`` do not count.

    >>> nearest("Mesage", ["message", "question"])
    'message'
    """
    by_key = {_key(candidate): candidate for candidate in known}
    matches = get_close_matches(_key(name)[:100], by_key, n=1, cutoff=0.6)
    return by_key[matches[0]] if matches else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The help for an unknown name: the nearest known one, or else what is known, if not too much.

    Args:
        name: the unknown one.
        known: the others; a set is sorted.
    """
    names = sorted(known) if isinstance(known, set | frozenset) else list(known)
    synonyms = _SYNONYMS.get(_key(name), ())
    found = next((word for word in synonyms if word in names), "") or nearest(name, names)
    if found:
        return f"did you mean {shown(found)}?"
    if len(names) == 1:
        return f"it can only be {shown(names[0])}"
    return f"known are {listed(names)}" if len(names) <= _LIST_LIMIT else ""


def listed(names: Iterable[str]) -> str:
    """Names in backticks, as a sentence lists them.

    >>> listed(["a", "b", "c"])
    '`a`, `b` and `c`'
    """
    shown_names = [shown(name) for name in names]
    if len(shown_names) < 2:
        return "".join(shown_names)
    return f"{', '.join(shown_names[:-1])} and {shown_names[-1]}"


def _key(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")

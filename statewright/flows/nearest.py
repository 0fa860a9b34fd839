"""What somebody who wrote an unknown name may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from typing import Final

from statewright.flows.outline import shown

_LIST_LIMIT: Final = 12
"""How many names a message lists."""

_AS_NEAR: Final = 0.05
"""By how little likenesses differ that are the same to people."""

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
    return (*_near(name, known), "")[0]


def meant(name: str, known: Iterable[str]) -> str:
    """The help for an unknown name that something is like; two that it is as much like are named.

    >>> meant("hello_3", ["hello_1", "hello_2", "bye"])
    'did you mean `hello_2` or `hello_1`?'
    """
    found = _near(name, known)
    return f"did you mean {' or '.join(map(shown, found))}?" if found else ""


def _near(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known name that looks most like another one; two if these are as near."""
    by_key = {_key(candidate): candidate for candidate in known}
    key = _key(name)[:100]
    found = get_close_matches(key, by_key, n=2, cutoff=0.6)
    if len(found) > 1 and found[0] != key:
        first, second = (SequenceMatcher(None, one, key).ratio() for one in found)
        if first - second < _AS_NEAR:
            return tuple(by_key[one] for one in found)
    return tuple(by_key[one] for one in found[:1])


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The help for an unknown name: the nearest known one, or else what is known, if not too much.

    Args:
        name: the unknown one.
        known: the others; a set is sorted.
    """
    names = sorted(known) if isinstance(known, set | frozenset) else list(known)
    synonyms = _SYNONYMS.get(_key(name), ())
    synonym = next((word for word in synonyms if word in names), "")
    found = f"did you mean {shown(synonym)}?" if synonym else meant(name, names)
    if found:
        return found
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

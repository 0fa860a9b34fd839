"""What somebody who wrote an unknown name may have meant."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from itertools import chain
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


_MANY: Final = 200
"""Among more names than these, only those that begin or end alike are looked at."""

_BESIDE: Final = 12
"""How many of those, on each side."""

_LONGEST: Final = 100
"""Of a longer name, the beginning is compared."""


class Known:
    """Names that are known, put so that many unknown ones can be asked for.

    Args:
        names: in the order in which they are found when they are as near.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self.by_key = {_key(name): name for name in self.names}
        self._many = len(self.by_key) > _MANY
        self._onwards = sorted(self.by_key) if self._many else []
        self._backwards = sorted(key[::-1] for key in self.by_key) if self._many else []

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def candidates(self, key: str) -> Iterable[str]:
        """The keys that may be near another one."""
        if not self._many:
            return self.by_key
        onwards = _beside(self._onwards, key)
        backwards = (one[::-1] for one in _beside(self._backwards, key[::-1]))
        return dict.fromkeys(chain(onwards, backwards))


def _beside(ordered: list[str], key: str) -> list[str]:
    at = bisect_left(ordered, key)
    return ordered[max(0, at - _BESIDE) : at + _BESIDE]


@lru_cache(maxsize=4)
def _known(names: frozenset[str]) -> Known:
    """The names of one document, which is asked for all that is unknown in it."""
    return Known(sorted(names))


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
    if isinstance(known, frozenset):
        known = _known(known)
    elif not isinstance(known, Known):
        known = Known(known)
    by_key = known.by_key
    key = _key(name)[:_LONGEST]
    found = get_close_matches(key, known.candidates(key), n=2, cutoff=0.6)
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
    if isinstance(known, frozenset):
        known = _known(known)
    elif not isinstance(known, Known):
        known = Known(sorted(known) if isinstance(known, set) else known)
    synonyms = _SYNONYMS.get(_key(name), ())
    synonym = next((known.by_key[word] for word in synonyms if word in known.by_key), "")
    found = f"did you mean {shown(synonym)}?" if synonym else meant(name, known)
    if found or len(known.names) > _LIST_LIMIT:
        return found
    if len(known.names) == 1:
        return f"it can only be {shown(known.names[0])}"
    return f"known are {listed(known.names)}"


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

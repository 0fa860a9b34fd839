"""What was answered last: it may stand in while a circuit breaker is open.

Only for requests that say so (``breaker.last_good``), and only for the very same request: the same
tenant, the same kind of work, and the same parameters, as they are before secrets are filled in.
Nobody gets what was answered to a request of another content.

Answers are kept in memory, in this process, and bounded in number, size and age.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from statewright.runtime.clock import SECOND
from statewright.runtime.effects.breakers import Destination
from statewright.statechart import Effect
from statewright.statechart.values.canonical import json_from_value, text_from_json

KEPT: Final = 256
"""How many answers are kept: those that came last."""

LARGEST: Final = 64 * 1024
"""The most characters of an answer that is kept, as JSON."""

AGE: Final = "statewright-age"
"""The header of an answer of ``http`` that says how old it is, in whole seconds."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was answered, and when."""

    data: Any
    at: int


class LastAnswers:
    """The good answers that came last."""

    def __init__(self) -> None:
        self._answers: OrderedDict[bytes, _Answer] = OrderedDict()

    def keep(self, whom: Destination, effect: Effect, data: Any, now: int) -> None:
        """Keep a good answer, if the request says that it may be used again."""
        if _longest(effect) == 0 or not _is_good(data):
            return
        if len(text_from_json(json_from_value(data))) > LARGEST:
            return
        name = _name(whom, effect)
        self._answers[name] = _Answer(data, now)
        self._answers.move_to_end(name)
        if len(self._answers) > KEPT:
            self._answers.popitem(last=False)

    def answer(self, whom: Destination, effect: Effect, now: int) -> Any:
        """The last good answer to the same request; None where there is none, or it is too old."""
        longest = _longest(effect)
        if longest == 0:
            return None
        found = self._answers.get(_name(whom, effect))
        if found is None or now - found.at > longest:
            return None
        return _aged(found.data, (now - found.at) // SECOND)


def _longest(effect: Effect) -> int:
    """Microseconds for which an answer may stand in; 0 where none may."""
    params = effect.data.get("params")
    breaker = params.get("breaker") if isinstance(params, Mapping) else None
    longest = breaker.get("last_good") if isinstance(breaker, Mapping) else None
    return longest if type(longest) is int and longest > 0 else 0


def _name(whom: Destination, effect: Effect) -> bytes:
    said = [*whom, json_from_value(effect.data.get("params"))]
    return sha256(text_from_json(said).encode()).digest()


def _is_good(data: Any) -> bool:
    """Whether it is an answer that stands for what was asked: of ``http``, a status of success."""
    status = data.get("status") if isinstance(data, Mapping) else None
    return type(status) is not int or 200 <= status < 300


def _aged(data: Any, seconds: int) -> Any:
    """The answer, with its age among its headers where it has any."""
    headers = data.get("headers") if isinstance(data, Mapping) else None
    if not isinstance(headers, Mapping):
        return data
    return {**data, "headers": {**headers, AGE: str(seconds)}}

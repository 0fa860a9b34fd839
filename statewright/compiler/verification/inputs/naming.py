"""How a user names each of the choices that a question offers: what is said to choose it.

The value of a choice that comes out of data may be anything. A map is no name, and what is written
alike may name two choices, or another one: so it is asked what is understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from statewright.expressions.operations.choosing import understood_choice, understood_choices
from statewright.expressions.operations.comparison import fingerprint

Offered = Sequence[Mapping[str, Any]]
"""What a question offers, as ``Awaiting.choices``."""


def names_of_choices(kind: str, choices: Offered) -> list[Any]:
    """What chooses each of some choices: its value, else its label, else its number.

    What none of them chooses is left out.

    Args:
        kind: of the question.
        choices: what it offers.
    """
    chosen = _CHOSEN.get(kind)
    return [] if chosen is None else list(_named(chosen, choices))


def _named(chosen: Callable[[Any, Offered], Any], choices: Offered) -> Iterator[Any]:
    offered = list(choices)
    for number, choice in enumerate(offered, 1):
        wanted = fingerprint(choice)
        for name in (choice["value"], choice["label"], str(number)):
            found = chosen(name, offered)
            if found is choice or (found is not None and fingerprint(found) == wanted):
                yield name
                break


def _one(name: Any, choices: Offered) -> Any:
    found = understood_choice(name, choices)
    return found.value if found.present else None


def _one_of_several(name: Any, choices: Offered) -> Any:
    found = understood_choices([name], choices)
    return found.value[0] if found.present else None


_CHOSEN: Final[Mapping[str, Callable[[Any, Offered], Any]]] = MappingProxyType(
    {"choice": _one, "multiple_choice": _one_of_several}
)
"""Kind of question that offers choices → what a name chooses, or None."""

"""Where the texts inside a value go, by their pointers, where that is not the same for all."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from statewright.expressions import Place
from statewright.flows.nodes import ParameterForm

PlaceAt: TypeAlias = Callable[[str], Place | None]
"""Pointer of a text inside a value → where it goes; None for a text that is no template."""

_URL: Final = re.compile(r"(?:/\d+)?/url")


def values(_pointer: str) -> Place | None:
    """Every text is a value."""
    return Place.VALUE


def files(pointer: str) -> Place | None:
    """The ``url`` of a file, or of each in a list, is one.

    >>> [files(one).value for one in ("/url", "/0/url", "/0/name", "/0/a/url")]
    ['url', 'url', 'value', 'value']
    """
    return Place.URL if _URL.fullmatch(pointer) else Place.VALUE


def _whole(place: Place | None) -> PlaceAt:
    return lambda pointer: Place.VALUE if pointer else place


PLACES_OF: Final[dict[ParameterForm, PlaceAt]] = {
    ParameterForm.VALUE: values,
    ParameterForm.HTML: _whole(Place.HTML),
    ParameterForm.URL: _whole(Place.URL),
    ParameterForm.FILES: files,
    ParameterForm.FIXED: lambda _pointer: None,
}
"""How a parameter is written → where its texts go."""

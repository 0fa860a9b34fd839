"""Texts and values that may hold CEL, with the place where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from statewright.statechart.sourcemap import NOWHERE, Location


@dataclass(frozen=True, slots=True)
class Source:
    """A text that holds CEL, or a template, and where it stands.

    Attributes:
        text: as the author wrote it or, where a dialect has its own language, its translation.
        location: where it stands.
        original: what stands there where ``text`` is a translation, else ``""``.
        translations: the same in other languages, by their names.
    """

    text: str
    location: Location = NOWHERE
    original: str = ""
    translations: Mapping[str, Source] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value whose texts may be templates.

    Attributes:
        json: None, bool, int, float, str, or lists and string-keyed maps of these.
        location: where it stands.
        locations: where the texts inside stand, by their pointer below ``location``.
    """

    json: Any
    location: Location = NOWHERE
    locations: Mapping[str, Location] = field(default_factory=dict, compare=False)

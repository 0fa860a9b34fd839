"""What makes frozen values quickly makes the values that their classes would make."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from statewright.statechart.forms.making import maker


@dataclass(frozen=True, slots=True)
class Even:
    """A number that checks itself."""

    number: int
    name: str = ""

    def __post_init__(self) -> None:
        if self.number % 2:
            raise ValueError(f"{self.number} is odd")


def test_what_is_made_is_what_the_class_would_have_made() -> None:
    assert maker(Even)(2, name="two") == Even(2, "two")


def test_what_is_made_checks_itself_where_its_class_does() -> None:
    with pytest.raises(ValueError, match="3 is odd"):
        maker(Even)(3, "three")

"""The laws of the checker, and its types beside those of Google's C++ engine."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.expressions.soundness import attempt, broken_law
from tests.expressions.type_oracle import difference, shared_world, their_environment
from tests.expressions.typed_expressions import Writer
from tests.expressions.typed_worlds import data_from, world_from

CHANCES = st.randoms(use_true_random=True)


@settings(max_examples=60, deadline=None)
@given(CHANCES)
def test_what_cannot_fail_never_fails_and_every_value_is_of_its_type(random: Random) -> None:
    world = world_from(random)
    for _ in range(10):
        checked = attempt(random, world)
        for _ in range(4):
            if checked is not None:
                assert not broken_law(checked, data_from(random, world)), checked.expression.text


@pytest.mark.parametrize("dynamic", [False, True])
@settings(max_examples=25, deadline=None)
@given(random=CHANCES)
def test_types_are_those_of_the_engine_of_google(random: Random, dynamic: bool) -> None:  # noqa: FBT001
    world = shared_world(random, dynamic=dynamic)
    theirs = their_environment(world)
    for _ in range(10):
        text = Writer(random, world).expression()
        assert not difference(world, theirs, text, dynamic=dynamic)

"""A small part of the long campaign; see ``campaign``."""

from __future__ import annotations

import pytest

from tests.expressions.campaign import Campaign


@pytest.mark.parametrize("seed", range(100, 104))
def test_generated_code_has_the_values_of_the_interpreter(seed: int) -> None:
    campaign = Campaign(seed)
    for _ in range(500):
        campaign.case()
    assert campaign.differences == []
    assert campaign.counts["C++: differs"] == 0
    for form in ("typed", "bound", "untyped"):
        values = campaign.counts[f"{form}: values"]
        assert values > 100
        assert campaign.counts[f"{form}: values left to the interpreter"] < values / 10


def test_generated_code_has_the_values_of_celpy_where_it_is_right() -> None:
    campaign = Campaign(7)
    for _ in range(300):
        campaign.ask_celpy()
    assert campaign.differences == []
    assert campaign.counts["celpy: values"] > 100


def test_generated_code_does_nothing_that_would_have_spent_the_budget() -> None:
    campaign = Campaign(8)
    for _ in range(2_000):
        campaign.tight()
    assert campaign.differences == []
    assert campaign.counts["budget: decided"] > 200

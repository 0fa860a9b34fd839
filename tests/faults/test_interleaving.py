"""Two processes at one store, in many orders; ``interleaving_campaign`` tries many more."""

from __future__ import annotations

import logging

import pytest

from tests.faults.interleavings import told, worlds


@pytest.mark.parametrize(
    ("database", "first", "stories"), [("memory", 1, 120), ("sqlite", 2_001, 10)]
)
def test_in_no_order_is_anything_lost_doubled_or_heard_too_late(
    database: str, first: int, stories: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    for seed in range(first, first + stories):
        with worlds(database) as store:
            told(seed, store)

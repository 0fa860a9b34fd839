"""Fixtures that several parts of the tests share."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["tests.postgres"]

# How long an example takes says more about what else the machine does than about what is tested.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

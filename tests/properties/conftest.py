"""How long the property tests search: ``--hypothesis-profile=long`` is for a night."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("long", max_examples=20_000, deadline=None)

"""The store in memory keeps the laws."""

from __future__ import annotations

import pytest

from statewright.storage import MemoryStore
from tests.storage.laws import LAWS, Law, holds, name_of


@pytest.mark.parametrize("law", LAWS, ids=name_of)
def test_the_store_in_memory_keeps_the_law(law: Law) -> None:
    store = MemoryStore()
    holds(law, store, store)

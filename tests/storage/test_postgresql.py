"""The store on PostgreSQL keeps the laws."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from statewright.storage import SQLStore
from tests.storage.laws import LAWS, Law, holds, name_of


@pytest.mark.parametrize("law", LAWS, ids=name_of)
def test_the_store_on_postgresql_keeps_the_law(law: Law, postgresql: Callable[[], str]) -> None:
    url = postgresql()
    holds(law, SQLStore(url), SQLStore(url))

"""The store on SQLite keeps the laws."""

from __future__ import annotations

from pathlib import Path

import pytest

from statewright.storage import SQLStore
from tests.storage.laws import LAWS, Law, holds, name_of


@pytest.mark.parametrize("law", LAWS, ids=name_of)
def test_the_store_on_sqlite_keeps_the_law(law: Law, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/flows.db"
    holds(law, SQLStore(url), SQLStore(url))

"""What the tests of the HTTP surface share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.http.serving import Client, serving


@pytest.fixture
def client() -> Iterator[Client]:
    """A client of an application whose store is in memory."""
    with serving() as client:
        yield client

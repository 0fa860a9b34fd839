"""Fixtures of the tests of the compiler."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compiler.node_tools import NodeTools, why_not


@pytest.fixture(scope="session")
def node() -> Iterator[NodeTools]:
    """XState, Graphviz, Mermaid and tsc in one node process; skips where they are not there."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    tools = NodeTools()
    yield tools
    tools.close()

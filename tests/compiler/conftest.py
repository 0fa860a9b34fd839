"""Fixtures of the tests of the compiler."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compiler.node_tools import NodeTools, NoToolsError, installed


@pytest.fixture(scope="session")
def node() -> Iterator[NodeTools]:
    """XState, Graphviz, Mermaid and tsc in one node process; skips where they cannot be had."""
    try:
        folder = installed()
    except NoToolsError as error:
        pytest.skip(str(error))
    tools = NodeTools(folder)
    yield tools
    tools.close()

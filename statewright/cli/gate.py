"""What stands between a flow and its publication over HTTP: what ``check`` would say of it here.

The configuration is that of the directory in which the server was started, or the file that
``--config`` names. A solver is asked as it is by ``check`` and ``publish``.
"""

from __future__ import annotations

from typing import Final

from starlette.applications import Starlette

from statewright import compiler
from statewright.cli.configuration import Wishes, configuration_for
from statewright.cli.files import STDIN
from statewright.cli.solving import solver
from statewright.compiler import Compilation
from statewright.flows import Flow
from statewright.http import server
from statewright.http.endpoint import Check
from statewright.http.making import making_from_here

FACTORY: Final = f"{__name__}:application"
"""What makes the application of one of several processes."""


def check_with(config: str) -> Check:
    """What tells what becomes of a flow.

    Args:
        config: the file of the configuration; ``""`` for the nearest.

    Raises:
        Failure: it cannot be read.
    """
    policy = configuration_for(STDIN, Wishes(config)).policy

    def check(flow: Flow) -> Compilation:
        with solver() as asked:
            return compiler.verify(compiler.compile(flow, policy), solver=asked)

    return check


def application() -> Starlette:
    """The application of one of several processes."""
    return server.application(check_with(making_from_here().config))

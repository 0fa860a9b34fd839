"""Why a release cannot be run by another library."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from types import ModuleType

from statewright.compiler.targets.export import Loss, lines_of
from statewright.errors import CallerError


class UnsupportedChart(CallerError):
    """The library would take another way through the chart than the one that was verified.

    Args:
        library: what was asked to run the chart.
        losses: what it cannot express.
    """

    def __init__(self, library: str, losses: Iterable[Loss]) -> None:
        self.losses = tuple(losses)
        super().__init__(
            f"{library} cannot run this chart; run it with `statewright.statechart`:\n"
            + "\n".join(lines_of(self.losses))
        )


class MissingLibrary(CallerError):
    """A library that a target runs on is not installed.

    Args:
        library: its name on PyPI.
        extra: the extra of Statewright that installs it.
    """

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(f"{library} is not installed: pip install 'statewright[{extra}]'")


def module_on(library: str, extra: str, name: str) -> ModuleType:
    """A module of ours that imports another library.

    Raises:
        MissingLibrary: the library is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("statewright"):
            raise
        raise MissingLibrary(library, extra) from None

"""Compiles conversation flows into verified statecharts, and steps them.

The parts are packages of their own, imported when they are first asked for: ``flows`` reads what
authors draw, ``compiler`` checks it and lowers it, ``statechart`` runs the result without any
input or output, ``storage`` keeps what is published and every session, ``runtime`` takes the turns
of sessions, ``expressions`` is the CEL underneath, ``errors`` is everything that is raised.

>>> from statewright import compiler, flows
"""

from __future__ import annotations

import importlib
from types import ModuleType

__version__ = "0.1.0"

__all__ = [
    "__version__",
    "compiler",
    "errors",
    "expressions",
    "flows",
    "runtime",
    "statechart",
    "storage",
]


def __getattr__(name: str) -> ModuleType:
    """A part of the package, imported on first use, so that ``import statewright`` costs nothing.

    Raises:
        AttributeError: there is no public part of that name.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    """The public names, whether loaded or not."""
    return sorted({*globals(), *__all__})

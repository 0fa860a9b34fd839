"""How a process makes requests: by which engine, how often, and whereto.

Processes that serve together know it by variables of their environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from statewright.runtime.effects.engine import Engine, Host
from statewright.runtime.effects.in_process import InProcessEngine
from statewright.runtime.effects.limits import Limits, limits_from

ALLOW_PRIVATE: Final = "STATEWRIGHT_ALLOW_PRIVATE"
"""Set this variable to 1, and flows may send requests to addresses that are not public."""

CONFIG: Final = "STATEWRIGHT_CONFIG"
"""Set this variable to the file of settings, by default the ``statewright.toml`` that is here."""

ENGINE: Final = "STATEWRIGHT_ENGINE"
"""Set this variable to ``dbos``, and DBOS hands requests out to the processes."""

LIMITS: Final = "STATEWRIGHT_LIMITS"
"""The limits on the requests of each process, as ``--limit`` takes them, with spaces between."""

BUILT_IN: Final = "builtin"
"""The engine that needs nothing but the database."""

DBOS: Final = "dbos"
"""The engine that needs the extra of that name."""


@dataclass(frozen=True, slots=True)
class Making:
    """How requests are made.

    Attributes:
        engine: ``builtin`` or ``dbos``.
        limits: see ``limits_from``.
        allow_private: whether requests may go to addresses that are not public.
        config: the file of settings; ``""`` for the usual one.
    """

    engine: str = BUILT_IN
    limits: tuple[str, ...] = ()
    allow_private: bool = False
    config: str = ""

    def environment(self) -> dict[str, str]:
        """The variables by which other processes know it."""
        return {
            ALLOW_PRIVATE: "1" if self.allow_private else "",
            CONFIG: self.config,
            ENGINE: self.engine,
            LIMITS: " ".join(self.limits),
        }


def making_of(environment: Mapping[str, str]) -> Making:
    """How requests are made by who was started with these variables."""
    limits = tuple(environment.get(LIMITS, "").split())
    allow_private = environment.get(ALLOW_PRIVATE) == "1"
    config = environment.get(CONFIG, "")
    return Making(environment.get(ENGINE) or BUILT_IN, limits, allow_private, config)


def making_from_here() -> Making:
    """How this process makes requests."""
    return making_of(os.environ)


def engine_on(database: str, making: Making) -> Callable[[Host], Engine]:
    """Makes the engine for a database.

    Raises:
        ModuleNotFoundError: DBOS is not installed.
    """
    if making.engine != DBOS:
        return InProcessEngine
    # Only here: DBOS is an extra.
    from statewright.runtime.effects.dbos.engine import DbosEngine  # noqa: PLC0415
    from statewright.runtime.effects.dbos.workflows import system_database_of  # noqa: PLC0415

    return partial(DbosEngine, url=system_database_of(database))


def limits_of(making: Making) -> Limits:
    """How often requests are made, at most.

    Raises:
        ValueError: a limit is none.
    """
    return limits_from(making.limits)

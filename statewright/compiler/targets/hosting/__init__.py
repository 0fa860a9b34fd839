"""Sessions of which another library picks the transitions, and all else is ours.

python-statemachine and transitions say which states are left and entered, and in what order. What
happens there (guards, actions, data, timers, requests to the world) is done by the same code that
``statewright.statechart`` uses, on the same snapshots: a session may go from one to the other
between any two events.
"""

from __future__ import annotations

from statewright.compiler.targets.hosting.errors import MissingLibrary, UnsupportedChart
from statewright.compiler.targets.hosting.session import Engine, Hosted, Session
from statewright.compiler.targets.hosting.stage import Stage

__all__ = ["Engine", "Hosted", "MissingLibrary", "Session", "Stage", "UnsupportedChart"]

"""Runs published flows on a store: sessions, their turns, their timers and their effects.

``Runtime`` is what one uses; ``turn`` is the heart. Nothing here knows of flows or compilers.
"""

from __future__ import annotations

from statewright.runtime.answer import Answer
from statewright.runtime.clock import VirtualClock, system_chance, system_clock
from statewright.runtime.comparing import Comparison, Divergence, Shown
from statewright.runtime.engine import Engine, InProcessEngine
from statewright.runtime.handling import Handler, Order
from statewright.runtime.moments import Moment
from statewright.runtime.overview import Page
from statewright.runtime.replay import Difference, Happening, Replay
from statewright.runtime.retention import Count, Policy, Rule
from statewright.runtime.runtime import Runtime
from statewright.runtime.scheduling import Schedules
from statewright.runtime.standing import Listed, Standing
from statewright.runtime.views import Received, SessionView, Started

__all__ = [
    "Answer",
    "Comparison",
    "Count",
    "Difference",
    "Divergence",
    "Engine",
    "Handler",
    "Happening",
    "InProcessEngine",
    "Listed",
    "Moment",
    "Order",
    "Page",
    "Policy",
    "Received",
    "Replay",
    "Rule",
    "Runtime",
    "Schedules",
    "SessionView",
    "Shown",
    "Standing",
    "Started",
    "VirtualClock",
    "system_chance",
    "system_clock",
]

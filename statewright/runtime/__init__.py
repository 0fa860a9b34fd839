"""Runs published flows on a store: sessions, their turns, their timers and their effects.

``Runtime`` is what one uses; ``turn`` is the heart. Nothing here knows of flows or compilers.
"""

from __future__ import annotations

from statewright.runtime.clock import VirtualClock, system_chance, system_clock
from statewright.runtime.effects.engine import Engine
from statewright.runtime.effects.handling import Handler, Order
from statewright.runtime.effects.in_process import InProcessEngine
from statewright.runtime.history.comparing import Comparison, Divergence, Shown
from statewright.runtime.history.moments import Moment
from statewright.runtime.history.replay import Difference, Happening, Replay
from statewright.runtime.operations.overview import Page
from statewright.runtime.operations.retention import Count, Policy, Rule
from statewright.runtime.operations.standing import Listed, Standing
from statewright.runtime.runtime import Runtime
from statewright.runtime.scheduling import Schedules
from statewright.runtime.turns.answer import Answer
from statewright.runtime.turns.mailboxes import Queues
from statewright.runtime.turns.views import Received, SessionView, Started

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
    "Queues",
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

"""The events from outside by which conversations go on; each is meant by its whole name.

An event that is named by an author, such as that of an interrupt, stands for those whose names go
on behind it with a dot, too, as everywhere in SCXML. These do not: ``message.read`` is no answer.
"""

from __future__ import annotations

from typing import Final

from statewright.statechart.definition import Statechart
from statewright.statechart.structure.traversal import states_in
from statewright.statechart.triggers import MESSAGE

ACKNOWLEDGED: Final = "acknowledge"
"""The user's client has shown a message."""

RESULT: Final = "client.result"
FAILURE: Final = "client.error"
"""The events with which a client answers."""

DECIDED: Final = "approval.decided"
"""The event with which people answer a request for approval."""

SUBMITTED: Final = "form.submit"
"""The event with which all answers come at once: ``{"node", "values": {…}}``."""

RESOLVED: Final = "handoff.resolved"
"""The event with which people give a conversation back."""

ONCE: Final = (DECIDED, RESULT, FAILURE, SUBMITTED)
"""Those that may happen only once, and so wait for a conversation that stands still."""

_EXACT: Final = frozenset({MESSAGE, ACKNOWLEDGED, RESOLVED, *ONCE})


def exact_in(chart: Statechart) -> tuple[str, ...]:
    """The events of a chart that are meant by their whole names, in order of their names."""
    listened = (
        event for state in states_in(chart) for way in state.transitions for event in way.events
    )
    return tuple(sorted(_EXACT & {*listened, *chart.deferred}))

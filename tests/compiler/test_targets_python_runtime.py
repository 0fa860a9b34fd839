"""The machine that stands where a stand-alone module has its own one, and what it refuses."""

from __future__ import annotations

import json

import pytest

from statewright.compiler.targets.python.runtime import service
from statewright.errors import InvalidEvent, InvalidSnapshot


def test_the_door_that_stands_where_a_module_has_its_chart_opens_and_shuts() -> None:
    begun = service.start(session="s", seed="x", now=0)
    assert begun.configuration == ("closed",)
    pushed = service.step(begun.snapshot, {"name": "push", "now": 1})
    assert pushed.configuration == ("open",)
    assert service.awaiting(pushed.snapshot) is None
    assert json.loads(pushed.snapshot)["turns"] == 2


def test_a_snapshot_that_was_changed_by_hand_is_refused() -> None:
    begun = service.start(session="s", seed="x", now=0)
    for wrong in ('["open","closed"]', '["nowhere"]', "[]"):
        changed = begun.snapshot.replace('["closed"]', wrong)
        with pytest.raises(InvalidSnapshot):
            service.step(changed, {"name": "push", "now": 1})


def test_an_event_with_an_unknown_key_is_refused() -> None:
    begun = service.start(session="s", seed="x", now=0)
    with pytest.raises(InvalidEvent, match="`'nmae'`"):
        service.step(begun.snapshot, {"name": "push", "nmae": "pull"})

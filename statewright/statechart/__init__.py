"""Statecharts without input or output: ``start`` and ``macrostep``, values in and values out."""

from __future__ import annotations

from statewright.statechart.definition import (
    Awaits,
    Datum,
    Invoke,
    Limits,
    Member,
    State,
    Statechart,
    StateKind,
    Transition,
    TransitionKind,
    state_id,
)
from statewright.statechart.effects import Effect, EffectKind, Incident
from statewright.statechart.event import Event, EventKind
from statewright.statechart.forms.codec import (
    chart_from_json,
    chart_to_json,
    digest_of,
    effect_from_json,
    effect_to_json,
    event_from_json,
    event_to_json,
    snapshot_from_json,
    snapshot_to_json,
)
from statewright.statechart.playing.play import Turn, json_from_turn, play, turn_of
from statewright.statechart.playing.script import Line, event_for, parse_script
from statewright.statechart.release import Release, release_from_json, release_to_json
from statewright.statechart.rules import Moment, Rule, RuleKind
from statewright.statechart.snapshot import Child, Invocation, Snapshot, Status, Timer
from statewright.statechart.sourcemap import Location, SourceMap
from statewright.statechart.stepping.algorithm import macrostep, start
from statewright.statechart.stepping.awaiting import Awaiting, awaiting
from statewright.statechart.stepping.watching import promises
from statewright.statechart.steps import Macrostep, Microstep

__all__ = [
    "Awaiting",
    "Awaits",
    "Child",
    "Datum",
    "Effect",
    "EffectKind",
    "Event",
    "EventKind",
    "Incident",
    "Invocation",
    "Invoke",
    "Limits",
    "Line",
    "Location",
    "Macrostep",
    "Member",
    "Microstep",
    "Moment",
    "Release",
    "Rule",
    "RuleKind",
    "Snapshot",
    "SourceMap",
    "State",
    "StateKind",
    "Statechart",
    "Status",
    "Timer",
    "Transition",
    "TransitionKind",
    "Turn",
    "awaiting",
    "chart_from_json",
    "chart_to_json",
    "digest_of",
    "effect_from_json",
    "effect_to_json",
    "event_for",
    "event_from_json",
    "event_to_json",
    "json_from_turn",
    "macrostep",
    "parse_script",
    "play",
    "promises",
    "release_from_json",
    "release_to_json",
    "snapshot_from_json",
    "snapshot_to_json",
    "start",
    "state_id",
    "turn_of",
]

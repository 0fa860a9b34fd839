"""A chart without the words that are only shown: nothing that happens depends on these."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from statewright.expressions.template import Hole, parse_template
from statewright.statechart.definition import Statechart
from statewright.statechart.forms.codec import chart_to_json


def wordless(chart: Statechart) -> dict[str, Any]:
    """A chart as JSON, without the texts that are shown as they are."""
    made: dict[str, Any] = _without_words(json.loads(chart_to_json(chart)))
    return made


def _without_words(value: Any) -> Any:
    """A chart as JSON, without the texts that are shown as they are."""
    if isinstance(value, list):
        return [_without_words(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("do") == "say":
        return {**value, "content": _silent(value.get("content"))}
    return {name: _without_words(one) for name, one in value.items()}


def _silent(content: Any) -> Any:
    """What is shown, without the words between the holes in it: any are as good as others."""
    if not isinstance(content, Mapping):
        return content
    literal, fields = content.get("literal"), content.get("map")
    if isinstance(literal, Mapping) and isinstance(literal.get("text"), str):
        return {"literal": {**literal, "text": ""}}
    if isinstance(fields, list):
        return {"map": [[name, _holes(part) if name == "text" else part] for name, part in fields]}
    return content


def _holes(content: Any) -> Any:
    """A text that is written out, or has holes: what decides whether it has a value."""
    text = content.get("template") if isinstance(content, Mapping) else None
    if isinstance(text, str):
        parts = (one for one in parse_template(text).parts if not isinstance(one, str))
        return {"holes": [one.expression.text if isinstance(one, Hole) else "" for one in parts]}
    return {"holes": []} if isinstance(content.get("literal"), str) else content

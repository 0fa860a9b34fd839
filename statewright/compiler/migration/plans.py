"""What people decide of a migration, written down: a document → a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from statewright.compiler.scope import HOST_FUNCTIONS, ROOTS
from statewright.errors import ExpressionError, InvalidConfiguration
from statewright.expressions import Environment, Expression, check, parse, type_from_name
from statewright.flows.nearest import did_you_mean
from statewright.statechart.definition import Statechart, state_id
from statewright.statechart.migration.plan import Plan
from statewright.statechart.structure.tree import Tree, tree_of
from statewright.statechart.values.value_types import type_of

KEYS: Final = ("states", "restarts", "pinned", "values", "rest")


def plan_from(document: Any, old: Statechart, new: Statechart) -> Plan:
    """The plan that a document describes.

    Args:
        document: ``{"states": {old: new}, "restarts": {old: new}, "pinned": [old], "values":
            {variable: expression}, "rest": new}``, of which each part may be missing. Places are
            named as authors name them, or by the ids of their states.
        old: what sessions run.
        new: what they are to run.

    Raises:
        InvalidConfiguration: it describes none, or names what is not there.
    """
    plan = _map(document, "a plan", KEYS)
    before, after = tree_of(old), tree_of(new)
    pinned = plan.get("pinned") or []
    if not isinstance(pinned, list):
        raise _wrong("pinned", "this should be a list of places")
    rest = plan.get("rest")
    return Plan(
        states=_places(plan, "states", before, after),
        restarts=_places(plan, "restarts", before, after),
        pinned=frozenset(_state(before, name, "pinned", "old") for name in pinned),
        values=_values(plan, old, new),
        rest="" if rest is None else _state(after, rest, "rest", "new"),
    )


def _places(plan: Mapping[str, Any], key: str, before: Tree, after: Tree) -> Mapping[str, str]:
    return {
        _state(before, name, key, "old"): _state(after, place, f"{key}/{name}", "new")
        for name, place in _map(plan.get(key), key).items()
    }


def _state(tree: Tree, name: Any, where: str, which: str) -> str:
    """The id of a state that was named by its id, or as the author calls the node."""
    if isinstance(name, str):
        for candidate in (name, state_id(name)):
            if candidate in tree.nodes:
                return candidate
    shown = ascii(name)[:100]
    known = [one for one in tree.nodes if "/" not in one and "~" not in one]
    raise _wrong(where, f"the {which} version has no place {shown}", did_you_mean(str(name), known))


def _values(plan: Mapping[str, Any], old: Statechart, new: Statechart) -> Mapping[str, Expression]:
    types = {datum.name: type_of(datum.type, datum.limits) for datum in old.data}
    own = frozenset(types)
    types |= {name: type_from_name(ROOTS[name]) for name in ("vars", "session", "now")}
    environment = Environment(types, HOST_FUNCTIONS, unset=own, mirror="vars", mirrored=own)
    declared = {datum.name for datum in new.data}
    found: dict[str, Expression] = {}
    for name, text in _map(plan.get("values"), "values").items():
        where = f"values/{name}"
        if name not in declared:
            hint = did_you_mean(name, declared)
            raise _wrong(where, "the new version has no such variable", hint)
        try:
            expression = parse(text if isinstance(text, str) else json.dumps(text))
        except ExpressionError as error:
            raise _wrong(where, str(error)) from None
        problems = check(expression, environment).problems
        if problems:
            raise _wrong(where, problems[0].reason)
        found[name] = expression
    return found


def _map(value: Any, where: str, keys: tuple[str, ...] = ()) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise _wrong(where, "this should be a map with texts as keys")
    unknown = [key for key in value if keys and key not in keys]
    if unknown:
        raise _wrong(where, f"{unknown[0]!r} is not known here", did_you_mean(unknown[0], keys))
    return value


def _wrong(where: str, what: str, hint: str = "") -> InvalidConfiguration:
    return InvalidConfiguration([f"{where}: {what}{hint and f'; {hint}'}"])

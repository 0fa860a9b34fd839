"""An action node of Wriveted → assignments and requests, in order.

One node may do both, so it becomes a chain of ours: runs of assignments, and requests.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from statewright.flows.dialects.wriveted import requests
from statewright.flows.dialects.wriveted.aggregates import in_our_functions
from statewright.flows.dialects.wriveted.scope import Scope
from statewright.flows.nearest import did_you_mean
from statewright.flows.nodes import Assignment, Http, Operation, Set, Value
from statewright.flows.outline import shown
from statewright.flows.parts import Part
from statewright.flows.placeholders import path_from

_LONE = re.compile(r"\s*\{\{(.*)\}\}\s*", re.DOTALL)
_COMMON: Final = frozenset({"type", "description", "id", "label"})


def chain_from(content: Part, scope: Scope) -> list[Set | Http]:
    """What the actions of a node do, in order."""
    steps = (_step(action, scope) for action in content["actions"].items())
    known = (step for step in steps if step is not None)
    chain: list[Set | Http] = []
    for is_request, run in itertools.groupby(known, key=lambda step: isinstance(step, Http)):
        if is_request:
            chain.extend(step for step in run if isinstance(step, Http))
        else:
            chain.append(Set(tuple(step for step in run if isinstance(step, Assignment))))
    return chain or [Set(())]


def _step(action: Part, scope: Scope) -> Assignment | Http | None:
    if not isinstance(action.value, dict):
        action.wrong("a map")
        return None
    kind = action["type"]
    name = kind.text().lower()
    if name == "api_call":
        return _api_call(action, scope)
    if name not in _ACTIONS:
        if kind.present:
            known = (*_ACTIONS, "api_call")
            kind.report("R004", f"{shown(kind.value)} is no action", did_you_mean(name, known))
        else:
            kind.wrong("what the action does")
        return None
    read, keys = _ACTIONS[name]
    action.refuse_unknown(_COMMON | keys)
    return read(action, scope)


def _api_call(action: Part, scope: Scope) -> Http:
    """A request; exports keep its description in ``config``, the documents in the action."""
    config = action["config"]
    if config.present and not isinstance(config.value, dict):
        config.wrong("a map")
    if isinstance(config.value, dict):
        action.refuse_unknown(_COMMON | {"config"})
        config.refuse_unknown(requests.KEYS)
        return requests.request_from(config, scope)
    action.refuse_unknown(_COMMON | requests.KEYS)
    return requests.request_from(action, scope)


def _set(action: Part, scope: Scope) -> Assignment | None:
    target = scope.target(action["variable"])
    if target is None:
        return None
    return Assignment(Operation.SET, target, action["value"].json(scope.template))


def _increment(action: Part, scope: Scope) -> Assignment | None:
    return _change(action, scope, sign=1)


def _decrement(action: Part, scope: Scope) -> Assignment | None:
    return _change(action, scope, sign=-1)


def _change(action: Part, scope: Scope, sign: int) -> Assignment | None:
    target = scope.target(action["variable"])
    amount = action.first("amount", "value")
    if target is None:
        return None
    if isinstance(amount.value, str) and _LONE.fullmatch(amount.value):
        text = scope.template(amount.value)
        if sign < 0:
            text = _LONE.sub(r"{{ -(\1) }}", text)
        place = replace(amount.location, text_column=0)
        value = Value(text, place, {"": place})
    else:
        number = amount.number()
        value = Value(sign * (1 if number is None else number), amount.location)
    return Assignment(Operation.INCREMENT, target, value)


def _delete(action: Part, scope: Scope) -> Assignment | None:
    target = scope.target(action["variable"])
    return None if target is None else Assignment(Operation.UNSET, target)


# --- aggregate -----------------------------------------------------------------------------------

_OPERATIONS: Final = ("sum", "avg", "max", "min", "count", "merge", "collect", "flatten")
_MERGES: Final = {"sum": "merge_sum", "max": "merge_max", "last": "merge_last"}


def _aggregate(action: Part, scope: Scope) -> Assignment | None:
    """A variable that is computed: of an expression, or of a field of the items of a list."""
    target = scope.target(action.first("target", "variable"))
    expression = action["expression"]
    if expression.present:
        text = scope.expression(expression.text().strip())
        place = expression.location
    else:
        text = _of_items(action, scope)
        place = action["source"].location
    if target is None or not text:
        return None
    place = replace(place, text_column=0)
    value = Value(f"{{{{ {text} }}}}", place, {"": place})
    return Assignment(Operation.SET, target, value)


def _of_items(action: Part, scope: Scope) -> str:
    source = path_from(action["source"].text())
    if source is None:
        action["source"].wrong("the variable that holds a list")
        return ""
    items = scope.in_cel(source)
    field = action["field"]
    steps = path_from(field.text()) if field.text() else None
    if steps is not None:
        items = f"{items}.map(item, item.{'.'.join(steps)})"
    operation = action["operation"].one_of(_OPERATIONS, "sum")
    strategy = action["merge_strategy"].one_of(_MERGES, "sum")
    function = _MERGES[strategy] if operation == "merge" else operation
    return in_our_functions(f"{function}({items})")


Reader = Callable[[Part, Scope], Assignment | None]

_ACTIONS: Final[Mapping[str, tuple[Reader, frozenset[str]]]] = MappingProxyType(
    {
        "set_variable": (_set, frozenset({"variable", "value"})),
        "increment": (_increment, frozenset({"variable", "amount", "value"})),
        "decrement": (_decrement, frozenset({"variable", "amount", "value"})),
        "delete_variable": (_delete, frozenset({"variable"})),
        "aggregate": (
            _aggregate,
            frozenset(
                {
                    "expression",
                    "target",
                    "variable",
                    "source",
                    "field",
                    "operation",
                    "merge_strategy",
                }
            ),
        ),
    }
)
"""What makes an assignment of each action, and the keys that it reads."""

"""The rules that the structure of a statechart keeps, each with what to do where it is broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from statewright.errors import EvaluationError, InvalidStatechart
from statewright.expressions import Literal
from statewright.expressions.operations.patterns import searcher
from statewright.expressions.values import Uint
from statewright.statechart.actions import Action, Assign, Cancel, ForEach, If, Raise, Send
from statewright.statechart.definition import (
    Actions,
    Datum,
    Invoke,
    Limits,
    State,
    Statechart,
    StateKind,
    Transition,
)
from statewright.statechart.event import INTERNAL, is_event_name
from statewright.statechart.rules import Rule, RuleKind
from statewright.statechart.structure.nodes import Node, is_descendant, is_history
from statewright.statechart.structure.traversal import states_in, transitions_of
from statewright.statechart.values.coercion import held

STATE_DEPTH = 100
"""How many states may lie inside each other."""

ACTION_DEPTH = 50
"""How many actions may lie inside each other."""

NESTING = 50
"""How many lists, maps and fields may be declared inside each other."""

LOCATION_LENGTH = 50
"""How many names the location of an assignment may have."""

TYPES = frozenset(
    {
        "dyn",
        "bool",
        "int",
        "uint",
        "double",
        "string",
        "bytes",
        "timestamp",
        "duration",
        "list",
        "map",
    }
)
"""What a variable may be declared as."""

_ORDERED = frozenset({int, float, Uint, str, datetime, timedelta})

_HISTORY = frozenset({StateKind.SHALLOW_HISTORY, StateKind.DEEP_HISTORY})
_NESTING = frozenset({StateKind.COMPOUND, StateKind.PARALLEL})


def check_states(chart: Statechart) -> None:
    """Check all that can be told from the states alone, before they have a place in a tree.

    Raises:
        InvalidStatechart: a rule is broken; the message names the state and says what to do.
    """
    _check_depth(chart.states)
    if all(state.kind in _HISTORY for state in chart.states):
        raise InvalidStatechart("a chart has at least one state; add one to `states`")
    if type(chart.limit) is not int or chart.limit < 1:
        raise InvalidStatechart(f"`limit` is a count of microsteps from 1, not `{chart.limit}`")
    for descriptor in chart.deferred:
        _check_descriptor(descriptor, "`deferred`")
    for descriptor in chart.exact:
        _check_descriptor(descriptor, "`exact`")
    for name, inner in chart.charts.items():
        if not name or inner.charts:
            raise InvalidStatechart(
                f"the chart `{name}` has charts of its own, or no name; "
                "put all of them into the outermost chart, each with a name"
            )
    _check_data(chart.data, "the chart")
    _check_outside(chart.contact, "the contact")
    _check_outside(chart.tenant, "the tenant")
    _check_inputs(chart)
    if chart.initial is not None:
        _check_initial(chart.initial, "the chart")
    top = frozenset(state.id for state in chart.states)
    ids: set[str] = set()
    invocations: set[str] = set()
    for state in states_in(chart):
        _check_id(state.id, ids)
        _check_kind(state, top=state.id in top)
        _check_state(state)
        for invoke in state.invocations:
            _check_invoke(invoke, state, invocations)


def _check_depth(states: tuple[State, ...]) -> None:
    level, depth = states, 0
    while level:
        depth += 1
        if depth > STATE_DEPTH:
            raise InvalidStatechart(
                f"state `{level[0].id}` lies inside {depth - 1} others; "
                f"nest at most {STATE_DEPTH} states"
            )
        level = tuple(child for state in level for child in state.states)


def _check_id(name: str, ids: set[str]) -> None:
    if not name:
        raise InvalidStatechart("a state has no id; give it one that no other state has")
    if name in ids:
        raise InvalidStatechart(f"two states have the id `{name}`; rename one of them")
    ids.add(name)


def _check_kind(state: State, *, top: bool) -> None:
    """Whether a state has what its kind needs, and nothing that its kind excludes."""
    kind, where = state.kind, f"{state.kind} state `{state.id}`"
    if kind in _NESTING:
        if all(child.kind in _HISTORY for child in state.states):
            raise InvalidStatechart(f"{where} has no children; add some or make it atomic")
    elif state.states:
        raise InvalidStatechart(f"{where} has children; make it compound or parallel")
    if kind is StateKind.PARALLEL:
        for child in state.states:
            if child.kind is StateKind.FINAL:
                raise InvalidStatechart(
                    f"{where} has the final child `{child.id}`; put it inside a region"
                )
    if kind in _HISTORY:
        _check_history(state, where, top=top)
    elif kind is not StateKind.COMPOUND and state.initial is not None:
        raise InvalidStatechart(f"{where} has an initial transition; only compound states do")
    if kind is StateKind.FINAL:
        if state.transitions or state.invocations:
            raise InvalidStatechart(f"{where} has transitions or invocations; remove them")
    elif state.donedata is not None:
        raise InvalidStatechart(f"{where} has donedata; only final states do")
    if (state.outcome or state.failed) and not (top and kind is StateKind.FINAL):
        raise InvalidStatechart(
            f"{where} has an outcome or fails the session; only a final child of the root does"
        )


def _check_history(state: State, where: str, *, top: bool) -> None:
    if top:
        raise InvalidStatechart(f"{where} is a child of the root; put it inside the state it is of")
    if state.initial is None:
        raise InvalidStatechart(
            f"{where} has no default transition; set `initial` to where it leads at first"
        )
    if any((state.transitions, state.entry, state.exit, state.invocations, state.data)):
        raise InvalidStatechart(
            f"{where} has more than a default transition; it is never active, so remove the rest"
        )


def _check_state(state: State) -> None:
    where = f"state `{state.id}`"
    _check_data(state.data, where)
    if state.initial is not None:
        _check_initial(state.initial, where)
    for block in (*state.entry, *state.exit):
        _check_actions(block, where)
    for transition in transitions_of(state):
        for descriptor in transition.events:
            _check_descriptor(descriptor, where)
        _check_actions(transition.actions, where)


def _check_initial(initial: Transition, where: str) -> None:
    if initial.events or initial.guard is not None:
        raise InvalidStatechart(
            f"the initial transition of {where} has events or a guard; remove them, it always runs"
        )
    if not initial.targets:
        raise InvalidStatechart(
            f"the initial transition of {where} leads nowhere; give it a target"
        )
    _check_actions(initial.actions, where)


def _check_data(data: Iterable[Datum], where: str) -> None:
    names: set[str] = set()
    for datum in data:
        if not datum.name:
            raise InvalidStatechart(f"a variable of {where} has no name; give it one")
        if datum.name in names:
            raise InvalidStatechart(f"{where} declares `{datum.name}` twice; remove one of them")
        _check_type(datum.type, datum.limits, f"variable `{datum.name}` of {where}")
        names.add(datum.name)


def _check_outside(data: tuple[Datum, ...], where: str) -> None:
    _check_data(data, where)
    for datum in data:
        if datum.value is None:
            continue
        if not isinstance(datum.value, Literal):
            raise InvalidStatechart(
                f"variable `{datum.name}` of {where} begins with what is computed; "
                "only a value that is written out can stand for one that is not there"
            )
        try:
            held(datum.value.value, datum.type, datum.limits)
        except EvaluationError as error:
            raise InvalidStatechart(
                f"variable `{datum.name}` of {where} begins with what it cannot hold: "
                f"{error.reason}"
            ) from None


def _check_type(declared: str, limits: Limits | None, what: str, depth: int = 0) -> None:
    """Check what is declared of a value, and of what is inside it."""
    if declared not in TYPES:
        raise InvalidStatechart(
            f"{what} has the unknown type `{declared}`; use one of {', '.join(sorted(TYPES))}"
        )
    if limits is None:
        return
    if depth > NESTING:
        raise InvalidStatechart(f"{what} is declared more than {NESTING} levels deep")
    if limits.element is not None and declared not in {"list", "map"}:
        raise InvalidStatechart(f"{what} is a {declared}, which has no elements")
    if limits.fields and (declared != "map" or limits.element is not None):
        raise InvalidStatechart(f"{what} has fields; only a map without `element` may")
    _check_limits(limits, what)
    members = limits.fields if limits.element is None else (limits.element, *limits.fields)
    for member in members:
        inside = f"`{member.name}` of {what}" if member.name else f"an element of {what}"
        _check_type(member.type, member.limits, inside, depth + 1)


def _check_limits(limits: Limits, what: str) -> None:
    names = [field.name for field in limits.fields]
    if len(set(names)) < len(names):
        raise InvalidStatechart(f"{what} declares a field twice; remove one of them")
    if limits.names and len(limits.names) != len(limits.values):
        raise InvalidStatechart(f"{what} has not as many `names` as `values`")
    try:
        if limits.pattern:
            searcher(limits.pattern)
    except EvaluationError as error:
        raise InvalidStatechart(f"the pattern of {what}: {error.reason}") from None
    for bound in (limits.minimum, limits.maximum):
        if bound is not None and type(bound) not in _ORDERED:
            raise InvalidStatechart(f"a bound of {what} has no order; use a number, text or time")


def _check_inputs(chart: Statechart) -> None:
    names = {datum.name for datum in chart.data}
    for name in chart.inputs:
        if name not in names:
            raise InvalidStatechart(f"the input `{name}` is not declared; add it to `data`")


def _check_invoke(invoke: Invoke, state: State, ids: set[str]) -> None:
    name = invoke.id or f"{state.id}.0"
    if not is_event_name(name):
        raise InvalidStatechart(
            f"`{name}` of state `{state.id}` is no id of an invocation; "
            "use names joined by dots, without stars, see `state_id`"
        )
    if invoke.id in ids:
        raise InvalidStatechart(
            f"two invocations have the id `{invoke.id}`; rename the one of state `{state.id}`"
        )
    if invoke.id:
        ids.add(invoke.id)
    where = f"the invocation `{name}`"
    if not invoke.type and invoke.type_expr is None and invoke.chart is None:
        raise InvalidStatechart(f"{where} has no type; say who does the work")
    _check_location(invoke.id_location, where)
    _check_actions(invoke.finalize, where)


def _check_descriptor(descriptor: str, where: str) -> None:
    stem = descriptor.removesuffix(".*").removesuffix(".")
    if stem != "*" and not is_event_name(stem):
        raise InvalidStatechart(
            f"`{descriptor}` of {where} is no event descriptor; "
            "use names joined by dots, with `.*` only at the end"
        )


def _check_actions(actions: Actions, where: str) -> None:
    level, depth = actions, 0
    while level:
        depth += 1
        if depth > ACTION_DEPTH:
            raise InvalidStatechart(
                f"actions of {where} lie inside {depth - 1} others; nest at most {ACTION_DEPTH}"
            )
        inner: list[Action] = []
        for action in level:
            _check_action(action, where)
            if isinstance(action, ForEach):
                inner.extend(action.actions)
            elif isinstance(action, If):
                inner.extend(action.otherwise)
                for branch in action.branches:
                    inner.extend(branch.actions)
        level = tuple(inner)


def _check_location(location: tuple[str, ...], where: str) -> None:
    """Whether a location, if there is one, can be written to."""
    if location and not location[0]:
        raise InvalidStatechart(f"an assignment of {where} names no variable; name one")
    if len(location) > LOCATION_LENGTH:
        raise InvalidStatechart(
            f"an assignment of {where} goes {len(location)} names deep; "
            f"at most {LOCATION_LENGTH} are allowed"
        )


def _check_event(name: str, where: str) -> None:
    if not is_event_name(name):
        raise InvalidStatechart(
            f"`{name}` of {where} is no name of an event; use names joined by dots"
        )


def _check_action(action: Action, where: str) -> None:
    match action:
        case Assign(location):
            _check_location(location or ("",), where)
        case Raise(event):
            _check_event(event, where)
        case Send():
            if action.event_expr is None:
                _check_event(action.event, where)
            if action.target == INTERNAL and action.delay is not None:
                raise InvalidStatechart(
                    f"{where} delays a send to `{INTERNAL}`, which never waits; leave out the delay"
                )
            _check_location(action.id_location, where)
        case Cancel(id="", id_expr=None):
            raise InvalidStatechart(f"a cancel of {where} names no send; give it the send's id")
        case ForEach(item=""):
            raise InvalidStatechart(f"a loop of {where} has no item; name a variable")
        case If(branches=()):
            raise InvalidStatechart(f"an if of {where} has no branch; give it one")
        case _:
            pass


def check_rules(chart: Statechart, nodes: Mapping[str, Node]) -> None:
    """Check that rules have names of their own, are whole, and name states that there are.

    Raises:
        InvalidStatechart: one does not.
    """
    names: set[str] = set()
    for rule in chart.rules:
        if not rule.name or rule.name in names:
            raise InvalidStatechart(
                f"the rule `{rule.name}` has no name of its own; give each rule another name"
            )
        names.add(rule.name)
        if (rule.kind in _PAIRED) != (rule.other is not None):
            raise InvalidStatechart(
                f"the rule `{rule.name}` has one moment too many or too few; "
                f"only {' and '.join(f'`{kind}`' for kind in _PAIRED)} have a second one"
            )
        if rule.count < 0:
            raise InvalidStatechart(f"the rule `{rule.name}` counts to less than 0")
        for state in _states_of(rule):
            if state not in nodes:
                raise InvalidStatechart(
                    f"the rule `{rule.name}` names `{state}`, which is no state; "
                    "add the state or change the rule"
                )


_PAIRED = (RuleKind.BEFORE, RuleKind.LEADS_TO)


def _states_of(rule: Rule) -> Iterable[str]:
    if rule.scope:
        yield rule.scope
    for moment in (rule.moment, rule.other):
        if moment is not None:
            yield from moment.states or ()


def check_targets(chart: Statechart, root: Node, nodes: Mapping[str, Node]) -> None:
    """Check that every transition leads to states that can be active together.

    Raises:
        InvalidStatechart: a target is nowhere, or two of them exclude each other.
    """
    if chart.initial is not None:
        _check_legal(chart.initial, root, nodes)
    for node in nodes.values():
        state = node.state
        if state is None:
            continue
        for transition in state.transitions:
            _check_legal(transition, node, nodes)
        if state.initial is not None:
            _check_legal(state.initial, node, nodes)
            _check_inside(state.initial, node, nodes)


def _check_legal(transition: Transition, source: Node, nodes: Mapping[str, Node]) -> None:
    """Whether the targets are a legal state specification (SCXML 3.13)."""
    where = f"of state `{source.id}`" if source.id else "of the chart"
    for target in transition.targets:
        if target not in nodes:
            raise InvalidStatechart(
                f"a transition {where} leads to `{target}`, which is no state; "
                "add the state or change the target"
            )
    if len(transition.targets) < 2:
        return
    # A history state stands for all that its parent may hold. In pre-order it is enough to
    # compare neighbours: whatever two targets have in common, two neighbours have in common.
    places = sorted(
        (_place(nodes[target]) for target in transition.targets), key=lambda node: node.order
    )
    for left, right in pairwise(places):
        if not _compatible(left, right):
            raise InvalidStatechart(
                f"a transition {where} leads to `{left.id}` and `{right.id}`, which are never "
                "active together; let it lead to one state per region of a parallel state"
            )


def _place(node: Node) -> Node:
    return node.parent if is_history(node) and node.parent is not None else node


def _compatible(left: Node, right: Node) -> bool:
    if left is right or is_descendant(right, left):
        return False
    common = next(node for node in left.ancestors() if is_descendant(right, node))
    return common.kind is StateKind.PARALLEL


def _check_inside(initial: Transition, node: Node, nodes: Mapping[str, Node]) -> None:
    """Whether an initial or default transition stays within the state it belongs to."""
    if node.parent is None:
        return
    place = _place(node)
    for target in map(nodes.__getitem__, initial.targets):
        if not is_descendant(target, place):
            raise InvalidStatechart(
                f"`{target.id}` is no descendant of `{place.id}`; "
                f"let the initial transition of `{node.id}` lead to one"
            )
        if is_history(node) and is_history(target):
            raise InvalidStatechart(
                f"the default transition of `{node.id}` leads to the history state `{target.id}`; "
                "let it lead to a state that can be active"
            )

"""What of a chart SCXML has no words for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from statewright.compiler.targets.declarations import losses_of_merging, losses_of_privacy
from statewright.compiler.targets.export import Loss, Place
from statewright.compiler.targets.history import is_remembered
from statewright.compiler.targets.scxml.names import (
    Naming,
    naming_of,
    renamed_invocations,
    renamed_states,
)
from statewright.compiler.targets.unwatched import unwatched
from statewright.expressions import Literal, Record, expressions_in
from statewright.statechart.actions import Say, Send
from statewright.statechart.definition import Invoke, State, Statechart
from statewright.statechart.structure.traversal import actions_in, states_in
from statewright.statechart.structure.tree import Tree, tree_of

_DYNAMIC: Final = "dyn"


def losses_of(tree: Tree, naming: Naming) -> Iterator[Loss]:
    """What is lost, in document order; then what is lost of the charts that are invoked."""
    yield from _of_tree(tree, naming)
    for chart in tree.chart.charts.values():
        inner = tree_of(chart)
        yield from _of_tree(inner, naming_of(inner))


def losses_of_absent(states: Iterable[str]) -> Iterator[Loss]:
    """What is lost where the chart that a state invokes does not stand in the document."""
    for state in states:
        yield Loss(
            "charts",
            "a chart that is invoked inside itself, or one too many",
            "`srcexpr` names it, and it does not stand there",
            Place(state),
        )


def _of_tree(tree: Tree, naming: Naming) -> Iterator[Loss]:
    chart = tree.chart
    yield from unwatched(chart)
    yield from _of_chart(chart)
    for name in renamed_states(chart, naming):
        yield Loss(
            "names",
            "the id of a state is spelled otherwise: `_` stands for what some tools refuse",
            "an `In` that computes the id does not find it",
            Place(name),
        )
    for name in renamed_invocations(chart, naming):
        yield Loss(
            "names",
            "the id of an invocation is spelled otherwise: `_` stands for what some tools refuse",
            "`event.invokeid` has it so",
            Place(name),
        )
    for (scope, name), spelled in naming.variables.items():
        if scope or name != spelled:
            yield Loss(
                "variables",
                "the variables of a document all live in one space, as long as it runs",
                "those of states are made anew on each entry, under names of their own",
                Place(scope),
            )
    for state in states_in(chart):
        yield from _of_state(state)
        if state.data and is_remembered(tree.nodes[state.id]):
            yield Loss(
                "remembered-variables",
                "a history state does not remember variables",
                "they begin anew",
                Place(state.id),
            )


def _of_chart(chart: Statechart) -> Iterator[Loss]:
    for descriptor in chart.deferred:
        yield Loss(
            "deferred",
            f"`{descriptor}` is not kept until something listens to it",
            "an event that enables nothing is dropped",
        )
    for name in chart.exact:
        yield Loss(
            "exact",
            f"`{name}` means every event whose name begins so",
            f"`{name}.` with anything behind it is taken for `{name}`",
        )
    states = list(states_in(chart))
    data = [*chart.data, *(datum for state in states for datum in state.data)]
    if any(datum.type != _DYNAMIC or datum.limits is not None for datum in data) or (
        chart.contact or chart.tenant
    ):
        yield Loss(
            "types",
            "variables have no types and no limits",
            "they hold what they are given, as it is",
        )
    if chart.initial is not None and chart.initial.actions:
        yield Loss(
            "initial-actions",
            "the initial transition of the document has actions",
            "they are not run",
        )
    says = [action for action in actions_in(chart) if isinstance(action, Say)]
    if says:
        yield Loss(
            "say",
            "there is nobody to talk to",
            "what is said is the event `say`, sent to `user` by the I/O processor `effect`",
        )
    if any(any(True for _ in expressions_in(action.content)) for action in says):
        yield Loss(
            "templates",
            "texts have no holes, and what has no value is an error",
            "they are put together with `string(…)`, and nothing is said where that fails",
        )
    yield from losses_of_merging(chart)
    yield from losses_of_privacy(chart)
    sends = (action for action in actions_in(chart) if isinstance(action, Send))
    invokes = (invoke for state in states for invoke in state.invocations)
    named: Iterator[Send | Invoke] = chain(sends, invokes)
    if any(one.id and one.id_location for one in named):
        yield Loss(
            "ids",
            "what has an id of its own writes it to no variable",
            "the variable is left as it is",
        )
    yield Loss(
        "cel",
        "SCXML leaves the language of expressions to the processor",
        'they are CEL, and the document says `datamodel="cel"`',
    )


def _of_state(state: State) -> Iterator[Loss]:
    place = Place(state.id)
    if state.awaits is not None:
        yield Loss(
            "awaiting",
            "states do not say what they wait for, and nobody has the floor",
            "`session.floor` has no value",
            place,
        )
    if state.outcome or state.failed:
        yield Loss(
            "outcomes",
            "a session that is over has no outcome",
            "it ends in the final state of that name",
            place,
        )
    if any(
        invoke.chart is not None and not isinstance(invoke.chart, Literal)
        for invoke in state.invocations
    ):
        yield Loss(
            "computed-charts",
            "the name of the chart that is invoked is computed",
            "`srcexpr` gives it, and the charts are not in the document",
            place,
        )
    if any(not isinstance(invoke.params, Record) for invoke in state.invocations):
        yield Loss(
            "params",
            "parameters that are no record of fields",
            "they are left out",
            place,
        )

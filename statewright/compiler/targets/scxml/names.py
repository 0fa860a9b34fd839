"""The names of a chart as SCXML spells them: ids, events, and one space for all variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from statewright.compiler.targets.naming import unique
from statewright.expressions.parsing.grammar import CONSTANTS, RESERVED
from statewright.expressions.values import TYPE_VALUES
from statewright.statechart.definition import Statechart
from statewright.statechart.event import normalised
from statewright.statechart.stepping.sending import SPECIAL
from statewright.statechart.structure.nodes import ROOTS, Scope
from statewright.statechart.structure.traversal import states_in
from statewright.statechart.structure.tree import Tree

_NOT_IN_IDS: Final = re.compile(r"[^\w.-]|^\.+|\.+$|(?<=\.)\.", re.ASCII)
_NOT_IN_NAMES: Final = re.compile(r"\W", re.ASCII)
_TAKEN: Final = frozenset(("in", *CONSTANTS, *RESERVED, *ROOTS, *TYPE_VALUES))
_FAMILIES: Final = ("done.state.", "done.invoke.", "error.communication.")


@dataclass(frozen=True, slots=True)
class Naming:
    """How a chart names things in SCXML.

    Attributes:
        ids: state id → id, of letters, digits, ``_``, ``-`` and single dots, which make an event of
            the one a part of the name of an event of the other, here as there.
        invocations: id of an invocation → id.
        variables: (scope, name) → name, an identifier that no other variable has.
    """

    ids: Mapping[str, str]
    invocations: Mapping[str, str]
    variables: Mapping[tuple[str, str], str]

    def variable(self, name: str, scope: Scope) -> str | None:
        """The name of the variable that is meant in a scope, or None where there is none."""
        found = scope.variable(name)
        return None if found is None else self.variables[found.scope, name]

    def event(self, name: str) -> str:
        """The name of an event; those of the platform name states and invocations."""
        for family, table in zip(
            _FAMILIES, (self.ids, self.invocations, self.invocations), strict=True
        ):
            own = name.removeprefix(family)
            if own != name and own in table:
                return family + table[own]
        return "_".join(name.split()) or "_"

    def target(self, target: str) -> str:
        """The target of a send; one may be the session of an invocation."""
        own = target.removeprefix(SPECIAL)
        return (
            SPECIAL + self.invocations[own] if own != target and own in self.invocations else target
        )

    def descriptor(self, descriptor: str) -> str:
        """An event descriptor."""
        stem = normalised(descriptor)
        return stem if stem == "*" else self.event(stem)


def naming_of(tree: Tree) -> Naming:
    """The names of a chart, as they are wherever SCXML can take them."""
    chart = tree.chart
    taken: set[str] = set()
    ids = {state.id: unique(_id(state.id), taken) for state in states_in(chart)}
    calls: set[str] = set()
    invocations = {
        invoke.id: unique(_id(invoke.id), calls)
        for state in states_in(chart)
        for invoke in state.invocations
        if invoke.id
    }
    return Naming(ids, invocations, dict(_variables(tree)))


def _id(name: str) -> str:
    plain = _NOT_IN_IDS.sub("_", name)
    return plain if plain[:1].isalpha() or plain.startswith("_") else f"_{plain}"


def _variables(tree: Tree) -> Iterator[tuple[tuple[str, str], str]]:
    taken = set(_TAKEN)
    scopes = [tree.root, *(node for node in tree.nodes.values() if node.state and node.state.data)]
    for node in scopes:
        for name in node.scope.declared:
            spelled = name if not node.id else f"{node.id}_{name}"
            yield (node.id, name), unique(_identifier(spelled), taken)


def _identifier(name: str) -> str:
    plain = _NOT_IN_NAMES.sub("_", name)
    # SCXML keeps names that begin with an underscore for itself.
    return plain if plain[:1].isalpha() else f"v{plain}"


def renamed_states(chart: Statechart, naming: Naming) -> Iterator[str]:
    """The states whose ids are others in SCXML."""
    return (state.id for state in states_in(chart) if naming.ids[state.id] != state.id)


def renamed_invocations(chart: Statechart, naming: Naming) -> Iterator[str]:
    """The states with invocations whose ids are others in SCXML."""
    for state in states_in(chart):
        if any(naming.invocations.get(one.id, one.id) != one.id for one in state.invocations):
            yield state.id

"""Flows that read ``error`` without declaring it get that variable."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from statewright.compiler.analysis.echoes import echoes_of
from statewright.compiler.analysis.labels import holds, labelled
from statewright.compiler.analysis.writes import writes_of
from statewright.compiler.nesting import changed_throughout
from statewright.compiler.texts import Role, says_anywhere, texts_of
from statewright.flows.failures import ERROR, error_variable
from statewright.flows.model import Flow

_READ: Final = re.compile(rf"(?<![\w.?]){ERROR}\b|\bvars(?:\.\??|\[\??['\"]){ERROR}\b")
"""What may be ``error`` in an expression; it is no matter if it is something else."""

_ROLES: Final = frozenset({Role.GUARD, Role.EXPRESSION, Role.TEMPLATE})


def with_error(flow: Flow) -> Flow:
    """The flow, and those that it runs, with the variable ``error`` where they read it.

    One that declares a variable of that name keeps its own, and is told of no errors by it.
    """
    return changed_throughout(flow, _with_error)


def _with_error(flow: Flow) -> Flow:
    if not _reads_error(flow):
        return flow
    variable = error_variable(flow.location, is_private=_echoes_what_is_personal(flow))
    return replace(flow, variables=(*flow.variables, variable))


def _reads_error(flow: Flow) -> bool:
    if any(variable.name == ERROR for variable in flow.variables) or not says_anywhere(flow, ERROR):
        return False
    return any(
        ERROR in text.source.text
        and text.role in _ROLES
        and _READ.search(text.source.text)
        and not any(name.name == ERROR for name in text.names)
        and (text.role is not Role.TEMPLATE or "{{" in text.source.text)
        for text in texts_of(flow)
    )


def _echoes_what_is_personal(flow: Flow) -> bool:
    """Whether a request may send what is personal, which then may stand in what comes back."""
    echoes = echoes_of(flow)
    return holds(labelled(flow, (*writes_of(flow), *echoes), "pii"), [(ERROR, "body")])

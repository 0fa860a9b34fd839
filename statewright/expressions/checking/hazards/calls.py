"""Calls: arguments that may be null or of any type, and what functions make of the others."""

from __future__ import annotations

from collections.abc import Sequence

from statewright.errors import EvaluationError
from statewright.expressions.checking.hazards.application import Application
from statewright.expressions.checking.hazards.bulk import is_small
from statewright.expressions.checking.hazards.ranges import LIMITS, RESULTS, Range
from statewright.expressions.checking.hazards.risks import COMPUTED, RISKS, may_fail
from statewright.expressions.checking.hazards.survey import Survey
from statewright.expressions.checking.unification import Resolution
from statewright.expressions.failures import FailureKind
from statewright.expressions.overloads import Overload
from statewright.expressions.syntax import Call, Literal, Node, children
from statewright.expressions.types import CelType


def call(survey: Survey, node: Call) -> Range | None:
    """``function(arguments)`` or ``target.function(arguments)``."""
    resolutions = survey.calls.get(id(node))
    if resolutions is None:
        survey.report(FailureKind.TYPE, f"{survey.shown(node)} is not defined", node)
        return None
    resolution = resolutions[0]
    operands = _operands(node, resolution.overloads[0])
    ranges = list(map(survey.look, operands))
    types = [
        _argument(survey, operand, [one.parameters[place] for one in resolution.overloads])
        for place, operand in enumerate(operands)
    ]
    survey.expect_result(node, resolution, types)
    if any(one in survey.environment.functions for one in resolution.overloads):
        _look_at_host(survey, node, resolution)
    elif not _is_computed(resolution, operands):
        for overload in resolution.overloads:
            _look_at_overload(Application(survey, node, overload, operands, types, ranges))
    return _range_of_result(survey, node, resolution, ranges)


def _operands(node: Call, overload: Overload) -> Sequence[Node]:
    """The arguments; a target that is a namespace is none."""
    return children(node) if overload.member else node.arguments


def _argument(survey: Survey, operand: Node, wanted: Sequence[CelType]) -> CelType:
    """The type of an argument, which may have to be of a class, or to hold what is of one."""
    found = survey.type_of(operand)
    if any(one.parameter or one.name in ("dyn", "nullable") for one in wanted):
        return found
    own = survey.expect(operand, f"{wanted[0]}")
    if any(_may_differ(inner, own, place) for one in wanted for place, inner in _inside(one)):
        reason = f"what {survey.shown(operand)} holds may not be as in {wanted[0]}"
        survey.report(FailureKind.TYPE, reason, operand)
    return own


def _inside(wanted: CelType) -> Sequence[tuple[int, CelType]]:
    return tuple(enumerate(wanted.parameters))


def _may_differ(wanted: CelType, found: CelType, place: int) -> bool:
    """Whether what is inside of an argument may be of another class than what is wanted there."""
    if wanted.parameter or wanted.name == "dyn":
        return False
    if len(found.parameters) <= place:
        return found.name == "object"
    inner = found.parameters[place]
    if inner.name != wanted.name:
        return True
    return any(_may_differ(one, inner, deeper) for deeper, one in _inside(wanted))


def _look_at_host(survey: Survey, node: Call, resolution: Resolution) -> None:
    if not all(one.total for one in resolution.overloads):
        reason = f"{survey.shown(node)} may have no value, by the word of the host"
        survey.report(FailureKind.HOST, reason, node)


def _is_computed(resolution: Resolution, operands: Sequence[Node]) -> bool:
    """Whether all arguments are written out, and the function has a value for them."""
    values = [one.value for one in operands if isinstance(one, Literal)]
    if len(values) < len(operands) or resolution.overloads[0].name not in COMPUTED:
        return False
    try:
        resolution.overloads[0].implementation(*values)
    except (EvaluationError, ArithmeticError, ValueError):
        return False
    return True


def _look_at_overload(application: Application) -> None:
    overload = application.overload
    risk = RISKS.get(overload.name, may_fail)
    risk(application)
    if not overload.light and not all(
        is_small(application.survey, operand) for operand in application.operands
    ):
        reason = f"{application.shown} may take too long, if the values are very large"
        application.report(FailureKind.BUDGET, reason)


def _range_of_result(
    survey: Survey, node: Call, resolution: Resolution, ranges: Sequence[Range | None]
) -> Range | None:
    own = survey.range_of(node)
    if own is None or len(resolution.overloads) > 1:
        return own
    name = resolution.overloads[0].name
    if resolution.overloads[0] in survey.environment.functions:
        return own
    if name in ("math.abs", "int", "uint") and (only := ranges[0]) is not None:
        if name == "math.abs":
            return (max(0, only[0], -only[1]), max(-only[0], only[1]))
        low, high = LIMITS[name]
        return max(low, only[0]), min(high, only[1])
    return RESULTS.get(name, own)

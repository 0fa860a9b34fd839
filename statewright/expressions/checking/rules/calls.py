"""Calls of functions, and macros."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from msgspec.structs import replace

from statewright.errors import EvaluationError
from statewright.expressions.checking.facts import Fact, Place
from statewright.expressions.checking.hints import nearest_function
from statewright.expressions.checking.judgement import UNKNOWN, Judgement
from statewright.expressions.checking.problems import ProblemKind
from statewright.expressions.operations.patterns import searcher
from statewright.expressions.parsing.grammar import MACROS
from statewright.expressions.syntax import Call, Literal, Macro, Node, children, path_of
from statewright.expressions.types import (
    BOOL,
    BYTES,
    DURATION,
    DYN,
    STRING,
    TIMESTAMP,
    CelType,
    list_of,
    map_of,
    optional_of,
)


def call(judgement: Judgement, node: Call) -> CelType:
    """``function(arguments)`` or ``target.function(arguments)``."""
    signatures = judgement.environment.signatures
    namespaced = _namespaced(judgement, node)
    if namespaced is not None and (namespaced, False) in signatures:
        types = list(map(judgement.type_of, node.arguments))
        return judgement.applied(namespaced, types, node.arguments, node)
    member = node.target is not None
    operands = children(node)
    if (node.function, member) not in signatures:
        return _unknown(judgement, node)
    types = list(map(judgement.type_of, operands))
    if node.function == "matches":
        _check_pattern(judgement, operands[-1])
    return judgement.applied(node.function, types, operands, node, member=member)


def _unknown(judgement: Judgement, node: Call) -> CelType:
    """Report a function that there is not, and what is wrong with its arguments."""
    name, member = _called(judgement, node)
    known = judgement.environment.signatures.keys()
    hint = judgement.hint(partial(nearest_function, name, known, member=member))
    if any(f"`{macro}`" in hint for macro, _ in MACROS):
        operands = children(node)[:1]  # the variables of a macro are declared nowhere
    else:
        operands = children(node) if member else node.arguments
    judgement.types_of(operands)
    start = node.position if name == node.function else node.start
    reason = f"there is no function `{name}`"
    return judgement.report(ProblemKind.FUNCTION, reason, node, hint, start)


def _called(judgement: Judgement, node: Call) -> tuple[str, bool]:
    """The name that was probably called, and whether on a target: not if that is a namespace."""
    whole = _namespaced(judgement, node)
    if whole is None or node.target is None:
        return node.function, node.target is not None
    environment = judgement.environment
    start, end = f"{whole.partition('.')[0]}.", f".{node.function}"
    alike = any(name.startswith(start) or name.endswith(end) for name, _ in environment.signatures)
    is_variable = environment.meaning_of_name(start[:-1]) is not None
    return (whole, False) if alike and not is_variable else (node.function, True)


def _namespaced(judgement: Judgement, node: Call) -> str | None:
    """``math.abs`` for a call on a target that can be a namespace."""
    path = path_of(node.target) if node.target is not None else None
    if path is None or path[0].name in judgement.scope:
        return None
    return ".".join((path[0].name, *path[1], node.function))


def _check_pattern(judgement: Judgement, node: Node) -> None:
    if not isinstance(node, Literal) or not isinstance(node.value, str):
        return
    try:
        searcher(node.value)
    except EvaluationError as error:
        judgement.report(ProblemKind.PATTERN, error.reason, node)


# Macros


def macro(judgement: Judgement, node: Macro) -> CelType:
    """A call that gives names to values."""
    subject = judgement.type_of(node.subject)
    if judgement.environment.strict and subject.name == "dyn" and node.macro != "cel.bind":
        judgement.undetermined(node.subject)
    variables = _variables(judgement, node, subject)
    outer, places = judgement.scope, judgement.places
    judgement.scope = {**outer, **dict(zip(node.variables, variables, strict=True))}
    aliases = {name: _place(judgement, node, name) for name in node.variables}
    judgement.places = replace(places, aliases={**places.aliases, **aliases})
    conditions = len(node.arguments) - (node.macro not in _PREDICATES)
    types: list[CelType] = []
    assumed: list[Fact] = []
    for place, argument in enumerate(node.arguments):
        types.append(judgement.type_of(argument))
        if place < conditions:
            judgement.expect_bool(types[-1], argument, "a condition")
            assumed += judgement.assume(argument, truth=True)
    judgement.forget(assumed)
    judgement.scope, judgement.places = outer, places
    return _RESULTS[node.macro](judgement, node, variables[0], types[-1])


def _place(judgement: Judgement, node: Macro, name: str) -> Place:
    """A place of its own for each macro variable; what ``cel.bind`` binds is where it was."""
    judgement.variables += 1
    bound = judgement.places.of(node.subject) if node.macro == "cel.bind" else None
    return bound or (f"{name}@{judgement.variables}",)


def _variables(judgement: Judgement, node: Macro, subject: CelType) -> list[CelType]:
    if node.macro == "cel.bind":
        return [subject]
    if node.macro in ("optMap", "optFlatMap"):
        return [judgement.opened(subject, node.subject, f"`{node.macro}`")]
    return judgement.elements(subject, node.subject, len(node.variables))


_Result = Callable[[Judgement, Macro, CelType, CelType], CelType]


def _sorted(judgement: Judgement, node: Macro, variable: CelType, key: CelType) -> CelType:
    own = key.parameters[0] if key.name == "nullable" else key
    if own.name not in _ORDERED and own.name not in UNKNOWN:
        judgement.mismatch(f"a `{key}` has no order", node.arguments[0])
    return list_of(variable)


def _entries(judgement: Judgement, node: Macro, _: CelType, body: CelType) -> CelType:
    own = body.parameters[0] if body.name == "nullable" else body
    if own.name in ("map", "error"):
        return own
    if own.name not in UNKNOWN and own.name != "object":
        judgement.mismatch(f"an entry is a map, and this is `{body}`", node.arguments[-1])
    return map_of(DYN, DYN)


def _flat(judgement: Judgement, node: Macro, _: CelType, body: CelType) -> CelType:
    opened = judgement.opened(body, node.arguments[0], "`optFlatMap`")
    return optional_of(opened)


_PREDICATES: Final = frozenset(("all", "exists", "exists_one", "existsOne", "filter"))
"""Macros of which every argument is a condition; of others all but the last one."""

_ORDERED: Final = frozenset(
    ("int", "uint", "double", *(one.name for one in (BOOL, STRING, BYTES, TIMESTAMP, DURATION)))
)

_RESULTS: Final[Mapping[str, _Result]] = {
    **dict.fromkeys(("all", "exists", "exists_one", "existsOne"), lambda *_: BOOL),
    "filter": lambda _, __, variable, ___: list_of(variable),
    "sortBy": _sorted,
    **dict.fromkeys(("map", "transformList"), lambda _, __, ___, body: list_of(body)),
    "transformMap": lambda _, __, variable, body: map_of(variable, body),
    "transformMapEntry": _entries,
    "cel.bind": lambda _, __, ___, body: body,
    "optMap": lambda _, __, ___, body: optional_of(body),
    "optFlatMap": _flat,
}
"""What a macro gives, from the type of its first variable and that of its last argument."""

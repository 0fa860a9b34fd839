"""Types without values: what an expression will be, and what in it can never work.

Only what is certain is reported: a name that is not declared, a function that takes no values of
these types, a condition that is no bool, a value that an enumeration does not have, a pattern that
RE2 refuses. Where a type is not known (``dyn``) everything is possible, and nothing is said;
unless the environment is *strict*. What may go wrong with some data is another question, which
``Checked.failures`` answers.

Source: cel-go's ``checker/checker.go``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Final

from msgspec import Struct
from msgspec.structs import force_setattr

from statewright.expressions.checking.facts import Places
from statewright.expressions.checking.hazards.search import failures_of
from statewright.expressions.checking.judgement import Judgement, Rule, final
from statewright.expressions.checking.problems import TOO_DEEP, Problem, ProblemKind
from statewright.expressions.checking.rules import calls, names, operators
from statewright.expressions.checking.unification import Resolution
from statewright.expressions.environment import DOTTED_TYPES, Environment, Meaning
from statewright.expressions.failures import Failure
from statewright.expressions.syntax import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Expression,
    Has,
    Index,
    ListLiteral,
    Literal,
    Logic,
    Macro,
    MapLiteral,
    Name,
    Select,
    Unary,
)
from statewright.expressions.types import DYN, CelType


class Checked(Struct, frozen=True):
    """The outcome of a check.

    What is known of a node is found under ``id(node)``; the expression keeps its nodes alive. Of
    what is wrong, and of a namespace such as ``math`` in ``math.abs(x)``, nothing is known.

    Attributes:
        type: what the value will be; ``dyn`` where that is not known.
        problems: what can never work, in the order of the text.
        expression: what was checked.
        types: the type of every node that has a value.
        calls: what every operation on values means: one resolution for a call, a negation or an
            ordering; of a chain of ``+ - * / %`` one for each of its operators. Equality, ``in``,
            logic, selections, indices and macros are defined on values of any type and have none.
        names: what every name means, and every selection that is the name of a variable or type
            as a whole.
        environment: what the expression may use.
    """

    type: CelType
    problems: tuple[Problem, ...]
    expression: Expression
    types: Mapping[int, CelType]
    calls: Mapping[int, tuple[Resolution, ...]]
    names: Mapping[int, Meaning]
    environment: Environment
    # Found when it is first asked for: a check whose outcome is a problem needs none.
    _failures: tuple[Failure, ...] | None = None

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Why the expression may have no value for data of the declared types.

        Where there are no problems and no failures, it has a value of its type for all such data.
        """
        found = self._failures
        if found is None:
            found = failures_of(
                self.expression, self.environment, self.types, self.calls, self.names
            )
            force_setattr(self, "_failures", found)
        return found


def check(expression: Expression, environment: Environment) -> Checked:
    """The type of an expression, and what is certainly wrong with it."""
    text = expression.text
    narrows = environment.nullable or "type" in text
    dotted = environment.qualified or ("." in text and any(root in text for root in DOTTED_TYPES))
    meanings: dict[int, Meaning] = {}
    places = Places(meanings, environment.mirror, environment.mirrored)
    judgement = Judgement(environment, text, RULES, narrows, dotted, meanings, places)
    try:
        judgement.type_of(expression.root)
    except RecursionError:
        judgement.report(ProblemKind.DEPTH, TOO_DEEP, expression.root)
    problems = judgement.problems
    if len(problems) > 1:
        problems.sort(key=lambda problem: (problem.start, problem.end))
    types, calls = _final(judgement)
    told = (expression, types, calls, judgement.names, environment)
    return Checked(types.get(id(expression.root), DYN), tuple(problems), *told)


_PROVISIONAL: Final = attrgetter("provisional")


def _final(
    judgement: Judgement,
) -> tuple[dict[int, CelType], dict[int, tuple[Resolution, ...]]]:
    """The types of all nodes and the meanings of all operations, as they are told."""
    types, calls = judgement.types, judgement.calls
    if any(map(_PROVISIONAL, types.values())):
        known: dict[int, CelType] = {}
        types = {key: final(one, known) for key, one in types.items()}
        calls = {
            key: tuple([replace(one, result=final(one.result, known)) for one in each])
            for key, each in calls.items()
        }
    return types, calls


RULES: Final[Mapping[type, Rule]] = {
    Literal: operators.literal,
    Name: names.name,
    Select: names.select,
    Has: names.has,
    Index: names.index,
    Call: calls.call,
    Unary: operators.unary,
    Logic: operators.logic,
    Comparison: operators.comparison,
    Arithmetic: operators.arithmetic,
    Conditional: operators.conditional,
    ListLiteral: operators.list_literal,
    MapLiteral: operators.map_literal,
    Macro: calls.macro,
}
"""The rule for each sort of node."""

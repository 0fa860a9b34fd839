"""CEL: the language of guards, assignments and templates. Knows nothing of flows or charts."""

from __future__ import annotations

from statewright.expressions.checking.checker import Checked, check
from statewright.expressions.checking.problems import Problem, ProblemKind
from statewright.expressions.checking.unification import Resolution
from statewright.expressions.content import (
    Computed,
    Content,
    Literal,
    OnError,
    Record,
    SecretText,
    Sequence,
    Text,
    content_from_json,
    expressions_in,
    render,
)
from statewright.expressions.draws import draw_from
from statewright.expressions.environment import Environment, Meaning, NameKind
from statewright.expressions.evaluation.interpreter import BUDGET, HostFunction, evaluate
from statewright.expressions.failures import EXTREMES, Failure, FailureKind
from statewright.expressions.host import Host
from statewright.expressions.overloads import Overload, function, member
from statewright.expressions.parsing.endings import ending_in
from statewright.expressions.parsing.parser import parse
from statewright.expressions.printing.places import Place
from statewright.expressions.printing.unparser import unparse
from statewright.expressions.references import Reference, references
from statewright.expressions.syntax import Expression
from statewright.expressions.template import Hole, Secret, Template, parse_template
from statewright.expressions.types import CelType, type_from_name
from statewright.expressions.values import NOTHING, Maybe, TypeValue, Uint

__all__ = [
    "BUDGET",
    "EXTREMES",
    "NOTHING",
    "CelType",
    "Checked",
    "Computed",
    "Content",
    "Environment",
    "Expression",
    "Failure",
    "FailureKind",
    "Hole",
    "Host",
    "HostFunction",
    "Literal",
    "Maybe",
    "Meaning",
    "NameKind",
    "OnError",
    "Overload",
    "Place",
    "Problem",
    "ProblemKind",
    "Record",
    "Reference",
    "Resolution",
    "Secret",
    "SecretText",
    "Sequence",
    "Template",
    "Text",
    "TypeValue",
    "Uint",
    "check",
    "content_from_json",
    "draw_from",
    "ending_in",
    "evaluate",
    "expressions_in",
    "function",
    "member",
    "parse",
    "parse_template",
    "references",
    "render",
    "type_from_name",
    "unparse",
]

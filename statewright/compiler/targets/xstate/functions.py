"""What ``cel.ts`` calls the operators, functions and macros of CEL that it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OPERATORS: Final[Mapping[str, str]] = {
    "==": "eq",
    "!=": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "in": "isIn",
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "%": "rem",
}

LAZY: Final[Mapping[tuple[str, bool, int], str]] = {
    ("orValue", True, 2): "orValue",
    ("or", True, 2): "orElse",
}
"""Those that look at their second operand only if they have to."""

FUNCTIONS: Final[Mapping[tuple[str, bool, int], str]] = {
    ("size", False, 1): "size",
    ("size", True, 1): "size",
    ("contains", True, 2): "contains",
    ("startsWith", True, 2): "startsWith",
    ("endsWith", True, 2): "endsWith",
    ("fail", False, 1): "fails",
    ("int", False, 1): "toInt",
    ("double", False, 1): "toDouble",
    ("bool", False, 1): "toBool",
    ("string", False, 1): "toText",
    ("type", False, 1): "typeOf",
    ("dyn", False, 1): "dyn",
    ("optional.of", False, 1): "some",
    ("optional.none", False, 0): "nothing",
    ("hasValue", True, 1): "hasValue",
    ("value", True, 1): "valueOf",
    ("lowerAscii", True, 1): "lowerAscii",
    ("upperAscii", True, 1): "upperAscii",
    ("trim", True, 1): "trim",
    ("join", True, 1): "join",
    ("join", True, 2): "join",
    ("split", True, 2): "split",
    ("replace", True, 3): "replace",
    ("substring", True, 2): "substring",
    ("substring", True, 3): "substring",
    ("charAt", True, 2): "charAt",
    ("indexOf", True, 2): "indexOf",
    ("reverse", True, 1): "reverse",
    ("distinct", True, 1): "distinct",
    ("math.abs", False, 1): "abs",
    ("math.ceil", False, 1): "ceil",
    ("math.floor", False, 1): "floor",
    ("math.trunc", False, 1): "trunc",
    ("math.round", False, 1): "round",
    **{("math.greatest", False, count): "greatest" for count in range(1, 9)},
    **{("math.least", False, count): "least" for count in range(1, 9)},
    ("answer.text", False, 1): "answerText",
    ("answer.number", False, 1): "answerNumber",
    ("answer.integer", False, 1): "answerInteger",
    ("answer.numberIn", False, 2): "answerNumberIn",
    ("answer.integerIn", False, 2): "answerIntegerIn",
    ("answer.boolean", False, 1): "answerBoolean",
    ("answer.email", False, 1): "answerEmail",
    ("answer.phone", False, 1): "answerPhone",
    ("answer.date", False, 1): "answerDate",
    ("answer.becomes", False, 2): "answerBecomes",
    ("answer.says", False, 2): "answerSays",
    ("answer.choice", False, 2): "answerChoice",
    ("answer.choices", False, 2): "answerChoices",
}
"""Name, whether it is called on a target, number of operands → the function of ``cel.ts``."""

MACROS: Final[Mapping[tuple[str, int, int], str]] = {
    ("all", 1, 1): "all",
    ("exists", 1, 1): "exists",
    ("exists_one", 1, 1): "existsOne",
    ("existsOne", 1, 1): "existsOne",
    ("filter", 1, 1): "filter",
    ("map", 1, 1): "map",
    ("map", 1, 2): "mapWhere",
    ("cel.bind", 1, 1): "bind",
    ("optMap", 1, 1): "optMap",
    ("optFlatMap", 1, 1): "optFlatMap",
}
"""Macro, number of variables, number of arguments → the function of ``cel.ts``."""

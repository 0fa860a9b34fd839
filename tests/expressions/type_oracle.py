"""Google's C++ engine as an oracle of static types.

Its environments know no objects, enumerations or nulls; so worlds for it are made of what both
know. Where nothing is known of a value, our types say so, and its types sometimes guess:
``[1] + anything`` is a ``list(int)`` there, which a list of texts may turn out to be.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from statewright.errors import ExpressionError
from statewright.expressions import Environment, check, parse
from statewright.expressions.types import DYN, INT, STRING, CelType, list_of, map_of
from tests.expressions.typed_worlds import NAMES, SCALARS, World

cel = pytest.importorskip("cel_expr_python.cel", reason="the C++ engine is not installed")

REFUSED = (
    "cannot be the type of a key",  # an error for all data
    "are no texts",  # as well
    "`int` is not defined on (duration)",  # neither the specification nor cel-go knows these
    "`int` is not defined on (bool)",
    "`duration` is not defined on (int)",
)
"""What we refuse, and they take."""

EXTENSIONS = ("Optional", "Strings", "Math", "Bindings", "Encoders")


def shared_world(random: Random, *, dynamic: bool) -> World:
    """A world of what both know; with variables of any type if it is ``dynamic``."""
    variables = {name: _type(random, 2, dynamic=dynamic) for name in NAMES[: random.randint(2, 6)]}
    return World(Environment(variables))


def _type(random: Random, depth: int, *, dynamic: bool) -> CelType:
    choice = random.random()
    if dynamic and choice < 0.3:
        return DYN
    if depth == 0 or choice < 0.6:
        return random.choice(SCALARS)
    inner = _type(random, depth - 1, dynamic=dynamic)
    return list_of(inner) if choice < 0.8 else map_of(random.choice((STRING, INT)), inner)


def their_environment(world: World) -> Any:
    """The environment of the C++ engine for a world."""
    extensions = [
        getattr(importlib.import_module(f"cel_expr_python.ext.ext_{name.lower()}"), f"Ext{name}")()
        for name in EXTENSIONS
    ]
    variables = {name: _theirs(one) for name, one in world.environment.variables.items()}
    return cel.NewEnv(variables=variables, extensions=extensions)


def _theirs(one: CelType) -> Any:
    inner = [_theirs(parameter) for parameter in one.parameters]
    if one.name == "list":
        return cel.Type.List(*inner)
    if one.name == "map":
        return cel.Type.Map(*inner)
    return getattr(cel.Type, one.name.upper())


def their_type(env: Any, text: str) -> CelType | None:
    """The type that the C++ engine gives an expression, or None if it takes none."""
    try:
        return type_from_text(str(env.compile(text).return_type()))
    except RuntimeError:
        return None


def type_from_text(text: str) -> CelType:
    """``MAP<STRING, INT>`` → the type."""
    words = iter(re.findall(r"[\w.]+|[<>,]", text))
    one, _ = _read(next(words), words)
    return one


def _read(word: str, words: Iterator[str]) -> tuple[CelType, str]:
    """The type that begins with a word, and the word behind it."""
    name = {"NULL": "null_type"}.get(word, word.lower())
    following = next(words, "")
    if following != "<":
        return CelType(name), following
    parameters = []
    while following in ("<", ","):
        inner, following = _read(next(words), words)
        parameters.append(inner)
    return CelType(name, tuple(parameters)), next(words, "")


def agree(ours: CelType, theirs: CelType, *, dynamic: bool) -> bool:
    """Whether our type is theirs, or says more; in a ``dynamic`` world it may also say less."""
    if theirs.name == "dyn" or (dynamic and ours.name == "dyn"):
        return True
    if ours.name == "nullable":  # theirs are always nullable, or never
        return theirs.name == "null_type" or agree(ours.parameters[0], theirs, dynamic=dynamic)
    return ours.name == theirs.name and all(
        agree(one, other, dynamic=dynamic)
        for one, other in zip(ours.parameters, theirs.parameters, strict=True)
    )


def difference(world: World, env: Any, text: str, *, dynamic: bool) -> str:
    """How our type of an expression contradicts theirs, or an empty string."""
    try:
        checked = check(parse(text), world.environment)
    except ExpressionError:
        return ""
    theirs = their_type(env, text)
    if theirs is None:
        return ""
    if checked.problems:
        reason = checked.problems[0].reason
        if "type(" in text or any(excuse in reason for excuse in REFUSED):
            return ""  # after `type(x) == int` we know that `x` is no text, and they do not
        return f"{text}: we refuse it ({reason}), and they say {theirs}"
    # What is in an empty list is for them of the type for which it is used, for us of none.
    if agree(checked.type, theirs, dynamic=dynamic or "[]" in text):
        return ""
    return f"{text}: we say {checked.type}, and they {theirs}"

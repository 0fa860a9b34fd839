"""Answers of a language model that are to have a shape: read as JSON, and checked by its schema."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import re2
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from statewright.errors import EffectFailed, FailureKind

LONGEST: Final = 200
"""How many characters of what is wrong with an answer are told."""


def _matches(_: Any, pattern: Any, instance: Any, __: Any) -> Any:
    """The keyword ``pattern`` in bounded time: RE2 instead of ``re``."""
    if isinstance(instance, str) and not re2.compile(pattern, _QUIET).search(instance):
        yield ValidationError("a text does not match its pattern")


_QUIET = re2.Options()
_QUIET.log_errors = False
# (jsonschema says nothing of the types of this one)
_Validator: Any = extend(Draft202012Validator, {"pattern": _matches})  # type: ignore[no-untyped-call]


def checked_schema(schema: Any) -> Mapping[str, Any]:
    """A schema that answers can be checked by.

    Raises:
        EffectFailed: it is none, or takes more than can be checked safely (``schema``).
    """
    try:
        if not isinstance(schema, Mapping) or _has_key(schema, "patternProperties"):
            raise SchemaError("it is no map, or has patternProperties")
        Draft202012Validator.check_schema(schema)
        for pattern in _values_of(schema, "pattern"):
            re2.compile(pattern, _QUIET)
    except (SchemaError, re2.error, RecursionError, TypeError):
        raise EffectFailed("schema", "the schema of the answer is no JSON Schema") from None
    return schema


def shaped(text: str, schema: Mapping[str, Any]) -> Any:
    """The value that an answer stands for.

    Raises:
        EffectFailed: it is no JSON, or does not fit (``answer``): another try may do better.
    """
    try:
        value = json.loads(_bare(text), parse_constant=_no_number, parse_float=_finite)
        # Nothing is fetched for a `$ref`: what is not in the schema is not there.
        _Validator(schema, registry=Registry()).validate(value)
    except ValidationError as error:
        at = "/".join(map(str, error.absolute_path))
        why = f"`{at}` does not fit `{error.validator}`" if at else "it does not fit"
        raise _unfit(why) from None
    except Unresolvable:
        raise EffectFailed("schema", "the schema refers to something that is not in it") from None
    except (ValueError, RecursionError):
        raise _unfit("it is no JSON") from None
    return value


def _no_number(name: str) -> NoReturn:
    """Refuse `NaN` and `Infinity`, which JSON has not, but Python reads."""
    raise ValueError(f"{name} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


def _unfit(why: str) -> EffectFailed:
    message = f"the answer has not the shape that was asked for: {why}"[:LONGEST]
    return EffectFailed("answer", message, kind=FailureKind.TRANSIENT)


def _bare(text: str) -> str:
    """JSON without the fence that models like to put around it."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```") and "\n" in bare:
        bare = bare.partition("\n")[2].removesuffix("```")
    return bare


def _has_key(value: Any, name: str) -> bool:
    return next(_found(value, name), None) is not None


def _values_of(schema: Any, name: str) -> list[str]:
    return [found for _, found in _found(schema, name) if isinstance(found, str)]


def _found(value: Any, name: str) -> Any:
    """Each place in a value that has this key."""
    stack = [value]
    while stack:
        part = stack.pop()
        if isinstance(part, Mapping):
            if name in part:
                yield part, part[name]
            stack.extend(part.values())
        elif isinstance(part, list | tuple):
            stack.extend(part)

"""How frozen values are written as JSON and read back: one table per class, for both directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from statewright.errors import EvaluationError, StatewrightError
from statewright.statechart.canonical import json_from_value, value_from_json


class MalformedError(StatewrightError):
    """A JSON value is not what it should be.

    Args:
        where: JSON pointer of the value.
        what: what is wrong with it.
    """

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"at `{where or '/'}`: {what}")


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of value is written and read.

    Attributes:
        write: value → plain JSON.
        read: plain JSON and its JSON pointer → value; raises ``MalformedError``.
    """

    write: Callable[[Any], Any]
    read: Callable[[Any, str], Any]


REQUIRED: Final = object()
"""The default of a part that is always written."""


@dataclass(frozen=True, slots=True)
class Part:
    """One attribute of a class; left out where it equals its default."""

    name: str
    form: Form
    default: Any = REQUIRED


def _same(value: Any) -> Any:
    return value


def _exactly(own: type, name: str) -> Form:
    def read(value: Any, where: str) -> Any:
        if type(value) is not own:
            raise MalformedError(where, f"a {name} is expected, not {shown(value)}")
        return value

    return Form(_same, read)


TEXT: Final = _exactly(str, "text")
INT: Final = _exactly(int, "whole number")
BOOL: Final = _exactly(bool, "true or false")


def _value_from_json(value: Any, where: str) -> Any:
    try:
        return value_from_json(value)
    except EvaluationError as error:
        raise MalformedError(where, error.reason) from None


VALUE: Final = Form(json_from_value, _value_from_json)
"""Any CEL value that can be kept."""


def one_of(choices: type[StrEnum]) -> Form:
    """A member of an enumeration, by its value."""
    members = {str(member): member for member in choices}

    def read(value: Any, where: str) -> Any:
        if type(value) is not str or value not in members:
            known = ", ".join(f"`{name}`" for name in members)
            raise MalformedError(where, f"one of {known} is expected, not {shown(value)}")
        return members[value]

    return Form(str, read)


def many(form: Form) -> Form:
    """A tuple, written as a list."""

    def write(values: Any) -> Any:
        return [form.write(value) for value in values]

    def read(values: Any, where: str) -> Any:
        if type(values) is not list:
            raise MalformedError(where, f"a list is expected, not {shown(values)}")
        return tuple([form.read(value, f"{where}/{at}") for at, value in enumerate(values)])

    return Form(write, read)


def by_name(form: Form) -> Form:
    """A mapping from texts."""

    def write(values: Any) -> Any:
        return {name: form.write(value) for name, value in values.items()}

    def read(values: Any, where: str) -> Any:
        return {
            name: form.read(value, f"{where}/{escaped(name)}")
            for name, value in an_object(values, where).items()
        }

    return Form(write, read)


def record(make: Callable[..., Any], *parts: Part) -> Form:
    """A value of a class, written as an object with a key per part that is not its default."""
    forms = {part.name: part for part in parts}

    def write(value: Any) -> Any:
        written = {}
        for part in parts:
            attribute = getattr(value, part.name)
            if attribute is not part.default and attribute != part.default:
                written[part.name] = part.form.write(attribute)
        return written

    def read(value: Any, where: str) -> Any:
        given = {}
        for name, inner in an_object(value, where).items():
            if name not in forms:
                known = ", ".join(f"`{one}`" for one in forms)
                raise MalformedError(where, f"unknown key {shown(name)}; the keys are {known}")
            given[name] = forms[name].form.read(inner, f"{where}/{escaped(name)}")
        for part in parts:
            if part.name not in given:
                if part.default is REQUIRED:
                    raise MalformedError(where, f"the key `{part.name}` is missing")
                given[part.name] = part.default
        return make(**given)

    return Form(write, read)


def tagged(key: str, forms: Mapping[str, tuple[type, Form]]) -> Form:
    """One of several classes, told apart by the value of a key."""
    names = {make: name for name, (make, _) in forms.items()}

    def write(value: Any) -> Any:
        name = names[type(value)]
        return {key: name, **forms[name][1].write(value)}

    def read(value: Any, where: str) -> Any:
        inner = dict(an_object(value, where))
        name = inner.pop(key, None)
        if type(name) is not str or name not in forms:
            known = ", ".join(f"`{one}`" for one in forms)
            raise MalformedError(where, f"`{key}` is one of {known}, not {shown(name)}")
        return forms[name][1].read(inner, where)

    return Form(write, read)


def later(form: Callable[[], Form]) -> Form:
    """A form that is defined further down: for what contains itself."""
    return Form(lambda value: form().write(value), lambda value, where: form().read(value, where))


def an_object(value: Any, where: str) -> Mapping[str, Any]:
    """A JSON object.

    Raises:
        MalformedError: it is something else.
    """
    if type(value) is not dict:
        raise MalformedError(where, f"an object is expected, not {shown(value)}")
    return value


def escaped(name: str) -> str:
    """A key as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def shown(value: object) -> str:
    """A JSON value for a message: short, and safe to print."""
    return (
        f"`{ascii(value)[:60]}`"
        if not isinstance(value, (dict, list))
        else ("an object" if isinstance(value, dict) else "a list")
    )

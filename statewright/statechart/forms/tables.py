"""How frozen values are written as JSON and read back: one table per class, for both directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

from statewright.errors import EvaluationError, StatewrightError
from statewright.expressions.values import has_lone_surrogate
from statewright.statechart.making import maker
from statewright.statechart.values.canonical import json_from_value, value_from_json


class MalformedError(StatewrightError):
    """A JSON value is not what it should be.

    Args:
        what: what is wrong with it.

    Attributes:
        path: keys and positions on the way to the value, the innermost first.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.path: list[str] = []

    def inside(self, key: str | int) -> MalformedError:
        """The same error, of something that lies under this key."""
        self.path.append(str(key).replace("~", "~0").replace("/", "~1"))
        return self

    def __str__(self) -> str:
        """The JSON pointer of the value, and what is wrong with it."""
        pointer = "".join(f"/{key}" for key in reversed(self.path))
        return f"at `{pointer or '/'}`: {super().__str__()}"


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of value is written and read.

    Attributes:
        write: value → plain JSON.
        read: plain JSON → value; raises ``MalformedError``, and may use up what it is given.
    """

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


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
    def read(value: Any) -> Any:
        if type(value) is not own:
            raise MalformedError(f"a {name} is expected, not {shown(value)}")
        return value

    return Form(_same, read)


def _text_from_json(value: Any) -> Any:
    if type(value) is not str:
        raise MalformedError(f"a text is expected, not {shown(value)}")
    if not value.isascii() and has_lone_surrogate(value):
        raise MalformedError(f"the text {shown(value)} holds half a character")
    return value


TEXT: Final = Form(_same, _text_from_json)
INT: Final = _exactly(int, "whole number")


def within(least: int, most: int) -> Form:
    """A whole number in a range."""

    def read(value: Any) -> Any:
        if type(value) is not int or not least <= value <= most:
            raise MalformedError(f"a whole number from {least} to {most} is expected")
        return value

    return Form(_same, read)


COUNT: Final = within(0, 2**63 - 1)
BOOL: Final = _exactly(bool, "true or false")


def _value_from_json(value: Any) -> Any:
    try:
        return value_from_json(value)
    except EvaluationError as error:
        raise MalformedError(error.reason) from None


VALUE: Final = Form(json_from_value, _value_from_json)
"""Any CEL value that can be kept."""


def one_of(choices: type[StrEnum]) -> Form:
    """A member of an enumeration, by its value."""
    members = {str(member): member for member in choices}

    def read(value: Any) -> Any:
        if type(value) is not str or value not in members:
            known = ", ".join(f"`{name}`" for name in members)
            raise MalformedError(f"one of {known} is expected, not {shown(value)}")
        return members[value]

    return Form(str, read)


def many(form: Form) -> Form:
    """A tuple, written as a list."""
    write_one, read_one = form.write, form.read

    def write(values: Any) -> Any:
        return [write_one(value) for value in values]

    def read(values: Any) -> Any:
        made = []
        for at, value in enumerate(a_list(values)):
            try:
                made.append(read_one(value))
            except MalformedError as error:
                raise error.inside(at) from None
        return tuple(made)

    return Form(write, read)


def by_name(form: Form) -> Form:
    """A mapping from texts."""
    write_one, read_one = form.write, form.read

    def write(values: Any) -> Any:
        return {name: write_one(value) for name, value in values.items()}

    def read(values: Any) -> Any:
        made = {}
        for name, value in an_object(values).items():
            try:
                made[name] = read_one(value)
            except MalformedError as error:
                raise error.inside(name) from None
        return made

    return Form(write, read)


def record(own: type, *parts: Part) -> Form:
    """A value of a dataclass, written as an object with a key per part that is not its default.

    Args:
        own: the class.
        parts: its attributes in their order, but for those that take no part in comparisons.

    Raises:
        TypeError: an attribute of the class is missing among the parts, or out of order.
    """
    attributes = [attribute.name for attribute in fields(own) if attribute.compare]
    if attributes != [part.name for part in parts]:
        raise TypeError(f"the parts of {own.__name__} are {attributes}, in this order")
    make = maker(own) if len(attributes) == len(fields(own)) else own
    forms = {part.name: part.form.read for part in parts}
    names = tuple(forms)
    required = tuple(part.name for part in parts if part.default is REQUIRED)
    defaults = {part.name: part.default for part in parts if part.default is not REQUIRED}
    writers = tuple((part.name, part.default, part.form.write) for part in parts)

    def write(value: Any) -> Any:
        written = {}
        for name, default, write_one in writers:
            attribute = getattr(value, name)
            if attribute is not default and attribute != default:
                written[name] = write_one(attribute)
        return written

    def read(value: Any) -> Any:
        given = dict(defaults)
        for name, inner in an_object(value).items():
            if name not in forms:
                known = ", ".join(f"`{one}`" for one in names)
                raise MalformedError(f"unknown key {shown(name)}; the keys are {known}")
            try:
                given[name] = forms[name](inner)
            except MalformedError as error:
                raise error.inside(name) from None
        for name in required:
            if name not in given:
                raise MalformedError(f"the key `{name}` is missing")
        return make(*[given[name] for name in names])

    return Form(write, read)


def tagged(key: str, forms: Mapping[str, tuple[type, Form]]) -> Form:
    """One of several classes, told apart by the value of a key."""
    names = {make: name for name, (make, _) in forms.items()}

    def write(value: Any) -> Any:
        name = names[type(value)]
        return {key: name, **forms[name][1].write(value)}

    def read(value: Any) -> Any:
        inner = dict(an_object(value))
        name = inner.pop(key, None)
        if type(name) is not str or name not in forms:
            known = ", ".join(f"`{one}`" for one in forms)
            raise MalformedError(f"`{key}` is one of {known}, not {shown(name)}")
        return forms[name][1].read(inner)

    return Form(write, read)


def later(form: Callable[[], Form]) -> Form:
    """A form that is defined further down: for what contains itself."""
    return Form(lambda value: form().write(value), lambda value: form().read(value))


def an_object(value: Any) -> dict[str, Any]:
    """A JSON object.

    Raises:
        MalformedError: it is something else.
    """
    if type(value) is not dict:
        raise MalformedError(f"an object is expected, not {shown(value)}")
    return value


def a_list(value: Any) -> list[Any]:
    """A JSON array.

    Raises:
        MalformedError: it is something else.
    """
    if type(value) is not list:
        raise MalformedError(f"a list is expected, not {shown(value)}")
    return value


def shown(value: object) -> str:
    """A JSON value for a message: short, and safe to print."""
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return f"`{ascii(value)[:60]}`"

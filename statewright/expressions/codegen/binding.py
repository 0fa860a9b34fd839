"""How a generated function reaches what an expression names.

A *binding* lists the parameters of a function, and says for names how they are reached from them::

    Binding(
        parameters=("working",),
        names=reach("working", Attribute("names")),
        host=reach("working", Attribute("host")),
        roots={("score",): reach("working", Attribute("data"), "", "score")},
    )

makes ``score`` the Python ``working.data['']['score']``. Only the program writes bindings; what the
author of an expression wrote appears in generated code as a quoted key and nowhere else.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

_OURS: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
"""Names of parameters and attributes. Everything else in generated code begins with ``_``."""

_BUILTINS: Final = frozenset(
    ("Exception", "dict", "enumerate", "float", "int", "len", "list", "str", "type")
)
"""Builtins that generated code uses, which no parameter may hide."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """``.name``: a step to an attribute of one of the program's objects."""

    name: str

    def __post_init__(self) -> None:
        _check(self.name)


@dataclass(frozen=True, slots=True)
class Call:
    """``()``: a step that calls what was reached, without arguments."""


Step = str | Attribute | Call
"""One step on a way; a ``str`` is the key of a map."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way from a parameter to a value.

    Attributes:
        parameter: where it starts.
        steps: what is done from there on.
    """

    parameter: str
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        """The way as Python."""
        return self.parameter + "".join(map(_text, self.steps))


def reach(parameter: str, *steps: Step) -> Way:
    """The way that starts at a parameter and takes these steps.

    >>> str(reach("working", Attribute("data"), "", "score"))
    "working.data['']['score']"
    """
    return Way(parameter, steps)


@dataclass(frozen=True, slots=True)
class Binding:
    """The parameters of generated functions, and what an expression finds in them.

    What a way leads to has to be what ``names`` has under the same name, for the interpreter looks
    there. A way that cannot be gone (a key that is missing) is no error in itself: then, too, the
    interpreter decides.

    Attributes:
        parameters: their names, in order.
        names: the way to the mapping in which every name is found.
        host: the way to the functions of the host, or None where there are none.
        roots: names, or paths such as ``("event", "data")``, that are reached in another way than
            through ``names``. The longest path wins.
        optional: how many of the last parameters may be left out; they are then None.

    Raises:
        ValueError: a parameter or an attribute is not a plain ASCII identifier, or a way starts
            at none of the parameters.
    """

    parameters: tuple[str, ...]
    names: Way
    host: Way | None = None
    roots: Mapping[tuple[str, ...], Way] = field(default_factory=dict)
    optional: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "roots", MappingProxyType(dict(self.roots)))
        for parameter in self.parameters:
            _check(parameter)
        for way in (self.names, self.host, *self.roots.values()):
            if way is not None and way.parameter not in self.parameters:
                raise ValueError(f"the way `{way}` starts at none of the parameters")


def _text(step: Step) -> str:
    if isinstance(step, Attribute):
        return f".{step.name}"
    return "()" if isinstance(step, Call) else f"[{str(step)!a}]"


def _check(name: str) -> None:
    if not _OURS.fullmatch(name) or keyword.iskeyword(name) or name in _BUILTINS:
        raise ValueError(f"{name!r} cannot be the name of a parameter or an attribute")


PLAIN: Final = Binding(("names", "host"), Way("names"), Way("host"), optional=1)
"""Functions of a mapping of names and, if need be, the functions of a host."""

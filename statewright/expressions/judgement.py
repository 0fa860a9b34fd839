"""What one check knows and has found, and what can be asked of types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from statewright.expressions.environment import Environment, Meaning
from statewright.expressions.overloads import Overload
from statewright.expressions.problems import Problem, ProblemKind
from statewright.expressions.syntax import Node
from statewright.expressions.types import BOOL, DYN, ERROR, INT, NULL, STRING, CelType, optional_of
from statewright.expressions.unification import Unification

NUMERIC: Final = frozenset(("int", "uint", "double"))
KEYS: Final = frozenset(("bool", "int", "uint", "string"))
"""The names of the types that keys of maps may have."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an operation on values of certain types means.

    Attributes:
        overloads: those that may apply, in the order of the table; a single one does apply, unless
            an argument that is ``dyn`` turns out to be something else, which is an error.
        result: the type of the result.
    """

    overloads: tuple[Overload, ...]
    result: CelType


@dataclass(slots=True)
class Judgement:
    """One check: its environment, what type parameters mean so far, and what was found."""

    environment: Environment
    unification: Unification = field(default_factory=Unification)
    problems: list[Problem] = field(default_factory=list)
    types: dict[int, CelType] = field(default_factory=dict)
    calls: dict[int, tuple[Resolution, ...]] = field(default_factory=dict)
    names: dict[int, Meaning] = field(default_factory=dict)

    def final(self, found: CelType) -> CelType:
        """The type that is shown: what is wrong or of no known type is ``dyn``."""
        found = self.unification.resolved(found, final=True)
        return DYN if found == ERROR else found

    def report(
        self, kind: ProblemKind, reason: str, node: Node, hint: str = "", start: int | None = None
    ) -> CelType:
        """Report something; its type is then unknown."""
        start = node.start if start is None else start
        self.problems.append(Problem(kind, reason, start, node.end, hint))
        return ERROR

    def mismatch(self, reason: str, node: Node, hint: str = "") -> CelType:
        """Report a type that cannot be right."""
        return self.report(ProblemKind.TYPE, reason, node, hint)

    def expect_bool(self, found: CelType, node: Node, what: str) -> None:
        """Report a type that cannot be bool."""
        if not self.unification.fits((BOOL,), (found,)):
            self.mismatch(f"{what} has to be `bool`, and is `{found}`", node)

    def comparable(self, one: CelType, other: CelType) -> bool:
        """Whether values of these types can be equal."""
        one, other = self.unification.resolved(one), self.unification.resolved(other)
        if NULL in (one, other) or (one.name in NUMERIC and other.name in NUMERIC):
            return True
        return one.name == other.name == "type" or self.unification.fits((one,), (other,))

    def opened(self, found: CelType, node: Node, what: str) -> CelType:
        """The type of what is in an optional."""
        inner = self.unification.fresh()
        if self.unification.fits((optional_of(inner),), (found,)):
            return self.unification.resolved(inner)
        return self.mismatch(f"{what} opens an optional, and this is `{found}`", node)

    def applied(
        self, name: str, shown: str, types: list[CelType], node: Node, *, member: bool = False
    ) -> CelType:
        """The type of the result of a function on values of these types."""
        overloads = self.environment.signatures[name, member]
        found = [(one, self.unification.match(one, types)) for one in overloads]
        matches = [match for _, match in found if match is not None]
        if not matches:
            shown_types = ", ".join(str(self.final(one)) for one in types)
            reason = f"`{shown}` is not defined on ({shown_types})"
            return self.report(ProblemKind.FUNCTION, reason, node, _usage(overloads))
        if len(matches) == 1:
            self.unification.bindings = matches[0].bindings
        results = {match.result for match in matches}
        result = results.pop() if len(results) == 1 else DYN
        fitting = tuple(one for one, match in found if match is not None)
        earlier = self.calls.get(id(node), ())
        self.calls[id(node)] = (*earlier, Resolution(fitting, result))
        return result

    # What is inside of values

    def field(self, found: CelType, name: str, node: Node) -> CelType:
        """The type of a field of a value of the found type."""
        if is_unknown(found):
            return DYN
        if found.name == "optional_type":
            inner = self.unification.resolved(found.parameters[0])
            return optional_of(self.field(inner, name, node))
        if found.fields:
            return self.declared(found, name, node)
        if found.name != "map":
            return self.mismatch(f"`.{name}` of `{found}`, which has no fields", node)
        key, value = found.parameters
        if self.unification.fits((key,), (STRING,)):
            return value
        return self.mismatch(f"the keys of `{found}` are no texts", node, "write `value[key]`")

    def declared(self, found: CelType, name: str, node: Node) -> CelType:
        """The type of a declared field."""
        fields = dict(found.fields)
        if name in fields:
            return fields[name]
        reason = f"there is no field `{name}`"
        return self.report(ProblemKind.UNDEFINED, reason, node, nearest(name, fields))

    def element(self, found: CelType, at: CelType, node: Node, name: str | None) -> CelType:
        """The type of what a value of the found type has at an index; its text, if a literal."""
        if is_unknown(found):
            return DYN
        if found.fields and self.comparable(STRING, at):
            return DYN if name is None else self.declared(found, name, node)
        if found.name == "list" and (at.name in NUMERIC or is_unknown(at)):
            return found.parameters[0]
        if found.name == "map" and self.comparable(found.parameters[0], at):
            return found.parameters[1]
        return self.mismatch(f"`{found}` has nothing at an index of type `{at}`", node)

    def elements(self, subject: CelType, node: Node, count: int) -> list[CelType]:
        """The types of one or two variables of a macro that walks through a list or map."""
        subject = DYN if is_unknown(subject) else subject
        types = {
            "dyn": (DYN, DYN),
            "list": (INT, *subject.parameters)[2 - count :],
            "map": subject.parameters,
            "object": (STRING, DYN),
        }.get(subject.name)
        if types is None:
            self.mismatch(f"a macro walks through lists and maps, not through `{subject}`", node)
            types = (DYN, DYN)
        return list(types[:count])


def is_unknown(found: CelType) -> bool:
    """Whether nothing is known of a type."""
    return found.name in ("dyn", "error") or found.parameter


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint at the name that was probably meant, or an empty string."""
    near = get_close_matches(name, list(names), n=1)
    return f"did you mean `{near[0]}`?" if near else ""


def _usage(overloads: tuple[Overload, ...]) -> str:
    shown = ", ".join(f"`{one}`" for one in overloads[:3])
    return f"it is defined as {shown}{', …' if len(overloads) > 3 else ''}"

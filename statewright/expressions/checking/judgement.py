"""What one check knows and has found, and what can be asked of types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from msgspec import Struct, field

from statewright.expressions.checking.facts import Fact, Facts, Places, implied, narrowed
from statewright.expressions.checking.hints import NUMERIC, conversion, nearest, usage
from statewright.expressions.checking.problems import Problem, ProblemKind
from statewright.expressions.checking.unification import Resolution, resolved
from statewright.expressions.environment import Environment, Meaning
from statewright.expressions.syntax import Call, Node, Select
from statewright.expressions.types import (
    BOOL,
    DYN,
    ERROR,
    INT,
    STRING,
    CelType,
    optional_of,
)

KEYS: Final = frozenset(("bool", "int", "uint", "string"))
"""The names of the types that keys of maps may have."""
UNKNOWN: Final = frozenset(("dyn", "error", "never"))
"""The names of types of which nothing is known."""
_TEXT_KEYS: Final = frozenset(("string", *UNKNOWN))
_PLACES: Final = {False: NUMERIC | UNKNOWN, True: frozenset(("int", *UNKNOWN))}
"""The names of the types that indices of lists may have, by whether the check is strict."""
_EXPLICIT: Final = frozenset(
    ("int", "uint", "double", "string", "bytes", "bool", "timestamp", "duration")
)
"""Conversions: what they make of a value of any type is certain."""
_HINTS: Final = 20
"""For so many problems of one expression a name is looked for that was meant."""
_REMEMBERED: Final = 10_000
"""The operations on types that an environment remembers."""
_SHOWN: Final = 40
"""The characters of the expression that a message quotes at most."""

Rule = Callable[["Judgement", Any], CelType]
"""The type of a node of one sort."""


class Judgement(Struct):
    """One check.

    Attributes:
        environment: what the expression may use.
        text: the expression.
        rules: the rule for each class of nodes.
        narrows: whether conditions can say more about types than declarations do.
        dotted: whether names with dots may stand for something as a whole.
        names: what the names mean that were looked at.
        places: what names stand for.
        scope: the types of the macro variables in scope.
        facts: what is known of the places where the check is.
        variables: how many macro variables there were, to tell those of one name apart.
    """

    environment: Environment
    text: str
    rules: Mapping[type, Rule]
    narrows: bool
    dotted: bool
    names: dict[int, Meaning]
    places: Places
    problems: list[Problem] = field(default_factory=list)
    types: dict[int, CelType] = field(default_factory=dict)
    calls: dict[int, tuple[Resolution, ...]] = field(default_factory=dict)
    scope: Mapping[str, CelType] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    variables: int = 0

    def type_of(self, node: Node) -> CelType:
        """The type of a node, which is remembered."""
        found = self.types[id(node)] = self.rules[type(node)](self, node)
        return found

    def types_of(self, nodes: Iterable[Node]) -> list[CelType]:
        """The types of several nodes."""
        return list(map(self.type_of, nodes))

    def shown(self, node: Node) -> str:
        """The text of a node, if it is short."""
        text = self.text[node.start : node.end]
        return text if len(text) <= _SHOWN else ""

    # Problems

    def report(
        self,
        kind: ProblemKind,
        reason: str,
        node: Node,
        hint: str | Callable[[], str] = "",
        start: int | None = None,
    ) -> CelType:
        """Report something; its type is then unknown."""
        hint = hint if isinstance(hint, str) else self.hint(hint)
        start = node.start if start is None else start
        self.problems.append(Problem(kind, reason, start, node.end, hint))
        return ERROR

    def hint(self, find: Callable[[], str]) -> str:
        """A hint that takes a while to find; where there are many problems there are no more."""
        return find() if len(self.problems) < _HINTS else ""

    def mismatch(self, reason: str, node: Node, hint: str = "") -> CelType:
        """Report a type that cannot be right."""
        return self.report(ProblemKind.TYPE, reason, node, hint)

    def expect_bool(self, found: CelType, node: Node, what: str) -> None:
        """Report a type that cannot be bool; ``what`` says where one is needed."""
        if found is BOOL or found.name == "error":
            return
        own = found.parameters[0] if found.name == "nullable" else found
        if own.name not in ("bool", "dyn", "never"):
            self.mismatch(f"{what} has to be `bool`, and is `{found}`", node)
        elif self.environment.strict and own.name == "dyn":
            self.undetermined(node, BOOL)

    def undetermined(self, node: Node, wanted: CelType | None = None) -> None:
        """Report, in strict mode, that a value may be of any type; ``dyn(…)`` says so itself."""
        if isinstance(node, Call) and node.function == "dyn" and node.target is None:
            return
        text = self.shown(node) or "value"
        hint = f"test it: `type({text}) == …`"
        if wanted is not None and wanted.name in _EXPLICIT:
            hint = f"convert it: `{wanted.name}({text})`"
        self.mismatch("the value may be of any type here", node, hint)

    # Operations

    def applied(
        self,
        name: str,
        types: Sequence[CelType],
        operands: Sequence[Node | None],
        node: Node,
        *,
        member: bool = False,
    ) -> CelType:
        """The type of the result of a function on values of these types.

        Args:
            name: the function.
            types: of its arguments.
            operands: the arguments; None for what came of earlier steps of a chain.
            node: the whole operation.
            member: whether it is called on a target.
        """
        environment = self.environment
        key = (name, member, *types)
        known = environment.resolutions
        resolution = known.get(key)
        if resolution is None:
            overloads = environment.signatures[name, member]
            resolution = resolved(overloads, types, strict=environment.strict)
            if resolution is None:
                return self.undefined(name, types, operands, node, overloads)
            if len(known) >= _REMEMBERED:
                known.clear()
            known[key] = resolution
        self.calls[id(node)] = (resolution,)
        if environment.strict and name not in _EXPLICIT:
            self.applied_strictly(resolution, types, operands)
        result: CelType = resolution.result
        return result

    def applied_strictly(
        self, resolution: Resolution, types: Sequence[CelType], operands: Sequence[Node | None]
    ) -> None:
        """Report arguments of any type where the function takes none such."""
        for place, (found, operand) in enumerate(zip(types, operands, strict=True)):
            if found.name != "dyn" or operand is None:
                continue
            wanted = [overload.parameters[place] for overload in resolution.overloads]
            if not any(one.parameter or one.name == "dyn" for one in wanted):
                alike = [one for one in wanted if one in types] or wanted
                certain = all(one == alike[0] for one in alike)
                self.undetermined(operand, alike[0] if certain else None)

    def undefined(
        self,
        name: str,
        types: Sequence[CelType],
        operands: Sequence[Node | None],
        node: Node,
        overloads: Sequence[Any],
    ) -> CelType:
        """Report that a function is not defined on such types."""
        shown = name.strip("_") if name.startswith(("_", "-")) else name
        found = ", ".join(str(final(one, {})) for one in types)
        texts = ["" if operand is None else self.shown(operand) for operand in operands]
        hint = ""
        if name.startswith("_"):
            hint = conversion(types, texts)
        hint = hint or usage(overloads, types)
        return self.report(
            ProblemKind.FUNCTION, f"`{shown}` is not defined on ({found})", node, hint
        )

    # What is inside of values

    def opened(self, found: CelType, node: Node, what: str) -> CelType:
        """The type of what is in an optional."""
        found = _not_null(found)
        if found.name == "optional_type":
            return found.parameters[0]
        if found.name in UNKNOWN:
            return found
        return self.mismatch(f"{what} opens an optional, and this is `{found}`", node)

    def field(self, found: CelType, name: str, node: Node) -> CelType:
        """The type of a field of a value of the found type; of ``.?field`` that of what it holds.

        A map whose keys are no texts has no fields, which is wrong only where one is needed.
        """
        found = _not_null(found)
        kind = found.name
        if kind == "object":
            return self.declared(found, name, node)
        if kind == "map":
            needed = isinstance(node, Select) and not node.optional
            if found.parameters[0].name in _TEXT_KEYS or not needed:
                return found.parameters[1]
            reason = f"the keys of `{found}` are no texts"
            return self.mismatch(reason, node, "write `value[key]`")
        if kind == "optional_type":
            return optional_of(self.field(found.parameters[0], name, node))
        if kind in UNKNOWN:
            return found
        return self.mismatch(f"`.{name}` of `{found}`, which has no fields", node)

    def declared(self, found: CelType, name: str, node: Node) -> CelType:
        """The type of a declared field."""
        one = found.by_field.get(name)
        if one is not None:
            return one
        hint = partial(nearest, name, found.by_field)
        return self.report(ProblemKind.UNDEFINED, f"there is no field `{name}`", node, hint)

    def element(self, found: CelType, at: CelType, node: Node, name: str | None) -> CelType:
        """The type of what a value of the found type has at an index; its text, if a literal."""
        found, at = _not_null(found), _not_null(at)
        if found.name in UNKNOWN:
            return found
        if found.name == "object" and at.name in _TEXT_KEYS:
            return DYN if name is None else self.declared(found, name, node)
        if found.name == "list" and (at.name in _PLACES[self.environment.strict]):
            return found.parameters[0]
        if found.name == "map" and _may_be_key(at, found.parameters[0]):
            return found.parameters[1]
        return self.mismatch(f"`{found}` has nothing at an index of type `{at}`", node)

    def elements(self, subject: CelType, node: Node, count: int) -> list[CelType]:
        """The types of one or two variables of a macro that walks through a list or map."""
        subject = _not_null(subject)
        if subject.name == "list":
            return [INT, *subject.parameters][2 - count :]
        if subject.name == "map":
            return list(subject.parameters[:count])
        if subject.name == "object":
            return [STRING, DYN][:count]
        if subject.name not in UNKNOWN:
            self.mismatch(f"a macro walks through lists and maps, not through `{subject}`", node)
            return [ERROR] * count
        return [subject] * count

    # What conditions say

    def assume(self, condition: Node, *, truth: bool) -> list[Fact]:
        """Let hold what follows about types from a condition; what was added is returned."""
        if not self.narrows:
            return []
        added = [
            fact
            for fact in implied(condition, self.places, truth=truth)
            if fact.about in ("set", "type")
        ]
        for fact in added:
            self.facts.add(fact)
        return added

    def forget(self, added: Sequence[Fact]) -> None:
        """Take back what was assumed."""
        for fact in added:
            self.facts.remove(fact)

    def narrowed(self, found: CelType, node: Node) -> CelType:
        """The type of what is at a place, by all that is known of it."""
        if not self.facts or found.name not in ("dyn", "nullable"):
            return found
        return narrowed(found, self.places.of(node), self.facts)


def final(found: CelType, known: dict[int, CelType]) -> CelType:
    """The type that is shown: what is wrong, or has no value, is ``dyn``.

    ``known`` are the final types that were made before, by ``id``: types are nested as nodes are.
    """
    if not found.provisional:
        return found
    if found.name in ("error", "never"):
        return DYN
    made = known.get(id(found))
    if made is None:
        inside = tuple([final(one, known) for one in found.parameters])
        made = CelType(found.name, inside, fields=found.fields, optional=found.optional)
        known[id(found)] = made
    return made


def _not_null(found: CelType) -> CelType:
    return found.parameters[0] if found.name == "nullable" else found


def _may_be_key(at: CelType, key: CelType) -> bool:
    known = {at.name, key.name} - UNKNOWN
    return len(known) < 2 or known <= NUMERIC

"""Random expressions in a world: mostly well typed.

They often test what they use, in every order and shape in which people and machines write such
tests, right ones and wrong ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from statewright.expressions.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    STRING,
    CelType,
    list_of,
    optional_of,
)
from tests.expressions.typed_patterns import LITERALS, PATTERNS, SHAPES, USES
from tests.expressions.typed_worlds import World, type_from


@dataclass
class Writer:
    """Writes expressions in a world.

    Attributes:
        random: chance.
        world: what may be used.
        scope: the macro variables, with their types.
    """

    random: Random
    world: World
    scope: list[tuple[str, CelType]] = field(default_factory=list)

    def terms(self) -> list[tuple[str, CelType]]:
        """Variables and what is inside of them, however it is guarded."""
        found = [*self.world.variables.items(), *self.scope]
        if self.random.random() < 0.3:
            found += [(f"vars.{name}", one) for name, one in self.world.variables.items()]
        for text, one in list(found):
            for inner in self.inside(text, one):
                found.append(inner)
                found += self.inside(*inner)
        return found

    def inside(self, text: str, one: CelType) -> list[tuple[str, CelType]]:
        """What can be selected or indexed from a value."""
        own = _plain(one)
        if own.name == "object":
            return [(self.field(text, name), inner) for name, inner in own.fields]
        if own.name == "dyn":
            return [(f"{text}.a", DYN), (f"{text}[0]", DYN)]
        if own.name not in _SELECTIONS:
            return []
        pattern = self.random.choice(_SELECTIONS[own.name])
        if own.name == "map" and own.parameters[0] == STRING:
            pattern = self.field("{}", self.random.choice("ab"))
        return [(pattern.format(text), own.parameters[-1])]

    def field(self, text: str, name: str) -> str:
        return f"{text}.{name}" if self.random.random() < 0.7 else f"{text}['{name}']"

    def expression(self, depth: int = 3) -> str:
        """An expression of any type."""
        if self.random.random() < 0.6:
            return self.of(BOOL, depth)
        return self.of(type_from(self.random, 1), depth)

    def of(self, wanted: CelType, depth: int) -> str:
        """An expression that is mostly of a type."""
        choice = self.random.random()
        if choice < 0.04:
            return self.anything()
        if depth <= 0 or choice < 0.25:
            return self.leaf(wanted)
        if choice < 0.33:
            return self.conditional(wanted, depth)
        if choice < 0.37:
            name = self.random.choice("pqr")
            subject = type_from(self.random, 1)
            value = self.of(subject, depth - 1)
            return f"cel.bind({name}, {value}, {self.within([(name, subject)], wanted, depth)})"
        if choice < 0.4 and wanted.name != "dyn":
            return (
                f"{self.of(optional_of(wanted), depth - 1)}.orValue({self.of(wanted, depth - 1)})"
            )
        return self.made(wanted, depth)

    def anything(self) -> str:
        terms = self.terms()
        return self.random.choice(terms)[0] if terms else "null"

    def leaf(self, wanted: CelType) -> str:
        fitting = [text for text, one in self.terms() if _plain(one).name == _plain(wanted).name]
        if fitting and self.random.random() < 0.8:
            return self.random.choice(fitting)
        literals = LITERALS.get(_plain(wanted).name)
        return self.random.choice(literals) if literals else self.container(wanted, 0)

    def container(self, wanted: CelType, depth: int) -> str:
        one = _plain(wanted)
        if one.name == "list":
            count = self.random.choice((0, 1, 2))
            items = [self.of(one.parameters[0], depth - 1) for _ in range(count)]
            return f"[{', '.join(items)}]"
        if one.name in ("map", "object"):
            value = one.parameters[1] if one.name == "map" else type_from(self.random, 0)
            key = "1" if one.name == "map" and one.parameters[0] == INT else "'a'"
            return f"{{{key}: {self.of(value, depth - 1)}}}"
        if one.name == "optional_type":
            kept = self.of(one.parameters[0], depth - 1)
            return self.random.choice([f"optional.of({kept})", "optional.none()"])
        return self.anything()

    def within(self, variables: list[tuple[str, CelType]], wanted: CelType, depth: int) -> str:
        """An expression in which macro variables are in scope."""
        self.scope += variables
        text = self.of(wanted, depth - 1)
        del self.scope[-len(variables) :]
        return text

    def conditional(self, wanted: CelType, depth: int) -> str:
        guard = self.guard()
        if guard is None or self.random.random() < 0.3:
            condition = self.of(BOOL, depth - 1)
            return f"({condition} ? {self.of(wanted, depth - 1)} : {self.of(wanted, depth - 1)})"
        condition, text, one = guard
        use = text if one.name == wanted.name else self.of(wanted, depth - 1)
        other = self.of(wanted, depth - 1)
        if self.random.random() < 0.7:
            return f"({condition} ? {use} : {other})"
        return f"(!({condition}) ? {other} : {use})"

    def made(self, wanted: CelType, depth: int) -> str:
        """An operation or function whose result is of a type."""
        patterns = PATTERNS.get(_plain(wanted).name)
        if wanted.name == "bool" and self.random.random() < 0.5:
            guarded = self.guarded(depth)
            if guarded:
                return guarded
        if _plain(wanted).name == "list" and self.random.random() < 0.5:
            return self.walk(_plain(wanted).parameters[0], depth)
        if wanted.name == "bool" and self.random.random() < 0.15:
            return self.quantified(depth)
        if not patterns:
            return self.container(wanted, depth)
        pattern, types = self.random.choice(patterns)
        return pattern.format(*(self.of(one, depth - 1) for one in types))

    # Tests of what is used

    def guard(self) -> tuple[str, str, CelType] | None:
        """A condition, and what may be used where it holds, with its type."""
        candidates = list(self.guards())
        return self.random.choice(candidates) if candidates else None

    def guards(self) -> Iterator[tuple[str, str, CelType]]:
        for name in self.world.environment.unset:
            yield f"has(vars.{name})", name, self.world.variables[name]
            yield f"'{name}' in vars", f"vars.{name}", self.world.variables[name]
        for text, one in self.terms():
            rule = _GUARDS.get(one.name)
            if rule is not None:
                yield from rule(self, text, one)

    def guarded(self, depth: int) -> str:
        """A test, and a use of what it tests, in some order."""
        guard = self.guard()
        if guard is None:
            return ""
        condition, text, one = guard
        use = self.use(text, one)
        other = self.of(BOOL, depth - 1)
        return self.random.choice(SHAPES).format(condition, use, other)

    def use(self, text: str, one: CelType) -> str:
        """A bool that is made of a value."""
        if one.name == "bool" and self.random.random() < 0.7:
            return text
        if one.name == "dyn" and self.random.random() < 0.7:
            return self.random.choice(USES).format(text)
        if one.name in ("int", "double"):
            return f"{text} {self.random.choice(['> 1', '== 2', '+ 1 > 0' if one == INT else '< 2.0'])}"
        if one.name == "string":
            return self.random.choice(
                [f"{text} == 'a'", f"{text} + 'b' != ''", f"size({text}) > 0"]
            )
        return f"{text} == {self.leaf(one)}"

    # Macros

    def walked(self, depth: int) -> tuple[str, CelType]:
        """What a macro walks through, and the type of its elements or keys."""
        fitting = [
            (text, _plain(one)) for text, one in self.terms() if _plain(one).name in ("list", "map")
        ]
        if fitting and self.random.random() < 0.8:
            text, one = self.random.choice(fitting)
            return text, one.parameters[0]
        element = type_from(self.random, 1)
        return self.of(list_of(element), depth - 1), element

    def quantified(self, depth: int) -> str:
        subject, element = self.walked(depth)
        macro = self.random.choice(["all", "exists", "exists_one"])
        name = self.random.choice("ijk")
        return f"{subject}.{macro}({name}, {self.within([(name, element)], BOOL, depth)})"

    def walk(self, result: CelType, depth: int) -> str:
        subject, element = self.walked(depth)
        name = self.random.choice("ijk")
        condition = self.within([(name, element)], BOOL, depth)
        body = self.within([(name, element)], result, depth)
        return self.random.choice(
            [
                f"{subject}.filter({name}, {condition})",
                f"{subject}.map({name}, {body})",
                f"{subject}.map({name}, {condition}, {body})",
                f"{subject}.filter({name}, {condition}).map({name}, {body})",
                f"{subject}.sortBy({name}, {body})",
                f"{subject}.transformList(n, {name}, {body})",
            ]
        )


Guards = Iterator[tuple[str, str, CelType]]


def _guards_of_nullable(writer: Writer, text: str, one: CelType) -> Guards:
    test = writer.random.choice(["{} != null", "!({} == null)", "null != {}", "!(null == {})"])
    yield test.format(text), text, one.parameters[0]


def _guards_of_object(writer: Writer, text: str, one: CelType) -> Guards:
    for name, inner in one.fields:
        test = writer.random.choice([f"has({text}.{name})", f"'{name}' in {text}"])
        yield test, writer.field(text, name), inner


def _guards_of_map(writer: Writer, text: str, one: CelType) -> Guards:
    if one.parameters[0] == STRING:
        yield f"has({text}.a)", writer.field(text, "a"), one.parameters[1]
        yield f"'b' in {text}", f"{text}['b']", one.parameters[1]
        for key, other in writer.terms():
            if other == STRING and writer.random.random() < 0.3:
                yield f"{key} in {text}", f"{text}[{key}]", one.parameters[1]
    else:
        yield f"1 in {text}", f"{text}[1]", one.parameters[1]


def _guards_of_list(writer: Writer, text: str, one: CelType) -> Guards:
    random = writer.random
    size = random.choice(["size({})", "{}.size()"]).format(text)
    test = random.choice(
        ["{} > {}", "{} >= {}", "{} == {}", "!({} <= {})", "!({} < {})", "{} != {}"]
    )
    number = random.choice("012")
    yield test.format(size, number), f"{text}[{random.choice('012')}]", one.parameters[0]
    yield f"{number} < {size}", f"{text}[{random.choice('012')}]", one.parameters[0]
    other = random.choice(["{} != []", "!({} == [])", "{}.exists(i, true)", "!{}.all(i, i == i)"])
    yield other.format(text), f"{text}[{random.choice('01')}]", one.parameters[0]


def _guards_of_text(writer: Writer, text: str, _: CelType) -> Guards:
    test = writer.random.choice(["size({}) >= 1", "{} != ''", "size({}) > 1", "!({} == '')"])
    yield test.format(text), f"{text}.substring(0, {writer.random.choice('12')})", STRING
    yield f"{text}.startsWith('+5')", f"{text}.substring(2)", STRING


def _guards_of_int(writer: Writer, text: str, _: CelType) -> Guards:
    tests = ["!= 0", "> 0", ">= 1", "< 0", ">= 0", "== 2", "in [1, 2]", "in [0, 1]"]
    test = writer.random.choice(tests)
    yield f"{text} {test}", f"(7 / {text})", INT
    yield f"{text} >= 0 && {text} < 1000", f"({text} + 1)", INT
    for container, other in writer.terms():
        if other.name == "list" and writer.random.random() < 0.3:
            low = writer.random.choice([f"{text} >= 0 && ", f"{text} >= 0 && ", ""])
            high = writer.random.choice(
                [f"{text} < size({container})", f"size({container}) > {text}"]
            )
            yield f"{low}{high}", f"{container}[{text}]", other.parameters[0]
    yield f"{text} >= 0 && {text} < 5", f"'abcdef'.substring({text}, 5)", STRING


def _guards_of_anything(writer: Writer, text: str, _: CelType) -> Guards:
    tested = writer.random.choice((INT, STRING, BOOL, DOUBLE))
    yield f"type({text}) == {tested.name}", text, tested
    yield f"type({text}) == map && 'a' in {text}", f"{text}.a", DYN


def _guards_of_optional(_: Writer, text: str, one: CelType) -> Guards:
    yield f"{text}.hasValue()", f"{text}.value()", one.parameters[0]


_GUARDS: Mapping[str, Callable[[Writer, str, CelType], Guards]] = {
    "nullable": _guards_of_nullable,
    "object": _guards_of_object,
    "map": _guards_of_map,
    "list": _guards_of_list,
    "string": _guards_of_text,
    "int": _guards_of_int,
    "dyn": _guards_of_anything,
    "optional_type": _guards_of_optional,
}
"""Tests of what is at a place, and what may be used where they hold, by the type of the place."""

_SELECTIONS: Mapping[str, Sequence[str]] = {
    "list": ("{}[0]", "{}[1]", "{}[2]"),
    "map": ("{}[0]", "{}[1]"),
    "optional_type": ("{}.value()",),
}


def _plain(one: CelType) -> CelType:
    return one.parameters[0] if one.name == "nullable" else one

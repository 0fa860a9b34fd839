"""A chart as the source of a module that stands where ``runtime.chart`` stands."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final

from statewright.compiler.targets.export import Loss, Place
from statewright.compiler.targets.naming import unique
from statewright.compiler.targets.python.cel import Functions, NotExactError, write_function
from statewright.compiler.targets.python.homes import HOMES
from statewright.compiler.targets.python.layout import (
    Code,
    bracketed,
    called,
    laid_out,
    tuple_of,
    word,
)
from statewright.compiler.targets.python.literals import literal, text
from statewright.expressions import Expression, Hole, Literal, Template
from statewright.expressions.printing.places import Part
from statewright.statechart.definition import Limits, State, Statechart
from statewright.statechart.release import Release
from statewright.statechart.structure.traversal import charts_in

_BRACKETS: Final = 30
"""How many brackets of one constant lie inside each other; Python's own limit is 200."""


_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_GROWN: Final = "tree"
"""The attribute of a chart that is made from the others."""

_NAME: Final = 60
"""How much of the id of a state its name shows."""


_ZONES: Final = Loss(
    "time-zones",
    "the rules of time zones",
    "those of the machine that runs the module are used; install `tzdata` where it has none",
)


@dataclass(frozen=True, slots=True)
class Source:
    """The module of a chart.

    Attributes:
        text: the source.
        functions: the names of the CEL functions that its expressions call.
        losses: the expressions that have no Python.
    """

    text: str
    functions: frozenset[str]
    losses: tuple[Loss, ...]


def source_from_release(release: Release, digests: Mapping[str, str]) -> Source:
    """The module of a release's chart; ``digests`` are those of the charts that it may invoke."""
    chart = release.statechart
    writer = _Writer(Functions(conditions=frozenset(_conditions(chart))))
    definition = laid_out(writer.value(chart), first="CHART: Final = ")
    body = [
        *writer.functions.lines,
        laid_out(text(release.digest), first="DIGEST: Final = "),
        laid_out(
            _entries((name, text(one)) for name, one in digests.items()),
            first="DIGESTS: Final[dict[str, str]] = ",
        )
        + '\n"""Of the charts that it may invoke, by name."""\n',
        *writer.parts,
        definition + "\n",
        "MACHINE: Final = ready(CHART, DIGEST, DIGESTS)\n",
    ]
    code = "\n".join(body)
    head = '"""The chart."""\n\nfrom __future__ import annotations\n\n'
    return Source(
        f"{head}{_imports(code)}\n{code}",
        frozenset(writer.functions.used),
        (*writer.losses, *((_ZONES,) if writer.functions.zones else ())),
    )


def _conditions(chart: Statechart) -> Iterator[str]:
    """The conditions of the rules of a chart, and of those that it may invoke."""
    for rule in (rule for one in charts_in(chart) for rule in one.rules):
        for moment in (rule.moment, rule.other):
            if moment is not None and moment.condition is not None:
                yield moment.condition.text


def _imports(code: str) -> str:
    """The imports of all that code names and does not define."""
    tree = ast.parse(code)
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    wanted = sorted((HOMES[name], name) for name in named if name in HOMES)
    return "".join(f"from {home} import {name}\n" for home, name in wanted)


def _entries(entries: Iterable[tuple[str, Code]]) -> Code:
    return bracketed("", (code.behind(f"{text(key).flat}: ") for key, code in entries), "{}")


@dataclass(slots=True)
class _Writer:
    """One run over one chart.

    Attributes:
        functions: what has been written of its expressions.
        parts: the lines of states, and of what is deep, which stand by themselves.
        losses: what has no Python.
        names: text of an expression → the name of its function.
        place: the state that is being written.
        taken: the names of constants so far.
    """

    functions: Functions = field(default_factory=Functions)
    parts: list[str] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    place: Place = field(default_factory=Place)
    taken: set[str] = field(default_factory=set)

    def value(self, value: Any) -> Code:
        """A value of a definition; what is large or deep stands by itself, before the chart."""
        code = self.inline(value)
        if code.depth > _BRACKETS or isinstance(value, State):
            name = self.constant(value)
            self.parts.append(laid_out(code, first=f"{name} = ") + "\n")
            return word(name)
        return code

    def constant(self, value: Any) -> str:
        """A name for what stands by itself."""
        if isinstance(value, State):
            letters = (one if one in _LETTERS else "_" for one in value.id.lower())
            return unique(f"state_{''.join(letters)[:_NAME]}", self.taken)
        return unique("part", self.taken)

    def inline(self, value: Any) -> Code:
        write = next((write for own, write in _FORMS.items() if isinstance(value, own)), None)
        if write is not None:
            return write(self, value)
        if is_dataclass(value) and not isinstance(value, type):
            return called(type(value).__name__, *self.arguments(value))
        return literal(value)

    def member(self, value: Enum) -> Code:
        return word(f"{type(value).__name__}.{value.name}")

    def named(self, value: Expression) -> Code:
        return word(self.expression(value))

    def items(self, value: tuple[Any, ...]) -> Code:
        return tuple_of(map(self.value, value))

    def mapping(self, value: Mapping[str, Any]) -> Code:
        return _entries((key, self.value(part)) for key, part in value.items())

    def arguments(self, value: Any) -> Iterator[Code]:
        """What a dataclass is made with; what equals its default is left out."""
        positional = True
        for one in fields(value):
            own = getattr(value, one.name)
            if not one.init or one.name == _GROWN or _is_default(one, own):
                positional = False
                continue
            needed = one.default is MISSING and one.default_factory is MISSING
            code = self.value(own)
            yield code if positional and needed else code.behind(f"{one.name}=")

    def template(self, value: Template) -> Code:
        place = self.value(value.place)
        parts = (
            self.hole(part, place) if isinstance(part, Hole) else self.value(part)
            for part in value.parts
        )
        return called("Template", text(value.text), place, tuple_of(parts))

    def hole(self, hole: Hole, place: Code) -> Code:
        arguments = [self.value(hole.expression), literal(hole.offset), place]
        if hole.part is not Part.WHOLE:
            arguments.append(self.value(hole.part))
        return called("hole", *arguments)

    def state(self, state: State) -> Code:
        before, self.place = self.place, Place(state.id)
        code = called("State", *self.arguments(state))
        self.place = before
        return code

    def limits(self, limits: Limits) -> Code:
        if limits.pattern:
            self.losses.append(
                Loss(
                    "declared-patterns",
                    "the pattern that is declared of a variable is not checked",
                    "a text of any form is kept; answers are still held against it",
                )
            )
        return called("Limits", *self.arguments(replace(limits, pattern="")))

    def content(self, content: Literal) -> Code:
        return called("Literal", literal(content.value))

    def expression(self, expression: Expression) -> str:
        """The name of an expression's function; it is written when it is first asked for."""
        known = self.names.get(expression.text)
        if known is not None:
            return known
        name = self.names[expression.text] = f"cel_{len(self.names) + 1}"
        try:
            write_function(expression, name, self.functions)
        except NotExactError as error:
            self.losses.append(
                Loss(
                    "expression",
                    f"an expression that stand-alone Python cannot say: {error}",
                    "a step that needs it raises `NotCarriedOver`, and changes nothing",
                    Place(self.place.state, self.place.transition, expression.text),
                )
            )
            reason = text(str(error)).flat
            self.functions.lines.append(
                laid_out(called("@cel", text(expression.text)))
                + f"\ndef {name}(_frame: Frame) -> Any:\n    raise NotCarriedOver({reason})\n"
            )
        return name


def _is_default(one: Any, own: Any) -> bool:
    if one.default is not MISSING:
        return type(own) is type(one.default) and bool(own == one.default)
    return one.default_factory is not MISSING and bool(own == one.default_factory())


_FORMS: Final[Mapping[type, Callable[[_Writer, Any], Code]]] = {
    Enum: _Writer.member,
    Expression: _Writer.named,
    tuple: _Writer.items,
    Mapping: _Writer.mapping,
    Limits: _Writer.limits,
    Literal: _Writer.content,
    State: _Writer.state,
    Template: _Writer.template,
}

"""What the configuration of a machine names: guards, blocks of actions, stubs; and the losses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from statewright.compiler.targets.export import Loss, Place
from statewright.compiler.targets.naming import unique
from statewright.compiler.targets.xstate.blocks import lines_of_block
from statewright.compiler.targets.xstate.contents import Renderer, Write
from statewright.compiler.targets.xstate.expressions import Reader, typescript_from
from statewright.compiler.targets.xstate.literals import NotExportableError, quoted
from statewright.expressions import Expression
from statewright.statechart.definition import Actions
from statewright.statechart.structure.nodes import Scope

EFFECTS = ("say", "send", "patch", "log")
"""The actions that the host provides."""


@dataclass(slots=True)
class Implementations:
    """What is collected while a chart is written.

    Attributes:
        states: the ids of all states.
        asked: the states that expressions ask about with ``In``.
        guards: name → TypeScript.
        actions: name → TypeScript.
        stubs: the expressions without TypeScript.
        losses: in the order in which they were found.
        sites: how many expressions were written.
        names: the names of actions that are taken.
    """

    states: frozenset[str]
    asked: frozenset[str]
    guards: dict[str, str] = field(default_factory=dict)
    actions: dict[str, str] = field(default_factory=dict)
    stubs: dict[str, None] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)
    sites: int = 0
    names: set[str] = field(default_factory=lambda: set(EFFECTS))

    def guard(self, expression: Expression, place: Place, scope: Scope) -> str:
        """The name of a guard: its text, as long as that means the same everywhere."""
        written = self.writer(place, scope)(expression)
        code = f"guard((x) => {written})"
        name, number = expression.text, 2
        while self.guards.setdefault(name, code) != code:
            name, number = f"{expression.text} ({number})", number + 1
        return name

    def block(self, name: str, actions: Actions, place: Place, scope: Scope) -> str:
        """The name of a block of actions."""
        lines = lines_of_block(actions, scope, self.renderer(place, scope))
        return self.action(name, f"block({quoted(place.state)}, (x) => {{", lines, "})")

    def action(self, name: str, opening: str, lines: Iterator[str], closing: str) -> str:
        """The name under which an action can be found that is made of these lines."""
        found = unique(name, self.names)
        body = "".join(f"  {line}\n" for line in lines)
        self.actions[found] = f"{opening}\n{body}{closing}" if body else opening + closing
        return found

    def renderer(self, place: Place, scope: Scope, *, shown: bool = False) -> Renderer:
        """Writes the contents that stand at a place."""

        def stub(text: str, reason: str) -> str:
            return self.stub(text, reason, place)

        return Renderer(self.writer(place, scope), stub, shown)

    def writer(self, place: Place, scope: Scope) -> Write:
        """Writes the expressions that stand at a place."""

        def write(expression: Expression) -> str:
            here = replace(place, expression=expression.text)
            self.sites += 1
            reader = Reader(scope, place.state, str(self.sites), self.states)
            try:
                written = typescript_from(expression, reader)
            except NotExportableError as error:
                return self.stub(expression.text, str(error), here)
            if reader.draws:
                self.lose(
                    "draw",
                    "lots fall otherwise than they do here",
                    "they are drawn by another hash of the same seed",
                    here,
                )
            return written

        return write

    def stub(self, text: str, reason: str, place: Place) -> str:
        """A call of the stub that stands for something without TypeScript."""
        self.stubs[text] = None
        what = f"an expression cannot be written: {reason}"
        instead = "it is one of `stubs`, and fails until you write it"
        self.lose("expression", what, instead, place)
        return f"stub({quoted(text)}, x)"

    def lose(self, code: str, what: str, instead: str, place: Place | None = None) -> None:
        """Note a loss."""
        self.losses.append(Loss(code, what, instead, place or Place()))

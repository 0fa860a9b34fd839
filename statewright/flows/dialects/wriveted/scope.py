"""The state of a Wriveted session, and how texts and conditions read it.

State is kept in maps by scope: ``temp.name``, ``user.name``, … . A name without a scope is kept
in ``temp``. ``user``, ``context`` and ``input`` are filled by the host.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from statewright.errors import ExpressionError
from statewright.expressions import Reference, parse, references
from statewright.flows.dialects.wriveted.aggregates import in_our_functions
from statewright.flows.model import Variable
from statewright.flows.names import path_in_cel, variable_in_cel
from statewright.flows.nodes import Source
from statewright.flows.parts import Part
from statewright.flows.placeholders import Path, doubled, path_from, paths_in, rewritten

SCOPES: Final = ("user", "context", "input", "temp", "local", "output")
_GIVEN: Final = frozenset({"user", "context", "input"})
_CONDITION_KEYS: Final = frozenset({"if", "condition", "conditions", "expression"})


@dataclass(slots=True)
class Scope:
    """What a flow reads and writes.

    Attributes:
        single_braces: whether its templates write ``{user.id}``.
        reads: the paths that it reads, with their scopes.
        below: for each path, those that the flow reads below it.
        unscoped: names that it writes without a scope.
        used: the scopes that it reads or writes.
    """

    single_braces: bool = False
    reads: set[Path] = field(default_factory=set)
    below: dict[Path, set[Path]] = field(default_factory=dict)
    unscoped: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    # --- translation ---

    def scoped(self, path: Path) -> Path:
        """A path that begins with its scope."""
        path = path if path[0] in SCOPES else ("temp", *path)
        self.used.add(path[0])
        return path

    def in_cel(self, path: Path) -> str:
        """How an expression reads a path."""
        scope, *steps = self.scoped(path)
        return path_in_cel(variable_in_cel(scope), steps)

    def template(self, text: str) -> str:
        """A template of theirs as one of ours."""
        return rewritten(self._doubled(text), self.in_cel, self.expression)

    def _doubled(self, text: str) -> str:
        return doubled(text) if self.single_braces else text

    def expression(self, text: str) -> str:
        """CEL of theirs as CEL of ours; what is no CEL stays, and a check tells its author."""
        for reference in reversed(_references(text)):
            name = reference.path[0]
            if name not in SCOPES and name not in self.unscoped:
                continue
            read = self.in_cel((name,))
            match = re.compile(rf"\b{re.escape(name)}\b").search(text, reference.start)
            if match is not None:
                text = text[: match.start()] + read + text[match.end() :]
        return in_our_functions(text)

    def source(self, part: Part) -> Source:
        """A text that may hold templates."""
        return part.source(self.template)

    def target(self, part: Part) -> Source | None:
        """The path that a part names for writing; what is none is reported."""
        path = path_from(part.text()) if part.present else None
        if path is None:
            part.wrong("the name of a variable")
            return None
        scope, *steps = self.scoped(path)
        return part.read_as(path_in_cel(scope, steps))

    def variables(self) -> tuple[Variable, ...]:
        """The scopes as variables; the host may fill some when a session starts."""
        return tuple(
            Variable(scope, "map", {}, has_default=True, input=scope in _GIVEN, inferred=True)
            for scope in SCOPES
            if scope in self.used
        )

    # --- what is read and written ---

    def note(self, value: Any, key: str = "") -> None:
        """Note what a value of the document, under a key, reads and writes."""
        match value:
            case dict():
                for name, member in value.items():
                    self.note(member, name)
            case list():
                for item in value:
                    self.note(item, key)
            case str():
                self._note_text(value, key)

    def _note_text(self, text: str, key: str) -> None:
        if key == "variable":
            path = path_from(text)
            if path is not None and path[0] not in SCOPES:
                self.unscoped.add(path[0])
        elif key in ("var", "source"):
            path = path_from(text)
            self._note_reads([] if path is None else [path])
        elif key in _CONDITION_KEYS:
            self._note_reads(reference.path for reference in _references(text))
        else:
            self._note_reads(paths_in(self._doubled(text)))

    def _note_reads(self, paths: Iterable[Path]) -> None:
        for path in paths:
            read = path if path[0] in SCOPES else ("temp", *path)
            self.reads.add(read)
            for length in range(1, len(read)):
                self.below.setdefault(read[:length], set()).add(read)


def _references(text: str) -> tuple[Reference, ...]:
    try:
        return references(parse(text))
    except ExpressionError:
        return ()

"""Puts definitions of several modules, and all that they need, into one text.

Beginning with those that are asked for, each definition asks for what it names, in its own module
or in those that this one imports. What nothing asks for is left out. What is left is written module
by module, those that others need first, each in its own order. Of a name that two modules have, one
is given the name of its module, too.
"""

from __future__ import annotations

import builtins
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from statewright.compiler.targets.python.parts import Definition, Module, UnlinkableError
from statewright.compiler.targets.python.scoping import Use

Name = tuple[str, str]
"""A module, and a name in it."""

_WIDTH: Final = 100
_BUILTINS: Final = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Linked:
    """A text that needs none of the modules that it was made from.

    Attributes:
        imports: what it imports from elsewhere, a line each.
        definitions: all else.
        needed: the modules that it imports from.
    """

    imports: str
    definitions: str
    needed: frozenset[str]


def linked(
    roots: tuple[Name, ...],
    module_of: Callable[[str], Module],
    replaced: Mapping[Name, Name],
    package: str,
) -> Linked:
    """What is asked for, and all that it needs.

    Args:
        roots: what is asked for.
        module_of: name → module.
        replaced: what stands for a name of a module, wherever it is named.
        package: begins the names of the modules that are taken apart; all others are imported.

    Raises:
        UnlinkableError: something asks for what is not there.
    """
    linker = _Linker(module_of, replaced, package)
    for root in roots:
        linker.ask(root)
    order = tuple(linker.order(roots))
    needed = frozenset(home for home, _ in linker.needed.values())
    return Linked(linker.imports(), linker.text(order), needed)


@dataclass(slots=True)
class _Linker:
    """One run.

    Attributes:
        asked: the numbers of definitions that are asked for, by module.
        needed: what is imported from elsewhere: name here → module and name there.
    """

    module_of: Callable[[str], Module]
    replaced: Mapping[Name, Name]
    package: str
    asked: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    needed: dict[str, Name] = field(default_factory=dict)

    def origin(self, name: Name) -> Name:
        """Where a name is defined that a module has."""
        while True:
            name = self.replaced.get(name, name)
            home, own = name
            if home.partition(".")[0] != self.package:
                return name
            found = self.module_of(home).imported.get(own)
            if found is None:
                return name
            name = found

    def uses(self, home: str, definition: Definition) -> Iterator[tuple[Use, Name]]:
        """What a definition names beside what is Python's own, and where that is defined."""
        module = self.module_of(home)
        for use in definition.uses:
            if use.name in module.imported or use.name in module.numbers:
                yield use, self.origin((home, use.name))
            elif use.name not in _BUILTINS:
                raise UnlinkableError(f"{home} names `{use.name}`, which it does not define")

    def ask(self, name: Name) -> None:
        """Ask for a definition, and for all that it needs."""
        waiting = [self.origin(name)]
        while waiting:
            home, own = waiting.pop()
            module = self.module_of(home)
            number = module.numbers.get(own)
            if number is None:
                raise UnlinkableError(f"{home} does not define `{own}`")
            if number in self.asked[home]:
                continue
            self.asked[home].add(number)
            for use, origin in self.uses(home, module.definitions[number]):
                if origin[0].partition(".")[0] == self.package:
                    waiting.append(origin)
                elif self.needed.setdefault(use.name, origin) != origin:
                    raise UnlinkableError(f"`{use.name}` of {home} is something else elsewhere")

    def order(self, roots: tuple[Name, ...]) -> Iterator[str]:
        """The modules, each behind those that it needs."""
        done: set[str] = set()
        stack = [(self.origin(root)[0], False) for root in reversed(roots)]
        while stack:
            home, ready = stack.pop()
            if ready:
                yield home
            elif home not in done:
                done.add(home)
                stack.append((home, True))
                stack.extend((one, False) for one in self.needs(home) if one not in done)

    def needs(self, home: str) -> list[str]:
        """The modules that one needs, the last one first."""
        module = self.module_of(home)
        found = {
            origin[0]: None
            for number in sorted(self.asked[home])
            for use, origin in self.uses(home, module.definitions[number])
            if use.name not in module.typing and origin[0] in self.asked
        }
        return list(reversed(found))

    def imports(self) -> str:
        """What the text imports from elsewhere, in order."""
        by_home: dict[str, list[str]] = defaultdict(list)
        for own, (home, there) in self.needed.items():
            if there:
                by_home[home].append(there if own == there else f"{there} as {own}")
        plain = sorted(home for home, there in self.needed.values() if not there)
        lines = [f"import {home}" for home in plain]
        for home, names in sorted(by_home.items()):
            one = f"from {home} import {', '.join(sorted(names, key=_rank))}"
            if len(one) > _WIDTH:
                inner = "".join(f"    {name},\n" for name in sorted(names, key=_rank))
                one = f"from {home} import (\n{inner})"
            lines.append(one)
        return "\n".join(lines) + "\n"

    def text(self, order: tuple[str, ...]) -> str:
        names = self.names(order)
        text, gap = "", ""
        for home in order:
            module = self.module_of(home)
            for number in sorted(self.asked[home]):
                definition = module.definitions[number]
                piece = self.piece(module, definition, names)
                wanted = "\n\n" if definition.is_block else "\n" * ("\n" in piece.strip("\n"))
                text += max(gap, wanted) + piece
                gap = wanted
        return text

    def names(self, order: tuple[str, ...]) -> Mapping[Name, str]:
        """What definitions are called in the text: no two of them the same."""
        taken = {*_BUILTINS, *self.needed}
        names: dict[Name, str] = {}
        for home in reversed(order):
            for number in sorted(self.asked[home]):
                for own in self.module_of(home).definitions[number].names:
                    new = own if own not in taken else _longer(own, home)
                    while new in taken:
                        new += "_"
                    taken.add(new)
                    names[home, own] = new
        return names

    def piece(self, module: Module, definition: Definition, names: Mapping[Name, str]) -> str:
        """The text of a definition, with the names that things have in the text."""
        first, behind = definition.lines
        lines = module.lines[first:behind]
        for use, origin in sorted(self.uses(module.name, definition), reverse=True, key=_place):
            new = names.get(origin, use.name)
            if new != use.name:
                raw = lines[use.line - 1 - first].encode()
                end = use.column + len(use.name.encode())
                if raw[use.column : end] != use.name.encode():
                    raise UnlinkableError(
                        f"`{use.name}` of {module.name} is not where it should be"
                    )
                changed = raw[: use.column] + new.encode() + raw[end:]
                lines[use.line - 1 - first] = changed.decode()
        return "\n".join(lines) + "\n"


def _longer(name: str, home: str) -> str:
    """A name with that of its module in it."""
    mark, own = "_" * name.startswith("_"), name.strip("_")
    stem = home.rpartition(".")[2]
    if own.isupper():
        return f"{mark}{stem.upper()}_{own}"
    return f"{mark}{stem.title()}{own}" if own[0].isupper() else f"{mark}{stem}_{own}"


def _place(one: tuple[Use, Name]) -> tuple[int, int]:
    return one[0].line, one[0].column


def _rank(name: str) -> tuple[int, str]:
    """Constants first, then classes, then the rest: as imports are sorted."""
    word = name.partition(" ")[0]
    return (0 if word.isupper() and len(word) > 1 else 1 if word[:1].isupper() else 2, name)

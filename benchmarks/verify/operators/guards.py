"""Mistakes in conditions: of spelling, of type, of logic."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from benchmarks.verify.documents import Source, node_in, nodes_of
from benchmarks.verify.mutants import DEAD, Judge, Mutation, Operator
from benchmarks.verify.oracle import Facts

GUARD_ERROR = "error.execution.guard"
_LITERAL = re.compile(r"'([a-z_]{3,})'")
_RELATION = re.compile(r"(?<![<>=!])(<=|>=|<|>|==|!=)(?![=])")
_NUMBER = re.compile(r"(?<![\w.'-])\d+(?![\w.'])")
_NAME = re.compile(r"\b[a-z]\w*\b(?!\s*\()")


def guards(source: Source) -> Iterator[tuple[str, int, str]]:
    """Every branch of a condition: the node, its number, its guard."""
    for ident, node, _ in nodes_of(source.document, "condition"):
        for number, branch in enumerate(node.get("branches", ())):
            yield ident, number, str(branch["if"])


def with_guard(source: Source, ident: str, number: int, guard: str) -> Source:
    """A flow with another guard at a branch."""
    made = source.changed()
    node_in(made.document, ident)["branches"][number]["if"] = guard
    return made


def declared(source: Source) -> dict[str, dict[str, Any]]:
    """The variables of a flow, each with what is said of it."""
    variables = source.document.get("variables", {})
    return {
        name: one if isinstance(one, dict) else {"type": one} for name, one in variables.items()
    }


def _garbled(source: Source) -> Iterator[Mutation]:
    for ident, number, guard in guards(source):
        made = with_guard(source, ident, number, f"({guard}")
        yield Mutation(made, f"{ident}[{number}]", frozenset({ident}))


def _mistyped(source: Source) -> Iterator[Mutation]:
    texts = [name for name, one in declared(source).items() if one["type"] == "string"]
    counts = [name for name, one in declared(source).items() if one["type"] == "int"]
    for ident, number, guard in guards(source):
        for name in texts:
            if re.search(rf"\b{name}\b", guard):
                made = with_guard(source, ident, number, f"({guard}) || {name} > 1")
                yield Mutation(made, f"{ident}[{number}]", frozenset({ident}))
        for name in counts:
            if re.search(rf"\b{name}\b", guard):
                made = with_guard(source, ident, number, f"({guard}) || {name} == 'one'")
                yield Mutation(made, f"{ident}[{number}]", frozenset({ident}))


def _misspelt(source: Source) -> Iterator[Mutation]:
    names = declared(source)
    for ident, number, guard in guards(source):
        for found in _NAME.finditer(guard):
            if found[0] in names:
                wrong = f"{guard[: found.end()]}x{guard[found.end() :]}"
                made = with_guard(source, ident, number, wrong)
                yield Mutation(made, f"{ident}[{number}]", frozenset({ident}))
                break


def _failing(source: Source) -> Iterator[Mutation]:
    """What is compared is first converted, or divided by, or looked up."""
    names = declared(source)
    for ident, number, guard in guards(source):
        for name, one in names.items():
            if not re.search(rf"\b{name}\b", guard):
                continue
            if one["type"] == "string":
                wrong = f"int({name}) > 3 || ({guard})"
            elif one["type"] == "int":
                wrong = f"100 / {name} > 3 && ({guard})"
            elif one["type"] == "list":
                wrong = f"{name}[3] == 'x' || ({guard})"
            else:
                continue
            made = with_guard(source, ident, number, wrong)
            yield Mutation(
                made, f"{ident}[{number}]: {wrong}", frozenset({ident}), _fails_at(ident)
            )


def _fails_at(ident: str) -> Judge:
    """A judge: a guard of a node has no value, and had one."""

    def is_real(facts: Facts, clean: Facts) -> bool:
        return facts.went_wrong(GUARD_ERROR, ident) and not clean.went_wrong(GUARD_ERROR, ident)

    return is_real


def _contradiction(source: Source) -> Iterator[Mutation]:
    for ident, number, guard in guards(source):
        made = with_guard(source, ident, number, f"({guard}) && !({guard})")
        yield Mutation(made, f"{ident}[{number}]", frozenset({ident}), never_taken(ident, number))


def _always(source: Source) -> Iterator[Mutation]:
    for ident, number, guard in guards(source):
        if number == 0:
            made = with_guard(source, ident, number, f"({guard}) || !({guard})")
            yield Mutation(made, ident, frozenset({ident}), always_taken(ident))


def _swapped(source: Source) -> Iterator[Mutation]:
    """A branch asks for more than one before it."""
    for ident, number, guard in guards(source):
        made = source.changed()
        branches = node_in(made.document, ident)["branches"]
        narrow = copy.deepcopy(branches[number])
        narrow["if"] = f"({guard}) && 1 < 2"
        branches.insert(number + 1, narrow)
        dead = never_taken(ident, number + 1)
        yield Mutation(made, f"{ident}[{number + 1}]", frozenset({ident}), dead)


def _no_else(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "condition"):
        if "else" in node and node.get("branches"):
            made = source.changed()
            del node_in(made.document, ident)["else"]
            left = f"{ident}#{len(node['branches'])}"
            lost = lambda facts, _, left=left: left in facts.taken  # noqa: E731
            yield Mutation(made, ident, frozenset({ident}), lost)


def _typo(source: Source) -> Iterator[Mutation]:
    """A value that is compared with is misspelt; the variable can only have certain values."""
    names = declared(source)
    closed = {name for name, one in names.items() if one.get("values")}
    for ident, number, guard in guards(source):
        for found in _LITERAL.finditer(guard):
            if any(re.search(rf"\b{name}\s*(==|in)[^&|]*{found[0]}", guard) for name in closed):
                wrong = f"{guard[: found.end() - 2]}{guard[found.end() - 1 :]}"
                made = with_guard(source, ident, number, wrong)
                yield Mutation(made, f"{ident}[{number}]: {wrong}", frozenset({ident}))


_TURNED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


def _turned(source: Source) -> Iterator[Mutation]:
    """A relation is turned round; it counts where a branch is dead thereby."""
    for ident, number, guard in guards(source):
        for found in _RELATION.finditer(guard):
            turned = f"{guard[: found.start()]}{_TURNED[found[0]]}{guard[found.end() :]}"
            made = with_guard(source, ident, number, turned)
            yield from _with_dead_branches(source, made, ident, turned)


def _off(source: Source) -> Iterator[Mutation]:
    """A number is another one; it counts where a branch is dead thereby."""
    for ident, number, guard in guards(source):
        for found in _NUMBER.finditer(guard):
            for other in (0, 10 * int(found[0]) + 1000):
                wrong = f"{guard[: found.start()]}{other}{guard[found.end() :]}"
                made = with_guard(source, ident, number, wrong)
                yield from _with_dead_branches(source, made, ident, wrong)


def _with_dead_branches(source: Source, made: Source, ident: str, what: str) -> Iterator[Mutation]:
    count = len(node_in(source.document, ident)["branches"])
    names = [f"{ident}#{number}" for number in range(count)]

    def is_real(facts: Facts, clean: Facts) -> bool:
        return ident in facts.entered and any(
            name in clean.taken and name not in facts.taken for name in names
        )

    yield Mutation(made, f"{ident}: {what}", frozenset({ident}), is_real)


_PLAIN = re.compile(r"^(?P<name>[a-z]\w*) (?P<sign>[<>]=?) (?P<number>\d+)$")


def _one_off(source: Source) -> Iterator[Mutation]:
    """A branch for all the others is one off: it is for the number at which the first one ends."""
    names = declared(source)
    for ident, number, guard in guards(source):
        found = _PLAIN.match(guard)
        node = node_in(source.document, ident)
        target = node["branches"][number].get("to")
        if found is None or target == node.get("else") or "else" not in node:
            continue
        limit, variable = int(found["number"]), names.get(found["name"], {})
        if variable.get("type") != "int" or not (
            variable.get("minimum", limit - 1) < limit < variable.get("maximum", limit + 1)
        ):
            continue
        ours, theirs = ("<=", ">=") if found["sign"][0] == "<" else (">=", "<=")
        made = with_guard(source, ident, number, f"{found['name']} {ours} {limit}")
        branches = node_in(made.document, ident)["branches"]
        other = {"if": f"{found['name']} {theirs} {limit}", "to": node["else"]}
        branches.insert(number + 1, other)
        both = taken_both(ident, number)
        yield Mutation(made, f"{ident}[{number}]", frozenset({ident}), both)


def never_taken(ident: str, number: int) -> Judge:
    """A judge: a branch is never taken though conversations come to where it begins."""
    name = f"{ident}#{number}"
    return lambda facts, _: ident in facts.entered and name not in facts.taken


def taken_both(ident: str, number: int) -> Judge:
    """A judge: a branch is taken, and so is the one behind it."""
    return lambda facts, _: {f"{ident}#{number}", f"{ident}#{number + 1}"} <= facts.taken


def always_taken(ident: str) -> Judge:
    """A judge: of a condition, only the first branch is ever taken."""
    return lambda facts, _: (
        {name for name in facts.taken if name.partition("#")[0] == ident} == {f"{ident}#0"}
    )


GUARDS = (
    Operator("garbled", "G301", _garbled),
    Operator("mistyped", "G302", _mistyped),
    Operator("misspelt-name", "G303", _misspelt),
    Operator("failing", "G304", _failing, accepts=("G302",)),
    Operator("contradiction", "G305", _contradiction, accepts=("G310",)),
    Operator("always", "G306", _always, accepts=("G307", "G310")),
    Operator("narrower-behind", "G307", _swapped, accepts=("G310", "G305")),
    Operator("one-off", "G308", _one_off),
    Operator("no-else", "G309", _no_else, accepts=("S108",)),
    Operator("turned-relation", "G310", _turned, accepts=DEAD),
    Operator("other-number", "G310", _off, accepts=DEAD),
    Operator("misspelt-value", "G311", _typo),
)

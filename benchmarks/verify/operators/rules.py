"""Mistakes that break a business rule: a step is passed by, a guard is gone, a value is other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from benchmarks.verify.documents import Source, node_in, references
from benchmarks.verify.mutants import Mutation, Operator
from benchmarks.verify.operators.control import edges_between, inserted
from benchmarks.verify.operators.guards import guards, with_guard
from benchmarks.verify.oracle import Facts

RULE_ERROR = "error.flow.rule"
CODES = {"never": "T801", "always": "T802", "before": "T803", "leads_to": "T804", "at_most": "T806"}
_NAME = re.compile(r"the rule `([^`]*)`")


def _rules(source: Source) -> dict[str, str]:
    """Name of a rule → the code of the finding that it is broken."""
    return {
        name: next(code for kind, code in CODES.items() if kind in rule)
        for name, rule in source.document.get("rules", {}).items()
    }


def _broken(facts: Facts) -> set[str]:
    found = (_NAME.match(text) for name, _, text in facts.incidents if name == RULE_ERROR)
    return {one[1] for one in found if one}


def _breaking(source: Source, made: Source, place: str) -> Iterator[Mutation]:
    """A mutation for each kind of rules: it is to be found if one of that kind is broken now."""
    rules = _rules(source)
    for code in dict.fromkeys(rules.values()):
        own = frozenset(name for name, one in rules.items() if one == code)

        def is_real(facts: Facts, clean: Facts, own: frozenset[str] = own) -> bool:
            return bool(own & _broken(facts)) and not own & _broken(clean)

        yield Mutation(made, place, is_real=is_real, code=code)


def _bypass(source: Source) -> Iterator[Mutation]:
    """An edge leads past the step that a rule is about, or straight to it."""
    if not _rules(source):
        return
    named = set(_words(source.document["rules"])) & source.document["nodes"].keys()
    for number, edge in edges_between(source):
        for target in sorted(named):
            if edge.target != target != edge.source:
                made = source.changed()
                own = list(references(made.document))[number]
                own.holder[own.key] = target
                yield from _breaking(source, made, f"{edge.path} → {target}")


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)


def _open_gate(source: Source) -> Iterator[Mutation]:
    """A condition lets everybody through."""
    if _rules(source):
        for ident, number, guard in guards(source):
            made = with_guard(source, ident, number, f"!({guard})")
            yield from _breaking(source, made, f"{ident}[{number}]")


def _other_value(source: Source) -> Iterator[Mutation]:
    """A variable that a rule is about has another value."""
    for name, rule in source.document.get("rules", {}).items():
        for variable, declared in source.document.get("variables", {}).items():
            if not re.search(rf"\b{variable}\b", " ".join(_words(rule))):
                continue
            kind = declared["type"] if isinstance(declared, dict) else declared
            if kind not in {"int", "bool"}:
                continue
            value = -1000 if kind == "int" else False
            for number, edge in edges_between(source):
                node = {"type": "set", "actions": [{"set": variable, "to": value}]}
                made = inserted(source, number, "resets", node)
                yield from _breaking(source, made, f"{edge.path}: {variable} ({name})")


def _vacuous(source: Source) -> Iterator[Mutation]:
    """What a rule waits for never happens."""
    for ident, number, guard in guards(source):
        if ident not in source.document["nodes"]:
            continue
        made = with_guard(source, ident, number, f"({guard}) && !({guard})")
        node = node_in(made.document, ident)
        behind = node["branches"][number]["to"]
        if behind not in made.document["nodes"]:
            continue
        node["branches"][number]["to"] = "sealed"
        made.document["nodes"]["sealed"] = {"type": "message", "text": "!", "next": behind}
        made.document.setdefault("rules", {})["idle"] = {"at_most": 1, "times": "sealed"}
        yield Mutation(made, f"{ident}[{number}]", is_real=lambda f, _: "sealed" not in f.entered)


def _impossible_moment(source: Source) -> Iterator[Mutation]:
    """What a rule waits for takes a value that its variable never has."""
    for variable, declared in source.document.get("variables", {}).items():
        least = declared.get("minimum") if isinstance(declared, dict) else None
        if least is None or declared.get("type") != "int":
            continue
        condition = f"{variable} < {least}"
        for ident in source.document["nodes"]:
            moments: dict[str, dict[str, Any]] = {
                "at_most": {"at_most": 1, "times": {"at": ident, "if": condition}},
                "whenever": {"whenever": {"if": condition}, "leads_to": ident},
                "first": {"first": ident, "before": {"at": ident, "if": condition}},
            }
            for name, rule in moments.items():
                made = source.changed()
                made.document.setdefault("rules", {})["idle"] = rule
                yield Mutation(made, f"{ident}: {name} {condition}")


RULES = (
    Operator("bypass", "T803", _bypass, accepts=("C201",)),
    Operator("open-gate", "T801", _open_gate),
    Operator("other-value", "T802", _other_value),
    Operator("idle-rule", "T805", _vacuous),
    Operator("impossible-moment", "T805", _impossible_moment),
)

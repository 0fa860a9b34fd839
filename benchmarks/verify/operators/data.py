"""Mistakes with variables: never written, never read, of another type, where they may not go."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from benchmarks.verify.documents import Source, node_in, nodes_of, references
from benchmarks.verify.mutants import Judge, Mutation, Operator
from benchmarks.verify.operators.control import edges_between, inserted
from benchmarks.verify.operators.guards import declared
from benchmarks.verify.oracle import Facts

_PLACEHOLDER = re.compile(r"\{\{ ([a-z]\w*)")
SPEAKING = ("message", "end")


def _is_unset(name: str) -> Judge:
    """A judge: a variable is read that has no value."""
    wanted = f"`{name}`", f"'{name}'"

    def is_real(facts: Facts, clean: Facts) -> bool:
        new = facts.incidents - clean.incidents
        return any(
            one.startswith(("error.execution", "error.template")) and message.endswith(wanted)
            for one, _, message in new
        )

    return is_real


def _dropped_write(source: Source) -> Iterator[Mutation]:
    """An answer, or a result, is no longer kept."""
    for ident, node, _ in nodes_of(source.document):
        if isinstance(node.get("variable"), str) and node.get("type") == "question":
            name = node["variable"]
            made = source.changed()
            del node_in(made.document, ident)["variable"]
            yield Mutation(made, f"{ident}: {name}", is_real=_is_unset(name))
        for name in node.get("save") or ():
            made = source.changed()
            own = node_in(made.document, ident)
            del own["save"][name]
            yield Mutation(made, f"{ident}: {name}", is_real=_is_unset(name))


def _no_default(source: Source) -> Iterator[Mutation]:
    for name, one in declared(source).items():
        if "default" in one and not one.get("input") and one["type"] in {"int", "string", "bool"}:
            made = source.changed()
            del made.document["variables"][name]["default"]
            yield Mutation(made, name, is_real=_is_unset(name))


def _overwritten(source: Source) -> Iterator[Mutation]:
    for number, edge in edges_between(source):
        first = {"type": "set", "actions": [{"set": "spare", "to": 1}]}
        made = inserted(source, number, "told_spare", {"type": "message", "text": "{{ spare }}"})
        made = inserted(
            made, number, "set_again", {**first, "actions": [{"set": "spare", "to": 2}]}
        )
        made = inserted(made, number, "set_once", first)
        made.document.setdefault("variables", {})["spare"] = {"type": "int", "default": 0}
        yield Mutation(made, edge.path, frozenset({"set_once"}))


def _unused(source: Source) -> Iterator[Mutation]:
    made = source.changed()
    made.document.setdefault("variables", {})["nobody_reads_me"] = {"type": "int", "default": 0}
    if "D403" not in made.document.get("suppress", {}):
        yield Mutation(made, "nobody_reads_me")


def _two_types(source: Source) -> Iterator[Mutation]:
    """One branch writes a number, another one a text, and then they are compared."""
    for ident, node, nodes in nodes_of(source.document, "condition"):
        if nodes is not source.document["nodes"] or "else" not in node or not node.get("branches"):
            continue
        made = source.changed()
        edges = list(references(made.document))
        first = next(n for n, e in enumerate(edges) if e.source == ident and e.port == "else")
        made = inserted(made, first, "a_text", {
            "type": "set", "actions": [{"set": "mixed", "to": "one"}]})  # fmt: skip
        edges = list(references(made.document))
        other = next(n for n, e in enumerate(edges) if e.source == ident and "branches" in e.port)
        made = inserted(made, other, "a_number", {
            "type": "set", "actions": [{"set": "mixed", "to": 1}]})  # fmt: skip
        behind = made.document["nodes"]["a_text"]["next"]
        made.document["nodes"]["a_text"]["next"] = "mixing"
        made.document["nodes"]["a_number"]["next"] = "mixing"
        made.document["nodes"]["mixing"] = {
            "type": "condition",
            "branches": [{"if": "mixed > 3", "to": behind}],
            "else": behind,
        }
        made.document.setdefault("variables", {})["mixed"] = "any"
        yield Mutation(
            made,
            ident,
            frozenset({"mixing"}),
            lambda facts, _: facts.went_wrong("error.execution.guard", "mixing"),
        )


def _misspelt_placeholder(source: Source) -> Iterator[Mutation]:
    names = declared(source)
    for ident, node, _ in nodes_of(source.document):
        text = node.get("text")
        if not isinstance(text, str):
            continue
        found = _PLACEHOLDER.search(text)
        if found and found[1] in names:
            made = source.changed()
            wrong = f"{text[: found.end(1)]}x{text[found.end(1) :]}"
            node_in(made.document, ident)["text"] = wrong
            yield Mutation(made, ident, frozenset({ident}))


def _told_secret(source: Source) -> Iterator[Mutation]:
    secrets = re.findall(r"\{\{secret:(\w+)\}\}", json.dumps(source.document))
    for ident, node, _ in nodes_of(source.document, *SPEAKING):
        if isinstance(node.get("text"), str):
            made = source.changed()
            name = secrets[0] if secrets else "key"
            node_in(made.document, ident)["text"] += f" {{{{secret:{name}}}}}"
            yield Mutation(made, ident, frozenset({ident}))


def _personal_url(source: Source) -> Iterator[Mutation]:
    personal = [name for name, one in declared(source).items() if one.get("pii")]
    for ident, node, _ in nodes_of(source.document, "http"):
        for name in personal:
            if "?" not in node["url"]:
                made = source.changed()
                node_in(made.document, ident)["url"] += f"?who={{{{ {name} }}}}"
                yield Mutation(made, f"{ident}: {name}", frozenset({ident}))


def _foreign_write(source: Source) -> Iterator[Mutation]:
    for number, edge in edges_between(source):
        for name in ("now", "event.data", "input"):
            node = {"type": "set", "actions": [{"set": name, "to": 1}]}
            yield Mutation(
                inserted(source, number, "foreign", node), f"{edge.path}: {name}",
                frozenset({"foreign"}),
            )  # fmt: skip


def _outside_loop(source: Source) -> Iterator[Mutation]:
    items = [node["item"] for _, node, _ in nodes_of(source.document, "loop") if "item" in node]
    for number, edge in edges_between(source):
        for item in items:
            node = {"type": "message", "text": f"{{{{ {item} }}}}"}
            yield Mutation(
                inserted(source, number, "outside", node), edge.path, frozenset({"outside"})
            )


def _divided(source: Source) -> Iterator[Mutation]:
    """Something is divided by an answer, without looking whether that is zero."""
    whole = [name for name, one in declared(source).items() if one["type"] == "int"]
    for number, edge in edges_between(source):
        for name in whole:
            by = f"has(vars.{name}) ? 100 / {name} : 0"
            node = {"type": "set", "actions": [{"set": "share", "to": f"{{{{ {by} }}}}"}]}
            made = inserted(source, number, "sharing", node)
            made.document.setdefault("variables", {})["share"] = {"type": "int", "default": 0}
            yield Mutation(made, f"{edge.path}: {name}", frozenset({"sharing"}), _ends_in_error)


def _ends_in_error(facts: Facts, clean: Facts) -> bool:
    """A judge: a conversation is over since something failed, and none was."""
    return "error" in facts.outcomes - clean.outcomes


DATA = (
    Operator("dropped-write", "D401", _dropped_write, accepts=("G305", "G310")),
    Operator("dropped-default", "D401", _no_default),
    Operator("overwritten", "D402", _overwritten),
    Operator("unused", "D403", _unused),
    Operator("two-types", "D404", _two_types, accepts=("G304",)),
    Operator("divided", "G304", _divided),
    Operator("misspelt-placeholder", "D405", _misspelt_placeholder),
    Operator("told-secret", "D406", _told_secret),
    Operator("personal-url", "D407", _personal_url),
    Operator("foreign-write", "D408", _foreign_write),
    Operator("outside-loop", "D408", _outside_loop),
)

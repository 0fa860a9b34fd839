"""Mistakes of what is asked of other systems."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.verify.documents import Source, node_in, nodes_of, references
from benchmarks.verify.mutants import Mutation, Operator
from benchmarks.verify.operators.control import edges_between, inserted
from benchmarks.verify.operators.guards import declared
from benchmarks.verify.operators.interaction import Node, each


def _no_error_port(source: Source) -> Iterator[Mutation]:
    if any(nodes_of(source.document, "try")):
        return iter(())
    return each(
        source,
        "http",
        lambda node: "error" in node and "fallback" not in node and "on_error" not in node,
        lambda node: node.pop("error"),
    )


def _plain_http(source: Source) -> Iterator[Mutation]:
    return each(
        source,
        "http",
        lambda node: node["url"].startswith("https://"),
        lambda node: node.update(url=node["url"].replace("https://", "http://", 1)),
    )


_HOST = re.compile(r"^https://[^/?]+")


def _with_host(host: str) -> Operator:
    def make(source: Source) -> Iterator[Mutation]:
        def change(node: Node) -> None:
            node["url"] = _HOST.sub(lambda _: f"https://{host}", node["url"])

        return each(source, "http", lambda node: bool(_HOST.match(node["url"])), change)

    return Operator(f"host-{host}", "E603", make)


def _users_host(source: Source) -> Iterator[Mutation]:
    names = {
        node["variable"]
        for _, node, _ in nodes_of(source.document, "question")
        if node.get("input", "text") == "text" and "choices" not in node and "variable" in node
        and "pattern" not in node
    }  # fmt: skip
    names = {name for name in names if declared(source)[name].get("values") is None}
    for ident, node, _ in nodes_of(source.document, "http"):
        for name in sorted(names):
            if _HOST.match(node["url"]):
                made = source.changed()
                rest = _HOST.sub("", node["url"])
                node_in(made.document, ident)["url"] = f"https://{{{{ {name} }}}}{rest}"
                yield Mutation(made, f"{ident}: {name}", frozenset({ident}))


def _userinfo(source: Source) -> Iterator[Mutation]:
    return each(
        source,
        "http",
        lambda node: node["url"].startswith("https://"),
        lambda node: node.update(url=node["url"].replace("https://", "https://bot:hunter22@", 1)),
    )


def _inline_secret(source: Source) -> Iterator[Mutation]:
    return each(
        source,
        "http",
        lambda _: True,
        lambda node: node.update(
            headers={**node.get("headers", {}), "X-Api-Key": "9f86d081884c7d65"}
        ),
    )


def _missing_secret(source: Source) -> Iterator[Mutation]:
    known = sorted(set(re.findall(r"\{\{secret:(\w+)\}\}", json.dumps(source.document))))
    for ident, node, _ in nodes_of(source.document, "http"):
        text = json.dumps(node)
        for name in known:
            if f"{{{{secret:{name}}}}}" in text:
                made = source.changed()
                own = node_in(made.document, ident)
                changed = json.loads(text.replace(f"secret:{name}", f"secret:{name}x"))
                own.clear()
                own.update(changed)
                policy = {**source.policy, "secrets": known}
                yield Mutation(replace(made, policy=policy), f"{ident}: {name}", frozenset({ident}))


def _retried_post(source: Source) -> Iterator[Mutation]:
    def change(node: Node) -> None:
        node["method"] = "POST"
        node["on_error"] = {"retry": 3, "wait": "1s", "then": "fail"}

    return each(source, "http", lambda node: "on_error" not in node, change)


def _odd_timeout(source: Source) -> Iterator[Mutation]:
    return each(source, "http", lambda _: True, lambda node: node.update(timeout=5000))


def _untyped(source: Source) -> Iterator[Mutation]:
    for ident, node, _ in nodes_of(source.document, "http"):
        for name in node.get("save") or ():
            if "." not in name:
                made = source.changed()
                made.document["variables"][name] = "dyn"
                yield Mutation(made, f"{ident}: {name}", frozenset({ident}))


def _paid_ring(source: Source) -> Iterator[Mutation]:
    """A language model is asked again and again."""
    for number, edge in edges_between(source):
        model = {
            "type": "llm", "model": "small", "prompt": "Have an idea.",
            "on": {"error": "waiting"},
        }  # fmt: skip
        made = inserted(source, number, "idea", model)
        made.document["nodes"]["waiting"] = {"type": "delay", "duration": "10s", "next": "idea"}
        node_in(made.document, "idea")["next"] = "waiting"
        leads_on = {one.source for one in references(source.document) if one.target == edge.target}
        if len(leads_on) > 1:
            yield Mutation(made, edge.path, frozenset({"idea"}))


EFFECTS = (
    Operator("no-error-port", "E601", _no_error_port),
    Operator("plain-http", "E602", _plain_http),
    _with_host("169.254.169.254"),
    _with_host("10.1.2.3"),
    _with_host("localhost"),
    Operator("users-host", "E603", _users_host),
    Operator("userinfo", "E604", _userinfo),
    Operator("inline-secret", "E605", _inline_secret),
    Operator("missing-secret", "E606", _missing_secret),
    Operator("retried-post", "E607", _retried_post),
    Operator("odd-timeout", "E608", _odd_timeout),
    Operator("untyped-response", "E609", _untyped),
    Operator("paid-ring", "E610", _paid_ring),
)

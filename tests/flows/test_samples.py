"""The samples show everything that flows can say, do what they say, and the pages follow them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from statewright import flows
from statewright.cli import run
from statewright.flows.dialects.native.content_schema import Paced
from statewright.flows.dialects.native.kinds import KINDS
from statewright.flows.dialects.native.variable_shapes import TYPES, FieldShape, LongVariable
from statewright.flows.documents import document_from
from statewright.flows.model import VariableScope
from statewright.flows.nodes import Unsupported
from tests.flows.node_reference import FAMILIES, PAGES, SAMPLES, pages
from tests.flows.schema_coverage import known, used

FLOWS = sorted(path for path in SAMPLES.glob("*.yaml") if path.suffixes == [".yaml"])
TESTS = sorted(SAMPLES.glob("*.test.yaml"))


def written(value: Any) -> Iterator[dict[str, Any]]:
    """Every node in a document."""
    for node in (value.get("nodes") or {}).values():
        yield node
        yield from nested(node)


def nested(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    bodies = [node, node.get("finally"), *node.get("catch", ()), *node.get("regions", {}).values()]
    for body in bodies:
        if isinstance(body, dict) and "nodes" in body:
            yield from written(body)


def test_every_sample_has_conversations() -> None:
    assert [path.name.replace(".test", "") for path in TESTS] == [path.name for path in FLOWS]


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_sample_has_no_findings(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--strict", str(path)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_its_conversations_go_as_they_are_written(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["test", "--coverage", "--format", "json", str(path)])
    printed = capsys.readouterr().out
    assert code == 0, printed
    # Whatever is drawn is also walked through by the conversations of the sample itself.
    (covered,) = (one for one in json.loads(printed)["coverage"] if own(one["flow"], path))
    for criterion in ("nodes", "ports"):
        assert covered[criterion]["total"] > 0 or criterion == "ports"
        missing = [one for one in covered[criterion]["items"] if not one["conversations"]]
        assert not missing, f"no conversation goes through {missing}"


def own(flow: str, path: Path) -> bool:
    return Path(flow).name == path.name.replace(".test", "")


def test_the_samples_use_every_kind_every_key_and_every_port() -> None:
    keys: dict[str, set[str]] = {}
    ports: dict[str, set[str]] = {}
    shown: set[str] = set()
    for path in FLOWS:
        for node in written(document_from(path.read_bytes(), path.name).value):
            keys.setdefault(node["type"], set()).update(node)
            for bubbles in (node.get("content"), node.get("variants")):
                shown.update(key for bubble in bubbles or () for key in bubble)
        flow = flows.read(path)
        kinds = {node.id: node for node in flow.nodes}
        for edge in flow.edges:
            port = edge.port.partition(":")[0]
            ports.setdefault(kinds[edge.source].kind, set()).add(port)
    assert set(keys) == set(KINDS)
    shown.update(*keys.values())
    shared = {"label", "content", "on_error", "disabled", "suppress", *Paced.known()}
    assert shared <= shown
    for name, kind in KINDS.items():
        # What many kinds share is shown once, not in each of them.
        missing = set(kind.shape.known()) - keys[name] - shared
        assert not missing, f"no sample has a `{name}` with {sorted(missing)}"
    for drawn in (drawn for path in FLOWS for drawn in flows.read(path).nodes):
        assert not isinstance(drawn.config, Unsupported)
        missing = {port.partition(":")[0] for port in drawn.config.ports}
        missing -= ports.get(drawn.kind, set())
        assert not missing, f"no `{drawn.kind}` leads on by {sorted(missing)}"


def test_the_samples_use_every_key_of_the_schema_wherever_it_stands() -> None:
    schema = flows.json_schema()
    documents = [document_from(path.read_bytes(), path.name).value for path in FLOWS]
    assert known(schema) - {key for one in documents for key in used(schema, one)} == frozenset()


def declared_in(value: Any) -> Iterator[dict[str, Any]]:
    """A declaration, with those inside it; a short one as a long one."""
    one = value if isinstance(value, dict) else {"type": value}
    yield one
    for inner in (one["of"],) if "of" in one else one.get("fields", {}).values():
        yield from declared_in(inner)


def test_a_sample_declares_variables_of_every_type_and_scope_and_with_every_key() -> None:
    document = document_from((SAMPLES / "variables.yaml").read_bytes(), "variables.yaml").value
    declared = [one for part in document["variables"].values() for one in declared_in(part)]
    keys = {key for one in declared for key in one}
    assert {*LongVariable.known(), *FieldShape.known()} <= keys
    assert {one["type"] for one in declared} == set(TYPES)
    assert {one.get("scope", "session") for one in declared} == set(VariableScope)


def test_the_index_names_every_kind_once() -> None:
    named = [kind for _, kinds in FAMILIES for kind in kinds]
    assert sorted(named) == sorted(KINDS)


def test_the_pages_are_those_of_the_schema_and_the_samples() -> None:
    expected = pages()
    found = {path.name: path.read_text() for path in PAGES.glob("*.md")}
    assert found == expected, "run `python -m tests.flows.node_reference`"

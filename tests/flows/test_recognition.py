from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from statewright import flows
from tests.flows.reading import found, helps, parsed

NATIVE: dict[str, Any] = {"statewright": 1, "nodes": {}}
EXECUTABLE: dict[str, Any] = {"id": "f", "entryNodeId": "a", "nodes": {}}
EXPORT: dict[str, Any] = {"name": "F", "flow_data": {"nodes": [], "connections": []}}


@pytest.mark.parametrize(
    ("document", "dialect"),
    [
        (NATIVE, "native"),
        (EXECUTABLE, "chatwoot_builder"),
        ({"flow": EXECUTABLE}, "chatwoot_builder"),
        ({"ui": {}, "executable": EXECUTABLE, "metadata": {}}, "chatwoot_builder"),
        ({"nodes": {"a": {"type": "start", "transitions": []}}}, "chatwoot_builder"),
        (EXPORT, "wriveted"),
        ({"nodes": [{"id": "a", "content": {}}], "connections": []}, "wriveted"),
        ({"nodes": [{"id": "a", "content": {}, "connections": {}}]}, "wriveted"),
    ],
)
def test_each_dialect_is_recognised(document: Any, dialect: str) -> None:
    assert parsed(document).dialect == dialect


def test_a_document_of_two_dialects_is_not_guessed_at() -> None:
    both = {**NATIVE, **EXECUTABLE}
    assert found(parsed(both)) == [("R002", 1, 1, "this may be `native` and `chatwoot_builder`")]
    assert helps(parsed(both)) == ["say which with `--dialect NAME`"]
    assert parsed(both, dialect="native").dialect == "native"


def test_a_document_of_no_dialect_is_told_what_it_looks_like() -> None:
    flow = parsed({"name": "x", "start": "a", "variables": {}, "nodes": {}})
    assert found(flow) == [
        ("R002", 1, 1, "this is no flow, though it looks like the native format of Statewright")
    ]
    (help_,) = helps(flow)
    assert help_.startswith("`--dialect NAME` settles it; the dialects are `native`, `chatwoot_")
    assert help_.endswith("; add `statewright: 1`")


def test_a_document_that_looks_like_nothing_is_told_what_there_is() -> None:
    flow = parsed({"a": 1})
    assert found(flow) == [("R002", 1, 1, "this is no flow in any dialect")]


@pytest.mark.parametrize(
    "catalogue",
    [
        {"nodes": {"hello": {"text": "Hallo"}, "ask": {"choices": {"a": "Eins"}}}},
        {"settings": {"while_busy": {"text": "Gleich."}}},
        {"nodes": {"hello": {"text": "Hallo"}}, "settings": {"inactivity": {"remind": []}}},
    ],
)
def test_a_catalogue_of_texts_is_told_from_a_flow(catalogue: Any) -> None:
    flow = parsed(catalogue)
    assert found(flow) == [("R002", 1, 1, "this is no flow, but a catalogue of the texts of one")]
    assert helps(flow) == [
        "it belongs beside its flow: name it there under `locales`, and check the flow"
    ]


@pytest.mark.parametrize(
    "document",
    [{}, {"nodes": {}}, {"nodes": []}, {"nodes": {"a": {"type": "end"}}}, {"nodes": {"a": 1}}],
)
def test_what_has_no_texts_is_no_catalogue(document: Any) -> None:
    assert "catalogue" not in found(parsed(document))[0][-1]


@pytest.mark.parametrize("document", [[], "x", 5, None])
def test_a_flow_is_a_map_in_every_dialect(document: Any) -> None:
    for dialect in (None, "native", "wriveted", "chatwoot_builder"):
        (problem,) = parsed(document, dialect=dialect).problems
        assert problem.code == "R002"
        assert problem.message.startswith("a flow is a map, not ")


def test_an_unknown_dialect_is_answered_with_the_nearest() -> None:
    assert helps(parsed(NATIVE, dialect="nativ")) == ["did you mean `native`?"]


def test_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "hello.yaml"
    path.write_text("statewright: 1\nnodes: {a: {type: end}}")
    flow = flows.read(path)
    assert flow.id == "hello"
    assert flow.nodes[0].location.file == str(path)


def test_a_missing_file_is_for_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        flows.read(tmp_path / "nowhere.yaml")


def test_a_dialect_that_there_is_not_is_named_whatever_the_text_holds() -> None:
    (problem,) = flows.parse("x", dialect="nativ").problems
    assert "`nativ`" in problem.message
    assert "native" in problem.help

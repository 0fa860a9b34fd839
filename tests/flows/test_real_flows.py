"""Every real flow is read, and nothing is wrong with it that is not known to be."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from statewright import flows
from tests.shared_data import shared, shared_files

SAMPLES = shared_files("flows/000", "sample-*.json")
EXPORTS = [path for path in shared_files("flows/004", "*.json") if not path.name.startswith("_")]

KNOWN = {
    "huey-preferences": {"R006": 3},
    "huey-profile": {"R008": 2},
    "huey-recommendation": {"R006": 2},
}
"""Problems that have other reasons than a kind of node that is not supported yet."""

NOT_YET = {"composite", "script"}


def test_the_flows_are_there() -> None:
    shared("flows/000")
    shared("flows/004")
    assert (len(SAMPLES), len(EXPORTS)) == (4, 30)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_of_the_builder_are_read_without_problems(path: Path) -> None:
    flow = flows.read(path)
    document = json.loads(path.read_text())
    assert flow.dialect == "chatwoot_builder"
    assert not flow.problems
    assert [node.id for node in flow.nodes] == list(document["nodes"])
    transitions = sum(len(node["transitions"]) for node in document["nodes"].values())
    assert len(flow.edges) == transitions
    assert flow.entries == (document["entryNodeId"],)


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_the_exports_of_wriveted_are_read_without_unexpected_problems(path: Path) -> None:
    flow = flows.read(path)
    data = json.loads(path.read_text())["flow_data"]
    assert flow.dialect == "wriveted"
    expected = Counter(KNOWN.get(path.stem, {}))
    expected["R006"] += sum(node["type"] in NOT_YET for node in data["nodes"])
    assert Counter(problem.code for problem in flow.problems) == +expected
    assert [node.id for node in flow.nodes] == [*(node["id"] for node in data["nodes"]), "end"]


@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_every_connection_that_was_drawn_is_an_edge(path: Path) -> None:
    data = json.loads(path.read_text())["flow_data"]
    drawn = {(edge["source"], edge["target"]) for edge in data["connections"]}
    read = {(edge.source, edge.target) for edge in flows.read(path).edges}
    assert drawn <= read
    assert {source for source, target in read - drawn} == {node["id"] for node in data["nodes"]} - {
        source for source, _ in drawn
    }


@pytest.mark.parametrize("path", [*SAMPLES, *EXPORTS], ids=lambda path: path.stem)
def test_everything_knows_its_line(path: Path) -> None:
    flow = flows.read(path)
    lines = path.read_text().splitlines()
    for node in flow.nodes:
        assert node.location.file == str(path)
        assert 0 < node.location.line <= len(lines)
    for edge in flow.edges:
        assert edge.location.line > 0
        if edge.target in lines[edge.location.line - 1]:
            assert lines[edge.location.line - 1][edge.location.column :].startswith(edge.target)


def test_a_drawing_of_the_builder_that_it_has_compiled_is_read_as_far_as_possible() -> None:
    path = shared("flows/000/ui-builder-defaults-all-16-types.compiled-by-seed.json")
    flow = flows.read(path)
    assert len(flow.nodes) == 16
    not_supported = {problem.node for problem in flow.problems if problem.code == "R006"}
    assert not_supported == {"4", "8", "9", "11", "12", "13", "15", "16"}
    untranslatable = {problem.node for problem in flow.problems if problem.code == "R004"}
    assert untranslatable == {"7", "14"}


def test_the_flow_that_the_documents_show_is_read() -> None:
    blocks = json.loads(shared("flows/004/_doc-json-blocks.json").read_text())
    nodes = [
        block["value"] for block in blocks if "id" in block["value"] and "type" in block["value"]
    ]
    flow = flows.parse(json.dumps({"entry_node_id": "welcome_msg", "nodes": nodes}))
    assert flow.dialect == "wriveted"
    assert Counter(problem.code for problem in flow.problems) == {"R006": 3, "S104": 1}


def test_the_small_flows_of_the_recorded_oracle_are_read() -> None:
    recorded = json.loads(shared("flows/004/_oracle-synthetic-micro.json").read_text())
    for name, case in recorded["flows"].items():
        flow = flows.parse(json.dumps(case["flow"]), file=f"{name}.json")
        assert flow.dialect == "wriveted"
        assert {problem.code for problem in flow.problems} <= {"R006"}, name

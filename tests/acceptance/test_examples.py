"""The example flows: free of findings, and every conversation goes as it was written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from statewright.cli import run

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.script.yaml"))
FLOWS = sorted(path for path in EXAMPLES.glob("*.yaml") if path.suffixes == [".yaml"])
MACHINES = sorted(EXAMPLES.glob("*.scxml"))


def arguments(script: Path) -> list[str]:
    """How the conversation of a script is held; ``NAME.CASE.script.yaml`` may have fixtures."""
    stem = script.name.removesuffix(".script.yaml")
    (flow,) = (path for path in (*FLOWS, *MACHINES) if path.stem == stem.split(".")[0])
    command = ["chat", str(flow), "--script", str(script)]
    for option in ("fixtures", "data"):
        path = EXAMPLES / f"{stem}.{option}.yaml"
        if path.exists():
            command += [f"--{option}", str(path)]
    return command


def test_there_are_six_examples_each_with_conversations_and_a_test() -> None:
    assert [flow.stem for flow in FLOWS] == [
        "appointment-booking",
        "lead-capture",
        "onboarding",
        "order-status",
        "quiz",
        "support-triage",
    ]
    for flow in (*FLOWS, *MACHINES):
        assert list(EXAMPLES.glob(f"{flow.stem}*.script.yaml"))
        assert (EXAMPLES / f"{flow.stem}.test.yaml").exists()


@pytest.mark.parametrize("flow", [*FLOWS, *MACHINES], ids=lambda path: path.stem)
def test_an_example_has_no_findings(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--strict", str(flow)]) == 0
    assert capsys.readouterr().out == "no findings in 1 file\n"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name.removesuffix(".script.yaml"))
def test_a_conversation_goes_as_it_was_written_down(
    script: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run([*arguments(script), "--format", "json"]) == 0
    expected = script.with_name(script.name.replace(".script.yaml", ".transcript.jsonl"))
    assert capsysbinary.readouterr().out == expected.read_bytes()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name.removesuffix(".script.yaml"))
def test_a_conversation_comes_to_an_end(script: Path) -> None:
    transcript = script.with_name(script.name.replace(".script.yaml", ".transcript.jsonl"))
    last = json.loads(transcript.read_text().splitlines()[-1])
    assert last["status"] == "completed"


@pytest.mark.parametrize("flow", [*FLOWS, *MACHINES], ids=lambda path: path.stem)
def test_the_tests_of_an_example_pass(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", str(flow.with_suffix(".test.yaml"))]) == 0, capsys.readouterr().out

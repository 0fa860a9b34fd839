"""Over HTTP, a flow is published by the same verdicts as by the command line."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

from statewright.cli import run
from tests.http.servers import statewright
from tests.http.test_serve import _free_port, _wait_for

SUMS = """
statewright: 1
id: sums
start: a
variables: {x: {type: int, default: 0}, y: {type: int, default: 0}}
rules: {r: {never: "x * 7 == y + 12345", at: lucky}}
nodes:
  a: {type: question, text: X?, input: integer, variable: x, next: b}
  b: {type: question, text: Y?, input: integer, variable: y, next: lucky}
  lucky: {type: message, text: Lucky!, next: bye}
  bye: {type: end, text: Bye.}
"""

STRICT = """
[[rules]]
code = "ACME-1"
if = "node.id == 'lucky'"
message = "nobody is lucky"
"""


@pytest.fixture(autouse=True)
def _solver() -> None:
    if find_spec("z3") is None:
        pytest.skip("z3 is not installed")


def by_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str, str]]:
    """Codes, severities and verdicts of what `check` says."""
    (folder / "sums.yaml").write_text(SUMS)
    run(["check", str(folder / "sums.yaml"), "--format", "json"])
    return sorted(
        (one["code"], one["severity"], one["verdict"])
        for one in json.loads(capsys.readouterr().out)
    )


@pytest.mark.parametrize(("workers", "configuration"), [(1, STRICT), (2, "")])
def test_it_asks_the_solver_and_the_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], configuration: str, workers: int
) -> None:
    (tmp_path / "statewright.toml").write_text(configuration)
    said = by_command(tmp_path, capsys)
    assert ("T801", "error", "violated") in said
    assert (("ACME-1", "warning", "violated") in said) is bool(configuration)
    options = ("--workers", str(workers), "--port", str(_free_port()))
    with statewright(tmp_path, *options) as server:
        _wait_for(server.url)
        answer = httpx.post(
            f"{server.url}/api/v1/flows/validate", json={"flow": SUMS}, timeout=60
        ).json()
        found = [*answer["errors"], *answer["warnings"]]
        assert sorted((one["check"], one["severity"], one["verdict"]) for one in found) == said
        httpx.post(f"{server.url}/api/v1/flows", json={"flow": SUMS})
        refused = httpx.post(f"{server.url}/api/v1/flows/sums/publish", timeout=60)
        assert (refused.status_code, refused.json()["code"]) == (422, "FLOW_REJECTED")

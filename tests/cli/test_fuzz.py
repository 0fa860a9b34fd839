"""Whatever is typed, and whatever a file holds: a clear answer, and no traceback."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statewright.cli import run
from tests.cli.commands import EXAMPLES

FLOWS = [EXAMPLES / f"{name}.yaml" for name in ("lead-capture", "onboarding", "order-status")]

COMMANDS = st.sampled_from(
    ["/advance", "/result", "/data", "/state", "/help", "/", "//", "/quit now", "/result lookup"]
)
LINES = (
    st.text()
    | st.sampled_from(["1", "2", "3", "yes", "no", "Ada", "ab-1234", "a@b.example", "moon", "120"])
    | st.builds("{} {}".format, COMMANDS, st.text() | st.sampled_from(["1h", "{}", "error {}"]))
)


@contextlib.contextmanager
def typed(content: bytes) -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """Standard streams of our own, with ``content`` to be read."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            yield out, err


@given(flow=st.sampled_from(FLOWS), lines=st.lists(LINES, max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_chat_survives_whatever_is_typed(flow: Path, lines: list[str]) -> None:
    content = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
    with typed(content) as (_, err):
        code = run(["chat", str(flow)])
    assert code == 0, err.getvalue()


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode()))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize(
    "command",
    [
        ["check", "-", "--format", "junit"],
        ["compile", "-", "--to", "json", "--draft"],
        ["test", "-"],
        ["chat", str(EXAMPLES / "quiz.yaml"), "--script", "-"],
        [
            "chat",
            str(EXAMPLES / "quiz.yaml"),
            "--script",
            str(EXAMPLES / "quiz.script.yaml"),
            "--data",
            "-",
        ],
    ],
    ids=["check", "compile", "test", "script", "data"],
)
def test_a_command_survives_whatever_a_file_holds(command: list[str], content: bytes) -> None:
    with typed(content) as (_, err):
        code = run(command)
    assert code in {0, 1, 2}
    assert "internal error" not in err.getvalue()

"""The tools of other people, kept running in one node process: XState, Graphviz, Mermaid, tsc.

They are what ``npm install --prefix tests/node`` installs; the environment variable
STATEWRIGHT_NODE_MODULES names the folder of node modules where it is another one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

NODE_FOLDER = Path(__file__).parents[1] / "node"
VARIABLE = "STATEWRIGHT_NODE_MODULES"


def modules_folder() -> Path:
    """Where node modules are installed, if they are."""
    return Path(os.environ.get(VARIABLE) or NODE_FOLDER / "node_modules")


def why_not() -> str:
    """Why the tools cannot be asked, or ``""``."""
    if shutil.which("node") is None:
        return "node is not installed"
    for name in ("xstate", "typescript", "mermaid", "jsdom", "@viz-js/viz"):
        if not (modules_folder() / name).is_dir():
            return f"there is no {name} in {modules_folder()} (see CONTRIBUTING.md)"
    return ""


class NodeTools:
    """A node process that answers questions, one at a time."""

    def __init__(self) -> None:
        self.folder = modules_folder()
        self._process = subprocess.Popen(
            ["node", str(NODE_FOLDER / "tools.mjs"), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def ask(self, tool: str, **question: object) -> Any:
        """What a tool of ``tools.mjs`` answers."""
        stdin, stdout = self._pipes()
        stdin.write(json.dumps({"tool": tool, **question}) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline())
        assert "failure" not in answer, answer["failure"]
        return answer["answer"]

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout

    def close(self) -> None:
        """Let the process end."""
        for pipe in self._pipes():
            pipe.close()
        self._process.wait(timeout=10)

    def type_check(self, folder: Path, files: Mapping[str, str], *, emit: bool = False) -> str:
        """What ``tsc --strict`` complains about in these files; they are written to ``folder``.

        With ``emit``, the JavaScript of the files is written beside them.
        """
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        modules = folder / "node_modules"
        if not modules.exists():
            modules.symlink_to(self.folder.resolve(), target_is_directory=True)
        (folder / "tsconfig.json").write_text(
            (NODE_FOLDER / "tsconfig.json").read_text(), encoding="utf-8"
        )
        compiler = str(self.folder / "typescript" / "bin" / "tsc")
        (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
        command = ["node", compiler, "-p", str(folder), "--noEmit", "false" if emit else "true"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

"""The tools of other people, kept running in one node process: XState, Graphviz, Mermaid, tsc.

They are in the folder that the environment variable STATEWRIGHT_NODE_MODULES names; without it,
``installed`` puts them into the user's cache, once for each version of the lock file.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from filelock import FileLock

NODE_FOLDER = Path(__file__).parents[1] / "node"
VARIABLE = "STATEWRIGHT_NODE_MODULES"
INSTALL = (
    *("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"),
    "--fetch-retries=1",
    "--fetch-timeout=60000",
)


class NoToolsError(Exception):
    """The tools cannot be had here; says why."""


def installed() -> Path:
    """The folder with the node modules; they are installed if they are not there.

    Raises:
        NoToolsError: node or npm is missing, or npm could not install them.
    """
    if shutil.which("node") is None:
        raise NoToolsError("node is not installed")
    named = os.environ.get(VARIABLE)
    if named:
        return _complete(Path(named))
    lock = (NODE_FOLDER / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "statewright" / f"node-{hashlib.sha256(lock).hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Every process of a run comes here, and one of them installs for all.
        with FileLock(folder / "lock"):
            if not (folder / "whole").exists():
                _install(folder)
    except OSError as error:
        raise NoToolsError(f"node modules cannot be kept in {folder}: {error}") from None
    return folder / "node_modules"


def _complete(folder: Path) -> Path:
    wanted = json.loads((NODE_FOLDER / "package.json").read_text())["dependencies"]
    missing = [name for name in wanted if not (folder / name).is_dir()]
    if missing:
        raise NoToolsError(f"{', '.join(missing)} missing in {folder}, which {VARIABLE} names")
    return folder


def _install(folder: Path) -> None:
    """Let npm install everything, unless another process of this run has tried in vain."""
    tried = folder / f"failed-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    if tried.exists():
        raise NoToolsError(tried.read_text("utf-8"))
    if shutil.which("npm") is None:
        raise NoToolsError("npm is not installed")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(NODE_FOLDER / name, folder / name)
    done = subprocess.run(INSTALL, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        (folder / "whole").touch()
        return
    said = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
    reason = f"`npm ci` failed: {' / '.join(said[:3]) or f'exit code {done.returncode}'}"
    tried.write_text(reason, "utf-8")
    raise NoToolsError(reason)


class NodeTools:
    """A node process that answers questions, one at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
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

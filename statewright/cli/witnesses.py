"""Conversations that show findings, written down as tests that ``statewright test`` holds again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import count
from os.path import relpath
from pathlib import Path
from typing import Any

import yaml

from statewright.cli.expecting import test_from_witness
from statewright.cli.failure import Failure
from statewright.cli.flow_files import CompiledFile
from statewright.cli.streams import note
from statewright.compiler.findings import Finding, Witness


def write_witnesses(compiled: Iterable[CompiledFile], folder: str) -> None:
    """Write a file of conversation tests for each finding that has a conversation.

    Args:
        compiled: flows with what was found in them.
        folder: where to; it is made if it is not there.

    Raises:
        Failure: nothing can be written there.
    """
    home = Path(folder)
    taken: set[str] = set()
    try:
        home.mkdir(parents=True, exist_ok=True)
        for one in compiled:
            for finding in one.compilation.findings:
                if finding.witness is not None:
                    path = home / _name(one, finding, taken)
                    text = _text(one, finding, finding.witness, home)
                    path.write_text(text, encoding="utf-8")
                    note(f"{path} is written")
    except OSError as error:
        raise Failure(f"nothing can be written to {folder}: {error.strerror}") from None


def _name(one: CompiledFile, finding: Finding, taken: set[str]) -> str:
    """A name for a file of this run; of several that would be called the same, with a number."""
    parts = (Path(one.file).stem, finding.code, finding.node)
    name = ".".join(re.sub(r"[^\w-]+", "-", part)[:60] for part in parts if part)
    numbered = (name if number == 1 else f"{name}.{number}" for number in count(1))
    # Some file systems tell no small letters from capitals.
    name = next(one for one in numbered if one.lower() not in taken)
    taken.add(name.lower())
    return f"{name}.test.yaml"


def _text(one: CompiledFile, finding: Finding, witness: Witness, home: Path) -> str:
    name = f"{finding.code} {finding.message}"
    document: Mapping[str, Any] = {
        "flow": Path(relpath(one.file, home)).as_posix(),
        **test_from_witness(name, one.compilation.statechart, witness),
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)

"""A text → the text with all that could be mended in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from statewright.compiler.findings import Finding, Severity
from statewright.compiler.mending.edits import edited
from statewright.compiler.mending.fixes import edit_for
from statewright.flows.documents import document_from

ATTEMPTS: Final = 1_000
"""How many changes are tried at most."""

Find = Callable[[str], Sequence[Finding]]
"""A text → what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a text.

    Attributes:
        text: as it is now.
        findings: what was mended.
    """

    text: str
    findings: tuple[Finding, ...]


def mended(text: str, file: str, find: Find) -> Mended:
    """Mend what can be mended.

    Each change is tried before it is kept: what it is about has to be gone, and what is left must
    be less bad than before.

    Args:
        text: what stands in the file.
        file: its path.
        find: says what is wrong with a text of that file.
    """
    done: list[Finding] = []
    refused: set[tuple[str, str, str]] = set()
    findings = find(text)
    attempts = 0
    while attempts < ATTEMPTS:
        for finding in findings:
            if finding.location.file != file or _key(finding) in refused:
                continue
            attempts += 1
            better = _tried(text, file, finding, findings, find)
            if better is not None:
                done.append(finding)
                text, findings = better
                break
            refused.add(_key(finding))
        else:
            break
    return Mended(text, tuple(done))


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.location.pointer, finding.message


def _tried(
    text: str, file: str, finding: Finding, findings: Sequence[Finding], find: Find
) -> tuple[str, Sequence[Finding]] | None:
    """The text without a finding, and what is found in it then; None where that is no better."""
    edit = edit_for(finding, text)
    changed = None if edit is None else edited(text, document_from(text, file), edit)
    if changed is None:
        return None
    left = find(changed)
    gone = _key(finding) not in map(_key, left)
    return (changed, left) if gone and _weight(left) < _weight(findings) else None


def _weight(findings: Sequence[Finding]) -> tuple[int, int]:
    """How bad findings are together: errors first, for what hid behind one may show without it."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    return errors, len(findings)

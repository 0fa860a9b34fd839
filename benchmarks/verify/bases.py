"""The clean flows that are broken: our samples and examples, and generated ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.verify.documents import Source, source_from
from benchmarks.verify.generated import generated

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "statewright/flows/samples", ROOT / "examples")
ASIDE = (".test.yaml", ".script.yaml", ".fixtures.yaml", ".data.yaml", "locales.de.yaml")
"""How the names of files end that are no flows."""


def samples() -> Iterator[Source]:
    """The flows of the repository."""
    for folder in FOLDERS:
        texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")}
        for name in sorted(texts):
            if not name.endswith(ASIDE):
                yield source_from(name.removesuffix(".yaml"), texts[name], texts)


def bases(generating: int, *, quick: bool = False) -> Iterator[Source]:
    """Clean flows.

    Args:
        generating: how many are generated.
        quick: every fourth of the samples is enough.
    """
    yield from list(samples())[:: 4 if quick else 1]
    yield from (generated(seed) for seed in range(generating))

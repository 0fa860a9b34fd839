"""A chart as one Python module that needs nothing but Python.

It is put together from three sorts of definitions, of which only those are taken that are needed:
an interpreter of statecharts that was written for this (``runtime``), the parts of this package
that say what values, snapshots and functions are, and the chart itself, with its expressions
written as Python (``cel``, ``module``). ``linking`` makes one text of them.
"""

from __future__ import annotations

import keyword
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from statewright.compiler.targets.export import Export, Loss, export_of, lines_of, stem_of
from statewright.compiler.targets.python.linking import Name, linked
from statewright.compiler.targets.python.literals import QUOTE, text
from statewright.compiler.targets.python.module import source_from_release
from statewright.compiler.targets.python.parts import Module, UnlinkableError, module_from_text
from statewright.compiler.targets.python.trimming import trimmed_texts
from statewright.statechart.actions import Send
from statewright.statechart.definition import Statechart
from statewright.statechart.forms.codec import digest_of
from statewright.statechart.release import Release
from statewright.statechart.structure.traversal import actions_in, charts_in, states_in

_PACKAGE: Final = "statewright"
_RUNTIME: Final = f"{_PACKAGE}.compiler.targets.python.runtime"
_CHART: Final = f"{_RUNTIME}.chart"

_ROOTS: Final[tuple[Name, ...]] = (
    (f"{_RUNTIME}.service", "start"),
    (f"{_RUNTIME}.service", "step"),
    (f"{_RUNTIME}.service", "awaiting"),
    (f"{_RUNTIME}.patterns", "NotCarriedOver"),
)
_REPLACED: Final[Mapping[Name, Name]] = {
    (f"{_PACKAGE}.{module}", name): (f"{_RUNTIME}.{there}", name)
    for there, module, names in (
        ("exact", "expressions.draws", "draws_lots"),
        ("exact", "expressions.evaluation.interpreter", "evaluate"),
        ("exact", "expressions.references", "variables_in"),
        ("exact", "expressions.syntax", "Expression"),
        ("patterns", "expressions.operations.patterns", "finder matches"),
        ("digests", "statechart.forms.codec", "digest_of"),
        ("making", "statechart.making", "maker quickly_made"),
        ("programs", "statechart.stepping.programs", "program_of"),
        ("snapshots", "statechart.forms.codec", "snapshot_from_json snapshot_to_json"),
        ("writing", "statechart.values.canonical", "text_from_json"),
        ("unchecked", "statechart.structure.validation", "check_rules check_states check_targets"),
    )
    for name in names.split()
} | {
    ("cronsim", "CronSim"): (f"{_RUNTIME}.cron", "Cron"),
    ("cronsim", "CronSimError"): (f"{_RUNTIME}.cron", "CronError"),
}
"""What stands in for what needs the parser, the checker, a library, or code made at run time."""

PUBLIC: Final = (
    "CHART",
    "DIGEST",
    "MACHINE",
    "Event",
    "ForeignSnapshot",
    "InvalidEvent",
    "InvalidSnapshot",
    "NotCarriedOver",
    "SessionBehind",
    "SessionEnded",
    "Snapshot",
    "Step",
    "awaiting",
    "interpret",
    "macrostep",
    "snapshot_from_json",
    "snapshot_to_json",
    "start",
    "step",
)
"""What the module is imported for."""


def python_from(release: Release) -> Export:
    """One file with the module.

    Raises:
        UnlinkableError: a module of ours is written so that it cannot be a part; our own fault.
    """
    chart = release.statechart
    digests = {name: digest_of(inner) for name, inner in chart.charts.items()}
    source = source_from_release(release, digests)
    own = dict(trimmed_texts(_module_of, source.functions | _conversions(chart)))
    own[_CHART] = source.text
    changed = {name: module_from_text(name, text) for name, text in own.items()}
    made = linked(_ROOTS, lambda name: changed.get(name) or _module_of(name), _REPLACED, _PACKAGE)
    foreign = {name.partition(".")[0] for name in made.needed} - sys.stdlib_module_names
    if foreign:
        raise UnlinkableError(f"the module would need {', '.join(sorted(foreign))}")
    names = "".join(f'    "{name}",\n' for name in PUBLIC)
    head = "".join(_head(chart, source.losses))
    whole = (
        f"{head}\nfrom __future__ import annotations\n\n{made.imports}\n"
        f"__all__ = [\n{names}]\n{made.definitions}"
    )
    return export_of({f"{_file_stem(chart.name)}.py": whole}, source.losses)


def _head(chart: Statechart, losses: tuple[Loss, ...]) -> Iterator[str]:
    """The text that documents the module."""
    yield "# ruff: noqa: E501, F402, RUF100 - texts are long, and modules were put together\n"
    yield f'"""{stem_of(chart.name)}: a statechart that runs on Python alone.\n\n'
    yield "``start`` begins a session and ``step`` handles one event; both give back a ``Step``.\n"
    yield "Written by ``statewright compile --to python``; write it anew to change it.\n"
    if losses:
        yield "\nNot carried over:\n\n"
        for line in lines_of(losses):
            yield f"- {text(line, QUOTE).flat[1:-1]}\n"
    yield '"""\n'


def _conversions(chart: Statechart) -> frozenset[str]:
    """The functions that values are converted with when they are written to variables."""
    found: set[str] = set()
    for one in charts_in(chart):
        for data in (one.data, *(state.data for state in states_in(one))):
            found.update(datum.type for datum in data)
        if any(isinstance(action, Send) and action.delay for action in actions_in(one)):
            found.update(("int", "duration"))
    return frozenset(found)


def _file_stem(name: str) -> str:
    """The name of a chart as that of a module, which hides none of Python's own."""
    stem = stem_of(name).replace("-", "_")
    if not stem.isidentifier() or keyword.iskeyword(stem) or stem in sys.stdlib_module_names:
        return f"chart_{stem}"
    return stem


@cache
def _module_of(name: str) -> Module:
    return module_from_text(name, _text_of(name))


@cache
def _text_of(name: str) -> str:
    """The text of a module of this package."""
    folder = files(_PACKAGE)
    *path, last = name.split(".")[1:] or [""]
    inner = folder.joinpath(*path, last) if last else folder
    file = inner.joinpath("__init__.py") if inner.is_dir() else None
    if file is None:
        file = folder.joinpath(*path, f"{last}.py")
    return file.read_text("utf-8")

"""A text → the dialect it is written in → a flow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from statewright.flows.dialects.chatwoot_builder.reading import CHATWOOT_BUILDER
from statewright.flows.dialects.dialect import Dialect
from statewright.flows.dialects.native.locales import is_catalogue
from statewright.flows.dialects.native.reading import NATIVE
from statewright.flows.dialects.wriveted.reading import WRIVETED
from statewright.flows.documents import Document, document_from
from statewright.flows.model import Flow, Problem
from statewright.flows.names import flow_id
from statewright.flows.nearest import did_you_mean, listed
from statewright.flows.outline import shown
from statewright.flows.parts import Page
from statewright.flows.resolving import Find, resolved

DIALECTS: Final = (NATIVE, CHATWOOT_BUILDER, WRIVETED)
"""The dialects that can be read."""

_LIKENESS: Final = 2
"""How many keys a document shares with a dialect that it looks like."""


FLAG: Final = "`--dialect NAME`"
"""How a dialect is named on the command line."""


def parse(
    text: str | bytes,
    *,
    file: str = "",
    dialect: str | None = None,
    named: str = FLAG,
    beside: Mapping[str, str | bytes] | None = None,
) -> Flow:
    """Read a flow.

    Args:
        text: what the file holds: YAML or JSON.
        file: its path, for locations.
        dialect: the name of the dialect; None recognises it.
        named: how whoever reads what is wrong would name the dialect.
        beside: name → what the files hold that the text may name: texts in other languages.

    Returns:
        All that could be read. What could not, and everything else that is wrong with the text,
        is in ``problems``, in the order of the file; nothing is raised for it.
    """
    document = document_from(text, file)
    problems = document.problems()
    if document.outline.broken:
        return _unreadable(document, problems)
    chosen, unclear = _dialect_of(document, dialect, named)
    if chosen is None:
        return _unreadable(document, [*problems, *unclear])
    page = Page(document, [*problems, *document.duplicates(chosen.nodes(document.value))])
    page.beside = beside or {}
    flow = chosen.read(page)
    return replace(flow, problems=_in_order(page.problems))


def read(path: Path | str, *, dialect: str | None = None) -> Flow:
    """Read a flow from a file, and what it names from the files beside it.

    Raises:
        OSError: the file cannot be read.
    """
    path = Path(path)
    return read_text(path.read_bytes(), str(path), dialect=dialect)


def read_text(text: str | bytes, file: str, *, dialect: str | None = None) -> Flow:
    """Read a flow from its text, and what it names from the files beside it.

    Args:
        text: what the file holds.
        file: its path.
        dialect: as for ``parse``.
    """
    return resolved(_parsed(text, file, dialect), files_beside())


def _parsed(text: str | bytes, file: str, dialect: str | None = None) -> Flow:
    beside = {}
    for name in catalogues_named(text, file):
        with suppress(OSError, ValueError):
            beside[name] = (Path(file).parent / name).read_bytes()
    return parse(text, file=file, dialect=dialect, beside=beside)


def catalogues_named(text: str | bytes, file: str = "") -> tuple[str, ...]:
    """The names of the files that a flow names for its texts in other languages.

    Args:
        text: what the file of the flow holds.
        file: its path.
    """
    if (text.find("locales") if isinstance(text, str) else text.find(b"locales")) < 0:
        return ()
    value = document_from(text, file).value
    locales = value.get("locales") if isinstance(value, dict) else None
    named = locales.values() if isinstance(locales, dict) else ()
    return tuple(dict.fromkeys(name for name in named if isinstance(name, str)))


def files_beside() -> Find:
    """Finds flows by their paths, beside the file of the flow that names them."""
    known: dict[Path, Flow] = {}

    def find(reference: str, flow: Flow) -> Flow | str:
        try:
            path = Path(flow.location.file).parent / reference
            place = path.resolve()
            if place not in known:
                known[place] = _parsed(path.read_bytes(), str(path))
        except (OSError, ValueError, RuntimeError) as error:
            reason = (getattr(error, "strerror", None) or str(error)).lower()
            return f"the flow `{reference}` cannot be read: {reason}"
        return known[place]

    return find


def _dialect_of(
    document: Document, name: str | None, named: str
) -> tuple[Dialect | None, list[Problem]]:
    """The dialect of a document, or why it has none."""
    names = [dialect.name for dialect in DIALECTS]
    if name is not None and name not in names:
        message = f"there is no dialect {shown(name)}"
        return None, [_unclear(document, message, did_you_mean(name, names))]
    if not isinstance(document.value, dict):
        message = f"a flow is a map, not {shown(document.value)}"
        return None, [_unclear(document, message, f"the dialects are {listed(names)}")]
    if name is not None:
        return next(dialect for dialect in DIALECTS if dialect.name == name), []
    matches = [dialect for dialect in DIALECTS if dialect.recognises(document.value)]
    if len(matches) == 1:
        return matches[0], []
    if matches:
        message = f"this may be {listed(dialect.name for dialect in matches)}"
        return None, [_unclear(document, message, f"say which with {named}")]
    return None, [_unclear(document, *_unrecognised(document.value, names, named))]


def _unrecognised(value: dict[str, Any], names: Collection[str], named: str) -> tuple[str, str]:
    """What to say about a document that no dialect recognises, and what to do."""
    if is_catalogue(value):
        help_ = "it belongs beside its flow: name it there under `locales`, and check the flow"
        return "this is no flow, but a catalogue of the texts of one", help_
    known = f"{named} settles it; the dialects are {listed(names)}"
    likeness = sorted(((len(d.marks & value.keys()), d.name, d) for d in DIALECTS), reverse=True)
    (most, _, nearest), (second, _, _) = likeness[:2]
    if most < _LIKENESS or most == second:
        return "this is no flow in any dialect", known
    hint = f"; add `{nearest.marker}`" if nearest.marker else ""
    return f"this is no flow, though it looks like {nearest.title}", f"{known}{hint}"


def _unclear(document: Document, message: str, help_: str) -> Problem:
    return Problem("R002", message, document.location(""), help_)


def _unreadable(document: Document, problems: list[Problem]) -> Flow:
    id_ = flow_id(document.file, "")
    return Flow(
        id=id_, name=id_, dialect="", problems=tuple(problems), location=document.location("")
    )


def _in_order(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda p: (p.location.line, p.location.column)))

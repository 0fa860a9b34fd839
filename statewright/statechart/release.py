"""What is published: a verified statechart, and all that is known of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from statewright.errors import InvalidStatechart
from statewright.statechart.definition import Statechart
from statewright.statechart.forms.chart_forms import CONTENT, EXPRESSION, STATECHART
from statewright.statechart.forms.codec import Text, digest_of, read, written
from statewright.statechart.forms.tables import (
    INT,
    TEXT,
    VALUE,
    Part,
    by_name,
    many,
    one_of,
    record,
)
from statewright.statechart.sourcemap import Location, SourceMap
from statewright.statechart.structure.tree import tree_of
from statewright.statechart.triggers import Matching, Reentry, Trigger, TriggerKind


@dataclass(frozen=True, slots=True)
class Release:
    """A statechart that was verified. It never changes: its digest is its name.

    Attributes:
        statechart: what runs.
        digest: SHA-256 of the chart's canonical JSON, in hexadecimal.
        source_map: where each state and transition was drawn.
        inputs: names of the variables that may be given when a session starts.
        rules: the business rules that hold, each as it was written, in JSON-like values.
        assumptions: what the proofs assume of the world, in words.
        undecided: the questions that the verifier could not answer, with the reason, in words.
        triggers: what begins a session.
    """

    statechart: Statechart
    digest: str
    source_map: SourceMap = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    rules: tuple[Any, ...] = ()
    assumptions: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()


_LOCATION: Final = record(
    Location,
    Part("file", TEXT, ""),
    Part("pointer", TEXT, ""),
    Part("line", INT, 0),
    Part("column", INT, 0),
)
_TEXTS: Final = many(TEXT)
_TRIGGER: Final = record(
    Trigger,
    Part("name", TEXT),
    Part("kind", one_of(TriggerKind)),
    Part("guard", EXPRESSION, None),
    Part("inputs", by_name(CONTENT), {}),
    Part("priority", INT, 0),
    Part("reentry", one_of(Reentry), Reentry.IGNORE),
    Part("words", _TEXTS, ()),
    Part("matching", one_of(Matching), Matching.CONTAINS),
    Part("event", TEXT, ""),
    Part("cron", TEXT, ""),
    Part("zone", TEXT, ""),
)
_RELEASE: Final = record(
    Release,
    Part("statechart", STATECHART),
    Part("digest", TEXT),
    Part("source_map", by_name(_LOCATION), {}),
    Part("inputs", _TEXTS, ()),
    Part("rules", many(VALUE), ()),
    Part("assumptions", _TEXTS, ()),
    Part("undecided", _TEXTS, ()),
    Part("triggers", many(_TRIGGER), ()),
)


def release_to_json(release: Release) -> str:
    """A release as canonical JSON.

    Raises:
        InvalidStatechart: its chart breaks a rule of its own structure.
    """
    tree_of(release.statechart)
    return written(_RELEASE, release, InvalidStatechart)


def release_from_json(text: Text) -> Release:
    """The release that a text describes.

    Raises:
        InvalidStatechart: it describes none, or its digest is not that of its chart.
    """
    release: Release = read(_RELEASE, text, InvalidStatechart, "release")
    digest = digest_of(release.statechart)
    if digest != release.digest:
        raise InvalidStatechart(
            f"the release says that its chart has the digest {release.digest[:12]}…, but it is "
            f"{digest[:12]}…; it was changed after it was published"
        )
    return release

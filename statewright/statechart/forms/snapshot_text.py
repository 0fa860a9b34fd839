"""Snapshots ⇄ text, for those that hold nothing unusual: which is most, and most of the time.

``codec`` reads and writes by ``tables``, which say exactly what is wrong with a text, and
write what JSON lacks. But a session is read and written on every turn, and hardly ever is anything
wrong with it. So here a library does it, msgspec, which knows the table of ``Snapshot`` as a class.
Both functions give what the tables would give, or None where they cannot tell; the tables decide
then. Tests hold the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from msgspec import Meta, Raw, Struct
from msgspec.json import Decoder, Encoder

from statewright.errors import EvaluationError
from statewright.expressions.values import INT_MAX, INT_MIN
from statewright.statechart.event import LATEST
from statewright.statechart.forms.snapshot_forms import PARTS
from statewright.statechart.forms.tables import MalformedError
from statewright.statechart.making import maker
from statewright.statechart.snapshot import Snapshot, Status
from statewright.statechart.values.plain import is_plain_map

_TEXT: Final = frozenset({str})
_DOLLAR: Final = ord("$")
_BACKSLASH: Final = ord("\\")
_NOTHING: Final[Mapping[str, Any]] = {}

_LEVELS: Final = 6
"""How many lists and maps of a variable may lie inside each other here."""

_DEPTH: Final = _LEVELS + 1
"""How many may do so in what is written: variables lie in scopes, and these in the data."""

_Time = Annotated[int, Meta(ge=0, le=LATEST)]
_Count = Annotated[int, Meta(ge=0, le=INT_MAX)]
_Int = Annotated[int, Meta(ge=INT_MIN, le=INT_MAX)]


def _values(levels: int) -> Any:
    """The type of plain JSON values with at most so many levels of lists and maps."""
    scalar: Any = bool | _Int | float | str | None
    if levels == 0:
        return scalar
    inner = _values(levels - 1)
    return scalar | GenericAlias(list, (inner,)) | GenericAlias(dict, (str, inner))


if TYPE_CHECKING:
    _Scopes = Mapping[str, Mapping[str, Any] | Raw]
else:
    _Scopes = dict[str, dict[str, _values(_LEVELS)]]


class _Written(Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A snapshot as its text has it: the parts in the order of their names, without defaults."""

    children: list[Any] = []
    configuration: tuple[str, ...] = ()
    data: _Scopes = {}
    deferred: list[Any] = []
    digest: str
    floor: tuple[str, ...] = ()
    history: dict[str, Any] = {}
    id_count: _Count = 0
    invocations: list[Any] = []
    monitors: dict[str, Any] = {}
    now: _Time = 0
    outcome: str = ""
    output: Any = None
    seed: str
    session: str
    status: Literal["active", "completed", "failed"] = "active"
    timer_count: _Count = 0
    timers: list[Any] = []
    turns: _Count = 0
    visits: dict[str, Any] = {}


_snapshot = maker(Snapshot)
_decode: Final = Decoder(_Written).decode
_encode: Final = Encoder(order="deterministic").encode

_DEFAULTS: Final[Mapping[str, Any]] = {
    "children": (),
    "deferred": (),
    "history": {},
    "invocations": (),
    "monitors": {},
    "output": None,
    "status": Status.ACTIVE,
    "timers": (),
    "visits": {},
}
"""The parts that have tables of their own. Most snapshots have few of them."""

_USUAL: Final = tuple(_DEFAULTS.values())


def snapshot_from_text(text: str | bytes) -> Snapshot | None:
    """The snapshot that a text describes, or None where the tables have to find out."""
    try:
        written = text.encode() if isinstance(text, str) else text
        if _is_unusual(written):
            return None
        given = _decode(written)
        parts = _parts_of(given)
    except (ValueError, TypeError, RecursionError, MalformedError):
        return None
    children, deferred, history, invocations, monitors, output, status, timers, visits = parts
    return _snapshot(
        given.digest,
        given.session,
        given.seed,
        given.turns,
        given.now,
        status,
        given.outcome,
        output,
        given.configuration,
        given.data,
        history,
        visits,
        timers,
        invocations,
        deferred,
        given.floor,
        monitors,
        given.timer_count,
        children,
        given.id_count,
    )


def _is_unusual(text: bytes) -> bool:
    """Whether there may be a tag or half a character in a text; it is looked at as a whole."""
    return (_DOLLAR in text and b'"$"' in text) or (_BACKSLASH in text and b"\\u" in text)


def _parts_of(given: _Written) -> tuple[Any, ...]:
    """The parts of a text that have tables of their own, in the order of ``_DEFAULTS``.

    Raises:
        MalformedError: one of them is not as it should be.
    """
    if not (
        given.timers
        or given.invocations
        or given.history
        or given.visits
        or given.deferred
        or given.children
        or given.monitors
        or given.output is not None
        or given.status != "active"
    ):
        return _USUAL
    written = ((name, default, getattr(given, name)) for name, default in _DEFAULTS.items())
    return tuple(
        PARTS[name].read(value) if value or name == "output" else default  # which may be 0, or []
        for name, default, value in written
    )


def text_from_snapshot(snapshot: Snapshot) -> str | None:
    """A snapshot as canonical JSON, or None where the tables have to write it."""
    texts = texts_from_snapshot(snapshot)
    return None if texts is None else texts[0]


def texts_from_snapshot(snapshot: Snapshot) -> tuple[str, Raw | None] | None:
    """A snapshot as canonical JSON, and its variables alone, which others may want to write, too.

    Returns:
        the text, and the variables of the session, where there are any; None where the tables have
        to write it.
    """
    try:
        parts = _written_parts(snapshot)
        if parts is None or not _is_simple(snapshot):
            return None
        scopes = {scope: Raw(_encode(variables)) for scope, variables in snapshot.data.items()}
        written = _Written(
            configuration=snapshot.configuration,
            data=scopes,
            digest=snapshot.digest,
            floor=snapshot.floor,
            id_count=snapshot.id_count,
            now=snapshot.now,
            outcome=snapshot.outcome,
            seed=snapshot.seed,
            session=snapshot.session,
            timer_count=snapshot.timer_count,
            turns=snapshot.turns,
        )
        for name, part in parts.items():
            setattr(written, name, part)
        return _encode(written).decode(), scopes.get("")
    except (EvaluationError, TypeError, ValueError, RecursionError):
        return None


def _written_parts(snapshot: Snapshot) -> Mapping[str, Any] | None:
    """The parts that have tables of their own as JSON; None where that is not plain."""
    if (
        snapshot.timers == ()
        and snapshot.invocations == ()
        and snapshot.history == _NOTHING
        and snapshot.visits == _NOTHING
        and snapshot.deferred == ()
        and snapshot.children == ()
        and snapshot.monitors == _NOTHING
        and snapshot.output is None
        and snapshot.status is Status.ACTIVE
    ):
        return _NOTHING
    given = {name: getattr(snapshot, name) for name in _DEFAULTS}
    written = {
        name: PARTS[name].write(value) for name, value in given.items() if value != _DEFAULTS[name]
    }
    return written if is_plain_map(written, _DEPTH) else None


def _is_simple(snapshot: Snapshot) -> bool:
    """Whether all other parts are what they should be, and the variables are plain JSON."""
    data, configuration, floor = snapshot.data, snapshot.configuration, snapshot.floor
    return (
        type(snapshot.digest) is str
        and type(snapshot.session) is str
        and type(snapshot.seed) is str
        and type(snapshot.outcome) is str
        and type(snapshot.turns) is int
        and type(snapshot.now) is int
        and type(snapshot.timer_count) is int
        and type(snapshot.id_count) is int
        and type(configuration) is tuple
        and _TEXT.issuperset(map(type, configuration))
        and type(floor) is tuple
        and _TEXT.issuperset(map(type, floor))
        and type(data) is dict
        and all(type(variables) is dict for variables in data.values())
        and is_plain_map(data, _DEPTH)
    )

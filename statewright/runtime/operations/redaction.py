"""What is not to be shown: secrets, and values of variables that are labelled as private."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from statewright.runtime.effects.scrubbing import SECRET, forms_of
from statewright.runtime.effects.secret_texts import Secrets, asked
from statewright.runtime.observing.observers import Committed
from statewright.runtime.turns.stepping import Stepped
from statewright.statechart import Datum, Event, Snapshot, Statechart
from statewright.statechart.structure.traversal import charts_in, states_in
from statewright.storage.records import SessionKey

PRIVATE: Final = "[redacted]"
"""What stands where a private value was."""

SHORTEST: Final = 3
"""Characters of the shortest text that is looked for: shorter ones stand in every sentence."""

KEPT: Final = 1_000
"""How many secrets are remembered."""


def private_texts(chart: Statechart, snapshot: Snapshot, event: Event) -> tuple[str, ...]:
    """The texts of a turn that are not to be shown, the longest first; none without such variables.

    What the user has just said is one of them, where any variable is private: it may be about to
    become its value.
    """
    names = {datum.name for one in charts_in(chart) for datum in _data_of(one) if datum.private}
    if not names:
        return ()
    found = set(_leaves(event.data))
    for values in (event.contact, event.tenant):
        for name in names & values.keys():
            found.update(_leaves(values[name]))
    for one in (snapshot, *(child.snapshot for child in snapshot.children)):
        for variables in one.data.values():
            for name in names & variables.keys():
                found.update(_leaves(variables[name]))
    return _longest_first(found)


def redacted(text: str, hidden: Iterable[str], mark: str = PRIVATE) -> str:
    """A text without others; those that are longer come first.

    >>> redacted("Ada Lovelace, born 1815", ("Ada Lovelace", "Ada"))
    '[redacted], born 1815'
    """
    for one in hidden:
        text = text.replace(one, mark)
    return text


def committed_from(key: SessionKey, made: Stepped) -> Committed:
    """What observers are told of a turn: nothing that is private."""
    step = made.step
    incidents = step.incidents
    if incidents and (hidden := private_texts(made.chart, step.snapshot, step.event)):
        incidents = tuple(
            replace(
                one,
                message=redacted(one.message, hidden),
                expression=redacted(one.expression, hidden),
            )
            for one in incidents
        )
    snapshot = step.snapshot
    return Committed(
        key, snapshot.turns, step.event.now, step.event.name, snapshot.status, incidents
    )


class Redactor:
    """Remembers the secrets that were given out, and takes them out of texts."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    def remembering(self, secrets: Secrets) -> Secrets:
        """What gives secrets, and remembers them here."""

        async def given(tenant: str, name: str) -> str | None:
            value = await asked(secrets, tenant, name)
            if value is not None and len(value) >= SHORTEST:
                self._known[value] = None
                self._known.move_to_end(value)
                if len(self._known) > KEPT:
                    self._known.popitem(last=False)
            return value

        refresh = getattr(secrets, "refresh", None)
        if refresh is not None:
            given.refresh = refresh  # type: ignore[attr-defined]  # functions take attributes
        return given

    def __call__(self, text: str) -> str:
        """A text without the secrets that are known."""
        forms = {form for one in self._known for form in forms_of(one)}
        return redacted(text, _longest_first(forms), SECRET)


def _data_of(chart: Statechart) -> Iterator[Datum]:
    yield from (*chart.data, *chart.contact, *chart.tenant)
    for state in states_in(chart):
        yield from state.data


def _leaves(value: Any) -> Iterator[str]:
    """The texts and numbers in a value, as texts."""
    match value:
        case str():
            yield value
        case bool() | None:
            pass
        case int() | float():
            yield str(value)
        case Mapping():
            for part in value.values():
                yield from _leaves(part)
        case list() | tuple():
            for part in value:
                yield from _leaves(part)
        case _:
            yield str(value)


def _longest_first(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted((one for one in texts if len(one) >= SHORTEST), key=len, reverse=True))

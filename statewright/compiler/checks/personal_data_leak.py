"""Personal data go where they may be read by others.

What it does:
    Follows variables that are `pii` through assignments, saved results and what may come back in
    the `body` of an error to logs, to URLs, to
    requests without encryption or to hosts that the configuration does not list under `hosts`, to
    variables of the tenant, which all its conversations share, and, where the user did not say them
    in this conversation, to messages.

Why it matters:
    Logs are kept, and read by many; whoever talks to the bot need not be the person that the data
    are about.

Example:
    start: look
    variables:
      email: {type: string, input: true, pii: true}
    nodes:
      look:
        type: http
        url: "https://api.example.com/customers?email={{ email }}"
        success: bye
        error: bye
      bye: {type: end}

Instead:
    start: look
    variables:
      email: {type: string, input: true, pii: true}
    nodes:
      look:
        type: http
        method: POST
        url: https://api.example.com/customers/search
        body: {email: "{{ email }}"}
        success: bye
        error: bye
      bye: {type: end}

Known limits:
    Only what is declared is followed. That users read what they said themselves is all right, and
    so is a name of a person that the host gives as `contact`.
"""

from __future__ import annotations

from collections.abc import Iterator

from statewright.compiler.analysis.echoes import echoes_of
from statewright.compiler.analysis.labels import carried, holds, labelled, spread
from statewright.compiler.analysis.writes import Origin, Write, plain_path, related
from statewright.compiler.checks.check import Check
from statewright.compiler.checks.pouring import Sink, pours_of
from statewright.compiler.findings import Finding, Severity
from statewright.compiler.paths import Path
from statewright.compiler.subject import Subject

_READ_BY_OTHERS = frozenset({Sink.LOG, Sink.URL, Sink.CLEAR, Sink.FOREIGN})


def find(check: Check, subject: Subject) -> Iterator[Finding]:
    """Personal data that leave, or are shared."""
    personal = labelled(subject.flow, subject.writes, "pii")
    if not personal:
        return
    writes = (*subject.writes, *echoes_of(subject.flow))
    personal = spread(personal, writes)
    fetched = _fetched(writes, personal)
    for pour in pours_of(subject):
        held = fetched if pour.sink is Sink.MESSAGE else personal
        found = next((path for path in pour.paths if holds(held, (path,))), None)
        if found and (pour.sink in _READ_BY_OTHERS or pour.sink is Sink.MESSAGE):
            yield check.finding(
                f"`{'.'.join(found)}` holds personal data, and {pour.sink}",
                pour.location,
                node=pour.node,
                help=_HELP[pour.sink],
            )
    for write in subject.writes:
        sources = {path for expression in write.expressions for path in carried(expression)}
        if write.path[0] == "tenant" and holds(personal, sources):
            yield check.finding(
                f"`{'.'.join(write.path)}` is shared by all conversations, and gets personal data",
                write.source.location,
                node=write.node,
                help="keep it in a variable of the session or the contact",
            )


_HELP = {
    Sink.LOG: "leave it out, or write an id instead",
    Sink.URL: "send it in the body of a `POST`",
    Sink.CLEAR: "write `https://`",
    Sink.FOREIGN: "ask another host, or list this one under `hosts` in the configuration",
    Sink.MESSAGE: "show a part of it, or ask the user for it first",
}


def _fetched(writes: tuple[Write, ...], personal: frozenset[Path]) -> frozenset[Path]:
    """What is personal and comes from results of work: not said by the user, nor by the host."""
    fetched = {
        plain_path(write.path)
        for write in writes
        if write.origin is Origin.RESULT
        and any(related(plain_path(write.path), path) for path in personal)
    }
    said = {plain_path(w.path) for w in writes if w.origin is Origin.ANSWER}
    return frozenset(
        path for path in spread(fetched, writes) if not any(related(path, one) for one in said)
    )


CHECK = Check("D407", "personal-data-leak", Severity.WARNING, __doc__, find)

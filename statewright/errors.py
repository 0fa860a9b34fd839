"""Every exception that Statewright raises, by whose fault it is.

::

    StatewrightError
    ├── AuthorError             whoever wrote the flow, the chart or the expression
    │   ├── ExpressionError     an expression or template cannot be parsed
    │   ├── InvalidStatechart   a chart breaks a rule of its own structure
    │   ├── InvalidScript       a conversation script is not one
    │   ├── InvalidConfiguration what is asked of flows cannot be understood
    │   ├── Unformattable       a document cannot be laid out without changing what it says
    │   └── FlowRejected        a release was asked of a flow with ERROR findings
    ├── CallerError             the program that called us
    │   ├── ForeignSnapshot     a snapshot was stepped with a chart that is not its own
    │   ├── InvalidSnapshot     a text is not a snapshot, or not one of this chart
    │   ├── InvalidEvent        an event, or the data of a start, is not usable
    │   ├── UnwritableTree      a syntax tree holds what no text of CEL can say
    │   ├── SessionEnded        an event was sent to a session that is over
    │   ├── SessionBehind       an event was sent to a session whose timers are long overdue
    │   ├── UnstorableRecord    a record for the store holds what no database keeps
    │   ├── UnknownPublication  nothing of that flow and version is published
    │   ├── UnknownFlow         nothing of that flow, or no such version or label, is published
    │   ├── UnknownSession      there is no such session, or the token does not open it
    │   ├── UnknownRevision     a session has had no such revision, or none that is wanted
    │   ├── UnsuitableRepair    what is to be done to a session means nothing where it stands
    │   └── InvalidMessage      what was sent to a session is no message, or names what is ours
    ├── ContentionError         somebody else was faster; load again and try again
    │   ├── RevisionConflict    the session is not at the revision that was expected
    │   ├── DraftChanged        the draft is not the one that its author has seen
    │   └── AlreadyDone         a change was made before, under the same key
    ├── HostError               the machine, the database or the network
    │   ├── StorageUnavailable  the database does not answer, or is too busy
    │   ├── UnusableDatabase    it is not one that this version can work with
    │   ├── CorruptedSession    the state of a session is not what was stored
    │   ├── CorruptedRow        a row of the database is not as it was written
    │   ├── InvalidSettings     what whoever runs the server has set cannot be used
    │   └── EffectFailed        a request to the world was not carried out
    └── EvaluationError         the data: an expression has no value for them (CEL's error)

Findings are data and never raised; see ``statewright.compiler.findings``. An
``EvaluationError`` does not leave a running chart: it becomes ``error.execution`` there.
"""

from __future__ import annotations

from enum import StrEnum, auto
from typing import TYPE_CHECKING

from statewright.excerpt import point_at

if TYPE_CHECKING:
    from collections.abc import Sequence


class StatewrightError(Exception):
    """Anything that Statewright raises on purpose."""


class AuthorError(StatewrightError):
    """The flow, chart, script or expression is wrong; its author can mend it."""


class CallerError(StatewrightError):
    """The calling program passed something that cannot be right."""


class ContentionError(StatewrightError):
    """Somebody else changed the same thing first; load it again and try again."""


class HostError(StatewrightError):
    """The machine, the database or the network failed; the same call may succeed later."""


class EvaluationError(StatewrightError):
    """An expression has no value for the given data: CEL's *error*.

    Args:
        reason: what happened, lower case, without a full stop.
        position: offset in the expression's text of the part that failed, or None.
    """

    def __init__(self, reason: str, position: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


class ExpressionError(AuthorError):
    """An expression or template cannot be parsed.

    Args:
        text: the whole text that was parsed.
        start: offset of the first character that is wrong.
        end: offset behind the last one; at least ``start``.
        reason: what is wrong, lower case, without a full stop.
        hint: what to do about it, or an empty string.
    """

    def __init__(self, text: str, start: int, end: int, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.text = text
        self.start = start
        self.end = end
        self.reason = reason
        self.hint = hint

    def __str__(self) -> str:
        """The reason, and the line of the text with carets under the part that is wrong."""
        return f"{self.reason}\n{point_at(self.text, self.start, self.end)}" + (
            f"\n{self.hint}" if self.hint else ""
        )


class InvalidStatechart(AuthorError):
    """A chart breaks a rule of its own structure (an id twice, a target that is nowhere, …)."""


class InvalidScript(AuthorError):
    """A conversation script holds something that is no message, event, advance or result."""


class InvalidConfiguration(AuthorError):
    """The configuration of the checks cannot be understood; the message says where, and what to do.

    Args:
        problems: what is wrong, a sentence each.
        file: where that stands, or ``""``.
    """

    def __init__(self, problems: Sequence[str], file: str = "") -> None:
        where = f"{file}: " if file else ""
        super().__init__("\n".join(f"{where}{problem}" for problem in problems))
        self.problems = tuple(problems)
        self.file = file


class Unformattable(AuthorError):
    """A document cannot be laid out: it is broken, or what it says would change."""


class FlowRejected(AuthorError):
    """A release was asked of a flow in which ERROR findings stand.

    Args:
        findings: the findings that stand in the way (``statewright.compiler.Finding``).
    """

    def __init__(self, findings: Sequence[object]) -> None:
        super().__init__(
            f"{len(findings)} finding(s) stand in the way of a release:\n"
            + "\n".join(str(finding) for finding in findings)
        )
        self.findings = tuple(findings)


class ForeignSnapshot(CallerError):
    """A snapshot was stepped with a chart that is not the one it belongs to."""


class InvalidSnapshot(CallerError):
    """A text is not a snapshot, or names states that its chart does not have."""


class InvalidEvent(CallerError):
    """An event, or the data of a start, is not usable."""


class UnwritableTree(CallerError):
    """A syntax tree that a program put together holds what no text of CEL can say."""


class SessionEnded(CallerError):
    """An event was sent to a session that has completed or failed."""


class SessionBehind(CallerError):
    """More timers are due before an event than fire in one turn: let ticks of its time come first.

    A ``Runtime`` sees to that by itself.

    Args:
        event: the name of the event.
        due: when the first of the timers that are left is due, microseconds since 1970 UTC.
    """

    def __init__(self, event: str, due: int) -> None:
        super().__init__(
            f"more timers are due before `{event}` than fire in one turn; step the event `tick`, "
            "with the same time, until none of them is left"
        )
        self.due = due


class UnstorableRecord(CallerError):
    """A record for the store holds a text or number that no database keeps."""


class UnknownPublication(CallerError):
    """Nothing of that tenant, flow and version is published.

    Args:
        tenant: whose flow it would be.
        flow: the name of the flow.
        version: the version that was asked for.
    """

    def __init__(self, tenant: str, flow: str, version: int) -> None:
        super().__init__(
            f"version {version} of the flow {flow!r} of {tenant!r} is not published; "
            "publish it, or ask for one that is"
        )


class UnknownFlow(CallerError):
    """Nothing of a flow, or no such version or label of it, is published."""


class UnknownSession(CallerError):
    """There is no such session, or the token does not open it: which of both is not told."""


class UnknownRevision(CallerError):
    """A session has had no such revision, or none of the kind that is wanted."""


class UnsuitableRepair(CallerError):
    """What is to be done to a session means nothing where it stands."""


class InvalidMessage(CallerError):
    """What was sent to a session is no message, or has a name or an id that is ours to give."""


class InvalidCursor(CallerError):
    """A cursor is none of the journal that it is used on."""


class RevisionConflict(ContentionError):
    """A session is not at the revision that the caller expected.

    Args:
        expected: the revision that the caller knows.
        current: the revision that the session has.
    """

    def __init__(self, expected: int, current: int) -> None:
        super().__init__(
            f"the session is at revision {current}, not {expected}; read it again first"
        )
        self.expected = expected
        self.current = current


class DraftChanged(ContentionError):
    """A draft is not the one that its author has seen.

    Args:
        flow: the id of the flow.
        current: the digest of the draft that is there, or ``""`` where there is none.
        seen: the digest of the draft that its author has seen, or ``""`` where there was none.
    """

    def __init__(self, flow: str, current: str, seen: str = "?") -> None:
        name = ascii(flow)[:80]
        if not current:
            message = f"there is no draft of {name}; somebody has removed it, or it never was"
        elif not seen:
            message = f"there is a draft of {name} already; read it before you replace it"
        else:
            message = (
                f"the draft of {name} was changed by somebody else; read it again before you "
                "change it"
            )
        super().__init__(message)
        self.flow = flow
        self.current = current


class AlreadyDone(ContentionError):
    """A change was made before, under the same key; what was told of it can be read again.

    Args:
        key: what the caller called the change.
    """

    def __init__(self, key: str) -> None:
        super().__init__(f"the key {ascii(key)[:80]} was used before, for a change that was made")
        self.key = key


class StorageUnavailable(HostError):
    """The database does not answer, or is too busy. Whether a commit took place is not known."""


class Overloaded(StorageUnavailable):
    """So much waits here already that nothing more is taken in. Nothing was done.

    Args:
        waiting: how much waits, and for what.
        after: seconds after which to ask again.
    """

    def __init__(self, waiting: str, after: int = 1) -> None:
        super().__init__(f"{waiting}; send the same again in {after} s, or run more processes")
        self.after = after


class UnusableDatabase(HostError):
    """The database is none that we know, lacks its driver, or belongs to a newer version."""


class CorruptedSession(HostError):
    """The state of a session is not the one that was stored: its hash differs."""


class CorruptedRow(HostError):
    """A row of the database is not as it was written: somebody or something has changed it."""


class InvalidSettings(HostError):
    """What whoever runs the server has set cannot be used; the message says what to set instead."""


class FailureKind(StrEnum):
    """What a failed request calls for.

    Attributes:
        TRANSIENT: it may pass: another try may succeed, after waits that double.
        RATE_LIMIT: too much was asked for: another try may succeed, after waits that grow evenly.
        AUTHENTICATION: who asked was not let in: one more try, if secrets could be refreshed.
        CONFIGURATION: it fails every time until somebody changes something: no other try.
    """

    TRANSIENT = auto()
    RATE_LIMIT = auto()
    AUTHENTICATION = auto()
    CONFIGURATION = auto()


class EffectFailed(HostError):
    """A request to the world was not carried out; raised by the handlers of effects.

    Args:
        code: the kind of failure, for guards: ``timeout``, ``dns``, …
        message: what happened, for people, without secrets; lower case, without a full stop.
        transient: whether another try may succeed; short for ``kind=FailureKind.TRANSIENT``.
        kind: what the failure calls for; where None, what ``transient`` says.
        result: what counts as the result where no try is left, instead of the failure; or None.
        wait: microseconds before which another try is not wanted.
        status: the status of HTTP that a server answered with, or 0.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        transient: bool = False,
        kind: FailureKind | None = None,
        result: object = None,
        wait: int = 0,
        status: int = 0,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        usual = FailureKind.TRANSIENT if transient else FailureKind.CONFIGURATION
        self.kind = usual if kind is None else kind
        self.result = result
        self.wait = wait
        self.status = status

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed later."""
        return self.kind in {FailureKind.TRANSIENT, FailureKind.RATE_LIMIT}

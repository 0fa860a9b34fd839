"""What goes wrong → what the caller reads: RFC 9457 problems.

Every answer that is no success is a problem: ``application/problem+json`` with ``type``, ``title``,
``status`` and ``detail``, and with ``error``, ``message``, ``code`` and ``details``, which is how
the Chatwoot flow builder reads errors. ``code`` is the one to act on; ``type`` leads to a page that
explains it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from statewright import errors
from statewright.compiler import Finding
from statewright.http.answers import answer
from statewright.http.wire.flow_builder import finding_json
from statewright.http.wire.problem import problem_json

_log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which a request fails.

    Attributes:
        status: the status code.
        code: for programs.
        error: the family, for programs that know no codes.
        title: for people; the same for every problem of this kind.
        help: what to do about it.
    """

    status: int
    code: str
    error: str
    title: str
    help: str


KINDS: Final = (
    Kind(
        400,
        "MALFORMED_REQUEST",
        "BadRequest",
        "the request cannot be read",
        "Send JSON (RFC 8259) in UTF-8, with every key once.",
    ),
    Kind(
        400,
        "SESSION_ENDED",
        "SessionEnded",
        "the session is over",
        "Start a new one.",
    ),
    Kind(
        403,
        "NOT_ALLOWED",
        "Forbidden",
        "this is not allowed",
        "Leave it out, or ask somebody who may.",
    ),
    Kind(
        404,
        "NO_SUCH_PATH",
        "NotFound",
        "there is nothing at this path",
        "Look at `/docs` for what there is.",
    ),
    Kind(
        404,
        "UNKNOWN_FLOW",
        "NotFound",
        "there is no such flow",
        "Look at the list of flows. To be run, a flow must have been published.",
    ),
    Kind(
        404,
        "UNKNOWN_SESSION",
        "NotFound",
        "there is no such session",
        "Use the token as it was given when the session was started.",
    ),
    Kind(
        404,
        "UNKNOWN_REVISION",
        "NotFound",
        "the session has had no such revision",
        "Use one from 1 to the revision that it has.",
    ),
    Kind(
        405,
        "METHOD_NOT_ALLOWED",
        "MethodNotAllowed",
        "this path has no such method",
        "The header `Allow` names those that it has.",
    ),
    Kind(
        408,
        "REQUEST_TIMEOUT",
        "Timeout",
        "the body did not arrive in time",
        "Send it again, faster.",
    ),
    Kind(
        409,
        "REVISION_CONFLICT",
        "Conflict",
        "somebody else was faster",
        "Read it again; `details.revision` is the revision that it has now.",
    ),
    Kind(
        409,
        "ALREADY_STARTED",
        "Conflict",
        "this session was begun before",
        "Use the token of the first answer, or start with another `Idempotency-Key`.",
    ),
    Kind(
        409,
        "UNSUITABLE_REPAIR",
        "Conflict",
        "this means nothing where the session stands",
        "Look at how it stands: `GET /api/v1/sessions/{session}`.",
    ),
    Kind(
        412,
        "DRAFT_CHANGED",
        "PreconditionFailed",
        "the draft is not the one that you have seen",
        "Read it again; its `ETag` goes into `If-Match`, or leave the condition out.",
    ),
    Kind(
        413,
        "BODY_TOO_LARGE",
        "PayloadTooLarge",
        "the body is too large",
        "Send less; `details.limit` is the most bytes that are taken.",
    ),
    Kind(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "UnsupportedMediaType",
        "the body is not of a type that is read here",
        "Send `Content-Type: application/json`, uncompressed.",
    ),
    Kind(
        422,
        "INVALID_BODY",
        "ValidationError",
        "the body is JSON, but not what is asked for",
        "`details.fields` names what is wrong; `/docs` says what is right.",
    ),
    Kind(
        422,
        "INVALID_VALUE",
        "ValidationError",
        "a value cannot be used",
        "The message says which, and why.",
    ),
    Kind(
        422,
        "KEY_REUSED",
        "ValidationError",
        "this `Idempotency-Key` was used for another request",
        "Give each change a key of its own, such as a random UUID.",
    ),
    Kind(
        422,
        "FLOW_REJECTED",
        "ValidationError",
        "findings stand in the way of publishing this flow",
        "Mend what `details.errors` lists.",
    ),
    Kind(
        500,
        "CORRUPTED_DATA",
        "CorruptedData",
        "what is stored is not what was written",
        "Nothing was changed. Restore the rows that the log of the server names from a backup.",
    ),
    Kind(
        500,
        "INTERNAL",
        "InternalError",
        "the server failed",
        "This is a bug in Statewright; its log says more.",
    ),
    Kind(
        503,
        "OVERLOADED",
        "Overloaded",
        "the server has more to do than it can",
        "Nothing was done. Send the same request again after the seconds in `Retry-After`.",
    ),
    Kind(
        503,
        "UNAVAILABLE",
        "Unavailable",
        "the server cannot do its work at the moment",
        "Send the same request again later. With an `Idempotency-Key` that is always safe.",
    ),
)
"""Every kind of problem, by status."""

BY_CODE: Final[Mapping[str, Kind]] = MappingProxyType({kind.code: kind for kind in KINDS})
"""Code → kind."""


class Refused(errors.CallerError):
    """A request that is refused here, before it reaches the runtime.

    Args:
        code: of the kind of problem.
        message: what was found, lower case, without a full stop.
        details: what programs may want to know, in JSON.
        headers: that go with the answer.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.details = details or {}
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is told of something that went wrong.

    Attributes:
        kind: of problem.
        message: what was found.
        details: what programs may want to know, in JSON.
        headers: that go with the answer.
    """

    kind: Kind
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_from(error: Exception) -> Problem:
    """What is told of an exception: by the row of its class, or of the nearest class above it."""
    for class_ in type(error).__mro__:
        if class_ in PROBLEMS:
            return PROBLEMS[class_](error)
    return Problem(BY_CODE["INTERNAL"], "something went wrong that nobody has thought of")


def response_from(problem: Problem, root: str = "") -> Response:
    """The answer that tells a problem.

    Args:
        problem: what to tell.
        root: the path under which the application is mounted.
    """
    kind = problem.kind
    content = problem_json(
        page=f"{root}/problems/{kind.code}",
        title=kind.title,
        status=kind.status,
        error=kind.error,
        message=problem.message,
        code=kind.code,
        details=problem.details,
    )
    return answer(content, kind.status, problem.headers, MEDIA_TYPE)


def told(request: Request, error: Exception) -> Response:
    """The answer to a request that raised an exception."""
    return response_from(problem_from(error), request.scope.get("root_path", ""))


def _plain(code: str) -> Callable[[Exception], Problem]:
    """A row whose message is that of the exception."""
    return lambda error: Problem(BY_CODE[code], str(error))


def _refused(error: Refused) -> Problem:
    return Problem(BY_CODE[error.code], str(error), error.details, error.headers)


def _conflict(error: errors.RevisionConflict) -> Problem:
    details = {"revision": error.current, "expected": error.expected}
    return Problem(BY_CODE["REVISION_CONFLICT"], str(error), details)


def _changed(error: errors.DraftChanged) -> Problem:
    headers = {"ETag": f'"{error.current}"'} if error.current else {}
    return Problem(BY_CODE["DRAFT_CHANGED"], str(error), headers=headers)


def _rejected(error: errors.FlowRejected) -> Problem:
    findings = [finding_json(one) for one in error.findings if isinstance(one, Finding)]
    count = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
    message = f"{count} must be mended before this flow is published"
    return Problem(BY_CODE["FLOW_REJECTED"], message, {"errors": findings})


def _unavailable(error: errors.HostError) -> Problem:
    # What the driver says is for those who run the server.
    _log.warning("%s", error)
    message = "the database does not do its work at the moment"
    return Problem(BY_CODE["UNAVAILABLE"], message, headers={"Retry-After": "1"})


def _overloaded(error: errors.Overloaded) -> Problem:
    _log.warning("%s", error)
    message = "the server has more to do than it can; nothing was done"
    return Problem(BY_CODE["OVERLOADED"], message, headers={"Retry-After": str(error.after)})


def _corrupted(error: errors.HostError) -> Problem:
    # What is in the rows is for those who run the server.
    _log.error("%s", error)
    message = "the database does not hold what was written to it; asking again does not help"
    return Problem(BY_CODE["CORRUPTED_DATA"], message)


def _http(error: HTTPException) -> Problem:
    """What the router itself refuses."""
    code = {404: "NO_SUCH_PATH", 405: "METHOD_NOT_ALLOWED"}.get(
        error.status_code, "MALFORMED_REQUEST"
    )
    headers = dict(error.headers or {})
    return Problem(BY_CODE[code], BY_CODE[code].title, headers=headers)


PROBLEMS: Final[Mapping[type[Exception], Callable[[Any], Problem]]] = MappingProxyType(
    {
        Refused: _refused,
        HTTPException: _http,
        errors.SessionEnded: _plain("SESSION_ENDED"),
        errors.UnknownSession: _plain("UNKNOWN_SESSION"),
        errors.UnknownFlow: _plain("UNKNOWN_FLOW"),
        errors.UnknownRevision: _plain("UNKNOWN_REVISION"),
        errors.UnsuitableRepair: _plain("UNSUITABLE_REPAIR"),
        errors.RevisionConflict: _conflict,
        errors.DraftChanged: _changed,
        errors.AlreadyDone: _plain("KEY_REUSED"),
        errors.FlowRejected: _rejected,
        errors.InvalidMessage: _plain("INVALID_VALUE"),
        errors.InvalidEvent: _plain("INVALID_VALUE"),
        errors.UnstorableRecord: _plain("INVALID_VALUE"),
        errors.InvalidCursor: _plain("INVALID_VALUE"),
        errors.CorruptedSession: _corrupted,
        errors.CorruptedRow: _corrupted,
        # Callers are told of versions that they name before; this one stands in a row.
        errors.UnknownPublication: _corrupted,
        errors.Overloaded: _overloaded,
        errors.StorageUnavailable: _unavailable,
        errors.UnusableDatabase: _unavailable,
    }
)
"""Class of exception → what is told of it. Any other exception is a failure of the server."""

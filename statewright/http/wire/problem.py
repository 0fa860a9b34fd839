"""Problems on the wire: RFC 9457, and the error format of the Chatwoot flow builder, in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict


class ProblemJSON(TypedDict):
    """A problem."""

    type: str
    title: str
    status: int
    detail: str
    error: str
    message: str
    code: str
    details: dict[str, Any]


class KindJSON(TypedDict):
    """What the page of a kind of problem says."""

    code: str
    status: int
    error: str
    title: str
    help: str


def problem_json(
    *,
    page: str,
    title: str,
    status: int,
    error: str,
    message: str,
    code: str,
    details: Mapping[str, Any],
) -> ProblemJSON:
    """A problem; ``page`` is the path that explains its kind."""
    return {
        "type": page,
        "title": title,
        "status": status,
        "detail": message,
        "error": error,
        "message": message,
        "code": code,
        "details": dict(details),
    }


def kind_json(*, code: str, status: int, error: str, title: str, help_: str) -> KindJSON:
    """A kind of problem."""
    return {"code": code, "status": status, "error": error, "title": title, "help": help_}

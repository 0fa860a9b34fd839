"""Whether the server lives, and whether it can do its work."""

from __future__ import annotations

from starlette.requests import Request
from typing_extensions import TypedDict

from statewright.http.endpoint import Host, Reply
from statewright.http.problems import BY_CODE, Refused
from statewright.http.wire.problem import kind_json


class HealthJSON(TypedDict):
    """That all is well."""

    status: str


async def live(_host: Host, _request: Request, _body: None) -> Reply:
    """The process answers; it says nothing of the database."""
    return Reply({"status": "ok"})


async def ready(host: Host, _request: Request, _body: None) -> Reply:
    """The database answers, too."""
    await host.store.publications(host.tenant, limit=1)
    return Reply({"status": "ok"})


async def problem(_host: Host, request: Request, _body: None) -> Reply:
    """What a kind of problem means, and what to do about it."""
    kind = BY_CODE.get(request.path_params["code"])
    if kind is None:
        raise Refused("NO_SUCH_PATH", "there is no such kind of problem")
    return Reply(
        kind_json(
            code=kind.code,
            status=kind.status,
            error=kind.error,
            title=kind.title,
            help_=kind.help,
        )
    )

"""Sessions over HTTP, for those who look after them: they show a key, not a token."""

from __future__ import annotations

import hmac
from typing import Any, Final

from starlette.requests import Request

from statewright.errors import UnknownFlow, UnknownSession, UnstorableRecord
from statewright.http.endpoint import Host, Reply
from statewright.http.flows import compiled_draft
from statewright.http.problems import Refused
from statewright.http.requests import message_id_from, number_in_query
from statewright.http.wire import sessions as wire
from statewright.runtime import Comparison, Page, Standing
from statewright.statechart import Statechart
from statewright.storage.limits import check_name
from statewright.storage.records import SessionKey

ACTIVE: Final = "active"
"""The status of all sessions that go on, however they stand."""

REVISIONS: Final = 10**12
"""More revisions than any session has."""


def check_operator(host: Host, request: Request) -> None:
    """Let operators in, and nobody else: what people have said is not for everybody.

    Raises:
        Refused: the key is not shown, or there is none.
    """
    if not host.operator_key:
        raise Refused(
            "NOT_ALLOWED",
            "this server has no key for operators; set STATEWRIGHT_OPERATOR_KEY where it runs",
        )
    shown = ", ".join(request.headers.getlist("authorization"))
    wanted = f"Bearer {host.operator_key}"
    if not hmac.compare_digest(shown.encode(), wanted.encode()):
        raise Refused("NOT_ALLOWED", "send `Authorization: Bearer` with the key for operators")


async def listed(host: Host, request: Request, _body: None) -> Reply:
    """Sessions, the newest first, with how they stand."""
    check_operator(host, request)
    query = request.query_params
    return Reply(
        wire.sessions_json(
            await _page(
                host,
                flow=query.get("flow", ""),
                status=query.get("status", ""),
                after=query.get("after", ""),
                limit=number_in_query(request, "limit", host.limits.page, most=host.limits.page),
            )
        )
    )


async def _page(host: Host, *, flow: str, status: str, after: str, limit: int) -> Page:
    known = [ACTIVE, *Standing]
    if status and status not in known:
        raise Refused("INVALID_VALUE", f"`status` in the query is one of {', '.join(known)}")
    for what, text in (("`flow` in the query", flow), ("`after` in the query", after)):
        if text:
            check_name(what, text)
    return await host.runtime.overview.page(
        host.tenant,
        flow=flow,
        standing=Standing(status) if status not in {"", ACTIVE} else None,
        active=status == ACTIVE,
        after=after,
        limit=limit,
    )


async def read(host: Host, request: Request, _body: None) -> Reply:
    """How a session stands."""
    key = _key_of(host, request)
    one = await host.runtime.overview.one(key)
    if one is None:
        raise UnknownSession(f"there is no session {key.session!r}")
    return Reply(wire.standing_json(one, await host.runtime.session(key)))


async def moment(host: Host, request: Request, _body: None) -> Reply:
    """A session as it stood at a revision."""
    key = _key_of(host, request)
    text = request.path_params["revision"]
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= REVISIONS):
        raise Refused("UNKNOWN_REVISION", "the revision in the path is no number")
    return Reply(wire.moment_json(await host.runtime.past.at(key, int(text[:20]))))


async def replayed(host: Host, request: Request, _body: None) -> Reply:
    """A session, made again from its history and compared with what was stored."""
    key = _key_of(host, request)
    return Reply(wire.replay_json(key.session, await host.runtime.replay(key)))


async def fork(host: Host, request: Request, asked: wire.Fork) -> Reply:
    """Begin another session in a state of this one."""
    key = _key_of(host, request)
    message = message_id_from(request, "fork")
    started = await host.runtime.past.fork(key, asked.revision, message=message)
    return Reply(wire.forked_json(key.session, asked.revision, started))


async def fix(host: Host, request: Request, asked: wire.Fix) -> Reply:
    """Change variables of a session."""
    key = _key_of(host, request)
    message = message_id_from(request, "fix")
    answer = await host.runtime.patch(key, asked.variables, message_id=message)
    return Reply(wire.repaired_json(key.session, answer))


async def retry(host: Host, request: Request, asked: wire.Retry | None) -> Reply:
    """Ask once more for work that a session waits for."""
    key = _key_of(host, request)
    effect = "" if asked is None else asked.effect
    answer = await host.runtime.repairs.retry(
        key, effect, message_id=message_id_from(request, "retry")
    )
    return Reply(wire.repaired_json(key.session, answer))


async def skip(host: Host, request: Request, asked: wire.Skip | None) -> Reply:
    """Let a session go on without work that it waits for."""
    key = _key_of(host, request)
    asked = asked or wire.Skip()
    with_result = "result" in asked.model_fields_set
    if with_result and asked.error is not None:
        raise Refused("INVALID_VALUE", "`result` and `error` go one at a time")
    given: dict[str, Any] = {}
    if with_result:
        given = {"result": asked.result, "failed": False}
    elif asked.error is not None:
        given = {"result": asked.error}
    answer = await host.runtime.repairs.skip(
        key, asked.effect, message_id=message_id_from(request, "skip"), **given
    )
    return Reply(wire.repaired_json(key.session, answer))


async def resume(host: Host, request: Request, asked: wire.Resume | None) -> Reply:
    """Let a failed session go on from its last good revision."""
    key = _key_of(host, request)
    updates = {} if asked is None else asked.variables
    answer = await host.runtime.repairs.resume(
        key, updates, message_id=message_id_from(request, "resume")
    )
    return Reply(wire.repaired_json(key.session, answer))


async def compare(host: Host, request: Request, asked: wire.Compare | None) -> Reply:
    """Run conversations of a flow on its draft, or on another version."""
    check_operator(host, request)
    asked = asked or wire.Compare()
    flow = request.path_params["flow"]
    check_name("the flow in the path", flow)
    chart = await _chart(host, flow, asked.version)
    rows = await host.runtime.past.sample(
        host.tenant, flow=flow, since=asked.since * 1_000_000, size=asked.sample
    )
    found: list[tuple[str, Comparison]] = [
        (row.key.session, await host.runtime.past.compare(row.key, chart)) for row in rows
    ]
    return Reply(wire.comparison_json(flow, found))


async def _chart(host: Host, flow: str, version: int | None) -> Statechart:
    if version is None:
        return (await compiled_draft(host, flow)).draft().statechart
    publication = await host.store.publication(host.tenant, flow, version=version)
    if publication is None:
        raise UnknownFlow(f"version {version} of the flow {flow!r} is not published")
    return (await host.store.release(publication)).statechart


def _key_of(host: Host, request: Request) -> SessionKey:
    """The session in the path, for operators."""
    check_operator(host, request)
    session: str = request.path_params["session"]
    try:
        return SessionKey(host.tenant, session)
    except UnstorableRecord:
        raise UnknownSession(f"there is no session {ascii(session)[:80]}") from None

"""Flows over HTTP: drafts are saved, checked and published."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request

from statewright import compiler, flows
from statewright.compiler import Compilation, Severity
from statewright.errors import DraftChanged, UnknownFlow, UnstorableRecord
from statewright.flows.documents import document_from
from statewright.http.endpoint import Host, Reply
from statewright.http.problems import Refused
from statewright.http.requests import number_in_query, root_of, seen_from
from statewright.http.wire import flow_builder as wire
from statewright.storage.drafts import ABSENT, Draft, Saved
from statewright.storage.limits import check_name

_TAKEN: Final = frozenset({"validate", ".", ".."})
"""Ids whose path means something else."""

_ID_BYTES: Final = 15
"""How many random bytes the id of a flow is made of that brings none."""


async def save(host: Host, request: Request, drawn: wire.Drawn) -> Reply:
    """Create a draft, or replace the one with the id that the flow says."""
    id_, name = await _said(drawn)
    return await _save(host, request, drawn, id_ or _new_id(), name)


async def replace(host: Host, request: Request, drawn: wire.Drawn) -> Reply:
    """Replace the draft of the flow that the path names, or create it."""
    flow = _flow_of(request)
    id_, name = await _said(drawn)
    if id_ not in {"", flow}:
        message = f"the flow says that its id is {ascii(id_)[:80]}, which is not that of the path"
        raise Refused("INVALID_VALUE", message)
    return await _save(host, request, drawn, flow, name)


async def _save(host: Host, request: Request, drawn: wire.Drawn, flow: str, name: str) -> Reply:
    before = await host.drafts.read(host.tenant, flow)
    seen = seen_from(request, before.heading.digest if before else ABSENT)
    draft = Draft(
        tenant=host.tenant,
        flow=flow,
        name=name,
        text=wire.text_from_drawn(drawn.flow),
        dialect=drawn.dialect or "",
        ui="" if drawn.ui is None else json.dumps(drawn.ui, ensure_ascii=False),
        at=host.runtime.clock(),
    )
    saved = await host.drafts.save(draft, seen=seen)
    publication = await host.store.publication(host.tenant, flow)
    headers = _etag(saved)
    if before is None:
        headers["Location"] = f"{root_of(request)}/api/v1/flows/{quote(flow, safe='')}"
    return Reply(wire.saved_json(saved.heading, publication), 200 if before else 201, headers)


async def listed(host: Host, request: Request, _body: None) -> Reply:
    """The drafts, by id."""
    limit = number_in_query(request, "limit", host.limits.page, most=host.limits.page)
    after = request.query_params.get("after", "")
    if after:
        check_name("`after` in the query", after)
    headings = await host.drafts.headings(host.tenant, after=after, limit=limit)
    entries = [
        wire.entry_json(heading, await host.store.publication(host.tenant, heading.flow))
        for heading in headings
    ]
    return Reply(wire.page_json(entries, full=len(entries) == limit))


async def read(host: Host, request: Request, _body: None) -> Reply:
    """A draft as it was saved."""
    saved = await _saved(host, _flow_of(request))
    publication = await host.store.publication(host.tenant, saved.heading.flow)
    return Reply(wire.flow_json(saved, publication), headers=_etag(saved))


async def remove(host: Host, request: Request, _body: None) -> Reply:
    """Forget a draft; what was published of it stays."""
    saved = await _saved(host, _flow_of(request))
    seen = seen_from(request, saved.heading.digest)
    if not await host.drafts.remove(host.tenant, saved.heading.flow, seen=seen):
        raise _unknown(saved.heading.flow)
    return Reply(None)


async def validate(host: Host, _request: Request, drawn: wire.Drawn) -> Reply:
    """What is wrong with a flow."""
    compilation = await _compiled(host, wire.text_from_drawn(drawn.flow), drawn.dialect or "")
    return Reply(wire.validation_json(compilation.findings))


async def validate_saved(host: Host, request: Request, drawn: wire.Drawn | None) -> Reply:
    """What is wrong with a draft; or with the flow that is sent, in its place."""
    if drawn is not None:
        return await validate(host, request, drawn)
    saved = await _saved(host, _flow_of(request))
    compilation = await _compiled(host, saved.text, saved.dialect)
    return Reply(wire.validation_json(compilation.findings))


async def publish(host: Host, request: Request, asked: wire.Publish | None) -> Reply:
    """Publish a draft as the next version of its flow."""
    saved = await _saved(host, _flow_of(request))
    heading = saved.heading
    seen = seen_from(request, heading.digest)
    if seen not in {None, heading.digest}:
        raise DraftChanged(heading.flow, heading.digest)
    asked = asked or wire.Publish()
    compilation = await _compiled(host, saved.text, saved.dialect)
    publication = await host.runtime.publish(
        compilation.release(), tenant=host.tenant, flow=heading.flow, label=asked.label
    )
    warnings = [one for one in compilation.findings if one.severity is not Severity.ERROR]
    return Reply(wire.published_json(publication, warnings, asked))


async def _compiled(host: Host, text: str, dialect: str) -> Compilation:
    """What becomes of a flow, worked out beside the loop that answers everybody else."""
    async with host.compiling:
        return await asyncio.to_thread(
            lambda: compiler.compile(flows.parse(text, dialect=dialect or None))
        )


async def _saved(host: Host, flow: str) -> Saved:
    saved = await host.drafts.read(host.tenant, flow)
    if saved is None:
        raise _unknown(flow)
    return saved


def _flow_of(request: Request) -> str:
    """The id of the flow that a path names.

    Raises:
        UnknownFlow: nothing could ever be kept under it.
    """
    flow: str = request.path_params["flow"]
    try:
        check_name("the id of the flow", flow)
    except UnstorableRecord:
        raise _unknown(flow) from None
    return flow


def _unknown(flow: str) -> UnknownFlow:
    return UnknownFlow(f"there is no draft of the flow {ascii(flow)[:80]}")


async def _said(drawn: wire.Drawn) -> tuple[str, str]:
    """The id and the name that a flow says it has; each may be ``""``.

    Raises:
        Refused: no path can name the id.
    """
    value: Any = drawn.flow
    if isinstance(value, str):
        value = (await asyncio.to_thread(document_from, value)).value
    said = value if isinstance(value, dict) else {}
    id_, name = (said.get(key) for key in ("id", "name"))
    if isinstance(id_, str) and ("/" in id_ or id_ in _TAKEN):
        raise Refused("INVALID_VALUE", f"no path can name a flow with the id {ascii(id_)[:80]}")
    return id_ if isinstance(id_, str) else "", name if isinstance(name, str) else ""


def _new_id() -> str:
    return base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode().lower()


def _etag(saved: Saved) -> dict[str, str]:
    return {"ETag": f'"{saved.heading.digest}"'}

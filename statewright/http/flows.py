"""Flows over HTTP: drafts are saved, checked and published."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request

from statewright import compiler, flows
from statewright.compiler import Compilation, Severity
from statewright.errors import UnknownFlow, UnstorableRecord
from statewright.flows.documents import document_from
from statewright.http.endpoint import Host, Reply
from statewright.http.once import Call, once
from statewright.http.problems import Refused
from statewright.http.requests import number_in_query, root_of, seen_from
from statewright.http.wire import flow_builder as wire
from statewright.storage.drafts import ABSENT, Draft, Saved
from statewright.storage.limits import NUMBER_LIMIT, check_name
from statewright.storage.records import Publication

_TAKEN: Final = frozenset({"validate", ".", ".."})
"""Ids whose path means something else."""

_DIALECT: Final = '`"dialect": "NAME"` beside `flow`'
"""How a dialect is named in a request."""

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
    draft = Draft(
        tenant=host.tenant,
        flow=flow,
        name=name,
        text=wire.text_from_drawn(drawn.flow),
        dialect=drawn.dialect or "",
        ui="" if drawn.ui is None else json.dumps(drawn.ui, ensure_ascii=False),
        at=host.runtime.clock(),
    )

    return await once(host, request, drawn, host.drafts, partial(_kept, host, request, draft))


async def _kept(host: Host, request: Request, draft: Draft, call: Call) -> Reply:
    before = await host.drafts.read(host.tenant, draft.flow)
    seen = seen_from(request, draft.flow, before.heading.digest if before else ABSENT)
    publication = await host.store.publication(host.tenant, draft.flow)
    place = f"{root_of(request)}/api/v1/flows/{quote(draft.flow, safe='')}"

    def reply(saved: Saved) -> Reply:
        content = wire.saved_json(saved.heading, publication)
        headers = {} if before else {"Location": place}
        return Reply(content, 200 if before else 201, _etag(saved) | headers)

    return reply(await host.drafts.save(draft, seen=seen, receipt=call.receipt(reply)))


async def listed(host: Host, request: Request, _body: None) -> Reply:
    """The flows that have a draft or were published, by id."""
    limit = number_in_query(request, "limit", host.limits.page, most=host.limits.page)
    after = request.query_params.get("after", "")
    if after:
        check_name("`after` in the query", after)
    headings = await host.drafts.headings(host.tenant, after=after, limit=limit)
    newest = await host.store.newest(host.tenant, after=after, limit=limit)
    drafts = {heading.flow: heading for heading in headings}
    publications = {publication.flow: publication for publication in newest}
    # Each of both reaches as far as a page does.
    found = sorted(drafts.keys() | publications.keys())[:limit]
    entries = [
        wire.entry_json(drafts[flow], publications.get(flow))
        if flow in drafts
        else await _entry_without_draft(host, publications[flow])
        for flow in found
    ]
    return Reply(wire.page_json(entries, full=len(entries) == limit))


async def _entry_without_draft(host: Host, newest: Publication) -> wire.FlowEntryJSON:
    first = await host.store.publication(host.tenant, newest.flow, version=1)
    facts = await host.charts.facts_of(newest)
    return wire.released_entry_json(first or newest, newest, facts.name)


async def versions(host: Host, request: Request, _body: None) -> Reply:
    """What was published of a flow, newest first."""
    flow = _flow_of(request)
    limit = number_in_query(request, "limit", host.limits.page, most=host.limits.page)
    after = number_in_query(request, "after", NUMBER_LIMIT, most=NUMBER_LIMIT)
    last = Publication(host.tenant, flow, after, "", "", 0)
    found = await host.store.publications(host.tenant, flow=flow, after=last, limit=limit)
    if not found and await host.store.publication(host.tenant, flow) is None:
        await _saved(host, flow)
    return Reply(wire.versions_json(found, full=len(found) == limit))


async def read(host: Host, request: Request, _body: None) -> Reply:
    """A draft as it was saved."""
    saved = await _saved(host, _flow_of(request))
    publication = await host.store.publication(host.tenant, saved.heading.flow)
    return Reply(wire.flow_json(saved, publication), headers=_etag(saved))


async def remove(host: Host, request: Request, _body: None) -> Reply:
    """Forget a draft; what was published of it stays."""
    flow = _flow_of(request)
    return await once(host, request, None, host.drafts, partial(_removed, host, request, flow))


async def _removed(host: Host, request: Request, flow: str, call: Call) -> Reply:
    saved = await _saved(host, flow)
    seen = seen_from(request, flow, saved.heading.digest)
    reply = Reply(None)
    receipt = call.receipt(lambda _: reply)
    if not await host.drafts.remove(
        host.tenant, flow, seen=seen, receipt=receipt and receipt(saved)
    ):
        raise _unknown(flow)
    return reply


async def validate(host: Host, _request: Request, drawn: wire.Drawn) -> Reply:
    """What is wrong with a flow."""
    compilation = await _checked(host, wire.text_from_drawn(drawn.flow), drawn.dialect or "")
    return Reply(wire.validation_json(compilation.findings))


async def validate_saved(host: Host, request: Request, drawn: wire.Drawn | None) -> Reply:
    """What is wrong with a draft; or with the flow that is sent, in its place."""
    if drawn is not None:
        return await validate(host, request, drawn)
    saved = await _saved(host, _flow_of(request))
    compilation = await _checked(host, saved.text, saved.dialect)
    return Reply(wire.validation_json(compilation.findings))


async def publish(host: Host, request: Request, asked: wire.Publish | None) -> Reply:
    """Publish a draft as the next version of its flow."""
    flow, asked = _flow_of(request), asked or wire.Publish()
    change = partial(_published, host, request, flow, asked)
    return await once(host, request, asked, host.store, change)


async def _published(
    host: Host, request: Request, flow: str, asked: wire.Publish, call: Call
) -> Reply:
    saved = await _saved(host, flow)
    seen_from(request, flow, saved.heading.digest)
    compilation = await _checked(host, saved.text, saved.dialect)
    warnings = [one for one in compilation.findings if one.severity is not Severity.ERROR]

    def reply(publication: Publication) -> Reply:
        return Reply(wire.published_json(publication, warnings, asked))

    publication = await host.runtime.publish(
        compilation.release(),
        tenant=host.tenant,
        flow=flow,
        label=asked.label,
        receipt=call.receipt(reply),
    )
    return reply(publication)


async def compiled_draft(host: Host, flow: str) -> Compilation:
    """What becomes of the draft of a flow.

    Raises:
        UnknownFlow: there is none.
    """
    saved = await _saved(host, flow)
    return await _checked(host, saved.text, saved.dialect)


async def _checked(host: Host, text: str, dialect: str) -> Compilation:
    """What becomes of a flow, worked out beside the loop that answers everybody else."""
    async with host.compiling:
        return await asyncio.to_thread(
            lambda: host.check(flows.parse(text, dialect=dialect or None, named=_DIALECT))
        )


def checked(flow: flows.Flow) -> Compilation:
    """What becomes of a flow where nobody is asked, and nothing beside."""
    return compiler.verify(compiler.compile(flow))


async def _saved(host: Host, flow: str) -> Saved:
    """The draft of a flow.

    Raises:
        UnknownFlow: there is none.
    """
    saved = await host.drafts.read(host.tenant, flow)
    if saved is not None:
        return saved
    publication = await host.store.publication(host.tenant, flow)
    if publication is None:
        raise _unknown(flow)
    raise UnknownFlow(
        f"the flow {ascii(flow)[:80]} has no draft, though version {publication.version} of it is "
        "published; save a draft first"
    )


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

"""The journal over HTTP: whoever looks after sessions follows all of them from a cursor."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from statewright.http.endpoint import Host, Reply
from statewright.http.operators import check_operator
from statewright.http.requests import number_in_query
from statewright.http.wire.journal import journal_json
from statewright.runtime.turns.journal import NOW

LONGEST: Final = 30
"""For how many seconds a request may wait for news: less than proxies wait for an answer."""


async def turns(host: Host, request: Request, _body: None) -> Reply:
    """The turns of all sessions behind a cursor, in the order of the journal."""
    check_operator(host, request)
    after = request.query_params.get("after", "")
    if after == NOW:
        after = await host.runtime.journal.end(host.tenant)
    told = await host.runtime.journal.read(
        host.tenant,
        after=after,
        limit=number_in_query(request, "limit", host.limits.page, most=host.limits.page),
        wait=number_in_query(request, "wait", 0, least=0, most=LONGEST),
    )
    return Reply(journal_json(told, after))

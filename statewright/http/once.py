"""Changes that are made once, however often they are asked for: ``Idempotency-Key``.

The answer is kept in the transaction of the change, so there is no moment at which one is there
without the other. What was refused has changed nothing and may be asked for again.

Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/, with one thing
that it leaves open: of requests that come at the same moment, the slower ones wait for the answer.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request

from statewright.errors import CorruptedRow, StatewrightError
from statewright.http.endpoint import Host, Reply
from statewright.http.problems import Refused
from statewright.http.requests import message_id_from, root_of
from statewright.storage.receipts import KeepsReceipts, Receipt

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Call:
    """One time that a change is asked for.

    Attributes:
        tenant: whose data is to be changed.
        key: what the caller calls the change, or None.
        digest: tells what is asked for from anything else.
        at: when, microseconds since 1970 UTC.
    """

    tenant: str
    key: str | None
    digest: str
    at: int

    def receipt(self, reply_to: Callable[[Made], Reply]) -> Callable[[Made], Receipt] | None:
        """How what is made becomes what is kept of the reply to it; None where nothing is kept."""
        key = self.key
        if key is None:
            return None
        return lambda made: Receipt(
            self.tenant, key, self.digest, _text_from(reply_to(made)), self.at
        )


async def once(
    host: Host,
    request: Request,
    asked: BaseModel | None,
    kept: KeepsReceipts,
    change: Callable[[Call], Awaitable[Reply]],
) -> Reply:
    """The reply to a change; to one that was made before under its key, the first reply.

    Args:
        host: whose data is changed.
        request: asks for it, with or without a key.
        asked: the body of the request.
        kept: where the receipt is.
        change: makes the change, and keeps its receipt with it.

    Raises:
        Refused: the key was used for another request.
    """
    key = message_id_from(request)
    if key is None:
        return await change(Call(host.tenant, None, "", 0))
    call = Call(host.tenant, key, _digest(request, asked), host.runtime.clock())
    first = await kept.receipt(host.tenant, key)
    if first is None:
        try:
            return await change(call)
        except StatewrightError:
            # Somebody who brought the same key may have been faster, and then that is the answer.
            first = await kept.receipt(host.tenant, key)
            if first is None:
                raise
    if first.request != call.digest:
        raise Refused("KEY_REUSED", "this `Idempotency-Key` came before, with another request")
    return _reply_from(first.answer)


def _digest(request: Request, asked: BaseModel | None) -> str:
    """What tells two requests apart; that they say the same in other words does not count."""
    # Not of `request.url`, which wants a host that can be read.
    path = str(request.scope["path"]).removeprefix(root_of(request))
    body = "" if asked is None else asked.model_dump_json(exclude_unset=True)
    return sha256(json.dumps([request.method, path, body]).encode()).hexdigest()


def _text_from(reply: Reply) -> str:
    return json.dumps([reply.status, dict(reply.headers), reply.content])


def _reply_from(text: str) -> Reply:
    try:
        status, headers, content = json.loads(text)
        return Reply(content, status, dict(headers))
    except (ValueError, TypeError, RecursionError) as error:
        raise CorruptedRow(f"a receipt in the database holds no reply ({error})") from error

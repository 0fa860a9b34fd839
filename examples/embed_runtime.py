"""Runs a published flow inside a program of your own: no HTTP server, one SQLite file.

    python examples/embed_runtime.py shop.db

The conversation is the one of ``order-status.yaml``. Its requests go to a function of this program
instead of the network, the program stops in the middle, and the session goes on in another run.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from statewright import compiler, flows
from statewright.runtime import Answer, Order, Runtime
from statewright.storage import SQLStore
from statewright.storage.records import SessionKey

ORDERS = {"AB-1234": {"status": "shipped", "carrier": "Parcel Bird"}}


async def shop(order: Order) -> Mapping[str, Any]:
    """Stands in for the web service of the shop. ``order.id`` is the same for every try."""
    number = str(order.data["url"]).split("/")[5]
    if number not in ORDERS:
        return {"status": 404, "headers": {}, "body": {}}
    return {"status": 200, "headers": {}, "body": ORDERS[number]}


def secret(_tenant: str, name: str) -> str | None:
    """What ``{{secret:shop_token}}`` stands for; only the handler gets to see it."""
    return {"shop_token": "not so secret"}.get(name)


def runtime_on(database: Path) -> Runtime:
    """A runtime that keeps its sessions in a file."""
    return Runtime(SQLStore(f"sqlite:///{database}"), handlers={"http": shop}, secrets=secret)


def show(*answers: Answer) -> None:
    """Print what the bot says."""
    for answer in answers:
        for message in answer.messages:
            print(f"bot: {message['text']}")


async def begin(database: Path) -> SessionKey:
    """Publish the flow, and begin a session."""
    text = Path(__file__).with_name("order-status.yaml")
    release = compiler.compile(flows.read(text)).release()
    async with runtime_on(database) as runtime:
        await runtime.publish(release, flow="order-status")
        session = await runtime.start(
            "order-status", conversation="ada", data={"customer": {"name": "Ada"}}
        )
        show(session.answer)
        return session.key


async def go_on(database: Path, key: SessionKey) -> None:
    """Go on with the session, in another process for all it knows."""
    async with runtime_on(database) as runtime:
        for text in ("ab-1234", "no"):
            print(f"you: {text}")
            # A message id makes the call repeatable; `settle` waits for the shop's answer.
            show(await runtime.send(key, text, message_id=f"web:{text}", settle=5))
        again = await runtime.send(key, "no", message_id="web:no")
        view = await runtime.session(key)
        result = await runtime.replay(key)
        print(f"{view.status}, {view.outcome}, revision {view.revision}")
        print(f"the same answer again: {again.outcome}")
        print(f"{result.turns} turns replayed, {len(result.differences)} differences")


async def main(database: Path) -> None:
    """Hold a conversation with a break in the middle."""
    key = await begin(database)
    await go_on(database, key)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(main(Path(sys.argv[1])))
    else:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(main(Path(folder) / "shop.db"))

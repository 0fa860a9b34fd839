"""Requests over TLS: the connection goes to an address, the certificate is still that of the name."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from statewright.errors import EffectFailed
from statewright.runtime import Order
from statewright.runtime.effects import web
from statewright.runtime.effects.http import HttpHandler
from statewright.statechart import EffectKind
from statewright.storage.records import SessionKey
from tests.runtime.servers import Reply, serving

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for `shop.example`, which this process trusts, and every name resolved here."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed; it makes the certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    arguments = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        "-subj /CN=shop.example -addext subjectAltName=DNS:shop.example"
    )
    subprocess.run(
        [program, *arguments.split(), "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async def here(*_: Any, **__: Any) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr(web, "addresses_of", here)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key)
    return made


def order(url: str) -> Order:
    return Order(SessionKey("t", "s"), "s:a:1:0", EffectKind.INVOKE, "http", "a", {"url": url})


async def test_the_certificate_is_that_of_the_name(context: ssl.SSLContext) -> None:
    async with serving(lambda _: Reply(b'{"ok":true}'), tls=context) as server:
        url = server.url.replace("127.0.0.1", "shop.example")
        result = await HttpHandler()(order(url))
        assert result["body"] == {"ok": True}
        assert server.asked[0].headers["host"].startswith("shop.example:")


async def test_another_name_is_not_served_by_it(context: ssl.SSLContext) -> None:
    async with serving(lambda _: Reply(), tls=context) as server:
        url = server.url.replace("127.0.0.1", "other.example")
        with pytest.raises(EffectFailed) as failure:
            await HttpHandler()(order(url))
        assert failure.value.code == "connect"
        assert server.asked == []

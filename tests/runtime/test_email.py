"""The action `email`, by a real mail server on this machine."""

from __future__ import annotations

import asyncio
import base64
import email
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WRITTEN
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

from statewright.errors import EffectFailed, FailureKind
from statewright.runtime import Order
from statewright.runtime.effects.documents import Documents
from statewright.runtime.effects.email import EmailHandler, MailServer
from statewright.runtime.effects.handling import Performer
from statewright.runtime.effects.reach import ANYWHERE, Reaches
from statewright.runtime.effects.web import Web
from statewright.statechart import Effect, EffectKind
from statewright.storage.records import SessionKey
from tests.runtime.servers import Reply, serving

pytestmark = pytest.mark.anyio

KEY = SessionKey("default", "s")
NOW = 1_767_603_600_000_000
SETTINGS = MailServer(
    "127.0.0.1", 0, "none", "", "", Address("The Shop", "shop", "example.org"), ("*@shop.example",)
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Mailbox:
    """A mail server's handler: keeps what comes, and says what it is told to say.

    Attributes:
        replies: address → what is said to it.
        taken: what is said to messages.
        envelopes: those that came.
    """

    replies: dict[str, str] = field(default_factory=dict)
    taken: str = "250 OK queued as 17"
    envelopes: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 (the name is aiosmtpd's)
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 (as above)
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return self.taken

    def message(self) -> EmailMessage:
        """The only one that came."""
        (envelope,) = self.envelopes
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=WRITTEN)
        assert isinstance(message, EmailMessage)
        return message


@asynccontextmanager
async def mail_server(
    mailbox: Mailbox, tls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[int]:
    """A server on this machine; gives its port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="mail.example", loop=loop, **options),
        "127.0.0.1",
        0,
        ssl=tls,
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


def order(**given: Any) -> Order:
    with_ = {"to": "ada@example.com", "subject": "Hi", "text": "Hello", **given}
    data = {"with": with_, "timeout": 20_000_000}
    return Order(KEY, "s:a:1:0", EffectKind.INVOKE, "email", "a", data)


def handler(server: MailServer, largest: int = 10_000) -> EmailHandler:
    documents = Documents(Web(), Reaches(ANYWHERE), largest)
    return EmailHandler(
        server, lambda _, name: {"smtp": "pässword"}.get(name), documents, lambda: NOW
    )


@asynccontextmanager
async def posting(
    mailbox: Mailbox, settings: MailServer = SETTINGS, **options: Any
) -> AsyncIterator[Callable[..., Any]]:
    """What sends emails to a mailbox."""
    async with mail_server(mailbox, **options) as port:

        async def sent(**given: Any) -> Any:
            return await handler(replace(settings, port=port))(order(**given))

        yield sent


async def refused(**given: Any) -> EffectFailed:
    """The failure of an email for which no server is even asked."""
    with pytest.raises(EffectFailed) as failure:
        await handler(replace(SETTINGS, port=1))(order(**given))
    return failure.value


# --- what is sent ---------------------------------------------------------------------------------


async def test_an_email_reaches_everybody_and_names_only_whom_it_should() -> None:
    box = Mailbox()
    async with posting(box) as send:
        result = await send(
            to=["Ada <ada@example.com>", {"name": "Grace, H.", "address": "grace@example.com"}],
            cc="alan@example.com, kurt@example.com",
            bcc="secret@example.com",
            reply_to="help@example.org",
            subject="Your órder",
            text="Grüße",
            html="<p>Grüße</p>",
        )
    message = box.message()
    assert box.envelopes[0].mail_from == "shop@example.org"
    assert box.envelopes[0].rcpt_tos == [
        "ada@example.com",
        "grace@example.com",
        "alan@example.com",
        "kurt@example.com",
        "secret@example.com",
    ]
    assert message["From"] == "The Shop <shop@example.org>"
    assert message["To"] == 'Ada <ada@example.com>, "Grace, H." <grace@example.com>'
    assert message["Cc"] == "alan@example.com, kurt@example.com"
    assert message["Reply-To"] == "help@example.org"
    assert message["Subject"] == "Your órder"
    assert message["Date"] == "Mon, 05 Jan 2026 09:00:00 +0000"
    assert message["Bcc"] is None
    assert b"secret@" not in message.as_bytes()
    plain, markup = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert plain.get_content() == "Grüße\r\n"
    assert markup is not None
    assert markup.get_content() == "<p>Grüße</p>\r\n"
    assert result == {
        "status": "accepted",
        "message_id": message["Message-ID"],
        "accepted": box.envelopes[0].rcpt_tos,
        "refused": [],
        "reply": "OK queued as 17",
    }


async def test_every_try_has_the_same_message_id() -> None:
    box = Mailbox()
    async with posting(box) as send:
        first, second = await send(), await send()
    assert first["message_id"] == second["message_id"]
    assert first["message_id"].endswith("@example.org>")


async def test_somebody_who_is_named_twice_gets_it_once() -> None:
    box = Mailbox()
    async with posting(box) as send:
        await send(to=["ada@example.com", "ADA@example.com"], cc="ada@example.com")
    assert box.envelopes[0].rcpt_tos == ["ada@example.com"]


async def test_markup_alone_will_do() -> None:
    box = Mailbox()
    async with posting(box) as send:
        await send(text=None, html="<b>Hi</b>")
    assert box.message().get_content_type() == "text/html"


async def test_attachments_are_texts_data_or_what_a_url_gives() -> None:
    box = Mailbox()
    reply = Reply(b"%PDF", headers={"content-type": "application/pdf"})
    async with serving(lambda _: reply) as server, posting(box) as send:
        await send(
            attachments=[
                {"name": "note.txt", "text": "grün"},
                {"name": "a.png", "data": base64.b64encode(b"\x89PNG").decode()},
                {"url": f"{server.url}/files/invoice%2017.pdf?x=1"},
                {"name": "../../etc/pass\r\nwd", "text": "x", "type": "text/csv"},
            ]
        )
    found = [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in box.message().iter_attachments()
    ]
    assert found == [
        ("note.txt", "text/plain", "grün".encode()),
        ("a.png", "image/png", b"\x89PNG"),
        ("invoice 17.pdf", "application/pdf", b"%PDF"),
        ("_.._etc_pass__wd", "text/csv", b"x"),
    ]


@pytest.mark.parametrize(
    ("attachments", "code"),
    [
        ([{"name": "x"}], "document"),
        ([{"text": "x", "url": "http://x.example/"}], "document"),
        ([17], "document"),
        ([{"data": "no base64!"}], "document"),
        ([{"text": "x", "type": "text/plain\r\nX: y"}], "document"),
        ([{"text": "x" * 6_000}, {"text": "x" * 6_000}], "document"),
        (["x"] * 21, "document"),
        ([{"url": "file:///etc/passwd"}], "request"),
        ([{"url": "http://127.0.0.1:1/"}], "connect"),
    ],
)
async def test_what_cannot_be_attached_is_a_failure(attachments: Any, code: str) -> None:
    assert (await refused(attachments=attachments)).code == code


async def test_an_attachment_from_a_private_address_is_not_got() -> None:
    async with serving(lambda _: Reply()) as server:
        one = EmailHandler(SETTINGS, lambda *_: None, Documents(Web(), Reaches()), lambda: NOW)
        with pytest.raises(EffectFailed) as failure:
            await one(order(attachments=[{"url": server.url}]))
        assert failure.value.code == "address"
        assert server.asked == []


# --- attacks --------------------------------------------------------------------------------------

LINES = "\r\nBcc: evil@example.com\r\n\r\nspam"


@pytest.mark.parametrize("name", ["to", "cc", "bcc", "reply_to", "from"])
@pytest.mark.parametrize(
    "value",
    [
        f"ada@example.com{LINES}",
        f"Ada{LINES} <ada@example.com>",
        {"name": f"Ada{LINES}", "address": "ada@example.com"},
        {"name": "Ada", "address": f"ada@example.com{LINES}"},
        "ada@example.com\nRCPT TO:<evil@example.com>",
        "ada@example.com> SIZE=1 <evil@example.com",
        '"a\\"@x <evil@example.com>',
        "<ada@example.com",
        "ada@",
        "@example.com",
        "a b@example.com",
        "ada@exa mple.com",
        "ada@-example.com",
        "ada@[127.0.0.1]",
        "ada@example..com",
        "ada\u2028@example.com",
        "\ud800@example.com",
        17,
        {"address": ["ada@example.com"]},
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_no_address_brings_a_header_or_another_address(name: str, value: Any) -> None:
    assert (await refused(**{name: value})).code in {"recipient", "sender"}


async def test_no_text_brings_a_header() -> None:
    box = Mailbox()
    async with posting(box) as send:
        await send(subject=f"Hi{LINES}", text=f".\r\nQUIT{LINES}\ud800\0", html=f"<p>{LINES}")
    message = box.message()
    assert message["Bcc"] is None
    assert message["Subject"] == "Hi Bcc: evil@example.com spam"
    assert box.envelopes[0].rcpt_tos == ["ada@example.com"]
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().startswith(".\r\nQUIT\r\nBcc:")


async def test_a_flow_names_only_senders_that_the_host_admits() -> None:
    box = Mailbox()
    async with posting(box) as send:
        await send(**{"from": "Orders <orders@SHOP.example>"})
    assert box.envelopes[0].mail_from == "orders@shop.example"
    for forged in ("ceo@example.org", "x@shop.example.evil.example", "a@shop.example, b@x.example"):
        assert (await refused(**{"from": forged})).code == "sender"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"to": []}, "recipient"),
        ({"to": None}, "recipient"),
        ({"to": [f"a{n}@example.com" for n in range(101)]}, "recipient"),
        ({"text": ""}, "request"),
        ({"text": "x" * 1_100_000}, "request"),
        ({"text": {"a": object()}}, "request"),
    ],
)
async def test_an_email_for_nobody_or_of_nothing_is_not_sent(given: Any, code: str) -> None:
    assert (await refused(**given)).code == code


# --- what the server says -------------------------------------------------------------------------


async def test_who_was_refused_is_told() -> None:
    box = Mailbox({"b@example.com": "550 5.1.1 no such user"})
    async with posting(box) as send:
        result = await send(to="a@example.com, b@example.com")
    assert result["status"] == "partial"
    assert result["accepted"] == ["a@example.com"]
    assert result["refused"] == [
        {"address": "b@example.com", "code": 550, "message": "5.1.1 no such user"}
    ]


@pytest.mark.parametrize(
    ("box", "code", "kind"),
    [
        (Mailbox({"ada@example.com": "550 no"}), "refused", FailureKind.CONFIGURATION),
        (Mailbox({"ada@example.com": "451 later"}), "refused", FailureKind.TRANSIENT),
        (Mailbox(taken="554 spam"), "refused", FailureKind.CONFIGURATION),
        (Mailbox(taken="452 full"), "refused", FailureKind.TRANSIENT),
    ],
)
async def test_what_nobody_takes_is_a_failure_of_its_kind(
    box: Mailbox, code: str, kind: FailureKind
) -> None:
    async with posting(box) as send:
        with pytest.raises(EffectFailed) as failure:
            await send()
    assert (failure.value.code, failure.value.kind) == (code, kind)


async def test_a_server_that_is_not_there_may_be_there_later() -> None:
    failure = await refused()
    assert (failure.code, failure.transient) == ("connect", True)


async def test_a_server_that_says_nothing_is_given_up() -> None:
    over = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    asked = replace(order(), data={**order().data, "timeout": 100_000})
    async with server:
        with pytest.raises(EffectFailed) as failure:
            await handler(replace(SETTINGS, port=port))(asked)
        over.set()
    assert (failure.value.code, failure.value.transient) == ("timeout", True)


# --- TLS and logging in -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key for `localhost`, in one file."""
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", file, "-out", f"{file}.crt"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def logs_in(*_: Any) -> AuthResult:
    given = _[-1]
    assert isinstance(given, LoginPassword)
    fits = (given.login, given.password) == (b"bot", "pässword".encode())
    return AuthResult(success=fits, handled=False)


async def test_it_logs_in_over_tls_only(certificate: Path) -> None:
    box = Mailbox()
    settings = replace(
        SETTINGS,
        host="localhost",
        security="starttls",
        user="bot",
        password="smtp",  # noqa: S106 (the name of one)
        ca_file=str(certificate),
    )
    options = {
        "tls_context": tls(certificate),
        "require_starttls": True,
        "auth_required": True,
        "authenticator": logs_in,
    }
    async with posting(box, settings, **options) as send:
        assert (await send())["status"] == "accepted"
    async with posting(box, replace(settings, user="other"), **options) as send:
        with pytest.raises(EffectFailed) as failure:
            await send()
    assert (failure.value.code, failure.value.kind) == (
        "authentication",
        FailureKind.AUTHENTICATION,
    )
    async with posting(box, replace(settings, password="no"), **options) as send:  # noqa: S106 (as above)
        with pytest.raises(EffectFailed, match="no secret `no` of the host"):
            await send()


async def test_a_server_without_tls_or_with_a_certificate_of_nobodys_is_not_used(
    certificate: Path,
) -> None:
    box = Mailbox()
    wanted = replace(SETTINGS, host="localhost", security="starttls", ca_file=str(certificate))
    async with posting(box, wanted) as send:
        with pytest.raises(EffectFailed) as plain:
            await send()
    assert plain.value.code == "unsupported"
    forged = replace(wanted, ca_file="")
    async with posting(box, forged, tls_context=tls(certificate)) as send:
        with pytest.raises(EffectFailed):
            await send()
    assert box.envelopes == []


async def test_tls_from_the_first_byte(certificate: Path) -> None:
    box = Mailbox()
    settings = replace(SETTINGS, host="localhost", security="tls", ca_file=str(certificate))
    async with posting(box, settings, tls=tls(certificate)) as send:
        assert (await send())["status"] == "accepted"


async def test_an_email_that_nobody_waits_for_is_sent_as_well() -> None:
    box = Mailbox()
    async with mail_server(box) as port:
        data = {"to": "ada@example.com", "text": "Hi"}
        effect = Effect(
            EffectKind.SEND, "s:a:1:0", "a", {"event": "email", "target": "email", "data": data}
        )
        performer = Performer(
            {"email": handler(replace(SETTINGS, port=port))}, lambda *_: None, clock=lambda: NOW
        )
        outcome = await performer.perform(KEY, effect, 1)
    assert not outcome.failed
    assert len(box.envelopes) == 1

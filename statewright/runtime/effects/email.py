"""The action ``email``: one message by SMTP, to everybody whom it is for.

What is sent is ``{to, cc, bcc, reply_to, from, subject, text, html, attachments}``. The server that
it is given to, and who may be named as sender, are settings of the host. The ``Message-ID`` is made
of the id of the effect, so receivers that know it drop what comes twice.

The result tells what the mail server said to each address: SMTP ends there. Whether somebody's
mailbox took the message in the end, nobody tells us; it comes back as an email, to the sender.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from hashlib import sha256
from typing import Any, Final, Literal

import aiosmtplib

from statewright.errors import EffectFailed, FailureKind
from statewright.runtime.clock import SECOND, Clock, system_clock
from statewright.runtime.effects.addressees import addresses_from
from statewright.runtime.effects.documents import Document, Documents
from statewright.runtime.effects.handling import Order
from statewright.runtime.effects.parameters import list_of, parameters_of, seconds_of, text_of
from statewright.runtime.effects.secret_texts import Secrets, host_secret

LONGEST_SUBJECT: Final = 900
"""The most characters of a subject: a line of a message has less than a thousand."""

LARGEST_TEXT: Final = 1024 * 1024
"""The most characters of a text, and of its markup."""

LONGEST_REPLY: Final = 200
"""How many characters of what a mail server says are kept."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that emails are given to.

    Attributes:
        host: its name.
        port: where it listens.
        security: ``starttls`` and ``tls`` (from the first byte) insist on a certificate of that
            name; ``none`` is for servers on the same machine.
        user: who logs in, or ``""`` for nobody.
        password: the name of the host's secret that they log in with.
        sender: whom emails are from, where a flow does not say.
        senders: whom flows may say: addresses, or ``*@example.com``.
        ca_file: certificates that are trusted instead of those of the system, or ``""``.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str
    password: str
    sender: Address
    senders: tuple[str, ...] = ()
    ca_file: str = ""

    def admits(self, sender: Address) -> bool:
        """Whether emails may be from somebody."""
        spec = sender.addr_spec.lower()
        known = (self.sender.addr_spec.lower(), *(one.lower() for one in self.senders))
        return spec in known or f"*@{sender.domain.lower()}" in known


@dataclass(frozen=True, slots=True)
class _Recipients:
    to: list[Address]
    cc: list[Address]
    bcc: list[Address]

    @property
    def everybody(self) -> list[str]:
        """Each address once."""
        return list(dict.fromkeys(one.addr_spec for one in (*self.to, *self.cc, *self.bcc)))


class EmailHandler:
    """Sends emails, and gives ``{status, message_id, accepted, refused, reply}``.

    Args:
        server: is given the emails.
        secrets: gives what the server is logged in with.
        documents: gets the attachments.
        clock: tells the time, which emails bear.
    """

    def __init__(
        self,
        server: MailServer,
        secrets: Secrets,
        documents: Documents,
        clock: Clock = system_clock,
    ) -> None:
        self._server = server
        self._secrets = secrets
        self._documents = documents
        self._clock = clock

    async def __call__(self, order: Order) -> Any:
        """Send an email.

        Raises:
            EffectFailed: it is none (``request``), or none that may be sent (``recipient``,
                ``sender``, ``document``); the server is not to be reached (``connect``,
                ``timeout``), does not let us in (``authentication``), or takes the message for
                nobody (``refused``).
        """
        given, seconds = parameters_of(order), seconds_of(order)
        recipients = _recipients(given)
        message = _message(given, recipients, self._sender(given))
        message["Message-ID"] = _message_id(order.id, self._server.sender.domain)
        message["Date"] = format_datetime(datetime.fromtimestamp(self._clock() / SECOND, UTC))
        attachments = list_of(given, "attachments")
        for one in await self._documents.found(attachments, order.key.tenant, seconds):
            _attach(message, one)
        try:
            async with asyncio.timeout(seconds):
                return await self._sent(message, recipients.everybody, seconds)
        except (TimeoutError, aiosmtplib.SMTPTimeoutError):
            raise EffectFailed(
                "timeout", "the mail server did not answer in time", transient=True
            ) from None
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPServerDisconnected, OSError):
            raise EffectFailed(
                "connect", "there is no connection to the mail server", transient=True
            ) from None
        except aiosmtplib.SMTPException as error:
            raise _failure_from(error) from None

    def _sender(self, given: Mapping[str, Any]) -> Address:
        named = addresses_from("from", list_of(given, "from"))
        if not named:
            return self._server.sender
        if len(named) > 1 or not self._server.admits(named[0]):
            raise EffectFailed(
                "sender", "emails may not be from that address; see `senders` of the server"
            )
        return named[0]

    async def _sent(self, message: EmailMessage, to: list[str], seconds: float) -> Any:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=seconds,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=_tls(server) if server.security != "none" else None,
        )
        try:
            await client.connect()
            if server.user:
                password = await host_secret(self._secrets, server.password)
                await client.login(server.user, password)
            wide = not _is_ascii(message, to)
            if wide and not client.supports_extension("smtputf8"):
                raise EffectFailed(
                    "recipient", "the mail server takes no addresses beyond ASCII before the `@`"
                )
            refused, reply = await client.sendmail(
                message["From"].addresses[0].addr_spec,
                to,
                message.as_bytes(policy=SMTPUTF8 if wide else SMTP),
                mail_options=["SMTPUTF8"] if wide else [],
            )
            await client.quit()
        finally:
            client.close()
        return _result(message, to, refused, reply)


def _tls(server: MailServer) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=server.ca_file or None)
    except OSError:
        raise EffectFailed(
            "configuration", "the certificates of `ca_file` cannot be read"
        ) from None


def _recipients(given: Mapping[str, Any]) -> _Recipients:
    recipients = _Recipients(*(addresses_from(n, list_of(given, n)) for n in ("to", "cc", "bcc")))
    if not recipients.everybody:
        raise EffectFailed("recipient", "the email is for nobody: `to` is missing")
    return recipients


def _message(given: Mapping[str, Any], recipients: _Recipients, sender: Address) -> EmailMessage:
    """The message, whose headers hold what is one line and nothing else."""
    message = EmailMessage(policy=SMTP)
    text, markup = text_of(given, "text"), text_of(given, "html")
    if not text and not markup:
        raise EffectFailed("request", "the email is empty: give `text`, `html` or both")
    if max(len(text or ""), len(markup or "")) > LARGEST_TEXT:
        raise EffectFailed("request", f"the email has more than {LARGEST_TEXT:,} characters")
    # A line break in a subject is a blank: people type them, and headers must not have any.
    subject = " ".join((text_of(given, "subject") or "").split())[:LONGEST_SUBJECT]
    try:
        message["From"] = sender
        for name, addresses in (("To", recipients.to), ("Cc", recipients.cc)):
            if addresses:
                message[name] = addresses
        reply_to = addresses_from("reply_to", list_of(given, "reply_to"))
        if reply_to:
            message["Reply-To"] = reply_to
        message["Subject"] = subject
        if text:
            message.set_content(_clean(text))
        if markup and text:
            message.add_alternative(_clean(markup), subtype="html")
        elif markup:
            message.set_content(_clean(markup), subtype="html")
    except (MessageError, ValueError, LookupError):
        raise EffectFailed("request", "the email is not one that can be written") from None
    return message


def _clean(text: str) -> str:
    """A text that can be encoded: without halves of characters, and with lines that end alike."""
    whole = text.encode("utf-8", errors="replace").decode()
    return whole.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _attach(message: EmailMessage, document: Document) -> None:
    main, _, sub = document.type.partition("/")
    if main in {"multipart", "message"}:
        main, sub = "application", "octet-stream"
    message.add_attachment(document.content, maintype=main, subtype=sub, filename=document.name)


def _message_id(effect: str, domain: str) -> str:
    """The same for every try of an effect, and for no other.

    >>> _message_id("s:a:1:0", "example.org")
    '<b695c59db1090b8036beed0bcebe0cfb@example.org>'
    """
    return f"<{sha256(effect.encode(errors='replace')).hexdigest()[:32]}@{domain}>"


def _is_ascii(message: EmailMessage, to: Sequence[str]) -> bool:
    named = [one for name in ("From", "To", "Cc", "Reply-To") for one in message.get_all(name, [])]
    specs = [address.addr_spec for header in named for address in header.addresses]
    return all(spec.isascii() for spec in (*specs, *to))


def _result(
    message: EmailMessage,
    to: Sequence[str],
    refused: Mapping[str, aiosmtplib.SMTPResponse],
    reply: str,
) -> dict[str, Any]:
    return {
        "status": "partial" if refused else "accepted",
        "message_id": str(message["Message-ID"]),
        "accepted": [one for one in to if one not in refused],
        "refused": [
            {"address": one, "code": response.code, "message": _said(response.message)}
            for one, response in refused.items()
        ],
        "reply": _said(reply),
    }


def _failure_from(error: aiosmtplib.SMTPException) -> EffectFailed:
    """What a mail server says, as a failure: 4xx may pass, 5xx does not (RFC 5321, 4.2.1)."""
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return EffectFailed(
                "authentication",
                f"the mail server does not let us in ({error.code})",
                kind=FailureKind.TRANSIENT if error.code < _PERMANENT else _AUTHENTICATION,
            )
        case aiosmtplib.SMTPRecipientsRefused(recipients=refused):
            first = refused[0]
            passing = any(one.code < _PERMANENT for one in refused)
            return _refused(first.code, first.message, passing=passing)
        case aiosmtplib.SMTPResponseException():
            return _refused(error.code, error.message, passing=error.code < _PERMANENT)
        case _:
            return EffectFailed(
                "unsupported", "the mail server does not do what its settings ask for"
            )


def _refused(code: int, message: str, *, passing: bool) -> EffectFailed:
    said = f"the mail server does not take the email: {code} {_said(message)}"
    return EffectFailed("refused", said.rstrip(), transient=passing)


_PERMANENT: Final = 500
_AUTHENTICATION: Final = FailureKind.AUTHENTICATION


def _said(message: str) -> str:
    return " ".join(message.split())[:LONGEST_REPLY]

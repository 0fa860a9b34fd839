"""Files that go with a request: attachments of an email, documents for a language model.

One is a map ``{name, type}`` with its content: ``text``, ``data`` (base64), or a ``url`` that it is
got from, as the answer to a question for a file is. What is got from a URL is looked at like any
other request of the tenant (see ``web``).
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

import httpx

from statewright.errors import EffectFailed
from statewright.runtime.effects.parameters import text_of
from statewright.runtime.effects.reach import Reaches
from statewright.runtime.effects.statuses import is_success, kind_of
from statewright.runtime.effects.web import Call, Web, url_from

LARGEST: Final = 10 * 1024 * 1024
"""The most bytes of all documents of a request together."""

MOST: Final = 20
"""The most documents of a request."""

LONGEST_NAME: Final = 200
"""The most characters of a name; the rest is cut off."""

_BINARY: Final = "application/octet-stream"
_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,80}/[A-Za-z0-9!#$&^_.+-]{1,80}", re.ASCII)
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f-\x9f/\\"\ud800-\udfff]')


@dataclass(frozen=True, slots=True)
class Document:
    """A file.

    Attributes:
        name: what it is called, without a path.
        type: its media type.
        content: what is in it.
    """

    name: str
    type: str
    content: bytes = field(repr=False)


class Documents:
    """Gets the documents of requests.

    Args:
        web: makes requests.
        reaches: what the requests of each tenant may go to.
        largest: the most bytes of all documents of a request together.
    """

    def __init__(self, web: Web, reaches: Reaches, largest: int = LARGEST) -> None:
        self._web = web
        self._reaches = reaches
        self._largest = largest

    async def found(self, items: Sequence[Any], tenant: str, seconds: float) -> list[Document]:
        """The documents that are meant.

        Args:
            items: maps, or texts, each of which is the content of a document.
            tenant: whose request it is.
            seconds: how long getting each of them may take.

        Raises:
            EffectFailed: one is none, or all of them are too many or too large (``document``); or
                it cannot be got, as for ``Web.ask``.
        """
        if len(items) > MOST:
            raise EffectFailed("document", f"there are more than {MOST} documents")
        left = self._largest
        documents: list[Document] = []
        for number, item in enumerate(items, 1):
            document = await self._one(number, item, tenant, seconds, left)
            left -= len(document.content)
            if left < 0:
                raise EffectFailed(
                    "document", f"the documents have more than {self._largest:,} bytes together"
                )
            documents.append(document)
        return documents

    async def _one(
        self, number: int, item: Any, tenant: str, seconds: float, most: int
    ) -> Document:
        given = {"text": item} if isinstance(item, str) else item
        if not isinstance(given, Mapping):
            raise _unfit(number, "is no map with `url`, `text` or `data`")
        ways = [way for way in ("url", "text", "data") if given.get(way) is not None]
        if len(ways) != 1:
            raise _unfit(number, "needs one of `url`, `text` and `data`")
        way, content, kind = ways[0], b"", ""
        text = text_of(given, way) or ""
        if way == "url":
            url = url_from(text)
            content, kind = await self._got(url, tenant, seconds, most)
            usual = PurePosixPath(url.path).name
        else:
            content = text.encode(errors="replace") if way == "text" else _bytes(number, text)
            usual = ""
        kind = text_of(given, "type") or kind
        name = _name(text_of(given, "name") or usual, number, way)
        if not kind:
            kind = "text/plain" if way == "text" else mimetypes.guess_type(name)[0] or _BINARY
        if not _TYPE.fullmatch(kind):
            raise _unfit(number, "has a `type` that is no media type, such as `text/plain`")
        return Document(name, kind.lower(), content)

    async def _got(
        self, url: httpx.URL, tenant: str, seconds: float, most: int
    ) -> tuple[bytes, str]:
        call = Call("GET", url, httpx.Headers(), None, seconds)
        response = await self._web.ask(call, reach=self._reaches.of(tenant), largest=max(most, 0))
        if not is_success(response.status):
            raise EffectFailed(
                "document",
                f"a document cannot be got: the status is {response.status}",
                kind=kind_of(response.status),
            )
        return response.content, response.type


def _bytes(number: int, text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _unfit(number, "has `data` that is no base64") from None


def _name(text: str, number: int, way: str) -> str:
    name = _UNFIT.sub("_", text).strip(". ")[:LONGEST_NAME]
    return name or f"document-{number}{'.txt' if way == 'text' else ''}"


def _unfit(number: int, what: str) -> EffectFailed:
    return EffectFailed("document", f"document {number} {what}")

"""The URLs of web requests, taken apart as far as they are written out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from statewright.compiler.analysis.writes import plain_path
from statewright.compiler.paths import Path
from statewright.expressions import Expression, Hole, Secret, Template, references

_HOLE: Final = re.compile("\ue000(\\d+)\ue001")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):[/\\]{2,}")
_LEFT_OUT: Final = str.maketrans("", "", "\t\r\n")


@dataclass(frozen=True, slots=True)
class Url:
    """A URL.

    Attributes:
        scheme: lower case, or ``""`` where that is not written out.
        userinfo: what stands before ``@``.
        host: without the port; may have marks of holes in it.
        port: as it is written, or ``""``; may have marks of holes in it.
        path: what follows, up to the query.
        query: parameters by name, in order.
        holes: what stands in the place of each mark.
    """

    scheme: str
    userinfo: str
    host: str
    port: str
    path: str
    query: tuple[tuple[str, str], ...]
    holes: tuple[Hole | Secret, ...]

    @property
    def is_fixed(self) -> bool:
        """Whether the host is written out."""
        return bool(self.host) and not _HOLE.search(self.host)

    def holes_in(self, part: str) -> tuple[Hole | Secret, ...]:
        """The holes and secrets in a part of the URL."""
        return tuple(self.holes[int(number)] for number in _HOLE.findall(part))


Constants = Mapping[Path, Any]
"""Variables that always have the same value."""


def url_from(template: Template, constants: Constants) -> Url:
    """A URL, with variables that never change put in."""
    holes: list[Hole | Secret] = []
    text = "".join(_pieces(template, constants, holes)).strip()
    text = text.translate(_LEFT_OUT)
    scheme = _SCHEME.match(text)
    rest = text[scheme.end() :] if scheme else text
    place = min((rest.find(c) for c in "/\\?#" if c in rest), default=len(rest))
    authority, behind = rest[:place], rest[place:]
    if scheme is None and not text.startswith(("//", "\ue000")):
        authority, behind = "", text
    userinfo, _, host = authority.rpartition("@")
    if not host.startswith("[") or "]" not in host:
        host, _, port = host.partition(":")
    else:
        end = host.index("]") + 1
        host, port = host[:end], host[end:].removeprefix(":")
    path, _, query = behind.partition("#")[0].partition("?")
    return Url(
        scheme=scheme[1].lower() if scheme else "",
        userinfo=userinfo,
        host=host,
        port=port,
        path=path,
        query=tuple(_parameters(query)),
        holes=tuple(holes),
    )


def _pieces(template: Template, constants: Constants, holes: list[Hole | Secret]) -> Iterator[str]:
    for part in template.parts:
        if isinstance(part, str):
            yield part
            continue
        value = _constant(part.expression, constants) if isinstance(part, Hole) else None
        if isinstance(value, str):
            yield value
        else:
            yield f"\ue000{len(holes)}\ue001"
            holes.append(part)


def _constant(expression: Expression, constants: Constants) -> Any:
    found = references(expression)
    if len(found) != 1 or found[0].end - found[0].start != len(expression.text):
        return None
    return constants.get(plain_path(found[0].path))


def _parameters(query: str) -> Iterator[tuple[str, str]]:
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        yield name, value

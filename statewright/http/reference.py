"""The page at ``/docs``: the description of the API for people.

It is whole as it stands: it loads nothing, runs nothing, hides nothing from the browser's own
search, and follows the browser's light or dark.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final
from xml.etree.ElementTree import Element

from statewright.http.endpoint import Endpoint
from statewright.http.markup import Content, document, element, prose
from statewright.http.openapi import OF_ANY, TAGS, description_of
from statewright.http.problems import BY_CODE, KINDS, MEDIA_TYPE, Kind

STYLE: Final = files(__package__).joinpath("reference.css").read_text("utf-8")
"""How the page looks."""

POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(sha256(STYLE.encode()).digest()).decode()}'"
)
"""The ``Content-Security-Policy`` of the page: its own style, and nothing else."""

_NAME: Final = re.compile(r"\{(\w+)\}")
_TYPES: Final = "#/components/schemas/"
_REFUSED_ANYWHERE: Final = "any"


def page_of(endpoints: Sequence[Endpoint], *, base: str) -> str:
    """The page about some endpoints.

    Args:
        endpoints: what is served.
        base: where, for the examples: ``http://127.0.0.1:8000``.
    """
    described = description_of(endpoints)
    tags = [tag for tag in TAGS if any(endpoint.tag == tag for endpoint in endpoints)]
    header = element(
        "header",
        element("h1", described["info"]["title"], " over HTTP"),
        element("p", *prose(described["info"]["description"])),
        element(
            "p",
            f"Version {described['info']['version']}; for programs as ",
            element("a", "OpenAPI 3.1", href="openapi.json"),
            ".",
            class_="soft",
        ),
    )
    parts: list[Content] = []
    for tag in tags:
        parts += [element("h2", tag.capitalize(), id=tag), element("p", *prose(TAGS[tag]))]
        parts += (_operation(one, described, base) for one in endpoints if one.tag == tag)
    parts += [*_problems(), *_types(described["components"]["schemas"])]
    return document(
        element(
            "html",
            _head(described["info"]["title"]),
            element("body", header, _contents(endpoints, tags), element("main", *parts)),
            lang="en",
        )
    )


def _head(title: str) -> Element:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{title} over HTTP"),
        element("style", STYLE),
    )


def _contents(endpoints: Sequence[Endpoint], tags: Iterable[str]) -> Element:
    parts: list[Content] = []
    for tag in tags:
        rows = (
            element(
                "li",
                element("a", _method(one), element("code", *_path(one)), href=f"#{_id(one)}"),
            )
            for one in endpoints
            if one.tag == tag
        )
        title = element("a", tag.capitalize(), href=f"#{tag}")
        parts += [element("h2", title), element("ul", *rows)]
    for name in ("Problems", "Types"):
        parts.append(element("h2", element("a", name, href=f"#{name.lower()}")))
    return element("nav", *parts, **{"aria-label": "Contents"})


def _operation(endpoint: Endpoint, described: Mapping[str, Any], base: str) -> Element:
    operation = described["paths"][endpoint.path][endpoint.method.lower()]
    schemas = described["components"]["schemas"]
    parts: list[Content] = [
        element("h3", _method(endpoint), " ", element("code", *_path(endpoint))),
        element("p", *prose(endpoint.summary)),
        element("pre", _curl(endpoint, operation, schemas, base)),
    ]
    if operation["parameters"]:
        rows = (
            _row(
                [element("code", one["name"])],
                f"{one['in']}{'' if one.get('required') else ', optional'}",
                [*_type(one["schema"])],
                one.get("description", ""),
            )
            for one in operation["parameters"]
        )
        parts += [element("h4", "Parameters"), element("dl", *rows)]
    if "requestBody" in operation:
        body = operation["requestBody"]
        title = "Body" if body["required"] else "Body, optional"
        parts += _content(title, body["content"]["application/json"], schemas)
    parts += _answer(operation["responses"], schemas)
    parts += _refusals(endpoint)
    return element("article", *parts, id=_id(endpoint))


def _answer(responses: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Element]:
    found = {status: one for status, one in responses.items() if MEDIA_TYPE not in one["content"]}
    content = next(iter(found.values()))["content"]
    title = f"Answer, {' or '.join(found)}"
    if content:
        yield from _content(title, content["application/json"], schemas)
    else:
        yield element("h4", title)
        yield element("p", "Without a body.")


def _content(
    title: str, content: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[Element]:
    name = content["schema"]["$ref"].removeprefix(_TYPES)
    yield element("h4", title, ": ", element("a", name, href=f"#{name}"))
    yield element("p", *prose(schemas[name].get("description", "")), class_="soft")
    yield _fields(schemas[name])


def _fields(schema: Mapping[str, Any]) -> Element:
    needed = set(schema.get("required", ()))
    # What is answered is always there; only of what is sent something may be left out.
    is_sent = schema.get("additionalProperties") is False
    return element(
        "dl",
        *(
            _row(
                [element("code", name)],
                "optional" if is_sent and name not in needed else "",
                [*_type(one)],
                one.get("description", ""),
            )
            for name, one in schema.get("properties", {}).items()
        ),
    )


def _row(term: list[Content], note: str, type_: list[Content], said: str) -> Element:
    notes = [element("small", note)] if note else []
    about = [element("p", *prose(said))] if said else []
    return element(
        "div",
        element("dt", *term, *notes),
        element("dd", *about, element("small", *type_)),
    )


def _refusals(endpoint: Endpoint) -> Iterator[Element]:
    yield element("h4", "Problems")
    own = [kind for kind in KINDS if kind.code in endpoint.problems]
    links: list[Content] = []
    for kind in own:
        code = element("code", f"{kind.status}\N{NO-BREAK SPACE}{kind.code}")
        links += [element("a", code, href=f"#{kind.code}"), ", "]
    said = "and what any request may meet" if own else "What any request may meet"
    yield element("p", *links, element("a", said, href=f"#{_REFUSED_ANYWHERE}"), ".")


def _problems() -> Iterator[Element]:
    yield element("h2", "Problems", id="problems")
    yield element(
        "p",
        "Whatever fails answers with a ",
        element("a", "problem", href="#ProblemJSON"),
        *prose(f" (RFC 9457, `{MEDIA_TYPE}`). Act on its `code`."),
    )
    anywhere = [BY_CODE[code] for code in OF_ANY]
    yield element("h3", "Of some requests")
    yield element("dl", *(_kind(kind) for kind in KINDS if kind not in anywhere))
    yield element("h3", "Of any request", id=_REFUSED_ANYWHERE)
    yield element("dl", *(_kind(kind) for kind in KINDS if kind in anywhere))


def _kind(kind: Kind) -> Element:
    return element(
        "div",
        element("dt", element("code", f"{kind.status} {kind.code}")),
        element(
            "dd",
            element("p", *prose(f"{kind.title[:1].upper()}{kind.title[1:]}.")),
            element("small", *prose(kind.help)),
        ),
        id=kind.code,
    )


def _types(schemas: Mapping[str, Any]) -> Iterator[Element]:
    yield element("h2", "Types", id="types")
    for name, schema in sorted(schemas.items()):
        yield element(
            "article",
            element("h3", element("code", name)),
            element("p", *prose(schema.get("description", ""))),
            _fields(schema),
            id=name,
        )


def _type(schema: Mapping[str, Any]) -> Iterator[Content]:
    """The type that a JSON schema describes, in words."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_TYPES)
        yield element("a", name, href=f"#{name}")
    elif "anyOf" in schema:
        for number, one in enumerate(schema["anyOf"]):
            yield " or " if number else ""
            yield from _type(one)
    elif "enum" in schema:
        yield ", ".join(f"“{one}”" for one in schema["enum"])
    elif schema.get("type") == "array":
        yield "list of " if schema["items"] else "list"
        yield from _type(schema["items"]) if schema["items"] else ()
    else:
        yield _WORDS.get(schema.get("type", ""), "any value")
        yield _bounds(schema)


_WORDS: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "map",
    "null": "null",
}
"""A type of JSON → what we call it."""


def _bounds(schema: Mapping[str, Any]) -> str:
    said = ""
    if "minimum" in schema:
        said += f" from {schema['minimum']}"
        said += f" to {schema['maximum']}" if "maximum" in schema else " up"
    if "maxLength" in schema:
        said += f" of at most {schema['maxLength']} characters"
    if schema.get("default"):
        said += f", {schema['default']} by default"
    return said


def _curl(
    endpoint: Endpoint, operation: Mapping[str, Any], schemas: Mapping[str, Any], base: str
) -> str:
    """A command that does it."""
    url = base + _NAME.sub(lambda match: match[1].upper(), endpoint.path)
    body = operation.get("requestBody")
    example = {}
    if body is not None:
        name = body["content"]["application/json"]["schema"]["$ref"].removeprefix(_TYPES)
        fields = schemas[name].get("properties", {})
        example = {key: one["examples"][0] for key, one in fields.items() if "examples" in one}
    sends = f" --json '{json.dumps(example)}'" if example else ""
    implied = "POST" if example else "GET"
    method = "" if endpoint.method == implied else f" -X {endpoint.method}"
    return f"curl{method} {url}{sends}"


def _method(endpoint: Endpoint) -> Element:
    return element("span", endpoint.method, class_=f"method {endpoint.method.lower()}")


def _path(endpoint: Endpoint) -> Iterator[Content]:
    """A path that may be broken where a part of it ends."""
    for part in re.split(r"(?<=.)(?=/)", endpoint.path):
        yield part
        yield element("wbr")


def _id(endpoint: Endpoint) -> str:
    return f"{endpoint.tag}_{endpoint.run.__name__}"

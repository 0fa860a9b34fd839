"""The contract of the Chatwoot flow builder (``/api/v1``): camelCase."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, RootModel
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from statewright.compiler import Finding, Severity
from statewright.errors import CorruptedRow
from statewright.http.wire.clients import ANSWERED, SAID, Filled, Said, Spoken, Told
from statewright.http.wire.times import text_from_micros
from statewright.storage.drafts import Heading, Saved
from statewright.storage.records import Publication

CHANNEL: Final = "api"
"""What the channel of executions is called, and of what happens where no other one is named."""


class _Asked(BaseModel):
    """What is asked for: nothing else than what is named, in the types that are named."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, strict=True, title=None
    )


class Drawn(_Asked):
    """A flow, and what the editor keeps beside it."""

    flow: dict[str, Any] | str = Field(
        description="The flow, in any dialect that is read here: a map, or the text of a file.",
        examples=[
            {"statewright": 1, "start": "hi", "nodes": {"hi": {"type": "end", "text": "Hi!"}}}
        ],
    )
    ui: dict[str, Any] | list[Any] | None = Field(
        default=None, description="What the editor keeps beside the flow, as it is."
    )
    dialect: str | None = Field(
        default=None,
        description="The dialect of the flow, where it cannot be told by looking at it.",
    )


class Publish(_Asked):
    """What goes with a publication."""

    label: str = Field(default="", description="A name for a line of versions, such as `live`.")
    inbox_id: int | str | None = Field(
        default=None, description="Not used yet: channels come later."
    )
    trigger: dict[str, Any] | None = Field(
        default=None, description="Not used yet: channels come later."
    )


class Execute(_Asked):
    """Who talks, and what is known at the start."""

    conversation_id: int | str | None = Field(
        default=None, description="Which talk this is; a new one where nothing is said."
    )
    contact_id: int | str | None = Field(default=None, description="Who talks.")
    variables: dict[str, Any] = Field(
        default_factory=dict, description="Values of variables that are inputs of the flow."
    )
    version: int | None = Field(
        default=None, ge=1, description="Which publication; the newest by default."
    )
    label: str | None = Field(default=None, description="The newest publication with this label.")
    trigger: str | None = Field(
        default=None,
        description="The manual trigger of the flow that it begins by; its `to` says where, and"
        " its `inputs` go before `variables`.",
    )
    test_mode: bool = Field(default=False, description="Keeps the execution apart from real talks.")
    mock_data: dict[str, Any] = Field(
        default_factory=dict,
        description="In test mode: fills the inputs of the flow that have these names.",
    )


class Input(Spoken, _Asked):
    """What the contact says or picks."""


class ClientInput(Told, _Asked):
    """What the client says of what it was asked to do: its result, or an error."""


class FormInput(Filled, _Asked):
    """The answers to all fields of a form at once."""


class Happened(_Asked):
    """Something that happened in a conversation: a message, or any other event."""

    event: str = Field(
        default="message",
        description="Its name: `message`, `conversation.opened`, `handoff.resolved`, or your own.",
        examples=["order.shipped"],
    )
    input: Said | None = Field(default=None, description=f"Of a message. {SAID}")
    node_id: str | None = Field(default=None, min_length=1, description=f"Of a message. {ANSWERED}")
    data: dict[str, Any] = Field(
        default_factory=dict, description="Of any other event: what is known of it."
    )
    conversation_id: int | str | None = Field(
        default=None, description="Where it happened; a new conversation where nothing is said."
    )
    contact_id: int | str | None = Field(default=None, description="Whom it is about.")
    channel: str = Field(
        default=CHANNEL,
        description="How the conversation is held: `api`, or `web` for one of `/v1/chat`; a session"
        " in the list of sessions says its own.",
    )


class Hook(RootModel[Any]):
    """Any JSON, as whoever calls the hook sends it."""


class PlaceJSON(TypedDict):
    """Where in the flow a finding is; lines and columns count in the text that was sent, from 1."""

    pointer: str
    line: int
    column: int


class FindingJSON(TypedDict):
    """A finding. ``code`` is that of the flow builder where it has one; ``check`` is ours."""

    code: str
    message: str
    check: str
    name: str
    severity: str
    verdict: str
    help: str
    nodeId: str
    port: str
    location: PlaceJSON
    reason: str
    witness: dict[str, Any] | None


class ValidationJSON(TypedDict):
    """What is wrong with a flow."""

    valid: bool
    errors: list[FindingJSON]
    warnings: list[FindingJSON]


class SavedJSON(TypedDict):
    """A draft that was saved. ``version`` is the one that it will have once it is published."""

    id: str
    version: int
    status: str
    createdAt: str
    updatedAt: str


class FlowEntryJSON(TypedDict):
    """A flow in a list. One that has no draft was published by other means, such as a command."""

    id: str
    name: str
    version: int
    status: str
    createdAt: str
    updatedAt: str
    publishedVersion: int | None
    publishedAt: str | None
    hasDraft: bool


class PageJSON(TypedDict):
    """Some flows; ``next`` goes into ``after`` to get those that follow."""

    flows: list[FlowEntryJSON]
    next: str | None


class VersionJSON(TypedDict):
    """A publication in a list; ``digest`` is that of its statechart."""

    version: int
    label: str
    digest: str
    publishedAt: str


class VersionsJSON(TypedDict):
    """Some publications of a flow; ``next`` goes into ``after`` to get those that follow."""

    versions: list[VersionJSON]
    next: int | None


class FlowJSON(TypedDict):
    """A draft as it was saved, and what is known of its flow."""

    flow: dict[str, Any] | str
    ui: dict[str, Any] | list[Any] | None
    metadata: FlowEntryJSON


class PublishedJSON(TypedDict):
    """A publication; ``ignored`` names what was sent and is not used yet."""

    id: str
    version: int
    status: str
    publishedAt: str
    label: str
    digest: str
    warnings: list[FindingJSON]
    ignored: list[str]


CODES: Final[Mapping[str, str]] = {
    "S101": "NO_START_NODE",
    "S102": "MULTIPLE_START_NODES",
    "S103": "INVALID_TRANSITION",
    "S105": "UNUSED_NODE",
}
"""Our checks → the codes of the flow builder, where it has one."""


_KIND_OF_NODE: Final = re.compile(r"(?:^|/)nodes/[^/]+/(?:node_)?type$")


def code_of(finding: Finding) -> str:
    """The code of a finding for the flow builder: its own, or one in its manner."""
    if finding.code == "R004" and _KIND_OF_NODE.search(finding.location.pointer):
        return "INVALID_NODE_TYPE"
    return CODES.get(finding.code) or finding.name.upper().replace("-", "_")


def finding_json(finding: Finding) -> FindingJSON:
    """A finding."""
    witness = finding.witness
    return {
        "code": code_of(finding),
        "message": finding.message,
        "check": finding.code,
        "name": finding.name,
        "severity": str(finding.severity),
        "verdict": str(finding.verdict),
        "help": finding.help,
        "nodeId": finding.node,
        "port": finding.port,
        "location": {
            "pointer": finding.location.pointer,
            "line": finding.location.line,
            "column": finding.location.column,
        },
        "reason": finding.reason,
        "witness": None
        if witness is None
        else {"script": list(witness.script), "transcript": list(witness.transcript)},
    }


def validation_json(findings: Iterable[Finding]) -> ValidationJSON:
    """Findings by what they mean for a publication; remarks are among the warnings."""
    found = list(findings)
    errors = [finding_json(one) for one in found if one.severity is Severity.ERROR]
    warnings = [finding_json(one) for one in found if one.severity is not Severity.ERROR]
    return {"valid": not errors, "errors": errors, "warnings": warnings}


def entry_json(heading: Heading, publication: Publication | None) -> FlowEntryJSON:
    """A draft, and the newest publication of its flow."""
    changed = publication is None or heading.updated_at > publication.at
    published = 0 if publication is None else publication.version
    return {
        "id": heading.flow,
        "name": heading.name,
        "version": published + 1 if changed else published,
        "status": "draft" if changed else "published",
        "createdAt": text_from_micros(heading.created_at),
        "updatedAt": text_from_micros(heading.updated_at),
        "publishedVersion": published or None,
        "publishedAt": None if publication is None else text_from_micros(publication.at),
        "hasDraft": True,
    }


def released_entry_json(first: Publication, newest: Publication, name: str) -> FlowEntryJSON:
    """A flow that has no draft: its first and its newest publication, and what people call it."""
    published_at = text_from_micros(newest.at)
    return {
        "id": newest.flow,
        "name": name,
        "version": newest.version,
        "status": "published",
        "createdAt": text_from_micros(first.at),
        "updatedAt": published_at,
        "publishedVersion": newest.version,
        "publishedAt": published_at,
        "hasDraft": False,
    }


def text_from_drawn(flow: dict[str, Any] | str) -> str:
    """The text of a flow: that of a file, or a map as JSON with an indent of 2."""
    return flow if isinstance(flow, str) else _written(flow)


def drawn_from_text(text: str) -> dict[str, Any] | str:
    """The flow whose text this is, as it was sent."""
    if text.startswith("{"):
        try:
            value = json.loads(text)
        except ValueError:
            return text
        if _written(value) == text:
            return dict(value)
    return text


def _written(flow: dict[str, Any]) -> str:
    return json.dumps(flow, ensure_ascii=False, indent=2)


def saved_json(heading: Heading, publication: Publication | None) -> SavedJSON:
    """A draft that was just saved."""
    entry = entry_json(heading, publication)
    return {
        "id": entry["id"],
        "version": entry["version"],
        "status": entry["status"],
        "createdAt": entry["createdAt"],
        "updatedAt": entry["updatedAt"],
    }


def page_json(entries: list[FlowEntryJSON], *, full: bool) -> PageJSON:
    """Some flows; ``full`` says that others may follow."""
    return {"flows": entries, "next": entries[-1]["id"] if full and entries else None}


def _ui_from(saved: Saved) -> Any:
    try:
        return json.loads(saved.ui) if saved.ui else None
    except ValueError:
        raise CorruptedRow(
            f"what the editor keeps beside the draft of {saved.heading.flow!r} is no JSON any more"
        ) from None


def versions_json(publications: Sequence[Publication], *, full: bool) -> VersionsJSON:
    """Some publications of a flow; ``full`` says that others may follow."""
    versions: list[VersionJSON] = [
        {
            "version": one.version,
            "label": one.label,
            "digest": one.digest,
            "publishedAt": text_from_micros(one.at),
        }
        for one in publications
    ]
    return {"versions": versions, "next": publications[-1].version if full else None}


def flow_json(saved: Saved, publication: Publication | None) -> FlowJSON:
    """A draft as it was saved."""
    return {
        "flow": drawn_from_text(saved.text),
        "ui": _ui_from(saved),
        "metadata": entry_json(saved.heading, publication),
    }


def published_json(
    publication: Publication, warnings: Iterable[Finding], asked: Publish
) -> PublishedJSON:
    """A flow that was just published."""
    unused = {"inboxId": asked.inbox_id, "trigger": asked.trigger}
    return {
        "id": publication.flow,
        "version": publication.version,
        "status": "published",
        "publishedAt": text_from_micros(publication.at),
        "label": publication.label,
        "digest": publication.digest,
        "warnings": [finding_json(finding) for finding in warnings],
        "ignored": [name for name, value in unused.items() if value is not None],
    }

"""Requests to the world: what a macrostep asks its host to do after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class EffectKind(StrEnum):
    """What the host is asked for."""

    SAY = "say"
    """Show ``data["content"]`` to the user: part of the turn's answer."""
    INVOKE = "invoke"
    """Start work of the type ``data["type"]`` with ``data["params"]``; exactly one result, an
    event that carries this effect's id as its ``invocation``, is to come back."""
    CANCEL = "cancel"
    """The result of the invocation ``data["invocation"]`` is no longer wanted."""
    SEND = "send"
    """Deliver the event ``data["event"]`` with ``data["data"]`` to ``data["target"]``; no result
    comes back."""
    PATCH = "patch"
    """Apply ``data["operation"]`` (set, unset, increment, append, remove) with ``data["value"]`` at
    ``data["path"]`` of the contact's or tenant's values (``data["scope"]``), in the turn's
    transaction."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One request to the world.

    Attributes:
        kind: what is asked for.
        id: ``session:state:turn:ordinal``, unique for ever: the idempotency key.
        state: the state whose actions asked for it.
        data: the request itself; its keys are those of its kind.
        owner: the path of the session that the state is of: ``""``, or one that was invoked.
    """

    kind: EffectKind
    id: str
    state: str
    data: Mapping[str, Any]
    owner: str = ""


def effect_id(session: str, state: str, turn: int, number: int) -> str:
    """The id of an effect.

    Args:
        session: of the outermost session.
        state: the key of the state whose actions ask for it.
        turn: in which they do.
        number: how many effects the turn has asked for before.
    """
    return f"{session}:{state}:{turn}:{number}"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong inside a macrostep without stopping it.

    Attributes:
        name: the event that it raised (``error.execution.guard``), or what happened
            (``error.template``, ``log``).
        state: the state in which it happened.
        message: what happened, for people.
        expression: the text of the expression that failed, or ``""``.
        owner: the path of the session that the state is of: ``""``, or one that was invoked.
    """

    name: str
    state: str
    message: str
    expression: str = ""
    owner: str = ""

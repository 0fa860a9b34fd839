"""Talking to a flow in a test: the flow as text, what the user does, what the bot says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from statewright import compiler, flows
from statewright.compiler import Compilation
from statewright.errors import FlowRejected
from statewright.statechart import Turn, parse_script, play
from statewright.statechart.release import Release

HEADER = "statewright: 1\nid: test\n"
NOW = 1_700_000_000_000_000


def compiled(text: str) -> Compilation:
    """A flow in the native format, without its first two lines, compiled."""
    return compiler.compile(flows.parse(HEADER + text, file="test.yaml"))


def turns(
    text: str,
    *script: Any,
    data: Mapping[str, Any] | None = None,
    fixtures: Mapping[str, Any] | None = None,
    seed: str = "seed",
    now: str = "",
) -> list[Turn]:
    """Every turn of a conversation, which begins ``now``; the flow must be free of errors."""
    compilation = compiled(text)
    if compilation.errors:
        raise FlowRejected(compilation.errors)
    return _played(compilation.draft(), *script, data=data, fixtures=fixtures, seed=seed, now=now)


def drafted(text: str, *script: Any) -> list[Turn]:
    """Every turn of a conversation with a flow that no one could publish."""
    return _played(compiled(text).draft(), *script)


def _played(
    release: Release,
    *script: Any,
    data: Mapping[str, Any] | None = None,
    fixtures: Mapping[str, Any] | None = None,
    seed: str = "seed",
    now: str = "",
) -> list[Turn]:
    return list(
        play(
            release.statechart,
            parse_script(list(script)),
            session="test",
            seed=seed,
            now=round(datetime.fromisoformat(now).timestamp() * 1_000_000) if now else NOW,
            data=dict(data or {}),
            fixtures=dict(fixtures or {}),
        )
    )


def said(played: Sequence[Turn]) -> list[str]:
    """All texts that the bot said, in order."""
    return [message.get("text", "") for turn in played for message in turn.messages]


def talk(text: str, *script: Any, **options: Any) -> list[str]:
    """All texts that the bot says in a conversation."""
    return said(turns(text, *script, **options))

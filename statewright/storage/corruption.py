"""What is said of a session whose rows are not what was stored."""

from __future__ import annotations

from statewright.errors import CorruptedSession
from statewright.storage.records import SessionKey

LONGEST = 300
"""Characters of a reason that are shown: it may quote what it found."""


def corrupted(key: SessionKey, why: object) -> CorruptedSession:
    """What is raised where a session is not what was stored, with what can be done about it."""
    reason = " ".join(str(why).split())
    if len(reason) > LONGEST:
        reason = f"{reason[:LONGEST]}…"
    return CorruptedSession(
        f"session {key.session!r} is not what was stored: {reason}; nothing was changed, and it "
        "cannot go on before its rows are restored from a backup (`statewright replay` shows what "
        "its history makes of it)"
    )

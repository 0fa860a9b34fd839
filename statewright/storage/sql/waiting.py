"""Sessions in which messages wait that nobody handles, found without going through the inbox.

A mailbox knows the last position that it has given, and up to which one nothing waits any more.
Where these differ, messages *may* wait: turns take them out of the inbox without a word to the
mailbox. So it is looked into, at the time until which whoever took a message in handles it, and
then either names its session, or is put off, or is found empty and left alone until the next
message. What comes meanwhile has a greater position, so it is not taken for what is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from statewright.storage.records import SessionKey
from statewright.storage.sql.rows import Parameters, Row, json_text, key_of

Run: TypeAlias = Callable[[str, Parameters], Sequence[Row]]
"""The rows that a statement gives."""

LOOKED = 500
"""How many mailboxes are looked into at once; most are empty, since their messages were handled."""


def waiting(run: Run, now: int, held_until: int, limit: int) -> list[SessionKey]:
    """Sessions in which messages wait; they are lent to the caller.

    Args:
        run: runs a statement. Each may be a transaction of its own.
        now: the time.
        held_until: until when they are lent.
        limit: how many at most.
    """
    size = max(limit, LOOKED)
    while limit > 0:
        behind = run("look", {"now": now, "held_until": held_until, "limit": size})
        if not behind:
            break
        mailboxes = list(map(_place_of, behind))
        asked = {"mailboxes": json_text(mailboxes)}
        run("forget", asked)
        heads = {key_of(row): row for row in run("wait", asked)}
        free = [row for row in heads.values() if row.held_until <= now][:limit]
        named = {key_of(row) for row in free}
        if free:
            lent = json_text(list(map(_place_of, free)))
            run("lend", {"heads": lent, "held_until": held_until})
        rest = [
            {**mailbox, "held_until": heads[key].held_until if key in heads else None}
            for mailbox, key in zip(mailboxes, map(key_of, behind), strict=True)
            if key not in named
        ]
        if rest:
            run("put_off", {"mailboxes": json_text(rest)})
        if named or len(behind) < size:
            return sorted(named)
    return []


def _place_of(row: Row) -> dict[str, Any]:
    return {"tenant": row.tenant, "session": row.session, "position": row.position}

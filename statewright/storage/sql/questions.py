"""What is asked of a database for the statements of every turn, whoever asks it, and in what way.

A generator yields the name of a statement with its parameters, is sent the rows, and returns what
was wanted in the end. So the same questions can be put by a thread that waits for each answer, and
by an event loop that does not.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeAlias, TypeVar

from statewright.storage.records import Conflict, Duplicate, Loaded, Lookup, Outcome, Turn
from statewright.storage.sql import rows
from statewright.storage.sql.rows import Parameters, json_text
from statewright.storage.store import WAITING

Result = TypeVar("Result")

Rows: TypeAlias = Sequence[Sequence[Any]]

Questions: TypeAlias = Generator[tuple[str, Parameters], Rows, Result]

Tell: TypeAlias = Callable[[Result | None], None]
"""Told what came of questions; None where they are to be put again, in a thread."""


def answered(questions: Questions[Result], ask: Callable[[str, Parameters], Rows]) -> Result:
    """What comes of questions that are asked one after another."""
    try:
        question = next(questions)
        while True:
            question = questions.send(ask(*question))
    except StopIteration as end:
        result: Result = end.value
        return result


def loading(lookups: Sequence[Lookup]) -> Questions[list[Loaded]]:
    """See ``Store.load``."""
    asked = [
        {
            "number": number,
            "tenant": lookup.key.tenant,
            "session": lookup.key.session,
            "message": lookup.message,
            "contact": lookup.contact,
        }
        for number, lookup in enumerate(lookups)
    ]
    found = yield "load", {"lookups": json_text(asked), "waiting": WAITING}
    return [rows.loaded_from(lookup.key, row) for lookup, row in zip(lookups, found, strict=True)]


def standing(turns: Sequence[Turn]) -> Questions[list[tuple[int, str, str, Duplicate | None]]]:
    """For each turn, what is told of its session, and the answer to its message.

    Told are the revision, the hash of the state where nothing waits in the inbox, the contact.
    """
    found = yield "standing", {"turns": rows.message_rows(turns)}
    return [
        (
            revision or 0,
            quiet or "",
            contact or "",
            None if handled is None else Duplicate(handled, answer),
        )
        for _, revision, quiet, contact, handled, answer in found
    ]


def lost(turns: Sequence[Turn]) -> Questions[list[Outcome]]:
    """What became of turns that were not committed."""
    found = yield from standing(turns)
    return [duplicate or Conflict(revision) for revision, _, _, duplicate in found]

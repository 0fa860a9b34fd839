"""What every database can keep: checked when a record is made, so that no batch fails later.

PostgreSQL keeps no NUL character, no database keeps half a character (a lone surrogate), integers
have 64 bits, and an index entry of PostgreSQL has at most 2,704 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from statewright.errors import UnstorableRecord

NAME_LIMIT: Final = 255
"""The most bytes, in UTF-8, of a tenant, session, flow, channel, label or kind."""

ID_LIMIT: Final = 1_500
"""The most bytes, in UTF-8, of an id that others choose: of a message, conversation or contact."""

TEXT_LIMIT: Final = 16 * 1024 * 1024
"""The most characters of any other text."""

NUMBER_LIMIT: Final = 2**63 - 1


def check_name(what: str, text: str) -> None:
    """Check a name that is part of a key.

    Raises:
        UnstorableRecord: it is empty, too long, or holds what no database keeps.
    """
    _check_key(what, text, NAME_LIMIT)


def check_id(what: str, text: str) -> None:
    """Check an id that somebody else chose.

    Raises:
        UnstorableRecord: it is empty, too long, or holds what no database keeps.
    """
    _check_key(what, text, ID_LIMIT)


def check_text(what: str, text: str) -> None:
    """Check a text that is no part of a key.

    Raises:
        UnstorableRecord: it is too long, or holds what no database keeps.
    """
    if text.isascii() and len(text) <= TEXT_LIMIT and "\0" not in text:
        return
    if len(text) > TEXT_LIMIT:
        raise UnstorableRecord(
            f"{what} has {len(text):,} characters; the most that can be stored is {TEXT_LIMIT:,}"
        )
    if "\0" in text:
        raise UnstorableRecord(
            f"{what} holds a NUL character at {text.index(chr(0))}, which cannot be stored; "
            "take it out, or escape it"
        )
    _check_halves(what, text)


def are_texts(texts: Sequence[str]) -> bool:
    """Whether texts can surely be kept; where not, ``check_text`` finds out, and says why."""
    whole = "".join(texts)
    return whole.isascii() and len(whole) <= TEXT_LIMIT and "\0" not in whole


def are_numbers(numbers: Sequence[int]) -> bool:
    """Whether each number is one that ``check_number`` lets pass."""
    return min(numbers) >= 0 and max(numbers) <= NUMBER_LIMIT


def check_number(what: str, number: int) -> None:
    """Check a revision, position or time.

    Raises:
        UnstorableRecord: it is negative or has more than 64 bits.
    """
    if not 0 <= number <= NUMBER_LIMIT:
        raise UnstorableRecord(f"{what} is {number}; it must be from 0 to 2**63 - 1")


def _check_key(what: str, text: str, limit: int) -> None:
    if text.isascii() and 0 < len(text) <= limit and "\0" not in text:
        return
    if not text:
        raise UnstorableRecord(f"{what} is empty; it must be given")
    check_text(what, text)
    size = len(text.encode())
    if size > limit:
        raise UnstorableRecord(
            f"{what} has {size:,} bytes; the most is {limit:,}: use its hash instead"
        )


def _check_halves(what: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnstorableRecord(
            f"{what} holds half a character (a lone surrogate) at {error.start}, "
            "which cannot be stored; take it out"
        ) from None

"""Drawing lots."""

from __future__ import annotations

from enum import StrEnum


class Sticky(StrEnum):
    """For whom a lot falls the same way every time."""

    NOBODY = "nobody"
    SESSION = "session"
    CONTACT = "contact"

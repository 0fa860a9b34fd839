"""The sources of secrets that a server is told of by its environment and its settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from statewright.errors import InvalidSettings
from statewright.runtime.effects.secret_texts import Secrets, secrets_of_environment
from statewright.runtime.secrets.chain import Chain
from statewright.runtime.secrets.files import FileSecrets
from statewright.storage.secrets import KeepsSecrets
from statewright.storage.store import Store

if TYPE_CHECKING:
    from statewright.runtime.secrets.sealing import Keys

KEYS: Final = "STATEWRIGHT_SEALING_KEYS"
"""The variable that holds the keys which secrets in the database are sealed with."""

KEYS_FILE: Final = "STATEWRIGHT_SEALING_KEYS_FILE"
"""The variable that names a file of them."""

FILE: Final = "STATEWRIGHT_SECRETS_FILE"
"""The variable that names a file of secrets."""

USUAL: Final = ("environment", "file", "table")
"""The sources in the order in which they are asked; each only where it is there."""


def keys_of(environment: Mapping[str, str]) -> Keys | None:
    """The keys that secrets are sealed with; None where nobody has set any.

    Raises:
        InvalidSettings: they are none, or their file cannot be read.
    """
    text, file = environment.get(KEYS, ""), environment.get(KEYS_FILE, "")
    if not text and file:
        try:
            text = Path(file).read_text("utf-8")
        except (OSError, ValueError):
            raise InvalidSettings(f"the file that {KEYS_FILE} names cannot be read") from None
    if not text.strip():
        return None
    from statewright.runtime.secrets.sealing import keys_from  # noqa: PLC0415 (an extra)

    return keys_from(text)


def secrets_from(
    environment: Mapping[str, str],
    store: Store | None,
    sources: Sequence[str] = USUAL,
    file: str = "",
) -> Secrets:
    """Where the secrets of a server come from.

    Args:
        environment: the variables of the process.
        store: keeps the table, where it keeps one.
        sources: of ``USUAL``, in the order in which they are asked.
        file: of secrets, where the environment names none.

    Raises:
        InvalidSettings: the keys are none.
        ModuleNotFoundError: there are keys, and what opens secrets with them is not installed.
    """
    named: dict[str, Callable[[], Secrets | None]] = {
        "environment": lambda: secrets_of_environment,
        "file": lambda: _of_file(environment.get(FILE, "") or file),
        "table": lambda: _of_table(store, environment),
    }
    found = [made for source in sources if (made := named[source]()) is not None]
    return found[0] if len(found) == 1 else Chain(found)


def _of_file(path: str) -> Secrets | None:
    return FileSecrets(path) if path else None


def _of_table(store: object, environment: Mapping[str, str]) -> Secrets | None:
    if not isinstance(store, KeepsSecrets) or (keys := keys_of(environment)) is None:
        return None
    from statewright.runtime.secrets.table import TableSecrets  # noqa: PLC0415 (an extra)

    return TableSecrets(store.secrets, keys)

"""Secrets in a file that whoever runs the server looks after.

The file is TOML::

    crm_token = "…"          # for flows of every tenant

    [tenants.acme]
    crm_token = "…"          # instead of that, for flows of this one

    [host]
    smtp_password = "…"      # for the configuration of the server; no flow can name it
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from statewright.errors import EffectFailed
from statewright.runtime.effects.secret_texts import HOST

_TABLES = frozenset({"tenants", "host"})


class FileSecrets:
    """``Secrets`` of a file, which is read again when it was changed.

    Args:
        path: where it is.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._stamp: tuple[int, int] | None = None
        self._document: Mapping[str, Any] = {}

    async def __call__(self, tenant: str, name: str) -> str | None:
        """What a secret stands for, or None where the file has none of that name.

        Raises:
            EffectFailed: the file cannot be read (``secret``).
        """
        await asyncio.to_thread(self._read)
        document = self._document
        if tenant == HOST:
            return _text(document.get("host"), name)
        tenants = document.get("tenants")
        own = tenants.get(tenant) if isinstance(tenants, dict) else None
        found = _text(own, name)
        return found if found is not None or name in _TABLES else _text(document, name)

    async def refresh(self, _tenant: str) -> None:
        """Read the file anew."""
        self._stamp = None

    def _read(self) -> None:
        try:
            state = self._path.stat()
            stamp = state.st_mtime_ns, state.st_size
            if stamp != self._stamp:
                self._document = tomllib.loads(self._path.read_text("utf-8"))
                self._stamp = stamp
        except (OSError, ValueError):
            # What is wrong with it is not told: that would show what stands there.
            raise EffectFailed(
                "secret",
                "the file of secrets cannot be read, or is no TOML; mend it where the server runs",
                transient=True,
            ) from None


def _text(table: Any, name: str) -> str | None:
    value = table.get(name) if isinstance(table, dict) else None
    return value if isinstance(value, str) else None

"""Flows and conversations over HTTP: ``create_app`` makes an ASGI application of a runtime.

``routes`` is the whole surface on one page, ``wire`` what stands on the wire, ``problems`` all that
a caller may be told.
"""

from __future__ import annotations

from statewright.http.app import create_app
from statewright.http.limits import Limits

__all__ = ["Limits", "create_app"]

"""Mending what is wrong in the text of a flow, where that needs no guessing."""

from __future__ import annotations

from statewright.compiler.mending.fixes import FIXES, edit_for
from statewright.compiler.mending.texts import Mended, mended

__all__ = ["FIXES", "Mended", "edit_for", "mended"]

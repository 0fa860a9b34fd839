"""The type of each sort of node, from the types of its parts."""

from __future__ import annotations

"""Flows of Wriveted's chat runtime: its exports, and the other form that its documents show."""

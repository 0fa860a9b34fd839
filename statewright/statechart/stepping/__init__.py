"""One macrostep: what is accepted, which transitions are taken, and what they do."""

"""Facts about a flow that several checks need."""

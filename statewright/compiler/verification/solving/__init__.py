"""Questions about values that samples cannot answer, put to a solver."""

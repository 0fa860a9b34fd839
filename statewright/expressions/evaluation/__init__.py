"""The exact semantics of CEL: expressions as linked closures."""

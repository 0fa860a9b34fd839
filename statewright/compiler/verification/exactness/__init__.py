"""Whether the values that are tried stand for all others, and where they do not."""

"""What CEL computes with values: pure functions, one family a module."""

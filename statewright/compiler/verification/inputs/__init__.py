"""What may come from outside: the values that are tried, one at least for each that differs."""

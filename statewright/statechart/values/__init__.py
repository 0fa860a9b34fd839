"""What variables may hold: how values are coerced, fitted, written and spelled."""

"""What is done to a session from outside, beside events."""

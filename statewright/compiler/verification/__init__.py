"""Path-sensitive verification: what can happen in a conversation, and what never can."""

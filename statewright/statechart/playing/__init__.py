"""Conversations without a channel, a clock or a world: scripts, and how they are played."""

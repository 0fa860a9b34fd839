"""Types without values: what an expression will be, and what in it can never work."""

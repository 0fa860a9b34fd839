"""Charts, snapshots, events and effects ⇄ canonical JSON."""

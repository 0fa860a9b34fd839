"""The engine that has DBOS hand the work out."""

"""The native format: what it may say (the schema), and how it is read."""

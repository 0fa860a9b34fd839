"""Flows of the Chatwoot flow builder, in the form that its compiler makes for execution."""

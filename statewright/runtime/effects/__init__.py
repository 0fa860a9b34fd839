"""Handlers of requests to the world that come with Statewright, one a module."""

"""Requests to the world: who carries them out, when again, and the handlers, one a module."""

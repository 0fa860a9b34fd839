"""A chart as one Python module that needs nothing but Python."""

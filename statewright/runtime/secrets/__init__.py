"""Where secrets come from: a module for each source, and how several are asked in order."""

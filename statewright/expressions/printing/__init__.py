"""Values and syntax trees as texts."""

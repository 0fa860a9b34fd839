"""A chart as a tree: positions, rules that it keeps, and which states are active together."""

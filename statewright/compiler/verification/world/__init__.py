"""What is searched: a model of the chart, its situations, and which of them are the same."""

"""Going through all situations of a chart with the real executor, and what is found there."""

"""From one version of a chart to another: where sessions of the one go on in the other."""

"""The formats of flows that can be read; ``reading.DIALECTS`` lists them."""

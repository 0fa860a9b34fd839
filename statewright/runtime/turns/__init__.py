"""A message and a row become a new row and an answer: from what comes in to the commit."""

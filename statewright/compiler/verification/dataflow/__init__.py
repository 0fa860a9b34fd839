"""What each part of a chart reads and writes, and what of that decides how it goes on."""

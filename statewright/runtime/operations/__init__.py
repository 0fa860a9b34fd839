"""What operators see and do: lists, repairs, dead letters, how long sessions are kept."""

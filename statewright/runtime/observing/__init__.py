"""Who watches a runtime at work: logs, metrics, spans and alerts."""

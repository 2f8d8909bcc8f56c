"""Watching and protecting a Redis in use: metrics, INFO, events, the audit log, limits."""

"""What stands between a command and Redis: pool, guard, breaker, latency; see `wellness.client`."""

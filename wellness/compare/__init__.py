"""The same workloads on Redis and on its alternatives, each engine behind one protocol."""

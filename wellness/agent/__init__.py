"""The agent: tools over health data and memory, routing, a graph, and a check of its numbers."""

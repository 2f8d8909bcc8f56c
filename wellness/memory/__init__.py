"""The agent's memory: the conversation in lists, the long term in a vector index, and caches."""

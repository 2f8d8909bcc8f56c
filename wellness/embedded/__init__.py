"""How embedded servers are started, kept and found; used through `wellness.server`."""

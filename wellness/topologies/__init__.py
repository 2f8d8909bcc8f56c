"""Local topologies for lessons and tests: Sentinel, Cluster, TLS, ACL users."""

"""Local topologies for lessons and tests: Sentinel, Cluster, TLS, users with rights.

Each is a context manager that starts real servers from the embedded build on free ports of
loopback, in a temporary folder with their logs, and has `settings` for `wellness.client.connect`:

    with replicated(settings) as local, connect(local.settings) as client:
        local.primary.kill()
        ...  # the client follows

At the end of the block, of the process, or after a kill -9 of it, no server, port or file is left.
"""

from wellness.topologies.clustered import Clustered, clustered
from wellness.topologies.local_server import LocalServer
from wellness.topologies.replicated import Replicated, replicated
from wellness.topologies.secured import Secured, secured

__all__ = [
    "Clustered",
    "LocalServer",
    "Replicated",
    "Secured",
    "clustered",
    "replicated",
    "secured",
]

"""Names of Pub/Sub channels, which are no keys: they hold nothing, so nothing expires or is found.

Deleting a person's keys leaves no trace of a channel, and SCAN does not see one. With Redis
Cluster, PUBLISH reaches all nodes; the hash tag would let SPUBLISH keep it to the user's shard.
"""

from __future__ import annotations

from wellness.keys.names import Keys


def channel(namespace: str, user: str) -> str:
    """The channel with one user's events.

    >>> channel("wellness", "ann")
    'wellness:{ann}:events'
    """
    return f"{Keys(namespace, user).prefix}events"

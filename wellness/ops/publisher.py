"""Tell whoever listens: a user's events on their Pub/Sub channel, numbered as they go out.

The number comes from a counter in Redis and is given in the same script that publishes, so numbers
and deliveries have one order, whoever publishes. That is what lets a subscriber say how much it
has missed; Pub/Sub itself keeps nothing for those who are away and expects no acknowledgement.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import RedisError

from wellness import keys as key_table
from wellness.errors import RedisUnavailable, WellnessError
from wellness.keys import Keys
from wellness.ops.events import Event, encode

# Replies with how many subscribers the last event reached.
PUBLISH = """
local reached = 0
for i = 2, #ARGV do
  local number = redis.call('INCR', KEYS[1])
  reached = redis.call('PUBLISH', ARGV[1], number .. ' ' .. ARGV[i])
end
return reached
"""


class Publisher:
    """Publishes one user's events and never stands in the way of what they are about.

    An event that cannot be published is counted and not tried again: its time has passed, and
    whether a publication whose answer was lost has arrived is not known. The wait is that of
    every other command: the client's circuit breaker makes it microseconds once Redis is known
    to be down.

    Attributes:
        published: events that Redis has taken, whether or not anybody listened.
        lost: events that could not be published, or of which that is not known.
        problem: why the last of them was lost; empty if none was.
    """

    def __init__(self, client: Redis, user: str, *, namespace: str = key_table.PERSON) -> None:
        self.client, self.user = client, user
        self.channel = key_table.channel(namespace, user)
        self._counter = Keys(namespace, user).event_sequence
        self.published = self.lost = 0
        self.problem = ""

    def publish(self, *events: Event) -> int:
        """Publish events in their order, in one round trip; how many subscribers got the last one.

        Raises nothing because of Redis: what was lost is counted.
        """
        pipe = self.client.pipeline(transaction=False)
        self.queue(pipe, events)
        try:
            (reply,) = pipe.execute(raise_on_error=False)
        except (RedisError, RedisUnavailable) as error:
            reply = error
        return self.settle(events, reply)

    def queue(self, pipe: Pipeline, events: Sequence[Event]) -> None:
        """Add the publication to a pipeline; `settle` must get the reply.

        Raises:
            AuditError: the data of an event is nothing that JSON can hold.
        """
        pipe.eval(PUBLISH, 1, self._counter, self.channel, *map(encode, events))

    def settle(self, events: Sequence[Event], reply: Any) -> int:
        """Count what became of events; the reply is the script's, or the error in its place."""
        if isinstance(reply, Exception):
            self.lost += len(events)
            self.problem = reply.message if isinstance(reply, WellnessError) else str(reply)
            return 0
        self.published += len(events)
        return int(reply)

    def __repr__(self) -> str:
        return f"<Publisher on {self.channel}: {self.published} published, {self.lost} lost>"

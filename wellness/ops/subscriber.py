"""Listen to a user's events, and know what was missed.

    with Subscriber(client, "ann", settings=settings) as events:
        for item in events.listen():
            ...  # an Event, or a Gap

What Pub/Sub does not promise, and what becomes of it here:
- Nothing is kept for who is not there. Events before the subscription never come; those published
  while a connection was down are gone, and a `Gap` says how many they were.
- Nothing is acknowledged. An event that arrived and was not handled is lost with its process.
- Who reads too slowly is cut off (`client-output-buffer-limit pubsub`, by default at 32 MB, or
  8 MB for a minute) and loses what waited in the buffer: a `Gap` again.
Who cannot live with that reads the audit log (`wellness.ops.consumer`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from redis.client import PubSub
from redis.exceptions import RedisError

from wellness import keys as key_table
from wellness.client import Client, NoAnswer
from wellness.errors import AuditError, RedisUnavailable
from wellness.keys import Keys
from wellness.ops.events import Event, decode
from wellness.settings import Settings

LOST = (RedisError, RedisUnavailable)


@dataclass(frozen=True, slots=True)
class Gap:
    """Events that were published and did not arrive.

    Attributes:
        missed: how many; None if nobody can know.
        why: in a few words.
    """

    missed: int | None
    why: str


def longest_wait_s(settings: Settings) -> float:
    """Seconds that a reader may block: well below the timeout of its connection."""
    return min(settings.events_idle_s, settings.socket_timeout_s / 2)


class Subscriber:
    """One user's events from now on; it holds one connection of the client's pool.

    A connection that breaks, or that does not answer a PING, is replaced until `stop`.

    Args:
        settings: `events_idle_s`, `events_retry_s` and `socket_timeout_s` count here.

    Attributes:
        connection_id: as CLIENT LIST and CLIENT KILL know its connection.
        reconnects: how often the connection was replaced.
        strange: messages on the channel that were no events.

    Raises:
        redis.exceptions.RedisError: Redis is not there to begin with.
    """

    def __init__(
        self, client: Client, user: str, *, settings: Settings, namespace: str = key_table.PERSON
    ) -> None:
        self.client, self.user = client, user
        self.channel = key_table.channel(namespace, user)
        self._counter = Keys(namespace, user).event_sequence
        self._patience_s, self._retry_s = settings.socket_timeout_s, settings.events_retry_s
        self._idle_s = longest_wait_s(settings)
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.reconnects = self.strange = 0
        self._seen = self._count()  # number of the last event that came or was reported missing
        self._pubsub = self._subscribe()
        self._published = self._count()  # all up to this have come, come yet, or are missing

    def listen(self, quiet_s: float | None = None) -> Iterator[Event | Gap]:
        """Events and gaps as they come, until `stop`.

        Args:
            quiet_s: end also after so many seconds without any.
        """
        heard = time.monotonic()
        while not self._stop.is_set():
            try:
                message = self._next()
            except LOST:
                yield from self._resubscribe()
                continue
            for item in self._understand(message):
                yield item
                heard = time.monotonic()
            if quiet_s is not None and message is None and time.monotonic() - heard >= quiet_s:
                return

    def follow(self, handle: Callable[[Event | Gap], None]) -> threading.Thread:
        """Call a function with each event and gap in a thread of its own, until `stop`."""

        def run() -> None:
            for item in self.listen():
                handle(item)

        thread = threading.Thread(target=run, name=f"events of {self.user}", daemon=True)
        thread.start()
        self._threads.append(thread)
        return thread

    def stop(self) -> None:
        """End `listen` and the threads, which takes up to `events_idle_s`, and hang up."""
        self._stop.set()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()
        self._pubsub.close()

    def _count(self) -> int:
        return int(self.client.get(self._counter) or 0)

    def _subscribe(self) -> PubSub:
        """A subscription that Redis has confirmed."""
        pubsub: PubSub = self.client.pubsub()  # type: ignore[no-untyped-call]
        try:
            pubsub.execute_command("CLIENT", "ID")  # type: ignore[no-untyped-call]
            id = pubsub.parse_response(block=False, timeout=self._patience_s)  # type: ignore[no-untyped-call]
            pubsub.subscribe(self.channel)
            if not pubsub.get_message(timeout=self._patience_s):
                raise NoAnswer(f"Redis at {self.client.guard.endpoint} confirms no subscription.")
        except BaseException:
            pubsub.close()
            raise
        self.connection_id = int(id)
        self._pinged: float | None = None
        return pubsub

    def _resubscribe(self) -> list[Gap]:
        """Subscribe again, however long it takes, and tell if the numbers are others now."""
        while not self._stop.is_set():
            try:
                self._pubsub.close()
                self._pubsub = self._subscribe()
                self._published = self._count()
            except LOST:
                self._stop.wait(self._retry_s)
                continue
            self.reconnects += 1
            return self._renumber(self._published) if self._published < self._seen else []
        return []

    def _next(self) -> dict[str, Any] | None:
        """The next message; None after a wait in which none came.

        Raises:
            NoAnswer: a PING was not answered: the connection is dead, though nothing says so.
        """
        message: dict[str, Any] | None = self._pubsub.get_message(timeout=self._idle_s)
        if message:
            self._pinged = None
        elif self._pinged is None:
            self._pubsub.ping()
            self._pinged = time.monotonic()
        elif time.monotonic() - self._pinged > self._patience_s:
            raise NoAnswer(f"Redis at {self.client.guard.endpoint} answers no PING.")
        return message

    def _understand(self, message: dict[str, Any] | None) -> Iterator[Event | Gap]:
        if message is None:  # a while without any: all that was underway has come
            yield from self._skip_to(self._published + 1)
        elif message["type"] == "message":
            number, _, text = message["data"].partition(b" ")
            try:
                event = decode(text, int(number))
            except (AuditError, ValueError):
                self.strange += 1
                return
            if int(number) <= self._seen:
                yield from self._renumber(int(number) - 1)
            yield from self._skip_to(int(number))
            self._seen = int(number)
            yield event

    def _skip_to(self, number: int) -> Iterator[Gap]:
        """What is missing before the event of a number."""
        if (missed := number - 1 - self._seen) > 0:
            down = number - 1 <= self._published
            self._seen = number - 1
            yield Gap(missed, "the connection was down" if down else "they did not arrive")

    def _renumber(self, seen: int) -> list[Gap]:
        """The counter was deleted, or Redis has lost it: nobody knows how far it had got."""
        self._seen = self._published = seen
        return [Gap(None, "the numbers began anew")]

    def __enter__(self) -> Subscriber:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Subscriber to {self.channel}, at event {self._seen}>"

"""The way of a command to the node that serves it, wherever that is by now.

What a node's answer tells about the way is followed; what may have been carried out is never sent
a second time. So `MOVED` (the slot is elsewhere), `READONLY` (the primary has become a replica)
and an open circuit, after which nothing was done, lead to another node within the same call. A
connection that breaks or stays silent is the caller's to judge, as on a single server: the error is
raised, and the next call finds the new node.

`ASK` and `TRYAGAIN` mean that a slot is just being moved, and its keys are in two places. Then the
command waits, at most for `socket_timeout_s`. Following `ASK` would be quicker for one key and
wrong for a question: the search index of neither node has all of the user's memories meanwhile.

Each node has a circuit breaker of its own, so a dead shard costs nothing to those on others, and
after a failover nobody waits for a breaker: the new primary's is closed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from redis.exceptions import (
    AskError,
    MovedError,
    NoPermissionError,
    ReadOnlyError,
    ResponseError,
    TryAgainError,
)

from wellness.client import Client
from wellness.keys.indexes import index_tag
from wellness.keys.slots import slot_of, tag_of
from wellness.link.directory import Directory
from wellness.link.guard import UNREACHABLE, CircuitOpen, ConnectionFailed
from wellness.link.pool import PoolExhausted
from wellness.link.target import Address
from wellness.settings import Settings

T = TypeVar("T")
HOPS = 8  # nodes one call may be sent to by others: more means that they do not agree
WAIT_S = 0.005  # between two tries while a slot is moved
COORDINATOR = "SEARCH.CLUSTERINFO"  # a command of a Search that asks all shards by itself
HALFWAY = (AskError, TryAgainError)
REDIRECTIONS = (MovedError, *HALFWAY, ReadOnlyError)


class Route:
    """Nodes, each with its client, and which of them serves which slot. Thread-safe.

    Args:
        label: what is reached, for messages.
        directory: knows the nodes.
        open_node: a client of one node; opens no connection yet.
        settings: `socket_timeout_s` and `follow_s` count here.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        label: str,
        directory: Directory,
        open_node: Callable[[Address], Client],
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        self.label, self.directory = label, directory
        self._open, self._settings, self._clock = open_node, settings, clock
        self._nodes: dict[Address, Client] = {}
        self._lock, self._looking = threading.Lock(), threading.Lock()
        self._look_again_at = -float("inf")
        self._tags: dict[Address, str] = {}

    def node(self, address: Address) -> Client:
        """The client of a node."""
        node = self._nodes.get(address)
        if node is None:
            with self._lock:
                node = self._nodes.get(address) or self._open(address)
                self._nodes[address] = node
        return node

    def nodes(self) -> list[Client]:
        """The clients of all nodes that serve something and were ever needed."""
        serving = self.directory.primaries()
        return [node for address, node in list(self._nodes.items()) if address in serving]

    def current(self, slot: int) -> Client | None:
        """The client of the node that was last known to serve a slot; asks nobody."""
        address = self.directory.address(slot)
        return self.node(address) if address else None

    def find(self, slot: int) -> Address:
        """Where a slot is served; asks if it is not known.

        Raises:
            ConnectionFailed: nobody who was asked knows.
        """
        address = self.directory.address(slot) or self._look_up(slot)
        if address is None:
            raise ConnectionFailed(f"Nobody at {self.label} knows a primary.")
        return address

    def follow(self, slot: int, send: Callable[[Client], T]) -> T:
        """Send something to the node that serves a slot, and wherever that leads.

        Args:
            slot: of the keys, or of the user.
            send: called with a node's client; raises what the node says.

        Raises:
            ConnectionFailed: no primary is known.
            redis.RedisError: what `send` raised, where it leads nowhere.
        """
        address, waited_since, hops = self.find(slot), 0.0, 0
        while True:
            try:
                return send(self.node(address))
            except MovedError as error:
                hops += 1
                if hops > HOPS:
                    raise
                address = (error.host or address[0], error.port)
                self.directory.learn(error.slot_id, address)
            except HALFWAY:
                waited_since = waited_since or self._clock()
                if self._clock() - waited_since > self._settings.socket_timeout_s:
                    raise
                time.sleep(WAIT_S)
            except (CircuitOpen, ReadOnlyError):  # nothing was done
                elsewhere = self._look_up(slot)
                hops += 1
                if elsewhere in (None, address) or hops > HOPS:
                    raise
                address = elsewhere or address
            except PoolExhausted:
                raise
            except UNREACHABLE:
                self._look_up(slot)
                raise

    def _look_up(self, slot: int) -> Address | None:
        """Find out anew, unless someone just did or does; where the slot is served now."""
        if self._looking.acquire(blocking=self.directory.address(slot) is None):
            try:
                begun = self._clock()
                if begun >= self._look_again_at:
                    if not self.directory.refresh(self._ask_healthy):
                        self.directory.refresh(self._ask)
                    now, rest_s = self._clock(), self._settings.follow_s
                    if now - begun > rest_s:  # nobody answers: that is not paid for again at once
                        rest_s = self._settings.breaker_reset_s
                    self._look_again_at = now + rest_s
            finally:
                self._looking.release()
        return self.directory.address(slot)

    def _ask_healthy(self, address: Address, command: str) -> Any:
        if self.node(address).guard.breaker.failures:
            raise ConnectionFailed("It failed just now.")
        return self._ask(address, command)

    def _ask(self, address: Address, command: str) -> Any:
        return self.node(address).execute_command(command)

    def shards(self) -> list[int]:
        """One slot of each shard, its last, in order of the slots."""
        self.find(0)
        return sorted(slots[-1] for slots in self.directory.primaries().values())

    def index_tag(self, slot: int) -> str:
        """The hash tag that the search indexes of a slot's shard have in their name.

        The tag of an index that is there goes before a new one, so that slots can come and go
        without a change of name, as long as the one that gave the name stays. Empty where Search
        asks all shards by itself, where there are no shards or no Search, and where nobody answers.
        """
        if not self.directory.sharded:
            return ""
        address = self.directory.address(slot) or self._look_up(slot)
        if address is None:
            return ""
        tag = self._tags.get(address)
        if tag is None or (tag and not self._serves(address, tag)):
            try:
                tag = self._tags[address] = self._choose_tag(address)
            except UNREACHABLE:
                return self._new_tag(address)
        return tag

    def _choose_tag(self, address: Address) -> str:
        node = self.node(address)
        try:
            names = node.execute_command("FT._LIST")
            if node.execute_command("COMMAND INFO", COORDINATOR)[0]:
                return ""
        except NoPermissionError:
            return self._new_tag(address)
        except ResponseError:  # no Search
            return ""
        there = sorted(filter(None, map(index_tag, map(_text, names))))
        return next((tag for tag in there if self._serves(address, tag)), self._new_tag(address))

    def _new_tag(self, address: Address) -> str:
        slots = self.directory.primaries().get(address)
        return tag_of(slots[-1]) if slots else ""

    def _serves(self, address: Address, tag: str) -> bool:
        return self.directory.address(slot_of(tag)) == address

    def close(self) -> None:
        """Close all connections."""
        for node in list(self._nodes.values()):
            node.close()
        self.directory.close()


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name

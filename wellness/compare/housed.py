"""What all engines share: a temporary folder, the connections to it, and an end to both."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Self

from wellness.compare.protocols import Adapter, Clock, Durability, Place
from wellness.compare.workplace import Workplace, count


class Housed:
    """An engine in a folder of its own, which goes with it.

    Args:
        name: in the table of engines.
        durability: the class that it is used in.
        dimensions: of its vectors.
        ttl_s: seconds a conversation lives.
    """

    def __init__(self, name: str, durability: Durability, dimensions: int, ttl_s: float) -> None:
        self.name, self.durability = name, durability
        self._dimensions, self._ttl_s = dimensions, ttl_s
        self._workplace = Workplace()
        self._connections: list[Adapter] = []

    @property
    def address(self) -> str:
        """For other processes."""
        raise NotImplementedError

    @property
    def place(self) -> Place:
        """See `Engine.place`."""
        return Place(self.name, self.address, self.durability, self._dimensions, self._ttl_s)

    def opened(self, make: Callable[[Place, Clock], Adapter], clock: Clock) -> Adapter:
        """A connection that `close` closes too."""
        adapter = make(self.place, clock)
        self._connections.append(adapter)
        return adapter

    def _disconnect(self) -> None:
        while self._connections:
            with suppress(Exception):  # closed before, or its server is gone
                self._connections.pop().close()

    def files(self) -> int:
        """See `Engine.files`."""
        return count(self._workplace.path)

    def close(self) -> None:
        """See `Engine.close`."""
        self._disconnect()
        self._workplace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{self.name}, {self.durability}>"

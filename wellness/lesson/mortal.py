"""A client that loses its connection at a chosen moment, and a tape of what passes another one.

With the two, a check finds out what a function leaves behind wherever it is interrupted, and
whether Redis was asked to carry its commands out together.
"""

from __future__ import annotations

from typing import Any

from wellness.client import Client, ConnectionFailed, GuardedPipeline


class Mortal(Client):
    """A client whose connection is lost before a certain round trip."""

    def __init__(self, of: Client, trips: int) -> None:
        super().__init__(of.connection_pool, of.guard)
        self.left = trips

    def live(self) -> None:
        """One round trip more, or none."""
        if not self.left:
            raise ConnectionFailed("The connection was cut.")
        self.left -= 1

    def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send a command, while alive."""
        self.live()
        return super().execute_command(*args, **options)

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> GuardedPipeline:
        """A pipeline that dies with the client."""
        return _MortalPipeline(self, transaction, shard_hint)


class _MortalPipeline(GuardedPipeline):
    def __init__(self, client: Mortal, transaction: bool, shard_hint: Any) -> None:
        self._mortal = client
        super().__init__(client, transaction, shard_hint)

    def immediate_execute_command(self, *args: Any, **options: Any) -> Any:
        self._mortal.live()
        return super().immediate_execute_command(*args, **options)

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        self._mortal.live()
        return super().execute(raise_on_error)


class Tape:
    """Remembers what passes: a command's name, PIPELINE or MULTI."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def on_command(self, name: str, *_: object) -> None:
        """Told by the guard of each command, pipeline or transaction."""
        self.names.add(name)

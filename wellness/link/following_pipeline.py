"""The pipeline of a client that follows: it goes to the node of its keys, or where that says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import redis
from redis.client import Pipeline
from redis.exceptions import ReadOnlyError

from wellness.client import Client, GuardedPipeline
from wellness.keys.slots import tag_of
from wellness.link.guard import command_name
from wellness.link.route import HALFWAY, REDIRECTIONS, Route

Command = tuple[tuple[Any, ...], dict[str, Any]]


class FollowingPipeline(GuardedPipeline):
    """A pipeline that is sent as a whole to the node of its keys, and again where that says.

    Of a transaction, nothing has been done when a node sends it elsewhere. Without one, only
    what was sent elsewhere is sent again. A transaction that watches keys stays with the node
    where it began: if that changes, it has failed as if a key had, with a `WatchError`.

    Args:
        client: whose guard and callbacks count.
        pool: never used; redis-py wants one.
        route: finds the nodes.
        slot: to where that leads which has no key.
        transaction: all or nothing.
    """

    def __init__(
        self,
        client: Client,
        pool: redis.BlockingConnectionPool,
        route: Route,
        slot: int,
        transaction: bool,
    ) -> None:
        self.guard, self._atomic = client.guard, transaction
        self._route, self._slot = route, slot
        Pipeline.__init__(self, pool, client.response_callbacks, transaction, None)
        self._watcher: GuardedPipeline | None = None

    def immediate_execute_command(self, *args: Any, **options: Any) -> Any:
        """Send WATCH, or a command between it and MULTI."""
        try:
            return self.guard.run(
                command_name(args), (args,), self._route.follow, self._slot,
                lambda node: self._send_now(node, args, options),
            )  # fmt: skip
        finally:
            self.watching = bool(self._watcher and self._watcher.watching)

    def _send_now(self, node: Client, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if self._watcher:
            return _watched(self._watcher.immediate_execute_command, *args, **options)
        pipe = node.pipeline()
        reply = pipe.immediate_execute_command(*args, **options)
        if pipe.watching:
            self._watcher = pipe
        else:
            pipe.reset()
        return reply

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send what was queued; see `Route.follow` for what it raises."""
        if not self.command_stack and not self.watching:
            return []
        atomic = self._atomic or self.explicit_transaction
        commands = [args for args, _ in self.command_stack]
        try:
            return self.guard.run(
                "MULTI" if atomic else "PIPELINE",
                commands,
                self._send_watched if self._watcher else self._send if atomic else self._send_each,
                raise_on_error,
            )
        finally:
            self.reset()

    def _send_watched(self, raise_on_error: bool) -> list[Any]:
        assert self._watcher
        pipe = self._filled(self._watcher, self.command_stack)
        return list(_watched(pipe.execute, raise_on_error))

    def _send(self, raise_on_error: bool) -> list[Any]:
        def send(node: Client) -> list[Any]:
            return self._filled(node.pipeline(), self.command_stack).execute(raise_on_error)

        return self._route.follow(self._slot, send)

    def _send_each(self, raise_on_error: bool) -> list[Any]:
        """Send without a transaction: again only what is answered with another place or time.

        A search has no key of the user's, so it does not notice that the user has moved, or is
        half on the way. A question about a key that does comes with it. And what a replica has
        answered after it refused a write may be old.
        """
        stack = list(self.command_stack)
        searches = [
            at for at, (args, _) in enumerate(stack) if command_name(args).startswith("FT.")
        ]
        if probed := bool(searches) and self._route.directory.sharded:
            stack.append((("EXISTS", f"{{{tag_of(self._slot)}}}"), {}))
        replies: list[Any] = [None] * len(stack)
        left = list(range(len(stack)))

        def send(node: Client) -> None:
            pipe = self._filled(node.pipeline(transaction=False), [stack[at] for at in left])
            for at, reply in zip(left, pipe.execute(raise_on_error=False), strict=True):
                replies[at] = reply
            elsewhere = [at for at in left if isinstance(replies[at], REDIRECTIONS)]
            again = set(elsewhere)
            if refused := [at for at in left if isinstance(replies[at], ReadOnlyError)]:
                again |= {at for at in left if at > refused[0]}
            if probed and isinstance(replies[-1], HALFWAY):
                again |= set(searches)
            left[:] = sorted(again)
            if elsewhere:
                raise replies[elsewhere[-1]]

        self._route.follow(self._slot, send)
        if probed:
            stack, replies = stack[:-1], replies[:-1]
        if raise_on_error:
            self.raise_first_error(stack, replies)  # type: ignore[no-untyped-call]
        return replies

    def _filled(self, pipe: GuardedPipeline, commands: list[Command]) -> GuardedPipeline:
        pipe.command_stack = [(args, dict(options)) for args, options in commands]
        pipe.scripts = set(self.scripts)
        pipe.explicit_transaction = self.explicit_transaction
        return pipe

    def reset(self) -> None:  # type: ignore[override]
        """Forget what was queued and watched."""
        watcher, self._watcher = self.__dict__.get("_watcher"), None
        if watcher:
            watcher.reset()
        super().reset()


def _watched(send: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Send on a connection that watches keys: another place is the end of that."""
    try:
        return send(*args, **options)
    except REDIRECTIONS as error:
        raise redis.WatchError("The watched keys are served by another node now.") from error

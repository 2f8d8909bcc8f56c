"""What every command to one Redis passes: circuit breaker, translation of errors, observers.

Connection failures leave it as errors that are both the kit's `RedisUnavailable` and redis-py's
own `ConnectionError` or `TimeoutError`, so our code and other people's can each catch what they
know.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, Protocol, TypeVar

import redis
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    ResponseError,
)

from wellness.errors import RedisUnavailable, WellnessError
from wellness.link.breaker import BreakerOpen, CircuitBreaker, Outcome, State
from wellness.link.pool import PoolExhausted, close_idle, endpoint
from wellness.link.refusals import explained
from wellness.link.watching import Watcher
from wellness.settings import Settings

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
Command = tuple[Any, ...]  # the arguments of one command, its name first

UNREACHABLE = (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError)
ANSWERS = (ResponseError, AuthenticationError, AuthorizationError)  # errors that Redis itself sent
ALIVE = (*ANSWERS, BusyLoadingError)  # redis-py counts the last among the connection's errors


class ConnectionFailed(RedisUnavailable, redis.exceptions.ConnectionError):
    """Redis could not be reached, or closed the connection before it had answered."""


class NoAnswer(RedisUnavailable, redis.exceptions.TimeoutError):
    """Redis, or the way to it, was silent for longer than the timeout."""


class CircuitOpen(BreakerOpen, RedisUnavailable, redis.exceptions.ConnectionError):
    """Nothing was sent: Redis failed a moment ago. Worth trying again in `retry_after_s`."""

    def __init__(self, endpoint: str, retry_after_s: float) -> None:
        self.endpoint = endpoint
        super().__init__(
            retry_after_s,
            f"Redis at {endpoint} failed a moment ago and is not asked again "
            f"for {retry_after_s:.1f} s.",
        )


class Observer(Protocol):
    """Is told about each command after it ended, in the thread that sent it."""

    def on_command(
        self, name: str, seconds: float, error: BaseException | None, commands: Sequence[Command]
    ) -> None:
        """One round trip ended.

        Args:
            name: first word of the command in capitals (`GET`, `FT.SEARCH`), or `PIPELINE`, or
                `MULTI` for a transaction.
            seconds: from asking the breaker to the parsed reply.
            error: what was raised, if anything; a `CircuitOpen` was never sent.
            commands: the command, or each command of the pipeline, with its arguments.
        """


def judge(error: BaseException) -> Outcome:
    """What an exception says about Redis: only connection errors and timeouts are failures.

    A refused connection costs the caller nothing, so some of them may be a blip. A timeout costs
    seconds, and Redis does one thing at a time: when one call got no answer, none will.
    """
    if isinstance(error, ALIVE):
        return Outcome.ANSWERED
    if isinstance(error, redis.exceptions.TimeoutError):
        return Outcome.STALLED
    if isinstance(error, UNREACHABLE) and not isinstance(error, PoolExhausted):
        return Outcome.FAILED
    return Outcome.UNKNOWN


class Guard:
    """What every command through one pool passes: breaker, translation of errors, observers."""

    def __init__(
        self, pool: redis.BlockingConnectionPool, settings: Settings, clock: Callable[[], float]
    ) -> None:
        self.endpoint = endpoint(pool)
        self._pool = pool
        self.clock = clock
        self.breaker = CircuitBreaker(
            settings.breaker_failures,
            settings.breaker_reset_s,
            clock,
            judge=judge,
            on_change=self._changed,
        )
        self._observers: tuple[Observer, ...] = ()
        self._watchers: tuple[Callable[[State, State], None], ...] = ()
        self._told: tuple[Watcher, ...] = ()
        self._faulty: set[int] = set()

    def add(self, observer: Observer) -> None:
        """Tell this observer too from now on; a `Watcher` also of searches and embeddings."""
        self._set((*self._observers, observer))

    def remove(self, observer: Observer) -> None:
        """Tell it no more; nothing happens if it was not told before."""
        self._set(tuple(known for known in self._observers if known is not observer))

    def _set(self, observers: tuple[Observer, ...]) -> None:
        self._observers = observers
        self._told = tuple(one for one in observers if isinstance(one, Watcher))

    def watch(self, watcher: Callable[[State, State], None]) -> None:
        """Call this with the old and the new state after each change of the breaker's state.

        It is called in the thread whose command changed it, which waits for it meanwhile.
        """
        self._watchers = (*self._watchers, watcher)

    def unwatch(self, watcher: Callable[[State, State], None]) -> None:
        """Call it no more; nothing happens if it was not called before."""
        self._watchers = tuple(known for known in self._watchers if known != watcher)

    def run(
        self,
        name: str,
        commands: Sequence[Command],
        function: Callable[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Send something through the breaker and tell the observers how it went.

        Raises:
            CircuitOpen: nothing was sent.
            ConnectionFailed, NoAnswer: Redis cannot be reached, or does not answer.
            PoolExhausted: there was no connection to send it with.
            RefusedReadOnly, RefusedFull, RefusedUnsafe, StillLoading: Redis answers, and does
                not do it.
            redis.exceptions.RedisError: any other error, unchanged.
        """
        begun = self.clock()
        error: BaseException | None = None
        try:
            return self.breaker.call(function, *args, **kwargs)
        except BreakerOpen as refusal:
            error = CircuitOpen(self.endpoint, refusal.retry_after_s)
            raise error from None
        except UNREACHABLE as cause:
            error = self._translate(cause)
            if error is cause:
                raise
            self._log_failure(name, cause)
            raise error from cause
        except ResponseError as cause:
            error = explained(cause, self.endpoint)
            if error is cause:
                raise
            raise error from cause
        except BaseException as cause:
            error = cause
            if not isinstance(cause, Exception):
                close_idle(self._pool)
            raise
        finally:
            if self._observers:
                self._tell(name, self.clock() - begun, error, commands)

    def _translate(self, error: Exception) -> Exception:
        if isinstance(error, (WellnessError, *ANSWERS)):
            return error
        if (known := explained(error, self.endpoint)) is not error:
            return known
        kind = NoAnswer if isinstance(error, redis.exceptions.TimeoutError) else ConnectionFailed
        return kind(f"Redis at {self.endpoint} did not answer: {str(error).rstrip('.')}.")

    def _tell(
        self, name: str, seconds: float, error: BaseException | None, commands: Sequence[Command]
    ) -> None:
        for observer in self._observers:
            try:
                observer.on_command(name, seconds, error, commands)
            except Exception:
                self._log_faulty(observer)

    def tell(self, event: Callable[[Watcher], None]) -> None:
        """Let each watcher know of something; see `wellness.link.watching`."""
        for watcher in self._told:
            try:
                event(watcher)
            except Exception:
                self._log_faulty(watcher)

    @property
    def watched(self) -> bool:
        """Whether there is anybody to `tell`."""
        return bool(self._told)

    def _log_faulty(self, observer: object) -> None:
        if id(observer) not in self._faulty:
            self._faulty.add(id(observer))
            logger.exception("%r failed; its further errors are not logged", observer)

    def _log_failure(self, name: str, error: BaseException) -> None:
        extra = {"endpoint": self.endpoint, "command": name, "error": type(error).__name__}
        logger.warning("%s failed at %s: %s", name, self.endpoint, error, extra=extra)

    def _changed(self, old: State, new: State) -> None:
        self._log_change(old, new)
        for watcher in self._watchers:
            try:
                watcher(old, new)
            except Exception:  # rare enough to be logged each time
                logger.exception("%r failed", watcher)

    def _log_change(self, old: State, new: State) -> None:
        level = logging.WARNING if new == "open" else logging.INFO
        extra = {"endpoint": self.endpoint, "old": old, "new": new}
        logger.log(level, "circuit breaker of %s: %s to %s", self.endpoint, old, new, extra=extra)


def command_name(args: Command) -> str:
    """First word of a command in capitals.

    >>> command_name(("client kill", "TYPE", "normal")), command_name((b"FT.SEARCH", "idx"))
    ('CLIENT', 'FT.SEARCH')
    """
    name = args[0]
    text = name.decode(errors="replace") if isinstance(name, bytes) else str(name)
    return text.partition(" ")[0].upper()

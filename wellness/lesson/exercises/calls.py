"""What exercise 09-3 begins with: a circuit breaker that asks, and does not judge yet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from wellness.link.breaker import BreakerOpen

__all__ = ["BreakerOpen", "Calls"]


class Calls:
    """A breaker without its judgement: what it remembers, and when it is asked and told.

    Attributes:
        limit: failures in a row that open it.
        pause_s: seconds from opening to the probe.
        clock: seconds.
        lock: for what follows, which threads share.
        failed: failures in a row.
        retry_at: when a probe may go.
        probing: whether one is under way.
    """

    def __init__(self, failures: int, pause_s: float, clock: Callable[[], float]) -> None:
        self.limit, self.pause_s, self.clock = failures, pause_s, clock
        self.lock = threading.Lock()
        self.failed, self.retry_at, self.probing = 0, 0.0, False

    def admit(self) -> None:
        """Let a call go, or refuse it.

        Raises:
            BreakerOpen: it may not go.
        """

    def settle(self, error: BaseException | None) -> None:
        """Learn how a call ended: None if it worked."""

    def call(self, function: Callable[[], Any]) -> Any:
        """Call a function if it may be called.

        Raises:
            BreakerOpen: it may not.
            BaseException: whatever the function raises.
        """
        self.admit()
        try:
            result = function()
        except BaseException as error:
            self.settle(error)
            raise
        self.settle(None)
        return result

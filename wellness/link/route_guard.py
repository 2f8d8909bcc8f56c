"""What a client with a route shows of itself: one guard, before those of the nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import redis

from wellness.link.breaker import CircuitBreaker, State
from wellness.link.guard import Guard, judge
from wellness.link.route import Route
from wellness.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
STATES: tuple[State, ...] = ("open", "half_open")


class RouteBreaker(CircuitBreaker):
    """The breakers of all nodes as one that refuses nothing itself: each node's does."""

    def __init__(self, route: Route, settings: Settings, clock: Callable[[], float]) -> None:
        super().__init__(settings.breaker_failures, settings.breaker_reset_s, clock, judge=judge)
        self._route = route

    @property
    def state(self) -> State:
        """Closed if all are, else open if one is."""
        states = {node.guard.breaker.state for node in self._route.nodes()}
        return next((state for state in STATES if state in states), "closed")

    @property
    def failures(self) -> int:
        """Failures in a row of the node that has most."""
        return max((node.guard.breaker.failures for node in self._route.nodes()), default=0)

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it; the nodes' breakers are further down."""
        return function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<RouteBreaker of {len(self._route.nodes())} nodes, {self.state}>"


class RouteGuard(Guard):
    """What observers of a client with a route are told: each call once, whoever answered it."""

    def __init__(
        self,
        pool: redis.BlockingConnectionPool,
        route: Route,
        settings: Settings,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(pool, settings, clock)
        self.endpoint = route.label
        self.breaker = RouteBreaker(route, settings, clock)

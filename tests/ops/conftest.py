"""What the tests of events and of the audit log share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from wellness.client import Client, connect
from wellness.ops.audit import AuditLog
from wellness.ops.events import Event, EventKind, event
from wellness.server import EmbeddedServer
from wellness.settings import Settings

AT = 1_790_000_000_000
QUICK = {"events_idle_s": 0.05, "events_retry_s": 0.02, "audit_claim_s": 0.2}


def made(i: int, user: str = "ann", **data: object) -> Event:
    """The i-th event of a test, a millisecond after the one before."""
    return event(EventKind.ANSWERED, at=AT + i, user=user, conversation="c1", data={"i": i, **data})


def numbers(items: list[Event]) -> list[int]:
    """Which events these are, as `made` numbered them."""
    return [int(one.data["i"]) for one in items]


@pytest.fixture
def quick(redis_server: EmbeddedServer) -> Settings:
    """Settings of readers that look up often."""
    return Settings(redis_url=redis_server.url, **QUICK)  # type: ignore[arg-type]


@pytest.fixture
def guarded(quick: Settings) -> Iterator[Client]:
    """The kit's own client."""
    with connect(quick) as client:
        yield client


@pytest.fixture
def log_of(guarded: Client, quick: Settings, namespace: str) -> Callable[..., AuditLog]:
    """Makes an audit log of Ann's, with other settings if need be."""

    def make(**changed: object) -> AuditLog:
        settings = quick.model_copy(update=changed)
        return AuditLog(guarded, "ann", settings=settings, namespace=namespace)

    return make


@pytest.fixture
def log(log_of: Callable[..., AuditLog]) -> AuditLog:
    """Ann's audit log, empty."""
    return log_of()

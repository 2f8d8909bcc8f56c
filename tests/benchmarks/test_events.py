"""Ten thousand events whose readers are killed, and what writing events down costs a turn.

Counts are asserted, times are printed: `pytest tests/benchmarks -s`.
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import time

import pytest

from wellness.client import connect
from wellness.keys import Keys
from wellness.lesson.delivery import compare_delivery
from wellness.lesson.timing import compare
from wellness.ops.audit import AuditLog
from wellness.ops.events import Event, EventKind, event
from wellness.ops.publisher import Publisher
from wellness.ops.recorder import Recorder
from wellness.ops.verification import verify
from wellness.server import EmbeddedServer
from wellness.settings import Settings

pytestmark = pytest.mark.benchmark_limits
EVENTS, KILLS, CONSUMERS = 10_000, 30, 4
ROUNDS = 500
AT = 1_790_000_000_000


def test_no_event_is_lost_in_ten_thousand_whoever_is_killed(
    redis_server: EmbeddedServer, namespace: str
) -> None:
    settings = Settings(redis_url=redis_server.url)
    with connect(settings) as client:
        found = compare_delivery(
            client, Keys(namespace, "ann"), settings=settings,
            events=EVENTS, kills=KILLS, consumers=CONSUMERS,
        )  # fmt: skip
        kept = settings.model_copy(update={"audit_entries": 4 * EVENTS})
        verdict = verify(AuditLog(client, "ann", settings=kept, namespace=namespace))
    print(f"\n{found}\n{verdict}")
    assert (found.stream.received, found.stream.lost) == (EVENTS, 0)
    assert found.stream.effects_twice == 0
    assert (found.pending, found.put_aside) == (0, 0)
    assert verdict.ok
    assert verdict.tip.number == EVENTS


def made() -> Event:
    data = {"turn": "01M3250V0627Z6NK8ZZ5J7E69B", "tool": "aggregate_metrics", "ok": True,
            "arguments": {"metric": "StepCount"}, "commands": 3, "seconds": 0.0123}  # fmt: skip
    return event(EventKind.TOOL_CALLED, at=AT, user="ann", conversation="c1", data=data)


def test_what_an_event_costs(redis_server: EmbeddedServer, namespace: str) -> None:
    """Beside a PING through the same client; a turn of the agent has five or six events."""
    settings = Settings(redis_url=redis_server.url)
    keyed = settings.model_copy(update={"audit_key": "a secret that is long enough"})
    with connect(settings) as client:
        channel = Publisher(client, "channel", namespace=namespace)
        plain = AuditLog(client, "plain", settings=settings, namespace=namespace)
        hmac = AuditLog(client, "hmac", settings=keyed, namespace=namespace)
        both = Recorder(client, "both", settings=settings, clock=time.time, namespace=namespace)
        found = compare(
            {
                "PING": client.ping,
                "publish": lambda: channel.publish(made()),
                "append": lambda: plain.append(made()),
                "append, HMAC": lambda: hmac.append(made()),
                "record: both": lambda: both.record(made()),
            },
            baseline="PING",
            n=ROUNDS,
            equal=None,
        )
        both.close()
    print(f"\n{found}")

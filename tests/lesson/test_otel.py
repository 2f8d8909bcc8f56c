"""redis-py's own metrics beside ours: both see the same calls."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from math import inf

import pytest
from lxml import html
from redis import ResponseError

from wellness.client import Client, connect
from wellness.lesson.otel import Native, native_metrics, side_by_side
from wellness.link.histogram import ALPHA
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture
def guarded(redis_server: EmbeddedServer) -> Iterator[Client]:
    with connect(Settings(redis_url=redis_server.url)) as client:
        yield client


def work(client: Client) -> None:
    for _ in range(200):
        client.ping()
    with pytest.raises(ResponseError):
        client.execute_command("GET")
    pipe = client.pipeline(transaction=False)
    pipe.ping()
    pipe.echo("x")
    pipe.execute()
    client.pipeline().ping().execute()


def test_both_count_the_same_calls(guarded: Client) -> None:
    both = side_by_side(guarded, lambda: work(guarded))
    calls = {name: (row.ours.calls, row.native.count) for name, row in both.items()}
    assert calls["PING"] == (200, 200)
    assert calls["GET"] == (1, 0), "what Redis refuses has no duration there"
    assert both["GET"].p99_between is None
    assert calls["PIPELINE"] == calls["MULTI"] == (1, 1)
    ping = both["PING"]
    assert 0 < ping.native.total_s <= ping.ours.histogram.total_s, "ours is around theirs"
    low, high = ping.native.between(0.99)
    assert low < high
    assert ping.ours.histogram.p99 * (1 + ALPHA) >= low


def test_a_second_run_counts_from_zero_and_nothing_in_between(guarded: Client) -> None:
    for _ in range(2):
        both = side_by_side(guarded, lambda: [guarded.ping() for _ in range(50)])
        assert both["PING"].native.count == both["PING"].ours.calls == 50
        guarded.ping()
    with native_metrics() as read:
        guarded.echo("x")
        assert {name: one.count for name, one in read().items()} == {"ECHO": 1}
    guarded.echo("x")
    assert read() == {}, "off again"


def test_what_the_workload_raises_leaves_nothing_on(guarded: Client) -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side(guarded, lambda: 1 / 0)
    assert not guarded.guard._observers
    with native_metrics() as read:
        pass
    guarded.ping()
    assert read() == {}


def test_a_quantile_lies_between_two_bounds() -> None:
    native = Native(10, 1.0, (0.001, 0.01), (5, 4, 1))
    assert native.between(0.0) == (0.0, 0.001)
    assert native.between(0.5) == (0.0, 0.001)
    assert native.between(0.9) == (0.001, 0.01)
    assert native.between(1.0) == (0.01, inf)
    with pytest.raises(ValueError, match="Nothing"):
        Native(0, 0.0, (0.001,), (0, 0)).between(0.5)


def test_a_row_for_each_command(guarded: Client) -> None:
    both = side_by_side(guarded, lambda: work(guarded))
    table = html.fromstring(both._repr_html_())
    assert len(table.xpath("//tbody/tr")) == len(both) == 4
    assert repr(both).count("\n") == 4
    assert " to " in repr(both)


FOREIGN = """
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
metrics.set_meter_provider(MeterProvider())
from wellness.errors import LessonError
from wellness.lesson.otel import native_metrics
try:
    with native_metrics():
        pass
except LessonError as error:
    print(error)
"""


def test_somebody_elses_provider_is_not_taken() -> None:
    said = subprocess.run(
        [sys.executable, "-c", FOREIGN], capture_output=True, text=True, timeout=60
    )
    assert "MeterProvider already" in said.stdout
    assert "Restart the kernel" in said.stdout

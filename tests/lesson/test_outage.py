"""An outage on one time axis: the same requests through three clients, and what is drawn of it."""

from __future__ import annotations

import math
import threading
import time
from contextlib import closing
from html import escape

import pytest
from redis import Redis

from wellness.lesson import outage as outage_module
from wellness.lesson.outage import (
    BRISK,
    DEFAULT,
    OURS,
    Outage,
    Request,
    Track,
    gives_up_after_s,
    outage,
)
from wellness.lesson.relay import Fault, Line, line
from wellness.lesson.timeline import states
from wellness.settings import Settings

QUICK = Settings(socket_timeout_s=0.15, connect_timeout_s=0.15, breaker_reset_s=0.3)


@pytest.fixture(scope="module")
def silence(client: Redis) -> Outage:
    return outage(client, QUICK, "silent", lasts_s=0.8)


def test_each_client_is_asked_the_same(silence: Outage) -> None:
    dues = [[one.due_s for one in track.requests] for track in silence.tracks.values()]
    assert list(silence.tracks) == [DEFAULT, BRISK, OURS]
    assert dues[0] == dues[1] == dues[2]
    assert all(
        one.begun_s >= one.due_s for track in silence.tracks.values() for one in track.requests
    )


def test_the_breaker_refuses_and_recovers_through_a_probe(silence: Outage) -> None:
    ours = silence.tracks[OURS]
    assert {one.outcome for one in ours.requests} == {"answered", "failed", "refused"}
    failed = [one for one in ours.requests if one.outcome == "failed"]
    first = failed[0].done_s
    between = [one for one in ours.requests if first + 0.1 < one.begun_s < first + 0.2]
    assert all(one.outcome == "refused" for one in between)
    assert [state for _, state in ours.states][:2] == ["open", "half_open"]
    assert [state for _, state in ours.states][-2:] == ["half_open", "closed"]
    assert ours.requests[-1].outcome == "answered"


def test_without_a_breaker_each_call_waits_for_itself(silence: Outage) -> None:
    default, brisk = silence.tracks[DEFAULT], silence.tracks[BRISK]
    assert not default.states
    assert all(one.outcome == "answered" for one in default.requests), "it hangs until the end"
    assert "failed" in {one.outcome for one in brisk.requests}
    assert "refused" not in {one.outcome for one in (*default.requests, *brisk.requests)}
    costs = {name: silence.cost(name) for name in silence.tracks}
    assert costs[DEFAULT].longest_s > costs[OURS].longest_s
    assert math.isnan(costs[BRISK].refused_s)


def test_costs_are_those_of_the_requests_of_the_outage() -> None:
    made = [
        Request(0.0, 0.0, 0.001, "answered"),
        Request(1.0, 1.0, 1.5, "failed", "NoAnswer"),
        Request(1.1, 1.5, 1.5001, "refused", "CircuitOpen"),
        Request(2.1, 2.1, 2.101, "refused", "CircuitOpen"),
        Request(2.2, 2.2, 2.203, "answered"),
    ]
    found = Outage("silent", 0.9, 2.0, {"x": Track("x", tuple(made))}, 0.5)
    cost = found.cost("x")
    assert (cost.requests, cost.timeouts) == (2, 1)
    assert (cost.longest_s, cost.median_s) == pytest.approx((0.5, 0.45), abs=1e-3)
    assert cost.refused_s == pytest.approx(0.0001)
    assert cost.recovered_s == pytest.approx(0.203)


def test_it_shows_what_it_holds(silence: Outage) -> None:
    assert repr(silence).startswith("<Outage (silent) of ")
    shown = silence._repr_html_()
    frame = silence.to_frame()
    assert all(escape(name) in shown for name in silence.tracks)
    assert list(frame.index) == [DEFAULT, BRISK, OURS]
    chart = silence.chart()
    assert 'role="img"' in chart.svg
    assert "breaker open from" in chart.label
    assert len(chart.table) == sum(len(track.requests) for track in silence.tracks.values())
    spans = states(silence, 9.0)
    assert [start for start, _, _ in spans[1:]] == [end for _, end, _ in spans[:-1]]
    assert spans[0][2] == spans[-1][2] == "closed"


def test_a_dead_port_costs_ours_no_timeout_and_leaves_no_thread(client: Redis) -> None:
    before = set(threading.enumerate())
    found = outage(client, QUICK, "dead", lasts_s=0.3)
    assert found.cost(OURS).timeouts == 0
    assert "refused" in {one.outcome for one in found.tracks[OURS].requests}
    assert set(threading.enumerate()) == before


def test_ctrl_c_ends_it_at_once(client: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """The interrupt comes when the fault has begun; a minute of requests is still to come."""
    before, begun = set(threading.enumerate()), time.monotonic()
    real = outage_module._turn

    def interrupted(ways: list[Line], fault: Fault, slow_s: float, since: float) -> float:
        at = real(ways, fault, slow_s, since)
        if fault == "silent":
            raise KeyboardInterrupt
        return at

    monkeypatch.setattr(outage_module, "_turn", interrupted)
    with pytest.raises(KeyboardInterrupt):
        outage(client, QUICK, "silent", lasts_s=60)
    assert time.monotonic() - begun < 30
    assert set(threading.enumerate()) <= before


def test_how_long_a_call_waits_follows_from_the_clients_settings(client: Redis) -> None:
    with (
        line(client, QUICK) as way,
        closing(way.plain_client()) as plain,
        closing(way.brisk_client()) as brisk,
        closing(Redis(port=1, socket_timeout=None)) as endless,
    ):
        assert gives_up_after_s(brisk) == gives_up_after_s(way.client) == QUICK.socket_timeout_s
        assert gives_up_after_s(plain) > 10 * QUICK.socket_timeout_s
        assert math.isinf(gives_up_after_s(endless))

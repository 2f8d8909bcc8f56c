"""Claims 19 and 21 are judged by what requests and turns went through, not by who we are."""

from __future__ import annotations

import pytest

from wellness.lesson.outage import BRISK, DEFAULT, OURS
from wellness.lesson.outage_claims import (
    breaker_conditions,
    held_up,
    persistence_conditions,
    prevented,
)
from wellness.lesson.outage_figures import Outage, Request, Track
from wellness.lesson.persistence import Crash, Crashes
from wellness.lesson.relay import Fault
from wellness.lesson.verdicts import Verdict

DUES = [0.1 * number for number in range(30)]
CAME, WENT, TIMEOUT = 0.5, 2.5, 0.4


def track(name: str, waits_s: float) -> Track:
    """Requests that wait as long for a worker while the outage lasts, and not before or after."""
    begun = [due + (waits_s if CAME <= due < WENT else 0.0) for due in DUES]
    return Track(name, tuple(
        Request(due, at, at + 0.001, "failed") for due, at in zip(DUES, begun, strict=True)
    ))  # fmt: skip


def made(fault: Fault, *, brisk: float, ours: float) -> Outage:
    waits = {DEFAULT: 3.0, BRISK: brisk, OURS: ours}
    tracks = {name: track(name, waits_s) for name, waits_s in waits.items()}
    return Outage(fault, CAME, WENT, tracks, TIMEOUT)


@pytest.mark.parametrize(
    ("fault", "brisk", "ours", "word", "why"),
    [("silent", 1.0, 0.0, "confirmed", "silent server"),
     ("dead", 0.0, 0.0, "refuted", "dead server, where timeouts without retries do as well"),
     ("slow", 1.0, 1.0, "refuted", "slow server, whose calls do not fail"),
     ("slow", 0.0, 1.0, "refuted", "slow server, whose calls do not fail")],
)  # fmt: skip
def test_a_breaker_gets_credit_only_for_what_it_does(
    fault: Fault, brisk: float, ours: float, word: str, why: str
) -> None:
    condition, verdict = prevented(made(fault, brisk=brisk, ours=ours))
    assert (condition, verdict) == (why, Verdict(word))  # type: ignore[arg-type]


def test_who_came_within_the_first_timeout_does_not_count() -> None:
    early = tuple(
        Request(due, due + (1.0 if due < CAME + TIMEOUT else 0.0), due + 1.1, "failed")
        for due in DUES
    )
    found = Outage("silent", CAME, WENT, {OURS: Track(OURS, early)}, TIMEOUT)
    assert held_up(found, OURS) == 0
    assert held_up(Outage("silent", CAME, CAME + 0.2, found.tracks, TIMEOUT), OURS) == 0


def test_held_up_is_a_part() -> None:
    half = tuple(
        Request(due, due + number % 2, due + 1.1, "failed") for number, due in enumerate(DUES)
    )
    found = Outage("silent", CAME, WENT, {OURS: Track(OURS, half)}, TIMEOUT)
    assert held_up(found, OURS) == pytest.approx(0.5, abs=0.05)


def test_all_conditions_come_together() -> None:
    outages = [made("silent", brisk=1.0, ours=0.0), made("slow", brisk=1.0, ours=1.0)]
    assert [one.word for one in breaker_conditions(outages).values()] == ["confirmed", "refuted"]


def test_a_conversation_persists_where_no_acknowledged_turn_is_gone() -> None:
    rows = tuple(Crash(name, 100, lost, 0, 50, 1e-3, 0.1) for name, lost in (("a", 0), ("b", 1)))
    found = persistence_conditions(Crashes(rows))
    assert found == {"a": Verdict("confirmed"), "b": Verdict("refuted")}

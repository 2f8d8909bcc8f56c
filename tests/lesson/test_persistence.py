"""kill -9 under each way to persist, and restarts from each kind of file; real servers."""

from __future__ import annotations

import pytest

from wellness.lesson.persistence import POLICIES, Crash, Crashes, crash, crashes
from wellness.lesson.restarts import KEPT, LOG, REWRITTEN, SNAPSHOT, Restarts, restarts
from wellness.settings import Settings

SHORT_S = 0.4


@pytest.mark.parametrize("policy", ["AOF everysec", "AOF always"])
def test_a_log_loses_nothing_acknowledged_when_the_process_is_killed(
    settings: Settings, policy: str
) -> None:
    found = crash(settings, policy, writes_s=SHORT_S)
    assert found.acknowledged > 10
    assert found.lost == 0
    assert 0 < found.last_second <= found.acknowledged
    assert found.unanswered <= 2, "at most one a writer can be under way"
    assert found.write_s > 0
    assert found.restart_s > 0


def test_without_persistence_all_is_lost(settings: Settings) -> None:
    found = crash(settings, "none", writes_s=SHORT_S)
    assert found.lost == found.acknowledged > 10
    assert found.unanswered == 0


def test_a_snapshot_keeps_what_came_before_it(settings: Settings) -> None:
    found = crash(settings, "RDB", writes_s=1.6)
    assert 0 < found.lost < found.acknowledged


def test_crashes_are_shown_as_table_and_chart() -> None:
    rows = [Crash(policy, 1_000, i * 7, 0, 500, 2e-4, 0.05) for i, policy in enumerate(POLICIES)]
    found = Crashes(tuple(rows))
    assert found["RDB"].lost == 7
    assert repr(found).splitlines()[1] == "<Crash under RDB: 7 of 1,000 turns lost>"
    assert list(found.to_frame()["lost"]) == [0, 7, 14, 21]
    shown = found._repr_html_()
    assert all(policy in shown for policy in POLICIES)
    assert "AOF always 21 turns" in found.chart().label


def test_nothing_is_measured_of_policies_that_are_not_asked_for(settings: Settings) -> None:
    assert [row.policy for row in crashes(settings, ["none"], writes_s=0.1).rows] == ["none"]


@pytest.fixture(scope="module")
def two_sizes() -> Restarts:
    return restarts(Settings(), (0, 2_000))


def test_restarts_read_what_was_kept(two_sizes: Restarts) -> None:
    assert [(row.kept, row.fields) for row in two_sizes.rows] == [
        (kept, size) for kept in KEPT for size in (0, 2_000)
    ]
    assert all(row.seconds > 0 for row in two_sizes.rows)
    log, rewritten, snapshot = (two_sizes.of(way)[1] for way in (LOG, REWRITTEN, SNAPSHOT))
    assert log.file_bytes > 4 * rewritten.file_bytes, "five writes a field, and one"
    assert snapshot.file_bytes > 2_000 * 40


def test_restarts_are_shown_as_table_and_chart(two_sizes: Restarts) -> None:
    shown = two_sizes._repr_html_()
    assert all(way in shown for way in KEPT)
    assert len(repr(two_sizes).splitlines()) == len(two_sizes.to_frame()) == 6
    assert f"{SNAPSHOT} from" in two_sizes.chart().label

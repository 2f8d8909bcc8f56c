"""What policies throw away: nothing that cannot be computed again, if the classes of expiry fit."""

from __future__ import annotations

import pytest

from wellness.lesson.eviction import CACHED, KEPT, POLICIES, Evictions, evictions
from wellness.settings import Settings


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Evictions:
    """All policies, on two megabytes."""
    return evictions(Settings(home=tmp_path_factory.mktemp("evicted")), room_bytes=2_000_000)


def test_lru_throws_away_what_nobody_can_compute_again(found: Evictions) -> None:
    assert found["allkeys-lru"].lost["memory"] > 0
    assert found["allkeys-lru"].lost["readings"] > 0
    assert found["allkeys-lru"].refused == 0


def test_volatile_lru_spares_what_never_expires_and_takes_memories(found: Evictions) -> None:
    assert "readings" not in found["volatile-lru"].lost
    assert found["volatile-lru"].lost["memory"] > 0


def test_with_classes_of_expiry_volatile_ttl_takes_caches_only(found: Evictions) -> None:
    one = found["volatile-ttl"]
    assert one.irreplaceable == 0
    assert one.lost["answer"] > 0
    assert one.refused == 0
    assert one.irreplaceable < found["volatile-lru"].irreplaceable


def test_noeviction_loses_nothing_and_refuses(found: Evictions) -> None:
    assert found["noeviction"].lost == {}
    assert found["noeviction"].refused > 0


def test_each_policy_got_the_same_to_keep_and_says_what_it_did(found: Evictions) -> None:
    kept = [{kind: row.written[kind] for kind in KEPT} for row in found.rows]
    assert all(one == kept[0] for one in kept)
    assert all(count > 50 for count in kept[0].values())
    assert [row.policy for row in found.rows] == list(POLICIES)
    assert all(f"{policy}: lost " in repr(found) for policy in POLICIES)
    assert all(f"{kind} lost" in found._repr_html_() for kind in (*KEPT, *CACHED))

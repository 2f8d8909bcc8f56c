"""What failovers cost: nothing that was promised is lost where Redis keeps its promise."""

from __future__ import annotations

import math

import pytest

from wellness.client import connect, for_shards
from wellness.lesson.failover import Failover, Failovers, Promise, measure_failover
from wellness.lesson.partial_answers import ask_one_index
from wellness.settings import Settings
from wellness.topologies import clustered


@pytest.mark.parametrize(
    ("promise", "least", "most"),
    [
        ("acknowledged", 1, math.inf),
        ("WAIT 1", 0, 0),
        ("min-replicas", 0, math.inf),  # what was on the way when the replicas were lost
    ],
)
def test_what_is_lost_after_the_replicas_were_cut_off(
    settings: Settings, promise: Promise, least: int, most: float
) -> None:
    found = measure_failover(settings, promise=promise, cut_off_s=0.3, warm_up_s=0.3)
    assert found.acknowledged > 50
    assert least <= found.lost <= most, found
    assert found.lost < found.acknowledged - 50, "what was written before is there"
    assert math.isfinite(found.recovery_s), "the client found the new primary by itself"
    assert found.recovery_s > 0.5, "it had to be elected first"
    assert found.refused
    assert (found.unconfirmed > 0) == (promise == "WAIT 1")


def test_failovers_are_told_in_words_and_as_a_table() -> None:
    one = Failover("acknowledged", 0.5, 9_262, 4_636, 10, 0, 2.61)
    other = Failover("WAIT 1", 0.0, 3, 0, 0, 1, 2.0)
    assert repr(one) == (
        "<Failover, acknowledged, replicas cut off for 0.5 s: 4,636 of 9,262 acknowledged writes "
        "lost, the next after 2.6 s>"
    )
    both = Failovers((one, other))
    assert repr(both).splitlines() == [repr(one), repr(other)]
    html = both._repr_html_()
    assert "WAIT 1 says that a replica has it" in html
    assert html.count("<tr>") == 3


def test_one_index_on_a_cluster_answers_in_part_and_says_nothing(settings: Settings) -> None:
    with clustered(settings) as local, connect(local.settings) as client:
        for _ in range(2):  # on stage twice
            found = ask_one_index(client, "wellness:test:partial", users=60)
            assert found.is_silent
            assert 0 < found.found < 60
            assert found.error == ""
            assert found.with_fields <= 1, "only what shares the slot of the index's name"
            assert sum(found.by_shard) == 60
            assert found.found in found.by_shard
            assert found.answered == 60
            assert "60 documents on a Cluster" in found._repr_html_()
        for shard in for_shards(client):
            assert shard.dbsize() == 0
            assert shard.execute_command("FT._LIST") == []

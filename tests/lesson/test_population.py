"""People on a real Cluster: an even spread, and somebody who moves while being served."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from wellness.client import connect
from wellness.errors import LessonError
from wellness.keys import Keys
from wellness.keys.slots import user_slot
from wellness.lesson.moving import Move, move_while_served
from wellness.lesson.population import Balance, Share, settle
from wellness.memory.embedder import OllamaEmbedder
from wellness.settings import Settings
from wellness.topologies import Clustered, clustered

SPACE = "wellness:test:population"


@pytest.fixture(scope="module")
def local(run_dir: Path) -> Iterator[Clustered]:
    with clustered(Settings(home=run_dir / "shared")) as local:
        yield local


def test_people_live_where_their_slot_is_and_spread_evenly(local: Clustered) -> None:
    found = settle(local, SPACE, people=300, settings=Settings())
    assert found.people == 300
    assert [one.keys for one in found.shards.values()] == [
        2 * one.people for one in found.shards.values()
    ]
    assert all(one.bytes > 0 for one in found.shards.values())
    assert 1 <= found.fullest < 1.25
    for name in found.shards:
        expected = [n for n in range(300) if local.primary_of(f"person-{n}").name == name]
        assert found.shards[name].people == len(expected)
    with connect(local.settings) as client:
        keys = Keys(SPACE, "person-7")
        assert client.llen(keys.turns("first")) == 3
        assert client.ttl(keys.turns("first")) > 0
    for text in (repr(found), found._repr_html_()):
        assert "shard-1" in text
        assert f"{found.fullest:.2f} times the mean" in text
    with pytest.raises(LessonError, match="Without people"):
        settle(local, SPACE, people=0, settings=Settings())


def test_the_fullest_is_beside_the_mean() -> None:
    shares = {str(n): Share(people, people, 1) for n, people in enumerate((10, 20, 60))}
    assert Balance(shares).fullest == 2.0


def test_somebody_moves_while_being_served(local: Clustered, embedder: OllamaEmbedder) -> None:
    home = local.primary_of("mover").name
    with connect(local.settings) as client:
        found = move_while_served(
            local, client, SPACE, "mover", embedder, settings=Settings(), clock=time.time
        )
        turns = client.llen(Keys(SPACE, "mover").turns("moving"))
    assert found.held, found
    assert turns == len(found.seconds) > 10
    assert found.ways[0][0] == home
    assert found.ways[0][1] == found.ways[1][0] != home
    assert all(count >= 3 for _, _, count in found.ways), "turns, a memory, its vector"
    assert local.server_of(user_slot("mover")).name == found.ways[-1][1]
    assert "mover" in found._repr_html_()


@pytest.mark.parametrize(
    ("seconds", "wrong", "errors", "held"),
    [((0.1,), 0, (), True), ((0.1,), 1, (), False), ((0.1,), 0, ("gone",), False),
     ((), 0, (), False)],
    ids=["all well", "incomplete", "an error", "nobody was served"],
)  # fmt: skip
def test_a_move_holds_if_all_were_answered_in_full(
    seconds: tuple[float, ...], wrong: int, errors: tuple[str, ...], held: bool
) -> None:
    move = Move("ann", (("a", "b", 3),), seconds, wrong, errors)
    assert move.held == held
    assert "a to b (3 keys)" in repr(move)
    assert ("gone" in repr(move)) == bool(errors)

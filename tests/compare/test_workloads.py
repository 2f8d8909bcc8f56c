"""The workloads run at small sizes, and a wrong answer has no time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from wellness.compare import engines, workloads
from wellness.compare.arena import Arena
from wellness.compare.corpus import Corpus, corpus
from wellness.compare.crash import crash
from wellness.compare.crowd import Crowd
from wellness.compare.ending import end_many
from wellness.compare.examination import examine
from wellness.compare.footprint import Content, footprints
from wellness.compare.protocols import Durability
from wellness.settings import Settings

DIMENSIONS = 16
FEW = {"n": 8, "max_seconds": 5.0}
OTHERS = set(engines.ENGINES) - {engines.REDIS}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("workloads"), checks="strict")


@pytest.fixture(scope="module")
def arena(here: Settings) -> Iterator[Arena]:
    with Arena(here, time.time, dimensions=DIMENSIONS) as arena:
        yield arena


@pytest.fixture(scope="module")
def told(arena: Arena) -> Corpus:
    made = corpus(120, owners=4, questions=10, dimensions=DIMENSIONS, seed=2)
    trials = workloads.scaling(arena, made, [30, 120], **FEW)
    for size, trial in trials.items():
        assert f"{size:,} vectors" in trial.name
        assert trial.outcomes.keys() == OTHERS - {engines.REDIS_KIT}
        assert trial.recall[engines.DICT] == trial.recall[engines.SQLITE] == 1
    return made


def test_everybody_takes_part(arena: Arena, told: Corpus) -> None:
    assert workloads.nearest(arena, told, told.owners[1], **FEW).outcomes.keys() == OTHERS
    assert workloads.one_turn(arena, told, **FEW).outcomes.keys() == OTHERS
    right = workloads.load_heart_rates(arena, per_day=4, days=30)
    for raw in (True, False):
        trial = workloads.daily_means(arena, right, 7, raw=raw, **FEW)
        assert trial.outcomes.keys() == OTHERS - {engines.CHROMA}
        assert "adds nothing up" in trial.absent[engines.CHROMA]


@pytest.mark.parametrize("durability", Durability)
def test_equal_is_compared_with_equal(here: Settings, durability: Durability) -> None:
    with Arena(here, time.time, durability, dimensions=4) as arena:
        trial = workloads.append_and_read(arena, **FEW)
    able = {name for name in OTHERS if durability in engines.classes(name)}
    assert trial.outcomes.keys() == able
    assert {setup.durability for setup in trial.setups.values()} == {durability}
    assert trial.absent.keys() == OTHERS - able


def test_an_engine_far_slower_has_rounds_of_its_own(arena: Arena) -> None:
    """It would leave all others a few rounds in the same time."""
    waits = {engines.REDIS: 0.001, engines.DICT: 0.001, engines.CHROMA: 0.05}
    calls = {name: partial(time.sleep, seconds) for name, seconds in waits.items()}
    trial = arena.race("a planted laggard", calls, {}, {}, **FEW)
    assert trial.comparison.samples.keys() == {engines.REDIS, engines.DICT}
    assert trial.apart
    assert trial.apart.samples.keys() == {engines.REDIS, engines.CHROMA}
    assert trial.samples.keys() == waits.keys()
    assert engines.CHROMA in trial._repr_html_()


def test_a_class_of_a_mixed_arena(arena: Arena) -> None:
    part = arena.only(Durability.SECOND)
    assert set(part.adapters) == {
        n for n, one in arena.setups.items() if one.durability is Durability.SECOND
    }
    assert set(part.absent) == {engines.CHROMA, engines.DICT}
    trial = workloads.append_and_read(part, **FEW)
    assert trial.durability is Durability.SECOND
    assert trial.absent.keys() == part.absent.keys()
    assert len(arena.adapters) == len(engines.ENGINES)


def test_a_wrong_answer_has_no_time(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    adapter = arena.adapters[engines.SQLITE]
    right = adapter.exchange

    def backwards(*asked: Any) -> Any:
        return right(*asked)[::-1]

    monkeypatch.setattr(adapter, "exchange", backwards)
    trial = workloads.append_and_read(arena, **FEW)
    assert engines.SQLITE not in trial.outcomes
    assert trial.cell(engines.SQLITE).startswith("– wrong answer")


def test_a_crowd_loses_no_turn_and_a_loss_is_seen(here: Settings) -> None:
    with Arena(here, time.time, dimensions=4) as arena, Crowd(arena, writers=2, readers=1) as crowd:
        trial = crowd.trial(n=6, max_seconds=10)
        able = {name for name in OTHERS if engines.ENGINES[name].shared}
        assert trial.outcomes.keys() == able
        assert trial.absent[engines.DICT] == "it belongs to one process"
        crowd._rounds[engines.SQLITE] += 1  # a round whose turns are nowhere
        again = crowd.trial(n=6, max_seconds=1e-9)
        assert "wrong answer" in again.absent[engines.SQLITE]
        assert engines.SQLITE not in again.outcomes


@pytest.mark.parametrize(
    ("name", "durability"),
    [(engines.REDIS, Durability.ALWAYS), (engines.POSTGRES, Durability.ALWAYS),
     (engines.SQLITE, Durability.ALWAYS), (engines.DICT, Durability.NONE)],
)  # fmt: skip
def test_what_was_synced_survives_a_kill(here: Settings, name: str, durability: Durability) -> None:
    found = crash(name, durability, settings=here, clock=time.time, write_s=0.1)
    assert found.acknowledged > 0
    assert found.lost == (found.acknowledged if name == engines.DICT else 0)
    assert found.first_answer_s > 0


@pytest.mark.parametrize("name", [engines.REDIS, engines.POSTGRES, engines.SQLITE])
def test_old_conversations_go(here: Settings, name: str) -> None:
    found = end_many(name, Durability.SECOND, settings=here, clock=time.time, conversations=20,
                     live_s=2.0)  # fmt: skip
    assert found.by_itself == (name == engines.REDIS)
    assert (found.work_s == 0) == found.by_itself
    assert found.gone_s > 0
    assert found.felt.low <= found.felt.value <= found.felt.high
    assert found.disk_before > 0


def test_weights(here: Settings) -> None:
    content = Content(corpus(3000, owners=3, questions=1, dimensions=64, seed=1), 2, 10, 6)
    names = (engines.REDIS, engines.POSTGRES, engines.DICT)
    classes = {name: engines.classes(name)[-1] for name in names}
    weights = footprints(classes, content, settings=here, clock=time.time)
    assert content.bytes > 3000 * 64 * 4 + 60 * 16
    assert weights.keys() == set(names)
    for name, found in weights.items():
        assert found.memory_bytes > content.corpus.vectors.nbytes / 2, name
        assert (found.disk_bytes > content.bytes) == (name != engines.DICT)
        assert (found.processes > 0) == (name != engines.DICT)
        assert found.ports == 0


def test_the_examination_finds_everybody_right(here: Settings) -> None:
    found = examine(here, time.time)
    assert found.wrong == {}
    for name in engines.ENGINES:
        assert found.passed(name, "turns", "expiry", "search", "one agent turn"), name
    assert not found.passed(engines.CHROMA, "daily means")
    assert not found.passed(engines.DICT, "several processes")
    assert engines.CHROMA in repr(found)
    assert "several processes" in found._repr_html_()

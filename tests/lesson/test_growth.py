"""Claim 20 is judged part by part, and what feeds it is measured on a Redis of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from wellness.client import Client, connect
from wellness.health.store import Store
from wellness.lesson import kit
from wellness.lesson.capacity import Capacity, plan
from wellness.lesson.footprint import Footprint
from wellness.lesson.growth import footprint_of, growth_conditions, turn_text
from wellness.lesson.moving import Move
from wellness.lesson.partial_answers import PartialAnswer
from wellness.lesson.poison import import_poisoned
from wellness.lesson.population import Balance, Share
from wellness.lesson.verdicts import Verdict, verdict_by
from wellness.memory.embedder import OllamaEmbedder
from wellness.settings import Settings
from wellness.topologies import secured

MEASURED = Footprint(
    health_bytes_year=100_000, turn_bytes=1_000, commands=60, redis_s=0.002, net_bytes=40_000,
    embeds=2, vectors=1, embed_s=0.01, chat_s=3.0,
)  # fmt: skip
EVEN = Balance({"a": Share(100, 200, 1), "b": Share(110, 220, 1), "c": Share(90, 180, 1)})
SILENT = PartialAnswer(300, 100, 100, "", (100, 110, 90), 300)
HELD = Move("ann", (("a", "b", 3),), (0.1, 0.2), 0, ())


def judged(
    measured: Footprint = MEASURED, *, balance: Balance = EVEN, asked: PartialAnswer = SILENT,
    move: Move = HELD,
) -> list[str]:  # fmt: skip
    capacity: Capacity = plan(measured)
    return [one.word for one in growth_conditions(capacity, balance, asked, move).values()]


def test_each_part_is_judged_by_what_was_measured() -> None:
    usual = ["confirmed", "confirmed", "confirmed", "refuted", "confirmed", "refuted"]
    assert judged() == usual
    big = replace(MEASURED, health_bytes_year=100_000_000)
    assert judged(big)[0] == "refuted", "three hundred megabytes of each of a million people"
    slow = replace(MEASURED, redis_s=10.0)
    assert judged(slow)[0] == "refuted", "a thread is busy for ten seconds a turn"
    uneven = Balance({"a": Share(200, 400, 1), "b": Share(10, 20, 1)})
    assert judged(balance=uneven)[1] == "refuted"
    assert judged(asked=replace(SILENT, answered=299))[2] == "refuted"
    assert judged(asked=replace(SILENT, found=300))[3] == "confirmed"
    assert judged(move=replace(HELD, wrong=1))[4] == "refuted"
    quick = replace(MEASURED, chat_s=0.0, embed_s=0.0)
    assert judged(quick)[5] == "confirmed", "then one model will do"


def test_the_claim_depends_and_says_on_what() -> None:
    conditions = growth_conditions(plan(MEASURED), EVEN, SILENT, HELD)
    assert any("1,000,000 people, in" in name for name in conditions)
    (models,) = [name for name in conditions if name.startswith("models for 1,000,000")]
    assert models.endswith("672 at a time"), "111.1 turns a second, 3.02 s each, half busy"
    found = verdict_by(conditions)
    assert found.word == "depends"
    assert "refuted: a search by one index for all, models" in found.depends_on
    assert Verdict("confirmed") in conditions.values()


def test_no_two_turns_say_the_same() -> None:
    assert len({turn_text(n) for n in range(40)}) == 40


@pytest.fixture(scope="module")
def quiet(run_dir: Path) -> Iterator[Client]:
    """A Redis that nobody else uses."""
    settings = Settings(home=run_dir / "shared")
    with secured(settings, tls=False) as local, connect(local.settings) as client:
        yield client


def test_a_turn_is_weighed_with_what_it_embeds_and_keeps(
    quiet: Client, embedder: OllamaEmbedder
) -> None:
    settings = Settings()
    store: Store = import_poisoned(
        quiet, "wellness:test:growth", "Watch", now=kit.NOW, settings=settings
    )
    found = footprint_of(store, embedder, settings=settings, clock=time.time, now=kit.NOW, turns=7)
    assert 20 < found.commands < 300
    assert 4 * 384 < found.turn_bytes < 60_000, "not the block that an index takes at first"
    assert found.net_bytes > 1_000
    assert 0.2 < found.vectors <= 2, "half of the turns state something"
    assert 1 <= found.embeds < 4, "a question that is new, and what is learned"
    assert found.embed_s > 0
    assert found.chat_s == 0, "there was none"
    assert found.health_bytes_year > 0

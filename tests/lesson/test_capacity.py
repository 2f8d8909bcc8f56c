"""The capacity model against numbers worked out by hand, and the measurements that feed it."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest
from health.exports import document, heart_rates, record
from redis import Redis

from wellness.errors import LessonError
from wellness.health.importer import import_export
from wellness.health.store import Store
from wellness.keys import Keys
from wellness.lesson.capacity import Load, Prices, bytes_of_a_person, plan, turns_a_second
from wellness.lesson.footprint import (
    Footprint,
    Look,
    look,
    measure_embedding,
    measure_health,
    measure_turns,
)
from wellness.memory.embedder import OllamaEmbedder
from wellness.settings import Settings

# Round numbers: a person takes 100 kB a year of health data, a turn 2 kB, 20 commands, 1 ms of
# Redis, 10 kB of network; two texts are embedded in 10 ms each, and a chat model takes 4 s.
MEASURED = Footprint(
    health_bytes_year=100_000, turn_bytes=2_000, commands=20, redis_s=0.001, net_bytes=10_000,
    embeds=2, vectors=3, embed_s=0.010, chat_s=4.0,
)  # fmt: skip
# 8,640 people take 0.5 x 10 / 86,400 x 4 turns a second each: 2 together.
LOAD = Load(
    turns_a_day=10, active=0.5, peak=4, health_years=3, kept_years=2, busy=0.5,
    shard_bytes=10e9, full=0.5, replicas=1,
)  # fmt: skip
TURNS_KEPT = 0.5 * 10 * 365.25 * 2  # 3,652.5
PERSON = 300_000 + 2_000 * TURNS_KEPT  # 7,605,000 bytes


def test_a_person_by_hand() -> None:
    assert bytes_of_a_person(MEASURED, LOAD) == PERSON == 7_605_000
    assert turns_a_second(LOAD, 8_640) == pytest.approx(2.0)


def test_a_town_by_hand() -> None:
    found = plan(MEASURED, LOAD, (8_640,))[8_640]
    assert found.turns_s == pytest.approx(2)
    assert found.data_bytes == 8_640 * 7_605_000 == 65_707_200_000
    assert found.memory_bytes == pytest.approx(65_707_200_000 / 0.5 * 2)
    assert found.vectors == pytest.approx(8_640 * 3 * 3_652.5)
    assert found.shards_by_memory == 14, "65.7 GB in halves of 10 GB"
    assert found.redis_busy == pytest.approx(0.002)
    assert (found.shards_by_time, found.shards) == (1, 14)
    assert found.commands_s == pytest.approx(40)
    assert found.network_bytes_s == pytest.approx(20_000)
    assert found.embedders == pytest.approx(0.04)
    assert found.embed_wait_s == pytest.approx(0.010 * 0.04 / 0.96)
    assert found.chat_models == pytest.approx(8)


def test_a_country_by_hand() -> None:
    people = 8_640_000
    found = plan(MEASURED, LOAD, (people,))[people]
    assert found.redis_busy == pytest.approx(2)
    assert found.shards_by_time == 4, "2,000 turns of 1 ms are two threads, each half busy"
    assert found.embedders == pytest.approx(40)
    assert math.isinf(found.embed_wait_s)
    assert found.shards == found.shards_by_memory == math.ceil(8_640_000 * 7_605_000 / 5e9)


def test_what_gives_in_first_by_hand() -> None:
    limits = plan(MEASURED, LOAD).limits
    per_person = 0.5 * 10 / 86_400 * 4
    assert limits == pytest.approx(
        {
            "Redis, memory": 5e9 / 7_605_000,  # 657 people
            "chat model": 0.5 / (per_person * 4.0),  # 540
            "embedder": 0.5 / (per_person * 0.020),  # 108,000
            "Redis, time": 0.5 / (per_person * 0.001),  # 2,160,000
        }
    )
    assert list(limits) == ["chat model", "Redis, memory", "embedder", "Redis, time"]


def test_at_its_limit_a_resource_is_as_busy_as_planned() -> None:
    whole = plan(MEASURED, LOAD)
    people = round(whole.limits["embedder"])
    assert plan(MEASURED, LOAD, (people,))[people].embedders == pytest.approx(0.5, rel=1e-3)


def test_what_costs_most_by_hand() -> None:
    whole = plan(MEASURED, LOAD, (8_640,))
    spent = whole.drivers(8_640, Prices(gb_month=5, core_month=20))
    assert spent == pytest.approx(
        {
            "memory": 262.8288 * 5,
            "Redis' cores": 14 * 2 * 20,
            "chat models": 8 / 0.5 * 20,
            "embedders": 0.04 / 0.5 * 20,
        }
    )
    assert next(iter(spent)) == "memory"


def test_the_tables_show_all_of_it() -> None:
    whole = plan(MEASURED, LOAD)
    for text in (repr(whole), whole._repr_html_()):
        assert "1,000,000" in text
        assert "wait for one embedder" in text
        assert text.count("cannot keep up") == 1, "of three columns the last"
        assert "chat model" in text
    assert all(len(row) == 4 for row in whole.rows())


# --- measuring ------------------------------------------------------------------------------------


def test_a_turn_costs_what_it_sends(client: Redis, namespace: str) -> None:
    keys = Keys(namespace, "ann")

    def turn(i: int) -> None:
        client.set(keys.scratch(f"a{i}"), bytes(10_000))
        client.get(keys.scratch(f"a{i}"))

    cost = measure_turns(client, turn, n=20)
    assert 2 <= cost.commands < 40, "others may use this Redis too"
    assert 20_000 < cost.net_bytes < 100_000
    assert 8_000 < cost.memory_bytes < 100_000
    assert cost.cpu_s >= 0


def test_differences_are_taken_field_by_field() -> None:
    one, other = Look(10, 4, 100, 50), Look(4, 1, 40, 60)
    assert one - other == Look(6, 3, 60, -10)
    assert (one - other).over(2) == Look(3, 1.5, 30, 0)


def test_a_look_only_grows(client: Redis) -> None:
    first, second = look(client), look(client)
    assert second.commands > first.commands
    assert second.net_bytes > first.net_bytes


def test_health_data_is_weighed_by_the_year(
    client: Redis, namespace: str, settings: Settings, tmp_path: Any
) -> None:
    path = tmp_path / "export.xml"
    later = record(startDate="2024-03-31 08:00:00 +0100", endDate="2024-03-31 08:00:05 +0100")
    path.write_bytes(document(*heart_rates(500), later))
    store = Store(client, "ann", namespace=namespace)
    import_export(path, store, settings=settings)
    client.set(Keys(namespace, "ann").scratch("x"), bytes(1_000_000))
    year = measure_health(store)
    held = client.memory_usage(Keys(namespace, "ann").readings(store.types()[0]), samples=0)
    assert held is not None
    assert held * 365 / 31 < year < 20 * held * 365 / 30, "what is no health data does not count"


def test_a_day_is_too_little_to_divide_by(client: Redis, namespace: str) -> None:
    with pytest.raises(LessonError, match="less than a day"):
        measure_health(Store(client, "nobody", namespace=namespace))


def test_an_embedding_takes_time(embedder: OllamaEmbedder) -> None:
    texts = [f"I walked {i} steps" for i in range(32)]
    single, batched = measure_embedding(embedder, texts)
    assert single > 0
    assert batched > 0
    with pytest.raises(ValueError, match="32 different texts"):
        measure_embedding(embedder, ["same"] * 40)


def test_the_median_is_by_the_given_clock() -> None:
    class Slow:
        model, dimensions = "slow", 1

        def embed(self, texts: Any) -> Any:
            now[0] += 2.0 * len(texts) if len(texts) == 1 else 1.0 * len(texts)
            return None

    now = [time.monotonic()]
    found = measure_embedding(Slow(), [str(i) for i in range(64)], clock=lambda: now[0])
    assert found == pytest.approx((2.0, 1.0))

"""The semantic cache: right answers again, wrong ones never; whose, of what data, for how long."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from health.exports import document, record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from redis.exceptions import OutOfMemoryError

from wellness import keys
from wellness.errors import ModelUnavailable, RecallError
from wellness.health.importer import import_export
from wellness.health.store import Store
from wellness.memory.embedder import OllamaEmbedder, Vectors
from wellness.memory.semantic_cache import SemanticCache
from wellness.settings import Settings

from .geometry import Same, Scattered

HOME = ZoneInfo("America/New_York")
NOW = datetime(2026, 9, 30, 20, 15, tzinfo=HOME)
Make = Callable[..., SemanticCache]


@pytest.fixture
def make(client: Redis, namespace: str) -> Make:
    """Makes caches; by default Ann's, where all questions have one vector."""

    def build(user: str = "ann", embedder: object = None, **changed: object) -> SemanticCache:
        return SemanticCache(
            client, embedder or Same(), user,  # type: ignore[arg-type]
            settings=Settings(**changed), clock=time.time, namespace=namespace,  # type: ignore[arg-type]
        )  # fmt: skip

    return build


def told(cache: SemanticCache, question: str, answer: str, now: datetime = NOW) -> None:
    assert cache.put(cache.get(question, now=now, zone=HOME), answer)


def test_a_paraphrase_is_answered_again(make: Make, embedder: OllamaEmbedder) -> None:
    cache = make(embedder=embedder)
    first = cache.get("How many steps did I take yesterday?", now=NOW, zone=HOME)
    assert not first
    assert first.reason == "Nothing was asked since the health data last changed."
    assert cache.put(first, "8,214 steps")
    again = cache.get("What was my step count yesterday?", now=NOW, zone=HOME)
    assert again.answer == "8,214 steps"
    assert again.reason == "answered before: 'How many steps did I take yesterday?'"
    assert again.distance is not None
    assert 0.01 < again.distance < 0.35


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("How many steps did I take today?", "periods differ"),
        ("What was my average of steps yesterday?", "aggregation differs"),
        ("How many calories did I burn yesterday?", "metrics differ"),
        ("Did I take 9,000 steps yesterday?", "aggregation differs: none; sum"),
    ],
)
def test_the_nearest_is_refused_for_its_slots(
    make: Make, embedder: OllamaEmbedder, asked: str, reason: str
) -> None:
    cache = make(embedder=embedder)
    told(cache, "How many steps did I take yesterday?", "8,214 steps")
    found = cache.get(asked, now=NOW, zone=HOME)
    assert found.answer is None
    assert "means something else" in found.reason
    assert reason in found.reason
    assert found.distance is not None


def test_yesterday_is_another_day_tomorrow(make: Make) -> None:
    cache = make()
    told(cache, "steps yesterday?", "8,214")
    assert cache.get("steps yesterday?", now=NOW + timedelta(days=1), zone=HOME).answer is None
    assert cache.get("steps yesterday?", now=NOW + timedelta(hours=3), zone=HOME).answer == "8,214"
    on_the_day = cache.get("steps on 29 September?", now=NOW + timedelta(days=1), zone=HOME)
    assert on_the_day.answer == "8,214"


def test_the_agreeing_one_is_found_among_nearer_ones(make: Make) -> None:
    cache = make()
    for day in range(1, 29):
        told(cache, f"steps on {day} September?", str(day))
    for day in (1, 14, 28):
        found = cache.get(f"How many steps on {day} September?", now=NOW, zone=HOME)
        assert found.answer == str(day)


def test_new_readings_make_old_answers_miss(
    make: Make, client: Redis, namespace: str, tmp_path: Path
) -> None:
    cache = make()
    told(cache, "steps yesterday?", "8,214")
    late = cache.get("calories yesterday?", now=NOW, zone=HOME)
    export = tmp_path / "export.xml"
    export.write_bytes(document(record()))
    store = Store(client, "ann", namespace=namespace)
    import_export(export, store, settings=Settings(), zone=HOME, fallback_zone=HOME)
    assert cache.get("steps yesterday?", now=NOW, zone=HOME).answer is None
    cache.put(late, "computed before the import")
    assert cache.get("calories yesterday?", now=NOW, zone=HOME).answer is None


def test_what_needs_its_context_is_neither_kept_nor_found(make: Make) -> None:
    cache = make()
    lookup = cache.get("And last week?", now=NOW, zone=HOME)
    assert not cache.put(lookup, "7 hours")
    again = cache.get("And last week?", now=NOW, zone=HOME)
    assert again.reason == "It cannot be understood without what was said before."


@given(
    users=st.lists(st.text(min_size=1).filter(lambda user: user != "*"), min_size=2, max_size=3,
                   unique=True)
)  # fmt: skip
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_nobody_gets_anothers_answer(make: Make, users: list[str]) -> None:
    for user in users:
        make(user).clear()
    question = "What is my weight?"
    for number, user in enumerate(users):
        cache = make(user)
        assert cache.get(question, now=NOW, zone=HOME).answer is None
        told(cache, question, str(number))
    for number, user in enumerate(users):
        assert make(user).get(question, now=NOW, zone=HOME).answer == str(number)
        assert make(user).clear() == 1


@pytest.mark.parametrize("user", ["", "*"])
def test_nobody_is_called_that(make: Make, user: str) -> None:
    with pytest.raises(RecallError, match="Nobody"):
        make(user)


def test_far_apart_is_refused_even_if_slots_agree(make: Make) -> None:
    cache = make(embedder=Scattered(), answer_distance=0.01)
    told(cache, "steps yesterday?", "8,214")
    found = cache.get("my step count yesterday?", now=NOW, zone=HOME)
    assert found.answer is None
    assert found.reason == "The slots agree, but it is too far away."


def test_an_answer_expires_and_a_newer_one_replaces_it(make: Make, client: Redis) -> None:
    cache = make(answer_ttl_s=100)
    told(cache, "steps yesterday?", "old")
    told(cache, "my step count yesterday?", "new")
    assert cache.get("steps yesterday?", now=NOW, zone=HOME).answer == "new"
    (name,) = client.scan_iter(match=keys.glob_escape(cache.keys.answer("")) + "*")
    assert 0 < client.ttl(name) <= 100
    assert keys.audit(client, cache.keys.namespace, Settings(answer_ttl_s=100)) == []
    client.delete(name)
    assert cache.get("steps yesterday?", now=NOW, zone=HOME).answer is None


class Away(Same):
    """An embedder that is not there."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise ModelUnavailable("mini", "nowhere", "it is gone")


def test_without_the_embedder_everything_misses(make: Make) -> None:
    told(make(), "steps yesterday?", "8,214")
    cache = make(embedder=Away())
    lookup = cache.get("steps yesterday?", now=NOW, zone=HOME)
    assert lookup.answer is None
    assert "mini" in lookup.reason
    assert not cache.put(lookup, "8,214")


def test_a_full_redis_forgets_the_answer_and_not_the_turn(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = make()
    lookup = cache.get("steps yesterday?", now=NOW, zone=HOME)

    class Full:
        def __getattr__(self, name: str) -> Callable[..., None]:
            def refuse(*_: object, **__: object) -> None:
                if name == "execute":
                    raise OutOfMemoryError("used memory > maxmemory")

            return refuse

    monkeypatch.setattr(cache.client, "pipeline", lambda **_: Full())
    assert not cache.put(lookup, "8,214")

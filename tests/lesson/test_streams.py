"""Streams of questions: the same on every machine, and what their names say."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from redis import Redis

from wellness.errors import LessonError
from wellness.lesson.counting import CountingEmbedder
from wellness.lesson.streams import Asked, Tally, WithSlots, load_groups, make_streams, replay
from wellness.memory.embedder import OllamaEmbedder
from wellness.memory.semantic_cache import SemanticCache
from wellness.settings import Settings


def test_groups_have_several_phrasings_and_no_text_has_two_meanings() -> None:
    groups = load_groups()
    assert len(groups) >= 20
    assert all(len(set(phrasings)) >= 5 for phrasings in groups.values())
    counted = Counter(text.lower() for phrasings in groups.values() for text in phrasings)
    assert set(counted.values()) == {1}


def test_streams_are_what_they_are_called() -> None:
    streams = make_streams(200)
    assert {name: len(stream) for name, stream in streams.named().items()} == {
        "exact repeats": 200, "paraphrases": 200, "unique turns": 200,
    }  # fmt: skip
    groups = load_groups()
    one_text = {asked.group: asked.text for asked in streams.repeats}
    assert all(asked.text == one_text[asked.group] for asked in streams.repeats)
    assert [asked.group for asked in streams.repeats] == [a.group for a in streams.paraphrases]
    assert all(asked.text in groups[asked.group] for asked in streams.paraphrases)
    assert len({a.text for a in streams.paraphrases}) > 2 * len(one_text)
    assert len({asked.text for asked in streams.unique}) == 200


def test_questions_follow_zipf() -> None:
    counted = [
        n for _, n in Counter(asked.group for asked in make_streams(200).repeats).most_common()
    ]
    assert counted[0] > 3 * counted[len(counted) // 2]


def test_a_seed_is_a_stream() -> None:
    assert make_streams(50) == make_streams(50)
    assert make_streams(50) != make_streams(50, seed=4)
    assert make_streams(50).repeats == make_streams(200).repeats[:50]


def test_replay_tells_right_from_wrong() -> None:
    stream = tuple(Asked(text, text[0]) for text in ("a1", "b1", "a2", "b2", "c1", "a1"))
    kept: dict[str, str] = {}

    def get(text: str) -> str | None:
        return "a" if text == "b2" else kept.get(text[0])

    assert replay(stream, get, lambda text, answer: kept.update({text[0]: answer})) == Tally(
        asked=6, right=2, wrong=1
    )
    assert Tally(6, 2, 1).hit_rate == 0.5
    assert Tally().hit_rate == 0


def test_a_wrong_file_and_too_long_a_stream_are_named(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="no questions in"):
        load_groups(tmp_path / "none.json")
    (tmp_path / "other.json").write_text("[]")
    with pytest.raises(LessonError, match="no groups"):
        load_groups(tmp_path / "other.json")
    with pytest.raises(LessonError, match="different texts"):
        make_streams(100_000)


def test_the_semantic_cache_can_be_replayed(
    client: Redis, namespace: str, embedder: OllamaEmbedder
) -> None:
    zone = ZoneInfo("America/New_York")
    now = datetime(2026, 9, 30, 20, 15, tzinfo=zone)
    cache = SemanticCache(
        client, embedder, "ann", settings=Settings(), clock=time.time, namespace=namespace
    )
    asked = WithSlots(cache, now=now, zone=zone)
    texts = ("Steps yesterday?", "Steps today?", "My step count yesterday?", "Steps yesterday?")
    stream = tuple(Asked(text, text.split()[-1].strip("?")) for text in texts)
    assert replay(stream, asked.get, asked.put) == Tally(asked=4, right=2, wrong=0)


def test_a_counting_embedder_counts_and_changes_nothing(embedder: OllamaEmbedder) -> None:
    counted = CountingEmbedder(embedder)
    assert np.array_equal(counted.embed(["one", "two"]), embedder.embed(["one", "two"]))
    assert (counted.model, counted.dimensions) == (embedder.model, embedder.dimensions)
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(counted.embed, [["three"]] * 16))
    assert counted.texts == 18
    assert CountingEmbedder(embedder, name="another").model == "another"

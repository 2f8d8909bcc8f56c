"""Fusion, recency and queries: against sums by hand, and on hostile text against a real Redis."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from redis.commands.search.field import NumericField, TagField, TextField

from wellness.keys import Keys
from wellness.memory import queries
from wellness.memory.index import MemoryIndex, tag_query, user_tag
from wellness.memory.kinds import MemoryKind
from wellness.memory.queries import COMMON, WORDS, Found, words_query
from wellness.memory.recall import Laps, fuse, recency, rrf
from wellness.settings import Settings

from .geometry import Scattered

DAY = 86_400


def test_rrf_by_hand() -> None:
    fused = rrf([["a", "b", "c"], ["c", "a"], []], k=60)
    assert fused == pytest.approx({"a": 1 / 61 + 1 / 62, "b": 1 / 62, "c": 1 / 63 + 1 / 61})


@given(st.lists(st.lists(st.integers(0, 8), unique=True), max_size=4), st.integers(1, 100))
def test_rrf_is_the_sum_of_its_definition(rankings: list[list[int]], k: int) -> None:
    fused = rrf(rankings, k)
    for item in {item for ranking in rankings for item in ranking}:
        exact = sum(Fraction(1, k + r.index(item) + 1) for r in rankings if item in r)
        assert math.isclose(fused[item], float(exact))
    assert len(fused) == len({item for ranking in rankings for item in ranking})


def test_a_ranking_counts_as_much_as_its_weight() -> None:
    fused = rrf([["a", "b"], ["b"], ["c"]], k=20, weights=(1, 0.25))
    assert fused == pytest.approx({"a": 1 / 21, "b": 1 / 22 + 0.25 / 21, "c": 1 / 21})


def test_of_many_words_each_counts_less() -> None:
    near, named = Found(b"near", 0.1, 0), Found(b"named", 9.0, 0)
    by_vector = [near, *(Found(b"%d" % n, 0.2, 0) for n in range(8)), named._replace(score=0.5)]
    one_word = fuse(by_vector, [named], 0, Settings(), words=1)
    assert one_word[0].key == b"named"
    assert fuse(by_vector, [named], 0, Settings(), words=8)[0].key == b"near"


@given(st.floats(0, 1e9), st.floats(1, 1e9))
def test_recency_halves_with_each_half_life(age_s: float, half_life_s: float) -> None:
    assert recency(0, half_life_s) == 1
    assert recency(age_s + half_life_s, half_life_s) == pytest.approx(
        recency(age_s, half_life_s) / 2, abs=1e-12
    )
    assert recency(-age_s, half_life_s) == 1


def test_recency_orders_what_ranks_alike_and_cannot_bury() -> None:
    now = 100 * DAY
    old, new = Found(b"old", 0.1, 0), Found(b"new", 0.2, now - DAY)
    apart = Settings()
    assert [one.key for one in fuse([old], [new], now, apart)] == [b"new", b"old"]
    assert [one.key for one in fuse([old, new], [old, new], now, Settings(recency_weight=0))] == [
        b"old", b"new"]  # fmt: skip
    one_rank = fuse([old, new], [], now, apart)
    assert [one.key for one in one_rank] == [b"old", b"new"], "recency is less than a rank"
    fillers = [Found(b"%d" % n, 0.3 + n, now) for n in range(40)]
    best = fuse([old, *fillers], [old, *fillers[::-1]], now, apart)
    assert best[0].key == b"old", "first in both rankings wins, whatever its age"


def test_each_hit_says_why() -> None:
    by_text = [Found(b"b", 7.5, 0), Found(b"a", 3.0, 0)]
    found = fuse([Found(b"a", 0.25, 0)], by_text, DAY, Settings())
    why = {one.key: one.why for one in found}
    assert (why[b"a"].vector_rank, why[b"a"].distance) == (1, 0.25)
    assert (why[b"a"].text_rank, why[b"a"].bm25) == (2, 3.0)
    assert (why[b"b"].vector_rank, why[b"b"].distance) == (None, None)
    assert str(why[b"a"]) == "meaning: rank 1, distance 0.250; words: rank 2, BM25 3.00; 1 days old"
    assert str(why[b"b"]).startswith("words: rank 1")


def test_laps_add_up() -> None:
    laps = Laps()
    for part in ("one", "two", "one"):
        laps.lap(part)
    assert laps.parts.keys() == {"one", "two"}
    assert all(seconds >= 0 for seconds in laps.parts.values())


# --- queries --------------------------------------------------------------------------------------


def test_a_question_becomes_its_rare_words() -> None:
    assert words_query("What is my goal weight?") == "goal|weight"
    assert words_query("how did I do") == ""
    assert words_query("") == ""
    assert words_query("goal GOAL Goal") == "goal"
    assert words_query("Zürich 10k 日本語") == "zürich|10k|日本語"
    assert len(words_query(" ".join(map(str, range(1000)))).split("|")) == WORDS
    assert all(word == word.lower() for word in COMMON)


hostile = st.one_of(
    st.text(),
    st.sampled_from(
        ["*", "no such index", "@user:{ben}",
         "a) | (@user:{*})", "=>[KNN 9 @embedding $vector]", "-goal", "~goal",
         "%goal%", "(", "))", '"', "\\", "$vector", "goal | *", "{", "a'b", "\x00", "w'id:*", ":",
         "_", "__a", "0"]
    ),
    st.text(alphabet="@{}()|*%~-\"'\\:;=>[]$_ ab", max_size=30),
)  # fmt: skip


@given(text=hostile)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_text_breaks_or_widens_a_query(searchable: tuple[Redis, MemoryIndex], text: str) -> None:
    client, index = searchable
    words = words_query(text)
    where = f"{queries.scope('ann')} {queries.holds(0, None)}"
    if words:
        reply = client.execute_command(*queries.matching(index.name, where, words, 10))
        assert not [found for found in queries.read(reply) if b"{ann}" not in found.key]


@pytest.fixture
def crowded(searchable: tuple[Redis, MemoryIndex]) -> tuple[Redis, MemoryIndex, Keys]:
    """One long text has both words, a short one has one; all others were stored several times."""
    client, index = searchable
    mine = Keys(index.namespace, "ann")
    first = client.hgetall(mine.memory("1"))

    def store(id: str, text: str) -> None:
        client.hset(mine.memory(id), mapping={**first, "text": text})
        client.expire(mine.memory(id), 1_000)

    store("one", "treadmill")
    for _ in range(3):
        for n in range(60):
            store(f"other {n}", f"nothing of the kind {n} {'and more ' * (n % 7)}")
    store("both", "they filmed me on a treadmill in the shop of my town and it was great fun")
    return client, index, mine


@pytest.mark.parametrize("words", ["filmed|treadmill", "treadmill|filmed", "shop|filmed|treadmill"])
def test_words_alone_decide_the_ranking_by_words(
    crowded: tuple[Redis, MemoryIndex, Keys], words: str
) -> None:
    client, index, mine = crowded
    for where in (
        f"{queries.scope('ann')} {queries.holds(0, None)}",
        f"{queries.scope('ann', shared=False)} {queries.holds(0, None, [MemoryKind.GOAL])}",
    ):
        found = queries.read(
            client.execute_command(*queries.matching(index.name, where, words, 50))
        )
        assert [one.key.decode() for one in found] == [mine.memory("both"), mine.memory("one")]
        bare = client.execute_command(
            *queries.matching(index.name, "@expires_at:[0 +inf]", words, 50)
        )
        for one, other in zip(found, queries.read(bare), strict=True):
            assert one.score == pytest.approx(other.score, rel=0.5), "no share for the filter"


def test_stop_words_do_not_crash_redis(searchable: tuple[Redis, MemoryIndex]) -> None:
    client, index = searchable
    for words in ("no|such|index", "no|such|goal", "into|not|these|they"):
        client.execute_command(*queries.matching(index.name, queries.scope("ann"), words, 10))
    assert index.info().documents == 2


@pytest.fixture
def searchable(client: Redis, namespace: str) -> tuple[Redis, MemoryIndex]:
    """An index with one memory of Ann's and the same of Ben's."""
    fields = [TagField("kind"), TextField("text"), NumericField("expires_at")]
    index = MemoryIndex(client, namespace, Scattered(), "memory", fields, Settings())
    index.ensure()
    for user in ("ann", "ben"):
        client.hset(
            Keys(namespace, user).memory("1"),
            mapping={
                "record": "memory", "embedder": index.embedder, "user": user_tag(user),
                "text": "goal weight user ben ann a b embedding vector knn", "kind": "goal",
                "embedding": Scattered().embed([user])[0].tobytes(), "said_at": 5,
                "expires_at": 9e15,
            },
        )  # fmt: skip
        client.expire(Keys(namespace, user).memory("1"), 1_000)
    return client, index


def test_both_protocols_are_read(searchable: tuple[Redis, MemoryIndex]) -> None:
    client, index = searchable
    where = f"{queries.scope('ann')} {queries.holds(0, None, [MemoryKind.GOAL])}"
    vector = Scattered().embed(["ann"])[0].tobytes()
    path = client.connection_pool.connection_kwargs["path"]
    for protocol in (2, 3):
        with Redis(unix_socket_path=path, protocol=protocol) as other:
            near = other.execute_command(*queries.nearest(index.name, where, vector, 5, 50))
            (found,) = queries.read(near)
            assert found.score == pytest.approx(0, abs=1e-5)
            assert found.said_at == 5
            (text,) = queries.read(
                other.execute_command(*queries.matching(index.name, where, "goal", 5))
            )
            assert text.key == found.key
            assert text.score > 0


@given(st.text(min_size=1))
def test_a_users_tag_is_its_own(user: str) -> None:
    tag = user_tag(user)
    assert tag.isascii()
    assert not set(tag) & set(",|{}*@() \\")
    assert tag_query(tag).replace("\\", "") == tag

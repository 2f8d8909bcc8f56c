"""The keys page by page: each key once, each preview the beginning of what is there."""

from __future__ import annotations

import struct

import pytest
from redis import Redis

from wellness import keys
from wellness.client import connect
from wellness.keys import Keys
from wellness.ops.browse import Cursor, KeyRow, Page, browse
from wellness.ops.preview import BYTES, LARGE
from wellness.ops.walk import Budget
from wellness.server import EmbeddedServer, start
from wellness.settings import Settings

AMPLE = Budget(keys=10_000_000, seconds=60)
VECTOR = struct.pack("<384f", *(n / 7 for n in range(384)))


def all_pages(client: Redis, namespace: str, size: int, **options: str) -> list[Page]:
    pages: list[Page] = []
    cursor: Cursor | None = None
    while not pages or cursor:
        pages.append(
            browse(client, namespace, size=size, cursor=cursor, budget=AMPLE, **options)  # type: ignore[arg-type]
        )
        cursor = pages[-1].next
    return pages


def row(client: Redis, namespace: str, key: str) -> KeyRow:
    (found,) = [
        one for page in all_pages(client, namespace, 100) for one in page.rows if one.key == key
    ]
    return found


def test_pages_hold_each_key_once(client: Redis, namespace: str) -> None:
    for user in ("ann", "ben"):
        client.mset({Keys(namespace, user).scratch(str(n)): n for n in range(60)})
    pages = all_pages(client, namespace, 25)
    assert [len(page.rows) for page in pages] == [25, 25, 25, 25, 20]
    found = [one.key for page in pages for one in page.rows]
    assert len(set(found)) == len(found)
    assert set(found) == set(keys.scan(client, namespace))
    assert pages[-1].next is None


def test_one_kind_of_one_person(client: Redis, namespace: str) -> None:
    for user in ("ann", "ben"):
        client.mset({Keys(namespace, user).scratch(str(n)): n for n in range(5)})
        client.hset(Keys(namespace, user).profile, "zone", "UTC")
    pages = all_pages(client, namespace, 3, kind="scratch", user="ann")
    found = {one.key for page in pages for one in page.rows}
    assert found == {Keys(namespace, "ann").scratch(str(n)) for n in range(5)}
    assert all_pages(client, namespace, 3, kind="turns")[0].rows == ()


def test_a_page_ends_with_its_budget_and_the_next_goes_on(client: Redis, namespace: str) -> None:
    count = 2 * keys.SCAN_COUNT
    client.mset({Keys(namespace, "ann").scratch(str(n)): n for n in range(count)})
    page = browse(client, namespace, size=10 * count, budget=Budget(keys=1, seconds=60))
    assert page.next
    assert "stopped after" in page.table().caption
    found = {one.key for one in page.rows}
    while page.next:
        page = browse(client, namespace, size=10 * count, cursor=page.next, budget=AMPLE)
        found |= {one.key for one in page.rows}
    assert found == set(keys.scan(client, namespace))


def test_a_page_of_nothing(client: Redis, namespace: str) -> None:
    page = browse(client, namespace, budget=AMPLE)
    assert (page.rows, page.next) == ((), None)
    with pytest.raises(ValueError, match="at least one"):
        browse(client, namespace, size=0)


def test_what_a_row_says(client: Redis, namespace: str) -> None:
    user = Keys(namespace, "ann")
    key = user.turns("my talk")
    client.rpush(key, *(f'{{"n":{n}}}' for n in range(5)))
    client.expire(key, 100)
    found = row(client, namespace, key)
    assert (found.kind, found.user, found.part, found.type) == ("turns", "ann", "my talk", "list")
    assert (found.length, found.bytes) == (5, client.memory_usage(key))
    assert found.ttl_s
    assert 95 < found.ttl_s <= 100
    assert found.preview == '{"n":0}, {"n":1}, {"n":2}, ...'
    client.persist(key)
    assert row(client, namespace, key).ttl_s is None


@pytest.mark.parametrize(
    ("type_name", "length", "preview"),
    [
        ("vector", 1_536, "384 float32"),
        ("text", 5, "steps"),
        ("long text", 10_000, '"' + "x" * 24),
        ("long bytes", 40_000, "40,000 bytes"),
        ("hash", 1, "embedding=384 float32"),
        ("zset", 5, "m0 at 0, m1 at 1.5, m2 at 3, ..."),
        ("set", 1, "2026-01-01"),
        ("stream", 2, "1-1, 2-1"),
        ("json", 2, "text, n"),
        ("json list", None, "(Redis refused to show it)"),
        ("series", None, "(no preview of a TSDB-TYPE)"),
        ("large", 2, "not read"),
    ],
)
def test_a_preview_is_the_beginning(
    client: Redis, namespace: str, type_name: str, length: int | None, preview: str
) -> None:
    key = Keys(namespace, "ann").scratch("x")
    {
        "vector": lambda: client.set(key, VECTOR),
        "text": lambda: client.set(key, "steps"),
        "long text": lambda: client.set(key, "x" * 10_000),
        "long bytes": lambda: client.set(key, b"\xff" * 40_000),
        "hash": lambda: client.hset(key, "embedding", VECTOR),  # type: ignore[arg-type]
        "zset": lambda: client.zadd(key, {f"m{n}": 1.5 * n for n in range(5)}),
        "set": lambda: client.sadd(key, "2026-01-01"),
        "stream": lambda: [client.xadd(key, {"a": 1}, id=id) for id in ("1-1", "2-1")],
        "json": lambda: client.json().set(key, "$", {"text": "t", "n": 1}),
        "json list": lambda: client.json().set(key, "$", [1, 2]),
        "series": lambda: client.ts().add(key, 1, 2.0),
        "large": lambda: client.rpush(key, "x" * 2 * LARGE, "y" * 2 * LARGE),
    }[type_name]()
    found = row(client, namespace, key)
    assert preview in found.preview
    assert found.length == length


def test_a_big_value_is_not_moved(settings: Settings) -> None:
    """Only the first bytes of a string come over the wire; a server of its own, to count them."""
    with start(settings) as server, connect(Settings(redis_url=server.url)) as alone:
        alone.set(Keys("w", "ann").scratch("x"), b"\xff" * 20_000_000)
        before = int(alone.info("stats")["total_net_output_bytes"])
        assert browse(alone, "w").rows[0].preview == "20,000,000 bytes"
        after = int(alone.info("stats")["total_net_output_bytes"])
    assert BYTES < after - before < 10 * BYTES


def test_text_with_markup_is_shown_as_text(client: Redis, namespace: str) -> None:
    client.set(Keys(namespace, "<b>").scratch("x"), "<script>")
    page = browse(client, namespace, budget=AMPLE)
    assert "&lt;script&gt;" in page._repr_html_()
    assert "<script>" not in page._repr_html_()
    assert "<script>" in repr(page)
    assert page.to_dicts()[0]["user"] == "<b>"


def test_without_memory_usage_the_rest_is_shown(
    client: Redis, redis_server: EmbeddedServer, namespace: str
) -> None:
    key = Keys(namespace, "ann").scratch("x")
    client.rpush(key, "a", "b")
    name = namespace.rpartition(":")[2]
    client.acl_setuser(name, enabled=True, passwords=["+pw"], keys=["*"],
                       categories=["+@all"], commands=["-memory", "-lrange"])  # fmt: skip
    try:
        url = redis_server.url.replace("unix://", f"unix://{name}:pw@")
        with connect(Settings(redis_url=url)) as limited:
            page = browse(limited, namespace, budget=AMPLE)
    finally:
        client.acl_deluser(name)
    (one,) = page.rows
    assert (one.bytes, one.length, one.preview) == (None, 2, "(Redis refused to show it)")

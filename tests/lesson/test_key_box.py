"""The key browser without a browser: kinds, pages, expiry, previews."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from wellness.keys import Keys
from wellness.lesson.background import stop_all
from wellness.lesson.key_box import ALL, PAGE, KeyBox


@pytest.fixture
def box(client: Redis, namespace: str) -> Iterator[KeyBox]:
    keys = Keys(namespace, "ann")
    for n in range(PAGE + 5):
        client.set(keys.scratch(f"note {n}"), "x" * n, ex=500)
    client.rpush(keys.turns("c1"), "hello")
    client.expire(keys.turns("c1"), 90)
    yield KeyBox(client, namespace)
    assert stop_all() == []


def test_all_keys_come_page_by_page(box: KeyBox) -> None:
    box.show()
    assert box.page is not None
    seen = [row.key for row in box.page.rows]
    assert len(seen) == PAGE
    assert box.next.description == "Next page"
    box.next.click()
    seen += [row.key for row in box.page.rows]
    assert len(set(seen)) == len(seen) == PAGE + 6
    assert (box.next.description, box.next.disabled) == ("No next page", False), "keeps the focus"
    last = [row.key for row in box.page.rows]
    box.next.click()
    assert [row.key for row in box.page.rows] == last
    box.first.click()
    assert len(box.page.rows) == PAGE, "the first page again; SCAN promises no order"


def test_one_kind_with_its_type_and_expiry(box: KeyBox, client: Redis, namespace: str) -> None:
    box.kind.value = "turns"
    assert box.page is not None
    (row,) = box.page.rows
    assert (row.type, row.kind, row.length) == ("list", "turns", 1)
    assert row.ttl_s is not None
    assert 80 <= row.ttl_s <= 90
    client.expire(Keys(namespace, "ann").turns("c1"), 40)
    before = box.live.page.value
    box.live.redraw()
    assert box.live.page.value != before, "it counts down"
    box.kind.value = "memory"
    assert box.page.rows == ()
    box.kind.value = ALL
    assert len(box.page.rows) == PAGE

"""Trimming: a larger budget keeps more, and one with room for everything keeps everything."""

from __future__ import annotations

from wellness.lesson.trimming import kept_after_trimming


def test_more_room_keeps_more_until_all_is_kept() -> None:
    kept = kept_after_trimming([60, 500, 2_000, 1_000_000], questions=30)
    assert kept == sorted(kept)
    assert 0 <= kept[0] < 0.2
    assert kept[1] < kept[2] < 1
    assert kept[-1] == 1

"""What moves in a lesson, without a browser: drawing, errors, pauses, one picture of a name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from redis.exceptions import ConnectionError

from wellness.lesson.background import stop_all
from wellness.lesson.live import Live


@pytest.fixture(autouse=True)
def _nothing_goes_on() -> Iterator[None]:
    yield
    stop_all()
    assert not [one for one in threading.enumerate() if one.name.startswith("live ")]


class Counter:
    """Counts how often it is drawn, and tells when it has been often enough."""

    def __init__(self, enough: int = 3) -> None:
        self.n, self.enough, self.reached = 0, enough, threading.Event()

    def __call__(self) -> str:
        self.n += 1
        if self.n >= self.enough:
            self.reached.set()
        return f"<b>{self.n}</b>"


def start(draw: Callable[[], str], name: str = "one", most_s: float = 60) -> Live:
    return Live(name, draw, every_s=0.005, most_s=most_s).start()


def test_it_is_drawn_at_once_and_again() -> None:
    count = Counter()
    live = start(count)
    assert live.page.value.startswith("<b>")
    assert count.reached.wait(10)
    live.stop()
    assert not live.running
    assert live.page.value == f"<b>{count.n}</b>"


def test_it_ends_when_nobody_sees_it_any_more() -> None:
    live = start(Counter())
    live.view._view_count = 1
    live.view._view_count = 2  # shown twice
    live.view._view_count = 1
    assert live.running
    live.view._view_count = 0
    assert not live.running


def test_a_second_of_its_name_takes_its_place() -> None:
    first = start(Counter())
    other = start(Counter(), "other")
    second = start(Counter())
    assert (first.running, second.running, other.running) == (False, True, True)


def test_it_ends_by_itself_and_can_go_on() -> None:
    count = Counter(3)
    live = start(count, most_s=0.02)
    assert count.reached.wait(10)
    if live._thread:
        live._thread.join(10)
    assert not live.running
    assert (live.button.value, live.button.description) == (True, "Go on")
    before = count.n
    live.button.value = False
    assert live.running or count.n > before


def test_redis_away_is_shown_and_it_goes_on() -> None:
    answers = iter(["here", "", "here again"])

    def draw() -> str:
        if not (answer := next(answers)):
            raise ConnectionError("<gone>")
        return answer

    live = Live("flaky", draw, every_s=60)
    live.redraw()
    live.redraw()
    assert "alert-warning" in live.page.value
    assert "&lt;gone&gt;" in live.page.value
    live.redraw()
    assert live.page.value == "here again"
    assert live.error is None


def test_another_error_ends_it_and_is_told() -> None:
    tried = threading.Event()

    def draw() -> str:
        if live.drawn:
            tried.set()
            raise KeyError("planted")
        return "fine"

    live = Live("broken", draw, every_s=0.005)
    live.start()
    assert tried.wait(10)
    assert live._thread is not None
    live._thread.join(10)
    assert "planted" in live.page.value
    assert stop_all() == ["broken stopped with KeyError: 'planted'."]
    assert stop_all() == []

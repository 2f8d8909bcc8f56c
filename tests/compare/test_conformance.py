"""Every engine answers as plain Python does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from wellness.compare import conformance, engines
from wellness.compare.conformance import DIMENSIONS
from wellness.compare.in_process import InProcess
from wellness.compare.protocols import CannotDo, Durability, Place
from wellness.compare.reference import Reference
from wellness.errors import WrongAnswer

from .conftest import Running

each = pytest.mark.parametrize("name", engines.ENGINES)
WITHOUT_DAYS = {engines.CHROMA}
ALWAYS_FILTERED = {engines.REDIS_KIT}
EXACT = {engines.DICT, engines.SQLITE}


def test_no_engine_is_missing(running: Running) -> None:
    assert all(engines.available(running._settings).values())


@each
@pytest.mark.parametrize(
    "check",
    [conformance.check_order, conformance.check_exchange, conformance.check_hostile_names,
     conformance.check_hostile_texts],
    ids=lambda check: check.__name__,
)  # fmt: skip
def test_conversations(running: Running, name: str, check: Callable[[Any], None]) -> None:
    check(running.get(name).connect(time.time))


@each
def test_nearest(running: Running, name: str) -> None:
    adapter = running.get(name).connect(time.time)
    recall = conformance.check_nearest(adapter, everybody=name not in ALWAYS_FILTERED)
    assert recall == 1 or name not in EXACT
    conformance.check_gather(adapter)


@pytest.mark.parametrize("name", ALWAYS_FILTERED)
def test_the_kit_never_searches_everybody(running: Running, name: str) -> None:
    adapter = running.get(name).connect(time.time)
    with pytest.raises(CannotDo):
        conformance.check_nearest(adapter, everybody=True)


@each
def test_days(running: Running, name: str) -> None:
    adapter = running.get(name).connect(time.time)
    if name in WITHOUT_DAYS:
        with pytest.raises(CannotDo):
            adapter.record("ann", [(0, 1.0)])
        with pytest.raises(CannotDo):
            adapter.days("ann", 0, 1)
    else:
        conformance.check_days(adapter)


@each
def test_expiry(running: Running, name: str) -> None:
    conformance.check_expiry(running.get(name, ttl_s=1.0).connect(time.time), time.sleep)


@each
def test_writers_at_the_same_time(running: Running, name: str) -> None:
    engine = running.get(name)
    shared = engines.ENGINES[name].shared
    adapters = [engine.connect(time.time) for _ in range(4 if shared else 1)]
    conformance.check_threads(adapters if shared else adapters * 4)


def wrong(**methods: Any) -> Any:
    """The dictionary with some of its methods replaced."""
    place = Place(engines.DICT, "", Durability.NONE, DIMENSIONS, 1.0)
    return type("Wrong", (InProcess,), methods)(place, time.time)


Right = InProcess
BITES = [
    (conformance.check_order, {"last": lambda s, o, c, n: Right.last(s, o, c, n)[::-1]}),
    (conformance.check_order, {"last": lambda s, o, c, n: Right.last(s, o, c, n + 1)}),
    (conformance.check_order, {"last": lambda s, o, c, n: Right.last(s, o, c, n or 99)}),
    (conformance.check_order, {"append": lambda s, o, c, t: Right.append(s, "all", c, t)}),
    (conformance.check_exchange, {"exchange": lambda s, o, c, t, n: [Right.append(s, o, c, t)]}),
    (conformance.check_exchange, {"exchange": lambda s, o, c, t, n: Right.last(s, o, c, n)}),
    (conformance.check_hostile_names, {
        "append": lambda s, o, c, t: Right.append(s, o.lower(), c, t),
        "last": lambda s, o, c, n: Right.last(s, o.lower(), c, n)}),
    (conformance.check_hostile_names, {
        "append": lambda s, o, c, t: Right.append(s, f"{o}/{c}", "", t),
        "last": lambda s, o, c, n: Right.last(s, f"{o}/{c}".replace("\0", ""), "", n)}),
    (conformance.check_hostile_texts, {"append": lambda s, o, c, t: None}),
    (conformance.check_nearest, {"nearest": lambda s, v, k, o: Right.nearest(s, v, k, None)}),
    (conformance.check_nearest, {"nearest": lambda s, v, k, o: Right.nearest(s, v, k - 1, o)}),
    (conformance.check_nearest, {"nearest": lambda s, v, k, o: Right.nearest(s, v, k, o)[::-1]}),
    (conformance.check_nearest, {"nearest": lambda s, v, k, o: Right.nearest(s, v, 2 * k, o)[k:]}),
    (conformance.check_gather, {"remember": lambda s, t, v: s._texts or Right.remember(s, t, v)}),
    (conformance.check_days, {"days": lambda s, o, f, n, raw=False: Right.days(s, o, f, n + 1)}),
    (conformance.check_days, {"record": lambda s, o, r: Right.record(s, o, dict(r).items())}),
    (conformance.check_days, {"record": lambda s, o, r: Right.record(s, "ann", r)}),
]  # fmt: skip


@pytest.mark.parametrize(("check", "methods"), BITES)
def test_a_check_bites(check: Callable[[Any], Any], methods: dict[str, Any]) -> None:
    with pytest.raises(WrongAnswer):
        check(wrong(**methods))


def test_a_conversation_that_never_ends_is_found() -> None:
    place = Place(engines.DICT, "", Durability.NONE, DIMENSIONS, 60.0)
    with pytest.raises(WrongAnswer):
        conformance.check_expiry(InProcess(place, time.time), lambda seconds: None)


def test_what_does_not_renew_is_found() -> None:
    now = [0.0]

    class Fixed(Reference):
        def append(self, owner: str, conversation: str, turn: Any) -> None:
            begun = [
                at for who, where, _, at in self._said if (who, where) == (owner, conversation)
            ]
            self._said.append((owner, conversation, turn, begun[0] if begun else now[0]))

    def wait(seconds: float) -> None:
        now[0] += seconds

    conformance.check_expiry(Reference(lambda: now[0], 1.0), wait)  # type: ignore[arg-type]
    with pytest.raises(WrongAnswer):
        conformance.check_expiry(Fixed(lambda: now[0], 1.0), wait)  # type: ignore[arg-type]


def test_a_lost_turn_is_found() -> None:
    class Forgetful(InProcess):
        def append(self, owner: str, conversation: str, turn: Any) -> None:
            if not turn.messages[0].content.endswith("/5"):
                super().append(owner, conversation, turn)

    place = Place(engines.DICT, "", Durability.NONE, DIMENSIONS, 60.0)
    with pytest.raises(WrongAnswer):
        conformance.check_threads([Forgetful(place, time.time)] * 2)

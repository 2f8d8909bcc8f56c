"""The capstone's checks: the kit's memory and a Stream pass, and each promise can be broken."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from lxml import html
from stream_memory import StreamMemory

from wellness.client import Client, connect
from wellness.lesson import capstone, capstone_checks
from wellness.lesson.capstone import Finding, Report
from wellness.lesson.capstone_bench import Bench, Broken
from wellness.memory.short_term import ShortTerm
from wellness.memory.turns import Turn, decode, encode, turn
from wellness.server import EmbeddedServer
from wellness.settings import Settings


@pytest.fixture
def mine(settings: Settings, redis_server: EmbeddedServer) -> Settings:
    """Settings that lead to the tests' Redis."""
    return settings.model_copy(update={"redis_url": redis_server.url})


@pytest.fixture
def guarded(mine: Settings) -> Iterator[Client]:
    with connect(mine) as client:
        yield client


@pytest.mark.parametrize("make", [ShortTerm, StreamMemory])
def test_the_kit_s_memory_and_a_stream_keep_every_promise(make: Any, mine: Settings) -> None:
    report = capstone.check_short_term(make, settings=mine)
    assert report.passed, report
    assert len(report.findings) == len(capstone_checks.CHECKS) == 11
    with connect(mine) as client:
        assert list(client.scan_iter(match="wellness:lesson:capstone*")) == []


# Each of these keeps nearly every promise.


class Newest(StreamMemory):
    def read(self, conversation: str, n: int = 10) -> list[Turn]:
        return super().read(conversation, n)[::-1]


class Bare(StreamMemory):
    """Keeps what was said, and forgets which tool was called for it."""

    def append(self, conversation: str, turn_: Turn) -> int:
        last = turn_.messages[0], turn_.messages[-1]
        return super().append(conversation, turn(last, at=turn_.at, id=turn_.id))


class Endless(StreamMemory):
    def append(self, conversation: str, turn: Turn) -> int:
        self.settings = self.settings.model_copy(update={"conversation_turns": 10**6})
        return super().append(conversation, turn)


class Roughly(StreamMemory):
    """Trims as Streams like to: whole blocks, some time later."""

    def append(self, conversation: str, turn: Turn) -> int:
        key = self._key(conversation)
        pipe = self.client.pipeline(transaction=True)
        pipe.xadd(key, {"turn": encode(turn)}, maxlen=self.settings.conversation_turns)
        pipe.expire(key, self.settings.conversation_ttl_s)
        pipe.xlen(key)
        return int(pipe.execute()[-1])


class Undying(StreamMemory):
    def append(self, conversation: str, turn: Turn) -> int:
        count = super().append(conversation, turn)
        self.client.persist(self._key(conversation))
        return count


class AlwaysFixed(StreamMemory):
    def append(self, conversation: str, turn: Turn) -> int:
        self.settings = self.settings.model_copy(update={"conversation_ttl": "fixed"})
        return super().append(conversation, turn)


class AlwaysSliding(StreamMemory):
    def append(self, conversation: str, turn: Turn) -> int:
        self.settings = self.settings.model_copy(update={"conversation_ttl": "sliding"})
        return super().append(conversation, turn)


class Blob(StreamMemory):
    """The earlier demo: read, append, write back."""

    def append(self, conversation: str, turn: Turn) -> int:
        key = self._key(conversation)
        turns = json.loads(self.client.get(key) or "[]")
        turns.append(encode(turn).decode("utf-8", "surrogatepass"))
        self.client.set(key, json.dumps(turns), ex=self.settings.conversation_ttl_s)
        return len(turns)

    def read(self, conversation: str, n: int = 10) -> list[Turn]:
        turns = json.loads(self.client.get(self._key(conversation)) or "[]")[-n:]
        return [decode(text.encode("utf-8", "surrogatepass")) for text in turns]


class TwoSteps(StreamMemory):
    """Whoever is cut off between the two leaves a conversation that never expires."""

    def append(self, conversation: str, turn: Turn) -> int:
        key = self._key(conversation)
        self.client.xadd(key, {"turn": encode(turn)})
        self.client.expire(key, self.settings.conversation_ttl_s)
        return int(self.client.xlen(key))


class OnlyTogether(StreamMemory):
    """A pipeline without MULTI: sent together, not carried out together."""

    def append(self, conversation: str, turn: Turn) -> int:
        pipe = self.client.pipeline(transaction=False)
        pipe.xadd(self._key(conversation), {"turn": encode(turn)})
        pipe.expire(self._key(conversation), self.settings.conversation_ttl_s)
        pipe.xlen(self._key(conversation))
        return int(pipe.execute()[-1])


class Glued(StreamMemory):
    """Puts names together as they are."""

    def _key(self, conversation: str) -> str:
        return f"{self.keys.namespace}:{self.keys.user}:{conversation}"


class Elsewhere(StreamMemory):
    """Keeps all people's conversations under one name."""

    def _key(self, conversation: str) -> str:
        everybody = f"{self.keys.namespace}:{{everybody}}:scratch:"
        return f"{everybody}{self.keys.scratch(conversation).encode().hex()}"


class Trusting(StreamMemory):
    def _key(self, conversation: str) -> str:
        return self.keys.scratch(conversation or "default")


class InMind(StreamMemory):
    """Knows only what this object was told."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.mind: dict[str, list[Turn]] = {}

    def append(self, conversation: str, turn: Turn) -> int:
        self.mind.setdefault(conversation, []).append(turn)
        return len(self.mind[conversation])

    def read(self, conversation: str, n: int = 10) -> list[Turn]:
        return self.mind.get(conversation, [])[-n:] if n else []


BREAKS: list[tuple[type, Callable[[Bench], None], str]] = [
    (Newest, capstone_checks.check_order, "The last 10 of 25"),
    (InMind, capstone_checks.check_order, "The last 1 of 25"),
    (Bare, capstone_checks.check_whole, "The turn that says '🏃'"),
    (Endless, capstone_checks.check_trim, "limit of 3"),
    (Roughly, capstone_checks.check_trim, "limit of 3"),
    (Undying, capstone_checks.check_expiry, "never expire"),
    (AlwaysFixed, capstone_checks.check_sliding, "not that of the second"),
    (AlwaysSliding, capstone_checks.check_fixed, "time is over"),
    (Blob, capstone_checks.check_threads, "Of 200 turns"),
    (TwoSteps, capstone_checks.check_cut, "cut after 1 round trips"),
    (OnlyTogether, capstone_checks.check_cut, "Append sent PIPELINE"),
    (Glued, capstone_checks.check_names, "User "),
    (Elsewhere, capstone_checks.check_deletable, "no key begins with"),
    (Trusting, capstone_checks.check_refusals, "append"),
]


@pytest.mark.parametrize(
    ("make", "check", "says"), BREAKS, ids=[f"{m.__name__}-{c.__name__}" for m, c, _ in BREAKS]
)
def test_a_broken_promise_is_seen_and_said(
    guarded: Client, namespace: str, make: Any, check: Callable[[Bench], None], says: str
) -> None:
    bench = Bench(make, guarded, namespace, Settings(), time.time)
    try:
        with pytest.raises(Broken) as broken:
            check(bench)
    finally:  # some of them write keys that the table does not know
        for key in guarded.scan_iter(match=f"{namespace}*", count=1000):
            guarded.unlink(key)
    assert says in broken.value.message


def test_every_check_is_broken_by_somebody() -> None:
    assert {check for _, check, _ in BREAKS} == set(capstone_checks.CHECKS)


def test_an_exception_is_a_broken_promise_and_not_the_end(mine: Settings) -> None:
    def nothing(*_: Any, **__: Any) -> Any:
        raise NotImplementedError("not built yet")

    report = capstone.check_short_term(nothing, settings=mine)
    assert not report.passed
    assert {one.problem for one in report.findings} == {
        "It raised NotImplementedError: not built yet"
    }


def test_the_report_says_the_same_as_text_and_as_a_table() -> None:
    report = Report("Mine", [Finding("It is whole.", ""), Finding("It <ends>.", "It does not.")])
    assert repr(report) == (
        "Mine keeps 1 of 2 promises of a short-term memory\n"
        "  kept: It is whole.\n  broken: It <ends>.\n    It does not."
    )
    table = html.fromstring(report._repr_html_())
    assert table.findtext("caption") == report.headline
    cells = [["".join(cell.itertext()) for cell in row] for row in table.iterfind(".//tbody/tr")]
    assert cells == [["It is whole.", "kept", ""], ["It <ends>.", "broken", "It does not."]]


def test_the_command_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert capstone.main([]) == 2
    assert "MODULE:CLASS" in capsys.readouterr().err

"""Failover, measured: how long until the next write, and which acknowledged writes are gone.

Writers go on all the while through the kit's own client. After the failover, each write that was
acknowledged is looked for at the new primary. Nothing is simulated: the primary is killed, and to
fall behind before that, the replicas are suspended and their connections closed, which is what a
broken network does to them.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from redis.exceptions import RedisError

from wellness.client import Client, connect
from wellness.keys import LESSON, Keys
from wellness.lesson.tables import html_table, number
from wellness.settings import Settings
from wellness.topologies import replicated

Promise = Literal["acknowledged", "WAIT 1", "min-replicas"]
PROMISES: dict[Promise, str] = {
    "acknowledged": "the primary says OK",
    "WAIT 1": "WAIT 1 says that a replica has it",
    "min-replicas": "the primary says OK, with min-replicas-to-write 1",
}
KEYS = Keys(f"{LESSON}:failover", "writer")
BATCH = 1_000  # keys looked for in one round trip
WRITERS = 4  # as many as keep a server busy without taking the machine from it
WAIT_MS = 100  # for a replica's word: it takes under a millisecond when all is well
PAUSE_S = 0.005  # after a refused write, as a caller does who has other things to do
MAX_LAG_S = 1  # min-replicas-max-lag: the smallest that Redis knows
PATIENCE_S = 30.0  # for the first write after a failover; then something is wrong


@dataclass(frozen=True)
class Failover:
    """What one failover cost.

    Attributes:
        promise: what a writer waited for before it believed that its write was kept.
        cut_off_s: seconds for which the replicas had heard nothing when the primary died.
        acknowledged: writes that were promised to be kept.
        lost: those of them that the new primary does not have.
        refused: writes that failed, and whose writer knows it.
        unconfirmed: writes that no replica confirmed in time: the writer knows that, too.
        recovery_s: seconds from the death to the next write that was promised to be kept.
    """

    promise: Promise
    cut_off_s: float
    acknowledged: int
    lost: int
    refused: int
    unconfirmed: int
    recovery_s: float

    def __repr__(self) -> str:
        late = f", replicas cut off for {self.cut_off_s:g} s" if self.cut_off_s else ""
        return (
            f"<Failover, {self.promise}{late}: {self.lost:,} of {self.acknowledged:,} "
            f"acknowledged writes lost, the next after {self.recovery_s:.1f} s>"
        )


@dataclass
class _Log:
    """What became of writes, by number; lists, whose append is one step for all threads."""

    kept: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    unconfirmed: list[int] = field(default_factory=list)
    died: threading.Event = field(default_factory=threading.Event)
    recovered: threading.Event = field(default_factory=threading.Event)
    recovered_at: float = float("inf")


def measure_failover(
    settings: Settings,
    *,
    promise: Promise = "acknowledged",
    cut_off_s: float = 0.0,
    warm_up_s: float = 0.5,
    replicas: int = 2,
) -> Failover:
    """Kill a primary among writers, on servers of its own, and count what is missing.

    Args:
        settings: of the client; timeouts and breaker count.
        promise: `WAIT 1`: a write counts as acknowledged when a replica has it, too;
            `min-replicas`: the primary takes no writes without a replica that was heard from.
        cut_off_s: seconds between the loss of the replicas and the death of the primary.
        warm_up_s: seconds of writing before that.
        replicas: of the primary.

    Raises:
        ServerStartError: the servers did not start.
    """
    with replicated(settings, replicas=replicas) as local, connect(local.settings) as client:
        old, followers = local.primary, local.replicas
        log, killed_at = _Log(), 0.0
        if promise == "min-replicas":
            for server in local.servers.values():  # the next primary keeps to it, too
                with local.client(server) as operator:
                    operator.config_set("min-replicas-to-write", 1)
                    operator.config_set("min-replicas-max-lag", MAX_LAG_S)
        with local.client(old) as operator, _writing(client, promise, log):
            time.sleep(warm_up_s)
            if cut_off_s:
                for server in followers:
                    server.freeze()
                operator.client_kill_filter(_type="replica")
                time.sleep(cut_off_s)
            old.kill()
            killed_at = time.monotonic()
            log.died.set()
            for server in followers:
                server.thaw()
            log.recovered.wait(PATIENCE_S)
        return Failover(
            promise, cut_off_s, len(log.kept), _missing(client, log.kept), len(log.refused),
            len(log.unconfirmed), log.recovered_at - killed_at,
        )  # fmt: skip


@contextmanager
def _writing(client: Client, promise: Promise, log: _Log) -> Iterator[None]:
    """Several writers at work inside the block."""
    stop, numbers = threading.Event(), itertools.count()
    send = _write_and_wait if promise == "WAIT 1" else _write

    def work() -> None:
        while not stop.is_set():
            mine, after = next(numbers), log.died.is_set()
            try:
                kept = send(client, mine)
            except RedisError:
                log.refused.append(mine)
                time.sleep(PAUSE_S)
                continue
            if not kept:
                log.unconfirmed.append(mine)
                continue
            log.kept.append(mine)
            if after and not log.recovered.is_set():
                log.recovered_at = time.monotonic()
                log.recovered.set()

    writers = [threading.Thread(target=work) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        yield
    finally:
        stop.set()
        for writer in writers:
            writer.join()


def _key(count: int) -> str:
    return KEYS.scratch(str(count))


def _write(client: Client, count: int) -> bool:
    client.set(_key(count), count)
    return True


def _write_and_wait(client: Client, count: int) -> bool:
    """Whether a replica has it, too; WAIT is about what its own connection wrote."""
    pipe = client.pipeline(transaction=False)
    pipe.set(_key(count), count)
    pipe.wait(1, WAIT_MS)
    return int(pipe.execute()[1]) >= 1


def _missing(client: Client, numbers: Sequence[int]) -> int:
    """How many of these writes are not there."""
    gone = 0
    for low in range(0, len(numbers), BATCH):
        pipe = client.pipeline(transaction=False)
        for one in numbers[low : low + BATCH]:
            pipe.exists(_key(one))
        gone += pipe.execute().count(0)
    return gone


class Failovers(tuple[Failover, ...]):
    """Several failovers, as a table."""

    def _repr_html_(self) -> str:
        header = (
            "a write counts as kept when", "replicas cut off", "acknowledged", "of these lost",
            "refused", "unconfirmed", "next write after",
        )  # fmt: skip
        rows = [
            (
                PROMISES[one.promise], f"{one.cut_off_s:g} s" if one.cut_off_s else "no",
                number(one.acknowledged), number(one.lost), number(one.refused),
                number(one.unconfirmed), f"{one.recovery_s:.1f} s",
            )
            for one in self
        ]  # fmt: skip
        return html_table(header, rows, caption="What a failover costs")

    def __repr__(self) -> str:
        return "\n".join(map(repr, self))

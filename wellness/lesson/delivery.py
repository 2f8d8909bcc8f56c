"""The same events on a Pub/Sub channel and in a Stream, while those who read them are killed.

The readers are processes (`wellness.lesson.delivery_worker`) that are killed with SIGKILL at random
moments and started again at once, while events go on. What each has handled stands in Redis.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from wellness.client import Client
from wellness.errors import LessonError
from wellness.keys import Keys
from wellness.lesson.delivery_worker import CONSUMER, SUBSCRIBER, Brief, Worker
from wellness.lesson.tables import html_table, number
from wellness.ops.events import EventKind, event
from wellness.ops.group import Group
from wellness.ops.recorder import Recorder
from wellness.settings import Settings

PER_SECOND = 400  # events: slow enough that most of them come while the readers live
CLAIM_S = 1.0  # as `audit_claim_s`: a reader that died is not waited for any longer
PATIENCE_S = 120.0  # for a group to come to the end of its list, on a machine that does much else


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the events on one way.

    Attributes:
        received: events that were handled at least once.
        lost: events that were never handled.
        again: how often an event was handled that had been handled before.
        effects_twice: events whose effect, done with the acknowledgement, happened more than once;
            None where nothing is acknowledged.
    """

    way: str
    received: int
    lost: int
    again: int
    effects_twice: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What `compare_delivery` found.

    Attributes:
        published: events, the same ones on both ways.
        kills: how often a reader was killed, on each way.
        pending: entries of the Stream that nobody had acknowledged in the end.
        put_aside: entries that were given up after too many deliveries.
    """

    published: int
    kills: int
    pubsub: Outcome
    stream: Outcome
    pending: int
    put_aside: int

    @property
    def title(self) -> str:
        """What was done, in a sentence."""
        times = "once" if self.kills == 1 else f"{self.kills} times"
        return f"{number(self.published)} events; on each way a reader was killed {times}"

    def rows(self) -> list[tuple[str, ...]]:
        """The figures as a table's rows, the head first."""
        head = ("", "received", "lost", "handled again", "effects twice")
        return [head, *(_row(one) for one in (self.pubsub, self.stream))]

    def __repr__(self) -> str:
        lines = [
            f"{way:<22}" + "".join(f"{cell:>15}" for cell in cells) for way, *cells in self.rows()
        ]
        return "\n".join((self.title, *lines))

    def _repr_html_(self) -> str:
        head, *rows = self.rows()
        return html_table(head, rows, caption=self.title)


def _row(one: Outcome) -> tuple[str, ...]:
    twice = "-" if one.effects_twice is None else number(one.effects_twice)
    return (one.way, number(one.received), number(one.lost), number(one.again), twice)


def compare_delivery(
    client: Client,
    keys: Keys,
    *,
    settings: Settings,
    events: int = 1_000,
    kills: int = 4,
    consumers: int = 2,
    seed: int = 7,
) -> Delivery:
    """Publish events on both ways at once and kill their readers meanwhile.

    There is one subscriber, since each gets everything, and a group of consumers that share the
    work. Each kill takes the subscriber and one of the consumers.

    Args:
        client: of the Redis that `settings` lead to.
        keys: of the user whose log and channel are used; what is there already is left alone.
        seed: decides at which events, and who.

    Raises:
        LessonError: the consumers did not come to an end, or fewer events than kills were wanted.
    """
    if not 0 <= kills < events or consumers < 1:
        raise LessonError("There must be a consumer, and more events than kills.")
    room = {"audit_entries": max(settings.audit_entries, 4 * events), "audit_claim_s": CLAIM_S}
    settings = settings.model_copy(update=room)
    recorder = Recorder(
        client, keys.user, settings=settings, clock=time.time, namespace=keys.namespace
    )
    tip = recorder.log.tip()
    group = Group(
        recorder.log, f"delivery-{time.time_ns()}", settings=settings, start=tip.id or "0"
    )
    brief = Brief(settings, keys.namespace, keys.user, group.name)
    try:
        with ExitStack() as stack:
            stack.callback(recorder.close)
            workers = _start(stack, brief, consumers)
            ids = _publish(recorder, events, _deaths(events, kills, workers, seed))
            _await_end(group)
        return _outcome(client, brief, group, ids, kills)
    finally:
        client.xgroup_destroy(group.stream, group.name)
        client.unlink(group.dead, *brief.tallies(keys))


def _start(stack: ExitStack, brief: Brief, consumers: int) -> list[Worker]:
    """The subscriber and the consumers, all of them ready."""
    workers = [Worker(brief, SUBSCRIBER, "subscriber")]
    workers += [Worker(brief, CONSUMER, f"consumer-{n}") for n in range(1, consumers + 1)]
    for worker in workers:
        worker.start()
        stack.callback(worker.stop)
    for worker in workers:
        worker.wait_ready()
    return workers


def _deaths(
    events: int, kills: int, workers: Sequence[Worker], seed: int
) -> Mapping[int, Sequence[Worker]]:
    """After which event who dies."""
    chance = random.Random(seed)
    subscriber, *group = workers
    moments = chance.sample(range(1, events), kills)
    return {at: (subscriber, chance.choice(group)) for at in moments}


def _publish(recorder: Recorder, events: int, deaths: Mapping[int, Sequence[Worker]]) -> list[str]:
    """Write each event into the log and onto the channel; the ids of those that Redis took."""
    begun, ids = time.monotonic(), []
    for i in range(events):
        for worker in deaths.get(i, ()):
            worker.kill()
            worker.start()
        one = event(
            EventKind.ANSWERED, at=int(time.time() * 1000), user=recorder.user, data={"i": i}
        )
        recorder.record(one)
        ids.append(one.id)
        if (wait := begun + (i + 1) / PER_SECOND - time.monotonic()) > 0:
            time.sleep(wait)
    if recorder.unwritten:
        raise LessonError(f"Redis did not take every event: {recorder.problem}")
    return ids


def _await_end(group: Group) -> None:
    ends = time.monotonic() + PATIENCE_S
    while (state := group.state()).pending or state.undelivered:
        if time.monotonic() > ends:
            raise LessonError(f"The consumers did not come to an end: {state}.")
        time.sleep(0.05)


def _outcome(client: Client, brief: Brief, group: Group, ids: list[str], kills: int) -> Delivery:
    heard, handled, effects = (_tally(client.hgetall(key)) for key in brief.tallies(group.log.keys))
    state = group.state()
    twice = sum(effects.get(id, 0) > 1 for id in ids)
    pubsub = _count("Pub/Sub", ids, heard)
    stream = _count("Stream and its group", ids, handled, twice)
    return Delivery(len(ids), kills, pubsub, stream, state.pending, state.dead)


def _tally(found: Any) -> dict[str, int]:
    return {id.decode(): int(times) for id, times in found.items()}


def _count(way: str, ids: list[str], times: dict[str, int], twice: int | None = None) -> Outcome:
    received = sum(id in times for id in ids)
    again = sum(times[id] - 1 for id in ids if id in times)
    return Outcome(way, received, len(ids) - received, again, twice)

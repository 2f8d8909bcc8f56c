"""Experiments of the lessons, run again in small while somebody waits for an answer.

Each takes the running lesson, works in its scratch keys, and returns a `Finding`: a sentence and
the numbers in it, all of them measured in that run. A proof in small decides no claim, so nothing
of it goes into the ledger; the verdicts there come from the lessons.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from redis import ResponseError

from wellness.errors import LessonError
from wellness.lesson.claims import Measure
from wellness.lesson.tables import html_table, number

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

SHORT, LONG = 200, 50_000  # elements of the two lists that are compared
A_TRIP = 20  # commands in one: else the round trip hides what the server does
ROUNDS = 100  # a tenth of a second each for the slowest, and enough for a 95th percentile
PEOPLE = 1_000
TURN = "How many steps did I walk on Friday? You walked a good deal more than on Thursday. "
QUESTIONS = 60
SLOTS = 16_384  # of every Redis Cluster
EXPIRY_MS = 100


@dataclass(frozen=True, repr=False)
class Finding:
    """What a proof saw: a sentence, and each number in it by name."""

    sentence: str
    measured: dict[str, Measure]

    def __repr__(self) -> str:
        numbers = [f"  {name}: {measure}" for name, measure in self.measured.items()]
        return "\n".join([self.sentence, *numbers])

    def _repr_html_(self) -> str:
        rows = [[name, str(measure)] for name, measure in self.measured.items()]
        table = html_table(["what", "measured"], rows, caption="Measured just now")
        return f"<p>{escape(self.sentence)}</p>{table}"


Proof = Callable[["Lesson"], Finding]


def append_and_read(lesson: Lesson) -> Finding:
    """A turn appended to a LIST and the last ten read, in one round trip."""
    from wellness.lesson.timing import measure

    key = lesson.keys("proof").scratch("conversation")
    lesson.client.delete(key)

    def exchange() -> Any:
        pipe = lesson.client.pipeline()
        pipe.rpush(key, TURN)
        pipe.lrange(key, -10, -1)
        return pipe.execute()

    took = measure(exchange, ROUNDS)
    numbers = {f"p{q}": Measure(took.percentile(q) / 1e6, "ms") for q in (50, 95)}
    said = f"Append a turn and read ten: {numbers['p50']} in the middle, {numbers['p95']} at p95."
    return Finding(said, numbers)


def against_postgres(lesson: Lesson) -> Finding:
    """The same exchange in Redis and in a Postgres that is started for it.

    Raises:
        LessonError: there is no Postgres; the hint says how to get one.
    """
    from wellness.compare import engines, workloads
    from wellness.compare.arena import Arena
    from wellness.compare.protocols import Durability

    names = (engines.REDIS, engines.POSTGRES)
    if not engines.available(lesson.settings)[engines.POSTGRES]:
        raise LessonError(
            "There is no Postgres here to compare with.",
            hint="`python3 install.py engines` adds the engines of lesson 08.",
        )
    with Arena(lesson.settings, time.time, Durability.SECOND, names=names) as arena:
        trial = workloads.append_and_read(arena, n=ROUNDS, max_seconds=3)
    ratio, redis = trial.ratio(engines.POSTGRES), trial.outcome(engines.POSTGRES)
    p50 = {name: Measure(trial.comparison[name].p50 / 1e6, "ms") for name in names}
    times = Measure(ratio.value, "times")
    said = (
        f"Postgres takes {times} as long as Redis ({number(ratio.low)} to {number(ratio.high)}), "
        f"both syncing every second: Redis {redis}. Median {p50[engines.POSTGRES]}."
    )
    return Finding(said, {**p50, "Postgres over Redis": times})


def middle_of_a_list(lesson: Lesson) -> Finding:
    """Ten elements from the end of a short list, and from the middle of a long one."""
    from wellness.lesson.timing import compare

    short, long = (lesson.keys("proof").scratch(f"list of {n}") for n in (SHORT, LONG))
    for key, n in ((short, SHORT), (long, LONG)):
        lesson.client.delete(key)
        for _ in range(n // SHORT):  # one command of all of them would hold up everybody
            lesson.client.rpush(key, *[4 * TURN] * SHORT)
    middle = LONG // 2

    def read(key: str, first: int, last: int) -> Any:
        pipe = lesson.client.pipeline(transaction=False)
        for _ in range(A_TRIP):
            pipe.lrange(key, first, last)
        return pipe.execute()

    calls = {
        "end": partial(read, short, -10, -1),
        "middle": partial(read, long, middle, middle + 9),
    }
    ratio = compare(calls, baseline="end", n=ROUNDS // 3).ratios["middle"]
    lesson.client.delete(short, long)
    times, n_long = Measure(ratio.value, "times"), Measure(LONG, "elements")
    seen = {"slower": "the way there shows", "tie": "a tie, by the kit's rule of a quarter",
            "faster": "which nobody expects"}[ratio.verdict()]  # fmt: skip
    said = (
        f"Ten elements from the middle of a list of {n_long} take {times} as long as ten from the "
        f"end of a short one ({number(ratio.low)} to {number(ratio.high)}): {seen}."
    )
    return Finding(said, {"middle over end": times, "list": n_long})


def half_a_pipeline(lesson: Lesson) -> Finding:
    """Three commands of which the second fails, without and with MULTI; what is there after."""
    kept = {}
    for name, transaction in (("plain pipeline", False), ("with MULTI", True)):
        key, bad = (lesson.keys("proof").scratch(f"{name} {part}") for part in ("list", "text"))
        lesson.client.delete(key)
        lesson.client.set(bad, "a text is no list", ex=60)
        pipe = lesson.client.pipeline(transaction=transaction)
        pipe.rpush(key, "first")
        pipe.rpush(bad, "fails")
        pipe.rpush(key, "third")
        results = pipe.execute(raise_on_error=False)
        if not isinstance(results[1], ResponseError):
            raise LessonError("The command that should fail did not.")
        kept[name] = Measure(lesson.client.llen(key), "of 2 kept")
        lesson.client.delete(key, bad)
    told = "; ".join(f"{name}: {measure}" for name, measure in kept.items())
    return Finding(
        f"The middle one of three commands failed, and nothing was undone: {told}.", kept
    )


def slots_of_people(lesson: Lesson) -> Finding:
    """Where people would lie on a Redis Cluster, and what a turn of theirs takes."""
    from redis.crc import key_slot

    slots = {
        person: {
            key_slot(key.encode())
            for key in (of.turns("today"), of.titles, of.conversations, of.scratch("note"))
        }
        for person in range(PEOPLE)
        for of in [lesson.keys(f"person {person}")]
    }
    most = Measure(max(map(len, slots.values())), "slot a person")
    spread = Measure(len(set.union(*slots.values())), "slots in use")
    key = lesson.keys("proof").scratch("conversation of many turns")
    lesson.client.delete(key)
    lesson.client.rpush(key, *[f"{n} {TURN}" for n in range(PEOPLE)])
    bytes_ = lesson.client.memory_usage(key, samples=0) or 0
    lesson.client.delete(key)
    turn = Measure(round(bytes_ / PEOPLE), "bytes a turn")
    said = (
        f"{PEOPLE:,} people: {most}, so that one shard answers, and {spread} of {SLOTS:,} in all, "
        f"so that shards share the work. In memory: {turn} of {len(TURN)} letters."
    )
    return Finding(said, {"slots of one person": most, "of all": spread, "memory": turn})


def rules_alone(lesson: Lesson) -> Finding:
    """Labelled questions routed by rules, without any model."""
    from wellness.agent.classifier import Classifier
    from wellness.lesson.kit import NOW
    from wellness.lesson.routing_runs import Waiting, spread
    from wellness.lesson.routing_set import judge, load_routing_set

    zone: Any = NOW.tzinfo
    rules = Waiting(Classifier(now=NOW, zone=zone))
    asked = spread(load_routing_set("development"), QUESTIONS)
    judged = judge(rules, asked, now=NOW, zone=zone)
    right = Measure(100 * sum(one.grade.all_right for one in judged) / len(judged), "%")
    each = Measure(1e3 * rules.seconds / len(judged), "ms")
    said = (
        f"Rules without a model got tool and arguments right for {right} of {len(judged)} labelled "
        f"questions, in {each} each. They were written with these in view, so it is their best."
    )
    return Finding(said, {"rules alone": right, "time": each})


def silent_server(lesson: Lesson) -> Finding:
    """A server that accepts and says nothing: the first call waits, the breaker spares the rest."""
    import socket

    from wellness.client import connect
    from wellness.errors import RedisUnavailable

    def failed_after_s() -> float:
        begun = time.perf_counter()
        try:
            client.ping()
        except RedisUnavailable:
            return time.perf_counter() - begun
        raise LessonError("The silent server answered.")

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        client = connect(lesson.settings.model_copy(update={"redis_url": url}))
        with client:
            waits = [failed_after_s() for _ in range(5)]
    first, rest = Measure(1e3 * waits[0], "ms"), Measure(1e3 * max(waits[1:]), "ms")
    said = f"The first call gave up after {first}; of the next ones, the longest took {rest}."
    return Finding(said, {"first call": first, "longest of the next": rest})


def expiry(lesson: Lesson) -> Finding:
    """A conversation that is to end by itself, asked for until it has."""
    key = lesson.keys("proof").scratch("ends soon")
    lesson.client.delete(key)
    lesson.client.rpush(key, TURN)
    lesson.client.pexpire(key, EXPIRY_MS)
    begun, end = time.perf_counter(), time.perf_counter() + 5
    while lesson.client.exists(key):
        if time.perf_counter() > end:
            raise LessonError("The conversation did not end.", hint="Is this Redis a replica?")
        time.sleep(0.001)
    gone = Measure(1e3 * (time.perf_counter() - begun), "ms")
    asked = Measure(EXPIRY_MS, "ms asked for")
    said = f"It was gone after {gone} ({asked}), and nobody deleted it."
    return Finding(said, {"gone after": gone, "expiry": asked})

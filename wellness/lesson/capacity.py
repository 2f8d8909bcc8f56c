"""How far one machine's numbers reach: 1, 1,000, 1,000,000 people, worked out on paper.

The formulas, each plain multiplication:

- peak turns a second = people x active x turns a day / 86,400 x peak. `peak` is the busiest hour
  beside the mean one.
- bytes of a person = health bytes a year x years + bytes of a turn x turns a year x years kept.
- work that a resource gets = peak turns a second x seconds of one turn: the utilisation law,
  U = X x S (Denning and Buzen, "The Operational Analysis of Queueing Network Models", 1978). It is
  the number of resources that are busy, so 2.5 of them means at least three.
- a resource is planned to be busy for `busy` of its time, because waiting grows as U / (1 - U):
  with one server, random arrivals and exponential service, as long as the service itself at U =
  0.5, nine times that at 0.9 (Kleinrock, "Queueing Systems" I, 1975, M/M/1).
- shards = the larger of those by memory and those by time of Redis' main thread. At 25 GB
  Redis advises to use several (Redis Cloud, "Clustering Redis Databases"), and a part of it stays
  free for the copy that a fork makes.
- a resource saturates at the number of people where one of it is as busy as planned.

Nothing here knows of hot users, of replicas that lag, or of prices; the lesson passes its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from wellness.lesson.footprint import Footprint
from wellness.lesson.tables import duration, html_table, number

DAY_S = 86_400
GB = 1e9
SCALES = (1, 1_000, 1_000_000)


@dataclass(frozen=True, slots=True)
class Load:
    """Assumptions: how people use it, and how full things may be. Change them and look.

    Attributes:
        turns_a_day: of a person who is active that day.
        active: part of the people that is, on a day.
        peak: the busiest hour beside the mean one.
        health_years: of health data that a person brings.
        kept_years: for which turns and what was learned are kept.
        busy: part of its time that a resource may be busy at the peak.
        shard_bytes: memory of one shard.
        full: part of it that data may take; the rest is for forks and growth.
        replicas: of each shard.
    """

    turns_a_day: float = 6.0
    active: float = 0.4
    peak: float = 4.0
    health_years: float = 3.0
    kept_years: float = 2.0
    busy: float = 0.5
    shard_bytes: float = 25e9
    full: float = 0.6
    replicas: int = 1


@dataclass(frozen=True, slots=True)
class Prices:
    """What a month costs, in any currency: a gigabyte of memory, a core for a model."""

    gb_month: float
    core_month: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What so many people need.

    Attributes:
        people: how many.
        turns_s: turns a second at the peak.
        data_bytes: of all people, once.
        memory_bytes: to be bought: with room to spare, and replicas.
        vectors: in the indexes.
        shards_by_memory, shards_by_time: what each of the two asks for.
        redis_busy: of one main thread, at the peak; 2.0 is two of them.
        commands_s, network_bytes_s: at the peak.
        embedders, chat_models: busy ones, at the peak.
        embed_wait_s: mean wait for one embedder, before it begins; infinite when it cannot keep up.
    """

    people: int
    turns_s: float
    data_bytes: float
    memory_bytes: float
    vectors: float
    shards_by_memory: int
    shards_by_time: int
    redis_busy: float
    commands_s: float
    network_bytes_s: float
    embedders: float
    chat_models: float
    embed_wait_s: float

    @property
    def shards(self) -> int:
        """Primaries, by what asks for more."""
        return max(self.shards_by_memory, self.shards_by_time)


@dataclass(frozen=True, slots=True, repr=False)
class Capacity:
    """Plans for several numbers of people, and what gives in first."""

    measured: Footprint
    load: Load
    plans: tuple[Plan, ...]

    def __getitem__(self, people: int) -> Plan:
        return {plan.people: plan for plan in self.plans}[people]

    @property
    def limits(self) -> dict[str, float]:
        """People at whom one of each resource is as busy, or as full, as planned; fewest first."""
        turns = turns_a_second(self.load, 1)
        m, load = self.measured, self.load
        times = {"chat model": m.chat_s, "embedder": m.embeds * m.embed_s, "Redis, time": m.redis_s}
        found = {
            name: load.busy / (turns * seconds) for name, seconds in times.items() if seconds > 0
        }
        found["Redis, memory"] = load.shard_bytes * load.full / bytes_of_a_person(m, load)
        return dict(sorted(found.items(), key=lambda one: one[1]))

    def drivers(self, people: int, prices: Prices) -> dict[str, float]:
        """What a month costs, by what it is spent on; the dearest first."""
        plan, busy = self[people], self.load.busy
        spent = {
            "memory": plan.memory_bytes / GB * prices.gb_month,
            "embedders": plan.embedders / busy * prices.core_month,
            "chat models": plan.chat_models / busy * prices.core_month,
            "Redis' cores": plan.shards * (1 + self.load.replicas) * prices.core_month,
        }
        return dict(sorted(spent.items(), key=lambda one: -one[1]))

    def rows(self) -> list[list[str]]:
        """The table: a row for each need, a column for each number of people."""
        return [[name, *(show(plan) for plan in self.plans)] for name, show in SHOWN.items()]

    def __repr__(self) -> str:
        lines = [["people", *(f"{plan.people:,}" for plan in self.plans)], *self.rows()]
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        text = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])])
                for line in lines]  # fmt: skip
        gives = [f"{name} at {number(round(people))}" for name, people in self.limits.items()]
        return "\n".join([*text, f"One of each is as full as planned: {', '.join(gives)} people."])

    def _repr_html_(self) -> str:
        header = ("people", *(f"{plan.people:,}" for plan in self.plans))
        limits = [[name, number(round(people))] for name, people in self.limits.items()]
        return html_table(header, self.rows(), caption="What so many people need") + html_table(
            ("one", "is as full as planned at so many people"),
            limits,
            caption="What gives in first",
        )


SHOWN: dict[str, Callable[[Plan], str]] = {
    "turns a second at the peak": lambda p: number(p.turns_s),
    "data": lambda p: size(p.data_bytes),
    "memory to have, replicas included": lambda p: size(p.memory_bytes),
    "vectors": lambda p: number(round(p.vectors)),
    "shards": lambda p: f"{p.shards:,}",
    "shards by memory, by time": lambda p: f"{p.shards_by_memory:,}, {p.shards_by_time:,}",
    "busy main threads of Redis": lambda p: number(p.redis_busy),
    "commands a second": lambda p: number(p.commands_s),
    "network": lambda p: f"{size(p.network_bytes_s)}/s",
    "busy embedders": lambda p: number(p.embedders),
    "wait for one embedder": lambda p: (
        "cannot keep up" if math.isinf(p.embed_wait_s) else duration(p.embed_wait_s * 1e9)
    ),
    "busy chat models": lambda p: number(p.chat_models),
}


def plan(
    measured: Footprint, load: Load | None = None, people: tuple[int, ...] = SCALES
) -> Capacity:
    """Work out what so many people need.

    Args:
        measured: on this machine.
        load: assumptions; the usual ones by default.
        people: numbers of them, each 1 or more.
    """
    usual = load or Load()
    return Capacity(measured, usual, tuple(_plan(measured, usual, n) for n in people))


def turns_a_second(load: Load, people: int) -> float:
    """Turns a second in the busiest hour.

    >>> turns_a_second(Load(turns_a_day=10, active=0.5, peak=4), 43_200)
    10.0
    """
    return people * load.active * load.turns_a_day / DAY_S * load.peak


def turns_kept(load: Load) -> float:
    """Turns of one person that are there at any time, once they have stayed long enough."""
    return load.active * load.turns_a_day * 365.25 * load.kept_years


def bytes_of_a_person(measured: Footprint, load: Load) -> float:
    """Bytes in Redis, without replicas."""
    health = measured.health_bytes_year * load.health_years
    return health + measured.turn_bytes * turns_kept(load)


def size(bytes: float) -> str:
    """Bytes in decimal units, with three significant digits.

    >>> size(999), size(25e9), size(1_234_567)
    ('999 B', '25 GB', '1.23 MB')
    """
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if float(f"{bytes:.3g}") < 1_000:
            return f"{bytes:.3g} {unit}"
        bytes /= 1_000
    return f"{bytes:,.0f} PB"


def _plan(measured: Footprint, load: Load, people: int) -> Plan:
    turns_s = turns_a_second(load, people)
    data = people * bytes_of_a_person(measured, load)
    redis_busy = turns_s * measured.redis_s
    embed_s = measured.embed_s
    embedders = turns_s * measured.embeds * embed_s
    return Plan(
        people=people,
        turns_s=turns_s,
        data_bytes=data,
        memory_bytes=data / load.full * (1 + load.replicas),
        vectors=people * measured.vectors * turns_kept(load),
        shards_by_memory=max(1, math.ceil(data / (load.shard_bytes * load.full))),
        shards_by_time=max(1, math.ceil(redis_busy / load.busy)),
        redis_busy=redis_busy,
        commands_s=turns_s * measured.commands,
        network_bytes_s=turns_s * measured.net_bytes,
        embedders=embedders,
        chat_models=turns_s * measured.chat_s,
        embed_wait_s=embed_s * embedders / (1 - embedders) if embedders < 1 else math.inf,
    )

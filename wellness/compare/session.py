"""All workloads in a row, for `make bench`: what lesson 08 does cell by cell, at any size."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from wellness.compare import engines, workloads
from wellness.compare.arena import Arena
from wellness.compare.corpus import Corpus
from wellness.compare.crash import Survival, crash
from wellness.compare.crowd import Crowd
from wellness.compare.ending import Ending, end_many
from wellness.compare.footprint import Content, Footprint, footprint
from wellness.compare.protocols import Clock, Durability
from wellness.compare.results import Trial
from wellness.settings import Settings

Say = Callable[[object], None]


@dataclass(frozen=True)
class Sizes:
    """How much of everything.

    Attributes:
        vectors: statements, growing; the last is what the corpus has at least.
        per_day: heart rates of each of two years' days.
        rounds, seconds: of each trial at most.
        crowd_rounds: of the several processes.
        conversations: that end at once.
        dimensions: of the vectors.
    """

    vectors: Sequence[int]
    per_day: int
    rounds: int
    seconds: float
    crowd_rounds: int
    conversations: int
    dimensions: int = engines.DIMENSIONS


@dataclass
class Session:
    """What one run measured."""

    trials: list[Trial] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    crashes: list[Survival] = field(default_factory=list)
    footprints: list[Footprint] = field(default_factory=list)

    @property
    def verdicts(self) -> dict[str, dict[str, str]]:
        """How Redis does, by workload and engine."""
        return {trial.name: dict(trial.outcomes) for trial in self.trials}

    def to_json(self) -> str:
        """All figures, with what they were taken on."""
        trials = [_trial(trial) for trial in self.trials]
        others = {
            "endings": [_plain(one) for one in self.endings],
            "crashes": [_plain(one) for one in self.crashes],
            "footprints": [_plain(one) for one in self.footprints],
        }
        return json.dumps({"trials": trials, **others}, ensure_ascii=False, indent=1)


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "workload": trial.workload,
        "durability": trial.durability,
        "rounds": trial.comparison.n,
        "noise": [trial.comparison.noise.low, trial.comparison.noise.high],
        "absent": dict(trial.absent),
        "engines": {
            name: {
                "p10_ns": sample.percentile(10), "p50_ns": sample.p50, "p95_ns": sample.p95,
                "p99_ns": sample.p99, "ratio": str(trial.ratios.get(name, "")),
                "redis": trial.outcomes.get(name, "baseline"), "recall": trial.recall.get(name),
                "setup": str(trial.setups[name]),
            }
            for name, sample in trial.samples.items()
        },
    }  # fmt: skip


def _plain(result: Ending | Survival | Footprint) -> dict[str, Any]:
    numbers = {
        name: value for name, value in vars(result).items() if isinstance(value, int | float)
    }
    return {"setup": str(result.setup), "said": str(result), **numbers}


def run(
    settings: Settings, clock: Clock, corpus: Corpus, sizes: Sizes, say: Say = lambda _: None
) -> Session:
    """Measure everything.

    Args:
        settings: of the servers.
        clock: epoch seconds.
        corpus: what is searched; as many statements as the largest size.
        sizes: how much of everything.
        say: told each result as it comes.
    """
    done = Session()
    often = {"n": sizes.rounds, "max_seconds": sizes.seconds}

    def keep(trial: Trial) -> None:
        done.trials.append(trial)
        say(trial)

    for durability in Durability:
        with Arena(settings, clock, durability, dimensions=sizes.dimensions) as arena:
            keep(workloads.append_and_read(arena, **often))  # type: ignore[arg-type]
            if durability is Durability.SECOND:
                with Crowd(arena) as crowd:
                    keep(crowd.trial(n=sizes.crowd_rounds, max_seconds=4 * sizes.seconds))
    with Arena(settings, clock, dimensions=sizes.dimensions) as arena:
        for trial in workloads.scaling(arena, corpus, sizes.vectors, **often).values():  # type: ignore[arg-type]
            keep(trial)
        keep(workloads.nearest(arena, corpus, corpus.owners[0], **often))  # type: ignore[arg-type]
        keep(workloads.one_turn(arena, corpus, **often))  # type: ignore[arg-type]
        right = workloads.load_heart_rates(arena, per_day=sizes.per_day)
        for days in (workloads.WEEK, workloads.YEARS):
            for raw in (False, True):
                keep(workloads.daily_means(arena, right, days, raw=raw, **often))  # type: ignore[arg-type]
    _rest(settings, clock, corpus, sizes, done, say)
    return done


def _rest(
    settings: Settings, clock: Clock, corpus: Corpus, sizes: Sizes, done: Session, say: Say
) -> None:
    """What is no trial: the end of conversations, kills, weights."""
    content = Content(corpus.first(min(500, sizes.vectors[-1])), 5, 100, sizes.per_day)
    for name, is_here in engines.available(settings).items():
        if not is_here:
            continue
        usual = (
            Durability.SECOND
            if Durability.SECOND in engines.classes(name)
            else engines.classes(name)[0]
        )
        many = sizes.conversations if name != engines.CHROMA else max(5, sizes.conversations // 20)
        done.endings.append(
            end_many(name, usual, settings=settings, clock=clock, conversations=many, live_s=8.0)
        )
        for durability in engines.classes(name):
            done.crashes.append(crash(name, durability, settings=settings, clock=clock))
            say(done.crashes[-1])
        done.footprints.append(footprint(name, usual, content, settings=settings, clock=clock))
        say(done.endings[-1])
        say(done.footprints[-1])

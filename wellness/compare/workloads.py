"""The workloads that are timed call by call: (a) turns, (b) search, (c) recall, (d) daily means."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from wellness.compare.arena import ROUNDS, SECONDS, Arena
from wellness.compare.corpus import LAST_DAY, Corpus, heart_rates, turns
from wellness.compare.engines import REDIS
from wellness.compare.protocols import Adapter
from wellness.compare.reference import Reference
from wellness.compare.results import Trial
from wellness.errors import WrongAnswer
from wellness.lesson.timing import Candidate
from wellness.memory.messages import Turn

K, LAST = 10, 10
RUN_IN, RUN_IN_S = 300, 1.0  # turns, and seconds at most: SQLite's log takes a thousand pages
PRELOADED = 50  # turns in the conversation before anything is timed
OWNER, CONVERSATION = "ann", "timed"
WEEK, YEARS = 7, 730  # days
LEAST_RECALL = 0.8  # below it an answer is wrong, however fast


def append_and_read(arena: Arena, *, n: int = ROUNDS, max_seconds: float = SECONDS) -> Trial:
    """(a) Append a turn and read the last ten, in a conversation that is under way."""
    said = turns(PRELOADED)

    def make(adapter: Adapter) -> Candidate:
        run_in(adapter)
        for one in said:
            adapter.append(OWNER, CONVERSATION, one)
        more = itertools.cycle(turns(2_000))  # of different ids for some thousand rounds
        return lambda: adapter.exchange(OWNER, CONVERSATION, next(more), LAST)

    def verify(name: str, answer: list[Turn]) -> None:
        if answer[:-1] != said[-LAST + 1 :] or len(answer) != LAST:
            raise WrongAnswer(name, answer, "what was said", said[-LAST + 1 :])

    return arena.trial("(a) append a turn, read the last ten", make, verify=verify, n=n,
                       max_seconds=max_seconds)  # fmt: skip


def run_in(adapter: Adapter) -> None:
    """Append elsewhere until the log of writes has gone round once.

    SQLite and Postgres write over their logs again and again. As long as the file still grows, each
    sync must also write down its new size, which may take several times as long.
    """
    until = time.monotonic() + RUN_IN_S
    for one in turns(RUN_IN):
        adapter.append(OWNER, "run in", one)
        if time.monotonic() > until:
            return


def nearest(
    arena: Arena, corpus: Corpus, owner: str | None, *, n: int = ROUNDS,
    max_seconds: float = SECONDS,
) -> Trial:  # fmt: skip
    """(b) The ten nearest of what is loaded, of one owner or of all, with recall beside.

    Args:
        arena: which holds the corpus.
        corpus: what was loaded.
        owner: whose; None for a search over all.
    """
    wanted = [corpus.exact(question, K, owner) for question in corpus.questions]

    def recalled(adapter: Adapter) -> float:
        found = [adapter.nearest(question, K, owner) for question in corpus.questions]
        parts = [len(set(a) & set(b)) / max(1, len(b)) for a, b in zip(found, wanted, strict=True)]
        return float(np.mean(parts))

    recall = arena.each(recalled)

    def make(adapter: Adapter) -> Candidate:
        questions = itertools.cycle(corpus.questions)
        return lambda: adapter.nearest(next(questions), K, owner)

    def verify(name: str, answer: list[str]) -> None:
        found = f"{len(answer)} with a recall of {recall[name]:.2f}"
        if recall[name] < LEAST_RECALL or len(answer) != len(wanted[0]):
            raise WrongAnswer(name, found, "the exact search", f"{len(wanted[0])} with 1.00")

    whose = "of all" if owner is None else f"of one of {len(corpus.owners)} users"
    title = f"(b) ten nearest {whose}, {len(corpus.statements):,} vectors"
    return arena.trial(title, make, verify=verify, recall=recall, n=n, max_seconds=max_seconds)


def one_turn(
    arena: Arena, corpus: Corpus, *, n: int = ROUNDS, max_seconds: float = SECONDS
) -> Trial:
    """(c) What an agent reads for one turn: last ten, ten nearest facts, three facts by slot."""
    owner, said = corpus.owners[0], turns(PRELOADED)
    own = [one for one in corpus.statements if one.owner == owner]
    subjects = [own[0].subject, own[len(own) // 2].subject, own[-1].subject]
    facts = {one.subject: one.text for one in own if one.subject in subjects}

    def make(adapter: Adapter) -> Candidate:
        for one in said:
            adapter.append(owner, CONVERSATION, one)
        questions = itertools.cycle(corpus.questions)
        return lambda: adapter.gather(owner, CONVERSATION, next(questions), K, subjects)

    def verify(name: str, answer: Any) -> None:
        expected = (said[-LAST:], facts, min(K, len(own)))
        found = (answer.turns, answer.facts, len(answer.nearest))
        if found != expected:
            raise WrongAnswer(name, found, "what was stored", expected)

    return arena.trial("(c) one agent turn: conversation, ten nearest, three slots", make,
                       verify=verify, n=n, max_seconds=max_seconds)  # fmt: skip


def load_heart_rates(arena: Arena, *, per_day: int, days: int = YEARS) -> Reference:
    """Put heart rates into each engine that takes them; returns plain Python with the same."""
    readings = heart_rates(days, per_day, seed=12)
    right = Reference(lambda: 0.0, 1.0)
    right.record(OWNER, readings)
    arena.each(lambda adapter: adapter.record(OWNER, readings))
    return right


def daily_means(
    arena: Arena, right: Reference, days: int, *, raw: bool, n: int = ROUNDS,
    max_seconds: float = SECONDS,
) -> Trial:  # fmt: skip
    """(d) Mean heart rate of each of the last days, from what is kept by day or from readings."""
    first = LAST_DAY - days + 1
    checked = min(days, WEEK)  # plain Python looks at every reading for every day
    expected = right.days(OWNER, LAST_DAY - checked + 1, checked)

    def verify(name: str, answer: dict[int, float]) -> None:
        newest = {day: answer.get(day, np.nan) for day in expected}
        close = all(abs(newest[day] - mean) < 1e-9 for day, mean in expected.items())
        if not close or len(answer) != days:
            raise WrongAnswer(name, newest, "plain Python", expected)

    def make(adapter: Adapter) -> Candidate:
        return lambda: adapter.days(OWNER, first, days, raw=raw)

    span = "seven days" if days == WEEK else "two years" if days == YEARS else f"{days} days"
    title = f"(d) {span} by day, from {'readings' if raw else 'daily values'}"
    return arena.trial(title, make, verify=verify, n=n, max_seconds=max_seconds)


def load(arena: Arena, corpus: Corpus, part: slice = slice(None)) -> None:
    """Put statements of a corpus into every engine."""
    arena.each(lambda one: one.remember(corpus.statements[part], corpus.vectors[part]))


def scaling(arena: Arena, corpus: Corpus, sizes: Sequence[int], *, owner: str | None = None,
            n: int = ROUNDS, max_seconds: float = SECONDS) -> dict[int, Trial]:  # fmt: skip
    """(b) at growing sizes: what was not there yet is loaded, then the same is asked.

    Args:
        sizes: how many statements of the corpus, growing; the arena must be without any.
        owner: as for `nearest`.
    """
    trials, there = {}, 0
    for size in sizes:
        new = slice(there, size)
        load(arena, corpus, new)
        trials[size] = nearest(arena, corpus.first(size), owner, n=n, max_seconds=max_seconds)
        there = size
    return trials


def times_as_much(trials: dict[int, Trial], engine: str = REDIS) -> float:
    """How many times as long the last size takes as the first, by the medians."""
    first, *_, last = trials.values()
    return last.samples[engine].p50 / first.samples[engine].p50

"""Checks of lesson 08: Redis against other engines."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wellness.compare import conformance, engines
from wellness.compare.corpus import turns
from wellness.compare.protocols import Conversations, Durability
from wellness.compare.results import HIGH, LOW, outcome, unhurried
from wellness.errors import WrongAnswer
from wellness.lesson.checks import Verdict
from wellness.lesson.timing import Ratio, compare

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

SEED = 8
ROUNDS = 30
BENCHMARKS = 100
CHECKS: tuple[Callable[[Conversations], None], ...] = (
    conformance.check_order, conformance.check_exchange, conformance.check_hostile_names,
    conformance.check_hostile_texts,
)  # fmt: skip
Row = tuple[str, str, float, float]


def check_1(lesson: Lesson, redis: Callable[[float, float], Any]) -> Verdict:
    """The word that the rule gives, also where an end of the interval lies on the border."""
    draw = random.Random(SEED)
    spans = [(LOW, LOW), (HIGH, HIGH), (HIGH + 1e-9, 2.0), (0.1, LOW - 1e-9), (0.1, 9.0),
             (1.1, 1.2), (1.2, 5.0), (0.2, 0.9), (1.0, 1.0), (0.5, 1.9)]  # fmt: skip
    for _ in range(200):
        low = draw.uniform(0.4, 2)
        spans.append((low, low + draw.uniform(0, 1)))
    for low, high in spans:
        found, expected = redis(low, high), outcome(Ratio((low + high) / 2, low, high))
        if found != expected:
            return Verdict(
                False, f"From {low:.3g} to {high:.3g} Redis {expected}; you say {found}."
            )
    return Verdict(True, f"{len(spans)} intervals, each with the right word.")


def check_2(lesson: Lesson, honest: Callable[[list[Row], float], Any]) -> Verdict:
    """Only equal durability, only enough recall, of the engine and of its baseline."""
    draw = random.Random(SEED)
    classes = [str(one) for one in Durability]
    for _ in range(BENCHMARKS):
        rows: list[Row] = [
            (name, durability, draw.choice((0.5, 0.9, 1.0)), draw.uniform(0.1, 9))
            for name in ("Redis", "Postgres", "SQLite", "Chroma")
            for durability in classes
            if draw.random() < 0.7 or (name, durability) == ("Redis", classes[0])
        ]
        draw.shuffle(rows)
        wanted = draw.choice((0.4, 0.9, 0.95))
        found, expected = honest(list(rows), wanted), _honest(rows, wanted)
        if not isinstance(found, dict):
            return Verdict(False, f"Return a dictionary, not {type(found).__name__}.")
        if extra := [pair for pair in found if pair not in expected]:
            return Verdict(
                False, f"{extra[0]} must not be compared: {_why(rows, extra[0], wanted)}"
            )
        if missing := [pair for pair in expected if pair not in found]:
            return Verdict(False, f"{missing[0]} may be compared and is not there.")
        for pair, ratio in expected.items():
            if abs(found[pair] - ratio) > 1e-9:
                return Verdict(
                    False, f"{pair} takes {ratio:.3g} times as long; you say {found[pair]:.3g}."
                )
    return Verdict(True, f"{BENCHMARKS} benchmarks, and nothing unequal was compared.")


def _honest(rows: Sequence[Row], wanted: float) -> dict[tuple[str, str], float]:
    base = {d: ms for name, d, recall, ms in rows if name == "Redis" and recall >= wanted}
    return {
        (name, d): ms / base[d]
        for name, d, recall, ms in rows
        if name != "Redis" and recall >= wanted and d in base
    }


def _why(rows: Sequence[Row], pair: Any, wanted: float) -> str:
    recalls = {(name, d): recall for name, d, recall, _ in rows}
    if recalls.get(pair, 0) < wanted:
        return f"it finds too little ({recalls.get(pair, 0)} of {wanted} wanted)."
    base = recalls.get(("Redis", pair[1]))
    return "there is no Redis of that class." if base is None else f"Redis finds only {base}."


def check_3(lesson: Lesson, make: Callable[[str], Conversations]) -> Verdict:
    """The conformance checks, the file opened anew, and a time."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:

        def open_(path: Path) -> Conversations:
            engine = make(str(path))
            opened.callback(_close, engine)
            return engine

        engine = open_(Path(folder) / "shelf")
        try:
            for check in CHECKS:
                check(engine)
        except WrongAnswer as error:
            return Verdict(False, error.message)
        said = turns(3)
        for each in said:
            engine.append("kept", "c", each)
        if open_(_copy(Path(folder), "shelf")).last("kept", "c", 10) != said:
            return Verdict(False, "Whoever opens the file next does not find what was appended.")
        told = _time(lesson, engine)
    return Verdict(True, f"All conformance checks passed, and the file keeps its turns. {told}")


def _close(engine: Conversations) -> None:
    """Close whatever file it holds: some write when they are collected, into a folder long gone."""
    for held in vars(engine).values():
        with suppress(Exception):
            held.close()


def _copy(folder: Path, name: str) -> Path:
    """The files of a shelf under another name, as another process would find them."""
    for file in folder.glob(f"{name}*"):
        (folder / file.name.replace(name, f"{name}-again", 1)).write_bytes(file.read_bytes())
    return folder / f"{name}-again"


def _time(lesson: Lesson, engine: Conversations) -> str:
    """How it does against Redis, each appending a turn and reading the last ten."""
    with engines.start(engines.REDIS, Durability.SECOND, settings=lesson.settings) as running:
        redis, more = running.connect(time.time), turns(ROUNDS * 4)

        def call(one: Conversations) -> Callable[[], object]:
            mine = iter(more)
            return lambda: one.exchange("timed", "c", next(mine), 10)

        found = compare({"Redis": call(redis), "yours": call(engine)}, baseline="Redis",
                        n=ROUNDS, equal=None)  # fmt: skip
    ratio = unhurried(found["yours"], found["Redis"])
    return f"Its time over that of Redis: {ratio} (it never syncs, Redis does every second)."

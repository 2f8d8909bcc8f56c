"""Verdicts follow the rule, and what is counted is counted right."""

from __future__ import annotations

import numpy as np
import pytest

from wellness.compare import code, corpus, engines
from wellness.compare.protocols import Durability
from wellness.compare.results import HIGH, LOW, RUN_TO_RUN, Setup, Trial, outcome, unhurried
from wellness.compare.workloads import times_as_much
from wellness.lesson.timing import Comparison, Ratio, Sample, paired_ratio


def sample(name: str, times: float, *, hurried: float = 0.0, seed: int = 1) -> Sample:
    """Times around `times` microseconds, a part of them up to fifty times as long."""
    rng = np.random.default_rng(seed)
    ns = times * 1_000 * (1 + 0.1 * rng.random(400))
    slow = rng.random(400) < hurried
    ns[slow] *= rng.uniform(2, 50, slow.sum())
    return Sample(name, ns.astype(np.int64))


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [(1.26, 9.0, "wins"), (1.24, 9.0, "ties"), (0.1, 0.79, "loses"), (0.1, 0.81, "ties"),
     (0.9, 1.1, "ties"), (0.1, 9.0, "ties"), (LOW, LOW, "ties"), (HIGH, HIGH, "ties")],
)  # fmt: skip
def test_a_tie_is_an_interval_that_overlaps(low: float, high: float, found: str) -> None:
    assert outcome(Ratio((low + high) / 2, low, high)) == found


@pytest.mark.parametrize(
    ("times", "found"), [(3.0, "wins"), (1.3, "ties"), (0.7, "ties"), (0.4, "loses")]
)
def test_neighbours_do_not_turn_a_verdict(times: float, found: str) -> None:
    """A third, then two thirds of the calls of one side are disturbed; nothing else changes."""
    for hurried in (0.0, 0.33, 0.66):
        ratio = unhurried(sample("a", 100 * times, hurried=hurried), sample("b", 100, seed=2))
        assert outcome(ratio) == found
        assert ratio.low * RUN_TO_RUN < times * 1.1 < ratio.high * RUN_TO_RUN


def trial(times: float) -> Trial:
    samples = {engines.REDIS: sample("a", 100), engines.SQLITE: sample("b", 100 * times, seed=2)}
    ratios = {name: paired_ratio(s.ns, samples[engines.REDIS].ns) for name, s in samples.items()}
    found = Comparison(engines.REDIS, samples, ratios, Ratio(1, 0.9, 1.1), 400)
    setups = {name: Setup(name, "1.0", Durability.SECOND, {"a": "b"}) for name in samples}
    recall = {engines.SQLITE: 0.98, engines.REDIS: 0.9}
    absent = {engines.CHROMA: "it has not"}
    return Trial("(x) something", Durability.SECOND, found, setups, recall, absent)


def test_a_trial_tells_all() -> None:
    one = trial(4.0)
    assert one.outcomes == {engines.SQLITE: "wins"}
    assert one.cell(engines.SQLITE).startswith("▲ wins 4.")
    assert one.cell(engines.SQLITE).endswith("recall 0.98 (Redis 0.90)")
    assert one.cell(engines.CHROMA) == "– it has not"
    assert one.cell(engines.POSTGRES) == "– not measured"
    for text in (repr(one), one._repr_html_()):
        for part in ("(x) something", "fsync every second", "0.980", "it has not", "SQLite 1.0"):
            assert part in text


def test_growth_is_last_over_first() -> None:
    assert times_as_much({1: trial(1.0), 10: trial(2.0), 100: trial(8.0)}, engines.SQLITE) == (
        pytest.approx(8.0, rel=0.1)
    )


def test_every_engine_is_counted() -> None:
    assert code.ADAPTERS.keys() == engines.ENGINES.keys()
    for engine, features in code.sizes().items():
        assert all(size.statements > 0 for size in features.values()), engine
        assert all(size <= features["in all"] for size in features.values()), engine
    assert code.size_of(engines.POSTGRES).queries > code.size_of(engines.REDIS).queries
    assert code.kit_statements() > code.size_of(engines.REDIS_KIT).statements


def test_made_data_are_the_same_each_time() -> None:
    one, two = (corpus.corpus(50, owners=5, questions=3, dimensions=8, seed=1) for _ in range(2))
    assert one.statements == two.statements
    assert np.array_equal(one.vectors, two.vectors)
    assert len(one.first(7).statements) == len(one.first(7).vectors) == 7
    assert one.exact(one.vectors[12], 1, "user 2") == [one.statements[12].text]
    readings = corpus.heart_rates(10, 4, seed=1)
    assert len(readings) == 40
    assert {at // 86_400 for at, _ in readings} <= set(
        range(corpus.LAST_DAY - 9, corpus.LAST_DAY + 1)
    )

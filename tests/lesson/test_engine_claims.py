"""Verdicts on the claims of lesson 08 follow from what was measured, by the rules that are told."""

from __future__ import annotations

import numpy as np

from wellness.compare import engines
from wellness.compare.crash import Survival
from wellness.compare.ending import Ending
from wellness.compare.examination import RIGHT, Examined
from wellness.compare.protocols import Durability
from wellness.compare.results import Setup, Trial
from wellness.lesson.engine_claims import findings
from wellness.lesson.timing import Comparison, Ratio, Sample, paired_ratio


def turns(durability: Durability, **times: float) -> Trial:
    names = {engines.REDIS: 1.0, **times}
    base = 10_000 * (1 + 0.05 * np.random.default_rng(1).random(60))
    samples = {n: Sample(n, (base * factor).astype(np.int64)) for n, factor in names.items()}
    ratios = {n: paired_ratio(s.ns, samples[engines.REDIS].ns) for n, s in samples.items()}
    found = Comparison(engines.REDIS, samples, ratios, Ratio(1, 0.9, 1.1), 60)
    setups = {n: Setup(n, "1", durability, {}) for n in names}
    return Trial("(a)", durability, found, setups)


def ending(engine: str, *, by_itself: bool, felt: float, disk_after: int = 1_000) -> Ending:
    before = np.full(50, 1_000, dtype=np.int64)
    during = (before * felt).astype(np.int64)
    setup = Setup(engine, "1", Durability.SECOND, {})
    return Ending(setup, 60, by_itself, 0 if by_itself else 0.01, 0.2, before, during, 1_000,
                  disk_after)  # fmt: skip


def examined(**wrong: str) -> Examined:
    checks = ("turns", "expiry", "search", "one agent turn", "daily means", "several processes")
    found = {name: dict.fromkeys(checks, RIGHT) for name in engines.ENGINES}
    for name, check in wrong.items():
        found[name.replace("_", " ")][check] = "– cannot"
    return Examined(found)


def judged(
    always: Trial | None = None,
    redis: Ending | None = None,
    postgres: Ending | None = None,
    lost: int = 100,
    exam: Examined | None = None,
) -> dict[int, tuple[str, str]]:
    trials = [always or turns(Durability.ALWAYS, Postgres=3.0, Chroma=40.0),
              turns(Durability.NONE, Postgres=3.0, **{engines.DICT: 0.1})]  # fmt: skip
    redis = redis or ending(engines.REDIS, by_itself=True, felt=1.0)
    postgres = postgres or ending(engines.POSTGRES, by_itself=False, felt=2.0)
    endings = {engines.REDIS: redis, engines.POSTGRES: postgres}
    crash = Survival(Setup(engines.DICT, "1", Durability.NONE, {}), 100, 100 - lost, 0.0)
    found = findings(trials, endings, [crash], exam or examined(Chroma="daily means"))
    assert [one.claim for one in found] == [11, 14, 15, 16, 17, 18]
    assert all(one.measured for one in found)
    return {one.claim: (one.verdict.word, one.verdict.depends_on) for one in found}


def test_claim_11_depends_on_the_file() -> None:
    word, on = judged()[11]
    assert word == "depends"
    assert "refuted: bytes in the append-only file" in on
    clean = ending(engines.REDIS, by_itself=True, felt=1.0, disk_after=500)
    assert judged(redis=clean)[11][0] == "confirmed"
    felt = ending(engines.REDIS, by_itself=True, felt=3.0, disk_after=500)
    assert "refuted: not felt by others" in judged(redis=felt)[11][1]


def test_claim_14_is_judged_in_each_class() -> None:
    assert judged()[14] == ("confirmed", "")
    word, on = judged(always=turns(Durability.ALWAYS, Postgres=1.0, Chroma=40.0))[14]
    assert word == "depends"
    assert Durability.NONE in on


def test_claim_15_asks_for_code_and_for_what_others_feel() -> None:
    word, on = judged()[15]
    assert "no native TTL" in on or word == "confirmed"
    unfelt = judged(postgres=ending(engines.POSTGRES, by_itself=False, felt=1.0))[15]
    assert unfelt[0] == "depends"
    assert "refuted: felt by others" in unfelt[1]


def test_claim_16_says_what_chroma_does_alone() -> None:
    word, on = judged()[16]
    assert word == "depends"
    assert "refuted: it keeps conversations" in on or "it keeps conversations" in on
    assert "daily means" in on


def test_claim_17() -> None:
    assert judged(lost=100)[17] == ("confirmed", "")
    assert judged(lost=0)[17] == ("refuted", "")


def test_claim_18_falls_with_one_other() -> None:
    assert judged()[18] == ("refuted", "")
    checks = {
        name: "search" for name in engines.ENGINES if name not in ("Redis", engines.REDIS_KIT)
    }
    alone = examined(**{name.replace(" ", "_"): check for name, check in checks.items()})
    assert judged(exam=alone)[18] == ("confirmed", "")


def test_claim_18_says_when_nobody_else_is_here() -> None:
    here = {n: examined().found[n] for n in (engines.REDIS, engines.REDIS_KIT, engines.DICT)}
    word, on = judged(exam=Examined(here | {engines.CHROMA: examined().found[engines.CHROMA]}))[18]
    assert (word, on) == ("refuted", "")
    trials = [turns(Durability.NONE)]
    endings = {engines.REDIS: ending(engines.REDIS, by_itself=True, felt=1.0)}
    last = findings(trials, endings, [], Examined(here))[-1]
    assert last.verdict.word == "depends"
    assert "no other database is here" in last.verdict.depends_on


def test_what_is_not_here_is_not_judged() -> None:
    trials = [turns(Durability.NONE)]
    endings = {engines.REDIS: ending(engines.REDIS, by_itself=True, felt=1.0)}
    found = findings(trials, endings, [], examined())
    assert [one.claim for one in found] == [11, 18]

"""What lesson 08 says about claims 11 and 14 to 18, by rules that stand here and nowhere else.

A claim that names no number gets one from the band of ties: "slow", "complex" and "felt" mean that
the 95 % interval of a ratio lies above it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wellness.compare import code
from wellness.compare.crash import Survival
from wellness.compare.ending import Ending
from wellness.compare.engines import CHROMA, DICT, POSTGRES, REDIS, REDIS_KIT
from wellness.compare.examination import Examined
from wellness.compare.results import HIGH, Trial
from wellness.lesson.timing import Ratio
from wellness.lesson.verdicts import Verdict, verdict_by, verdict_from

Measured = Mapping[str, tuple[float, str]]


@dataclass(frozen=True)
class Finding:
    """What was found about one claim: conditions with a verdict each, and the numbers."""

    claim: int
    experiment: str
    conditions: Mapping[str, Verdict]
    measured: Measured

    @property
    def verdict(self) -> Verdict:
        """One verdict from all conditions."""
        return verdict_by(self.conditions)


def findings(
    turns: Sequence[Trial],
    endings: Mapping[str, Ending],
    crashes: Sequence[Survival],
    examined: Examined,
) -> list[Finding]:
    """Whatever the measurements say; claims about an engine that is not here are left out.

    Args:
        turns: (a), in each class of durability.
        endings: (e), by engine.
        crashes: (g).
        examined: the conformance checks of all engines.
    """
    found = [_no_junk(endings[REDIS]), _only_one(examined)]
    if trials := [trial for trial in turns if POSTGRES in trial.outcomes]:
        found += [_slow(trials), _complex(endings[POSTGRES])]
    if trials := [trial for trial in turns if CHROMA in trial.outcomes]:
        found.append(_second_database(trials[0], examined))
    lost = [one for one in crashes if one.setup.engine == DICT]
    if lost:
        quick = [trial.ratio(DICT) for trial in turns if DICT in trial.outcomes]
        found.append(_lost(lost[0], quick))
    return sorted(found, key=lambda one: one.claim)


def _no_junk(ending: Ending) -> Finding:
    """Claim 11: keys go by themselves, unnoticed, and nothing is left anywhere."""
    kept = ending.disk_after / ending.disk_before
    conditions = {
        "keys that nobody deleted": _said(ending.by_itself),
        "bytes in the append-only file": _said(kept < 1),
        "not felt by others": _below(ending.felt),
    }
    measured = {
        "conversations": (ending.conversations, ""),
        "until all keys were gone": (ending.gone_s, "s"),
        "bytes on disk after, over before": (kept, ""),
        "exchange meanwhile, times the usual": (ending.felt.value, ""),
    }
    return Finding(11, "many conversations end at once", conditions, measured)


def _slow(trials: Sequence[Trial]) -> Finding:
    """Claim 14: slower than Redis in the same class of durability."""
    conditions = {str(trial.durability): _above(trial.ratio(POSTGRES)) for trial in trials}
    measured: dict[str, tuple[float, str]] = {}
    for trial in trials:
        measured[f"over Redis, {trial.durability}"] = (trial.ratio(POSTGRES).value, "")
        p50 = trial.samples[POSTGRES].p50
        measured[f"p50, {trial.durability}"] = (p50 / 1e6, "ms")
    return Finding(14, "append and last ten; slow: over 1.25 of Redis", conditions, measured)


def _complex(ending: Ending) -> Finding:
    """Claim 15: there is none, it takes twice the code, and the others feel it."""
    methods = (*code.FEATURES["conversation"], *code.FEATURES["expiry"])
    parts = {name: sum(code.size_of(name, methods)) for name in (POSTGRES, REDIS)}
    conditions = {
        "no native TTL": _said(not ending.by_itself),
        "twice the code": _said(parts[POSTGRES] >= 2 * parts[REDIS]),
        "felt by others while it runs": _above(ending.felt),
    }
    measured = {
        "the delete": (ending.work_s * 1e3, "ms"),
        "statements and lines of SQL for conversations that end": (parts[POSTGRES], ""),
        "those of Redis": (parts[REDIS], ""),
        "exchange meanwhile, times the usual": (ending.felt.value, ""),
    }
    return Finding(15, "a delete beside a living conversation", conditions, measured)


def _second_database(trial: Trial, examined: Examined) -> Finding:
    """Claim 16: what can be built on Chroma alone, and at what price."""
    conditions = {
        "it keeps conversations, with right answers": _said(not examined.passed(CHROMA, "turns")),
        "in a time beyond that of Redis": _above(trial.ratio(CHROMA)),
        "daily means": _said(not examined.passed(CHROMA, "daily means")),
        "several processes": _said(not examined.passed(CHROMA, "several processes")),
    }
    size = code.size_of(CHROMA, code.FEATURES["conversation"])
    measured = {
        "append and last ten, over Redis": (trial.ratio(CHROMA).value, ""),
        "p50": (trial.samples[CHROMA].p50 / 1e6, "ms"),
        "statements for conversations": (size.statements, ""),
        "those on Redis": (code.size_of(REDIS, code.FEATURES["conversation"]).statements, ""),
    }
    return Finding(16, "the same feature on Chroma alone", conditions, measured)


def _lost(crash: Survival, quick: Sequence[Ratio]) -> Finding:
    """Claim 17: nothing is left; what it wins until then stands beside."""
    measured: dict[str, tuple[float, str]] = {
        "lost": (crash.lost, "turns"), "of": (crash.acknowledged, "turns")
    }  # fmt: skip
    if quick:
        measured["its time over that of Redis"] = (quick[0].value, "")
    share = crash.lost / max(1, crash.acknowledged)
    verdict = verdict_from((share, share), claimed_low=1.0)
    return Finding(17, "kill -9 while it is written to", {"kill -9": verdict}, measured)


def _only_one(examined: Examined) -> Finding:
    """Claim 18: no other database does both, and does it right; a dictionary is none."""
    databases = [name for name in examined.found if name not in (REDIS, REDIS_KIT, DICT)]
    others = [name for name in databases if examined.passed(name, "turns", "search")]
    server = [name for name in others if examined.passed(name, "several processes")]
    measured = {"others that do both": (len(others), ""),
                "of them for several processes": (len(server), "")}  # fmt: skip
    verdict = _said(not others) if databases else Verdict("depends", "no other database is here")
    return Finding(18, "the conformance checks", {"no other does": verdict}, measured)


def _said(holds: bool) -> Verdict:
    return Verdict("confirmed" if holds else "refuted")


def _above(ratio: Ratio) -> Verdict:
    return verdict_from((ratio.low, ratio.high), claimed_low=HIGH)


def _below(ratio: Ratio) -> Verdict:
    return verdict_from((ratio.low, ratio.high), claimed_high=HIGH)

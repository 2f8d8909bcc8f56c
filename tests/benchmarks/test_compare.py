"""Redis against Postgres, SQLite, Chroma and a dictionary: all workloads, twice, with a report.

The report lies in build/compare: report.md, verdicts.svg and results.json of each of two runs. At
WELLNESS_SCALE=ci the sizes are those of the lesson in CI.
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

import pytest

from wellness.compare import corpus, session
from wellness.lesson.engine_report import VerdictPage, disagreements, write_report
from wellness.settings import Settings, project_root

pytestmark = pytest.mark.benchmark_limits
FULL = session.Sizes((100, 1_000, 10_000), 280, 300, 8.0, 60, 500)
CI = session.Sizes((10, 100, 1_000), 60, 120, 2.0, 25, 50)


def test_engines(settings: Settings) -> None:
    sizes = CI if os.environ.get("WELLNESS_SCALE") == "ci" else FULL
    told = corpus.corpus(sizes.vectors[-1], owners=10, questions=50,
                         dimensions=sizes.dimensions, seed=8)  # fmt: skip
    strict = settings.model_copy(update={"checks": "strict"})
    runs = []
    for i in (1, 2):
        at = datetime.now(UTC)
        print(f"\nRun {i}, {at:%Y-%m-%d %H:%M} UTC")
        runs.append(session.run(strict, time.time, told, sizes, print))
        folder = project_root() / "build" / "compare" / f"{at:%Y%m%dT%H%M%SZ}"
        title = f"Redis against other engines, {at:%Y-%m-%d %H:%M} UTC"
        print(*write_report(runs[-1], folder, title=title), sep="\n")
        print(VerdictPage(runs[-1].trials))
    different = disagreements(*runs)
    total = sum(map(len, runs[0].verdicts.values()))
    state = "FAIL" if different else "pass"
    print(f"{state}: {total - len(different)} of {total} verdicts are the same in both runs")
    print(*different, sep="\n")
    assert total > 40

"""The page of verdicts says what the trials say, as a table, as Markdown and as a chart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from wellness.compare import engines
from wellness.compare.protocols import Durability
from wellness.compare.results import Setup, Trial
from wellness.compare.session import Session
from wellness.lesson.engine_report import VerdictPage, disagreements, write_report
from wellness.lesson.timing import Comparison, Ratio, Sample, paired_ratio


def trial(workload: str, absent: dict[str, str] | None = None, **times: float) -> Trial:
    """Times as multiples of those of Redis."""
    rng = np.random.default_rng(1)
    base = 10_000 * (1 + 0.05 * rng.random(60))
    names = {"Redis": 1.0, **times}
    samples = {n: Sample(n, (base * factor).astype(np.int64)) for n, factor in names.items()}
    ratios = {n: paired_ratio(s.ns, samples["Redis"].ns) for n, s in samples.items()}
    found = Comparison("Redis", samples, ratios, Ratio(1, 0.9, 1.1), 60)
    setups = {n: Setup(n, "1", Durability.SECOND, {}) for n in names}
    return Trial(workload, Durability.SECOND, found, setups, {}, absent or {})


@pytest.fixture
def page() -> VerdictPage:
    return VerdictPage([
        trial("(a) first", Postgres=3.0, SQLite=1.1),
        trial("(b) second", Postgres=1.0, SQLite=0.2, absent={engines.CHROMA: "it has not"}),
    ])  # fmt: skip


def test_the_table(page: VerdictPage) -> None:
    assert page.engines == [engines.POSTGRES, engines.SQLITE, engines.CHROMA]
    assert page.counts(engines.POSTGRES) == {"wins": 1, "ties": 1}
    assert page.counts(engines.SQLITE) == {"ties": 1, "loses": 1}
    assert page.where("wins") == ["(a) first, fsync every second: Postgres"]
    assert page.where("loses", besides=[engines.SQLITE]) == []
    lines = page.markdown().splitlines()
    assert lines[0].count("|") == lines[1].count("|") == lines[2].count("|") == 5
    assert "▲ wins 3" in lines[2]
    assert "▼ loses 0.2" in lines[3]
    assert "– it has not" in lines[3]
    assert "▲ 1 = 1 ▼ 0" in lines[4]
    assert "▲ wins" in page._repr_html_()
    assert "0.8 to 1.25" in repr(page)


def test_the_chart_says_the_same(page: VerdictPage) -> None:
    chart = page.chart()
    assert "Postgres 3 (wins)" in chart.label
    assert chart.label in chart.svg.replace("&amp;", "&")
    assert chart.table.loc["(b) second, fsync every second", "Chroma"] == "– it has not"


def test_the_report_is_kept(page: VerdictPage, tmp_path: Path) -> None:
    files = write_report(Session(list(page.trials)), tmp_path / "new", title="A title")
    assert [file.name for file in files] == ["report.md", "verdicts.svg", "results.json"]
    assert files[0].read_text("utf-8").startswith("# A title")
    kept = json.loads(files[2].read_text("utf-8"))
    assert kept["trials"][0]["engines"]["Postgres"]["redis"] == "wins"
    assert kept["trials"][1]["absent"] == {"Chroma": "it has not"}


def test_disagreements_are_named() -> None:
    one = Session([trial("(a)", Postgres=3.0, SQLite=1.0)])
    other = Session([trial("(a)", Postgres=1.0, SQLite=1.0)])
    assert disagreements(one, one) == []
    assert disagreements(one, other) == ["(a), fsync every second, Postgres: wins and ties"]

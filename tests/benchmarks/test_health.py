"""What importing and reading cost, as ratios measured in this run; nothing here is asserted.

`make bench` prints each figure beside its limit, with pass or fail.
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from xml.parsers import expat
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from wellness.client import connect
from wellness.health import rollups
from wellness.health.importer import ImportReport, import_export
from wellness.health.rollups import Rollups
from wellness.health.sample import density_for, generate
from wellness.health.sample.truth import Truth
from wellness.health.store import Store
from wellness.lesson.timing import compare
from wellness.settings import Settings

pytestmark = pytest.mark.benchmark_limits
RECORDS = 500_000
ROUNDS = 3
HEART = "HKQuantityTypeIdentifierHeartRate"
ZONE = ZoneInfo("America/New_York")
MEMBER = "apple_health_export/export.xml"


def verdict(what: str, found: float, limit: float, *, at_most: bool = True, unit: str = "") -> None:
    passed = found <= limit if at_most else found >= limit
    bound = "at most" if at_most else "at least"
    state = "pass" if passed else "FAIL"
    print(f"\n{state}: {what}: {found:.3g} {unit} ({bound} {limit:g} {unit})")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    path = tmp_path_factory.mktemp("bench") / "export.zip"
    density = density_for(RECORDS, seed=11, days=730)
    return path, generate(path, seed=11, days=730, density=density)


@pytest.fixture
def store(settings: Settings, namespace: str) -> Iterator[Store]:
    client = connect(settings)
    yield Store(client, "bench", namespace=namespace)
    client.close()


def count_records(path: Path) -> int:
    """The floor: expat, a counter, and nothing else; the malformed head is skipped."""
    found = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal found
        if tag == "Record":
            found += 1

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with zipfile.ZipFile(path) as archive, archive.open(MEMBER) as stream:
        chunk = stream.read(65_536)
        chunk = chunk[chunk.index(b"<HealthData") :]
        while chunk:
            parser.Parse(chunk)
            chunk = stream.read(65_536)
        parser.Parse(b"", True)
    return found


def cpu_seconds(call: Callable[[], object]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


def test_import(export: tuple[Path, Truth], store: Store, settings: Settings) -> None:
    path, truth = export
    ratios: list[float] = []
    report: ImportReport | None = None

    def run() -> None:
        nonlocal report
        report = import_export(path, store, settings=settings, zone=ZONE)

    for _ in range(ROUNDS):
        store.delete()
        floor = cpu_seconds(lambda: count_records(path))
        ratios.append(cpu_seconds(run) / floor)
    assert report is not None
    assert report.read == truth.records == count_records(path)
    assert report.read == report.stored + report.duplicate + sum(report.rejected.values())
    assert sum(store.count(type) for type in store.types()) == report.stored
    print(f"\n{report.read:,} records; client CPU of each round over the floor: {ratios}")
    verdict("import, client CPU over the bare expat loop", statistics.median(ratios), 2.5)

    keys = store.keys
    owned = (keys.readings(HEART), keys.days(HEART), keys.tags(HEART))
    held = sum(store.client.memory_usage(key, samples=0) or 0 for key in owned)
    verdict("memory of a heart-rate reading", held / store.count(HEART), 110, unit="bytes")
    _reading_back(store, settings)


def _reading_back(store: Store, settings: Settings) -> None:
    bounds = store.bounds(HEART)
    assert bounds is not None
    last = rollups.local_day(bounds[1], ZONE)
    start = rollups.midnight(last - timedelta(days=6), ZONE)
    end = rollups.midnight(last + timedelta(days=1), ZONE)
    key = store.keys.readings(HEART)

    def raw() -> float:
        members = store.client.zrangebyscore(key, start, f"({end}")
        return sum(float(member.split(b":")[1]) for member in members)

    def ours() -> float:
        return float(store.range(HEART, start, end).values.sum())

    week = compare({"least": raw, "store": ours}, baseline="least", n=200)
    print(week)
    verdict("seven days through the store", week.ratios["store"].value, 1.3)

    made = Rollups(store, HEART, gap_s=settings.heart_rate_gap_s)
    first = rollups.local_day(bounds[0], ZONE)
    dates = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    edges = made.edges(dates)

    def from_readings() -> np.ndarray:
        rows = made.raw(edges)
        return rows[rows[:, 0] > 0]

    years = compare(
        {
            "raw": from_readings,
            "rollups": lambda: made.days(dates[0], dates[-1] + timedelta(days=1)).rows,
        },
        baseline="raw",
        n=12,
        equal=np.allclose,
    )
    print(years)
    gain = 1 / years.ratios["rollups"].value
    verdict("two years by day, rollups against raw", gain, 20, at_most=False, unit="times faster")


PEAK = """
import pathlib, re, resource, sys
from wellness.client import connect
from wellness.health.importer import import_export
from wellness.health.store import Store
from wellness.settings import Settings
settings = Settings(redis_url=sys.argv[2])
store = Store(connect(settings), "peak", namespace=sys.argv[3])
import_export(sys.argv[1], store, settings=settings)
status = pathlib.Path("/proc/self/status")
if status.exists():  # what getrusage says on Linux includes the parent's size before exec
    print(int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read_text())[1]) * 1024 / 1e6)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)
"""


def test_peak_memory(
    export: tuple[Path, Truth], redis_server: object, namespace: str, tmp_path: Path
) -> None:
    small = tmp_path / "small.zip"
    generate(small, seed=11, days=730, density=1.0)
    peaks = []
    for path in (small, export[0]):
        arguments = [sys.executable, "-c", PEAK, str(path), redis_server.url, namespace]  # type: ignore[attr-defined]
        said = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
        peaks.append(float(said))
    print(f"\npeak of the importing process: {peaks} MB for a small and a large export")
    verdict("peak memory of an import", peaks[1], 120, unit="MB")
    verdict("peak of the large over the small export", peaks[1] / peaks[0], 1.25)


def seconds_of(code: str) -> float:
    probe = f"import time; t = time.perf_counter(); {code}; print(time.perf_counter() - t)"
    runs = [
        subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    return min(float(run.stdout.splitlines()[-1]) for run in runs)


def test_imports(redis_server: object) -> None:
    verdict("import wellness", seconds_of("import wellness"), 0.4, unit="s")
    code = 'from wellness.lesson import kit; t = time.perf_counter(); kit.start("00")'
    verdict("kit.start() with a running server", seconds_of(code), 1.0, unit="s")
    load = seconds_of("from wellness.lesson import kit")
    print(f"\nimporting the kit itself takes {load:.2g} s")

"""Write the export: a zip whose bytes depend on seed, days, density and last day alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from wellness.health.sample import activity, body, sidefiles, story, vitals
from wellness.health.sample.markup import Markup, summary
from wellness.health.sample.person import Day, Session, live
from wellness.health.sample.records import MAKERS, records
from wellness.health.sample.sources import text
from wellness.health.sample.timeline import Calendar
from wellness.health.sample.truth import Truth

FOLDER = "apple_health_export"
Progress = Callable[[float], None]


def generate(
    path: Path | str,
    *,
    seed: int = 7,
    days: int = 730,
    density: float = 1.0,
    last: date = story.EXPORT_DAY,
    progress: Progress | None = None,
) -> Truth:
    """Write an Apple Health export of an invented person and return its exact answers.

    Args:
        path: the zip to write; it appears only when it is complete.
        seed: another seed is another life with the same story.
        days: length, ending on `last`, the day of the export.
        density: readings a day relative to the shipped sample; the file is streamed at any.
        last: an earlier day makes an older export of the same life, which overlaps this one.
        progress: called with the fraction done.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     truth = generate(Path(folder) / "export.zip", days=3, density=0.5)
    ...     truth.kinds["HKQuantityTypeIdentifierRestingHeartRate"].read
    2
    """
    calendar = Calendar(last, days)
    truth = Truth(calendar, seed, density)
    lives = [live(seed, day) for day in calendar.dates]
    target = Path(path)
    unfinished = target.with_name(f"{target.name}.part")
    try:
        with ZipFile(unfinished, "w", ZIP_DEFLATED) as archive:
            routes = _write_export(archive, truth, lives, progress or (lambda fraction: None))
            _write_beside(archive, calendar, lives, routes)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return truth


@contextmanager
def _member(archive: ZipFile, name: str) -> Iterator[IO[bytes]]:
    """A file in the zip with a fixed timestamp; it may pass four gigabytes."""
    info = ZipInfo(f"{FOLDER}/{name}", date_time=(2026, 9, 30, 20, 15, 0))
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
    with archive.open(info, "w", force_zip64=True) as file:
        yield file


def _write_export(
    archive: ZipFile, truth: Truth, lives: list[Day], progress: Progress
) -> dict[str, Session]:
    markup = Markup(truth.calendar)
    with _member(archive, "export.xml") as file:
        file.write(markup.head(str(story.BORN)).encode())
        _write_records(file, markup, truth, lives, progress)
        _write_correlations(file, markup, truth, lives)
        routes = _write_workouts(file, markup, truth, lives)
        for day in lives:
            row = truth.rings.setdefault(str(day.date), [0.0, 0, 0])
            file.write(summary(day, row[0], int(row[1]), int(row[2])).encode())
        file.write(b"</HealthData>\n")
    return routes


def _write_records(
    file: IO[bytes], markup: Markup, truth: Truth, lives: list[Day], progress: Progress
) -> None:
    for number, kind in enumerate(MAKERS):
        for day in lives:
            samples = records(kind, day, truth.density, truth.calendar.until)
            truth.read(kind, day, samples)
            file.write("".join([markup.record(sample, day) for sample in samples]).encode())
        progress((number + 1) / len(MAKERS))
    truth.finish()


def _write_correlations(file: IO[bytes], markup: Markup, truth: Truth, lives: list[Day]) -> None:
    for day in lives:
        for group in body.groups(day):
            if group.members[0].created <= truth.calendar.until:
                truth.correlations[group.type] += 1
                truth.nested(group.members)
                file.write(markup.correlation(group, day).encode())


def _write_workouts(
    file: IO[bytes], markup: Markup, truth: Truth, lives: list[Day]
) -> dict[str, Session]:
    routes = {}
    for day in lives:
        for session in day.sessions:
            if session.end + 60 > truth.calendar.until:
                continue
            truth.workout(session)
            name = sidefiles.route_name(truth.calendar, day, session)
            if name:
                routes[name] = session
            path = f"/workout-routes/{name}" if name else ""
            figures = _figures(day, session, truth.density)
            file.write(markup.workout(session, day, figures, path).encode())
    return routes


def _figures(day: Day, session: Session, density: float) -> list[tuple[str, str]]:
    """Statistics of a workout, each as the attributes of its element."""
    rates = [int(beat.value or "") for beat in vitals.effort(day, session, density)]
    heart = f'average="{text(sum(rates) / len(rates), 4)}"'
    heart += f' minimum="{min(rates)}" maximum="{max(rates)}" unit="count/min"'
    energy = f'sum="{session.energy}" unit="Cal"'
    figures = [(vitals.HEART_RATE, heart), (activity.ACTIVE, energy)]
    if session.activity == "Running":
        figures.append((activity.DISTANCE, f'sum="{session.miles}" unit="mi"'))
    if session.activity == "Swimming":
        figures.append((activity.SWUM, f'sum="{text(session.miles * 1760, 0)}" unit="yd"'))
    return figures


def _write_beside(
    archive: ZipFile, calendar: Calendar, lives: list[Day], routes: dict[str, Session]
) -> None:
    files = [("export_cda.xml", sidefiles.CDA)]
    files += [(f"workout-routes/{n}", sidefiles.route(s)) for n, s in routes.items()]
    ecgs = sidefiles.electrocardiograms(calendar, lives)
    files += [(f"electrocardiograms/{name}", body) for name, body in ecgs]
    for name, content in files:
        with _member(archive, name) as file:
            file.write(content.encode())

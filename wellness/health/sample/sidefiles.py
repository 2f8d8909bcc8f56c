"""The small files beside export.xml: the clinical document, routes and electrocardiograms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import cos, pi, sin

from wellness.health.sample import story
from wellness.health.sample.person import Day, Session
from wellness.health.sample.timeline import Calendar, iso

ROUTE_EVERY = 8  # one run in so many keeps its route in the file
CDA = """<?xml version="1.0"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
 <title>Health Data Export</title>
</ClinicalDocument>
"""


def route_name(calendar: Calendar, day: Day, session: Session) -> str:
    """Name of the session's GPX file under `workout-routes/`, or an empty text."""
    if session.activity != "Running" or day.rng("route").randrange(ROUTE_EVERY):
        return ""
    date, clock, _ = calendar.stamp(session.end).split()
    hour, minute = int(clock[:2]), clock[3:5]
    return f"route_{date}_{(hour + 11) % 12 + 1}.{minute}{'am' if hour < 12 else 'pm'}.gpx"


def route(session: Session) -> str:
    """A loop in a park, as a handful of points."""
    points = []
    for step in range(9):
        turn = 2 * pi * step / 8
        at = session.start + (session.end - session.start) * step // 8
        lon, lat = -73.9690 + 0.01 * sin(turn), 40.6602 + 0.008 * cos(turn)
        points.append(
            f'<trkpt lon="{lon:.6f}" lat="{lat:.6f}">'
            f"<ele>{30 + 4 * sin(turn):.1f}</ele><time>{iso(at)}</time></trkpt>\n"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Apple Health Export" '
        'xmlns="http://www.topografix.com/GPX/1/1">\n<trk><trkseg>\n'
        f"{''.join(points)}</trkseg></trk></gpx>\n"
    )


def electrocardiograms(calendar: Calendar, days: Iterable[Day]) -> Iterator[tuple[str, str]]:
    """Name and text of an ECG on the first of each quarter: half a second of microvolts."""
    for day in days:
        if day.date.day == 1 and day.date.month % 3 == 1 and day.worn:
            rng = day.rng("ecg")
            volts = "\n".join(f"{40 * sin(n / 9) + rng.gauss(0, 6):.3f}" for n in range(60))
            born, recorded = story.BORN, calendar.stamp(day.wake + 3600)
            yield (
                f"ecg_{day.date}.csv",
                f"Name,Ann\nDate of Birth,{born:%b} {born.day}, {born.year}\n"
                f"Recorded Date,{recorded}\nClassification,Sinus Rhythm\nSymptoms,\n"
                f"Software Version,2.0\nDevice,Apple Watch\nSample Rate,512 hertz\n\n"
                f"Lead,Lead I\nUnit,µV\n\n{volts}\n",
            )

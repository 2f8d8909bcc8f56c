"""One hazard of real exports after the other: malformed heads, forbidden bytes, cut files."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wellness.errors import ExportError, NotAnExport
from wellness.health.items import Workout

from . import reference
from .exports import (
    BLOOD_PRESSURE,
    CDA,
    DIASTOLIC,
    END,
    HEAD,
    HRV,
    SLEEP,
    SYSTOLIC,
    Outcome,
    document,
    element,
    heart_rates,
    metadata,
    read_bytes,
    record,
    zipped,
)

BOUNDARIES = [1 << power for power in range(13, 18)]
TIMES: dict[str, str | None] = {
    "startDate": "2024-03-01 08:00:00 +0100",
    "endDate": "2024-03-01 08:30:00 +0100",
}


def assert_cut(outcome: Outcome) -> None:
    """The reader says that the file is not whole, and where it stopped."""
    assert not outcome.reader.complete
    assert re.search(r"[a-z]{3}.*\d", outcome.reader.problem), outcome.reader.problem


# --- the head ------------------------------------------------------------------------------------


def test_malformed_head_stops_a_strict_parser_and_not_us() -> None:
    data = document(*heart_rates(50))
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(data)
    outcome = read_bytes(data)
    assert len(outcome.readings) == 50
    assert outcome.reader.complete


@pytest.mark.parametrize(
    "head",
    [
        "",
        "\ufeff",
        "\ufeff" + HEAD,
        HEAD.replace("\n", "\r\n"),
        HEAD + "<!-- the root is <HealthData locale='x'> and comes next -->\n",
        "<!-- <HealthData> --><!-- <HealthData/> -->" + HEAD + "<!-- </HealthData> -->",
        HEAD.replace("<!-- Note", "<!-- <HealthData > Note"),
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n',
        "<?xml version='1.0' encoding='utf-8'?><?xml-stylesheet href='a.xsl'?>\n\n",
    ],
)
def test_heads(head: str) -> None:
    outcome = read_bytes(document(*heart_rates(3), head=head))
    assert [reading.value for reading in outcome.readings] == [50, 51, 52]
    assert outcome.reader.complete


@pytest.mark.parametrize("boundary", [*BOUNDARIES, 5 * 65536])
def test_root_and_comments_across_chunks(boundary: int) -> None:
    """A long head may put the root, or the comment that names it, on the edge of a chunk."""
    token = "<!-- <HealthData x> --><HealthData"
    for shift in range(0, len(token) + 1, 2):
        padding = "<!--" + "-=" * ((boundary - shift - len(HEAD)) // 2 - 4) + "-->"
        head = HEAD + padding
        head += " " * (boundary - shift - len(head)) + token.removesuffix("<HealthData")
        outcome = read_bytes(document(record(), head=head))
        assert len(outcome.readings) == 1
        assert outcome.reader.complete


BOMB = "".join(
    f'<!ENTITY lol{n} "{"".join([f"&lol{n - 1};"] * 10) if n else "lol" * 10}">' for n in range(12)
)


def test_entity_bomb_in_the_head_is_not_expanded() -> None:
    head = f"<?xml version='1.0'?><!DOCTYPE HealthData [{BOMB}]>"
    outcome = read_bytes(document(*heart_rates(5), head=head))
    assert len(outcome.readings) == 5
    assert outcome.reader.complete


@pytest.mark.parametrize("entity", ["&lol11;", "&secret;"])
def test_entities_of_the_head_mean_nothing_in_the_body(entity: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP SECRET")
    external = f"<!ENTITY secret SYSTEM '{secret.as_uri()}'><!ENTITY % p SYSTEM 'file:///x'>%p;"
    head = f"<?xml version='1.0'?><!DOCTYPE HealthData [{BOMB}{external}]>"
    outcome = read_bytes(document(*heart_rates(5), record(sourceName=entity), head=head))
    assert len(outcome.readings) >= 5
    assert "TOP SECRET" not in repr(outcome.items)
    assert "lollol" not in repr(outcome.items)
    if len(outcome.readings) == 5:
        assert_cut(outcome)


# --- ways to write the same ----------------------------------------------------------------------


def test_carriage_returns() -> None:
    plain = document(*heart_rates(20))
    assert read_bytes(plain.replace(b"\n", b"\r\n")).items == read_bytes(plain).items


def test_single_quotes() -> None:
    body = record(metadata("k", "v"), sourceName="the &quot;big&quot; watch")
    quoted = read_bytes(document(body.replace('"', "'")))
    assert quoted.items == read_bytes(document(body)).items
    assert quoted.readings[0].source == 'the "big" watch'


def test_order_of_attributes_does_not_matter() -> None:
    attributes: dict[str, str | None] = {
        "value": "72",
        "endDate": "2024-03-01 08:00:05 +0100",
        "sourceName": "Watch",
        "unit": "count/min",
        "type": "HKQuantityTypeIdentifierHeartRate",
        "startDate": "2024-03-01 08:00:00 +0100",
        "device": "x",
        "futureAttribute": "y",
    }
    reversed_ = dict(reversed(attributes.items()))
    first, second = read_bytes(
        document(element("Record", attributes), element("Record", reversed_))
    ).readings
    assert first == second
    assert first.value == 72


def test_long_form_and_one_line() -> None:
    short = record()
    long = short.replace("/>", "></Record>")
    many = (short + long + short).replace("\n", "")
    assert len(set(map(repr, read_bytes(document(many)).readings))) == 1


def test_comments_and_character_data_in_the_body_are_ignored() -> None:
    body = ["<!-- <Record/> -->", record(), "text &amp; <![CDATA[<Record>]]>", "<?note x?>"]
    outcome = read_bytes(document(*body))
    assert len(outcome.items) == 2
    assert outcome.reader.complete


# --- characters ----------------------------------------------------------------------------------

FORBIDDEN = [
    *(bytes([code]) for code in (0x00, 0x01, 0x0B, 0x0C, 0x1F)),
    "\ufffe".encode(),
    "\uffff".encode(),
    *(b"&#11;", b"&#0;", b"&#x0B;", b"&#x0b;", b"&#x0;", b"&#0011;", b"&#00000000000011;"),
    *(b"&#xFFFF;", b"&#xFFFE;", b"&#65535;", b"&#xD800;", b"&#xDFFF;", b"&#x110000;"),
    *(b"&#99999999999999999999;", b"&#1" + b"0" * 5000 + b";"),
]
NOT_UTF_8 = [b"\xff", b"\x80", b"\xc3", b"\xe5\xbf", b"\xf0\x9f\x8f", b"\xed\xa0\x80", b"\xc0\xaf"]
ALLOWED = {
    "é".encode(): "é",
    "心".encode(): "心",
    "🏃🏽‍♀️".encode(): "🏃🏽‍♀️",
    "\u00a0’“\u202f\u2028\u0085\u007f\ufffd".encode(): "\u00a0’“\u202f\u2028\u0085\u007f\ufffd",
    b"&amp;": "&",
    b"&lt;&gt;&quot;&apos;": "<>\"'",
    b"&amp;#11;": "&#11;",
    b"&#8217;": "’",
    b"&#x2019;": "’",
    b"&#x1F3C3;": "🏃",
    b"&#0000000000000000065;": "A",
    b"&#9;&#10;&#13;": "\t\n\r",
    b";#&amp;;#11;": ";#&;#11;",
}


def sources(data: bytes) -> set[str]:
    """The source names of a file that must be read to its end, without loss."""
    outcome = read_bytes(data)
    assert outcome.reader.problem == ""
    assert outcome.reader.complete
    assert len(outcome.readings) == data.count(b"<Record ")
    return {reading.source for reading in outcome.readings}


def with_source(name: bytes) -> bytes:
    return document(record(sourceName="NAME")).replace(b"NAME", name)


@pytest.mark.parametrize("token", FORBIDDEN, ids=lambda token: repr(token[:20]))
def test_forbidden_characters_vanish(token: bytes) -> None:
    assert sources(with_source(b"Anna" + token + b"s Watch")) == {"Annas Watch"}


@pytest.mark.parametrize("token", NOT_UTF_8, ids=repr)
def test_what_is_not_utf_8_is_marked(token: bytes) -> None:
    (name,) = sources(with_source(b"Anna" + token + b"s Watch"))
    assert re.fullmatch("Anna\ufffd+s Watch", name)


@pytest.mark.parametrize(("token", "text"), ALLOWED.items(), ids=map(repr, ALLOWED))
def test_everything_else_is_kept(token: bytes, text: str) -> None:
    assert sources(with_source(b"Anna" + token + b"s Watch")) == {f"Anna{text}s Watch"}


def test_forbidden_bytes_outside_of_attributes() -> None:
    data = document(*heart_rates(3)).replace(b"\n <Record", b"\n\x0b&#11;\xff<Record")
    assert data.count(b"\xff") == 3
    assert len(sources(data)) == 1


@pytest.mark.parametrize(
    "token", [*FORBIDDEN[:-1], *NOT_UTF_8, *ALLOWED], ids=lambda token: repr(token[:20])
)
def test_characters_across_chunks(token: bytes) -> None:
    """A reader takes its file in pieces: no place for the edge of one may matter."""
    (expected,) = sources(with_source(b"A" + token + b"B"))
    before, after = record(sourceName="A|B").encode().split(b"|")
    for shift in range(-1, len(token) + 2):
        data = document(end="")
        for boundary in BOUNDARIES:
            data += b" " * (boundary - shift - len(data) - len(before))
            assert len(data) + len(before) == boundary - shift
            data += before + token + after
        assert sources(data + END.encode()) == {expected}


@pytest.mark.parametrize("token", [b"\xe5\xbf\x83", b"&#11;", b"\xff"], ids=repr)
def test_characters_across_chunks_of_a_zip(token: bytes) -> None:
    before, after = record(sourceName="A|B").encode().split(b"|")
    for shift in range(len(token) + 1):
        data = document(end="")
        data += b" " * (65536 - shift - len(data) - len(before)) + before + token + after
        data += END.encode()
        packed = read_bytes(zipped({"export.xml": data}), name="export.zip")
        assert packed.items == read_bytes(data).items
        assert packed.reader.complete


# --- cut and broken XML --------------------------------------------------------------------------

RICH = document(
    *heart_rates(2),
    record(sourceName="Anna’s 🏃 &amp; &#8217;"),
    record(metadata("HKTimeZone", "Europe/Berlin"), type=SLEEP, unit=None, value="HKAsleepREM"),
    record(
        element(
            "HeartRateVariabilityMetadataList",
            {},
            element("InstantaneousBeatsPerMinute", {"bpm": "63", "time": "08:34:05,10"}),
        ),
        type=HRV,
        unit="ms",
        value="42.5",
    ),
    element(
        "Correlation",
        {"type": BLOOD_PRESSURE, "sourceName": "Cuff", **TIMES},
        metadata("HKWasUserEntered", "1"),
        record(type=SYSTOLIC, unit="mmHg", value="120"),
        record(type=DIASTOLIC, unit="mmHg", value="80"),
    ),
    element(
        "Workout",
        {
            "workoutActivityType": "HKWorkoutActivityTypeRunning",
            "duration": "30",
            "durationUnit": "min",
            "sourceName": "Watch",
            **TIMES,
        },
        metadata("HKIndoorWorkout", "0"),
        element("WorkoutEvent", {"type": "HKWorkoutEventTypePause", "date": TIMES["startDate"]}),
        element("WorkoutRoute", {}, element("FileReference", {"path": "/workout-routes/a.gpx"})),
    ),
    record(value="null"),
    element("ActivitySummary", {"dateComponents": "2024-03-01", "activeEnergyBurned": "500"}),
    record(value="99"),
)
CUTS = {
    "after the root tag": '<HealthData locale="en_GB">',
    "in a tag's name": "<Rec",
    "in an attribute's name": "<Record type",
    "in an attribute's value": 'sourceName="Anna',
    "between attributes": 'type="HKQuantityTypeIdentifierHeartRate"',
    "before the end of a tag": 'value="72"',
    "in a self-closing tag": 'value="72"/',
    "between records": 'value="72"/>\n',
    "in an entity": "&am",
    "in a reference": "&#82",
    "after a nested element": "Europe/Berlin",
    "in metadata's tag": "<MetadataEn",
    "before a record's end": 'value="Europe/Berlin"/>\n',
    "in an end tag": "</Rec",
    "in the beats": 'bpm="63" time="08:34',
    "in a correlation": 'key="HKWasUserEntered" value="1"/>\n',
    "between correlated records": 'value="120"/>\n',
    "before a correlation's end": 'value="80"/>\n',
    "in a correlation's end": "</Correla",
    "in a workout": 'key="HKIndoorWorkout" value="0"/>\n',
    "in a workout event": "<WorkoutEvent",
    "in a workout route": "<WorkoutRoute>\n",
    "before a workout's end": "</WorkoutRoute>\n",
    "after a workout": "</Workout>",
    "in a summary": 'dateComponents="2024',
    "before the end": 'value="99"/>\n',
    "in the end": "</HealthDa",
}


@pytest.mark.parametrize("mark", CUTS.values(), ids=CUTS.keys())
def test_cut(mark: str) -> None:
    whole = read_bytes(RICH)
    data = RICH[: RICH.index(mark.encode(), len(HEAD)) + len(mark.encode())]
    outcome = read_bytes(data)
    assert outcome.content == whole.content[: len(outcome.content)]
    assert_cut(outcome)


def test_what_was_whole_before_the_cut_is_kept() -> None:
    whole = read_bytes(RICH)
    outcome = read_bytes(RICH[: -len(END) + 3])
    assert outcome.content == whole.content
    cut_in_workout = read_bytes(RICH[: RICH.index(b"<WorkoutRoute")])
    assert cut_in_workout.readings == whole.readings[: len(cut_in_workout.readings)]
    assert len(cut_in_workout.readings) == 7
    assert cut_in_workout.of(Workout) == []


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(RICH)))
@example(0)
@example(len(RICH))
@example(len(RICH) - 1)
@example(len(RICH) - 2)
@example(len(HEAD.encode()))
def test_cut_anywhere_yields_a_prefix(at: int) -> None:
    whole = read_bytes(RICH)
    try:
        outcome = read_bytes(RICH[:at])
    except NotAnExport:
        assert at <= len(HEAD.encode()) + len("<HealthData ")
        return
    assert outcome.content == whole.content[: len(outcome.content)]
    if at >= len(RICH.rstrip()):
        assert outcome.reader.complete
        assert outcome.reader.problem == ""
        assert outcome.content == whole.content
    else:
        assert_cut(outcome)


@pytest.mark.parametrize(
    "damage", [" </Workout>", "<Record", " < ", '<Record a="1" a="2"/>', "&unknown;", "<a><b></a>"]
)
def test_broken_markup_ends_the_reading_with_a_word(damage: str) -> None:
    outcome = read_bytes(document(*heart_rates(5), damage, *heart_rates(5)))
    assert [reading.value for reading in outcome.readings[:5]] == [50, 51, 52, 53, 54]
    assert_cut(outcome)


@pytest.mark.parametrize("tail", ["", "\n\n", " \r\n\t", "<!-- the end -->", "\0\0\0"])
def test_what_follows_the_end_does_not_matter(tail: str) -> None:
    outcome = read_bytes(document(*heart_rates(5), end=f"</HealthData>{tail}"))
    assert len(outcome.readings) == 5
    assert outcome.reader.complete
    assert outcome.reader.problem == ""


# --- cut and broken archives ---------------------------------------------------------------------

MANY = document(*heart_rates(3000))
MEMBERS = {
    "apple_health_export/": b"",
    "apple_health_export/workout-routes/route.gpx": b"<gpx/>" * 1000,
    "apple_health_export/export_cda.xml": CDA,
    "apple_health_export/导出.xml": MANY,
}
ONLY = {"apple_health_export/export.xml": MANY}


@pytest.mark.parametrize(
    ("method", "streamed"),
    [(zipfile.ZIP_DEFLATED, False), (zipfile.ZIP_DEFLATED, True), (zipfile.ZIP_STORED, False)],
    ids=["deflated", "sizes unknown", "stored"],
)
@pytest.mark.parametrize("members", [ONLY, MEMBERS], ids=["only", "among others"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_cut_zip(share: float, members: dict[str, bytes], method: int, streamed: bool) -> None:
    whole = read_bytes(MANY).readings
    packed = zipped(members, method=method, streamed=streamed)
    outcome = read_bytes(packed[: int(len(packed) * share)], name="export.zip")
    assert outcome.readings == whole[: len(outcome.readings)]
    assert 0.5 * share < len(outcome.readings) / len(whole) < 1
    assert not outcome.reader.complete
    assert outcome.reader.problem


def test_zip_that_lost_only_its_directory() -> None:
    packed = zipped(MEMBERS)
    outcome = read_bytes(packed[: packed.index(b"PK\x01\x02")], name="export.zip")
    assert outcome.readings == read_bytes(MANY).readings


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_damaged_zip(share: float) -> None:
    packed = bytearray(zipped(ONLY))
    packed[int(packed.index(b"PK\x01\x02") * share)] ^= 0x10
    outcome = read_bytes(bytes(packed), name="export.zip")
    assert not outcome.reader.complete
    assert outcome.reader.problem


def test_damage_that_is_still_xml_is_found_by_the_checksum() -> None:
    packed = zipped(ONLY, method=zipfile.ZIP_STORED)
    assert packed.count(b'value="77"') == 30
    outcome = read_bytes(packed.replace(b'value="77"', b'value="17"'), name="export.zip")
    assert not outcome.reader.complete
    assert outcome.reader.problem


def test_zip_that_declares_too_little() -> None:
    packed = zipped(ONLY)
    declared = struct.pack("<I", len(MANY))
    assert packed.count(declared) == 2
    outcome = read_bytes(packed.replace(declared, struct.pack("<I", 70_000)), name="export.zip")
    assert outcome.readings == read_bytes(MANY).readings[: len(outcome.readings)]
    assert not outcome.reader.complete
    assert outcome.reader.problem


@settings(max_examples=100, deadline=None)
@given(
    flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), max_size=3),
    keep=st.one_of(st.just(1.0), st.floats(0, 1)),
    method=st.sampled_from([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED]),
)
def test_no_damage_to_a_zip_raises_anything_unforeseen(
    flips: list[tuple[float, int]], keep: float, method: int
) -> None:
    data = document(*heart_rates(30))
    packed = bytearray(zipped({"a/route.gpx": b"<gpx/>", "a/export.xml": data}, method=method))
    for share, mask in flips:
        packed[int(share * len(packed))] ^= mask
    packed = packed[: int(keep * len(packed))]
    try:
        outcome = read_bytes(bytes(packed), name="export.zip")
    except ExportError:
        return
    if outcome.reader.complete:
        assert outcome.identities == reference.identities(data)
    else:
        assert outcome.reader.problem


@pytest.mark.parametrize(
    ("signature", "offset", "damage"),
    [
        (b"PK\x01\x02", 6, b"\x54\x00"),  # a version of the format that does not exist
        (b"PK\x05\x06", 16, b"\xff\xff\xff\x7f"),  # the table lies behind the end
        (b"PK\x05\x06", 12, b"\xff\xff\xff\x7f"),  # or begins before the beginning
        (b"PK\x01\x02", 46, b"\xff"),  # a name that is no text
    ],
    ids=["version", "offset", "size", "name"],
)
def test_damaged_table_of_a_zip(signature: bytes, offset: int, damage: bytes) -> None:
    packed = bytearray(zipped(MEMBERS))
    at = packed.rindex(signature) + offset
    packed[at : at + len(damage)] = damage
    outcome = read_bytes(bytes(packed), name="export.zip")
    assert outcome.readings == read_bytes(MANY).readings
    assert outcome.reader.problem or outcome.reader.complete

"""Opening exports of every layout, refusing what is none, and reading as a well-behaved stream."""

from __future__ import annotations

import gc
import io
import os
import tracemalloc
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from wellness.errors import NotAnExport, SuspiciousArchive
from wellness.health.export import ExportReader
from wellness.health.items import ExportInfo, Reading

from . import reference
from .exports import (
    APPLE_DOUBLE,
    CDA,
    END,
    HEAD,
    ROUTE,
    Outcome,
    document,
    encrypted,
    heart_rates,
    metadata,
    read,
    read_bytes,
    record,
    unsupported,
    zipped,
)

XML = document(*heart_rates(40))
FOLDER = "apple_health_export"


@pytest.fixture(scope="module")
def expected() -> list[Reading]:
    return read_bytes(XML).readings


def assert_all_read(outcome: Outcome, expected: list[Reading]) -> None:
    assert outcome.readings == expected
    assert outcome.reader.complete
    assert outcome.reader.problem == ""


def open_files(path: Path) -> int:
    """How many handles this process holds on a file."""
    return sum(Path(handle.path) == path for handle in psutil.Process().open_files())


# --- where the XML may be ------------------------------------------------------------------------

LAYOUTS = {
    "as Apple writes it": {
        f"{FOLDER}/workout-routes/route_2024-03-01_7.59am.gpx": ROUTE,
        f"{FOLDER}/electrocardiograms/ecg_2024-03-01.csv": b"Name,Anna\n",
        f"{FOLDER}/export.xml": XML,
        f"{FOLDER}/export_cda.xml": CDA,
    },
    "cda first": {f"{FOLDER}/export_cda.xml": CDA, f"{FOLDER}/export.xml": XML},
    "flat": {"export.xml": XML},
    "deep": {f"backup/2024/{FOLDER}/export.xml": XML, "backup/readme.txt": b"mine"},
    "Spanish": {f"{FOLDER}/exportar.xml": XML, f"{FOLDER}/exportar_cda.xml": CDA},
    "German": {f"{FOLDER}/Exportieren.xml": XML},
    "Chinese": {f"{FOLDER}/导出_cda.xml": CDA, f"{FOLDER}/导出.xml": XML},
    "mojibake": {f"{FOLDER}/{'导出.xml'.encode().decode('cp437')}": XML},
    "upper case": {"APPLE_HEALTH_EXPORT/EXPORT.XML": XML},
    "Finder twin first": {
        f"__MACOSX/{FOLDER}/._export.xml": APPLE_DOUBLE,
        f"{FOLDER}/export.xml": XML,
    },
    "twin beside it": {"._export.xml": APPLE_DOUBLE, "export.xml": XML},
    "with folders": {f"{FOLDER}/": b"", f"{FOLDER}/export.xml": XML},
    "a folder named like a file": {"a.xml/": b"", "a.xml/b.txt": b"b", "export.xml": XML},
    "other xml first": {"a/settings.xml": b"<settings/>", "b/empty.xml": b"", "c/export.xml": XML},
}


@pytest.mark.parametrize("members", LAYOUTS.values(), ids=LAYOUTS.keys())
class TestLayouts:
    def test_zip(self, members: dict[str, bytes], expected: list[Reading]) -> None:
        outcome = read_bytes(zipped(members), name="export.zip")
        assert_all_read(outcome, expected)
        (name,) = (name for name, data in members.items() if data == XML)
        assert Path(outcome.reader.source).name == Path(name).name

    def test_folder(
        self, members: dict[str, bytes], expected: list[Reading], tmp_path: Path
    ) -> None:
        for name, data in members.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not name.endswith("/"):
                path.write_bytes(data)
        assert_all_read(read(tmp_path), expected)


@pytest.mark.parametrize(
    "name", ["export.zip", "Meine Daten (2).zip", "健康.zip", "health", "a.xml"]
)
def test_zip_under_any_name(name: str, expected: list[Reading]) -> None:
    assert_all_read(read_bytes(zipped(LAYOUTS["as Apple writes it"]), name=name), expected)


@pytest.mark.parametrize("name", ["export.xml", "exportar.xml", "导出.xml", "health.txt", "data"])
def test_xml_under_any_name(name: str, expected: list[Reading]) -> None:
    assert_all_read(read_bytes(XML, name=name), expected)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_zip_methods(method: int, streamed: bool, expected: list[Reading]) -> None:
    data = zipped(LAYOUTS["as Apple writes it"], method=method, streamed=streamed)
    assert_all_read(read_bytes(data, name="export.zip"), expected)


def test_zip64(expected: list[Reading]) -> None:
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("export.xml", "w", force_zip64=True) as member,
    ):
        member.write(XML)
    assert_all_read(read_bytes(target.getvalue(), name="export.zip"), expected)


def test_path_may_be_text(tmp_path: Path, expected: list[Reading]) -> None:
    (tmp_path / "export.xml").write_bytes(XML)
    assert list(ExportReader(str(tmp_path / "export.xml")))[-40:] == expected


def test_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_bytes(zipped(LAYOUTS["as Apple writes it"]))
    read(tmp_path / "export.zip")
    assert os.listdir(tmp_path) == ["export.zip"]  # noqa: PTH208


# --- what is not an export -----------------------------------------------------------------------

NO_EXPORTS = {
    "an empty file": b"",
    "text": b"Dear diary, my heart rate was 72.\n" * 50,
    "spaces": b" " * 5000,
    "a PDF": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n",
    "a GPX track": ROUTE,
    "a CDA document": CDA,
    "a root that only begins alike": HEAD.encode() + b"<HealthDataSet></HealthDataSet>",
    "an export in a comment": b"<?xml version='1.0'?><!-- <HealthData> --><data/>",
    "an empty zip": zipped({}),
    "a zip of other things": zipped({"photo.jpg": b"\xff\xd8\xff", "notes.xml": b"<notes/>"}),
    "a zip of a CDA document only": zipped({f"{FOLDER}/export_cda.xml": CDA}),
    "a zip of the Finder twin only": zipped({"__MACOSX/._export.xml": APPLE_DOUBLE}),
    "a zip of empty folders": zipped({f"{FOLDER}/": b""}),
    "an encrypted zip": encrypted(zipped({"export.xml": XML})),
    "a zip method nobody here can read": unsupported(zipped({"export.xml": XML})),
    "the first bytes of a zip": zipped({"export.xml": XML})[:20],
    "a zip cut inside its first, other, member": zipped({"a.xml": CDA * 9, "b.xml": XML})[:60],
}


@pytest.mark.parametrize("data", NO_EXPORTS.values(), ids=NO_EXPORTS.keys())
@pytest.mark.parametrize("name", ["export.zip", "export.xml"])
def test_refused(data: bytes, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(NotAnExport) as caught:
        ExportReader(path)
    assert caught.value.path == path
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert open_files(path) == 0


def test_encrypted_zip_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_bytes(encrypted(zipped({"export.xml": XML})))
    with pytest.raises(NotAnExport, match=r"encrypted|password"):
        ExportReader(tmp_path / "export.zip")


def test_missing_path(tmp_path: Path) -> None:
    with pytest.raises(NotAnExport) as caught:
        ExportReader(tmp_path / "no such export.zip")
    assert "no such export.zip" in str(caught.value)


@pytest.mark.parametrize("names", [[], ["settings.xml", "notes.txt"], ["export_cda.xml"]])
def test_folder_without_an_export(names: list[str], tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).write_bytes(CDA)
    with pytest.raises(NotAnExport):
        ExportReader(tmp_path)


# --- archives that would expand too far ----------------------------------------------------------

BOMB = document(" " * (2 << 20), record())


def test_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(zipped({"export.xml": BOMB}))
    with pytest.raises(SuspiciousArchive) as caught:
        ExportReader(path)
    assert caught.value.path == path
    assert caught.value.hint
    assert open_files(path) == 0


def test_limit_can_be_raised(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(zipped({"export.xml": BOMB}))
    assert sum(isinstance(item, Reading) for item in ExportReader(path, max_ratio=5000)) == 1


def test_limit_can_be_lowered(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(zipped({"export.xml": document(*heart_rates(3000))}))
    with pytest.raises(SuspiciousArchive):
        ExportReader(path, max_ratio=2)


def test_small_files_may_shrink_a_lot() -> None:
    data = document(" " * 600_000, record())
    assert len(read_bytes(zipped({"export.xml": data}), name="export.zip").readings) == 1


def test_plain_xml_has_no_ratio() -> None:
    assert len(read_bytes(BOMB).readings) == 1


# --- the stream ----------------------------------------------------------------------------------


def test_items_come_before_the_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_bytes(document(*heart_rates(5000)))
    reader = ExportReader(path)
    items = iter(reader)
    first = next(item for item in items if isinstance(item, Reading))
    assert first.value == 50
    assert not reader.complete
    assert 0 < reader.bytes_read < reader.bytes_total / 4
    assert sum(1 for _ in items) == 4999
    assert reader.complete


def test_order_of_the_file_is_kept() -> None:
    body = heart_rates(3)
    assert [reading.value for reading in read_bytes(document(*reversed(body))).readings] == [
        52,
        51,
        50,
    ]


@pytest.mark.parametrize("name", ["export.xml", "export.zip"])
def test_progress_grows_to_the_total(name: str, tmp_path: Path) -> None:
    data = document(*heart_rates(2000))
    path = tmp_path / name
    path.write_bytes(zipped({"export.xml": data}) if name.endswith("zip") else data)
    calls: list[tuple[int, int]] = []
    reader = read(path, progress=lambda done, total: calls.append((done, total))).reader
    done = [call[0] for call in calls]
    assert len(calls) > 3
    assert done == sorted(done)
    assert done[0] < done[-1] == len(data)
    assert {total for _, total in calls} == {len(data)}
    assert reader.bytes_read == reader.bytes_total == len(data)


def test_elements_are_counted() -> None:
    body = [
        *heart_rates(3),
        record(value="null"),
        f" <Correlation type='c' sourceName='s' startDate='2024-03-01 08:00:00 +0100' "
        f"endDate='2024-03-01 08:00:00 +0100'>{record()}{record()}</Correlation>",
        " <Workout/>",
        " <ActivitySummary/>",
        " <ClinicalRecord type='x'/><ClinicalRecord type='y'/>",
        " <Audiogram type='a'><SensitivityPoint frequencyValue='500'/></Audiogram>",
        " <StateOfMind kind='daily'><Label/></StateOfMind>",
    ]
    elements = read_bytes(document(*body)).reader.elements
    assert elements["Record"] == 6
    for kind, count in reference.elements(document(*body)).items():
        if kind not in ("ExportDate", "Me"):
            assert elements[kind] == count
    assert elements["SensitivityPoint"] == elements["Label"] == 0


def test_every_record_is_accounted_for() -> None:
    body = [*heart_rates(9), record(value=None), record(type=None), record(startDate="soon")]
    outcome = read_bytes(document(*body))
    assert len(outcome.readings) + len(outcome.rejected) == outcome.reader.elements["Record"] == 12


@pytest.mark.parametrize("count", [0, 1])
def test_tiny_exports(count: int) -> None:
    outcome = read_bytes(document(*heart_rates(count)))
    assert len(outcome.readings) == count
    assert outcome.reader.complete


def test_empty_root() -> None:
    outcome = read_bytes(HEAD.encode() + b"<HealthData/>")
    assert outcome.readings == []
    assert outcome.reader.complete
    assert outcome.reader.problem == ""


def test_head_may_be_missing(expected: list[Reading]) -> None:
    assert_all_read(read_bytes(XML[len(HEAD.encode()) :]), expected)


def test_no_sample_unless_it_says_so() -> None:
    assert not read_bytes(XML).only(ExportInfo).sample


def test_nothing_else_is_invented() -> None:
    outcome = read_bytes(XML)
    assert outcome.content == outcome.readings
    assert len(outcome.items) == 41


# --- the file handle -----------------------------------------------------------------------------


@pytest.fixture(params=["export.xml", "export.zip", "cut.zip"])
def long_export(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    data = document(*heart_rates(3000))
    path: Path = tmp_path / request.param
    packed = zipped({"export.xml": data})
    written = {"export.xml": data, "export.zip": packed, "cut.zip": packed[: len(packed) // 2]}
    path.write_bytes(written[path.name])
    return path


class Interrupt(Exception):
    """What a caller's own code raises."""


@pytest.fixture
def no_resource_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()  # what earlier tests of this worker left behind is none of this one's
        warnings.simplefilter("error", ResourceWarning)
        yield
        gc.collect()


@pytest.mark.usefixtures("no_resource_warnings")
class TestFileHandle:
    def test_closed_at_the_end(self, long_export: Path) -> None:
        reader = ExportReader(long_export)
        assert sum(1 for _ in reader) > 1000
        assert open_files(long_export) == 0

    def test_closed_when_abandoned(self, long_export: Path) -> None:
        reader = ExportReader(long_export)
        for item in reader:
            if isinstance(item, Reading):
                break
        gc.collect()
        assert open_files(long_export) == 0
        assert not reader.complete

    def test_closed_when_never_read(self, long_export: Path) -> None:
        reader = ExportReader(long_export)
        assert reader.bytes_read == 0
        del reader
        gc.collect()
        assert open_files(long_export) == 0

    def test_error_of_the_caller_is_not_swallowed(self, long_export: Path) -> None:
        reader = ExportReader(long_export)

        def consume() -> None:
            for item in reader:
                if isinstance(item, Reading):
                    raise Interrupt

        with pytest.raises(Interrupt):
            consume()
        gc.collect()
        assert open_files(long_export) == 0
        assert not reader.complete

    @pytest.mark.parametrize("error", [Interrupt, KeyboardInterrupt, ValueError, EOFError])
    def test_error_of_the_progress_bar_is_not_swallowed(
        self, long_export: Path, error: type[BaseException]
    ) -> None:
        def progress(done: int, total: int) -> None:
            raise error

        reader = ExportReader(long_export, progress=progress)
        with pytest.raises(error):
            list(reader)
        assert open_files(long_export) == 0
        assert not reader.complete


# --- memory --------------------------------------------------------------------------------------


def stream_of_records(path: Path, count: int) -> int:
    """Write an export of `count` records; its size in bytes."""
    varied = [record(metadata("HKWasUserEntered", "1"))] * 100
    block = "".join([*heart_rates(900), *varied]).encode()
    with path.open("wb") as file:
        file.write(document(end=""))
        for _ in range(count // 1000):
            file.write(block)
        file.write(END.encode())
    return path.stat().st_size


def peak_of(path: Path) -> tuple[int, int]:
    """Readings in a file, and the most memory that reading it took."""
    tracemalloc.start()
    try:
        count = sum(isinstance(item, Reading) for item in ExportReader(path))
        return count, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("packed", "counts"), [(False, (20, 40)), (True, (10, 20))])
def test_memory_does_not_grow_with_the_file(
    packed: bool, counts: tuple[int, int], tmp_path: Path
) -> None:
    peaks = []
    for count in (1000 * thousands for thousands in counts):
        path = tmp_path / "export.xml"
        size = stream_of_records(path, count)
        assert size > 350 * count
        if packed:
            path = tmp_path / "export.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
                archive.write(tmp_path / "export.xml", "export.xml")
        readings, peak = peak_of(path)
        assert readings == count
        assert peak < 3_000_000 < size
        peaks.append(peak)
    assert peaks[1] < 1.2 * peaks[0]


def test_cut_bomb_stays_small(tmp_path: Path) -> None:
    """Without its directory a zip has no ratio to check, so the reading itself must be bounded."""
    packed = zipped({"export.xml": document(record(), " " * (48 << 20))})
    path = tmp_path / "export.zip"
    path.write_bytes(packed[: len(packed) - 100])
    tracemalloc.start()
    try:
        outcome = read(path)
    except SuspiciousArchive:
        return
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 15_000_000
    assert not outcome.reader.complete
    assert outcome.reader.problem

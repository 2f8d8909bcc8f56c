"""Writes small Apple Health exports for tests: the XML as text, and zips of every layout.

Attribute values are XML text as it shall stand in the file, so that a test can write any hazard.
"""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from wellness.health.export import ExportReader
from wellness.health.items import ExportInfo, Item, Reading, Rejected

HEART_RATE = "HKQuantityTypeIdentifierHeartRate"
STEPS = "HKQuantityTypeIdentifierStepCount"
HRV = "HKQuantityTypeIdentifierHeartRateVariabilitySDNN"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
SYSTOLIC = "HKQuantityTypeIdentifierBloodPressureSystolic"
DIASTOLIC = "HKQuantityTypeIdentifierBloodPressureDiastolic"
BLOOD_PRESSURE = "HKCorrelationTypeIdentifierBloodPressure"

WATCH = (
    "&lt;&lt;HKDevice: {address}&gt;, name:Apple Watch, manufacturer:Apple Inc., "
    "model:Watch, hardware:Watch6,1, software:9.1&gt;"
)

# As in exports since iOS 16: an attribute list is never closed and a parenthesis is missing.
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 13 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation|Workout|ActivitySummary|ClinicalRecord)*)>
<!ATTLIST HealthData
  locale CDATA #REQUIRED
>
<!ELEMENT ExportDate EMPTY>
<!ATTLIST ExportDate
  value CDATA #REQUIRED
>
<!ELEMENT Record ((MetadataEntry|HeartRateVariabilityMetadataList)*)>
<!ATTLIST Record
  type          CDATA #REQUIRED
  unit          CDATA #IMPLIED
  value         CDATA #IMPLIED
  sourceName    CDATA #REQUIRED
  sourceVersion CDATA #IMPLIED
  device        CDATA #IMPLIED
  creationDate  CDATA #IMPLIED
  startDate     CDATA #REQUIRED
  endDate       CDATA #REQUIRED
>
<!-- Note: Any Records that appear as children of a correlation also appear as top-level records
     in this document. -->
<!ELEMENT Correlation ((MetadataEntry|Record)*>
<!ATTLIST VisionPrescription
  type           CDATA #REQUIRED
  dateIssued     CDATA #REQUIRED
  device         CDATA #IMPLIED
<!ELEMENT MetadataEntry EMPTY>
<!ATTLIST MetadataEntry
  key   CDATA #REQUIRED
  value CDATA #REQUIRED
>
]>
"""
EXPORT_DATE = "2024-05-01 12:00:00 +0200"
PREAMBLE = f' <ExportDate value="{EXPORT_DATE}"/>\n'
END = "</HealthData>\n"


def element(
    tag: str, attributes: Mapping[str, str | None], *children: str, quote: str = '"'
) -> str:
    """One element on its own line; attributes that are None are left out."""
    written = "".join(
        f' {name}="{value}"' for name, value in attributes.items() if value is not None
    )
    if not children:
        return f" <{tag}{written}/>\n"
    return f" <{tag}{written}>\n{''.join(children)} </{tag}>\n"


def record(*children: str, **changes: str | None) -> str:
    """A Record in Apple's order of attributes: a heart rate of 72, but for `changes`."""
    attributes: dict[str, str | None] = {
        "type": HEART_RATE,
        "sourceName": "Anna’s Apple\u00a0Watch",
        "sourceVersion": "9.1",
        "device": WATCH.format(address="0x2822a3a20"),
        "unit": "count/min",
        "creationDate": "2024-03-01 08:00:10 +0100",
        "startDate": "2024-03-01 08:00:00 +0100",
        "endDate": "2024-03-01 08:00:05 +0100",
        "value": "72",
    }
    return element("Record", attributes | changes, *children)


def metadata(key: str, value: str) -> str:
    """A MetadataEntry."""
    return element("MetadataEntry", {"key": key, "value": value})


def heart_rates(count: int) -> list[str]:
    """Records that all differ: one a second from 06:00, values from 50 to 149."""
    return [
        record(
            startDate=f"2024-03-01 {6 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02} +0100",
            endDate=f"2024-03-01 {6 + n // 3600:02}:{n // 60 % 60:02}:{n % 60:02} +0100",
            value=str(50 + n % 100),
        )
        for n in range(count)
    ]


def document(*body: str, head: str = HEAD, root: str = ' locale="en_GB"', end: str = END) -> bytes:
    """The bytes of an export.xml."""
    return f"{head}<HealthData{root}>\n{PREAMBLE}{''.join(body)}{end}".encode()


CDA = b"""<?xml version="1.0"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Health Data Export</title></ClinicalDocument>
"""
ROUTE = b'<?xml version="1.0"?><gpx version="1.1" creator="Apple Health Export"></gpx>'
APPLE_DOUBLE = bytes.fromhex("0005160700020000") + b"Mac OS X        " + bytes(120)


def zipped(
    members: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, streamed: bool = False
) -> bytes:
    """A zip of `members` in their order; `streamed` leaves the sizes out of the local headers.

    Folders (a name that ends with "/") are stored, as every tool does it.
    """

    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    target = Unseekable() if streamed else io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name.endswith("/") else method)
    return target.getvalue()


def patched_zip(data: bytes, *, local: int, central: int, value: int) -> bytes:
    """The zip with a 16-bit field of all its local and central headers overwritten."""
    patched = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = data.find(signature)
        while at >= 0:
            struct.pack_into("<H", patched, at + offset, value)
            at = data.find(signature, at + 4)
    return bytes(patched)


def encrypted(data: bytes) -> bytes:
    """The zip with its members marked as encrypted."""
    return patched_zip(data, local=6, central=8, value=1)


def unsupported(data: bytes) -> bytes:
    """The zip with its members marked as Deflate64, which Windows uses above 2 GB."""
    return patched_zip(data, local=8, central=10, value=9)


Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Outcome:
    """All items of a file, and the reader after its end."""

    reader: ExportReader
    items: list[Item]

    def of(self, kind: type[Kind]) -> list[Kind]:
        """The items of one kind, in the order of the file."""
        return [item for item in self.items if isinstance(item, kind)]

    def only(self, kind: type[Kind]) -> Kind:
        """The one item of a kind."""
        (item,) = self.of(kind)
        return item

    @property
    def readings(self) -> list[Reading]:
        """The Records that were accepted."""
        return self.of(Reading)

    @property
    def rejected(self) -> list[Rejected]:
        """The Records that were not."""
        return self.of(Rejected)

    @property
    def content(self) -> list[Item]:
        """Everything but what the export says about itself."""
        return [item for item in self.items if not isinstance(item, ExportInfo)]

    @property
    def identities(self) -> Counter[tuple[object, ...]]:
        """How often each (type, source, unit, value, start, end) was read."""
        return Counter(tuple(reading[:6]) for reading in self.readings)


def read(path: Path, *, progress: Callable[[int, int], None] | None = None) -> Outcome:
    """Read a file or folder to its end."""
    reader = ExportReader(path, progress=progress)
    return Outcome(reader, list(reader))


def read_bytes(data: bytes, *, name: str = "export.xml") -> Outcome:
    """Read a file that holds `data`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        return read(path)

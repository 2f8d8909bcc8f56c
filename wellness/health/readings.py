"""One reading as a sorted-set member, and many readings as columns.

A member is `start:value`, or `start:value:tag:duration` where tag or duration is not 0: numbers
only, so that thousands are decoded in one call. The tag is a small number that stands for (source,
unit, category label, zone) within a type. Together with the type, which is in the key, the member
is the whole identity of a reading, so two readings are one member only if they are the same one.

>>> encode(1710083730, 72.0, tag=0, end=1710083730)
'1710083730:72'
>>> encode(1710083730, 812.0, tag=2, end=1710083790)
'1710083730:812:2:60'
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from wellness.errors import UnitError
from wellness.health import units
from wellness.health.catalogue import CATEGORY
from wellness.health.items import Reading
from wellness.health.tags import Tag

if TYPE_CHECKING:
    import pandas as pd

FIELDS = 4  # start, value, tag, duration
CACHED_TEXTS = 10_000  # under two megabytes


class _Texts(dict[float, str]):
    """Values as text, each formatted once: a heart beats at a few hundred rates."""

    def __missing__(self, value: float) -> str:
        if len(self) >= CACHED_TEXTS:
            self.clear()
        self[value] = text = repr(value).removesuffix(".0")
        return text


_texts = _Texts()


def encode(start: int, value: float, tag: int, end: int) -> str:
    """The member of one reading. The value is written so that it reads back exactly."""
    if tag == 0 and end == start:
        return f"{start}:{_texts[value + 0.0]}"
    return f"{start}:{_texts[value + 0.0]}:{tag}:{end - start}"


def _rows(type: str, members: Sequence[bytes]) -> NDArray[np.float64]:
    if not members:
        return np.empty((0, FIELDS))
    text = b":".join(members)
    colons = text.count(b":") + 1
    if colons not in (2 * len(members), FIELDS * len(members)):
        text = b":".join(m if m.count(b":") > 1 else m + b":0:0" for m in members)
    numbers = np.fromstring(text.decode("ascii"), sep=":")
    if numbers.size == 2 * len(members):
        return np.column_stack((numbers.reshape(-1, 2), np.zeros((len(members), 2))))
    if numbers.size != FIELDS * len(members):
        raise ValueError(f"The readings of {type} hold a member that is no reading.")
    return numbers.reshape(-1, FIELDS)


class Readings:
    """Readings of one type in the order of their start, as columns of equal length.

    Members are decoded when a column is first asked for, and no more of them than it takes.

    Args:
        type: Apple's type name.
        members: as `ZRANGE ... BYSCORE` returns them, or the decoded rows.
        table: tag numbers to tags.
    """

    def __init__(
        self,
        type: str,
        members: Sequence[bytes] | NDArray[np.float64],
        table: Mapping[int, Tag],
    ) -> None:
        self.type, self.table = type, table
        self._members: Sequence[bytes] = ()
        if isinstance(members, np.ndarray):
            self.rows = members
        else:
            self._members = members

    def __repr__(self) -> str:
        return f"Readings({self.type!r}, {len(self):,})"

    @cached_property
    def rows(self) -> NDArray[np.float64]:
        """Shape (n, 4): start in seconds, value as found, tag number, duration in seconds.

        Raises:
            ValueError: a member was not written by `encode`.
        """
        return _rows(self.type, self._members)

    def __len__(self) -> int:
        return len(self._members) or len(self.rows)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Instants in seconds since 1970, ascending."""
        return self.rows[:, 0].astype(np.int64)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """Values in the units they were found in; 0 for categories."""
        if "rows" in self.__dict__:
            return self.rows[:, 1]
        return np.array([float(member.split(b":", 2)[1]) for member in self._members])

    @cached_property
    def tags(self) -> NDArray[np.int64]:
        """Tag numbers, keys of `table`."""
        return self.rows[:, 2].astype(np.int64)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Instants in seconds since 1970."""
        return self.starts + self.rows[:, 3].astype(np.int64)

    def tag_of(self, index: int) -> Tag:
        """Source, unit, category and zone of one reading."""
        return self.table[int(self.tags[index])]

    def used(self) -> dict[int, Tag]:
        """The tags that occur here."""
        return {number: self.table[number] for number in np.unique(self.tags).tolist()}

    def select(self, mask: NDArray[np.bool_]) -> Readings:
        """The readings for which `mask` (shape (n,)) is true."""
        return Readings(self.type, self.rows[mask], self.table)

    def between(self, start: float, end: float) -> Readings:
        """The readings that start in the half-open interval."""
        low, high = np.searchsorted(self.rows[:, 0], (start, end))
        return Readings(self.type, self.rows[low:high], self.table)

    def in_unit(self, unit: str) -> NDArray[np.float64]:
        """Values converted to `unit`; NaN where the unit found is of another kind."""
        values = self.values.copy()
        for number, tag in self.used().items():
            mask = self.tags == number
            try:
                a, b = units.factors(tag.unit, unit)
            except UnitError:
                a, b = np.nan, 0.0
            values[mask] = values[mask] * a + b
        return values

    @property
    def is_category(self) -> bool:
        """Whether the readings carry a label instead of a number."""
        return self.type.startswith(CATEGORY)

    def __iter__(self) -> Iterator[Reading]:
        for index, (start, value, end) in enumerate(
            zip(self.starts.tolist(), self.values.tolist(), self.ends.tolist(), strict=True)
        ):
            tag = self.tag_of(index)
            found = tag.category if self.is_category else value
            yield Reading(self.type, tag.source, tag.unit, found, start, end)

    def to_frame(self, zone: ZoneInfo) -> pd.DataFrame:
        """A frame with columns start, end (in `zone`), value, unit, source."""
        import pandas as pd

        tags = [self.table[number] for number in self.tags.tolist()]
        return pd.DataFrame(
            {
                "start": pd.to_datetime(self.starts, unit="s", utc=True).tz_convert(zone),
                "end": pd.to_datetime(self.ends, unit="s", utc=True).tz_convert(zone),
                "value": [
                    tag.category if self.is_category else value
                    for tag, value in zip(tags, self.values.tolist(), strict=True)
                ],
                "unit": [tag.unit for tag in tags],
                "source": [tag.source for tag in tags],
            }
        )

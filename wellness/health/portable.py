"""Take a user's data out again: files that other programs read, and nothing left behind."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from wellness.errors import StoreError
from wellness.health import workouts
from wellness.health.catalogue import describe
from wellness.health.rollups import CHUNK_DAYS
from wellness.health.store import SECONDS_PER_DAY, Store
from wellness.keys import encode

Format = Literal["csv", "parquet"]


def export_user(
    store: Store,
    folder: Path,
    *,
    format: Format = "csv",
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """Write all of a user's data under `folder`; returns rows by file name.

    Readings become one file a metric with the columns start, end, value, unit, source; workouts,
    activity summaries, correlations, beats and the profile become JSON.

    Raises:
        UnknownUser: there is nothing of this user.
        StoreError: `folder` is a file.
    """
    store.zone()  # no zone, no user
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise StoreError(f"{folder} is no folder.", hint="Name a new or an empty one.") from error
    written: dict[str, int] = {}
    types = store.types()
    short = Counter(describe(type).name for type in types)
    for done, type in enumerate(types, start=1):
        name = describe(type).name
        path = folder / f"{encode(name if short[name] == 1 else type)}.{format}"
        written[path.name] = _write_frames(path, _frames(store, type), format)
        if progress:
            progress(done, len(types))
    for name, rows in _documents(store).items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
        written[path.name] = len(rows)
    return written


def _frames(store: Store, type: str) -> Iterator[pd.DataFrame]:
    """A type's readings, some days at a time: memory stays flat."""
    bounds = store.bounds(type)
    zone = store.zone()
    step = CHUNK_DAYS * SECONDS_PER_DAY
    if bounds:
        for start in range(bounds[0], bounds[1] + 1, step):
            yield store.range(type, start, start + step).to_frame(zone)


def _write_frames(path: Path, frames: Iterator[pd.DataFrame], format: Format) -> int:
    rows = 0
    if format == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            for frame in frames:
                frame.to_csv(file, index=False, header=rows == 0)
                rows += len(frame)
        return rows
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer: Any = None
    try:
        for frame in frames:
            batch = pa.Table.from_pandas(frame, preserve_index=False)
            writer = writer or pq.ParquetWriter(path, batch.schema)
            writer.write_table(batch.cast(writer.schema))
            rows += len(frame)
    finally:
        if writer:
            writer.close()
    return rows


def _documents(store: Store) -> dict[str, list[Any]]:
    client, keys = store.client, store.keys
    everything: Any = client.zrange(keys.workouts, 0, -1)
    activity: Any = client.hgetall(keys.activity)
    groups: Any = client.zrange(keys.correlations, 0, -1)
    beats: Any = client.zrange(keys.beats, 0, -1)
    return {
        "workouts": [workouts.decode(member)._asdict() for member in everything],
        "activity": [
            {"date": day.decode(), **json.loads(value)} for day, value in sorted(activity.items())
        ],
        "correlations": [json.loads(member) for member in groups],
        "beats": [json.loads(member) for member in beats],
        "profile": [store.profile()],
    }

"""How long a restart takes, by how much there is to read and how it was kept.

A snapshot is data as it lies in memory; a log is every command again. So a log that has been
rewritten, which begins with a snapshot, is read as fast as one.

    found = restarts(settings)
    found.chart()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wellness.keys import LESSON, Keys
from wellness.lesson.breakable import Breakable, breakable
from wellness.lesson.canvas import Chart
from wellness.lesson.tables import duration, html_table, number
from wellness.settings import Settings
from wellness.topologies.local_server import wait_until

if TYPE_CHECKING:
    import pandas as pd

SNAPSHOT, LOG, REWRITTEN = "RDB", "AOF, as it was written", "AOF, rewritten"
KEPT: dict[str, tuple[str, ...]] = {
    SNAPSHOT: ("--appendonly", "no"),
    LOG: ("--auto-aof-rewrite-percentage", "0"),
    REWRITTEN: ("--auto-aof-rewrite-percentage", "0"),
}
SIZES = (0, 20_000, 100_000)  # fields written; no data is the server's own start
CHANGES = 5  # times that each field is written: a log holds all of them, a snapshot the last
STEP = 2_000  # fields in one call of the script: some milliseconds
SAVE_S = 60.0  # seconds for a snapshot or a rewrite
FILL = """
for field = ARGV[1], ARGV[2] do
  local digest = redis.sha1hex(field .. ARGV[3])
  redis.call('HSET', KEYS[1], field, digest .. digest .. string.sub(digest, 1, 20))
end
"""


@dataclass(frozen=True)
class Restart:
    """One restart.

    Attributes:
        kept: how the data was kept.
        fields: of a hundred bytes each, every one of them written `CHANGES` times.
        file_bytes: read at the start.
        seconds: until it answered.
    """

    kept: str
    fields: int
    file_bytes: int
    seconds: float

    def __repr__(self) -> str:
        return (
            f"<Restart from {self.kept}: {self.fields:,} fields, {self.file_bytes:,} bytes, "
            f"{duration(self.seconds * 1e9)}>"
        )


@dataclass(frozen=True, repr=False)
class Restarts:
    """Restarts by how the data was kept, and by size; a table in notebooks."""

    rows: tuple[Restart, ...]

    def of(self, kept: str) -> list[Restart]:
        """Those of one way, by growing size."""
        return [row for row in self.rows if row.kept == kept]

    def to_frame(self) -> pd.DataFrame:
        """One row a restart, seconds as they are."""
        import pandas as pd

        return pd.DataFrame([vars(row) for row in self.rows]).set_index(["kept", "fields"])

    def chart(self) -> Chart:
        """Seconds by size."""
        from wellness.lesson.charts import lines

        sizes = sorted({row.fields for row in self.rows})
        ways = dict.fromkeys(row.kept for row in self.rows)
        return lines(
            sizes,
            {way: [row.seconds * 1e9 for row in self.of(way)] for way in ways},
            title="Restart by size",
            xlabel="fields of a hundred bytes",
            ylabel="until it answers",
            unit="ns",
            log="none",
        )

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.rows))

    def _repr_html_(self) -> str:
        head = ["kept as", "fields", "file (MB)", "restart"]
        cells = [
            [row.kept, f"{row.fields:,}", number(row.file_bytes / 1e6),
             duration(row.seconds * 1e9)]
            for row in self.rows
        ]  # fmt: skip
        return html_table(head, cells, caption="Restart by size")


def restarts(settings: Settings, sizes: Sequence[int] = SIZES) -> Restarts:
    """Fill, kill -9 and restart a server of one's own for each way to keep data and each size.

    Args:
        settings: of the client, and where the build is.
        sizes: fields written, growing.

    Raises:
        NoEmbeddedServer, BootstrapError, ServerStartError: there is no server.
    """
    return Restarts(tuple(row for kept in KEPT for row in _of(settings, kept, sizes)))


def _of(settings: Settings, kept: str, sizes: Iterable[int]) -> Iterable[Restart]:
    with breakable(settings, *KEPT[kept]) as own:
        there = 0
        for size in sizes:
            _fill(own, there, size)
            there = size
            if kept == SNAPSHOT:
                _done(own, own.client.bgsave, "rdb_bgsave_in_progress")
            if kept == REWRITTEN:
                _done(own, own.client.bgrewriteaof, "aof_rewrite_in_progress")
            file_bytes = _bytes(own, kept)
            own.server.kill()
            yield Restart(kept, size, file_bytes, own.restart())


def _fill(own: Breakable, first: int, end: int) -> None:
    key = Keys(LESSON, "me").scratch("fields")
    for start in range(first, end, STEP):
        for change in range(CHANGES):
            own.client.eval(FILL, 1, key, start, min(start + STEP, end) - 1, change)


def _done(own: Breakable, begin: Callable[[], object], flag: str) -> None:
    """Begin a snapshot or a rewrite, and wait for it; a fork takes longer than one command may."""

    def over() -> bool:
        info: dict[str, Any] = own.client.info("persistence")
        return not info[flag] and not info.get("aof_rewrite_scheduled")

    wait_until(over, "an earlier one is over", SAVE_S)
    begin()
    wait_until(over, "the data is on disk", SAVE_S)


def _bytes(own: Breakable, kept: str) -> int:
    """Bytes of the files that the next start reads."""
    folder, name = own.server.crew.folder, own.server.name
    if kept == SNAPSHOT:
        return (folder / f"{name}.rdb").stat().st_size
    return sum(path.stat().st_size for path in (folder / f"{name}-aof").iterdir())

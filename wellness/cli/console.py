"""What the commands share: options, output, and the choice of user and of now."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import typer
from rich.cells import cell_len

from wellness.errors import SettingsError, WellnessError
from wellness.settings import Settings, load

if TYPE_CHECKING:
    from wellness.client import Client
    from wellness.health.store import Store
    from wellness.ops.metrics import Metrics

# Before a bar is drawn; nobody reads one that is gone at once.
PROGRESS_AFTER_S = 0.3

Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
User = Annotated[str, typer.Option(help="Whose data; needed only when several people's is there.")]
Now = Annotated[
    str, typer.Option(help="The moment to count from, ISO 8601; for the sample its export date.")
]


def write(text: str) -> None:
    """A line to the standard output; the end of the command when nobody reads it any more."""
    try:
        sys.stdout.write(text + "\n")
    except BrokenPipeError:
        forget_output()
        raise SystemExit(0) from None


def forget_output() -> None:
    """Let what is still to be written go nowhere: the reader (`| head`) has seen enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_json(value: Any) -> None:
    """A value as JSON; dates in ISO 8601."""
    write(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def fail(error: WellnessError, *, as_json: bool) -> NoReturn:
    """Say what happened and what to do, and exit with 2."""
    if as_json:
        kind = type(error).__name__
        write_json({"error": kind, "message": error.message, "hint": error.hint})
    else:
        sys.stderr.write(f"{error.message}\n")
        if error.hint:
            sys.stderr.write(f"{error.hint}\n")
    raise SystemExit(2)


def confirmed(question: str) -> bool:
    """Whether a person at a terminal says yes; scripts must say it beforehand."""
    try:
        return sys.stdin.isatty() and typer.confirm(question)
    except typer.Abort:  # Ctrl-C at the prompt
        raise typer.Exit(130) from None


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as they must be; numbers to the right."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(head))]
    right = [all(_numeric(line[i]) for line in lines[1:]) for i in range(len(head))]
    for line in lines:
        cells = []
        for cell, width, to_right in zip(line, widths, right, strict=True):
            gap = " " * (width - cell_len(cell))
            cells.append(gap + cell if to_right else cell + gap)
        write("  ".join(cells).rstrip())


def _numeric(cell: str) -> bool:
    return cell in ("", "-") or cell.lstrip("-").replace(",", "").replace(".", "", 1).isdigit()


def number(value: float | None) -> str:
    """A number as people read it: up to four significant decimals, thousands separated.

    >>> number(8123.0), number(71.23456), number(None)
    ('8,123', '71.23', '-')
    """
    if value is None:
        return "-"
    text = f"{value:.4g}"
    return f"{value:,.0f}" if abs(float(text)) >= 1000 else text


@contextmanager
def progress(label: str, *, quiet: bool, unit: str = "B") -> Iterator[Callable[[int, int], None]]:
    """A callback `(done, total)` that draws a bar on the standard error.

    There is none for what is done before anybody could read it.
    """
    from tqdm import tqdm

    with tqdm(
        desc=label,
        unit=unit,
        unit_scale=True,
        leave=False,
        disable=quiet,
        file=sys.stderr,
        delay=PROGRESS_AFTER_S,
    ) as bar:

        def update(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        yield update


@contextmanager
def connected() -> Iterator[tuple[Client, Settings]]:
    """A client of the Redis that the settings lead to, and the settings."""
    from wellness.client import connect

    settings = load()
    with closing(connect(settings)) as client:
        yield client, settings


@contextmanager
def store_of(
    user: str,
    *,
    for_import: bool = False,
    metrics: Metrics | None = None,
    record: bool = True,
) -> Iterator[tuple[Store, Settings]]:
    """The store of a user: the named one, else WELLNESS_USER's, else the only one there is.

    What its client does is added to the metrics in Redis at the end, with what the command
    recorded into `metrics`; not so without `record`.
    """
    from wellness import keys
    from wellness.health.store import Store
    from wellness.ops.pusher import recorded

    with (
        connected() as (client, settings),
        recorded(client, settings, clock=time.time, metrics=metrics) if record else nullcontext(),
    ):
        chosen = user or settings.user
        if not user and not for_import and "WELLNESS_USER" not in os.environ:
            known = keys.users(client, settings.namespace)
            if chosen not in known and len(known) == 1:
                chosen = known[0]
        yield Store(client, chosen, namespace=settings.namespace), settings


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A moment given as ISO 8601; without an offset it is local to `zone`.

    Raises:
        SettingsError: it is not ISO 8601.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"--now {text!r} is not ISO 8601.", hint="Write for instance 2026-09-30T20:00."
        ) from None
    return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)


def now_for(store: Store, given: str) -> tuple[datetime, str]:
    """Now, and where it is from: given, the sample's export date, or the clock."""
    zone = store.zone()
    profile = store.profile()
    if given:
        return moment(given, zone), "as given"
    if profile.get("sample") == "1" and "export_date" in profile:
        exported = datetime.fromtimestamp(int(profile["export_date"]), zone)
        return exported, "the sample's export date"
    return datetime.now(zone), "the clock"

"""Commands about health data: import, show, metrics, export, reset, period."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wellness.cli import views
from wellness.cli.console import (
    Json,
    Now,
    User,
    confirmed,
    moment,
    now_for,
    progress,
    store_of,
    write,
    write_json,
)
from wellness.errors import SettingsError, StoreError, UnknownUser
from wellness.zones import machine_zone, zone_named

if TYPE_CHECKING:
    from redis import Redis

DEFAULT_PERIOD = "last 7 days"
ERASE_S = 60.0  # for Redis to write its log anew: some seconds for years of data on a slow disk


def import_(
    path: Annotated[Path, typer.Argument(help="export.zip, its unpacked folder, or export.xml")],
    user: Annotated[str, typer.Option(help="Whose data this is.")] = "",
    zone: Annotated[
        str,
        typer.Option(help="Your home time zone, such as Europe/Berlin; it decides where days end."),
    ] = "",
    json: Json = False,
) -> None:
    """Import an Apple Health export. Importing again, or a newer one, adds only what is new.

    The archive is read in place and never unpacked. Exit code 1 means that the export was cut
    off: what could be read is kept, and importing a whole one later adds the rest.
    """
    from wellness.health.importer import import_export

    given = zone_named(zone) if zone else None
    with store_of(user, for_import=True) as (store, settings):
        with progress("Importing", quiet=json) as update:
            report = import_export(
                path,
                store,
                settings=settings,
                zone=given,
                fallback_zone=machine_zone(),
                progress=update,
            )
        write_json(report.to_dict()) if json else views.show_import(report)
    if not report.complete:
        raise SystemExit(1)


def show(
    metric: Annotated[str, typer.Argument(help="For instance steps, heart rate, sleep, workouts.")],
    period: Annotated[
        str, typer.Option(help='For instance "last week", "March", "since May", "all time".')
    ] = DEFAULT_PERIOD,
    by: Annotated[Literal["day", "week", "month"], typer.Option(help="Size of the rows.")] = "day",
    unit: Annotated[str, typer.Option(help="For instance km, lb; else the data's own.")] = "",
    user: User = "",
    now: Now = "",
    json: Json = False,
) -> None:
    """Show a metric over a period: values with unit, statistics, and what each source said."""
    from wellness.health import catalogue, periods, sleep, statistics, workouts

    with store_of(user) as (store, settings):
        at, now_from = now_for(store, now)
        span = periods.parse(period, now=at, zone=store.zone())
        frame = views.Frame(store.user, span, at, now_from)
        if metric.casefold() in ("workout", "workouts"):
            _no_buckets("Workouts are shown by activity", by, unit)
            views.show_workouts(frame, workouts.between(store, span), as_json=json)
            return
        found = store.find(metric)
        if found.type == catalogue.SLEEP:
            _no_buckets("Sleep is shown by night", by, unit)
            views.show_nights(frame, sleep.nights(store, span), as_json=json)
            return
        gap = settings.heart_rate_gap_s
        summary = statistics.summarise(
            store, found, span, by=by, unit=unit, gap_s=gap, with_sources=True
        )
        views.show_summary(frame, summary, as_json=json)


def _no_buckets(what: str, by: str, unit: str) -> None:
    if by != "day" or unit:
        raise SettingsError(f"{what}.", hint="Leave out --by and --unit.")


def metrics(user: User = "", json: Json = False) -> None:
    """List what is there: each metric with its count, first and last day, unit and sources."""
    with store_of(user) as (store, _):
        zone = store.zone()
        views.show_metrics(store.metrics(), zone, as_json=json)


def export(
    out: Annotated[Path, typer.Argument(help="Folder to write; one file a metric, and the rest.")],
    format: Annotated[Literal["csv", "parquet"], typer.Option(help="Format of the readings.")] = (
        "csv"
    ),
    user: User = "",
    json: Json = False,
) -> None:
    """Write everything that is stored of a user to files that other programs read."""
    from wellness.health.portable import export_user

    with store_of(user) as (store, _), progress("Exporting", quiet=json, unit="") as update:
        written = export_user(store, out, format=format, progress=update)
    if json:
        write_json({"folder": str(out), "files": written})
    else:
        write(f"{sum(written.values()):,} rows in {len(written)} files under {out}")


def reset(
    user: Annotated[str, typer.Option(help="Delete this user's data.")] = "",
    everything: Annotated[
        bool, typer.Option("--everything", help="All users, lessons, progress and the ledger.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Delete stored data: one user's, or everything the kit has written to this Redis.

    The embedded server's log is written anew, so that what was deleted is not left in its file.
    """
    from wellness import keys

    if bool(user) == everything:
        raise StoreError("Say what to delete.", hint="Use --user NAME or --everything.")
    with store_of(user, record=not everything) as (store, settings):
        what = "everything the kit stored here" if everything else f"all data of {user!r}"
        if not yes and not confirmed(f"Delete {what}?"):
            raise StoreError(f"Nothing was deleted: {what} stays.", hint="Confirm, or give --yes.")
        if everything:
            gone = keys.delete_all(store.client, settings.namespace)
        elif not (gone := store.delete()):
            raise UnknownUser(user, keys.users(store.client, settings.namespace))
        if not settings.redis_url:  # a Redis of yours is yours to look after
            _erase(store.client)
    write_json({"deleted_keys": gone}) if json else write(f"Deleted {what}: {gone:,} keys.")


def _erase(client: Redis) -> None:
    """Have the append-only file written anew: until then it holds each word that was deleted.

    Raises:
        StoreError: it is not done in time.
    """
    from redis.exceptions import ResponseError

    deadline = time.monotonic() + ERASE_S
    asked = False
    while time.monotonic() < deadline:
        state: Any = client.info("persistence")
        busy = state["aof_rewrite_in_progress"] or state["aof_rewrite_scheduled"]
        if not busy and asked:
            return
        if not busy:  # one that is under way may have begun before the deletion
            with suppress(ResponseError):  # somebody else was quicker
                client.bgrewriteaof()
                asked = True
        time.sleep(0.02)
    raise StoreError(
        "The data are deleted, but Redis has not yet written its log anew.",
        hint="Call `wellness reset` again, or remove the folder `redis` in `.wellness`.",
    )


def period(
    phrase: Annotated[str, typer.Argument(help='For instance "the first week of March".')],
    now: Annotated[str, typer.Option(help="The moment to count from, ISO 8601.")] = "",
    zone: Annotated[str, typer.Option(help="IANA time zone; this machine's by default.")] = "",
    json: Json = False,
) -> None:
    """Say which half-open interval of time a phrase means, or what would be understood."""
    from datetime import datetime

    from wellness.health import periods

    where = zone_named(zone) if zone else machine_zone()
    at = moment(now, where) if now else datetime.now(where)
    found = periods.parse(phrase, now=at, zone=where)
    answer: dict[str, Any] = {
        "phrase": phrase,
        "label": found.label,
        "start": found.start.isoformat(),
        "end": found.end.isoformat(),
        "zone": where.key,
        "now": at.isoformat(),
    }
    if json:
        write_json(answer)
    else:
        write(f"{found.label}\n{answer['start']} (included) to {answer['end']} (excluded)")

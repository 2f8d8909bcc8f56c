"""Commands about the kit's own metrics: stats, serve-metrics."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wellness.cli.console import Json, connected, number, table, write, write_json
from wellness.settings import load

if TYPE_CHECKING:
    from wellness.ops.metrics_store import MetricsStore

HOUR_S = 3_600.0


@contextmanager
def _store() -> Iterator[MetricsStore]:
    """The metrics of this Redis; looking at them is not recorded in them."""
    from wellness.ops.metrics_store import MetricsStore

    with connected() as (client, settings):
        yield MetricsStore(client, settings=settings, clock=time.time, namespace=settings.namespace)


def stats(json: Json = False) -> None:
    """Show what all commands and lessons measured: Redis, vector searches, the agent, embeddings.

    Each process adds its numbers when it ends; histograms are added up, so percentiles hold.
    """
    from wellness.ops.metric_tables import tables, to_dict

    with _store() as store:
        measured = store.merged()
        hour = _last_hour(store)
    if json:
        write_json({**to_dict(measured), "last_hour": hour})
        return
    for one in tables(measured):
        write(one.caption)
        table(one.head, one.rows)
        write("")
    if not measured:
        write("Nothing was measured yet: each command adds its numbers when it ends.")
    elif hour is None:
        write("This Redis has no TimeSeries module, so nothing is known of single hours.")
    else:
        write("In the last hour, by time of push")
        table(
            ("what", "unit", "points", "last", "highest"),
            [
                (name, of["unit"], str(of["points"]), number(of["last"]), number(of["highest"]))
                for name, of in hour.items()
            ],
        )


def _last_hour(store: MetricsStore) -> dict[str, dict[str, Any]] | None:
    """Each series' last and highest value; None where Redis keeps no series."""
    from wellness.ops.series import SERIES

    if not store.has_series:
        return None
    found = {}
    for name in SERIES:
        series = store.series(name, time.time() - HOUR_S)
        found[name] = {
            "unit": series.unit,
            "points": len(series.points),
            "last": series.values[-1] if series.points else None,
            "highest": max(series.values, default=None),
        }
    return found


def serve_metrics(
    port: Annotated[
        int | None, typer.Option(help="On loopback; 0 takes any that is free.", min=0, max=65_535)
    ] = None,
) -> None:
    """Serve the metrics of all processes for Prometheus, on loopback, until Ctrl-C."""
    from wellness.ops.metrics_server import MetricsServer
    from wellness.ops.prometheus import registry_of

    chosen = load().metrics_port if port is None else port
    with _store() as store:
        registry = registry_of(store.merged, store.client)
        with MetricsServer(registry, chosen) as server:
            write(f"Metrics are at {server.url} until Ctrl-C.")
            sys.stdout.flush()  # to whoever waits for it at the end of a pipe
            try:
                server.wait()
            except KeyboardInterrupt:
                write("\nNo longer served.")

"""A dashboard that moves: commands a second, latency bands, hit rates and memory of a Redis.

board = Dashboard(lesson.settings, client)
board.show()
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from html import escape
from math import isnan

import ipywidgets as widgets
from redis.exceptions import RedisError

from wellness.client import Client, connect
from wellness.errors import WellnessError
from wellness.lesson.live import Live
from wellness.lesson.load import Load
from wellness.lesson.pulse import Beat, Pulse
from wellness.lesson.spark import spark
from wellness.lesson.widths import WRAPPED
from wellness.link.histogram import duration
from wellness.ops.finding import size
from wellness.ops.metrics import Metrics
from wellness.settings import Settings

EVERY_S = 0.5
GRID = "display:flex;flex-wrap:wrap;gap:0.8em 1.6em"
TILE = (
    "border:1px solid currentColor;border-radius:0.4em;padding:0.4em 0.8em;width:18em;"
    "box-sizing:content-box"
)
LINES = "solid p50, dashed p95, dotted p99"


class Dashboard:
    """Watches clients of one Redis.

    Args:
        settings: where Redis is; the dashboard looks through a connection of its own.
        clients: whose round trips are timed.
    """

    def __init__(self, settings: Settings, *clients: Client) -> None:
        self.metrics, self._clients = Metrics(), clients
        for client in clients:
            client.guard.add(self.metrics)
        self._looker = connect(settings)
        self.pulse = Pulse(self._looker, self.metrics)

    def show(self, *, most_s: float = 300) -> Live:
        """Draw it twice a second, until it is no longer seen or `most_s` seconds are over."""
        return Live("dashboard", self.html, every_s=EVERY_S, most_s=most_s).start()

    def html(self) -> str:
        """Take a beat and draw the last minute."""
        self.pulse.beat()
        return draw(self.pulse.beats)

    def close(self) -> None:
        """Watch no more and give the connection back."""
        for client in self._clients:
            client.guard.remove(self.metrics)
        with suppress(WellnessError, RedisError):
            self._looker.close()


def draw(beats: Sequence[Beat] | Iterable[Beat]) -> str:
    """Beats as four tiles, the newest value of each in words."""
    beats = list(beats)
    last = beats[-1]
    tiles = (
        _tile("Commands a second, all clients", f"{last.server_ops:,.0f}",
              {"commands a second": [one.server_ops for one in beats]},
              f"{last.calls:,} round trips of this client, {last.errors:,} failed"),
        _tile("Round trips of this client", _times(last),
              {"p50": [one.p50 for one in beats], "p95": [one.p95 for one in beats],
               "p99": [one.p99 for one in beats]}, f"{LINES}; logarithmic", log=True),
        _tile("Found by key, and embeddings found", f"{_rate(last.hit_rate)}, "
              f"{_rate(last.embedding_rate)}",
              {"by key": [one.hit_rate for one in beats],
               "embeddings": [one.embedding_rate for one in beats]},
              "solid: reads by key; dashed: embedding cache"),
        _tile("Memory in use", size(last.memory), {"bytes": [one.memory for one in beats]},
              f"{len(beats)} looks, {sum(one.seconds for one in beats):.0f} s"),
    )  # fmt: skip
    return f"<section aria-label='Live dashboard' style='{GRID}'>{''.join(tiles)}</section>"


def _tile(
    title: str, value: str, series: dict[str, Sequence[float]], note: str, *, log: bool = False
) -> str:
    picture = spark(series, label=f"{title}: {value} now", log=log)
    return (
        f"<div style='{TILE}' class='tile'><div>{escape(title)}</div>"
        f"<div style='font-size:1.4em'>{escape(value)}</div>{picture}"
        f"<div style='font-size:0.85em'>{escape(note)}</div></div>"
    )


def _times(beat: Beat) -> str:
    if isnan(beat.p50):
        return "nothing sent"
    return f"{duration(beat.p50)}, {duration(beat.p95)}, {duration(beat.p99)}"


def _rate(share: float) -> str:
    return "–" if isnan(share) else f"{share:.0%}"


def rate_slider(load: Load, most: int) -> widgets.HBox:
    """A slider for the calls a second of a load, and beside it a field to type them into.

    Both are moved by arrow keys. The field is what a screen reader can name: ipywidgets gives the
    handle of a slider no name.
    """
    named = {"max": most, "step": max(most // 40, 1), "tooltip": "Calls a second of the load"}
    slider = widgets.IntSlider(
        value=round(load.rate), readout=False, layout={"width": "20em"}, **named
    )
    field = widgets.BoundedIntText(
        value=round(load.rate), description="Calls a second",
        style={"description_width": "initial"}, layout={"width": "13em"}, **named,
    )  # fmt: skip
    widgets.link((slider, "value"), (field, "value"))
    field.observe(lambda change: setattr(load, "rate", change["new"]), names="value")
    return widgets.HBox([field, slider], layout=WRAPPED)

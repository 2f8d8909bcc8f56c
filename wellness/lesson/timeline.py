"""The chart of an outage: what each request waited, and what the breaker did, on one time axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wellness.lesson.canvas import COLOURS, GREY, INK, MARKERS, Canvas, Chart, canvas, listed
from wellness.lesson.tables import duration, number
from wellness.link.breaker import State

if TYPE_CHECKING:
    from wellness.lesson.outage_figures import Outage, Track

SHADE = "#eeeeee"
STRIP: dict[State, tuple[str, str]] = {
    "closed": (COLOURS[2], "closed"), "open": (COLOURS[1], "open"), "half_open": (GREY, "probe")
}  # fmt: skip
NS = 1e9


def timeline(outage: Outage) -> Chart:
    """A point a request, the outage shaded, and above it a strip with the breaker's states.

    A call that worked is a filled marker, one that failed or was refused a hollow one.
    """
    import pandas as pd

    ended = max(one.done_s for track in outage.tracks.values() for one in track.requests)
    spans = states(outage, ended)
    told = [f"outage from {number(outage.began_s)} to {number(outage.ended_s)} s"]
    told += [f"{name} {_told(outage, name)}" for name in outage.tracks]
    told += [f"breaker {state} from {number(a)} to {number(b)} s" for a, b, state in spans]
    title = f"An outage ({outage.fault}), seen by the requests"
    label = f"Points, logarithmic axis: {title}. Waiting by time of the request: {listed(told)}"
    table = pd.DataFrame(
        [
            (name, one.due_s, one.waited_s * NS, one.outcome, one.error)
            for name, track in outage.tracks.items()
            for one in track.requests
        ],
        columns=["client", "due (s)", "waited", "outcome", "error"],
    ).set_index("client")
    table["due (s)"] = [f"{due:.2f}" for due in table["due (s)"]]

    with canvas(title, 480, "ns") as frame:
        ax = frame.axes
        ax.set(yscale="log", xlim=(0, ended * 1.01))
        ax.set_xlabel("seconds; shaded: the outage; hollow: not answered")
        ax.set_title("a request's waiting for Redis", fontsize=14, weight="normal", pad=40)
        ax.axvspan(outage.began_s, outage.ended_s, color=SHADE, linewidth=0, zorder=0.5)
        for i, track in enumerate(outage.tracks.values()):
            _points(frame, track, i)
        _strip(frame, spans)
        frame.ticks(ax.xaxis, number)
        frame.ticks(ax.yaxis, duration)
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, handletextpad=0.2)
        return frame.finish(label, table)


def states(outage: Outage, ended: float) -> list[tuple[float, float, State]]:
    """From when to when the kit's breaker was in which state, in seconds of the run."""
    changes: list[tuple[float, State]] = [(0.0, "closed")]
    for track in outage.tracks.values():
        changes += track.states
    ends = [at for at, _ in changes[1:]] + [ended]
    return [(at, end, state) for (at, state), end in zip(changes, ends, strict=True)]


def _told(outage: Outage, name: str) -> str:
    cost = outage.cost(name)
    return (
        f"longest {duration(cost.longest_s * NS)}, median {duration(cost.median_s * NS)}, "
        f"well again after {duration(cost.recovered_s * NS)}"
    )


def _points(frame: Canvas, track: Track, i: int) -> None:
    colour = COLOURS[i % 7]
    for ok in (True, False):
        chosen = [one for one in track.requests if (one.outcome == "answered") is ok]
        frame.axes.plot(
            [one.due_s for one in chosen], [one.waited_s * NS for one in chosen],
            MARKERS[i % 7], color=colour, markersize=6, linestyle="none",
            markerfacecolor=colour if ok else "none", label=track.name if ok else None,
        )  # fmt: skip


def _strip(frame: Canvas, spans: list[tuple[float, float, State]]) -> None:
    """The breaker's states above the plot, each with its name where there is room."""
    ax = frame.axes
    where = ax.get_xaxis_transform()
    whole = spans[-1][1] or 1.0
    for start, end, state in spans:
        colour, word = STRIP[state]
        ax.plot([start, end], [1.03, 1.03], color=colour, linewidth=7, transform=where,
                clip_on=False, solid_capstyle="butt")  # fmt: skip
        if (end - start) / whole > 0.06:
            frame.write(word, (start + end) / 2, 1.03, 0, 14, xycoords=where,
                        ha="center", color=INK, annotation_clip=False)  # fmt: skip
    frame.write("breaker", 0, 1.03, -8, xycoords=where, ha="right", color=GREY,
                annotation_clip=False)  # fmt: skip

"""What came of an outage: each request, what it waited, and what that cost the clients' users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from wellness.lesson.canvas import Chart
from wellness.lesson.relay import Fault
from wellness.lesson.tables import duration, html_table
from wellness.link.breaker import State

if TYPE_CHECKING:
    import pandas as pd

Outcome = Literal["answered", "failed", "refused"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request; seconds count from the start of the run.

    Attributes:
        due_s, begun_s, done_s: when it came, when a worker took it, when Redis was asked.
        outcome: of asking Redis; "refused" by the breaker, without being sent.
        error: name of the error's class.
    """

    due_s: float
    begun_s: float
    done_s: float
    outcome: Outcome
    error: str = ""

    @property
    def call_s(self) -> float:
        """How long the call took."""
        return self.done_s - self.begun_s

    @property
    def waited_s(self) -> float:
        """From when it was due to when it was done."""
        return self.done_s - self.due_s


@dataclass(frozen=True)
class Track:
    """One client's requests in order, and the states of its breaker with when each began."""

    name: str
    requests: tuple[Request, ...]
    states: tuple[tuple[float, State], ...] = ()

    def __repr__(self) -> str:
        return f"<Track of {self.name}: {len(self.requests)} requests>"


@dataclass(frozen=True)
class Cost:
    """What an outage cost those who used one client.

    Attributes:
        requests: that were due while it lasted.
        timeouts: calls that took as long as a timeout or longer.
        longest_s, median_s: waiting, of these requests.
        refused_s: median duration of calls that the breaker refused; NaN if there were none.
        recovered_s: from the end of the outage to the first call that began then and worked.
    """

    client: str
    requests: int
    timeouts: int
    longest_s: float
    median_s: float
    refused_s: float
    recovered_s: float


@dataclass(frozen=True, repr=False)
class Outage:
    """An outage and what three clients made of it, at the same time; a table in notebooks.

    Attributes:
        fault: which.
        began_s, ended_s: when, in seconds of the run.
        tracks: by name.
        timeout_s: of the kit's client.
    """

    fault: Fault
    began_s: float
    ended_s: float
    tracks: dict[str, Track]
    timeout_s: float

    def cost(self, name: str) -> Cost:
        """What it cost who used this client."""
        track = self.tracks[name]
        during = [one for one in track.requests if self.began_s <= one.due_s < self.ended_s]
        refused = [one.call_s for one in during if one.outcome == "refused"]
        back = [
            one.done_s
            for one in track.requests
            if one.begun_s >= self.ended_s and one.outcome == "answered"
        ]
        waits = [one.waited_s for one in during]
        return Cost(
            name,
            len(during),
            sum(one.call_s >= self.timeout_s for one in track.requests),
            max(waits),
            float(np.median(waits)),
            float(np.median(refused)) if refused else float("nan"),
            min(back) - self.ended_s if back else float("nan"),
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a client, seconds as they are."""
        import pandas as pd

        rows = [self.cost(name) for name in self.tracks]
        return pd.DataFrame([vars(row) for row in rows]).set_index("client")

    def chart(self) -> Chart:
        """Each request's waiting over the time when it was due, with the breaker's states."""
        from wellness.lesson.timeline import timeline

        return timeline(self)

    def __repr__(self) -> str:
        worst = (f"{name} {duration(self.cost(name).longest_s * 1e9)}" for name in self.tracks)
        lasted = duration((self.ended_s - self.began_s) * 1e9)
        return f"<Outage ({self.fault}) of {lasted}; longest waiting: {', '.join(worst)}>"

    def _repr_html_(self) -> str:
        head = ["client", "requests", "timeouts", "longest waiting", "median waiting",
                "a refused call", "well again after"]  # fmt: skip
        rows = [
            [row.client, f"{row.requests}", f"{row.timeouts}",
             *(duration(s * 1e9) for s in
               (row.longest_s, row.median_s, row.refused_s, row.recovered_s))]
            for row in map(self.cost, self.tracks)
        ]  # fmt: skip
        lasted = duration((self.ended_s - self.began_s) * 1e9)
        return html_table(head, rows, caption=f"An outage ({self.fault}) of {lasted}")

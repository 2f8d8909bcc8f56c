"""What all tools work with: the data, the memory, the time, and the words they are called with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from wellness.agent.happened import PastEvents
from wellness.agent.tools.defaults import CANDIDATES
from wellness.agent.tools.said import noun_of
from wellness.agent.tools.spans import Span, read_span
from wellness.agent.tools.wording import clean, day, token
from wellness.errors import NoReadings, ToolError, UnknownMetric
from wellness.health import catalogue
from wellness.health.catalogue import Metric, describe
from wellness.health.rollups import local_day
from wellness.health.store import Store
from wellness.memory.long_term import LongTerm
from wellness.settings import Settings

ALSO = {"bloodpressure": "BloodPressureSystolic", "bp": "BloodPressureSystolic"}
NONE_NAMED = "no period was named"


@dataclass(frozen=True, slots=True)
class Stored:
    """A metric of which something is stored; `first` and `last` are the days of its readings."""

    metric: Metric
    first: date
    last: date

    def nothing_in(self, span: Span) -> NoReadings:
        """What to say of an empty period."""
        noun = noun_of(self.metric.name)
        return NoReadings(
            f"There is nothing of {noun} {span.words}.",
            hint=f"What is stored is of {day(self.first)} to {day(self.last)}: name a period then.",
        )


@dataclass(frozen=True)
class Desk:
    """One person's data and memory, and when they are asked about.

    Attributes:
        memory: None for an agent that keeps none.
        now: aware.
        zone: whose days are meant.
    """

    store: Store
    memory: LongTerm | None
    settings: Settings
    now: datetime
    zone: ZoneInfo

    @cached_property
    def events(self) -> PastEvents | None:
        """Where events are looked for that a period refers to."""
        if self.memory is None:
            return None
        return PastEvents(self.memory, now=self.now, zone=self.zone, candidates=CANDIDATES)

    @property
    def now_s(self) -> int:
        """Now in seconds since the epoch."""
        return int(self.now.timestamp())

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.astimezone(self.zone).date()

    def span(self, phrase: str | None, default: str = "") -> Span:
        """The period of a phrase; that of the default, which says so, where there is none.

        Raises:
            PeriodError: the phrase is not understood.
        """
        because = f"{NONE_NAMED}: {default}" if phrase is None else ""
        return read_span(
            phrase or default, now=self.now, zone=self.zone, events=self.events, because=because
        )

    def metric(self, name: str) -> Stored:
        """The metric that is meant, with the days of its readings.

        Raises:
            ToolError: no metric is called that.
            NoReadings: nothing is stored of it.
        """
        name = ALSO.get(name.casefold().replace(" ", ""), name)
        try:
            metric = catalogue.find(name)
        except UnknownMetric:
            metric = self._stored_only(name)
        bounds = self.store.bounds(metric.type)
        if bounds is None:
            raise NoReadings(f"Nothing is stored of {noun_of(metric.name)}.", hint=self._known())
        return Stored(metric, *(local_day(at, self.zone) for at in bounds))

    def _stored_only(self, name: str) -> Metric:
        try:
            return catalogue.find(name, self.store.types())
        except UnknownMetric as error:
            raise ToolError(clean(error.message), hint=self._known()) from error

    def _known(self) -> str:
        names = sorted(filter(None, (token(describe(one).name) for one in self.store.types())))
        return f"Stored are: {', '.join(names)}." if names else "Import an Apple Health export."

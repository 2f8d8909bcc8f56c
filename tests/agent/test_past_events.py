"""Periods around what was told, found by the real embedding model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from redis import Redis

from agent.ann import HOME, NOW, memory_of, tell
from wellness.agent.happened import PastEvents
from wellness.agent.past_events import EventPeriod, event_period
from wellness.errors import ModelUnavailable, PeriodError
from wellness.health import periods
from wellness.memory.embedder import OllamaEmbedder, Vectors
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm
from wellness.settings import Settings

WINDOW = 42
Ask = Callable[[str], EventPeriod]


def asker(memory: LongTerm | None, now: datetime = NOW, zone: ZoneInfo = HOME) -> Ask:
    def ask(phrase: str) -> EventPeriod:
        events = memory and PastEvents(memory, now=now, zone=zone, candidates=30)
        try:
            periods.parse(phrase, now=now, zone=zone)
        except PeriodError as error:
            return event_period(
                phrase, events, now=now, zone=zone, window_days=WINDOW, unknown=error
            )
        raise AssertionError(f"{phrase!r} is a period of the calendar")

    return ask


def days(found: EventPeriod) -> tuple[str, str]:
    """First and last day."""
    return str(found.period.days[0]), str(found.period.days[-1])


@pytest.mark.parametrize(
    ("phrase", "first", "last"),
    [
        ("before my injury", "2025-05-01", "2025-06-11"),
        ("Before my injury.", "2025-05-01", "2025-06-11"),
        ("prior to the ankle injury", "2025-05-01", "2025-06-11"),
        ("before I sprained my ankle", "2025-05-01", "2025-06-11"),
        ("until my injury", "2025-05-01", "2025-06-12"),
        ("after my injury", "2025-06-13", "2026-09-30"),
        ("since my injury", "2025-06-12", "2026-09-30"),
        ("during my injury", "2025-06-12", "2025-07-23"),
        ("the two weeks before my injury", "2025-05-29", "2025-06-11"),
        ("the month after my injury", "2025-06-13", "2025-07-12"),
        ("during the trip to Tokyo", "2025-04-06", "2025-04-19"),
        ("when I was in Tokyo", "2025-04-06", "2025-04-19"),
        ("after our trip to Tokyo", "2025-04-20", "2026-09-30"),
        ("before the Tokyo trip", "2025-02-23", "2025-04-05"),
        ("while I had the flu", "2025-02-10", "2025-02-16"),
        ("after my flu", "2025-02-17", "2026-09-30"),
        ("while I was ill", "2025-02-10", "2025-02-16"),
        ("since I changed gyms", "2025-09-08", "2026-09-30"),
        ("since I moved to Northside Fitness", "2025-09-08", "2026-09-30"),
        ("before I started meditating", "2025-11-24", "2026-01-04"),
        ("since I got my new phone", "2025-09-20", "2026-09-30"),
    ],
)
def test_what_ann_told_in_two_years(ann: LongTerm, phrase: str, first: str, last: str) -> None:
    found = asker(ann)(phrase)
    assert days(found) == (first, last)
    assert found.period.phrase == phrase
    assert found.period.start.hour == found.period.end.hour == 0, "of whole local days"


def test_a_window_before_is_of_whole_days_whatever_the_clocks_do(ann: LongTerm) -> None:
    """Of the six weeks before 6 April 2025, one day had 23 hours."""
    found = asker(ann)("before the Tokyo trip")
    assert len(found.period.days) == WINDOW
    assert found.period.end_s - found.period.start_s == WINDOW * 86_400 - 3600


@pytest.mark.parametrize(
    "phrase",
    ["before my wedding", "since my knee surgery", "after my divorce", "before my new job"],
)
def test_what_was_never_told(ann: LongTerm, phrase: str) -> None:
    """A new job is not a new phone, and a knee is not an ankle."""
    with pytest.raises(PeriodError) as caught:
        asker(ann)(phrase)
    assert "nothing that I was told is about" in caught.value.message
    assert "I hurt my ankle on 12 June 2025" in caught.value.hint
    assert "last Tuesday" in caught.value.hint, "and what else is understood"


def test_without_memory(ann: LongTerm) -> None:
    with pytest.raises(PeriodError, match="keeps no memory of events"):
        asker(None)("before my injury")


@pytest.mark.parametrize("phrase", ["next month", "tomorrow", "12/05/2026", "before it", "!!"])
def test_what_is_no_event_is_refused_as_before(ann: LongTerm, phrase: str) -> None:
    with pytest.raises(PeriodError) as known:
        periods.parse(phrase, now=NOW, zone=HOME)
    with pytest.raises(PeriodError) as caught:
        asker(ann)(phrase)
    assert str(caught.value) == str(known.value)


def test_a_fact_with_its_date(memory: LongTerm) -> None:
    """Told months later, of the day that it names."""
    tell(memory, "I hurt my shoulder on 3 March 2026.", 2026, 8, 1)
    assert days(asker(memory)("since my injury")) == ("2026-03-03", "2026-09-30")
    found = asker(memory)("before I hurt my shoulder")
    assert days(found)[1] == "2026-03-02"
    assert found.event.told.date() == date(2026, 8, 1)
    assert found.event.dated


def test_relative_days_are_meant_from_when_they_were_said(memory: LongTerm) -> None:
    tell(memory, "I hurt my knee yesterday.", 2026, 5, 13)
    assert days(asker(memory)("since I hurt my knee"))[0] == "2026-05-12"


def test_of_two_injuries_it_is_the_latest_and_the_other_is_named(memory: LongTerm) -> None:
    tell(memory, "I hurt my ankle on 12 June 2025.", 2025, 6, 12)
    tell(memory, "I hurt my shoulder on 3 March 2026.", 2026, 3, 4)
    found = asker(memory)("before my injury")
    assert found.event.start == date(2026, 3, 3)
    assert [one.start for one in found.rivals] == [date(2025, 6, 12)]
    ankle = asker(memory)("before my ankle injury")
    assert ankle.event.start == date(2025, 6, 12)
    assert not ankle.rivals


def test_an_event_told_twice_is_one(memory: LongTerm) -> None:
    tell(memory, "I hurt my ankle on 12 June 2025.", 2025, 6, 12)
    tell(memory, "I hurt my ankle on 12 June 2025, by the way.", 2025, 6, 20)
    found = asker(memory)("before my injury")
    assert found.event.start == date(2025, 6, 12)
    assert not found.rivals


def test_questions_and_mentions_are_no_events(memory: LongTerm) -> None:
    """Who asks about an injury leaves a memory with that very word, of another day."""
    tell(memory, "I sprained my left ankle on 12 June 2025.", 2025, 6, 12)
    tell(memory, "How was my pulse before and after my injury?", 2026, 9, 1,
         answer="Before your injury it was 58 bpm.")  # fmt: skip
    tell(memory, "Compare my steps before my injury and after it.", 2026, 9, 2)
    tell(memory, "When exactly was that ankle injury?", 2026, 9, 3)
    tell(memory, "I have not been running since my injury.", 2025, 8, 2)
    tell(memory, "My ankle still hurts today.", 2025, 7, 1)
    for phrase in ("before my injury", "before my ankle injury"):
        found = asker(memory)(phrase)
        assert found.event.start == date(2025, 6, 12)
        assert not found.rivals


def test_what_is_told_later_does_not_count_before(memory: LongTerm) -> None:
    tell(memory, "I hurt my ankle on 12 June 2025.", 2025, 6, 12)
    tell(memory, "I hurt my shoulder on 3 March 2026.", 2026, 3, 4)
    then = datetime(2025, 12, 1, 12, tzinfo=HOME)
    assert asker(memory, then)("since my injury").event.start == date(2025, 6, 12)
    with pytest.raises(PeriodError):
        asker(memory, datetime(2025, 6, 1, tzinfo=HOME))("since my injury")
    tell(memory, "I hurt my neck on 1 November 2025.", 2026, 8, 1)
    assert asker(memory, then)("since my injury").event.start == date(2025, 6, 12)


def test_the_last_word_of_a_name_is_what_it_is(memory: LongTerm) -> None:
    """A knee that hurts is no surgery; a trip need not be called one."""
    tell(memory, "My knee hurts on stairs.", 2026, 3, 2)
    with pytest.raises(PeriodError, match="nothing that I was told is about 'my knee surgery'"):
        asker(memory)("since my knee surgery")
    assert days(asker(memory)("since my knee pain"))[0] == "2026-03-02"
    tell(memory, "I had knee surgery on 4 May 2026.", 2026, 5, 6)
    assert days(asker(memory)("since my knee surgery"))[0] == "2026-05-04"


def test_what_has_not_happened_yet(memory: LongTerm) -> None:
    """After the flu that I have today there is nothing yet."""
    tell(memory, "I have the flu today.", 2026, 9, 30, 8)
    assert days(asker(memory)("since I had the flu"))[0] == "2026-09-30"
    with pytest.raises(PeriodError, match="has not begun yet"):
        asker(memory)("after the flu")


def test_days_are_those_of_the_person(
    client: Redis, embedder: OllamaEmbedder, settings: Settings, namespace: str
) -> None:
    """Said at eight in the evening in New York, it was the next morning in Tokyo."""
    memory = memory_of(client, embedder, settings, namespace)
    tell(memory, "I left Harbor Gym for good.", 2026, 5, 13)
    assert days(asker(memory)("since I left Harbor Gym"))[0] == "2026-05-13"
    tokyo = asker(memory, zone=ZoneInfo("Asia/Tokyo"))
    assert days(tokyo("since I left Harbor Gym"))[0] == "2026-05-14"


def test_somebody_elses_knowledge_is_no_event(
    client: Redis, embedder: OllamaEmbedder, settings: Settings, namespace: str, memory: LongTerm
) -> None:
    from wellness.keys import EVERYONE

    everyone = LongTerm(client, embedder, EVERYONE, settings=settings, clock=NOW.timestamp,
                        namespace=namespace, shared=True)  # fmt: skip
    at = int((NOW - timedelta(days=90)).timestamp())
    everyone.remember([Fact("An ankle injury takes six weeks to heal.", MemoryKind.EVENT, at)])
    with pytest.raises(PeriodError):
        asker(memory)("before my ankle injury")


class Gone:
    """An embedding model that was there and is not any more."""

    def __init__(self, like: OllamaEmbedder) -> None:
        self.model, self.dimensions = like.model, like.dimensions

    def embed(self, texts: object) -> Vectors:
        raise ModelUnavailable(self.model, "nowhere", "it was stopped")


def test_words_suffice_without_the_model(
    client: Redis, embedder: OllamaEmbedder, settings: Settings, namespace: str, memory: LongTerm
) -> None:
    """Words of one kin are searched for too: nobody said "injury"."""
    tell(memory, "I sprained my left ankle on 12 June 2025.", 2025, 6, 12)
    blind = LongTerm(client, Gone(embedder), "sample", settings=settings, clock=NOW.timestamp,
                     namespace=namespace)  # fmt: skip
    found = asker(blind)("before my injury")
    assert found.event.start == date(2025, 6, 12)
    assert "Only words were searched" in found.degraded


def test_equal_words_are_looked_for_once(memory: LongTerm) -> None:
    tell(memory, "I hurt my ankle on 12 June 2025.", 2025, 6, 12)
    events = PastEvents(memory, now=NOW, zone=HOME, candidates=30)
    assert events.find("my injury") is events.find("my injury")

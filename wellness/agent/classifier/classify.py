"""The classifier: a message in clauses, what each of them wants, and all of it as one route."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from wellness.agent.classifier import another, asks, cues, limits, requests, scope, vocabulary
from wellness.agent.classifier.clauses import MEANT, Clause, asks_after_time, split, tells_only
from wellness.agent.classifier.confidence import confidence
from wellness.agent.classifier.division import divided
from wellness.agent.classifier.follow_up import resolve
from wellness.agent.classifier.lasting import lasts
from wellness.agent.classifier.leaning import corrects, is_elliptic, points_back
from wellness.agent.classifier.openers import ASKS, INVERTED, REQUEST, TALK
from wellness.agent.classifier.owned import named
from wellness.agent.classifier.parts import DATA, Part, distinct, slots_of
from wellness.agent.classifier.reading import Reader, Reading
from wellness.agent.classifier.rules import FALLBACKS, UNKNOWN, decide, forget, remember
from wellness.agent.classifier.sharing import SHARING, shared, takes_over
from wellness.agent.classifier.spelling import tidy
from wellness.agent.classifier.told import stated
from wellness.agent.routes import UNTOLD, Intent, Route
from wellness.memory.messages import ToolCall, Turn

MOST_CALLS = 4  # of one message: nobody asks for more in one breath, and each takes time
CLAUSES = 64  # kept as they were read: each text is looked at several times in a turn
SENTENCE = 3  # words from which a fragment may be a statement
TURNS = 3  # back to which "and last week?" may refer
MEMORY = (Intent.REMEMBER, Intent.FORGET, Intent.GOALS)  # what talk may go on with
TOLD = (*MEMORY, Intent.RECALL)  # what a statement may add to
OPEN_RULES = ("asks about oneself without data", "a wellness topic without data")
CORRECTED = (Intent.REMEMBER, Intent.GOALS)  # what "sorry, 155" may set right
COMPARING = re.compile(
    r"\b(?:compar|differ|versus|vs|against|than|chang|more|less|fewer|better|worse|higher|lower"
    r"|next to)",
    re.I,
)
WORD = re.compile(r"[^\W_]")
ALSO = re.compile(r"^(?:and |now )?also\b", re.I)


def _requests(clause: Clause) -> bool:
    """Whether something is to be remembered or forgotten."""
    words = clause.text.lower()
    return bool(requests.FORGET.search(words) or requests.REMEMBER.search(words))


class Classifier:
    """Routes by rules over slots, without a model.

    Args:
        now: when the question is asked; aware.
        zone: where the person lives; its days are meant.
        metrics: names or types of this person's stored metrics, to know those by name too that
            no table has.
    """

    def __init__(self, *, now: datetime, zone: ZoneInfo, metrics: Iterable[str] = ()) -> None:
        reader = Reader(now, zone, vocabulary.names_of(metrics))
        self._read_once = lru_cache(maxsize=CLAUSES)(reader.read)
        self._tidy = lru_cache(maxsize=CLAUSES)(tidy)
        self._before = lru_cache(maxsize=CLAUSES)(self._last_of)

    def route(self, question: str, *, turns: Sequence[Turn] = ()) -> Route:
        """Where a question goes; see `wellness.agent.routes.Router`."""
        parts = self.parts(question, self.before(turns))
        calls = distinct(one for part in parts for one in part.calls)
        sure, signs = confidence(parts, conversation=bool(turns))
        why = [*(part.rule for part in parts), *signs]
        if len(calls) > MOST_CALLS:
            why.append(f"{len(calls) - MOST_CALLS} calls too many are left out")
        repairs = self._tidy(question).repairs
        return Route(
            parts[0].intent, tuple(calls[:MOST_CALLS]), sure, "rules",
            slots_of(parts, repairs), tuple(dict.fromkeys(why)),
        )  # fmt: skip

    def before(self, turns: Sequence[Turn]) -> Part | None:
        """What the conversation was about when it was last about something."""
        said = (one for turn in turns[-TURNS:] for one in turn.messages if one.role == "user")
        return self._before(tuple(one.content for one in said))

    def _last_of(self, said: tuple[str, ...]) -> Part | None:
        before: Part | None = None
        for text in said:
            kept = [one for one in self.parts(text, before) if one.calls]
            before = kept[-1].after(before) if kept else before
        return before

    def calls_as(
        self, intent: Intent, question: str, turns: Sequence[Turn] = (), metric: str = ""
    ) -> tuple[ToolCall, ...]:
        """The calls of a question if its first part wants this; see `another`."""
        before = self.before(turns)
        return another.calls_as(intent, self.parts(question, before), before, metric)[:MOST_CALLS]

    def shape(self, question: str) -> str:
        """The shape of a whole message; see `reading`."""
        return self._read(self._tidy(question).text, None).shape

    def parts(self, question: str, before: Part | None = None) -> list[Part]:
        """What the clauses of a message want, in order; at least one."""
        text = self._tidy(question).text
        whole = self._read(text, before)
        if not WORD.search(text):
            return [Part(Intent.OUT_OF_SCOPE, (), "it has no words", whole)]
        correcting = before and before.intent in CORRECTED and corrects(whole)
        if scope.is_small_talk(whole.shape) and not correcting:
            return [Part(Intent.SMALL_TALK, (), "small talk", whole)]
        if why := limits.is_beyond(whole.shape):
            return [Part(Intent.OUT_OF_SCOPE, (), why, whole)]
        if tells_only(text) and not any(map(_requests, split(text))):
            return [self._told(whole, before)]
        each = list(self._found(text, before))
        strong = [part for part, is_strong in each if is_strong]
        told = any(not clause.asks for clause in split(text))
        parts = strong or ([] if told else [part for part, _ in each])
        answered = [part for part in parts if part.calls]
        return shared(answered or parts[:1]) or [self._told(whole, before)]

    @staticmethod
    def _told(whole: Reading, before: Part | None) -> Part:
        """What a message tells: more of what the memory was asked to do, or something new."""
        part = resolve(whole, before) if before and before.intent in TOLD else None
        if before and part and (before.intent in MEMORY or part.intent is Intent.REMEMBER):
            return part
        part = stated(whole)
        talk = part.intent is Intent.SMALL_TALK and before is None
        if talk and whole.whens and points_back(whole):
            return Part(Intent.OUT_OF_SCOPE, (), UNTOLD, whole)
        return part

    def _found(self, text: str, before: Part | None) -> Iterator[tuple[Part, bool]]:
        """Each part, and whether it is more than talk around the others."""
        told: list[Clause] = []
        last: Part | None = None
        waiting: tuple[Part, bool] | None = None
        clauses = split(text)
        for number, clause in enumerate(clauses, 1):
            words = clause.text.lower()
            later = any(INVERTED.match(one.text) for one in clauses[number:])
            if not clause.asks and not _requests(clause):
                told.append(clause)
                asked = last and last.intent in (Intent.FORGET, Intent.REMEMBER)
                asked = asked and asks.PERSONAL.search(words) is not None
                if (asked and not requests.FORGETFUL.search(words)) or (
                    last is None and lasts(clause.text, clause.ends) and number < len(clauses)
                ):
                    last = remember(self._read(clause.text, before), "states something")
                    yield last, True
                continue
            if asks.META.search(words) and (told or last):
                if told:
                    yield decide(self._read(told[-1].text, before)), True
                continue
            if told and requests.POINTS_BACK.match(words):
                last = remember(self._read(told[-1].text, before), "asked to remember")
                yield last, True
                continue
            if told and not last and requests.FORGETS_BACK.match(words):
                last = forget(self._read(told[-1].text, before))
                yield last, True
                continue
            if told and not last and ALSO.match(words):
                yield remember(self._read(told[-1].text, before), "states something"), True
            for piece in divided(clause.text, self._alone):
                talk = later and TALK.search(piece) and not asks_after_time(piece)
                if last is None and (talk or self._states(piece, clause.ends, before)):
                    told.append(Clause(piece, False, clause.ends))
                    continue
                part, strong = self._part(piece, last or before, told, last is not None)
                if waiting and not takes_over(part, waiting[0]):
                    yield waiting
                waiting = None
                told_first = last is None and clause.ends != "?" and not ASKS.match(piece)
                if told_first and part.intent in DATA:
                    waiting = part, strong  # the next may ask about it: "my hike, how long was it?"
                else:
                    yield part, strong
                last = part
        if waiting:
            yield waiting

    def _states(self, text: str, ends: str, before: Part | None) -> bool:
        """Whether a fragment states something: a value, or words that are about no data."""
        if ends == "?" or ASKS.match(text) or REQUEST.match(text) or MEANT.search(text):
            return False
        reading = self._read(text, before)
        wanted = (requests.FORGET, requests.REMEMBER, asks.GOAL, asks.RINGS)
        if scope.refusal(reading) or (before and is_elliptic(reading)):
            return False
        if any(reading.has(cue) for cue in wanted) or reading.aggregations:
            return False
        value = bool(reading.topics and reading.amounts) and "N by N" not in reading.shape
        used = reading.has(cues.ABOVE) or reading.has(cues.BELOW)
        return (value and not used) or (not reading.topics and len(text.split()) >= SENTENCE)

    def _alone(self, text: str) -> Reading:
        return self._read(text, None)

    def _read(self, text: str, before: Part | None) -> Reading:
        beside = before.whens[0].interval if before and before.whens else None
        apart = COMPARING.search(text) is not None
        return self._read_once(text, apart=apart, beside=beside)

    def _part(
        self, text: str, before: Part | None, told: Sequence[Clause], same: bool
    ) -> tuple[Part, bool]:
        reading = self._read(named(text, before), before)
        if told and not same:
            reading = self._widened(reading, told[-1].text, before)
        if before and (part := resolve(reading, before, same_message=same)):
            return part, True
        part, asked = decide(reading), ASKS.match(text) is not None
        if part.rule == UNKNOWN and not (before or told) and points_back(reading):
            part = replace(part, rule=UNTOLD)
        if part.intent in (Intent.FORGET, Intent.REMEMBER):
            return part, True
        if part.rule in OPEN_RULES:
            return part, INVERTED.match(text) is not None
        goals = part.intent is Intent.GOALS and asks.MY_GOALS.match(text.lower())
        shown = asked or reading.topics or goals or part.rule == "asks about rings"
        return part, part.rule not in FALLBACKS and bool(shown)

    def _widened(self, reading: Reading, told: str, before: Part | None) -> Reading:
        """A question with what it leaves to the statement before it: its topic or its time."""
        if reading.topics and reading.whens:
            return reading
        pointing = reading.has(cues.PRONOUN)
        if pointing and reading.topics and (times := self._read(told, before).whens):
            return replace(reading, whens=times[:1])
        if pointing and not reading.topics:
            wider = self._read(f"{told} {reading.text}", before)
            if wider.topics:
                return wider
        timeless = reading.has(cues.WHEN_LAST) or reading.has(cues.LATEST) or reading.whens
        if reading.topics and reading.has(cues.PAST) and not timeless:
            times = self._read(told, before).whens
            part = decide(reading)
            if len(times) == 1 and part.intent in SHARING:
                return replace(reading, whens=times)
        return reading

"""The classifier: a message in clauses, what each of them wants, and all of it as one route."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from wellness.agent.classifier import asks, cues, limits, scope, vocabulary
from wellness.agent.classifier.clauses import MEANT, Clause, split, tells_only
from wellness.agent.classifier.confidence import confidence
from wellness.agent.classifier.follow_up import is_elliptic, resolve
from wellness.agent.classifier.openers import ASKS, INVERTED, REQUEST
from wellness.agent.classifier.parts import DATA, Part, slots_of
from wellness.agent.classifier.reading import Reader, Reading
from wellness.agent.classifier.rules import FALLBACKS, decide, remember
from wellness.agent.classifier.sharing import SHARING, shared, takes_over
from wellness.agent.classifier.spelling import tidy
from wellness.agent.routes import Intent, Route
from wellness.memory.messages import ToolCall, Turn

MOST_CALLS = 4  # of one message: nobody asks for more in one breath, and each takes time
CLAUSES = 64  # kept as they were read: a clause is looked at several times
SENTENCE = 3  # words from which a fragment may be a statement
TURNS = 3  # back to which "and last week?" may refer
COMPARING = re.compile(
    r"\b(?:compar|differ|versus|vs|against|than|chang|more|less|fewer|better|worse|higher|lower"
    r"|next to)",
    re.I,
)
FIGURE = (
    r"(?:average|mean|total|sum|maximum|max|minimum|min|highest|lowest|best|worst|peak|most|fewest"
    r"|least|latest|top|avg|daily average|biggest|busiest|how many|how much|how often|how long"
    r"|overall)\b"
)
GOAL = r"(?:(?!than\b)\w+ ){0,2}?(?:goals?|targets?)\b"
LINKED = re.compile(
    r"(?:,? (?:and then|and|plus|then|as well as|along with)(?: also)?|,)\s+"
    rf"(?P<right>(?:(?:my|the|also|what (?:was|is) (?:my|the))\s+)*(?:{FIGURE}|{GOAL}))",
    re.I,
)
WORD = re.compile(r"[^\W_]")
MINE = re.compile(r"\bmine\b", re.I)
RING = re.compile(
    r"(?:,? (?:and|plus|as well as|along with)(?: also)?|,)\s+(?P<right>(?:(?:my|the|all)\s+)*)",
    re.I,
)
RINGS_END = re.compile(
    r"\brings?(?: (?:on|for|in|from|this|last|yesterday|today)\b[\w ]{0,20})?$", re.I
)
RINGS_BEGIN = re.compile(r"(?:activity )?rings?\b", re.I)
ALSO = re.compile(r"^(?:and |now )?also\b", re.I)


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

    def route(self, question: str, *, turns: Sequence[Turn] = ()) -> Route:
        """Where a question goes; see `wellness.agent.routes.Router`."""
        parts = self.parts(question, self.before(turns))
        calls: list[ToolCall] = []
        for part in parts:
            calls += [one for one in part.calls if one not in calls]
        sure, signs = confidence(parts, conversation=bool(turns))
        why = [*(part.rule for part in parts), *signs]
        if len(calls) > MOST_CALLS:
            why.append(f"{len(calls) - MOST_CALLS} calls too many are left out")
        repairs = tidy(question).repairs
        return Route(
            parts[0].intent, tuple(calls[:MOST_CALLS]), sure, "rules",
            slots_of(parts, repairs), tuple(dict.fromkeys(why)),
        )  # fmt: skip

    def before(self, turns: Sequence[Turn]) -> Part | None:
        """What the conversation was about when it was last about something."""
        before: Part | None = None
        for turn in turns[-TURNS:]:
            for message in turn.messages:
                if message.role == "user":
                    kept = [one for one in self.parts(message.content, before) if one.calls]
                    before = kept[-1] if kept else before
        return before

    def parts(self, question: str, before: Part | None = None) -> list[Part]:
        """What the clauses of a message want, in order; at least one."""
        text = tidy(question).text
        whole = self._read(text, before)
        if not WORD.search(text):
            return [Part(Intent.OUT_OF_SCOPE, (), "it has no words", whole)]
        if scope.is_small_talk(whole.shape):
            return [Part(Intent.SMALL_TALK, (), "small talk", whole)]
        if why := limits.is_beyond(whole.shape):
            return [Part(Intent.OUT_OF_SCOPE, (), why, whole)]
        requests = asks.FORGET.search(text.lower()) or asks.REMEMBER.search(text.lower())
        if tells_only(text) and not requests:
            return [remember(whole, "states something")]
        found = list(self._found(text, before))
        strong = [part for part, is_strong in found if is_strong]
        told = any(not clause.asks for clause in split(text))
        parts = strong or ([] if told else [part for part, _ in found])
        answered = [part for part in parts if part.calls]
        return shared(answered or parts[:1]) or [remember(whole, "states something")]

    def _found(self, text: str, before: Part | None) -> Iterator[tuple[Part, bool]]:
        """Each part, and whether it is more than talk around the others."""
        told: list[Clause] = []
        last: Part | None = None
        waiting: tuple[Part, bool] | None = None
        for clause in split(text):
            words = clause.text.lower()
            if (
                not clause.asks
                and not asks.FORGET.search(words)
                and not asks.REMEMBER.search(words)
            ):
                told.append(clause)
                asked = last and last.intent in (Intent.FORGET, Intent.REMEMBER)
                if asked and asks.PERSONAL.search(words) and not asks.FORGETFUL.search(words):
                    yield remember(self._read(clause.text, before), "states something"), True
                continue
            if asks.META.search(words) and (told or last):
                if told:
                    yield decide(self._read(told[-1].text, before)), True
                continue
            if told and asks.POINTS_BACK.match(words):
                last = remember(self._read(told[-1].text, before), "asked to remember")
                yield last, True
                continue
            if told and not last and ALSO.match(words):
                yield remember(self._read(told[-1].text, before), "states something"), True
            for piece in self._divided(clause.text):
                if last is None and self._states(piece, clause.ends, before):
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
        wanted = (asks.FORGET, asks.REMEMBER, asks.GOAL, asks.RINGS)
        if scope.refusal(reading) or (before and is_elliptic(reading)):
            return False
        if any(reading.has(cue) for cue in wanted) or reading.aggregations:
            return False
        value = bool(reading.topics and reading.amounts) and "N by N" not in reading.shape
        used = reading.has(cues.ABOVE) or reading.has(cues.BELOW)
        return (value and not used) or (not reading.topics and len(text.split()) >= SENTENCE)

    def _divided(self, text: str) -> Iterator[str]:
        """A clause, cut where a second figure begins: "my average pulse and my highest"."""
        reading = self._read(text, None)
        first = reading.topics[0].end if reading.topics else len(text)
        if reading.topics and reading.has(asks.RINGS):
            for match in RING.finditer(text):
                left, right = text[: match.start()], text[match.end() :]
                ends, begins = RINGS_END.search(left), RINGS_BEGIN.match(right)
                if (ends and "ring" not in right.lower()) or (begins and first <= match.start()):
                    yield left
                    yield text[match.start("right") :]
                    return
        for match in LINKED.finditer(text):
            if match.start() >= first:
                yield text[: match.start()]
                yield from self._divided(text[match.start("right") :])
                return
        yield text

    def _read(self, text: str, before: Part | None) -> Reading:
        beside = before.whens[0].interval if before and before.whens else None
        apart = COMPARING.search(text) is not None
        return self._read_once(text, apart=apart, beside=beside)

    def _part(
        self, text: str, before: Part | None, told: Sequence[Clause], same: bool
    ) -> tuple[Part, bool]:
        reading = self._read(self._owned(text, before), before)
        if told and not same:
            reading = self._widened(reading, told[-1].text, before)
        if before and (part := resolve(reading, before, same_message=same)):
            return part, True
        part, asked = decide(reading), ASKS.match(text) is not None
        if part.intent in (Intent.FORGET, Intent.REMEMBER):
            return part, True
        if part.rule == "asks about oneself without data":
            return part, INVERTED.match(text) is not None
        shown = asked or bool(reading.topics) or part.rule == "asks about rings"
        return part, part.rule not in FALLBACKS and shown

    @staticmethod
    def _owned(text: str, before: Part | None) -> str:
        """ "And what is mine?" with the name of what the question before was about."""
        if before is None or before.intent is not Intent.RECALL or not before.reading.topics:
            return text
        topic = before.reading.topics[0]
        return MINE.sub(f"my {before.reading.text[topic.start : topic.end]}", text, count=1)

    def _widened(self, reading: Reading, told: str, before: Part | None) -> Reading:
        """A question with what it leaves to the statement before it: its topic or its time."""
        if reading.topics and reading.whens:
            return reading
        pointing = reading.has(cues.PRONOUN)
        if pointing and (not reading.topics or not reading.whens):
            wider = self._read(f"{told} {reading.text}", before)
            if wider.topics and (not reading.topics or wider.whens):
                return wider
        timeless = reading.has(cues.WHEN_LAST) or reading.has(cues.LATEST) or reading.whens
        if reading.topics and reading.has(cues.PAST) and not timeless:
            times = self._read(told, before).whens
            part = decide(reading)
            if len(times) == 1 and part.intent in SHARING:
                return replace(reading, whens=times)
        return reading

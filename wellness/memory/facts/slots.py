"""The parser: a sentence becomes slots, and slots become a signature that can be compared.

Embeddings place "steps today" beside "steps yesterday" and "allergic" beside "not allergic". So two
texts are taken to mean the same only if everything that distinguishes meanings here is equal:
metric, aggregation, periods, quantities, polarity, and each word that is left. Words in a clause
after a negation are marked as negated (Das and Chen 2001; Pang, Lee and Vaithyanathan 2002). Order
counts among words of one kind, so that "from 80 to 75" is not "from 75 to 80".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from wellness.memory.facts import phrases
from wellness.memory.facts.aggregation import TIMES, UNUSUAL, aggregate
from wellness.memory.facts.implied import settle
from wellness.memory.facts.omissions import complete
from wellness.memory.facts.order import told_by_order
from wellness.memory.facts.quantities import Quantity
from wellness.memory.facts.tense import is_general, matters, recurring, tense_of
from wellness.memory.facts.tokens import PERIOD, QUANTITY, Span, Token, read, spans
from wellness.memory.facts.wording import worded

WHO = re.compile(
    r"^(?:what|how|when|where|which|who|whose|whom|why|"
    r"(?:on|in|at|for|since|by) (?:which|what|how|when))\b"
)
AUXILIARY = re.compile(
    r"^(?:did|do|does|have|has|had|am|is|are|was|were|can|could|may|must|should|will|would|if|"
    r"whether)\b"
)
PREDICATE = re.compile(
    r"\b(?:i|we|am|is|are|was|were|has|have|had|do|does|can|could|will|should|must|might|me|hurts|"
    r"helps|improves|makes|gives|causes|keeps|wants|needs|says|tells|feels|weighs|sleeps|likes|loves|"
    r"hates|goes|gets|takes|lives|calms|clears|relaxes|wakes|snores|affects|raises|rises|stays)\b"
)
HABITUAL = Token(phrases.CONCEPT, "do i")
DO_I = re.compile(r"\bhow (?:much|many|long|far)\b.*\b(?:do|am) i\b")
WHETHER = re.compile(r"^(?:if|whether)\b\s*")
EMPTY = UNUSUAL | {
    "good",
    "bad",
    "per day",
    "per week",
    "per month",
    "mean",
    "about",
    "approximately",
    "again",
    "compare",
    "more",
    "less",
}


@dataclass(frozen=True, slots=True)
class Slots:
    """What a sentence says.

    Attributes:
        metrics: Apple's type names without prefix, in order of mention.
        aggregation: how values become one, as asked, or as the metric has it by default; "" if
            that does not apply.
        periods: half-open intervals of epoch seconds, in order of mention.
        quantities: in base units, in order of mention.
        activities: what was done: "run", "workout"; those negated begin with "not ".
        concepts: what else is understood, sorted.
        words: what is not understood, in order.
        order: metrics, activities and values as they follow each other, where that matters, and
            who acts, if it is not oneself.
        polarity: False if something is negated.
        goal: whether it is about what the person aims for.
        asks: whether it is a question.
    """

    metrics: tuple[str, ...] = ()
    aggregation: str = ""
    periods: tuple[tuple[int, int], ...] = ()
    quantities: tuple[Quantity, ...] = ()
    activities: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    polarity: bool = True
    goal: bool = False
    asks: bool = False

    @property
    def metric(self) -> str:
        """The first metric; "" if there is none."""
        return self.metrics[0] if self.metrics else ""

    @property
    def self_contained(self) -> bool:
        """Whether it says what it is about; "and last week?" does not."""
        said = {*self.metrics, *self.activities, *self.concepts, *self.words}
        return bool(said - EMPTY)

    def signature(self) -> str:
        """Equal for two sentences exactly if all their slots are equal."""
        return "; ".join(
            f"{name}: {', '.join(map(str, values))}"
            for name in self.__slots__
            if (values := _tuple(getattr(self, name)))
        )


def _tuple(value: object) -> tuple[object, ...]:
    if isinstance(value, tuple):
        return tuple(f"{one[0]}..{one[1]}" if _is_interval(one) else one for one in value)
    return (value,) if value else ()


def _is_interval(value: object) -> bool:
    return isinstance(value, tuple) and not isinstance(value, Quantity)


def parse_slots(text: str, *, now: datetime, zone: ZoneInfo) -> Slots:
    """What a sentence says.

    Args:
        text: a question or a statement about oneself, in English.
        now: when it is said; aware. "Yesterday" depends on it.
        zone: where the person lives; its days are meant.

    Raises:
        ValueError: `now` has no zone.

    >>> from datetime import UTC
    >>> when = {"now": datetime(2026, 5, 13, tzinfo=UTC), "zone": ZoneInfo("UTC")}
    >>> slots = parse_slots("I'm not allergic to peanuts.", **when)
    >>> slots.concepts, slots.words, slots.polarity
    (('not allergy',), ('not peanut',), False)
    >>> parse_slots("My goal is 165 lb.", **when).quantities
    (Quantity(value=74.84, unit='kg'),)
    """
    core, asked = worded(text)
    whether = AUXILIARY.match(core)
    core = WHETHER.sub("", core)
    if not asked and not whether and not WHO.match(core) and not core.endswith("?"):
        core = recurring(core)
    found = spans(core, now, zone)
    found, tokens = complete(core, found, settle(read(core, found)))
    asks = asked or bool(whether) or _asks(core, tokens)
    if whether:
        tokens.append(Token(phrases.CONCEPT, "whether"))
    dated = any(span.interval for span in found)
    if asks and not dated and is_general(core):
        tokens.append(Token(phrases.CONCEPT, "general"))
    if asks and not dated and DO_I.search(core):
        tokens.append(HABITUAL)
    slots = _slots(tokens, found, now=int(now.timestamp()), asks=asks, tense=tense_of(core))
    return replace(slots, order=told_by_order(tokens, core))


def _asks(sentence: str, tokens: list[Token]) -> bool:
    """Whether it is a question; a metric without a verb or a value, as "steps today", is one."""
    kinds = {token.kind for token in tokens}
    wanted = Token(phrases.CONCEPT, "goal") in tokens or not PREDICATE.search(sentence)
    bare = bool(kinds & {phrases.METRIC, phrases.AGGREGATION}) and QUANTITY not in kinds and wanted
    return bool(sentence.rstrip().endswith("?") or WHO.match(sentence) or bare)


def _slots(tokens: list[Token], found: list[Span], *, now: int, asks: bool, tense: str) -> Slots:
    def named(kind: str) -> tuple[str, ...]:
        return tuple(token.name for token in tokens if token.kind == kind)

    concepts = set(named(phrases.CONCEPT)) | set(_marks(tokens))
    quantities = tuple(one.quantity for one in found if one.quantity)
    periods = _periods(found)
    concepts -= _shown_by(quantities, concepts)
    metrics, goal = named(phrases.METRIC), "goal" in concepts
    if goal and not metrics and [one.unit for one in quantities] == ["kg"]:
        metrics = ("BodyMass",)  # nobody aims for any other mass
    wanted = list(dict.fromkeys(named(phrases.AGGREGATION)))
    if not asks and any(one.unit == "s" for one in quantities) and "duration" in wanted:
        wanted.remove("duration")  # "it took an hour" says that it is one
    timed = concepts & {"bedtime", "wake"} and not concepts & UNUSUAL
    if asks and timed and not {"count", "duration", "how many", *TIMES} & set(wanted):
        concepts.add("when")  # "what is my usual bedtime"
    habitual = HABITUAL.name in concepts
    concepts.discard(HABITUAL.name)
    aggregation = aggregate(metrics, wanted, concepts, asks=asks and not goal, habitual=habitual)
    slept = metrics == ("SleepAnalysis",) and [one.unit for one in quantities] == ["s"]
    if slept and not (periods or asks or tense == "past"):
        concepts.add("per night")  # what else: "I need eight hours of sleep"
    measured = asks and not goal and bool(metrics or aggregation)
    if not measured and matters(tense, {*concepts, *named(phrases.WORD)}, periods, now):
        concepts.add(tense)
    return Slots(
        metrics=metrics,
        aggregation=aggregation,
        periods=periods,
        quantities=quantities,
        activities=tuple(
            dict.fromkeys(
                name.removeprefix("if ") if asks else name for name in named(phrases.ACTIVITY)
            )
        ),
        concepts=tuple(sorted(_merged(concepts) - {"goal"})),
        words=named(phrases.WORD),
        polarity=not any(name.split()[0] in ("not", "stop") for _, name in tokens if name),
        goal=goal,
        asks=asks,
    )


def _periods(found: list[Span]) -> tuple[tuple[int, int], ...]:
    """Each once; "ever" adds nothing to a period that is named."""
    said = dict.fromkeys(one.interval for one in found if one.interval)
    named = [interval for interval in said if interval[0]]
    return tuple(named or said)


def _merged(concepts: set[str]) -> set[str]:
    """One must what one should and needs to; not having to is another thing than must not."""
    same = {"need": "should", "not allowed": "not should"}
    return {same.get(name, name) for name in concepts}


def _shown_by(quantities: tuple[Quantity, ...], concepts: set[str]) -> set[str]:
    """A direction that two values show anyway: "dropped from 90 kg to 84 kg"."""
    if len(quantities) != 2 or "from quantity 1" not in concepts:
        return set()
    (first, unit), (last, other) = quantities
    falls = last < first
    return {"decrease" if falls else "increase"} if unit == other and first != last else set()


def _marks(tokens: list[Token]) -> Iterator[str]:
    """What was bound to a quantity or period, whose values have no place for it: "above 1st"."""
    for kind in (PERIOD, QUANTITY):
        for number, token in enumerate((one for one in tokens if one.kind == kind), 1):
            if marks := re.findall(r"^([a-z ]*?) ?(?=[-\d])", token.name)[0]:
                yield f"{marks} {kind} {number}"

"""What is remembered from now on, and what is forgotten."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from wellness.agent.told import asks, content, own_words
from wellness.agent.tools import defaults
from wellness.agent.tools.arguments import Forgotten, Remembered
from wellness.agent.tools.desk import Desk
from wellness.agent.tools.draft import Draft
from wellness.agent.tools.memories import NO_MEMORY
from wellness.agent.tools.quotes import Telling, quote, telling, told_on
from wellness.agent.tools.wording import clean, counted, listed
from wellness.errors import ToolError
from wellness.memory.facts import learn, parse_slots
from wellness.memory.kinds import Fact, Memory, MemoryKind
from wellness.memory.long_term import LongTerm, Stored
from wellness.memory.said import SENTENCE

REQUEST = re.compile(
    r"^(?:(?:please|can you|could you|so|and|ok|okay|hi|hey|hello|well|oh|by the way|actually)"
    r"[, ]+)*"
    r"(?:(?:remember|note|keep in mind|don['’]t forget|do not forget|make a note|save)"
    r"(?: this| it)?(?: that|:)?[, ]+)?",
    re.IGNORECASE,
)
# Words of a request to forget that say nothing of what is meant.
ASKING = frozenset(("delete", "erase", "remove", "said", "say", "memory", "memories", "please"))


def remember_fact(desk: Desk, arguments: Remembered) -> Draft:
    """Keep what the person states; what it takes the place of is named.

    Raises:
        ToolError: it asks, or says nothing.
        RecallError, ModelUnavailable: it cannot be stored.
    """
    draft = Draft()
    if desk.memory is None:
        draft.say(f"{NO_MEMORY}, so I cannot remember that.")
        return draft
    facts = _facts(desk, arguments.text)
    stored = desk.memory.remember(facts)
    draft.samples = len(facts)
    for fact, one in zip(facts, stored, strict=True):
        words = quote(draft, desk, fact.text, fact.at)
        if one.outcome == "duplicate":
            draft.say(f"I knew that already: {words}.")
        else:
            draft.say(f"I will remember: {words}.")
        if old := _replaced(desk.memory, fact, one):
            before = quote(draft, desk, old.fact.text, old.fact.at)
            draft.say(f"It takes the place of {before}, of {told_on(draft, desk, old)}.")
    draft.data["facts"] = [
        {"id": one.id, "text": fact.text, "kind": fact.kind.value, "subject": fact.subject,
         "outcome": one.outcome}
        for fact, one in zip(facts, stored, strict=True)
    ]  # fmt: skip
    return draft


def _facts(desk: Desk, text: str) -> list[Fact]:
    """What a statement says: facts with a subject where they are plain, else the words."""
    said = REQUEST.sub("", clean(text, defaults.TEXT_MOST), count=1) or clean(text)
    if facts := learn(said, now=desk.now, zone=desk.zone):
        return facts
    slots = parse_slots(said, now=desk.now, zone=desk.zone)
    if asks(said, now=desk.now, zone=desk.zone) or not content(said):
        raise ToolError(
            "That states nothing that could be remembered.",
            hint='Say it as a statement: "My goal weight is 165 lb", "I am vegetarian".',
        )
    dated = bool(slots.periods) and not slots.goal
    return [
        Fact(
            said[:1].upper() + said[1:],
            MemoryKind.GOAL if slots.goal else MemoryKind.FACT,
            desk.now_s,
            signature=slots.signature(),
            valid_from=min(slots.periods[0][0], desk.now_s) if dated else None,
            slots={name: value for name, value in asdict(slots).items() if value},
        )
    ]


def _replaced(memory: LongTerm, fact: Fact, stored: Stored) -> Memory | None:
    if not stored.replaced:
        return None
    history = memory.history(fact.subject)
    return next((one for one in history if one.id == stored.replaced), None)


def forget_memory(desk: Desk, arguments: Forgotten) -> Draft:
    """Forget what is meant, if there is no doubt; its earlier values and its echoes go with it.

    An echo is the turn in which it was said, or one with a sentence of the same words: it would be
    recalled in its place.
    """
    draft = Draft()
    if desk.memory is None:
        draft.say(f"{NO_MEMORY}, so there is nothing to forget.")
        return draft
    wanted = content(arguments.query) - ASKING
    recall = desk.memory.recall(arguments.query, now=desk.now_s, k=defaults.CANDIDATES)
    draft.note(recall.degraded)
    mine = [hit.memory for hit in recall.hits if not hit.memory.shared]
    touched = [telling(one, desk) for one in mine if content(own_words(one)) & wanted]
    best = _best(touched, wanted)
    if not best:
        draft.say("nothing that I was told is clearly about that, so nothing was forgotten.")
    elif len(best) > 1:
        shown = [_named(draft, desk, one, wanted) for one in best[: defaults.SPOKEN_ROWS]]
        draft.say(
            f"nothing was forgotten, since {draft.count(len(best), 'memory', 'memories')} fit: "
            f"{listed(shown)}. Say which one you mean, in its words."
        )
    else:
        _forget(draft, desk, desk.memory, best[0], mine, wanted)
    return draft


def _best(told: Sequence[Telling], wanted: frozenset[str]) -> list[Telling]:
    """The memories that have most of the words, at least half; an echo of one is none of them."""
    facts = [one for one in told if one.memory.fact.kind is not MemoryKind.SAID]
    single = [
        one for one in told
        if one in facts or not any(_echoes(one.memory, fact) for fact in facts)
    ]  # fmt: skip
    most = max((len(one.words & wanted) for one in single), default=0)
    if not most or 2 * most < len(wanted):
        return []
    return [one for one in single if len(one.words & wanted) == most]


def _echoes(turn: Memory, of: Telling) -> bool:
    """Whether a turn is where something was said, or says it again, whoever speaks."""
    if turn.fact.kind is not MemoryKind.SAID or turn.id == of.memory.id:
        return False
    if turn.fact.source == of.memory.fact.source != "":
        return True
    return any(content(one) == of.words for one in SENTENCE.split(turn.fact.text))


def _named(draft: Draft, desk: Desk, one: Telling, wanted: frozenset[str]) -> str:
    words = quote(draft, desk, one.bearing(wanted), one.memory.fact.at)
    return f"{words} (of {told_on(draft, desk, one.memory)})"


def _forget(
    draft: Draft, desk: Desk, memory: LongTerm, one: Telling, mine: Sequence[Memory],
    wanted: frozenset[str],
) -> None:  # fmt: skip
    named, subject, id = _named(draft, desk, one, wanted), one.memory.fact.subject, one.memory.id
    earlier = [old for old in memory.history(subject) if old.id != id] if subject else []
    echoes = [other for other in mine if _echoes(other, one)]
    gone = [old for old in (one.memory, *earlier, *echoes) if memory.forget(old.id)]
    also = [draft.count(len(earlier), "earlier value")] if earlier else []
    if echoes:
        turns = draft.count(len(echoes), "turn")
        also.append(f"{turns} of our conversations")
    tail = f", and with it {listed(also)}" if also else ""
    draft.say(f"I have forgotten {named}{tail}.")
    draft.samples = len(gone)
    left = [old for old in mine if old not in gone and content(own_words(old)) & wanted]
    if left:
        draft.note(f"{counted(len(left), 'other memory', 'other memories')} may touch on it, too.")
    draft.data["forgotten"] = [
        {"id": old.id, "kind": old.fact.kind.value,
         "told": datetime.fromtimestamp(old.fact.at, desk.zone).date().isoformat()}
        for old in gone
    ]  # fmt: skip

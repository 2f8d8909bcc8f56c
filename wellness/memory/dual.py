"""Both memories behind one interface: what an agent needs before and after each answer.

    recalled = memory.recall(question, conversation="c1", now=now)
    ...                                   # recalled.context.messages go to the model
    memory.remember("c1", turn(...), recalled=recalled.memories)

Each part may fail alone. Without the embedder, words are still searched and the conversation is
still kept; without Redis there is an empty context. What did not work stands in `degraded`, and
what could not be learned can be learned later (`relearn`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from redis.exceptions import RedisError

from wellness.errors import ModelUnavailable, RecallError, RedisUnavailable
from wellness.memory.context import fit_memories
from wellness.memory.facts import learn, parse_slots
from wellness.memory.kinds import Fact, Memory, MemoryKind
from wellness.memory.long_term import LongTerm, Stored
from wellness.memory.messages import Role, Turn
from wellness.memory.recall import Hit, Laps
from wellness.memory.said import SPEAKERS, said
from wellness.memory.short_term import ShortTerm
from wellness.memory.tokens import Context, TokenCounter
from wellness.settings import Settings

DOWN = (RedisError, RedisUnavailable)


@dataclass(frozen=True)
class Remembered:
    """What became of a turn.

    Attributes:
        turns: turns that the conversation has now; None if the turn could not be kept.
        learned: what became of each statement in it.
        unlearned: what it states, and could not be stored.
        timings: seconds by part: short (the conversation), learn (reading), long (storing).
        degraded: what did not work; empty when all did.
    """

    turns: int | None
    learned: tuple[Stored, ...] = ()
    unlearned: tuple[Fact, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recalled:
    """What a model is given for a question.

    Attributes:
        hits: the long-term memories in the context, best first, each with its reasons.
        context: system prompt, memories and the newest turns; the question is not in it.
        turns: the conversation's newest turns, oldest first, whether or not they fit.
        omitted: memories that were recalled and did not fit, or stand in the context as turns.
        timings: seconds by part: embed, search, fetch, own, short, fit.
        degraded: what did not work; empty when all did.
    """

    hits: tuple[Hit, ...]
    context: Context
    turns: tuple[Turn, ...] = ()
    omitted: int = 0
    timings: Mapping[str, float] = field(default_factory=dict)
    degraded: tuple[str, ...] = ()

    @property
    def memories(self) -> tuple[Memory, ...]:
        """The memories in the context, for `DualMemory.remember`."""
        return tuple(hit.memory for hit in self.hits)


class DualMemory:
    """One user's memory: conversations in LISTs, the long term in a vector index.

    Args:
        short, long: of the same user.
        counter: how tokens are counted.
        zone: where the person lives.
        settings: `context_tokens`, `context_turns` and `memory_share` count here.
        speaker: what the person is called in remembered turns.

    Raises:
        RecallError: the two are of different users.
    """

    def __init__(
        self,
        short: ShortTerm,
        long: LongTerm,
        *,
        counter: TokenCounter,
        zone: ZoneInfo,
        settings: Settings,
        speaker: str = "user",
    ) -> None:
        if short.user != long.user:
            raise RecallError(f"One memory cannot be of {short.user!r} and of {long.user!r}.")
        self.short, self.long, self.zone = short, long, zone
        self._counter, self._settings, self._speaker = counter, settings, speaker

    def remember(
        self,
        conversation: str,
        turn: Turn,
        *,
        recalled: Iterable[Memory] = (),
        words: Collection[Role] = SPEAKERS,
    ) -> Remembered:
        """Keep a turn, and learn what the person states in it.

        Args:
            conversation: any non-empty name.
            turn: the question with its answer and what the tools said.
            recalled: the memories that the answer was given with; they are not stored again.
            words: of whom become a memory as they stand; a question for numbers is none, nor is
                an answer that will be stale.

        Raises:
            RecallError: the conversation has no name, or Redis is out of memory; a turn that is
                not kept is not learned from either.
        """
        laps, degraded = Laps(), []
        turns: int | None = None
        try:
            turns = self.short.append(conversation, turn)
        except DOWN as error:
            degraded.append(f"The turn was not kept. {_words(error)}")
        laps.lap("short")
        known = tuple(recalled)
        facts = self.stated(turn, recalled=known, words=words)
        laps.lap("learn")
        learned: Sequence[Stored] = ()
        if turns is not None:
            try:
                learned = self.long.remember(facts, recalled=known)
            except (*DOWN, ModelUnavailable) as error:
                degraded.append(f"Nothing was learned from it. {_words(error)}")
        laps.lap("long")
        unlearned = () if learned else tuple(facts)
        return Remembered(turns, tuple(learned), unlearned, laps.parts, tuple(degraded))

    def stated(
        self,
        turn: Turn,
        *,
        recalled: Iterable[Memory] = (),
        words: Collection[Role] = SPEAKERS,
    ) -> list[Fact]:
        """What a turn leaves in long-term memory: stated facts, and the words of some."""
        now = datetime.fromtimestamp(turn.at / 1000, UTC)
        facts = [
            fact
            for message in turn.messages
            if message.role == "user"
            for fact in learn(message.content, now=now, zone=self.zone, source=turn.id)
        ]
        whole = said(turn, zone=self.zone, speaker=self._speaker, recalled=recalled, roles=words)
        return [*facts, whole] if whole else facts

    def relearn(self, conversation: str) -> int:
        """Learn from all turns of a conversation that are still kept; how many facts were new.

        What was learned before is renewed, not doubled.

        Raises:
            ModelUnavailable, RedisError: what was missing is still missing.
        """
        new = 0
        for turn in self.short.read(conversation, self._settings.conversation_turns):
            stored = self.long.remember(self.stated(turn))
            new += sum(one.outcome in ("new", "superseding") for one in stored)
        return new

    def recall(
        self,
        question: str,
        *,
        conversation: str,
        now: datetime,
        system: str = "",
        budget: int | None = None,
        k: int = 10,
        kinds: Iterable[MemoryKind] = (),
    ) -> Recalled:
        """What bears on a question, within a budget of tokens.

        Memories get at most `memory_share` of the budget, the conversation the rest. A question
        that names a period ("what was my goal in May?") also sees what has been superseded since;
        each memory says from when to when it held.

        Args:
            question: in words.
            conversation: whose newest turns come along.
            now: when it is asked; aware.
            system: the system prompt.
            budget: tokens; by default `context_tokens`.
            k: long-term memories at most.
            kinds: of memories; by default all.

        Raises:
            RecallError: `k` or the budget is out of bounds, or a turn is damaged.
        """
        budget = self._settings.context_tokens if budget is None else budget
        hits: tuple[Hit, ...] = ()
        timings: dict[str, float] = {}
        degraded = []
        try:
            past = bool(parse_slots(question, now=now, zone=self.zone).periods)
            found = self.long.recall(
                question, now=int(now.timestamp()), k=k, kinds=kinds, history=past
            )
            hits, timings = found.hits, dict(found.timings)
            degraded += [found.degraded] if found.degraded else []
        except DOWN as error:
            degraded.append(f"Nothing could be recalled. {_words(error)}")
        laps, turns = Laps(), []
        try:
            turns = self.short.read(conversation, self._settings.context_turns)
        except DOWN as error:
            degraded.append(f"The conversation could not be read. {_words(error)}")
        laps.lap("short")
        kept, context = fit_memories(
            hits, turns, budget=budget, share=self._settings.memory_share, counter=self._counter,
            zone=self.zone, system=system,
        )  # fmt: skip
        laps.lap("fit")
        return Recalled(
            kept, context, tuple(turns), len(hits) - len(kept), timings | laps.parts,
            tuple(degraded),
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"DualMemory({self.short!r}, {self.long!r})"


def _words(error: Exception) -> str:
    return getattr(error, "message", "") or f"Redis: {error}."

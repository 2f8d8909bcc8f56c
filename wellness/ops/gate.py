"""What the settings allow one person: so many questions, so many tokens of the model.

Both are off unless a setting says otherwise; then nothing is asked of Redis.
"""

from __future__ import annotations

from dataclasses import dataclass

from redis import Redis

from wellness import keys as key_table
from wellness.errors import LimitReached
from wellness.ops.admission import Counter, Decision, Subject
from wellness.ops.limits import RateLimiter
from wellness.ops.quota import Reservation, TokenQuota
from wellness.settings import Settings

TURNS, TOKENS = "turns", "tokens"  # the rules' names in keys
HOUR_S, DAY_S = 3_600.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Pass:
    """Whether one turn may begin, and what must be settled when it is over.

    Attributes:
        user: whose turn.
        turns: what the limit on questions says; None if there is none.
        tokens: what the quota says; None if there is none.
    """

    user: str
    turns: Decision | None = None
    tokens: Reservation | None = None

    @property
    def decisions(self) -> list[Decision]:
        """What was decided, by each limit that was asked."""
        both = (self.turns, self.tokens.decision if self.tokens else None)
        return [one for one in both if one]

    @property
    def allowed(self) -> bool:
        """Whether every limit lets it through."""
        return all(one.allowed for one in self.decisions)

    @property
    def retry_after_s(self) -> float:
        """Seconds until it is worth asking again; 0 if it was let through."""
        return max((one.retry_after_s for one in self.decisions), default=0.0)

    @property
    def problems(self) -> list[str]:
        """What Redis could not count, and what was done about it."""
        return [one.problem for one in self.decisions if one.problem]

    @property
    def refusal(self) -> str:
        """Which limit refuses it, and why; empty if none does."""
        if self.allowed:
            return ""
        if self.problems:
            return " ".join(self.problems)
        tokens = self.tokens is not None and not self.tokens.allowed
        what = "tokens of the model" if tokens else "questions"
        return f"{self.user!r} has no {what} left for now."

    def check(self) -> None:
        """Make sure that it was let through.

        Raises:
            LimitReached: it was not; says when to ask again.
        """
        if not self.allowed:
            raise LimitReached(self.refusal, retry_after_s=self.retry_after_s)


class Gate:
    """Lets a person's turns through by the settings' limits.

    Args:
        client: a Redis client.
        settings: the `limit_` and `quota_` ones count.
        namespace: prefix of all keys.
    """

    def __init__(
        self, client: Redis, settings: Settings, *, namespace: str = key_table.PERSON
    ) -> None:
        counter = Counter(client, namespace, settings.limits_when_down, settings.breaker_reset_s)
        self.turns: RateLimiter | None = None
        if settings.limit_turns:
            window_s = settings.limit_turns_window_s
            self.turns = RateLimiter(counter, TURNS, limit=settings.limit_turns, window_s=window_s)
        quotas = {HOUR_S: settings.quota_tokens_hour, DAY_S: settings.quota_tokens_day}
        windows = {window_s: tokens for window_s, tokens in quotas.items() if tokens}
        self.tokens = TokenQuota(counter, TOKENS, windows) if windows else None
        self._set_aside = min([settings.quota_turn_tokens, *windows.values()])

    def __repr__(self) -> str:
        return f"<Gate {[limit for limit in (self.turns, self.tokens) if limit]}>"

    def admit(self, user: str) -> Pass:
        """Ask for one turn; a refused one is counted nowhere.

        Raises:
            redis.exceptions.RedisError: Redis refuses for a reason that will not pass.
        """
        subject = Subject("user", user)
        reserved = self.tokens.reserve(subject, self._set_aside) if self.tokens else None
        if reserved and not reserved.allowed:
            return Pass(user, None, reserved)
        turns = self.turns.hit(subject) if self.turns else None
        if self.tokens and reserved and turns and not turns.allowed:
            self.tokens.settle(reserved, 0)
        return Pass(user, turns, reserved)

    def settle(self, turn: Pass, tokens: int) -> str:
        """Count what an admitted turn used; why that could not be done, empty if it was.

        Args:
            turn: as `admit` gave it.
            tokens: of the model, read and written.
        """
        if not (self.tokens and turn.tokens and turn.allowed):
            return ""
        return self.tokens.settle(turn.tokens, tokens)

"""A quota of a model's tokens in any hour and any day, counted in slots of time.

A turn may cost one token or thousands, so a list of moments (`wellness.ops.limits`) would have no
bound. Here Redis keeps, for each window, the tokens of each of its 24 slots in one hash: about a
kilobyte a subject, whatever the quota. A slot that lies only partly in the window counts in full.
So no window ever holds more than the quota, and the price is that tokens are given back up to one
slot late: two and a half minutes for an hour, an hour for a day.

What a turn costs is known when it is over. `reserve` sets tokens aside beforehand, `settle` puts
the true number in their place. A process that dies between the two leaves its reservation spent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from redis import exceptions

from wellness.ops.admission import KNOWN, Counter, Decision, Script, Subject, is_away
from wellness.ops.limits import LONGEST_S
from wellness.replies import text

SLOTS = 24  # of a window: its granularity, and the bound of what is stored
# ARGV: slots of a window, tokens, then for each window its quota and the width of its slots in
# microseconds. A field is `<width>:<number of the slot>`. The reply: let through?, tokens left,
# microseconds until there is room, now, and for each window the slot that was written to.
RESERVE = """
local key, slots, tokens = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local windows, by_width, longest = {}, {}, 0
for i = 3, #ARGV, 2 do
  local width = tonumber(ARGV[i + 1])
  local window = {quota = tonumber(ARGV[i]), width = width, name = ARGV[i + 1],
    slot = math.floor(now / width), used = 0, fields = {}}
  windows[#windows + 1] = window
  by_width[window.name] = window
  longest = math.max(longest, width * (slots + 1))
end
local flat, old = redis.call('HGETALL', key), {}
for i = 1, #flat, 2 do
  local width, number = string.match(flat[i], '(%d+):(%d+)')
  local window, slot = by_width[width], tonumber(number)
  if window then
    window.fields[slot] = tonumber(flat[i + 1])
    window.slot = math.max(window.slot, slot)
  else
    old[#old + 1] = flat[i]
  end
end
local left, wait, written = math.huge, 0, {}
for _, window in ipairs(windows) do
  local first = window.slot - slots
  for slot, count in pairs(window.fields) do
    if slot < first then
      old[#old + 1] = window.name .. ':' .. string.format('%.0f', slot)
    else
      window.used = window.used + count
    end
  end
  left = math.min(left, window.quota - window.used)
  local surplus, slot = window.used + tokens - window.quota, first
  while surplus > 0 and slot <= window.slot do
    surplus = surplus - (window.fields[slot] or 0)
    if surplus <= 0 then
      wait = math.max(wait, (slot + slots + 1) * window.width - now)
    end
    slot = slot + 1
  end
  written[#written + 1] = window.name .. ':' .. string.format('%.0f', window.slot)
end
if #old > 0 then redis.call('HDEL', key, unpack(old)) end
if tokens > left then return {0, math.max(0, left), wait, now, written} end
for _, field in ipairs(written) do
  redis.call('HINCRBY', key, field, tokens)
end
redis.call('PEXPIRE', key, math.ceil(longest / 1000))
return {1, left - tokens, 0, now, written}
"""
# ARGV: tokens to add, or to give back if negative; slots of a window; then for each window the
# field they were reserved in and the width of its slots, the widest last. What is given back to a
# slot that is gone is gone with it.
SETTLE = """
local key, change, slots = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
for i = 3, #ARGV, 2 do
  local field, width = ARGV[i], ARGV[i + 1]
  if change > 0 then
    local slot = string.format('%.0f', math.floor(now / tonumber(width)))
    redis.call('HINCRBY', key, width .. ':' .. slot, change)
  elseif tonumber(redis.call('HGET', key, field) or 0) + change > 0 then
    redis.call('HINCRBY', key, field, change)
  else
    redis.call('HDEL', key, field)
  end
end
if change > 0 then
  redis.call('PEXPIRE', key, math.ceil(tonumber(ARGV[#ARGV]) * (slots + 1) / 1000))
end
"""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Tokens set aside for one turn; to be settled once.

    Attributes:
        subject: whose they are.
        tokens: how many.
        decision: whether there were as many.
        fields: the slots they were counted in; empty if they were not counted.
    """

    subject: Subject
    tokens: int
    decision: Decision
    fields: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the turn may begin."""
        return self.decision.allowed


class TokenQuota:
    """At most so many tokens of one subject in any hour, any day. Threads may share it.

    Args:
        counter: where to count, and what to do while that cannot be done.
        rule: a name for what is limited, part of the key: `tokens`, or a model's.
        windows: seconds, at most a day, to the tokens of that window.

    Raises:
        ValueError: there is no window, or one is out of bounds.
    """

    def __init__(
        self,
        counter: Counter,
        rule: str,
        windows: Mapping[float, int],
        *,
        reserve: Script | None = None,
        settle: Script | None = None,
    ) -> None:
        if not windows:
            raise ValueError("A quota without a window limits nothing.")
        for window_s, tokens in windows.items():
            if not 0.024 <= window_s <= LONGEST_S:
                raise ValueError(f"A window lasts from 24 ms to a day, not {window_s:g} s.")
            if tokens < 1:
                raise ValueError(f"A quota is of 1 token or more, not {tokens}.")
        self.counter, self.rule = counter, rule
        self.windows = dict(sorted(windows.items()))
        self._widths = [round(window_s * 1e6 / SLOTS) for window_s in self.windows]
        pairs = zip(self.windows.values(), self._widths, strict=True)
        self._arguments = [number for pair in pairs for number in pair]
        self._reserve = reserve or Script(RESERVE)
        self._settle = settle or Script(SETTLE)
        self.key = lru_cache(KNOWN)(self._key)  # where a subject's tokens are counted

    def __repr__(self) -> str:
        parts = ", ".join(f"{n:,} in any {window_s:g} s" for window_s, n in self.windows.items())
        return f"<TokenQuota {self.rule!r}: {parts}>"

    def _key(self, subject: Subject) -> str:
        return self.counter.keys(subject).quota(subject.part(self.rule))

    def reserve(self, subject: Subject, tokens: int) -> Reservation:
        """Set tokens aside, in all windows or in none.

        Raises:
            ValueError: they are none, or more than a window has.
            redis.exceptions.RedisError: Redis refuses for a reason that will not pass.
        """
        most = min(self.windows.values())
        if not 1 <= tokens <= most:
            raise ValueError(f"1 to {most:,} tokens can be reserved, not {tokens:,}.")
        try:
            reply: Any = self._reserve.run(
                self.counter.client, self.key(subject), SLOTS, tokens, *self._arguments
            )
        except exceptions.RedisError as error:
            decision = self.counter.without(error, f"The quota {self.rule!r} of {subject}")
            return Reservation(subject, tokens, decision)
        allowed, remaining, retry_us, at_us, written = reply
        decision = Decision(allowed == 1, remaining, retry_us / 1e6, at_us)
        fields = tuple(text(field) for field in written) if allowed else ()
        return Reservation(subject, tokens, decision, fields)

    def settle(self, reservation: Reservation, tokens: int) -> str:
        """Count what a turn really used; more than was reserved is counted as well.

        Args:
            reservation: one that was allowed, and not settled before.
            tokens: what was used.

        Returns:
            Why it could not be counted; empty if it was, or if nothing was to be.
        """
        change = tokens - reservation.tokens
        if not reservation.fields or not change:
            return ""
        pairs = zip(reservation.fields, self._widths, strict=True)
        arguments = [part for pair in pairs for part in pair]
        try:
            key = self.key(reservation.subject)
            self._settle.run(self.counter.client, key, change, SLOTS, *arguments)
        except exceptions.RedisError as error:
            if not is_away(error):
                raise
            return f"{abs(change):,} tokens of {reservation.subject} are not settled. {error}"
        return ""

    def reset(self, subject: Subject) -> None:
        """Forget a subject's tokens."""
        self.counter.client.unlink(self.key(subject))

"""The script that decides what becomes of a statement: new, a duplicate, or in place of another.

One script is one step for everybody else: two processes that state the same at once leave one
memory, and two that state different values leave both, the later one in force.

A statement with a subject stands in the timeline of that subject, a sorted set, at the moment
since which it holds. The one before it ends there, and it ends where the next begins; so what is
said of the past slots into the past, and the order in which statements arrive does not matter. The
same said again renews what is there. What had been stated again after a moment in the past comes
back after whatever is now said of that moment; of several times, the last is known.

Without a subject, a statement is a duplicate of one of its kind whose signature is equal and whose
vector is near. Two events are one only if they also happened within half a day.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ulid import PureRandomPolicy, ULIDGenerator

from wellness.keys import Keys
from wellness.memory.embedding_cache import normalise
from wellness.memory.index import MemoryIndex, user_tag
from wellness.memory.kinds import FOREVER, Fact, MemoryKind, ttl_s
from wellness.memory.queries import scope
from wellness.settings import Settings

SAME_EVENT_S = 43_200  # half a day: an event told again, not the same thing done on another day

_ids = ULIDGenerator(policy=PureRandomPolicy())  # see wellness.memory.turns

REMEMBER = """
local memory, timeline = KEYS[1], KEYS[2]
local id, copy, prefix, index, where = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local subject, digest, since, said_at = ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9])
local expires_at, ttl, same, forever = ARGV[10], tonumber(ARGV[11]), tonumber(ARGV[12]), ARGV[13]
local text, vector, embedder = ARGV[14], ARGV[15], ARGV[16]
local moment = tonumber(since)

local function get(other, field) return redis.call('HGET', prefix .. other, field) end
local function number(other, field) return tonumber(get(other, field) or 0) end
local function set(other, ...) redis.call('HSET', prefix .. other, ...) end
local function lives(other) return redis.call('EXISTS', prefix .. other) == 1 end

local function extend(key)
  if ttl > redis.call('TTL', key) then redis.call('EXPIRE', key, ttl) end
end

local function duplicate(other)
  local function raise(field, value)
    if tonumber(value) > number(other, field) then set(other, field, value) end
  end
  raise('said_at', ARGV[9])
  raise('expires_at', expires_at)
  if get(other, 'embedder') ~= embedder then
    set(other, 'embedder', embedder, 'embedding', vector, 'text', text)
  end
  extend(prefix .. other)
  if subject ~= '' then extend(timeline) end
  return {'duplicate', other}
end

local function write(valid_until)
  redis.call('HSET', memory, 'valid_until', valid_until, unpack(ARGV, 17))
  redis.call('EXPIRE', memory, ttl)
end

if subject == '' then
  local near = redis.call('FT.SEARCH', index,
    '(' .. where .. ')=>[KNN 1 @embedding $vector AS distance]', 'PARAMS', '2', 'vector', vector,
    'SORTBY', 'distance', 'RETURN', '1', 'distance', 'LIMIT', '0', '1', 'DIALECT', '2')
  if near[3] and near[3][2] and tonumber(near[3][2]) <= same then
    local other = string.sub(near[2], #prefix + 1)
    if moment < number(other, 'valid_from') then set(other, 'valid_from', since) end
    return duplicate(other)
  end
  write(forever)
  return {'new', id}
end

local function neighbour(command, from, to)
  while true do
    local other = redis.call(command, timeline, from, to, 'LIMIT', 0, 1)[1]
    if not other or lives(other) then return other end
    redis.call('ZREM', timeline, other)
  end
end

local before = neighbour('ZREVRANGEBYSCORE', since, '-inf')
local late = false  -- said before something that was said of the same moment
if before then
  local began = redis.call('ZSCORE', timeline, before)
  local at_once = tonumber(began) == moment
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', timeline, began, began)) do
    if lives(other) then
      if at_once and get(other, 'digest') == digest and said_at <= number(other, 'said_at') then
        return duplicate(other)
      end
      if number(other, 'valid_until') > number(before, 'valid_until') then before = other end
    end
  end
  late = at_once and said_at < number(before, 'said_at')
end
if before and number(before, 'valid_until') <= moment and not late then before = nil end
if before and get(before, 'digest') == digest then
  if moment > number(before, 'confirmed') then set(before, 'confirmed', since) end
  return duplicate(before)
end

local back = before and number(before, 'confirmed') > moment and get(before, 'confirmed')
local after = neighbour('ZRANGEBYSCORE', '(' .. since, '+inf')
local next_since = after and redis.call('ZSCORE', timeline, after)
local ends, outcome, replaced = next_since or forever, 'new', ''
local earlier = after and not back and not late and get(after, 'digest') == digest
  and redis.call('ZCOUNT', timeline, next_since, next_since) == 1
if late then
  ends = since
elseif before then
  if back then  -- it was stated again after this moment
    ends = back
    redis.call('COPY', prefix .. before, prefix .. copy)
    set(copy, 'valid_from', back)
    redis.call('ZADD', timeline, back, copy)
  end
  set(before, 'valid_until', since, 'confirmed', get(before, 'valid_from'))
  outcome, replaced = 'superseding', before
end
if earlier then  -- it began before it was known to
  set(after, 'valid_from', since)
  redis.call('ZADD', timeline, since, after)
  return duplicate(after)
end
write(ends)
redis.call('ZADD', timeline, since, id)
extend(timeline)
return {outcome, id, replaced}
"""

# Another vector for a memory, unless it is gone by now: HSET would bring a part of it back.
REEMBED = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'embedder', ARGV[1], 'embedding', ARGV[2])
return 1
"""


def plain(text: str) -> str:
    """A text without what does not matter to whether two are the same, word by word.

    >>> plain("I  like Tea.")
    'i like tea'
    """
    return normalise(text).casefold().rstrip(".!")


def meaning(fact: Fact) -> str:
    """A digest of what a fact says; without a signature, of its words.

    >>> def says(text, signature=""):
    ...     return meaning(Fact(text, MemoryKind.FACT, 0, signature=signature))
    >>> says("I like tea.") == says("i  like tea")
    True
    >>> says("82 kg", "weight 82") == says("78 kg", "weight 78")
    False
    """
    said = f"signature {fact.signature}" if fact.signature else f"words {plain(fact.text)}"
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def statement(
    fact: Fact, vector: bytes, keys: Keys, index: MemoryIndex, now: float, settings: Settings
) -> tuple[list[str], list[Any]]:
    """The script's keys and arguments for one fact; `now` is by the clock that sets expiries."""
    id, copy = (str(_ids.generate(int(now * 1000))) for _ in range(2))
    lifetime_s, digest = ttl_s(fact.kind, settings), meaning(fact)
    expires_at = f"{now + lifetime_s:.0f}"
    fields: dict[str, Any] = {
        "record": index.record, "embedder": index.embedder, "user": user_tag(keys.user),
        "kind": fact.kind, "text": fact.text, "embedding": vector, "signature": fact.signature,
        "digest": digest, "subject": fact.subject, "slots": json.dumps(dict(fact.slots)),
        "said_at": fact.at, "valid_from": fact.since, "confirmed": fact.since,
        "importance": fact.importance, "expires_at": expires_at, "source": fact.source,
    }  # fmt: skip
    same = f"{scope(keys.user, shared=False)} @kind:{{{fact.kind}}} @digest:{{{digest}}}"
    if fact.kind == MemoryKind.EVENT:
        same += f" @valid_from:[{fact.since - SAME_EVENT_S} {fact.since + SAME_EVENT_S}]"
    return (
        [keys.memory(id), keys.facts(fact.subject)],
        [
            id, copy, f"{keys.memory('')}:", index.name, same, fact.subject, digest, fact.since,
            fact.at, expires_at, lifetime_s, settings.memory_same, f"{FOREVER:.0f}", fact.text,
            vector, index.embedder, *(part for pair in fields.items() for part in pair),
        ],
    )  # fmt: skip

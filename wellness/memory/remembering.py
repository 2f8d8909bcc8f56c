"""The script that decides what becomes of a statement: new, a duplicate, or in place of another.

One script is one step for everybody else: two processes that state the same at once leave one
memory, and two that state different values leave both, the later one in force.

A statement with a subject stands in the sorted set of that subject, at the moment since which it
holds. The one before it ends there, and it ends where the one after it begins; so what is said of
the past slots into the past. Without a subject, it is a duplicate of one whose signature is equal
and whose vector is near.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ulid import ULID

from wellness.keys import Keys
from wellness.memory.index import MemoryIndex, user_tag
from wellness.memory.kinds import FOREVER, Fact, ttl_s
from wellness.memory.queries import scope
from wellness.settings import Settings

REMEMBER = """
local memory, subject_key = KEYS[1], KEYS[2]
local id, prefix, index, where = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local subject, signature, since = ARGV[5], ARGV[6], tonumber(ARGV[7])
local expires_at, ttl, same, forever = ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10]), ARGV[11]
local vector, said_at = ARGV[12], ARGV[13]

local function renew(key)
  redis.call('HSET', key, 'expires_at', expires_at, 'said_at', said_at)
  redis.call('EXPIRE', key, ttl)
end

local function write(valid_until)
  redis.call('HSET', memory, 'valid_until', valid_until, unpack(ARGV, 14))
  redis.call('EXPIRE', memory, ttl)
end

if subject == '' then
  local near = redis.call('FT.SEARCH', index,
    '(' .. where .. ')=>[KNN 1 @embedding $vector AS distance]', 'PARAMS', '2', 'vector', vector,
    'SORTBY', 'distance', 'RETURN', '1', 'distance', 'LIMIT', '0', '1', 'DIALECT', '2')
  if near[3] and near[3][2] and tonumber(near[3][2]) <= same then
    renew(near[2])
    return {'duplicate', string.sub(near[2], #prefix + 1)}
  end
  write(forever)
  return {'new', id}
end

local function neighbour(command, from, to)
  local found = redis.call(command, subject_key, from, to, 'LIMIT', 0, 100)
  for _, other in ipairs(found) do
    if redis.call('EXISTS', prefix .. other) == 1 then return other end
    redis.call('ZREM', subject_key, other)
  end
end

local function ends(other)
  return tonumber(redis.call('HGET', prefix .. other, 'valid_until') or 0)
end

local before = neighbour('ZREVRANGEBYSCORE', since, '-inf')
if before then  -- of several that began at one moment, the one that was said last holds
  local began = redis.call('ZSCORE', subject_key, before)
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', subject_key, began, began)) do
    if ends(other) > ends(before) then before = other end
  end
end
local after = neighbour('ZRANGEBYSCORE', '(' .. since, '+inf')
if before and redis.call('HGET', prefix .. before, 'signature') == signature then
  renew(prefix .. before)
  redis.call('EXPIRE', subject_key, math.max(ttl, redis.call('TTL', subject_key)))
  return {'duplicate', before}
end
local outcome, replaced = 'new', ''
if before then
  if ends(before) > since then
    redis.call('HSET', prefix .. before, 'valid_until', string.format('%.0f', since))
    outcome, replaced = 'superseding', before
  end
end
write(after and redis.call('HGET', prefix .. after, 'valid_from') or forever)
redis.call('ZADD', subject_key, since, id)
redis.call('EXPIRE', subject_key, math.max(ttl, redis.call('TTL', subject_key)))
return {outcome, id, replaced}
"""


def statement(
    fact: Fact, vector: bytes, keys: Keys, index: MemoryIndex, now: float, settings: Settings
) -> tuple[list[str], list[Any]]:
    """The script's keys and arguments for one fact; `now` is by the clock that sets expiries."""
    id, lifetime_s = str(ULID()), ttl_s(fact.kind, settings)
    expires_at = f"{now + lifetime_s:.0f}"
    signature = hashlib.blake2b(fact.signature.encode(), digest_size=12).hexdigest()
    fields: dict[str, Any] = {
        "record": index.record, "embedder": index.embedder, "user": user_tag(keys.user),
        "kind": fact.kind, "text": fact.text, "embedding": vector, "signature": signature,
        "subject": fact.subject, "slots": json.dumps(dict(fact.slots)), "said_at": fact.at,
        "valid_from": fact.since, "importance": fact.importance, "expires_at": expires_at,
        "source": fact.source,
    }  # fmt: skip
    same = f"{scope(keys.user, shared=False)} @kind:{{{fact.kind}}} @signature:{{{signature}}}"
    return (
        [keys.memory(id), keys.facts(fact.subject)],
        [
            id, f"{keys.memory('')}:", index.name, same, fact.subject, signature, fact.since,
            expires_at, lifetime_s, settings.memory_same, f"{FOREVER:.0f}", vector, fact.at,
            *(part for pair in fields.items() for part in pair),
        ],
    )  # fmt: skip

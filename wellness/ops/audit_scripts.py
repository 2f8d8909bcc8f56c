"""What the audit log does inside Redis, where nothing comes in between: append, find a place.

`APPEND` compares the log's tip with the one that the writer has hashed on. It replies with 1, the
log's length and the new ids; or with 0 and the tip as it is, and then it has written nothing.
"""

from __future__ import annotations

# KEYS: stream, tip. ARGV: expected hash, scheme, seconds to live, first id to keep or "", the
# hash to build on, then the hash and the content of each entry.
APPEND = """
local tip = redis.call('HMGET', KEYS[2], 'n', 'hash', 'scheme')
local n, hash, scheme = tonumber(tip[1] or 0) or 0, tip[2] or '', tip[3] or ''
if hash ~= ARGV[1] or (scheme ~= '' and scheme ~= ARGV[2]) then return {0, n, hash, scheme} end
local previous, ids = ARGV[5], {}
for i = 6, #ARGV, 2 do
  n = n + 1
  ids[#ids + 1] = redis.call('XADD', KEYS[1], '*',
    'n', n, 'prev', previous, 'hash', ARGV[i], 'event', ARGV[i + 1])
  previous = ARGV[i]
end
redis.call('HSET', KEYS[2], 'n', n, 'hash', previous, 'id', ids[#ids], 'scheme', ARGV[2])
if ARGV[4] ~= '' then redis.call('XTRIM', KEYS[1], 'MINID', ARGV[4]) end
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return {1, redis.call('XLEN', KEYS[1]), ids}
"""
# The entry at a place from the oldest; the ones before it stay in Redis.
AT = """
local found = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', ARGV[1])
return found[#found]
"""

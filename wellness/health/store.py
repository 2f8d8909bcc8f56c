"""Health data in Redis: readings in sorted sets, scored by their start.

Each type of reading is one sorted set; a member is the whole identity of a reading, so writing
it twice changes nothing and equal values at different times both survive. Every write of a batch
is one MULTI: the readings together with the mark that their daily rollups must be made again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from redis import Redis
from redis.exceptions import OutOfMemoryError

from wellness import keys as key_table
from wellness.errors import StoreError, UnknownUser
from wellness.health.catalogue import Metric, describe, find
from wellness.health.readings import Readings, encode
from wellness.health.tags import Tag, Tags
from wellness.keys import Keys

SECONDS_PER_DAY = 86_400
WRITE_SLICE = 1_000  # members per ZADD: the server answers others in between batches, not commands


# Members come as one text, which is cheap to send; each begins with its score. A day is marked as
# stale exactly when it gained a reading, so importing again marks nothing.
ADD = """
local pieces, days, stale = {}, {}, {}
for member in string.gmatch(ARGV[1], '[^\\n]+') do
  local start = string.match(member, '^-?%d+')
  pieces[#pieces + 1] = start
  pieces[#pieces + 1] = member
  days[math.floor(start / 86400)] = true
end
local added = redis.call('ZADD', KEYS[1], unpack(pieces))
if added > 0 then
  redis.call('INCRBY', KEYS[3], added)
  for day in pairs(days) do stale[#stale + 1] = day end
  redis.call('SADD', KEYS[2], unpack(stale))
end
return added
"""


def out_of_memory() -> StoreError:
    """What to say when Redis refuses to take more."""
    return StoreError(
        "Redis is out of memory; the last batch was not stored, what came before it is.",
        hint="Raise maxmemory (`CONFIG SET maxmemory 2gb`) and import again: "
        "what is stored already will be recognised.",
    )


class Batch:
    """Readings on their way to Redis: the members of each type."""

    def __init__(self) -> None:
        self.members: defaultdict[str, list[str]] = defaultdict(list)
        self.size = 0

    def put(self, type: str, start: int, value: float, tag: int, end: int) -> None:
        """Add one reading; `tag` is what `Store.tag` says for its type."""
        self.members[type].append(encode(start, value, tag, end))
        self.size += 1


class MetricInfo(NamedTuple):
    """What is stored of one metric. Instants are epoch seconds; `unit` is the latest reading's."""

    metric: Metric
    readings: int
    first: int
    last: int
    unit: str
    sources: tuple[str, ...]


class Store:
    """One user's health data. Make a new one after somebody deleted the user's data.

    Args:
        client: a Redis client that returns bytes.
        user: any non-empty name.
        namespace: prefix of all keys; tests and lessons have their own.
    """

    def __init__(self, client: Redis, user: str, *, namespace: str = key_table.PERSON) -> None:
        self.client = client
        self.user = user
        self.keys = Keys(namespace, user)
        _ = self.keys.prefix  # a user without a name is an error now, not at the first command
        self._tables: dict[str, Tags] = {}

    def __repr__(self) -> str:
        return f"Store(user={self.user!r}, namespace={self.keys.namespace!r})"

    # Writing

    def tag(self, type: str, tag: Tag) -> int:
        """The number that stands for a tag in the members of a type; see `Tags.number`."""
        try:
            return self.tags(type).number(tag)
        except OutOfMemoryError as error:
            raise out_of_memory() from error

    def tags(self, type: str) -> Tags:
        """The tags of a type by number: its sources, units and labels."""
        return self._tables.setdefault(type, Tags(self.client, self.keys.tags(type)))

    def add(self, batch: Batch) -> dict[str, int]:
        """Write a batch; returns how many of its readings were new, by type.

        All of the batch is written or, when Redis refuses it, none.

        Raises:
            StoreError: Redis is out of memory.
        """
        pipe = self.client.pipeline(transaction=True)
        slots: list[str] = []
        for type, members in batch.members.items():
            readings, stale = self.keys.readings(type), self.keys.stale(type)
            for low in range(0, len(members), WRITE_SLICE):
                part = "\n".join(members[low : low + WRITE_SLICE])
                pipe.eval(ADD, 3, readings, stale, self.keys.version, part)
                slots.append(type)
        try:
            replies = pipe.execute()
        except OutOfMemoryError as error:
            raise out_of_memory() from error
        added = dict.fromkeys(batch.members, 0)
        for type, reply in zip(slots, replies, strict=True):
            added[type] += reply
        return added

    # Reading

    def range(self, type: str, start: float, end: float) -> Readings:
        """Readings that start in the half-open interval of epoch seconds."""
        key = self.keys.readings(type)
        members: Any = self.client.zrange(key, start, f"({end}", byscore=True)
        return Readings(type, members, self.tags(type))

    def latest(self, type: str, n: int = 1) -> Readings:
        """The last `n` readings by their start."""
        members: Any = self.client.zrange(self.keys.readings(type), -n, -1) if n > 0 else []
        return Readings(type, members, self.tags(type))

    def bounds(self, type: str) -> tuple[int, int] | None:
        """Start of the first and of the last reading in epoch seconds; None without readings."""
        key = self.keys.readings(type)
        pipe = self.client.pipeline(transaction=False)
        pipe.zrange(key, 0, 0, withscores=True)
        pipe.zrange(key, -1, -1, withscores=True)
        first, last = pipe.execute()
        return (int(first[0][1]), int(last[0][1])) if first else None

    def count(self, type: str, start: float = float("-inf"), end: float = float("inf")) -> int:
        """How many readings start in the half-open interval: ZCOUNT, O(log N)."""
        return int(self.client.zcount(self.keys.readings(type), start, f"({end}"))

    def types(self) -> list[str]:
        """Apple's names of all stored types, sorted."""
        found = {
            parts.part
            for parts in map(
                key_table.parse, key_table.scan(self.client, self.keys.namespace, self.user)
            )
            if parts.kind == "readings"
        }
        return sorted(found)

    def find(self, name: str) -> Metric:
        """The stored metric that a person means by `name`.

        Raises:
            UnknownUser: this user has no data at all.
            UnknownMetric: nothing stored is called that.
        """
        types = self.types()
        if not types:
            raise UnknownUser(self.user, key_table.users(self.client, self.keys.namespace))
        return find(name, types)

    def metrics(self) -> list[MetricInfo]:
        """What is there, by name; one round trip for all types."""
        types = self.types()
        pipe = self.client.pipeline(transaction=False)
        for type in types:
            key = self.keys.readings(type)
            pipe.zcard(key)
            pipe.zrange(key, 0, 0)
            pipe.zrange(key, -1, -1)
        replies = pipe.execute()
        infos = []
        for i, type in enumerate(types):
            count, first, last = replies[3 * i : 3 * i + 3]
            newest = Readings(type, last, self.tags(type))
            infos.append(
                MetricInfo(
                    metric=describe(type),
                    readings=count,
                    first=int(Readings(type, first, {}).starts[0]),
                    last=int(newest.starts[0]),
                    unit=newest.tag_of(0).unit,
                    sources=tuple(sorted({tag.source for tag in self.all_tags(type).values()})),
                )
            )
        return sorted(infos, key=lambda info: info.metric.name)

    def all_tags(self, type: str) -> dict[int, Tag]:
        """All tags that a type's readings may carry, by number, as Redis has them now."""
        table = self.tags(type)
        table.load()
        return table

    def kinds(self) -> dict[str, str]:
        """Kind of device (watch, phone, other) by source name."""
        stored: Any = self.client.hgetall(self.keys.sources)
        return {name.decode(): kind.decode() for name, kind in stored.items()}

    # The person

    def profile(self) -> dict[str, str]:
        """What is known of the person and the newest export; empty for an unknown user."""
        stored: Any = self.client.hgetall(self.keys.profile)
        return {name.decode(): value.decode() for name, value in stored.items()}

    def version(self) -> int:
        """A number that grows with each reading that is added: what was computed before is old."""
        stored: Any = self.client.get(self.keys.version)
        return int(stored or 0)

    def zone(self) -> ZoneInfo:
        """The user's home zone.

        Raises:
            UnknownUser: nothing was imported for this user.
        """
        name: Any = self.client.hget(self.keys.profile, "zone")
        if name is None:
            raise UnknownUser(self.user, key_table.users(self.client, self.keys.namespace))
        return ZoneInfo(name.decode())

    def delete(self) -> int:
        """Delete everything of this user; returns how many keys went."""
        self._tables.clear()
        return key_table.delete(self.client, self.keys.namespace, self.user)

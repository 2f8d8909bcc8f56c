"""Many people on a small Cluster, and how they spread over its shards.

Nobody chooses a shard: a key's hash tag is its user, CRC16 of that is the slot, and each shard
serves a third of the slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wellness.errors import LessonError
from wellness.keys import Keys
from wellness.keys.slots import user_slot
from wellness.lesson.tables import html_table
from wellness.settings import Settings
from wellness.topologies import Clustered

TURNS = 3  # of each person: enough to see bytes, few enough for thousands of people
BATCH = 200  # people of one round trip


@dataclass(frozen=True, slots=True)
class Share:
    """What one shard has.

    Attributes:
        people: whose keys are there.
        keys: that it has, those of the exhibit only.
        bytes: by which its memory grew.
    """

    people: int
    keys: int
    bytes: int


@dataclass(frozen=True, slots=True, repr=False)
class Balance:
    """Who lives where."""

    shards: dict[str, Share]

    @property
    def people(self) -> int:
        """All of them."""
        return sum(one.people for one in self.shards.values())

    @property
    def fullest(self) -> float:
        """People of the fullest shard beside the mean: 1 is perfect balance."""
        most = max(one.people for one in self.shards.values())
        return most / (self.people / len(self.shards))

    def rows(self) -> list[list[str]]:
        """One a shard."""
        return [
            [name, f"{one.people:,}", f"{one.people / self.people:.1%}", f"{one.keys:,}",
             f"{one.bytes:,}"]
            for name, one in self.shards.items()
        ]  # fmt: skip

    def __repr__(self) -> str:
        lines = [f"{name}: {people} people ({part}), {count} keys, {size} bytes"
                 for name, people, part, count, size in self.rows()]  # fmt: skip
        return "\n".join([*lines, f"the fullest has {self.fullest:.2f} times the mean"])

    def _repr_html_(self) -> str:
        caption = f"{self.people:,} people; the fullest shard has {self.fullest:.2f} times the mean"
        return html_table(
            ("shard", "people", "part", "keys", "bytes"), self.rows(), caption=caption
        )


def settle(local: Clustered, namespace: str, *, people: int, settings: Settings) -> Balance:
    """Give people their first turns, and look where these went.

    Args:
        local: the Cluster.
        namespace: theirs; whoever made the Cluster removes it with the Cluster.
        people: how many; they are called `person-0` and so on.
        settings: `conversation_ttl_s` counts.

    Raises:
        LessonError: there is nobody to settle.
    """
    if people < 1:
        raise LessonError("Without people there is no balance.", hint="Ask for 1 or more.")
    homes: dict[str, list[Keys]] = {name: [] for name in local.servers if "copy" not in name}
    ends = sorted((end, local.server_of(end).name) for end in _last_slots(local, next(iter(homes))))
    for count in range(people):
        keys = Keys(namespace, f"person-{count}")
        slot = user_slot(keys.user)
        homes[next(name for end, name in ends if slot <= end)].append(keys)
    shares = {name: _fill(local, name, some, settings) for name, some in homes.items()}
    return Balance(shares)


def _last_slots(local: Clustered, name: str) -> list[int]:
    with local.client(local.servers[name]) as client:
        return [int(row[1]) for row in client.execute_command("CLUSTER SLOTS", NEVER_DECODE=[])]


def _fill(local: Clustered, name: str, people: Sequence[Keys], settings: Settings) -> Share:
    with local.client(local.servers[name]) as client:
        keys, used = int(client.dbsize()), int(client.info("memory")["used_memory"])
        for start in range(0, len(people), BATCH):
            pipe = client.pipeline(transaction=False)
            for one in people[start : start + BATCH]:
                said = [f"turn {count} of {one.user}: I walked to work." for count in range(TURNS)]
                pipe.rpush(one.turns("first"), *said)
                pipe.expire(one.turns("first"), settings.conversation_ttl_s)
                pipe.hset(one.profile, "zone", "Europe/Berlin")
            pipe.execute()
        now = int(client.info("memory")["used_memory"])
        return Share(len(people), int(client.dbsize()) - keys, now - used)

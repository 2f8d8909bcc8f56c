"""Do what an entry asks for once, although the entry may be handed out more than once.

A consumer may die after it has done its work and before it has acknowledged it; then another gets
the same entry. So the Redis commands that make up the work are not sent by the handler: they are
collected, and one script carries them out and acknowledges the entry, if it is still pending. The
pending list itself is the memory of what is not done yet; nothing else has to be kept for that.

What is done outside Redis has no such script. It must be harmless when repeated, or be keyed by
`entry.id` where it lands, as with a database's unique key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis.client import Pipeline

Word = str | bytes | int | float

# ARGV: group, entry id, then each command as the number of its words and the words. An error in a
# command leaves the entry pending, and the commands before it done.
SETTLE = """
if #redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], ARGV[2], 1) == 0 then return 0 end
local i = 3
while i <= #ARGV do
  local words = tonumber(ARGV[i])
  redis.call(unpack(ARGV, i + 1, i + words))
  i = i + words + 1
end
return redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
"""


class Effects:
    """Redis commands that will be carried out together with the acknowledgement.

    Their keys are of the log's user, so that all lie in one slot of a cluster.

    >>> effects = Effects()
    >>> effects.add("HINCRBY", "tally", "tool called", 1)
    >>> effects
    <Effects: 1 command>
    """

    def __init__(self) -> None:
        self._words: list[Word] = []
        self._commands = 0

    def add(self, *command: Word) -> None:
        """Add a command: its name and its arguments."""
        self._words += [len(command), *command]
        self._commands += 1

    def queue(self, pipe: Pipeline, stream: str, group: str, id: str) -> None:
        """Add the script to a pipeline; it replies with 1, or 0 if the work was done before."""
        pipe.eval(SETTLE, 1, stream, group, id, *self._words)

    def __repr__(self) -> str:
        return f"<Effects: {self._commands} command{'s' if self._commands != 1 else ''}>"

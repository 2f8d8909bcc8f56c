"""What a Redis means that answers and yet does not do as told, and what to do about it.

Each error is the kit's own and also the class of redis-py that it comes from, so that code which
knows only one of the two can catch it.
"""

from __future__ import annotations

from redis.exceptions import BusyLoadingError, OutOfMemoryError, ReadOnlyError, ResponseError

from wellness.errors import RedisUnavailable, WellnessError


class RefusedReadOnly(WellnessError, ReadOnlyError):
    """A write was sent to a replica, as after a failover; nothing was written."""

    hint = (
        "Write to its primary. A redis+sentinel:// address in REDIS_URL leads to whichever "
        "server that is."
    )


class RefusedFull(WellnessError, OutOfMemoryError):
    """Redis has reached maxmemory and may evict nothing; nothing was written, reads go on."""

    hint = "Raise maxmemory, or delete what is not needed: `wellness info` says what takes room."


class RefusedUnsafe(WellnessError, ResponseError):
    """Redis cannot write to its disk, so it takes nothing that it could lose; reads go on."""

    hint = "Make room on its disk: it tries again each second, and goes on by itself."


class StillLoading(RedisUnavailable, BusyLoadingError):
    """Redis has started and is still reading its data."""

    hint = "Wait: it answers when it has read all; `wellness info` says how far it is."


def explained(error: Exception, endpoint: str) -> Exception:
    """The error that says what to do, or the same one if nothing is known about it.

    >>> explained(ReadOnlyError("You can't write against a read only replica."), "unix://s")
    RefusedReadOnly('Redis at unix://s is a replica, and takes no writes.')
    """
    if isinstance(error, WellnessError):
        return error
    where = f"Redis at {endpoint}"
    if isinstance(error, BusyLoadingError):
        return StillLoading(f"{where} is still loading its data.")
    if isinstance(error, ReadOnlyError):
        return RefusedReadOnly(f"{where} is a replica, and takes no writes.")
    if isinstance(error, OutOfMemoryError):
        return RefusedFull(f"{where} is out of memory, and takes nothing more in.")
    if isinstance(error, ResponseError) and "MISCONF" in str(error):
        reason = str(error).rpartition(": ")[2].rstrip(".")
        return RefusedUnsafe(f"{where} takes no writes, as it cannot keep them: {reason}.")
    return error

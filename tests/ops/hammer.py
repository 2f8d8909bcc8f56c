"""Processes that ask a limit and a quota for all they can get: `python hammer.py CONFIG`.

They are forked from one that has no threads, which costs two cores less than to start each anew.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from multiprocessing.synchronize import Barrier
from typing import Any

from redis import Redis

from wellness.ops.admission import Counter, Decision, Subject
from wellness.ops.limits import RateLimiter
from wellness.ops.quota import TokenQuota

ANN = Subject("user", "ann")


def main(config: dict[str, Any]) -> None:
    """Print, for each process, how often it asked and the moment and cost of what came through."""
    forked = multiprocessing.get_context("fork")
    n = config["processes"]
    with forked.Pool(n, join, (forked.Barrier(n), config)) as pool:
        found = pool.map(hammer, range(n), chunksize=1)
    sys.stdout.write(json.dumps(found))


def join(barrier: Barrier, config: dict[str, Any]) -> None:
    """What each process needs to know."""
    global together, shared
    together, shared = barrier, config


def hammer(number: int) -> dict[str, Any]:
    """Ask until the time is over, first the limit, then the quota."""
    clock = time.time
    time.time = lambda: clock() + (number - 4) * 1_000  # this process' clock is wrong
    window_s, limit = shared["window_s"], shared["limit"]
    with Redis(unix_socket_path=shared["socket"]) as client:
        counter = Counter(client, shared["namespace"])
        limiter = RateLimiter(counter, "hammered", limit=limit, window_s=window_s)
        quota = TokenQuota(counter, "hammered", {window_s: limit, 4 * window_s: 3 * limit})

        def hit(cost: int) -> Decision:
            return limiter.hit(ANN, cost)

        def reserve(cost: int) -> Decision:
            return quota.reserve(ANN, cost).decision

        return {"limit": ask(hit), "quota": ask(reserve)}


def ask(decide: Any) -> dict[str, Any]:
    """Ask for one, two and three in turn."""
    asked, through = 0, []
    together.wait(60)
    end = time.monotonic() + shared["seconds"]
    while time.monotonic() < end:
        cost = 1 + asked % 3
        said = decide(cost)
        asked += 1
        if said.allowed:
            through.append([said.at_us, cost])
    return {"asked": asked, "through": through}


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))

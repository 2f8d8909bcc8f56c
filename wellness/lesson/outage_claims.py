"""What lesson 09 says about claims 19 and 21, by rules that stand here and nowhere else.

"Cascading" is when requests wait for a worker because earlier ones still hang, although none of
them needs Redis to answer. A breaker prevents it where requests queue without one and do not with
one; where neither queues it has nothing to prevent, and where both do it does not help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wellness.lesson.outage import BRISK, OURS
from wellness.lesson.outage_figures import Outage
from wellness.lesson.persistence import Crashes
from wellness.lesson.verdicts import Verdict

LATE_S = 0.1  # a worker that was free and comes later than that was not free
QUEUED = 0.5  # part of the requests beyond which they count as queueing


def held_up(outage: Outage, name: str) -> float:
    """Part of the requests that had to wait for a worker, once the first call had ended.

    The first call to hang is paid for by everybody, breaker or not: up to one timeout. So only
    requests count that came more than one timeout after the start of the outage; if it ended
    before that, there are none, and the part is 0.
    """
    since = outage.began_s + outage.timeout_s
    during = [one for one in outage.tracks[name].requests if since <= one.due_s < outage.ended_s]
    late = sum(one.begun_s - one.due_s > LATE_S for one in during)
    return late / len(during) if during else 0.0


def prevented(outage: Outage) -> tuple[str, Verdict]:
    """Whether a breaker prevented queueing beyond what timeouts without retries do; and why."""
    where = f"{outage.fault} server"
    if held_up(outage, OURS) > QUEUED:
        return f"{where}, whose calls do not fail", Verdict("refuted")
    if held_up(outage, BRISK) > QUEUED:
        return where, Verdict("confirmed")
    return f"{where}, where timeouts without retries do as well", Verdict("refuted")


def breaker_conditions(outages: Sequence[Outage]) -> Mapping[str, Verdict]:
    """Claim 19, a condition for each kind of outage."""
    return dict(map(prevented, outages))


def persistence_conditions(crashes: Crashes) -> Mapping[str, Verdict]:
    """Claim 21, a condition for each way to persist: nothing that was acknowledged is gone."""
    return {row.policy: Verdict("refuted" if row.lost else "confirmed") for row in crashes.rows}

"""The guard: whether two sentences mean the same, decided by their slots and not by distance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from wellness.health import periods
from wellness.memory.facts.slots import Slots, parse_slots

NAMES = {"asks": "one asks, the other states", "polarity": "one negates, the other does not",
         "goal": "one is about a goal, the other is not", "order": "order differs"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether two sentences mean the same; `reason` names the first slot that differs."""

    agrees: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.agrees


def same_meaning(a: str, b: str, *, now: datetime, zone: ZoneInfo) -> Agreement:
    """Whether two sentences, said at one time, mean the same; in doubt they do not.

    Args:
        a, b: in English, about oneself.
        now: aware; "yesterday" depends on it.
        zone: where the person lives.

    Raises:
        ValueError: `now` has no zone.

    >>> from datetime import UTC
    >>> when = {"now": datetime(2026, 5, 13, tzinfo=UTC), "zone": ZoneInfo("UTC")}
    >>> bool(same_meaning("How many steps yesterday?", "my step count on 12 May?", **when))
    True
    >>> same_meaning("I'm allergic to peanuts", "I'm not allergic to peanuts", **when).reason
    'one negates, the other does not'
    """
    return compare(
        parse_slots(a, now=now, zone=zone), parse_slots(b, now=now, zone=zone), zone=zone
    )


def compare(a: Slots, b: Slots, *, zone: ZoneInfo) -> Agreement:
    """Whether all slots are equal."""
    for name in ("asks", "goal", "polarity", *Slots.__slots__):
        one, other = getattr(a, name), getattr(b, name)
        if one != other:
            what = NAMES.get(name) or f"{name} differ{'s' if name == 'aggregation' else ''}"
            if name in NAMES:
                return Agreement(False, what)
            return Agreement(False, f"{what}: {_show(one, zone)}; {_show(other, zone)}")
    return Agreement(True)


def _show(value: object, zone: ZoneInfo) -> str:
    if isinstance(value, tuple):
        return ", ".join(_one(part, zone) for part in value) or "none"
    return str(value) or "none"


def _one(part: object, zone: ZoneInfo) -> str:
    if isinstance(part, tuple) and type(part) is tuple:
        return periods.label(
            datetime.fromtimestamp(part[0], zone), datetime.fromtimestamp(part[1], zone)
        )
    return str(part)

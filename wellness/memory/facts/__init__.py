"""What a sentence says: one parser for the cache's guard, for superseding and for classification.

>>> from datetime import UTC, datetime
>>> from zoneinfo import ZoneInfo
>>> when = {"now": datetime(2026, 5, 13, tzinfo=UTC), "zone": ZoneInfo("UTC")}
>>> slots = parse_slots("How many steps did I take yesterday?", **when)
>>> slots.metric, slots.aggregation
('StepCount', 'sum')
>>> same_meaning("Steps yesterday?", "Steps today?", **when).reason
'periods differ: Tue 12 May 2026; Wed 13 May 2026'
"""

from wellness.memory.facts.guard import Agreement, same_meaning
from wellness.memory.facts.quantities import Quantity
from wellness.memory.facts.slots import Slots, parse_slots
from wellness.memory.facts.statements import learn

__all__ = ["Agreement", "Quantity", "Slots", "learn", "parse_slots", "same_meaning"]

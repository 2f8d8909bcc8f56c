"""The tools of the agent: each answers with a sentence, and with the numbers behind it.

>>> [spec.name for spec in Toolbox.specs.values()][:3]
['search_health_records_by_metric', 'aggregate_metrics', 'compare_time_periods']

What holds for all results:

- `conclusion` is worked out here, down to the verdict; a model only words it.
- `numbers` has what the conclusion says, in the unit in which it says it, not rounded, and what
  else may be said. A duration is a number of "min" below an hour and of "h" from then on ("7 h 32
  min" is 7.533 h); a time of day is minutes after midnight, of unit "clock"; a difference of
  percentages is in "percentage points". Where two values are held against each other, the
  difference stands there twice: not rounded, and as that of the rounded values.
- Days that the conclusion names, such as that of the highest value, are in `data["dates"]`.
- A night belongs to the day of waking. Today, while it is not over, counts in a sum and in nothing
  that is said by the day.
- A period that was not named is the tool's own (`defaults`), and the result says so. One that
  refers to what the person told ("before my injury") says which memory was taken for it.
- What goes wrong stands in `error`, with the remedy.
"""

from wellness.agent.tools.specs import ToolSpec
from wellness.agent.tools.toolbox import Toolbox

__all__ = ["ToolSpec", "Toolbox"]

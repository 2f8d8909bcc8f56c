"""What the tools do where nobody says otherwise, and how much they say at most."""

from __future__ import annotations

# The period that each tool takes when the person names none; its answer says so.
AGGREGATE_PERIOD = "last 30 days"  # long enough that one odd day does not decide
TREND_PERIOD = "last 90 days"  # weight and pulse move over months, not days
SLEEP_PERIOD = "last night"
WORKOUT_PERIOD = "all time"  # "my longest swim", "when did I last do yoga" mean any
PROGRESS_PERIOD = "today"  # a target a day is asked about today
NIGHTS_PERIOD = "last 7 days"  # one night says little, and often only the time in bed is known

EVENT_WINDOW_DAYS = 42
"""Days of "before" an event, and of both sides when its before and after are compared: six weeks,
in which a change of habit or an injury shows, and seasons do not yet."""

TREND_LEAST_DAYS = 5  # with fewer values no order is surprising: Kendall's p is above 0.05 for 4
TREND_MOST_DAYS = 800  # Theil-Sen looks at each pair; what is longer is taken by weeks
LEVEL = 0.95  # of the interval of a slope
FEW = 3  # days or nights below which an average says little

ROWS = 20  # entries of a list in `data`: what a screen shows
SPOKEN_ROWS = 5  # readings that a conclusion names one by one
MEMORIES = 6  # memories that a recall shows
SPOKEN_MEMORIES = 3  # and says
CANDIDATES = 30  # memories that are looked through for an event, a goal or what to forget
NEAR = 0.5
"""Cosine distance up to which a memory that shares no word with the question still counts as being
about it. On the development half of the recall set the nearest turn lies beyond it for nine of ten
questions that nothing answers; a third of the answers lie within it."""

TEXT_MOST = 500  # characters of an argument: a statement, not a story
QUOTE_MOST = 160  # characters of somebody's words in a conclusion
COMMANDS = 24  # lines of Redis commands in a result
KEY_MOST = 48  # characters of a key in them

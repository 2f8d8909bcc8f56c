"""Cues in the shape of a clause: what kind of figure is asked for, and what is pointed at."""

from __future__ import annotations

from wellness.agent.classifier.patterns import anywhere, joined, words

COMPARATIVES = joined(
    """(?:more|less|fewer|better|worse|higher|lower|longer|shorter|faster|slower|heavier|lighter
    |deeper|earlier|later|fitter|stronger|weaker|healthier|leaner)"""
)

# Comparison
COMPARES = words(
    r"""compar\w*|contrast\w*|versus|vs|against|(?:measure|line|match)(?:s|es|d)? up|far(?:e|ed
    |es) against
    |relative to|as opposed to|in contrast|stack(?:s|ed)? up|next to
    |side by side|than|differ\w*|hold up""",
    r"""as (?:much|many|well|long|high|low|good|bad|often|fast|far|active) (?:\w+ )*as
    |(?:same|similar|equal)\b.*\bas|chang\w* (?:between|from)|chang\w*\b.*\bto [PE]
    |between [PE] and [PE]|from [PE] to [PE]""",
    r"which (?:one |of (?:the two|them) )?(?:was|is|were|had) \w+",
)
COMPARATIVE = words(
    rf"""{COMPARATIVES}|harder|bigger|smaller|greater|quicker|calmer|quieter|louder|elevated|up|down
    |increase\w*|decrease\w*|improv\w*|change\w*|drop\w*|ris(?:e|en|ing)|rose|fell|fall\w*"""
)
# What stands right before the period that another one is held against
AGAINST = anywhere(
    r"""\b(?:than|compared (?:to|with)|versus|against|relative to|in comparison (?:to|with))
    (?: (?:in|on|during|over|the|for))*$"""
)

# Direction
TREND = words(
    r"""trend\w*|over time|over the (?:weeks|months|years)|happen\w* (?:to|with)|progress(?:es|ed
    |ing)?|direction|trajectory|progression
    |develop\w*|evol\w*|chang(?:e|ed|es|ing)|pattern|mak(?:e|ing) (?:any )?progress|any progress
    |(?:weight|M) (?:loss|gain)|(?:what|which) way|(?:head|go|mov)\w* (?:in )?(?:the )?(?:right
    |wrong|good|bad)
     (?:way|direction)|(?:com|pil|melt|dropp|fall|creep)ing (?:back )?(?:off|on)|getting M
    |more or less|up or down|and (?:less
    |more)""",
    rf"""(?:gets?|getting|got|gotten|becom\w+|became|grow\w*|turn\w*)
     (?:any |an? (?:bit|little) |much |slowly |steadily )?(?:{COMPARATIVES}|up|down|fatter
    |M)(?! to\b)
    |{COMPARATIVES} (?:and|or) {COMPARATIVES}""",
    r"""(?:go|goes|going|gone|went|creep\w*|crept|head\w*|mov\w*|trend\w*|com\w*|came|inch\w*|edg\w*
    |climb\w*|drift\w*|slid\w*|slimming|been|is|are|was|M) (?:slowly |steadily |back |still
     |gradually )?(?:up|down|upwards?|downwards?)(?! to N)""",
    r"""increas\w*|decreas\w*|declin\w*|improv\w*|worsen\w*|deteriorat\w*|ris(?:e|es|en|ing)|rose
    |fall(?:s|ing|en)?|fell|drop(?:s|ped|ping)?|shrink\w*|grow(?:s|ing|n)?(?!-?\s?ups?)|grew
    |plateau\w*|stagnat\w*|fluctuat\w*|stable|steady|stabili\w*|steadily|consistent(?:ly)?
    |gradually
    |than (?:i|it|they) used to|than (?:usual|normal)|than i did before
    |what (?:did|does|do|has|have|is|are|was|were) my M (?:been )?(?:do|doing|done)
    |(?:it|they|that) (?:been )?climb(?:ing|ed)|slow\w* down|slowing|speed\w* up|slipp(?:ing|ed)
    |slid(?:ing)?|sink(?:ing|s)?|sank|tail(?:s|ing|ed) off
    |pick(?:s|ing|ed) up
    |level(?:s|l?ing|l?ed) (?:off|out)|creep\w*|edging|inching|drift\w*|soar\w*|stuck|dwindl\w*
    |M (?:\w+ )?been (?:\w+ )?A|(?:is|are) (?:my|the) M (?:\w+ )?A
    |on the (?:up|rise|mend|decline|wane)|(?:up|down)wards?|slide|headed
    |on (?:its|the|their) way (?:up|down)
    |how (?:is|are|has|have) my (?:M|S) (?:been )?(?:doing|faring|getting on|moving|coming|behaving
    |shaping|evolving)|where (?:is|are|has|have) (?:my|the) (?:M|S) (?:been )?(?:heading|going)""",
    r"(?:losing|gaining|lost|gained|lose|gain|putting on|shedding|dropping)(?! (?:my|the|track))",
    rf"(?:am|have|has|is|are) (?:i|my [MSAW])\b.*\b{COMPARATIVES}|do i\b.*\b(?:more|less)",
    r"am i (?:getting |becoming )?M$",
)

# Single readings
READINGS = words(
    r"""readings?|values|measurements?|entries|(?<!\bi )(?:records|logs?)|samples|data ?points?
    |history|numbers|results|recordings?|weigh-?ins|checks|each|every|everything|all (?:my|the|of
    |M)|list"""
)
SHOWS = words("show|list|display|pull up|see|bring up|go through|view")
LATEST = words(
    r"""latest|most recent(?:ly)?|newest|current(?:ly)?|at the moment|right now|at present
    |these days|as of (?:now|today)|up to date|(?:the )?last time
    |(?<!^)(?<!ok )(?<!okay )(?<!so )now|(?:my|the|a) last
    |last(?: \w+)? (?:M|reading|value|measurement|weigh\w*|recorded|measured|checked|logged|taken
    |entry|time|weighed|known)|previous (?:M|reading|value|measurement)"""
)
LATEST_OF = words("latest|most recent|newest|last (?:M|reading|value|measurement|one)")
WHEN_LAST = words(
    r"""when\b.*\b(?:last|latest|most recent\w*|previous)|how long (?:ago|since|is it|has it been
    |have i gone)|(?:last|latest) time|(?:date|day) (?:of )?(?:my |the )?last
    |how (?:many (?:days|weeks)|recently)\b.*\b(?:since|ago|last)|when did i\b.*\bmost recently
    |(?:what|which) (?:day|date) (?:did i last|was my last)"""
)
TIMES = words(
    r"""how (?:often|many times|frequently)|number of times|how many (?:separate |different
     |individual |single )?(?:[MSN] )?(?:readings?|measurements?|values|entries|samples|weigh-?ins
    |checks|data ?points|records|recordings|sessions?|times|nights|occasions)
    |(?:on )?how many occasions|count (?:of|my|the)\b.*\b(?:readings?|measurements?|entries
    |sessions?|times)|number of (?:M )?(?:checks|values|readings?|measurements?|entries
    |sessions?)"""
)

# Aggregation
PER_DAY = words(
    r"""(?:per|a|each|every|in a|in one|in any|on a typical|on a normal|a typical|a normal|single
    |one|any|on any|an average) (?:single |given |one |usual )?(?:day|night|week(?:day|end)?
    |session|hour)|daily|nightly|everyday"""
)
USUALLY = words("usually|normally|typically|generally|on average")
BEST = words(
    r"""(?:best|farthest|furthest|top(?! N)|(?<!on )record|busiest|most active|highest|most
    |maximum|biggest
    |longest|peak
    |strongest
    |loudest|fastest|heaviest|greatest|largest|upper|how high
    |spike[ds]?|(?:shoot|shot) up|(?:how \w+|M) did (?:it|things|my [\w ]{1,20}?|the [\w ]{1,20}?)
    get)(?! recent)(?! of (?:the|my))
    (?! (?:is|are) my)"""
)
WORST = words(
    r"""(?:worst|lowest|(?<!at )least|fewest|minimum|smallest|laziest|quietest|weakest|slowest
    |lightest|shortest|low point|bottom|min|how low)(?! (?:is|are) my)"""
)
EVER = words(
    "ever|any day|a single day|in (?:one|a) day|(?:at )?any point|once|at some point|at any time"
)
ABOVE = anywhere(
    r"""\b(?:above|over|more than|exceed\w*|greater than|higher than|heavier than|longer than
    |beyond|past|reach\w*|hit
    |(?:go|went|get|got) (?:up )?to|at least|up to|top|topped|cross\w*|break|broke|crack(?:ed)?
    |surpass\w*)\b
    [\w ]{0,12} N|\b(?:(?<=ever )|(?<=once ))M than N"""
)
BELOW = anywhere(
    r"""\b(?:below|under|less than|lower than|fewer than|lighter than|shorter than
    |beneath|down to|short of
    |(?:drop|dip)\w* (?:to|below|under)|(?:fall|fell) to)\b[\w ]{0,12} N"""
)
HOW_FAR = words(
    r"""how far|farther|further|farthest|furthest|what distance|how (?:many|much) (?:miles
    |kilomet\w+|km|k
    |metres|meters
    |ground
    |distance|M)|(?<!so )far|distance|miles|km|kilomet\w+|mileage"""
)
EATING = words(
    r"""eat\w*|ate|consum\w*|intake|food\w*|diet\w*|meals?|swallow\w*|took in|tak(?:e|en|ing) in
    |ingest\w*"""
)
LISTS = anywhere(r"\b(?:and|or|plus)\b|[/&,]")
PAST = words("did|was|were|had|have|has|took|got|went|made")
PRESENT = words("is|are|do|does|am|have")

# Going on with what was said
ELLIPTIC = anywhere(
    r"""^(?:(?:ok|okay|so|now|oh|hm+|well|great|thanks|cool|right|ah|now|nice|good|interesting|wow
    |alright|sure|yes|no|fine|hey|sorry|please|i meant?|just|only)[,. ]+)*(?:and|or|what about
    |how about|now (?=my|the|for)|what of|also|then|same|the same|but|plus|instead|versus
    |compared|not|only|just|now do
    |make (?:it|that)|rather|i meant?|sorry|actually|no|wait|again
    |(?:do|show|give|try|repeat|run)(?: me)? (?:it|that|this|the same(?: thing)?) (?:again )?(?:for
    |with|but)|(?:once more|again) (?:for|with))\b""",
    r"\b(?:as well|too|also|likewise|instead)\s*[?.!]*$",
)
AGAIN = words("now do|(?:do|show|give|try|repeat|run)(?: me)? (?:it|that|this|the same(?: thing)?)")
VERB = words(
    r"""i|my|is|are|am|was|were|did|do|does|have|has|had|can|could|should|show|tell|give|list
    |compare"""
)
PRONOUN = words(
    r"it|that|those|they|this|them|these|one|ones|there|then|so|same",
    """the (?:last|latest|average|mean|highest|lowest|maximum|minimum|max|min|peak|best|worst
    |reading|value|number|result|trend|total|sum|longest|shortest)""",
)
SOON = words(r"tomorrow|next (?:week|month|year|weekend|\w+day)|will|going to")
HOW_MUCH_OF_IT = words(
    r"""how (?:many|often|far|long|fast|much)|longest|shortest|farthest|furthest|fastest|slowest
    |last|latest|first|which|list|show|when|total|distance|pace|times|duration|hours|minutes|early
    |late"""
)

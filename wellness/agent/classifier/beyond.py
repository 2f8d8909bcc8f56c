"""Tables of what this agent cannot know or do: see `scope`."""

from __future__ import annotations

import re

from wellness.agent.classifier.patterns import anywhere, joined, word_set, words

TOPIC = re.compile(r"[MSAW]")
# The future
UNITS = "(?:days?|weeks?|months?|years?)"
FUTURE = words(
    r"(?:will|shall) (?:i|my|we|it|there|the|that|you be|M|S|A|W)",
    r"""going to (?:be|take|do|weigh|reach|hit|lose|gain|sleep|walk|run|have|get|make|need|improve
    |win|finish|drop|fall|rise|go|feel|look|turn out|end up|come|happen|beat|manage|[MSAW])""",
    rf"""tomorrow|(?:next|coming|upcoming|following) (?:few |couple of |N )?(?:{UNITS}|quarter
    |weekend|season|summer|winter|spring|autumn|fall|night|time|(?:mon|tues|wednes|thurs|fri|satur
    |sun)day|january|february|march|april|may|june|july|august|september|october|november|december
    |W|A)""",
    r"do you (?:expect|foresee|anticipate)|predict\w*|forecast|projected?|from now|in the future"
    r"|gonna|likely to",
    r"would .* (?:in|by) (?:a|N|two|six|the end)|by P(?= will)",
    r"(?<!did )(?<!last )estimate (?:when|how|my)(?! .*\bdid\b)",
    r"when (?:will|am i going to)|how long (?:will|until|till)|by (?:next|christmas|new year)",
    r"by the end of (?:the|next)|how much (?:longer|more time) (?:will|until|do i have)|will i",
    r"(?:at|with) this (?:rate|pace)",
    r"(?:i|we|it|they) will(?! not remember)",
)
# Asks what will be, whatever it is about
AHEAD = re.compile(
    r"^(?:please |can you |could you |now |and )*(?:predict|forecast|foresee|foretell)\b|"
    r"^(?:\w+,? ){0,2}?(?:(?:who|what|when|where|which|how)\b.{0,30}?)?\b(?:will (?!you\b)|(?:am"
    r"|is|are) "
    r"(?:i|we|it|they|he|she|there|(?:my|the) [\w ]{1,20}?|[MSAW]|who)? ?(?:\w+ )?"
    r"going to (?!(?:the|my|a|an|see|physio|[a-z]+ing)\b))"
)
SOON = re.compile(
    rf"\bin (?!(?:a|one|N) (?:single )?day)(?:a|an|one|two|three|N|a few|six|ten) {UNITS}(?: time"
    rf"| from now)?\s*(?:$|[?.!])"
)
BACK = words("did|was|were|have|has|had|ever|done")
PREDICTS = words(
    "will|shall (?:i|we)|am i going to|are we going to|going to (?:reach|hit|make|meet|get)"
)
AIMS = words(
    "goals?|targets?|aims?|aiming|objectives?",
    "(?:want|plan|hope|wish|aspire|mean|intend|aim|would like|would love)(?:n?ing)? to",
)

ASKS_BACK = re.compile(r"\b(?:what|which|when|where|who|whose|why|how)\b.*\b(?:did|was|were|had)\b")
GOALS = words("goals?|targets?")
# What bodies do, and no metric: of others it is asked as metrics are
OF_BODIES = words(
    "cholesterol|health|in shape",
    "rings?|fit|fitter|fitness|healthy|healthier|active|lazy|eat|ate|drink|drank|burn(?:ed|t)?",
)
ASKS_WHEN = words(
    r"""(?:when|where|how often|how many times|how long ago|since when|what (?:day|date|month|year))
     (?:did|was|were|have|had|am|is)"""
)

# What no tool does
DOER = joined(
    r"""^(?:please |kindly |be so kind (?:as|and) (?:to )?
    |i would be \w+ if you(?: (?:could|would))?
     |can you |could you |would you |will you |i (?:would like|want|need) (?:you )?to
     |hey |and |then |also |just |now |help me(?: to)? |go ahead and |okay |ok |let us
     |you (?:should|must|can) |please can you |alexa |siri )*"""
)
GADGET = joined(
    """(?:watch|airpods|earbuds|charger|strap|sensor|scale|phone|tracker|device|app|smart scale
    |headphones|tablet|laptop|computer|tv)"""
)
ACTIONS = re.compile(
    DOER
    + joined(
        rf"""(?:(?:set|make|create|add|put) (?:(?:up|me|in) )?(?:an?|my|the|another) (?:new )?
    (?:[\w:]+ ){{0,3}}?(?:alarm|timer|reminder|appointment|meeting|event|reservation|booking
    |playlist|call|calendar|wake-up call|mode|watch face)
    |(?:put|set|switch|bring|take|make|let|tell) (?:my|the|this) (?:apple )?{GADGET}\b
    |(?:set|change|raise|lower|increase|decrease|adjust|update|reset|edit|put|switch|move|bump)
     (?:up )?(?:my |the )?[\w ]{{1,30}}? (?:on|in) (?:my|the) (?:apple )?{GADGET}\b
    |turn (?:on|off|up|down|my|the)|switch (?:on|off|my|to|the)
    |(?:start|stop|pause|begin|resume) (?:tracking|recording|measuring|monitoring|counting)\b
    |(?:start|stop|pause|end|begin|resume|launch|open|close|quit)
     (?:an?|my|the|a new|tracking|recording) ?(?:\w+ )?(?:W|A|timer|app|tracking|recording|music
    |playlist|watch|spotify|session|stopwatch|camera|curtains|door|S)\b
    |(?:book|order|buy|sell|donate|return|refund|reserve|schedule|purchase|pay|hire|rent|cancel
    |reschedule|arrange|call
    |phone|text
    |ring
    (?= (?:my|the|an?|him|her|them|up|for|our|dr)\b)|email|e-mail|message|mail|dm|whatsapp|tweet
    |post|share|send|forward|notify|invite|contact|play|sing|draw|paint|dim|lock|unlock|navigate
    |mark (?:my|the|it|this|that)
    |drive|google|browse|download|enrol|enroll|sign me up|sign up
    |install|uninstall|reboot|restart|upgrade|pair|unpair|sync|synchroni[sz]e|charge
    |connect|disconnect|backup|back up|print|mute|unmute|calibrate|export|import|enable
    |disable|configure|silence|snooze|translate|write|draft|compose|proofread|rewrite|code
    |program|debug|convert|solve|generate|design|invent|photograph|scan|feed|cook|bake|clean|fix
    |repair)\b(?! (?:down|that i))
    |(?:get|find|bring|fetch|make|hand|lend|pass|order) me (?:an?|some|another
    |the (?:nearest|closest|best|cheapest))\b(?! (?:list|overview|summary|breakdown
    |table(?! for)))
    |(?:log|record|enter|add|track|register|input) (?:my |an? |the |another |N |some )
    (?!.*\bas a (?:goal|note|memory)\b)|(?:update|reset) (?:my |the )?(?:apple )?{GADGET}\b
    |(?:wake|S) me (?:up )?(?:at|in|by|N|P)
    |remind me (?:to|at|in|tomorrow|every|when|P|N|before|after
    |about my (?:appointment|meeting))|count down
    |put on (?:some|an?|the|my)\b|delete (?:my )?(?:account|app|all (?:my )?(?:health )?data)
    |tell me (?:an?|another|some|the|one) (?:[\w-]+ )?(?:joke|story|riddle|fairy tale|poem|fun fact
    |secret|news|time|pun)|give me (?:an?|another|some|the|one) (?:[\w-]+ )*(?:joke|story|riddle
    |recipe|poem|quote|playlist|massage|ride|lift|code|password|discount|news|headlines|meal plan)
    |(?:make|create|build|plan|prepare|suggest|recommend) (?:me |up |for me )?(?:an?|my|the|some)
     (?:\w+ ){{0,3}}(?:plan|schedule|program|programme|routine|menu|trip|holiday|party|diet|website
    |app|presentation|essay|song|poem|story|recipe|dinner|lunch|itinerary|route|cake|restaurant
    |movie|film|book|hotel|joke)
    |(?:suggest|recommend) (?:me |us )?(?:an?|some|another|any)? ?(?:good |nice |new )?(?:podcasts?
    |songs?|music|albums?|playlists?|audiobooks?|books?|shows?|series|games?|apps?|gifts?|brands?
    |shops?|stores?|phones?|cars?|gyms?|places?|towns?|cit(?:y|ies)|bars?|caf[eé]s?)
    |(?:get|have) (?!my (?:M|S)).{{1,40}}\b(?:delivered|shipped|sent|booked|ordered|fixed|repaired
    |mailed|cleaned|printed|picked up|installed|replaced))"""
    )
)
# A goal on the watch is not the one that the agent keeps
ON_DEVICE = re.compile(rf"\b(?:on|in) (?:my|the) (?:apple )?{GADGET}\b")
# Somebody is asked to do something with a verb that is none of the agent's
ASKED_TO = re.compile(
    joined(
        r"""^(?:(?:hi|hey|hello|ok|okay|so|and|also|oh|well|right|now)[, ]+)*
        (?:please|kindly|be so kind (?:as|and)(?: to)?|do me a favou?r and
        |(?:can|could|would|will|might) you(?: (?:please|kindly|maybe|possibly|just|quickly|also))*
        |i (?:would be|am) (?:\w+ )?(?:obliged|grateful|glad|pleased|delighted|happy
        |thankful) if you(?: (?:could|would|can))?|i (?:need|want|would like) you to|would you mind
        |help me(?: (?:to|with|out))?),? (?:please )?(?P<verb>[a-z]+)\b"""
    )
)
ABLE = word_set(
    """furnish supply indicate tell show give list compare find check remember forget delete remove
    erase let know see say
    look calculate compute count sum add work figure explain describe summarise summarize break
    display pull bring get provide report present note keep save store make take write bear put set
    change update wipe drop clear what how when which who where why is are was were do does did have
    has had am also just please maybe quickly recall remind repeat compile estimate determine state
    name confirm verify jot log record memorise memorize correct scrap cancel stop discard strike
    lower raise adjust increase move reset average total fetch share analyse analyze review run go
    walk read track follow identify mention advise recommend suggest to me my the i in on at for
    understand improve sleep lose reach that it if not of from with and or there be believe use help
    try up no so this you answer convert turn next last first"""
)
# Readings, workouts and nights are not this agent's to change.
ALTERS = re.compile(
    DOER + r"(?:delete|remove|erase|edit|alter|modify|correct|change|adjust|fix) "
    r"(?:(?:my|the|that|an?|all|last|latest|P|P's|of) )*(?:A|W|M|S)\b"
    r"(?: (?:that )?i (?:logged|entered|recorded|added|put|tracked|did|had|saved)\b.*"
    r"|(?: (?:reading|data|record|entry|value|from|of|on|in|P|"
    r"units?)\w*)*)\s*[.?!]*$"
)
DEVICES = anywhere(
    r"""\b(?:is|are|does|do|will|has|have|can) not my [\w ]{1,30}? (?:work|charg|sync|connect|updat
    |pair|load|respond|turn|record)\w*|\bmy [\w ]{1,30}? (?:is|are|does|do|will|has|have|can)
     not (?:work|charg|sync|connect|updat|pair|load|respond|turn)\w*""",
    r"""\b(?:batter(?:y|ies)|sensors?|bluetooth|wi-?fi|firmware|watch face|do not disturb
    |airplane mode
    |flight mode|dark mode|brightness|ringtone|notifications?|screen(?:shot| time)?|password
    |passcode|siri|alexa|chargers?|settings|touchscreen|app store|software|warranty|storage
    |serial number|iphone|ipad|ios|sim card|permissions?|subscription|water lock|haptic|watch ?os
    |strap|factory reset|power[ -]saving|low power|airpods)\b""",
    rf"""\b(?:my|the|apple) (?:apple )?{GADGET} (?:is not|does not|will not|not|stopped|keeps|will
    |broken|broke|sync|connect|charg|update)""",
    rf"""\b(?:will|does|did|is|can|could) (?:not )?my (?:apple )?{GADGET}\b
    (?! (?:\w+ )?(?:take|record|measure|estimate|test|sense|detect|pick|get|give|see|count|log|show
    |say|register|track|note|catch|see|pick)\w*)""",
    rf"""\b(?:how (?:do|can|to)(?: i)?|can you|could you|please|change|adjust|turn|switch|update
    |reset|connect|pair|charge|set up)\b.*\b(?:my|the|apple) (?:{GADGET}|M on|alarm)\b""",
)
PLACE = re.compile(
    r"\b(?:temperature|warm|cold|hot|noisy|loud|humid)\b.*? (?:in|at) (?P<place>[A-Z][a-z]+)\b"
)
WORLD = words(
    r"""weather|pollen (?:count|level|forecast)|air quality|uv index|rain\w*|snow\w*|sunny|cloudy
    |windy|storm\w*|umbrella|forecast|humidity
    |degrees outside|sunrise|sunset|M (?:is it )?(?:outside|out there)|news|headlines?|election\w*
    |president|minister|government|parliament|politic\w*|senator|war|king|queen|champion\w*
    |world cup|league|olympic\w*|super bowl|(?:football|baseball|soccer|basketball|hockey|tennis|A)
     (?:match|game|team|results?|score|final)|(?:who|which team) (?:won|wins|scored|lost)
    |the (?:match|game|final|score)|stocks?|shares|bitcoin|crypto\w*|exchange rate|euros?|dollars?
    |inflation|mortgage|interest rate|taxes|tax return|salary|invoice|insurance|money|rent|wages
    |(?:spend|spent|spending) (?:\w+ )?(?:on|at|for) (?!my (?:feet|legs|back|bike|own)|foot
    |average|a
    |an|the (?:bike|treadmill|couch|sofa|bench|floor|rowing)|P|[MSAW]\b)\w+
    |how much (?:is|are|was|were|does|do) (?:an?|the|one) [\w ]{0,30}?(?:pass|membership|ticket
    |subscription|class|lessons?|course|entry|fee|cost|charge)\b""",
    r"""python|javascript|typescript|java|rust|html|css|sql|regex\w*|programming|source code
    |algorithm|compiler|linux|docker|kubernetes|git|haiku|limerick|poems?|poetry|essay|lyrics
    |riddles?|jokes?|novel|tweet|speech|translate|translation|in (?:spanish|french|german|italian
    |japanese|chinese|latin|portuguese)|square root|squared|multipl\w+|divided by|equation|integral
    |derivative|prime number|quantum|physics|chemistry|philosophy|history of|photosynthesis""",
    r"""capital (?:city )?of|population of|planets?|moon|galaxy|universe|dinosaurs?|invented
    |discovered|how (?:far|long|big|high|old|deep|hot|cold|M) is (?:it (?:to|from)|the
     (?:moon|sun|earth|eiffel|nile|river|universe|titanic)|mount\b|paris|london)|M is (?:mount|the)
     eiffel|M is mount|distance (?:to|from|between)|who (?:is|was|are|were)
     (?:the (?:president|king|queen|first|author|best|fastest|founder|ceo)|shakespeare|einstein)
    |(?:where|which shops?) (?:can|could|do|should) (?:i|we|you|one) (?:buy|get|find|order|rent
    |watch
    |eat|sell|park)|how (?:old|tall|rich|famous) is (?!my|the|an?\b|it|that|this)\w+
    |meaning of life|wikipedia|horoscope|star sign|lottery""",
    r"""cheapest|best (?:\w+ )?(?:trackers?|watch|apps?|phones?|shoes|bikes?|mattress|pillow|brands?
    |gyms?|scales?|treadmills?)|for sale|on sale|recipes?|restaurants?|pizza|sandwich|bread|cake
    |takeaway|cinema
    |movies?|films?|netflix|series
    |tv|television|music|songs?|albums?|radio|podcasts?|concert|theat(?:er|re)|museum|hotels?
    |tickets?|airport|flights? (?:to|from)
    |trains? (?:to|from|home)|the (?:next|last|first|N) (?:train|tram|ferry|plane|metro|subway)
    |(?:trains?|bus(?:es)?|flights?|trams?|ferr(?:y|ies)|planes?) [\w ]{0,25}?(?:running|delayed
    |late
    |cancelled|canceled|on time|leav\w+|arriv\w+)
    |(?:is|are) (?:the|my local|our) [\w ]{1,25}? (?:open|closed|crowded|on time|delayed)
    |buses|bus|taxi|uber|traffic|parking|directions|supermarket|shops?|store|opening hours
    |what time is it|the time in|what day is it|what is the date|date today|time zone|youtube|phone
    |instagram|facebook|tiktok|twitter|linkedin|spotify|chatgpt|google|calendar|inbox|e-?mails?
    |to buy|on the market|homework|exam questions?|laptop|computer|car|bank|password|passport|visa
    |package|parcel|delivery""",
    r"""what is N (?:[+x*/-]|plus|minus|times|over|percent of|in\b)|how (?:hot|cold|warm) is it
    |how many (?:people|countries|planets|euros|dollars|ounces in|feet in|km in|inches in)
    |what is N(?: M)? in""",
)

"""Tables of what this agent cannot know or do: see `scope`."""

from __future__ import annotations

import re

from wellness.agent.classifier.patterns import anywhere, joined, word_set, words

TOPIC = re.compile(r"[MSAW]")
# Other people, and whose data is asked for
RELATIVES = joined(
    """(?:wife|husband|spouse|partner|girlfriend|boyfriend|fiance|mother|father|mom|mum|mam|dad
    |mommy|daddy|parents?|brother|sister|siblings?|son|daughter|kids?|child|children|baby|uncle
    |aunt|cousin|nephew|niece|grandma|grandpa|grandmother|grandfather|gran|granny|friends?|buddy
    |mate|roommate|flatmate|housemate|neighbou?rs?|colleagues?|coworkers?|co-workers?|boss
    |team(?:mates?)?|in-laws?|twin|dog|cat|puppy|pet|horse|ex|coach|trainer|doctor|physio|teacher
    |manager|family)"""
)
OTHER = joined(
    rf"""(?:(?:my|our|his|her|their|the|your|a)
    (?: (?:best|little|big|older|younger|elder|oldest|youngest|twin|step|old|new|good|late|running
    |gym|training))? {RELATIVES}|he|she|they(?<!than they)|someone(?: else)?|somebody(?: else)?
    |anyone(?: else)?
    |anybody(?: else)?|everyone(?: else)?|everybody(?: else)?|other people|others
    |(?:people|folks|users) (?:in|at|from) (?:my|our) \w+)"""
)
OTHERS = anywhere(
    rf"\b(?:did|does|do|has|have|had|is|was|were|are|will|can|could|of|for|than|about) {OTHER}\b"
    r"(?!'s (?:name|birthday))",
    rf"\b{OTHER}'s? (?!name|birthday)(?:\w+ ){{0,3}}?[MSAW]",
    r"\b(?:his|her|their) (?:\w+ ){0,2}?[MSAW]",
    rf"^(?:and |what about |how about |but )*{OTHER}\b(?!.*\b(?:my (?:\w+ )?[MSAW]|i)\b)",
    rf"\b{OTHER} (?:M|S|A|W|take|took|get|got|sleep|have|had|do|did)\b",
    r"\b(?:yours|yourself)\b|\b(?:do|did|have) you [SAWM]|\byour (?:[SAMW]|average|maximum)",
)
NAMED = re.compile(
    r"\b(?:[Dd]id|[Dd]oes|[Dd]o|[Hh]as|[Ii]s|[Ww]as|[Ww]ill) (?P<who>[A-Z][a-z]+)\b(?! \d)"
    r"|\b(?P<whose>[A-Z][a-z]+)'s? (?=[a-z])"
)
NO_NAME = word_set(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december what how that it there who where when let
    he she today yesterday apple spring summer autumn fall winter sleep weight heart my yoga new
    christmas easter steps hrv resting last this tokyo"""
)

# The future
UNITS = "(?:days?|weeks?|months?|years?)"
FUTURE = words(
    r"(?:will|shall) (?:i|my|we|it|there|the|that|you be|M|S|A|W)",
    r"""going to (?:be|take|do|weigh|reach|hit|lose|gain|sleep|walk|run|have|get|make|need|improve
    |[MSAW])""",
    rf"""tomorrow|(?:next|coming|upcoming|following) (?:few |couple of |N )?(?:{UNITS}|quarter
    |weekend|season|summer|winter|spring|autumn|fall|night|time|(?:mon|tues|wednes|thurs|fri|satur
    |sun)day|january|february|march|april|may|june|july|august|september|october|november|december
    |W|A)""",
    r"predict\w*|forecast|projected?|from now|in the future|gonna|likely to",
    r"estimate (?:when|how|my)",
    r"when (?:will|am i going to)|how long (?:will|until|till)|by (?:next|christmas|new year)",
    r"by the end of (?:the|next)|how much (?:longer|more time) (?:will|until|do i have)|will i",
    r"(?:at|with) this (?:rate|pace)",
)
SOON = re.compile(
    rf"\bin (?:a|an|one|two|three|N|a few|six|ten) {UNITS}(?: time| from now)?\s*(?:$|[?.!])"
)
BACK = words("did|was|were|have|has|had|ever|done")
PREDICTS = words("will|am i going to|are we going to|going to (?:reach|hit|make|meet|get)")
AIMS = words(
    "goals?|targets?|aims?|aiming|objectives?",
    "(?:want|plan|hope|wish|aspire|mean|intend|aim|would like|would love)(?:n?ing)? to",
)

# Diagnoses and treatments
ILLNESS = joined(
    r"""(?:diabet\w+|pre-?diabet\w+|cancer|ap(?:n|no)o?ea|hypertension|high blood pressure|high M
    |arr?h?ythmi\w+|afib|a-fib|atrial|covid(?:-19)?|flu|influenza|infection\w*|ana?emi[ac]|asthma
    |depress\w+|anxiety|adhd|autis\w+|burn-?out|(?:heart|M|thyroid|kidney|liver|lung|eating|sleep|S
    |mental|panic) (?:disease|condition|problems?|failure|attack|trouble|disorder|issues?)
    |insomni\w+|pneumonia|bronchitis|stroke|tumou?r|concussion|fracture\w*|broken|pregnan\w+
    |deficien\w+|migraines?|\w+itis|\w+osis|\w+a?emia|disorder|disease|syndrome|ill|sick|illness
    |virus|fever|overtrain\w*|allergic reaction|torn|sprained|dehydrat\w+|lyme|coeliac|celiac
    |thyroid|menopause|parkinson\S*|alzheimer\S*|ulcer|hernia|blood clot|long covid
    |something (?:wrong|serious)|dying|burnt out|obese|underweight|overweight)"""
)
MEDICINE = joined(
    r"""(?:medicines?|medications?|meds|drugs?|pills?|antibiotics|ibuprofen|aspirin|paracetamol
    |painkillers?|tablets?|insulin|antidepressants?|statins?|melatonin|beta blockers?|drops
    |creams?|ointments?|syrups?|sprays?)"""
)
DIAGNOSIS = anywhere(
    rf"""\b(?:(?:do|could|might|may|would|have|can) i (?:really |possibly |maybe |perhaps )?(?:have
    |got|be|suffer\w*|be having|be suffering from|get|caught|contracted|developed)?|(?:am|was) i
     (?:getting |having |coming down with |at risk (?:of|for) |developing |suffering from |going )?
    |i (?:might |may |could )?(?:have(?: got)?|am having|am|suffer from|be having)
    |(?:is|are|was|could|might|can) (?:this|it|that|these|they|my [\w ]{{1,20}}?)
    (?: [\w ]{{1,20}}?)?(?: be)?|(?:sign|signs|symptom|symptoms|chance|risk) of|risk (?:of|for)
    |(?:likely|chances) (?:that )?i have|caused by|because of)(?:\s*\b(?:a|an|the|any|some|having
    |getting|type (?:1|2|N)|chronic|mild|severe|maybe|got|early|sleep|S|M)\b)*\s*\b{ILLNESS}\b""",
    r"\bdiagnos\w*|\bsymptoms?\b",
    r"\bwhat (?:is|might be|could be) wrong with (?:me|my)\b",
    r"\bwhat (?:illness|disease|condition|disorder) (?:do|have|might|could)\b",
    rf"""\b(?:which|what|how much|how many|should i take|can i take|do i need|need)\b.*
    \b(?:{MEDICINE}|dose|dosage)\b.*\b(?:should|need|ok|okay|safe|help|helps)\b""",
    rf"""\b(?:which|what) {MEDICINE} (?:should|can|could|would|is (?:best|good))""",
    rf"\bshould i (?:\w+ ){{1,4}}?(?:my |some |an? |any )?{MEDICINE}\b",
    r"\bprescri(?:be|ption)\b(?!.*\bdid\b)",
    r"""\bshould i (?:see|go to|call|visit)(?: (?:a|the|my))? (?:doctor|hospital|er|emergency
    |specialist|gp|dentist|ambulance)\b""",
    r"""^(?:\w+ )?is my [\w ]{1,20}? (?:underactive|overactive|inflamed|infected|fractured|torn
    |damaged|enlarged|failing|blocked|dislocated)\b""",
    r"\b(?:am|was) i (?:dying|(?:seriously |really )?(?:ill|sick))\b",
    r"""\bis (?:this|my|the) [\w ]{0,25}?(?:lump|rash|mole|pain|lesion|swelling|ankle|wrist|knee
    |arm|leg|toe|rib) (?:broken|cancer\w*|dangerous|serious|infected|sprained|torn|fractured)\b""",
    r"""\bwhy (?:does|do|is|are) my (?:chest|head|stomach|back|knee|arm|leg|throat|tummy|belly|eye
    |ear|hip|neck|foot|feet|hand|shoulder)s?\b[\w ]* (?:hurt|ach|sore|pain|burn|numb|swollen)""",
)
ASKS_BACK = re.compile(r"\b(?:what|which|when|where|who|whose|why|how)\b.*\b(?:did|was|were|had)\b")
GOALS = words("goals?|targets?")
ASKS_WHEN = words(
    r"""(?:when|where|how often|how many times|how long ago|since when|what (?:day|date|month|year))
     (?:did|was|were|have|had|am|is)"""
)

# What no tool does
DOER = joined(
    r"""^(?:please |can you |could you |would you |will you |i (?:would like|want|need) (?:you )?to
     |hey |and |then |also |just |now |help me(?: to)? |go ahead and |okay |ok |let us
     |you (?:should|must|can) |please can you |alexa |siri )*"""
)
GADGET = "(?:watch|phone|tracker|device|app|smart scale|headphones|tablet|laptop|computer|tv)"
ACTIONS = re.compile(
    DOER
    + joined(
        rf"""(?:(?:set|make|create|add|put) (?:(?:up|me|in) )?(?:an?|my|the|another) (?:new )?
    (?:[\w:]+ ){{0,3}}?(?:alarm|timer|reminder|appointment|meeting|event|reservation|booking
    |playlist|call|calendar|wake-up call|mode|watch face)
    |(?:put|set|switch|bring|take|make|let|tell) (?:my|the|this) (?:apple )?{GADGET}\b
    |turn (?:on|off|up|down|my|the)|switch (?:on|off|my|to|the)
    |(?:start|stop|pause|end|begin|resume|launch|open|close|quit)
     (?:an?|my|the|a new|tracking|recording) ?(?:\w+ )?(?:W|A|timer|app|tracking|recording|music
    |playlist|watch|spotify|session|stopwatch|camera|curtains|door|S)\b
    |(?:book|order|buy|reserve|schedule|purchase|pay|hire|rent|cancel|reschedule|arrange|call
    |phone|text
    |ring
    (?= (?:my|the|an?|him|her|them|up|for|our|dr)\b)|email|e-mail|message|mail|dm|whatsapp|tweet
    |post|share|send|forward|notify|invite|contact|play|sing|draw|paint|dim|lock|unlock|navigate
    |drive|google|browse|download|enrol|enroll|sign me up|sign up
    |install|uninstall|reboot|restart|upgrade|pair|unpair|sync|synchroni[sz]e|charge
    |connect|disconnect|backup|back up|print|mute|unmute|calibrate|export|import|enable
    |disable|configure|silence|snooze|translate|write|draft|compose|proofread|rewrite|code
    |program|debug|convert|solve|generate|design|invent|photograph|scan|feed|cook|bake|clean|fix
    |repair)\b(?! (?:down|that i))
    |(?:get|find|bring|fetch|make|hand|lend|pass|order) me (?:an?|some|another
    |the (?:nearest|closest|best|cheapest))\b(?! (?:list|overview|summary|breakdown|table))
    |(?:log|record|enter|add|track|register|input) (?:my |an? |the |another |N |some )
    (?!.*\bas a (?:goal|note|memory)\b)|(?:update|reset) (?:my |the )?(?:apple )?{GADGET}\b
    |(?:wake|S) me (?:up )?(?:at|in|by|N|P)
    |remind me (?:to|at|in|tomorrow|every|when|P|N|before|after
    |about my (?:appointment|meeting))|count down
    |delete (?:my )?(?:account|app|all (?:my )?(?:health )?data)
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
# Readings, workouts and nights are not this agent's to change.
ALTERS = re.compile(
    DOER + r"(?:delete|remove|erase|edit|correct|change|adjust|fix) (?:(?:my|the|that|an?|all|last|"
    r"latest|P|P's|of) )*(?:A|W|M|S)\b(?: (?:reading|data|record|entry|value|from|of|on|in|P|"
    r"units?)\w*)*\s*[.?!]*$"
)
DEVICES = anywhere(
    r"""\b(?:batter(?:y|ies)|bluetooth|wi-?fi|firmware|watch face|do not disturb|airplane mode
    |flight mode|dark mode|brightness|ringtone|notifications?|screen(?:shot| time)?|password
    |passcode|siri|alexa|chargers?|settings|touchscreen|app store|software|warranty|storage
    |serial number|iphone|ipad|ios|sim card|permissions?|subscription|water lock|haptic|watch ?os
    |strap|factory reset|power[ -]saving|low power|airpods)\b""",
    rf"""\b(?:my|the|apple) (?:apple )?{GADGET} (?:is not|does not|will not|not|stopped|keeps|will
    |broken|broke|sync|connect|charg|update)""",
    rf"""\b(?:will|does|did|is|can|could) (?:not )?my (?:apple )?{GADGET}\b
    (?! (?:take|record|measure|count|log|show|say|register|track|note|catch|see|pick)\w*)""",
    rf"""\b(?:how (?:do|can|to)(?: i)?|can you|could you|please|change|adjust|turn|switch|update
    |reset|connect|pair|charge|set up)\b.*\b(?:my|the|apple) (?:{GADGET}|M on|alarm)\b""",
)
WORLD = words(
    r"""weather|rain\w*|snow\w*|sunny|cloudy|windy|storm\w*|umbrella|forecast|humidity
    |degrees outside|sunrise|sunset|M (?:is it )?(?:outside|out there)|news|headlines?|election\w*
    |president|minister|government|parliament|politic\w*|senator|war|king|queen|champion\w*
    |world cup|league|olympic\w*|super bowl|(?:football|baseball|soccer|basketball|hockey|tennis|A)
     (?:match|game|team|results?|score|final)|(?:who|which team) (?:won|wins|scored|lost)
    |the (?:match|game|final|score)|stocks?|shares|bitcoin|crypto\w*|exchange rate|euros?|dollars?
    |inflation|mortgage|interest rate|taxes|tax return|salary|invoice|insurance""",
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
    r"""recipes?|restaurants?|pizza|sandwich|bread|cake|takeaway|cinema|movies?|films?|netflix
    |series
    |tv|television|concert|theat(?:er|re)|museum|hotels?|tickets?|airport|flights? (?:to|from)
    |train to|bus|taxi|uber|traffic|parking|directions|supermarket|shops?|store|opening hours
    |what time is it|the time in|what day is it|what is the date|date today|time zone|youtube|phone
    |instagram|facebook|tiktok|twitter|linkedin|spotify|chatgpt|google|calendar|inbox|e-?mails?
    |to buy|on the market|homework|exam questions?|laptop|computer|car|bank|password""",
    r"""what is N (?:[+x*/-]|plus|minus|times|over|percent of|in\b)|how (?:hot|cold|warm) is it
    |how many (?:people|countries|planets|euros|dollars|ounces in|feet in|km in|inches in)
    |what is N(?: M)? in""",
)

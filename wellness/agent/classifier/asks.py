"""Cues in the shape of a clause that lead away from data: to what was told, goals and knowledge."""

from __future__ import annotations

from wellness.agent.classifier.patterns import anywhere, words

# What was told
RECALL = anywhere(
    r"""\b(?:what|when|how|where|which|who)\b.*\b(?:did|have|had) (?:i|we|you) (?:ever |already
     |once |just |last |previously )?(?:say|said|tell|told|mention\w*|call\w*|describe\w*|report\w*
    |talk\w*|write|written|complain\w*|note\w*|share\w*|name\w*|discuss\w*|agree\w*|suggest\w*
    |recommend\w*)\b(?! my)""",
    r"""\b(?:did|have|had) i (?:ever |already |once |just |previously )*(?:tell|told|mention\w*|say
    |said|talk\w*|complain\w*)\b""",
    r"\bi (?:ever |already |once |just )?(?:told|mentioned|said)\b",
    r"""\bwhat (?:did|does|has|had) (?:my|the|our|dr\.?) (?!(?:\w+ )?(?:scales?|watch|app|phone|data
    |readings?|monitor|cuff|thermometer|[MSAW])\b)[\w ]{1,25}? (?:say|said|tell|told|recommend
    |recommended|advise|advised|suggest|suggested|prescribe|prescribed|want) (?!who\b)""",
    r"""\b(?:what|which) (?:\w+ ){0,3}?(?:have )?i (?:have |had )?(?:ever |already |once )?
    (?:mentioned|told|named|noted|listed)\b""",
    r"\bwhat (?:my|the|our) [\w ]{1,20}? (?:said|told|recommended|suggested|advised|prescribed"
    r"|thinks?|wanted)\b",
    r"\bdo you (?:still |happen to )?(?:remember|recall)\b",
    r"\bwhat (?:do|did|can) you (?:still )?(?:know|remember|recall|have (?:on|about))\b",
    r"\bremind me (?:who|where|which|about|why)\b|\bwhat is in (?:my|your) (?:memory|notes)\b",
    r"\byour (?:notes|memory)\b",
)
WHY = anywhere(
    r"""^(?:(?:and|but|so|ok|okay|hm+|oh|hey)[, ]+)*(?:why|how come
    |what (?:is|was) the reason|what (?:caused|explains)|for what reason)\b"""
)
THINGS = words(
    r"""(?:where(?! (?:does|do|is|are|was|were|did|has|have) (?:my |the )?(?:\w+ )?[MS]\b)|who|whom
    |whose) (?:\w+|M|S|A|W)|name|called|allerg\w*|birthday|favou?rite|prefer\w*""",
    r"""(?:which|what) (?:pills?|tablets?|medicines?|medications?|drugs?|supplements?)
     (?:do|did|am) i""",
    "i like|do i (?:like|love|hate|enjoy|smoke|own|speak|wear|prefer)",
)
# What a run is done with, or costs, is no workout
GEAR = words(
    r"""[AW] (?:shoes?|gear|club|coach|partner|lessons?|teacher|buddy|group|pool|track|plan|injury
    |trainer|class teacher|bag|outfit|spot|route|instructor|tutor|captain|mate|mat|boots|goggles
    |helmet|racket|bike|studio|gym|hall|centre|center|shop|membership|watch|socks|app|licence
    |license)s?|costs?|price|paid|pay|expensive"""
)
# Of a life: what somebody may have told about without saying whose it is
LIFE = words(
    r"""marathon|race|surgery|operation|infusion|injur\w*|accident|trip|holidays?|vacation|wedding
    |appointment|check-?up|scan|mri|x-?ray|blood test|therapy|dentist|doctor|dr|physio\w*|trainer
    |coach|nutritionist|specialist|allerg\w*|diets?|shoes?|knees?|ankles?|calf|calves|shoulders?
    |wrists?|elbows?|hips?|toes?|foot|feet|legs?|arms?|heels?|hamstring|tendon|muscle|migraines?
    |headaches?|attack|tear|tore|broke|broken|sprain\w*|tablets?|pills?|medication|side effects?
    |prescri\w*"""
)
# "Which shoes do I": a noun that no table knows, and no figure, time or kind of data
KIND_OF = words(
    r"""(?:which|what) (?:(?:kind|type|brand|sort|colou?r|size|name) of )?(?!days?\b|dates?\b
    |nights?\b|weeks?\b|months?\b|year\b|time\b|M|S|A|W|N|P|E|of\b|was\b|is\b|were\b|are\b|did\b
    |do\b
    |does\b|about\b|distance\b|pace\b|speed\b|kinds?\b|types?\b|percent\w*|level\b|total\b|highest\b
    |lowest\b|average\b|maximum\b|minimum\b|values?\b|readings?\b|number\b|amount\b|if\b|in\b|on\b
    |has\b|have\b|goals?\b|targets?\b|hours?\b|rate\b|else\b|i\b|my\b|the\b|a\b|figure\b|range\b
    |stages?\b|portion\b|share\b|part\b|weekday\b|ones?\b|season\b|trend\b|sort\b|measurements?\b
    |exercise|activit|sports?\b|workout|quarter\b|point\b|long\b|can\b|happened\b|would\b|should\b
    |could\b)[\w-]+ (?:did|do|does|is|are|was|were|have|had|has|am|can|should|i|must|may)"""
)
# Points at nothing but the question that was told before it: "who is right?"
META = anywhere(
    r"""^(?:(?:so|and|but|ok|okay|well|hm+)[, ]+)*(?:who is right|am i (?:right|wrong|correct)
    |is (?:that|this|it) (?:true|right|so|correct)|right|(?:can|could|would|do|will) you
    (?: (?:please|maybe|just))?(?: (?:know|check|tell|look|help|remind me|confirm|verify|find out
    |see|work it out|figure it out|remember|settle (?:it|this|that)))?(?: (?:that|it|me|this|up|out
    |for|into|so))*|any (?:idea|clue|guess|thoughts)|what (?:do you (?:think|say|reckon)
    |does (?:that|it|this) look like|say you|is (?:it|the answer)|does the data say)|true or false
    |or not|please|correct|yes or no|how (?:does that look|about it)|deal
    |is there a way to (?:check|tell|know)
    |(?:did|have) i (?:ever )?(?:tell|told|mention(?:ed)?|sa(?:y|id))(?: (?:you|it|that|this|them))*
    |do you (?:remember|recall|know)(?: (?:it|that|this|them))?)\s*[?.!]*$"""
)

# Goals
MY_GOALS = anywhere(
    r"(?:i would like to (?:know|see) )?(?:and )?(?:also )?(?:all )?my goals\b",
)
GOALS_LEFT = words(
    r"""goals?(?: \w+)? (?:remain(?:s|ing)?|left)
    |goals that (?:are|i have) (?:still )?(?:left|there)
    |remaining goals?|(?:other|rest of (?:my|the)) goals|goals (?:do )?i still have"""
)
HAS_GOAL = words(
    r"(?:do|did) i (?:still |already |even |actually )?have (?:an?|any) "
    r"(?:\w+ ){0,3}?(?:goal|target)s?"
)
GOAL = anywhere(
    r"\b(?:goals?|targets?|objectives?|aims?|aiming|resolutions?)\b",
    r"""\b(?:did|do|does|am|was|were) i (?:want|wish|hope|plan|trying|hoping|planning|intend)
    (?:ing)? (?:to )?""",
    r"""\bi (?:want|wanted|wish|hope|hoped|planned|plan|intend|was trying|am trying|set out
    |am supposed|was supposed)(?:ed)? to (?!know|see|hear|look|find|check|ask|get)""",
    r"""\b(?:am|was) i (?:currently |still |actually |really )?(?:working|shooting|going for
    |striving)\b""",
    r"\b(?:am|was) i supposed\b(?=.*[MS])",
    r"[MS].*\b(?:am|was) i supposed\b",
)
AIMED_AT = words(
    "(?:what|which)(?: \\w+){0,3} (?:am|was|were|have|had) (?:i|we) (?:been |currently |still )?"
    "(?:working|aiming|going|striving|heading|pursuing|chasing|after|shooting)",
    "(?:do|did) i (?:want|hope|plan|aim|wish)",
    "what (?:i|we) (?:want|wanted|hope|hoped|plan|planned|aim|wish) to",
    "(?:am|was) i (?:trying|hoping|aiming|planning) to",
    "(?:it|that) i (?:wanted|want|hoped|planned|aimed|meant) to",
)
RINGS = anywhere(
    r"\brings?\b(?! finger| me| up)",
    r"""\b(?:move|stand|exercise|activity|W|A) (?:goals?|targets?)\b(?=.*\b(?:hit|reach|close|meet
    |met|complet|fill|made|finish))""",
)
REACHED = words(
    r"""reach\w*|hit|hits|hitting|meet|met|meeting|achiev\w*|attain\w*|clos(?:e|ed|er|ing)
    |complet\w*
    |fulfil\w*|crush\w*|beat|made (?:it|my|the|that)|make (?:it|my|the|that)
    |get to|got to|getting to
    |accomplish\w*|miss(?:ed)?|satisf\w*|fill(?:ed)?|smash\w*|stuck? to|fell short|fall short
    |stick to
    |pass(?:ed)?|surpass\w*|exceed\w*|manag\w*|kept (?:up|to)|keep(?:ing)? (?:up|to)
    |stay(?:ed|ing)? (?:within|on|under)""",
    r"""how (?:far|close|near|well|badly)|(?:am|was|are) i (?:\w+ )?(?:close|near)|far (?:from|off
    |away|along)|near(?:er|ly)?|away from
    |(?:share|fraction|part|portion|proportion|amount) of (?:my|the)|get through|got through
    |how (?:much|many)\b.*\b(?:until|till|short of|away from|to lose|to gain|to reach|to get to)
    |left (?:to|until|before|till)?|to go|still (?:need|have|to)|on (?:track|target|course|pace)
    |off track|remain\w*|behind|ahead of|progress\w*|how much (?:more|further|longer)
    |how many more|come along|coming along|towards?|percent\w*|missing|lack\w*|there yet|short of
    |yet|enough (?:for|to)|how am i doing
    |how (?:is|are) (?:my|the)|(?:against|versus|with) my""",
)
DAYS_REACHING = words(
    r"""how many (?:days|times|mornings|evenings)|how often|number of days|which days|what days
    |days on which|days (?:(?:in |of |during |over )?P )?(?:when|that|where|with|above|over)
    |count (?:of )?(?:the )?days
    |how many of (?:the|my) days|list the days
    |(?:share|percentage|percent|proportion|fraction|part) of (?:the |my |all )?days"""
)
EVERY_DAY = words("(?:every|each|any|all) (?:single )?days?")
CLOSE_TO = words("how (?:close|far|near)")
# "How much do I still have to lose to reach N", "how many pounds until I am at N"
LEFT_TO = words(
    r"""(?:how (?:much|many)\b.*|M )\b(?:until|till|before i (?:am|reach|get|hit)|to lose|to gain
    |to go
    |to shed|to reach|to get to|to hit|short of|away from|off)\b.* N"""
)

WH = words("what|how|when|where|which|who|whose|why")

# Knowledge about everybody
GENERAL = words("is|are|do|does|can|should|could|would|will")
ONESELF = words("i|my|mine|me|we|our|us|myself")
PERSONAL = words("i|my|mine|we|our|myself|mum|mom|dad|grandma|grandpa")
HOW_TO = anywhere(r"^(?:\w+ )?how (?:do|can|could|should|would|to)\b")
KNOWLEDGE = anywhere(
    r"""\b(?:normal|healthy|ideal|optimal|recommended|dangerous|unhealthy|harmful|safe
    |okay(?<=. okay)
    |ok(?<=. ok)
    |too (?:high|low|much|little|many|few|long|short))\b(?! (?:last|P))""",
    r"""\bis (?:an? )?(?:[\w-]+ )?(?:M|S)? ?(?:of |at )?N(?: (?:over|to
    |/) N)?(?: \w+)?(?: \w+)? (?:good|bad|ok|okay
    |normal|high|low|fine|healthy|enough|too)""",
    r"""\b(?:good|bad|better|best|worst|enough) for (?:me|you|my|the|a|an|M|S|people|someone|one
    |adults?|W|A|weight|health|runners?)\b""",
    r"""\b(?:an?|most|the average|average|healthy|young|older|grown) (?:adult|person|human|man|woman
    |people|adults|runners?|athletes?|child|teenager|somebody|user)s?\b""",
    r"\b(?:for|at) my age\b|\bfor (?:a|an|someone) (?:\w+ )*(?:year|man|woman|person|adult|old)\b",
    r"\bshould (?:i|an?|one|people|you|we|my|the|adults?|it|that|they|[MSAW])\b",
    r"""\b(?<!\bi )(?<!last )(?:does|do) (?:one|people|you|adults|humans|an?|most|drinking|eating
    |[MSAW]|running
    |walking|sleeping|coffee|caffeine|alcohol|stretching|sugar|meat|stress|exercise)\b
    (?! (?:my|last|first))""",
    r"""\bhow (?:can|could|should|do|to)(?: (?:i|you|one|we|people))? (?:best |quickly |safely
     |better )?(?:improve|increase|lower|reduce|boost|raise|get (?:better|rid|more|fitter|faster
    |stronger|back)|fall|S|lose|gain|burn|build|avoid|prevent|recover|treat|calculate|interpret
    |read|stay|become|keep|strengthen|relax|stop|measure|warm|cool|stretch|train for|prepare|eat|M
    |deal)""",
    r"""\bwhat (?:is|are|does|do) (?:an? |the |my )?(?:M|S|[\w -]+?)(?: \w+)? (?:mean|measure|tell
    |say about|stand for|good for|consist)\b(?! [MS])""",
    r"""\bwhat (?:is|are) (?:an? |the )?(?:good|normal|healthy|ideal|difference|benefits?|point|best
    |recommended|typical|point of|definition|purpose|optimal|average (?:M|S) (?:for|of))""",
    r"""\b(?:tips?|advice|benefits?|recommend\w*|suggest\w*|guidelines?|definition|meaning
    |explain)\b""",
    r"""^(?:(?:and|so|but|ok|okay|hm+)[, ]+)*(?:is|are|was|were) (?:that|this|it|those|these)
    (?: an?| \w+ly| too| very| pretty| quite| really| still)* (?:good|bad|ok|okay|normal|fine
    |healthy|high|low|enough|concerning|worrying|a lot|lot|alright|all right|great|poor|average
    |typical|much|unusual|dangerous|in the normal range|cause|reason|safe|within)\b""",
    r"\bshould i (?:be )?(?:worr\w+|concerned)\b|\b(?:reason|cause) (?:to|for) (?:worry|concern)",
    r"\bwhat (?:is|are) (?:M|S|A)\s*\??$|\bwhat (?:is|are) (?:an? )(?:M|S|A|W)\b",
    r"""\bwhat (?:helps?|causes?|affects?|influences?|lowers?|raises?|improves?|counts|happens)\b
    |\bwhy (?:is|are|do|does) (?!my|i)""",
    r"""\bis (?:it|S|W|A|M|coffee|running|walking|stretching|\w+ing) (?:\w+ )?(?:ok|okay|good|bad
    |true|normal|healthy|safe|better|worth|harmful|important|dangerous|necessary|possible)\b""",
    r"""\b(?:what|how) (?:much|many)?.*\b(?:do|does) (?:i|one|you|we|people|the body|my body|a body)
     (?:really |actually )?need\b|\bdo i need\b""",
    r"""\bhow (?:is|are) (?:an? |the )?(?:M|S)\b.*\b(?:measured|calculated|defined|computed)\b
    |\bwhat (?:M|S|level)\b.*\b(?:is|counts as|are) (?:normal|good|healthy|dangerous|high|low)\b""",
    r"\b(?:lead|leads|contribute|linked|related) to\b|\bgood (?:M|S)\b|\bgood or bad\b",
    r"""\b(?:helps?|hurt|affects?|influence|improves?|causes?|ruin|reduce|increase)
     (?:my |the |you )?(?:M|S|muscles?|recovery|W)\b""",
)
HEALTH = words(
    r"""(?:hours|N) (?:a|per|each|every) night|N (?:over|/) N|health\w*|fit|fitness|fitter|diet\w*
    |foods?|eat\w*
    |meals?
    |calori\w*|muscles?|stretch\w*
    |warm-?ups?|warm up|cool ?down|cardio|hydrat\w*|caffeine|coffee|tea|alcohol|beer|wine|stress\w*
    |vitamins?|magnesium|protein|carbs?|sugar|salt|fats?|fibre|fiber|supplements?|recover\w*|rest
    |injur\w*|pain(?:s|ful|killers?)?|sore\w*|ache\w*|hips?|knees?|back|posture|immune|smok\w*
    |metabol\w*|heart
    |blood
    |pressure|pulse|bed|tired\w*|fatigue|energy|jet ?lag|snor\w*|dream\w*|nap\w*|sauna|cold shower
    |ice bath|breath\w*|lungs?|pollen|noise|daylight|sunlight|well-?being|wellness|mental|mood
    |relax\w*|meditat\w*|mindful\w*|body|exercis\w*|training|workouts?|sedentary|sitting|sit
    |standing|rings?|worr\w+|concern\w*|normal|steps?|walk\w*|run\w*|adults?|[MSAW]"""
)

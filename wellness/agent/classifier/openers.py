"""How questions, requests and statements begin: the tables of `clauses`."""

from __future__ import annotations

import re

from wellness.agent.classifier.patterns import joined
from wellness.agent.classifier.people import RELATIVES

WH = r"(?:what|how|when|where|which|who|whose|why|whether)\b"
# "Have you" asks; "had a run" leaves out who, and tells.
PERSON = "(?:i|my|mine|we|our|you|your|it|that|this|there|he|she|they|his|her|their|these|those)"
SUBJECT = joined(
    r"""(?:i|my|mine|me|we|our|you|your|it|that|this|there|the|he|she|they|his|her|their|any|all
    |these|those|a|an|one|someone|people|eating|drinking|running|walking|sleeping|coffee|alcohol
    |too|more|less|resting|\d+|[a-z]+ (?:good|bad|healthy|unhealthy|safe|harmful|helpful
    |dangerous))"""
)
AUXILIARY = (
    rf"(?:(?:(?:did|have|had|do)(?: not)? (?:{PERSON}|the|any|all|one|people|adults)|"
    rf"(?:does|has|am|is|are|was|were|can|could|should|will|would|may|shall)(?: not)? {SUBJECT})\b)"
)
IMPERATIVE = joined(
    r"""(?:show|tell|give|list|compare|find|check|remember|forget|delete|remove|erase|drop|wipe|note
    |set|remind|calculate|add up|count|display|pull up|look up|get me|summari[sz]e|save|store|keep
    |make|write|draft|translate|book|order|play|turn|call|send|read|explain|recommend|suggest|plan
    |edit|alter|correct|modify|guess|predict|estimate
    |furnish|supply|indicate|open|let me know|fetch|print|plot|go through|bring up|do not forget
    |never forget|clear|scrap
    |log|record|add|change|update|start|stop|cancel|schedule|convert|sing|draw|ask|help|email|text
    |put|solve|(?:everything|all|anything) (?:you|there) (?:have|know|is|got)|get rid of|discard
    |contrast|provide|present|view|(?:name|state|report|return|get)
    (?= (?:the|my|all|every|each)\b))\b"""
)
# What may stand before a question or request and says nothing of it.
POLITE = joined(
    r"""(?:(?:please|hi|hello|hey|hiya|ok|okay|so|and|but|also|or|well|now|then|right|um+|uh+|oh|ah
    |hmm+|wow|good (?:morning|evening|afternoon)|morning|thanks|thank you|great|cool|nice|anyway
    |by the way|btw|just (?:to let you|so you) know|so you know|just|actually|quick question
    |question|one more thing|yes|yeah|no|sorry|plus
    |there|buddy|mate|coach|out of curiosity|be honest|honestly|i wonder|still|listen|look|say
    |alright|(?:can|could|would|will) you(?: (?:please|just|also|maybe|quickly))*
    |do you (?:happen to )?know|i (?:was|am) (?:just )?(?:wondering|curious)(?: about| to know)?
    |any idea|any chance you know|i (?:just |really |also )?(?:(?:would|should) (?:like|love)|want
    |need|wish)
     (?:you )?to (?:know|find out|see|check|hear|understand|look at|have a look at
    |get (?=my|the|a )|tell me|show me)
    |i am (?:dying|keen|eager|trying) to (?:know|find out|figure out|work out|see)
    |let us (?:see|check|look at)|let me see|i (?:can not|do not)(?: for the life of me)?
     (?:remember|recall|know)|i (?:have )?(?:forgot|forget|forgotten)
    |remind me(?: again)?(?= (?:what|how|when|who|where|which|of|about))
    |tell me(?: again)?(?:,| about)?|i (?:have no|need an?|have not got an?)
     (?:idea|clue|answer)(?: of| about| on)?|it would be (?:nice|good|great) to know
    |if (?:you|i) (?:can|could|may)(?: ask)?|(?:would you mind|mind) telling me|let me know
    |what i (?:really |actually )?(?:want|need|would like) to know is|(?:my|the) question is
    |curious|wondering|super quick|quick one|for real|seriously|first|second|lastly|finally|next
    |i meant?|afterwards|after that|while you are at it|again|sure|perfect|awesome|good|fine|ugh
    |i (?:would like|want|need)(?: to know)? (?:two|three|a few|some|both|a couple of)
     (?:things|numbers)
    |(?:first|second|third|another|other|next|last|one more) thing(?: is)?
    |i (?:just |only )?(?:wanted|want|needed|need|meant|would like) to ask(?: you)?|the thing is
    |what i wanted to ask is|ngl|bruh|bro|dude|kindly|pray(?: tell)?|yo|ayo
    |furthermore|moreover|additionally|besides|hm|wait|sorry to ask|here is one|be a dear|work out
    |figure out(?= (?:my|the|how|what)))
    (?:[\s,:!.-]+|$))"""
)
LEAD = re.compile(rf"^{POLITE}+", re.I)
# "On which days", and with an unknown word before it, "whn did i"
ABOUT_WHICH = (
    r"(?:on|in|at|for|by|with|to|from|since|until|during|over|of|about) (?:which|what|how)\b"
)
ASKS = re.compile(
    rf"^{POLITE}*(?:{WH}|{AUXILIARY}|{IMPERATIVE}|{ABOUT_WHICH}|i would be \w+ if you\b|(?!never"
    rf"|not|nor|so)\w+ did i\b)",
    re.I,
)
# A question of its own, not one that hangs on another: "when did I", not "how lazy I was".
INVERTED = re.compile(
    rf"^{POLITE}*(?:{WH}(?:,? (?!i\b)\w+){{0,3}}? "
    rf"(?:did|do|does|is|are|was|were|have|has|had|can|could|should|am)\b)",
    re.I,
)
REQUEST = re.compile(
    joined(
        r"""^(?:(?:please|so|and|well|now|also)[, ]+)*(?:i (?:would|should
    |will) (?:be (?:\w+ )?(?:grateful
        |obliged|glad|thankful|pleased) for|appreciate|value)
        |i could do with|(?:may|might|could|can) i (?:please )?(?:have|see|get|trouble you for)
        |at your convenience)\b|^(?:and |but |so |well |ok |okay )?i (?:just |really |also |only )?
        (?:would (?:like|love)|want|need|am looking for|am interested in|am after|wonder
        |would be \w+ if you|was wondering|am wondering|am curious|(?:have )?forgot(?:ten)?
    |can not remember
        |do not remember|would be interested) (?:to (?:see|know|hear|check|find|look
        |get (?:my|the|a list)|have a look|review|understand|go)\b|my |the |about |a list
        |how |what |when |which |whether |if |in )"""
    ),
    re.I,
)
# A statement that leaves out who: "had a fall", or begins with when: "today I ran".
SUBJECTLESS = re.compile(
    joined(
        rf"""^(?:had|got|went|did|ran|walked|swam|cycled|hiked|hurt|broke|sprained|started
        |stopped|quit
        |lost|gained|bought|moved|felt|slept|woke|caught|finished|signed|been|feeling|having|tried
        |changed|joined|gave|fell|met|took|saw|\w{{3,}}ed (?=(?:my|our|an?)\b)(?!.*\b(?:when|how
    |what)\W*$))\b(?! {PERSON}\b)"""
    ),
    re.I,
)
# "My brother takes": of somebody else one tells, unless it is a question.
OF_OTHERS = re.compile(
    rf"^(?:my|our) {RELATIVES} (?!(?:\w+ )?(?:and|or|on|in|last|this|avg|average|steps|sleep"
    rf"|weight|pulse|heart|bp|blood"
    r"|hrv|resting|average|calories|workouts)\b)[a-z]+",
    re.I,
)
# Talk before a question, whatever it is about: somebody else is in it, or what one is doing
TALK = re.compile(
    r"\b(?:he|she|they|him|them|me|us|it|myself|you)\b|^(?:\w+ ){1,4}and i\b|"
    r"^(?:(?:just|still|been|only|so|and|well|now),? )*(?:saw|heard|watched|read about|\w+ing) "
    r"(?!heart|pulse|calories|rate|hours|time|distance|speed|pace|asymmetry|for\b|on\b|in\b|last\b"
    r"|this\b)",
    re.I,
)
DATED = re.compile(
    r"^(?:(?:from|starting|beginning|as of|effective|since) (?:now(?: on)?|today|tomorrow"
    r"|(?:this|next) \w+|\w+day)|today|yesterday|tonight|(?:this|last) (?:night|week|month|year"
    r"|weekend|summer|winter"
    r"|spring|autumn|fall|morning|evening|afternoon|\w+day|january|february|march|april|may|june"
    r"|july"
    r"|august|september|october|november|december)|(?:on|in|by|since"
    r"|the other) \w+|"
    r"every (?:day|night|morning|evening|week|month|year|\w+day)),? ",
    re.I,
)
STATES_A_VALUE = re.compile(r"\b(?:is|are|was) (?:now |about |around )?\d", re.I)
EXCLAIMS = re.compile(
    r"^(?:oh |and |but |wow,? )?(?:what an?\b|how (?!many|much|often|long|far|about)\w+[!.]*$)",
    re.I,
)
IDIOM = re.compile(
    r"^(?:oh |hey |so )*(?:tell me (?:that|it)(?: \w+){2,9} (?:was|were|paid|did|counts?|helped)\b|"
    r"guess what|(?:you )?know what|who am i kidding|who would have thought|what the h|how dare"
    r"|who (?:knew|cares))",
    re.I,
)
TELLING = re.compile(
    joined(
        r"""^(?:(?:and|but|so|because|since|although|though|as|cos) )?(?:
        i(?! meant?\b(?! to\b))|we|he|she|they|it|you
        |there|this(?! (?:week|month|year|quarter|summer|winter|spring|autumn|fall|morning|time
        |one))|that|everybody|nobody|somebody|someone|everyone)\b(?! (?:per|wise))"""
    ),
    re.I,
)
NAMED_FIRST = re.compile(
    joined(
        r"""^(?!(?:and |so )?(?:every|all|any|each) [\w ]{1,30}? (?:you|i|we) (?:have|had|got
    |took|made|did|ever)
        \b|(?:the )?(?:(?:last|first|latest) time\b|(?:number|count|total|list)
         of\b|(?:my )?(?:most|least|fewest|best|worst|\w{3,}(?<!qu)(?<!inter)(?<!requ)est)
         (?:[\w ]{0,20}? )?i (?:ever )?\w+))(?:my|the|our|his|her|a|an|this|that|these
        |those|both|some|dr\.|mr\.
        |mrs\.|ms\.)? ?[\w'-]+
        (?:'s (?:(?:at|in|on|off|up|out|gone|back|been|being|got|not|so|too|very|really|still|just
        |all|like|a|an)\b|(?!morning|evening)\w+ing(?= (?:and|like|again|so|all|a lot)\b|[,.!]|$)
    |\w+(?:ing|ed) (?:me|my|us|at|in|on|for|to)\b)
        |(?: and i| (?!i\b)[\w'-]+){0,5}? (?:is|was|are|were|has|have|had|will|can|hurts?|ached?
    |aches|got|gets
        |says?|said|told|thinks?|thought|started|feels?|felt|broke|swears?|makes?|made|wants?|keeps?
        |killed|does|did|went|goes|came|gave|asked|asks|lives|needs|recommends|recommended)\b)"""
    ),
    re.I,
)
# A wish about one's own data, to be seen or had by some day, is no request to show it.
WISH = re.compile(
    joined(
        r"""^(?:(?:ok|okay|so|and|also|well|but)[, ]+)*i (?:really |just )?(?:want|would like|would
         love|hope|wish|aim|plan) to (?:see (?=.*\b(?:by|before|until) (?:the|next|christmas|my|new
        |january|february|march|april|may|june|july|august|september|october|november|december
    |spring|summer
        |autumn|winter|20\d\d))|(?:get|bring|have|keep|push) (?=.*\d))
        (?:my|the) .*\b(?:drop\w*|fall\w*|below|under|above|over|down|up|to|at|reach\w*|hit\w*
        |ris\w+|between|less|more)\b"""
    ),
    re.I,
)
# A time before its question that begins with no preposition: "22 September", "Monday or Tuesday".
TIME_ALONE = re.compile(
    joined(
        r"""^(?!(?:and|or)\b)(?:(?:taking|looking at|considering|given|only|just) )?(?:(?:the
        |all|both|each) |(?:whole|entire|full|first|second|third|last|past|this|early|mid|late
    |week|half|night|days?
        |nights?|weeks?|weekends?|months?|years?|quarter|morning|afternoon|evening|yesterday|today
        |of|in|on|and|or|versus|vs|to|until|so far|together|(?:mon|tues|wednes|thurs|fri|satur|sun)
        day|january|february|march|april|may|june|july|august|september|october|november|december
        |spring|summer|autumn|winter|\d{1,4}(?:st|nd|rd|th)?|one|two|three|four|five|six|seven|ten)
        [\s,-]*){1,8}$"""
    ),
    re.I,
)
ADJUNCT = re.compile(
    joined(
        r"""^(?:in|on|during|since|before|after|until|till|while|when (?:i|we|my)|for|over|between
        |from|compared|within|throughout|as of|regarding|about|concerning|back in|(?:last|this
    |past) (?:night|week|month|year|quarter
        |weekend|summer|winter|spring|autumn|fall|morning|afternoon|evening|time|few|couple|two
        |three|\d+|\w+day|january|february|march|april|may|june|july|august|september|october
        |november|december)|yesterday|today|at|(?:the )?(?:past|previous)|(?:mon|tues|wednes|thurs
    |fri|satur|sun)day
        (?: (?:morning|night))?$|(?:january|february|march|april|may|june|july|august|september
        |october|november|december|spring|summer|autumn|winter)?(?: ?20\d\d)?$)\b"""
    ),
    re.I,
)

"""The same in another construction: names, likings, negations, who does what, nouns and verbs."""

from __future__ import annotations

from wellness.memory.facts.rewordings import COUNT, REST, rules

_DEGREE = "(?:(?:so|very|really|much|a bit|a lot|more|less|quite|too|always|often|usually) )*"
_STATE = (
    "(?:tired|exhausted|stressed|better|worse|good|bad|great|well|sick|ill|dizzy|anxious|"
    "depressed|happy|sad|hungry|thirsty|strong|weak|energetic|rested|sleepy|nauseous|calm|relaxed)"
)
_SYMPTOM = (
    "(?:headaches?|migraines?|heartburn|cramps|pain|energy|nightmares|hives|rash|diarrh?o?ea|nausea|"
    "stomach ?aches?|insomnia|anxiety|hiccups|indigestion|acne|allergic reaction|palpitations)"
)
_FOOD = "(calories|kcal|water|fluids|protein|carbs)"
_PARTICLE = r"((?:my|the|a) \w+|it) (off|on|up|down)\b"
_QUALITY = (
    "((?:too |very |quite )?(?:high|low|elevated|normal|weak|dry|irregular|tight|poor|bad|good))"
)
_MY = "((?:my|our) [a-z ]{2,30}?)"


RULES = rules(
    # names
    ("what is", rf"\bwhat (?:is|was) {_MY} (?:name|called|named)\b", r"who is \1"),
    ("name", rf"\bwhat (?:is|was) the name of {_MY}(?=[?]|$)", r"who is \1"),
    ("name", rf"\b{_MY} name is\b", r"\1 is"),
    ("name", rf"\bthe name of {_MY} is\b", r"\1 is"),
    ("is ", rf"\b{_MY} is (?:called|named)\b", r"\1 is"),
    # what is liked better
    ("rather", r"\bwould (?:much )?rather\b", "prefer"),
    (" than", rf"\b(?:like|love|enjoy) {REST} (?:more|better) than\b", r"prefer \1 than"),
    ("prefer", rf"\bprefer (?!to\b){REST} (?:to|over|more than)\b(?= \w)", r"prefer \1 than"),
    # negation
    (" and i ", r"^my (\w+) and i ([^,.!?]+?)(?: together)?(?=[.!]*$)", r"i \2 with my \1"),
    (" and ", r" and (?=(?:i|we)\b)", ", "),
    (" you", r"\btell you\b", "say"),
    (" you", r"\btold you\b", "said"),
    (" not ", r"\bam not (?:really |exactly )?(?:an? (?:big |huge )?fan of|keen on|fond of|into)\b",
     "do not like"),
    ("unable", r"\bunable to\b", "not able to"),
    (" be able", r"\b(to|will|would) be able to\b", r"\1"),
    ("cannot", r"\bcannot\b", "can not"),
    ("any", rf"\b(?:(can|will)|do|does|did|am|is|are) not {REST} any ?(?:more|longer)\b",
     r"\1 no longer \2"),
    ("enough", rf"\b(?:do|does|did|am|is|are|have|has) not {REST}\benough\b", r"\1too little"),
    ("well", r"\b(?:do|does|did|have|has) not (\w+) (?:very |so |that )?well\b", r"\1 badly"),
    (" than", rf"\b(should|must) not {REST} more than (?=\d|{COUNT})", r"\1 \2 at most "),
    (" than", rf"\b(should|must) not {REST} less than (?=\d|{COUNT})", r"\1 \2 at least "),
    ("tolerate", r"\b(?:can|could|do) not tolerate\b", "am intolerant to"),
    # who does what to whom
    ("up or down", r"\b(go|going|gone|went) up or down\b", r"\1 up or \1 down"),
    ("calories", r"\b(calories)\b([^.?!]*?)\bhave (?=(?:for|at) (?:breakfast|lunch|dinner))",
     r"\1\2eat "),
    (" active ", r"\bwhat (was|is) my (most|least) active (day|week|month)\b",
     r"which \3 \1 i \2 active"),
    (" in ", rf"\b(?:take|took|taken|taking) in (?=(?:\w+ ){{0,3}}?{_FOOD}\b)", "eat "),
    (" in", rf"\b{_FOOD}\b([^.?!]*?)\b(?:take|took|taken|taking) in\b", r"\1\2eat"),
    (" said ", r"\bsaid (?:that )?i (?:should|ought to|must|need to|have to)\b", "told me to"),
    (" says ", r"\bsays (?:that )?i (?:should|ought to|must|need to|have to)\b", "tells me to"),
    (" i ", r"\b(advis|recommend|suggest)(ed|es|e|s|) (?:that )?i\b", r"\1\2 me to"),
    ("together with", r"\btogether with\b", "with"),
    (" with ", r"\bwith (my \w+) together\b", r"with \1"),
    ("comes from", r"\bcomes from\b", "is from"),
    (" playing", r"\b(my \w+(?: \w+)?) (?=playing\b)", r"\1 while "),
    (" to ", r"\b(?:travel|commute|get) to (\w+) (?=by\b)", r"go to \1 "),
    ("take the ", r"\b(take|took) the (train|bus|tram|metro|subway|car|ferry) to (\w+)",
     r"go to \3 by \2"),
    ("drive to ", r"\bdrive to (\w+)", r"go to \1 by car"),
    (" on foot", r"\bgo to ((?:the )?\w+) on foot\b", r"walk to \1"),
    (" by bi", r"\bgo to ((?:the )?\w+) by (?:bike|bicycle)\b", r"cycle to \1"),
    (" me ", rf"\b(?:give|gives|gave) me (?=(?:an? |really |bad )*{_SYMPTOM}\b)", "cause me "),
    ("take ", rf"\b(take) {_PARTICLE}", r"\1 \3 \2"),
    ("put ", rf"\b(put) {_PARTICLE}", r"\1 \3 \2"),
    ("turn ", rf"\b(turn) {_PARTICLE}", r"\1 \3 \2"),
    ("asleep by", r"\bbe asleep by\b", "fall asleep by"),
    ("in bed by", r"\bbe in bed by\b", "go to bed by"),
    ("it takes", r"\bit takes me ([^,.!?]+?) to ([^,.!?]+)", r"i \2 in \1"),
    ("it took", r"\bit took me ([^,.!?]+?) to ([^,.!?]+)", r"i did \2 in \1"),
    ("work nights", r"\bwork nights\b", "work night shifts"),
    (" by my ", r"\bi (?:was|have been|am) ([a-z]+) by (my \w+)\b", r"\2 \1 me"),
    ("i ", r"\bi (?:get|have) (?!to\b)([a-z ]{3,30}?) (?:from|because of|due to) ([^,.!?]+)",
     r"\2 cause me \1"),
    ("i ", r"\bi (?:have )?hurt (?=my\b)", "i injured "),
    # the same in a noun or a verb
    ("vege", r"\b(?:eats?|go|goes|went) (vegetarian|vegan)\b", r"am \1"),
    (" feeling", rf"\b(?:am|is|are) feeling (?={_DEGREE}{_STATE}\b)", "feel "),
    (" am ", rf"\bi am (?={_DEGREE}{_STATE}\b)", "i feel "),
    (" is ", rf"\bis (?={_DEGREE}(?:better|worse|tired)\b)", "feels "),
    (" was ", rf"\bwas (?={_DEGREE}{_STATE}\b)", "felt "),
    ("feeling ", rf"\bwas feeling (?={_DEGREE}{_STATE}\b)", "felt "),
    (" diet", r"\b(?:am on|is on|follows?|eats?|keeps? to|sticks? to|have|has) an? "
     r"(\w+(?:[ -]\w+)?) diet\b", r"am \1"),
    ("i have ", rf"^i have (?:an? )?{_QUALITY} (\w+?)(?: levels?)?(?=[.!]*$)", r"my \2 is \1"),
    (" my ", r"\b(?:an?|the) (?!lot|bit|couple|number|rest|most|part|half|top|end|side)(\w+) "
     r"(?:of|on|to|in) my (\w+)(?=[.?!]*$| (?:in|on|at|last|this|since)\b)", r"my \2 \1"),
    ("appointment with", r"\bappointment with (?:my|the) (\w+)", r"\1 appointment"),
    ("home", r"\bmy home (?:town |city )?is (?:in|at)\b", "i live in"),
    (" bed", r"\b(before|after|until) bed\b(?! ?time)", r"\1 bedtime"),
    (" meal", r"\b(before|after) (?:(?:my|each|every|a|the) )?meals?\b", r"\1 eating"),
    (" sleep", r"\b(before|after) (?:sleep|sleeping)\b", r"\1 bedtime"),
)  # fmt: skip

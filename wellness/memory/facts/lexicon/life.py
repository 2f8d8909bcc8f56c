"""The people, places and times of a life, and what is done in it."""

CONCEPTS = {
    "buy": "buy | buys | bought | buying | purchase~",
    "move": "move | moves | moved | moving | relocate~",
    "live": "live | lives | lived | living | reside~ | based in",
    "see": "see | sees | saw | seen | seeing | visit~ | meet with",
    "feel": "feel | feels | felt | feeling",
    "begin": (
        "begin | begins | began | begun | beginning | start | starts | started | starting | "
        "take up | took up | taken up"
    ),
    "reach": (
        "reach | reaches | reached | reaching | hit | hits | hitting | meet | met | meeting | "
        "achieve~ | attain~ | accomplish~"
    ),
    "improve": "improve~ | improvement | get better | got better | getting better",
    "worsen": "worsen~ | get worse | got worse | getting worse | deteriorate~",
    "increase": (
        "increase~ | go up | goes up | went up | gone up | going up | rise | rises | rose | "
        "risen | rising | grow | grows | grew | growing | climbing up | trend up | trend upward "
        "| trend upwards | raise~ | growth"
    ),
    "decrease": (
        "decrease~ | go down | goes down | went down | gone down | going down | drop | drops | "
        "dropped | dropping | fall | falls | fell | fallen | falling | decline~ | reduce~ | "
        "trend down | trend downward | trend downwards | lowers | lowered | lowering | to lower "
        "| lower my | come down | reduction | cut down | cut down on | cut back on | get lower"
    ),
    "gain": "gain~ | put on | putting on | puts on",
    "lose": "lose | loses | lost | losing | shed | sheds | shedding | loss",
    "climb": "climb~",
    "burn": "burn~ | burnt",
    "beat": "beat | beats | beating",
    "bedtime": (
        "bedtime | go to bed | went to bed | goes to bed | going to bed | go to sleep | went to "
        "sleep | fall asleep | fell asleep | get to bed | got to bed | turn in | get to sleep | "
        "head to bed | hit the sack | hit the hay | go off to bed"
    ),
    "wake": (
        "wake | wakes | woke | woken | waking | wake up | woke up | waking up | get up | got up "
        "| getting up | gets up | wakes up | awake | get out of bed | awaken | wake up time | "
        "wake time | be awake"
    ),
    "good": "good | well | great | fine",
    "bad": "bad | badly | poor | poorly",
    "fast": "fast | quick | quickly | rapidly | rapid",
}

# Words in other words; unlike a concept, a word counts by its place too.
WORDS = {
    "member": "member | member of | belong to",
    "large": "big | large",
    "sofa": "sofa | couch",
    "photo": "photo | picture",
    "christmas": "christmas | xmas",
    "teenager": "teenager | teen",
    "floor": "floor | storey",
    "night shift": "night shift | a night shift | nightshift",
    "day shift": "day shift | a day shift",
    "late shift": "late shift",
    "early shift": "early shift",
    "night out": "night out | a night out",
    "several": "several | multiple",
    "alarm": "alarm | alarm clock",
    "railway": "the train | by train | a train | train ride",
    "taxi": "taxi | cab",
    "pull up": "pull up | pull ups",
    "push up": "push up | push ups | press up | press ups",
    "follow": "follow | follows | followed",
    "mother": "mother | mom | mum | mummy | mommy | mama",
    "father": "father | dad | daddy | papa",
    "grandmother": "grandmother | grandma | granny | gran | nana",
    "grandfather": "grandfather | grandpa | granddad | grandad",
    "brother": "brother | bro",
    "sister": "sister | sis",
    "child": "child | children | kid | kids",
    "husband": "husband | hubby",
    "friend": "friend | friends | buddy | pal",
    "colleague": "colleague | coworker | co worker | workmate",
    "neighbour": "neighbour | neighbor",
    "home": "home | house",
    "gym": "gym | gyms | go to the gym | hit the gym | fitness centre | fitness center",
    "job": "job | profession | occupation | for a living | do for work",
    "work": "work | works | worked | working | at work | workplace",
    "lift": "elevator | the lift | lifts",
    "flat": "flat | apartment",
    "holiday": "holiday | holidays | vacation | vacations",
    "pavement": "pavement | sidewalk",
    "pharmacy": "pharmacy | chemist | drugstore",
    "car": "car | cars",
    "bus": "bus | buses",
    "school": "school",
    "office": "office",
    "shop": "shop | store",
    "film": "film | movie",
    "phone": "phone | mobile | cell phone | mobile phone | smartphone | cellphone",
    "watch tv": "watch tv | watch television | tv | television",
    "park": "park | parks",
    "age": "age | years old | year old | years of age | how old | aged",
    "birthday": "birthday | date of birth | birth date",
    "marry": "marry | married | get married | marries | got married",
    "finish": "finish~ | complete~ | end~",
    "stay": "stay~ | keep~ | kept | remain~ | maintain~",
    "get into": "get into | take to",
    "advise": "advise~ | recommend~ | suggest~ | advice | recommendation",
    "name": "name | names | named | called",
    "pace": "pace | paces | speed | how fast",
    "rest": "rest~ | rest day | have a rest day | day off | a day off | rest days",
    "nap": "nap~ | take a nap | have a nap | naps | napped",
    "shower": "shower~ | take a shower | have a shower",
    "join": "join~ | sign up for | register for | enrol in | enroll in | become a member of",
    "switch": "switch~ | change from | swap~",
    "talk": "talk~ | speak~ | chat~",
    "commute": "commute~",
    "walk the dog": "walk the dog | walk my dog | take the dog for a walk | take my dog for a walk",
    "stand": "stand~ | stood",
    "sit": "sit | sits | sat | sitting",
    "carry": "carry~",
    "compete": "compete~ | take part in | participate~ | participate in | competition",
    "slow": "slow | slowly",
    "easy": "easy | easily",
    "hard": "hard | difficult | tough",
    "early": "early",
    "faster": "faster | quicker | more quickly",
    "fastest": "fastest | quickest",
    "furthest": "furthest | farthest | longest distance | greatest distance",
    "best": "best | personal best | pb | personal record",
    "further": "further | farther",
    "outdoors": "outdoors | outside | in the open air | outdoor",
    "indoors": "indoors | inside | indoor",
    "alone": "alone | by myself | on my own",
    "together": "together",
}

"""What people type in a hurry, and the words that a misspelt one may stand for: see `spelling`."""

from __future__ import annotations

import re

# Each meaning, and the forms that are typed for it.
SHORT = {
    "you": "u", "your": "ur", "are": "r", "why": "y",
    "thanks": "thx ty tx thnx tysm", "heart rate": "hr", "weight": "wt", "body fat": "bf",
    "calories": "cals cal", "yesterday": "ystday yday ystrday yest yester", "today": "2day tday",
    "tonight": "2nite tonite", "tomorrow": "2moro tmrw tmr tomoz", "night": "nite",
    "nights": "nites", "week": "wk wek weel weke", "weeks": "wks", "weekend": "wkend wknd",
    "month": "mo mth mnth", "months": "mths", "year": "yr", "years": "yrs",
    "last": "lst lats las lsat",
    "previous": "prev", "before": "b4", "about": "wrt abt", "with": "w w/", "versus": "vs v",
    "going to": "gonna", "want to": "wanna", "give me": "gimme", "let me": "lemme",
    "what is": "wats whats", "what": "wat wut wht waht wha wot", "how is": "hows",
    "where is": "wheres",
    "when is": "whens", "who is": "whos", "that is": "thats", "do not": "dont", "did not": "didnt",
    "does not": "doesnt", "is not": "isnt", "was not": "wasnt", "will not": "wont",
    "are not": "arent",
    "were not": "werent", "have not": "havent", "has not": "hasnt", "can not": "cant",
    "could not": "couldnt", "i am": "im iam", "i have": "ive", "a lot": "alot", "average": "ave",
    "working": "workin", "sleeping": "sleepin", "running": "runnin", "doing": "doin",
    "getting": "gettin", "birthday": "bday", "distance": "dist", "workout": "wkout",
    "workouts": "wkouts", "how did": "howd", "how": "hw hwo hiw hoo", "many": "mny",
    "when": "wen whn wehn wheb",
    "do you": "dya", "because": "cuz cos bc", "really": "rly", "message": "msg", "would": "wud",
    "should": "shud", "could": "cud", "going": "goin goign gonig gong",
    "and": "& n nd adn", "people": "ppl",
    "minutes": "mins", "hours": "hrs", "but": "bt", "the": "teh hte",
    "wednesday": "wensday wendsday", "compare": "compair", "july": "juy jly juli",
    "june": "jne juen", "sleep": "slp", "steps": "stps",
    "step": "stp", "though": "tho", "something": "sth", "this": "ths dis tis thi tihs htis",
    "little": "lil", "more": "mor moar mroe", "meant": "ment", "than": "thn tahn",
    "from": "frm", "did": "ddi dod", "you have": "youve", "you are": "youre",
    "they are": "theyre", "would not": "wouldnt", "please": "pls plz",
    "yoga": "yga", "wake": "wak wkae", "losing": "loosing lossing", "have": "hav hve",
    "right": "rite rihgt", "time": "tiem tmie", "swim": "swm siwm",
    "days": "dys dyas dasy", "session": "sesion",
    "sessions": "sesions",
}  # fmt: skip
SHORTHAND = {form: meaning for meaning, forms in SHORT.items() for form in forms.split()}
# What somebody may be asked whether they mind it
GERUNDS = {
    "forgetting": "forget", "getting": "get", "letting": "let", "putting": "put",
    "setting": "set", "scrapping": "scrap", "dropping": "drop", "wiping": "wipe",
    "giving": "give", "taking": "take", "making": "make", "erasing": "erase",
    "removing": "remove", "deleting": "delete", "noting": "note", "saving": "save",
    "storing": "store", "comparing": "compare", "calculating": "calculate",
    "writing": "write", "summarising": "summarise", "summarizing": "summarize",
    r"(\w{3,}?)ing": r"\1",
}  # fmt: skip
# Phrases that are meant as others; what a unit or a comparison shows.
MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()  # noqa: SIM905
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()  # noqa: SIM905
WRITTEN_OUT = tuple(
    (re.compile(pattern, re.IGNORECASE), meant)
    for pattern, meant in (
        (r"\b(fastest|quickest|best|last|slowest) (?:5|10) ?k\b", r"\1 run"),
        (
            r"\b((?:more|less|better|worse|higher|lower|longer|fewer)\b(?: \w+){0,4}?) then\b",
            r"\1 than",
        ),
        (r"\b(i)d (?=like|love|rather)", r"\1 would "),
        (r"\b(i|you|it) had (?=be\b|like\b|love\b|rather\b|appreciate\b)", r"\1 would "),
        *(
            (rf"\b(?:the )?{word} of (?={MONTHS})", f"{day} ")
            for day, word in enumerate(ORDINALS, 1)
        ),
        (r"\b(last|this|past|each|per|a|every|previous) (?:weak|weed|wee)\b", r"\1 week"),
        (r"\b(last|this|past|each|per|every|previous) (?:moth|mouth|mont)(s?)\b", r"\1 month\2"),
        (r"\b(last|this|past|per|every) (?:nigh|nigt)\b", r"\1 night"),
        (r"\b(last|this)(night|week|month|year|weekend)\b", r"\1 \2"),
        (
            r"\b(this|the) (week|month|year|quarter|weekend|summer)\b(.{0,25}? "
            r"(?:than|versus|vs|against|compared (?:to|with)|or)) (?:the )?(last|previous)"
            r"(?= one\b|\s*(?:$|[?.!,]))(?: one)?",
            r"\1 \2\3 \4 \2",
        ),
        (r"(?<=\w),? (?:lol|lmao|rofl|ha(?:ha)+|tbh|innit|xx+|i mean(?:t)?)(?=\s*[?.!]*$)", ""),
        (r"\s\+\s", " and "),
        (rf"\ball through (?={MONTHS}|last|this)", "in "),
        (r", not (?:my |the )?(?!counting|including|just|only)\w+(?: \w+)?(?=\s*[,.?!]|$)", ""),
        (
            r"^(?:never mind|ignore|leave aside|i do not (?:want|need)|i am not after) "
            r"[^.?!]*?, (?:but |and )?(?=(?:i (?:only|just) (?:want|need)|just|only|show|give)\b)",
            "",
        ),
        (r"\bmost (?=(?:grateful|obliged|kind|thankful|appreciat\w+)\b)", "very "),
        (r"\bmeat (?=(?:my|the|our)\b)", "meet "),
        *(
            (rf"\b(?:(?:would|do) you mind|any chance of(?: you)?) {gerund}\b", f"could you {verb}")
            for gerund, verb in GERUNDS.items()
        ),
        (
            r"\b(this|last|the|that|past) (?:whole|entire|full) "
            r"(?=day|week|month|year|quarter|season|summer|winter|spring|night)",
            r"\1 ",
        ),
        (rf"\b({'|'.join(DAYS)}|yesterday|today)s (?=[a-z])", r"\1's "),
        *(
            (rf"\b{day[:3]}(?:s|rs|r|nes)?\b(?=\s*(?:$|[?.!,/&]|and\b|or\b|vs\b|versus\b))", day)
            for day in DAYS
            if day[:3] not in ("sat", "sun")  # which are words of their own
        ),
        (r"\bcouple (?=days|weeks|months)", "couple of "),
    )
)
# What misspelt words may stand for: those that decide where a question goes, likelier ones first.
TARGETS = tuple(
    """
sugar sodium alcohol carbs weather steps sleep step heart rate weight walk yesterday today average
week month last night resting pulse slept calories minutes hours blood pressure workout workouts
running walking swimming swim swims yoga cycling exercise strength training distance oxygen
breathing temperature glucose energy flights stairs water meditate meditation meditated mindful
sleeping asleep walked weigh weighed weighing exercised trained hiking pilates rowing tennis
elliptical variability saturation respiratory systolic diastolic daylight headphone noise protein
caffeine fitness maximum minimum highest lowest longest shortest climb climbed most least total
count number latest recent typical trend trending what when where which how many much often long
show tell give compared compare comparison difference remember forget delete before after since
during between until against versus than more less better worse higher lower longer lately
recently usually previous current currently bloodpressure goal goals target rings closed close
reached reach achieve progress reading readings measure measured measurements session sessions
anymore january february april june july august september october november december monday tuesday
wednesday thursday friday saturday sunday weekend weekends morning evening afternoon tonight
tomorrow weeks months years nights year summer winter autumn physio allergic allergy doctor injury
improving increasing decreasing increased decreased changed change please thanks thank hello
should would could about everyday daily active activity single furthest farthest calory litres
liters down status checks cycle cycled kilometers kilometres woke wake awake deep kilos pounds
stood hiked averages totals floors standing breaths heartrate dropping dropped falling gaining
losing rising crept inhaler insulin pushes wheelchair shrinking climbing units
drink drank drinking burned eaten improved
badminton basketball football volleyball climbing boxing dancing skiing snowboarding kayaking
bouldering skating squash hockey golfing stretching crossfit headphones noise
""".split()  # noqa: SIM905 - a table, to be read
)

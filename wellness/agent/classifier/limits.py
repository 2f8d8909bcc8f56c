"""What a whole message shows to be out of scope: complaints, treatments, errands and displays.

`beyond` has what a single clause shows.
"""

from __future__ import annotations

import re

from wellness.agent.classifier.ailments import MEDICINE
from wellness.agent.classifier.beyond import GADGET, WORLD
from wellness.agent.classifier.patterns import anywhere, joined, words

SYMPTOM = joined(
    r"""(?:fever\w*|rash\w*|throat|cough\w*|headaches?|head|nose|nause\w*|dizz\w*|vomit\w*|chills
    |swollen|swelling|itch\w*|lumps?|bruis\w*|cramps?|numb(?:ness)?|tingl\w*|bleed\w*|pains?|painful
    |sore|aches?|aching|hurts?|spots?|blisters?|diarrh\w*|palpitations|fatigue|sweats?|stiff\w*)"""
)
# "Fever, a rash. What have I got?"
COMPLAINT = re.compile(
    joined(
        rf"""\b{SYMPTOM}\b.*[.,;:!?-] ?(?:and |so |but |any idea )*(?:what (?:have i got|do i have
        |(?:is|could|might|can|may) (?:it|this|that)(?: be)?|is going on|is (?:wrong|up)
        (?: with me)?|did i catch|am i coming down with)|is (?:it|this|that) (?:serious|dangerous
        |bad|something|contagious))\s*[?.!]*$"""
    )
)
TREATMENT = anywhere(
    rf"""^(?:(?:so|and|but|then|why|ok|okay),? )?(?:do|does|would|will) (?:i|my \w+|it|this)
     (?:really |even )?(?:need|require)(?: to (?:have|get|take))?
    (?: (?:an?|some|any|the|my|new|more|stronger))*
     (?:{MEDICINE}|surgery|operation|x-?ray|stitches|scan|mri|cast|crutches|injections?|vaccin\w+
    |jab|shots?|physiotherapy|therapy|chemo\w*|biopsy|ultrasound|blood tests?|plaster|sling|splint
    |glasses|braces|contact lenses|hearing aids?|fillings?|root canal|insoles|orthotics
    |inhaler|ambulance|doctor|specialist)\b""",
    r"^is there (?:an? |any |some )?(?:\w+ )?(?:vaccin\w+|cure|treatment|remedy|surgery|pill"
    r"|medicine"
    r"|jab|shot|drug|cream|test)\b",
    r"^what (?:have i got|(?:could|might) (?:it|this|that) be)\s*[?.!]*$",
)
ERRAND = joined(
    """(?:pay|book|order|buy|call|phone|cancel|reserve|schedule|email|text|message|write|draft|send
    |arrange|hire|rent|organi[sz]e|cook|bake|clean|fix|repair|drive|pick up|collect|deliver
    |translate|print|shop|reschedule|renew|sign)"""
)
# "What does this rash mean?"
MEANS = re.compile(
    rf"\b(?:this|these|that|the|my) (?:\w+ ){{0,2}}?{SYMPTOM}\b.*\b(?:mean|means|indicate"
    rf"|comes? from"
    r"|coming from|caused by|a sign|due to)\b"
    r"|^(?:could|can|might|may|is|are|does|do) (?:my|this|these"
    r"|the) (?!(?:\w+ )?[MS]\b)[\w ]{1,30}? (?:be )?"
    r"(?:come|coming|due|caused|because|a sign|a symptom|down to|connected)\b"
)
# "I need a train ticket"
NEEDS = re.compile(
    r"^(?:(?:hi|hey|ok|okay|so|and|also|well)[, ]+)*i (?:really |just |also )?(?:need|want|fancy"
    r"|could do with|would like|would love|am looking for|am after) (?:an?|some|the|two|N|new) "
)
# "I need someone to book", "somebody has to call"
DELEGATED = re.compile(
    joined(
        rf"""^(?:(?:hi|hey|please|ok|okay|so|and|also|well)[, ]+)*(?:i (?:really |just )?(?:need
        |want|would like|am looking for)(?: to (?:get|find))? (?:someone|somebody|anyone|you
        |a (?:person|helper|assistant))(?: who (?:can|could|will|would)| to| that (?:can|could))
        |(?:someone|somebody) (?:has to|must|should|needs to|ought to)
        |(?:is there )?any(?:one|body) (?:to|who (?:can|could|will))
        |i (?:need|want|would like|have) to (?=(?:reserve|book|order|rent|schedule|reschedule|hire
    |pay|renew)\b)
        |i (?:need|want|would like) my [\w ]{{1,25}}? to be)\s*{ERRAND}(?:e?d)?\b"""
    )
)
# How the words on the screen look and sound
DISPLAY = re.compile(
    joined(
        r"""^(?:(?:hi|hey|please|ok|okay|and|also|now|can you|could you|would you|will you|i want to
        |i would like(?: you)? to|i need to|how (?:do|can) (?:i|you))[, ]+)*(?:change|make|increase
        |decrease|switch|set|enlarge|reduce|adjust|use|turn|enable|disable|show|hide|shrink|zoom)
        (?: (?:to|the|my|this|in|into|your|a|an|me|it|app|bigger|larger|smaller|on|off|up|down))*
         (?:fonts?|text|letters?|letter size|language|colou?rs?|theme|display|layout|screen|dark
        |night mode|light mode|interface|buttons?|voice|volume|background|contrast|menu|window
        |chat bubbles?|emojis?|accent)\b(?! (?:[MSAWP]|for|in P))"""
    )
)

HOUSEHOLD = words(
    r"""(?:do|should|must|can|to) (?:i|we|you|one)? ?(?:roast|bake|boil|simmer|steam|fry|grill
    |marinate
    |knead|defrost|microwave|saute|poach)|how (?:do|can|should|could|would) (?:i|you|we
    |one) (?:best |quickly )?(?:get .{1,30}\bout of
     (?:an?|the|my)|make (?!progress|my|sure|it|the most|time)|fix|repair|clean|cook|bake|boil|fry
    |grill|brew|install|unblock|iron|wash|paint|plant|assemble|sew|knit|apply for|file)"""
    r"|how (?:do|can|should|would) (?:i|we|you) (?:change|replace|adjust|inflate|pump up|patch"
    r"|tighten|oil|mend|lubricate|wax|sharpen|store) (?:an?|the|my|our) (?!.*(?:goal|target|note"
    r"|[MS]))"
    r"|how (?:do|can|would|could) (?:i|we|you|one) (?:get|find my way) to (?:the|a|my"
    r"|an) (?:nearest|closest)?"
    r"|(?:where|how far|which way)\b.*\b(?:nearest|closest) (?!to\b)|what time (?:does|do|is"
    r"|are) (?:the|my)"
    r" [\w ]{1,25}? (?:open|close|shut|start|leave|arrive)\w*"
)

MONEY = re.compile(
    r"\b(?:what|how much(?: money)?) (?:did|have|do|had|has) (?:i|we|it) (?:\w+ )?(?:spend|spent"
    r"|earn(?:ed)?|owed?|save|saved)\b(?!.*(?:\b(?:time|minutes|hours|outside|outdoors)\b|[MSAW]))"
)
TROUBLE = re.compile(
    rf"\b(?:my|the|apple) (?:apple )?{GADGET}'?s? (?:is not|does not|will not|can not|has stopped"
    r"|stopped|keeps|broke|froze|crashe[sd]|is (?:broken|dead|frozen|stuck|slow|not)|died"
    r"|has died|(?:is not|not) \w+ing)\b"
)


def is_trouble(shape: str) -> str:
    """Why a statement is nothing to remember, but out of scope; "" if nothing says so.

    >>> is_trouble("my watch will not charge, what now")
    'it is about a device'
    """
    return "it is about a device" if TROUBLE.search(shape) else ""


def is_beyond(shape: str) -> str:
    """Why a whole message is out of scope; "" if nothing says so.

    >>> is_beyond("fever and a rash. what have i got?")
    'it asks for a diagnosis or a treatment'
    >>> is_beyond("i need someone to book my massage, can you?")
    'it asks to do something that this agent cannot do'
    """
    if any(one.search(shape) for one in (COMPLAINT, TREATMENT, MEANS)):
        return "it asks for a diagnosis or a treatment"
    errand = NEEDS.match(shape) and WORLD.search(shape)
    if errand or DELEGATED.search(shape) or DISPLAY.search(shape):
        return "it asks to do something that this agent cannot do"
    return "it is about the world" if HOUSEHOLD.search(shape) or MONEY.search(shape) else ""

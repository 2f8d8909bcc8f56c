"""Other people: whom a question may be about instead of the person whose data this is.

What is asked of them is nobody's business here. What they said, or who they are, was perhaps told.
"""

from __future__ import annotations

import re

from wellness.agent.classifier.patterns import anywhere, joined, word_set
from wellness.agent.classifier.reading import Reading

RELATIVES = joined(
    r"""(?:wife|wifey|missus|husband|hubby|hubs|spouse|partner|girlfriend|boyfriend|gf|bf|fiancee?
    |better half|other half|old man|mother|father|mom|mum|mam|dad|mommy|mummy|daddy|parents?|folks
    |brother|bro|sister|sis|siblings?|sons?|daughters?|kids?|child|children|toddler|baby|uncle|aunt
    |auntie|aunty|cousins?|nephew|niece|grandm[ao]th?e?r?|grandf?ather|grandpa|grandma|granddad|gran
    |granny|nan|nana|grand(?:son|daughter|child|children|kids?)|god(?:son|daughter|mother|father)
    |step(?:son|daughter|mother|father|mum|mom|dad|brother|sister)|friends?|buddy|buddies|mates?
    |pals?
    |bestie|roommate|flatmate|housemate|classmate|schoolmate|lodger|neighbou?rs?|colleagues?
    |coworkers?|co-workers?|boss|teams?(?:mates?)?|in-laws?|\w+-in-law|twin|dog|cat|puppy|pet|horse
    |ex|coach|trainer|doctor|physio|teacher|manager|landlord|landlady|guy|bloke|chap|lady|fella
    |patients?|clients?|students?
    |family)"""
)
OTHER = joined(
    rf"""(?:(?:my|our|his|her|their|the|your|a)(?: [a-z-]+){{0,2}}? {RELATIVES}|he|she
    |they(?<!than they)|someone(?: else)?|somebody(?: else)?|anyone(?: else)?|anybody(?: else)?
    |everyone(?: else)?|everybody(?: else)?|other people|others|gran(?:dma|dpa|ny)?|mum|mom|dad
    |(?:people|folks|users) (?:in|at|from) (?:my|our) \w+)"""
)
# What a person may have told of others, and so may be asked: "what did my doctor say about my M"
SAYS = joined(
    r"""(?:say|says|said|tell|tells|told|recommend\w*|advi[sc]e\w*|suggest\w*|think|thinks|thought
    |want|wants|wanted|call|called|prescrib\w*|mention\w*|diagnos\w*|warn\w*|ask|asked|name|named
    |birthday)"""
)
VERB = (
    "(?:takes?|took|gets?|got|sleeps?|slept|has|have|had|do|does|did|walk(?:s|ed)?|runs?|ran"
    "|weighs?"
    "|weighed|swims?|swam|cycles?|cycled|burn(?:s|ed|t)?|is|was|climbs?|climbed|[MSAW])"
)
OTHERS = anywhere(
    rf"""\b(?:did|does|do|has|have|had|is|was|were|are|will|can|could|of|for|than|about
    |by) {OTHER}\b
    (?!'s (?:name|birthday))(?! {SAYS}\b)""",
    rf"\b{OTHER}(?:'?s)? (?!name|birthday)(?!{SAYS}\b)(?:\w+ ){{0,3}}?[MSAW]",
    rf"\b(?:with|than|to|against|and|or|as) {OTHER}(?:'?s)?(?=\s*(?:$|[?.!,]))",
    # Whoever a thing has an s of: "gran's steps", "the baby's sleep"
    r"""\b(?!(?:watch|phone|app|apple|tracker|ring|week|month|day|night|year|morning|evening|season
    |one|what|how|that|it|there|here|doctor|adult|woman|man|person|people|women|men)\b)
    [a-z]+'s (?:[a-z]+ )?[MSAW]""",
    r"\b(?:his|her|their) (?:\w+ ){0,2}?[MSAW]",
    rf"^(?:and |what about |how about |but |or )*{OTHER}\b(?!.*\b(?:my (?:\w+ )?[MSAW]|i)\b)",
    rf"\b{OTHER} (?:\w+ )?{VERB}\b",
    r"\b(?:yours|yourself)\b|\b(?:do|did|have) you [SAWM]|\byour (?:[SAMW]|average|maximum)",
)
# "Did my sister?", and no more
ONLY_OTHER = re.compile(
    rf"^(?:(?:and|or|but|so),? )?(?:did|does|do|has|have|is|was|were"
    rf"|will) {OTHER}(?: \w+)?\s*[?.!]*$"
)
ANYBODY = re.compile(
    r"\b(?:someone|somebody|anyone|anybody|everyone|everybody|people)\b(?! (?:else|(?:in|at"
    r"|from) my)\b)"
)
DOES = r"(?:took|slept|had|got|did|ran|walked|swam|weighed|cycled|burned|has|was|is|[a-z]{3,}s)"
NAMED = re.compile(
    r"\b(?:[Dd]id|[Dd]oes|[Dd]o|[Hh]as|[Ii]s|[Ww]as|[Ww]ill) (?:(?:little|old|young|big|poor|our"
    r"|uncle|aunt|auntie|cousin|[Dd]r\.?|grandma|grandpa) )?(?P<who>[A-Z][a-z]+)\b(?! \d)"
    r"|\b(?P<whose>[A-Z][a-z]+)'s? (?=[a-z])"
)
# Whoever does something, or is named last: "what Sarah weighs", "the steps of Sarah"
DOING = re.compile(
    rf"(?<=[a-z,] )(?P<subject>[A-Z][a-z]+) (?={DOES}\b)"
    r"|\b(?:than|for|by|of) (?P<of>[A-Z][a-z]+)(?=\s*(?:$|[?.!,]|[Pp]lease))"
)
NO_NAME = word_set(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december what how that it there who where when let
    he she today yesterday apple spring summer autumn fall winter sleep weight heart my yoga new
    christmas easter steps hrv resting last this tokyo god"""
)


def is_about_another(reading: Reading) -> bool:
    """Whether somebody else is asked about: a relative, a pronoun, or a name."""
    others = OTHERS.search(reading.shape) is not None
    return others or named_somebody(reading) or _has_name(DOING, reading)


def named_somebody(reading: Reading) -> bool:
    """Whether a name stands where a person is asked about: "did Mark", "Anna's"."""
    return _has_name(NAMED, reading)


def _has_name(pattern: re.Pattern[str], reading: Reading) -> bool:
    for match in pattern.finditer(reading.text):
        name = next(one for one in match.groups() if one).lower()
        if name not in NO_NAME and name in reading.unknown:
            return True
    return False

"""Words without their endings: "allergies" and "allergy", "skipped" and "skip", are one word.

The rules for regular endings follow step 1 of Porter, "An algorithm for suffix stripping" (1980),
but give back a word instead of a stem. Where they err they keep two forms of a word apart.
"""

from __future__ import annotations

import re
from functools import lru_cache

# The base, then its past forms, a dash where one of them also means something else.
IRREGULAR = """
be was were been | become became | begin began begun | bend bent | bite bitten | bleed bled
blow blew blown | break broke broken | bring brought | build built | buy bought | catch caught
choose chose chosen | come came | cost | cut | deal dealt | do did done | draw drew drawn
dream dreamt | drink drank drunk | drive drove driven | eat ate eaten | fall fell fallen
feed fed | feel felt | fight fought | find found | fly flew flown | forget forgot forgotten
freeze froze frozen | get got gotten | give gave given | go went gone | grow grew grown
hang hung | have had | hear heard | hold held | hurt | keep kept | know knew known | lead led
leave | learn learnt | lend lent | lose lost | make made | mean meant | meet met | pay paid
ride rode ridden | ring rang | rise rose risen | run ran | say said | see seen | sell sold
send sent | shake shook shaken | shine shone | show shown | sing sang sung | sit sat
sleep slept | smell smelt | speak spoke spoken | spend spent | stand stood | steal stole stolen
stick stuck | sweep swept | swell swollen | swim swam swum | take took taken | teach taught
tear tore torn | tell told | think thought | throw threw thrown | understand understood
use used | wake woke woken | wear wore worn | weep wept | win won | write wrote written
"""
NOUNS = """
be am is are | go goes
foot feet | tooth teeth | man men | woman women | child children | knife knives | half halves
loaf loaves | life lives | calf calves | leaf leaves | wife wives | shelf shelves | bus buses
cookie cookies | smoothie smoothies | calorie calories | movie movies | brownie brownies
veggie veggies | shoe shoes | toe toes | ache aches | headache headaches | backache backaches
ache aching ached | ski skiing skied | die died dying
tie tied tying | use using | add added adding
toothache toothaches | earache earaches | stomachache stomachaches
"""
SAME = """
news lens yes gas bus focus diabetes series always pilates less this his us as is was has does
afternoons being thing something anything everything nothing during morning evening wedding ceiling
king ring spring string bring sing wing sibling siblings pudding red bed hundred naked sacred
fasting springs summers autumns winters mondays tuesdays wednesdays thursdays fridays saturdays
sundays
"""  # what looks as if it had an ending
UNCHANGED = frozenset(SAME.split())
WITH_E = re.compile(
    r"(?:[^aeioul]l|hal|[cvuz]|[^s]s|(?:[^aeo]|cre)at|[tw]ast|[dr]g|ag|(?:cha|ra|lle|ou|lu)ng"
    r"|(?<!o)th|uid|[^aeiou]ud|[^aeiou]id|[^aeiou]ut|uir"
    r"|[^aeiou][ai]r|[^aeo]ur|(?:pl|gn|st|sc|h)or|[^aeo]in|[^o]um|ib|(?:p|de)let|pet|vit|cit)$"
)
NO_E = re.compile(r"(?:(?<![ao])us|[^aou]th|h?[io]ng|bang|(?<!c)hang|nth|rth|mb)$")
VOWELS = re.compile(r"[aeiouy]+")
SHORT = re.compile(r"^[^aeiou]*[aeiouy][^aeiouwxy]$")  # "hop", of "hoping": "hopping" has two p


def _irregular(table: str) -> dict[str, str]:
    rows = [row.split() for row in re.split(r"[|\n]", table) if row.strip()]
    return {form: base for base, *forms in rows for form in forms}


PAST = _irregular(IRREGULAR)
BASES = {row.split()[0] for row in re.split(r"[|\n]", IRREGULAR) if row.strip()}
LEMMAS = PAST | _irregular(NOUNS)


@lru_cache(maxsize=8_192)
def lemma(word: str) -> str:
    """A word of lower-case letters without its ending.

    >>> [lemma(word) for word in ("allergies", "skipped", "skipping", "baking", "told", "peaches")]
    ['allergy', 'skip', 'skip', 'bake', 'tell', 'peach']
    >>> [lemma(word) for word in ("glass", "left", "need", "diabetes", "physio", "wife")]
    ['glass', 'left', 'need', 'diabetes', 'physio', 'wife']
    """
    if found := LEMMAS.get(word):
        return found
    if len(word) < 4 or word in UNCHANGED or not word.isalpha():
        return word
    if word.endswith("s"):
        single = _singular(word)
        return lemma(single) if single.endswith("ing") else single
    if word.endswith("eed"):
        return word
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and VOWELS.search(stem):
            return _restored(stem)
    return word


def _singular(word: str) -> str:
    if word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zzes")) or (
        word.endswith("oes") and len(word) > 5
    ):
        return word[:-2]
    return word[:-1]


def _restored(stem: str) -> str:
    """A verb from what is left of it without "ing" or "ed"."""
    if stem.endswith("i"):
        return stem[:-1] + "y"
    syllables = len(VOWELS.findall(stem))
    if stem[-1] == stem[-2] and stem[-1] not in "sz" and (stem[-1] != "l" or syllables > 1):
        return stem[:-1]
    if NO_E.search(stem):
        return stem
    return stem + "e" if SHORT.match(stem) or WITH_E.search(stem) else stem


def is_past(word: str) -> bool:
    """Whether a form of a verb can only be a past one or a participle.

    >>> is_past("slept"), is_past("sprained"), is_past("need"), is_past("put")
    (True, True, False, False)
    """
    if word in PAST:
        return True
    return word.endswith("ed") and lemma(word) != word

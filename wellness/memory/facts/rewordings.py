"""One wording for what English says in several: the rules.

They concern grammar and how people speak of amounts and times, never one sentence: what a rule
changes is the same in other words. `wellness.memory.facts.wording` applies them in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_UNIT = "(day|night|week|month|year|morning|evening|hour)"
_REST = r"((?:(?!\b(?:when|if|while|because|but|and|that|before|after)\b)[^,;.!?])*?)"
_LENGTH = "miles|kilomet(?:re|er)s|kms?"
_MASS = "kilos|kilograms|kgs?|pounds|lbs?"
_MORE = "more|less|fewer|higher|lower|better|worse|longer|shorter|faster|slower"
_COUNT = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen"
_DONE = (
    "(?:walked|run|ran|swum|cycled|done|taken|climbed|burned|burnt|slept|eaten|drunk|completed|"
    "logged|recorded|hit|reached)"
)
_DEGREE = "(?:(?:so|very|really|much|a bit|a lot|more|less|quite|too|always|often|usually) )*"
_STATE = (
    "(?:tired|exhausted|stressed|better|worse|good|bad|great|well|sick|ill|sore|stiff|dizzy|anxious|"
    "depressed|happy|sad|hungry|thirsty|strong|weak|energetic|rested|sleepy|nauseous|calm|relaxed)"
)
_KIN = (
    "(?:[a-z]+ )?(?:son|daughter|child|wife|husband|partner|boyfriend|girlfriend|mother|father|mum|"
    "mom|dad|brother|sister|grandmother|grandfather|baby|dog|cat)"
)
_MY = "((?:my|our) [a-z ]{2,30}?)"
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third",
    "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth",
    "twenty-ninth", "thirtieth", "thirty-first",
)  # fmt: skip
_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True)).replace("-", "[ -]")
Words = str | Callable[[re.Match[str]], str]


class Rule(NamedTuple):
    """Where the key is in a text, what fits the pattern becomes the words."""

    key: str
    pattern: re.Pattern[str]
    words: Words


def _number(match: re.Match[str]) -> str:
    ordinal = ORDINALS.index(match["nth"].replace(" ", "-")) + 1
    return f"{ordinal} {match['month']}"


def _quarter(match: re.Match[str]) -> str:
    return f"q{ORDINALS.index(match['nth']) + 1}"


def _gained(match: re.Match[str]) -> str:
    said = match[0]
    if "down" in said or "up" in said:
        return "i have lost " if "down" in said else "i have gained "
    return f"{'lose' if 'lighter' in said else 'gain'} {match[1]} {match[2]}"


def _weekly(match: re.Match[str]) -> str:
    return re.sub(f"({_WEEKDAY})", r"\1s", match[1])


def _rules(*rules: tuple[str, str, Words]) -> tuple[Rule, ...]:
    return tuple(Rule(key, re.compile(pattern), words) for key, pattern, words in rules)


RULES = _rules(
    # numbers and dates
    ("/", rf"\s?/\s?(?={_UNIT})", " per "),
    (" over ", r"\b(\d{2,3}) over (\d{2,3})\b", r"\1/\2"),
    (" quarter", r"\b(?P<nth>first|second|third|fourth) quarter\b(?! of an)", _quarter),
    (" of ", rf"\b(?:the )?(?P<nth>{_ORDINAL}) of (?P<month>{_MONTH})\b", _number),
    ("th", rf"\b(?P<month>{_MONTH}) (?:the )?(?P<nth>{_ORDINAL})\b", _number),
    ("i am ", r"^i am (\d{1,2}|[a-z]+ty(?:[- ][a-z]+)?)(?=[.!]*$)", r"i am \1 years old"),
    (" is ", rf"^(my {_KIN} is) (\d{{1,2}}|{_COUNT}|[a-z]+ty(?:[- ][a-z]+)?)(?=[.!]*$)",
     r"\1 \2 years old"),
    (" age ", r"\b(?:at|by) (?:the )?age (?:of )?(\d{1,2}|[a-z-]+)\b", r"when i was \1 years old"),
    (" was ", rf"\bwhen i was (\d{{1,2}}|{_COUNT}|[a-z]+ty)(?=[.,!?]|$)",
     r"when i was \1 years old"),
    # how often
    ("once ", rf"\bonce (?:a|an|per|every|each) {_UNIT}\b", r"every \1"),
    (" days ", r"\b(\w+) days (?:a|per|each|every) (week|month)\b", r"\1 times a \2"),
    ("every ", rf"\bevery (?:other|second|2nd|two|2) {_UNIT}s?\b", r"every other \1"),
    ("alternate ", r"\b(?:on )?alternate (day|week|night)s\b", r"every other \1"),
    ("fortnight", r"\b(?:every|each|a|per) fortnight\b|\bfortnightly\b", "every other week"),
    ("day", rf"\b(?:every|each) ({_WEEKDAY}(?:(?:,| and|,? or) {_WEEKDAY})*)\b", _weekly),
    ("week", r"\b(?:every|each) (weekend|weekday)\b", r"\1s"),
    ("e", r"\b(?:every|each) (spring|summer|autumn|winter)\b", r"\1s"),
    (" may", r"\bin may\b(?! \d)", "in the month of may"),
    (" one ", r"\b(?:in|within) (?:one|a single|any one) (day|week|month|night)\b", r"per \1"),
    (" off", rf"\b(?:take|have) ({_WEEKDAY}s?) off\b", r"rest on \1"),
    (" in ", r"^(?!.*(?:\dk\b|km\b|mile|met(?:re|er)|marathon|race|lap))(.*)\bin "
     r"(?=(?:\d+|half|an?|[a-z]+) (?:minutes?|hours?|seconds)\b)", r"\1within "),
    # names
    ("what is", rf"\bwhat (?:is|was) {_MY} (?:name|called|named)\b", r"who is \1"),
    ("name", rf"\bwhat (?:is|was) the name of {_MY}(?=[?]|$)", r"who is \1"),
    ("name", rf"\b{_MY} name is\b", r"\1 is"),
    ("name", rf"\bthe name of {_MY} is\b", r"\1 is"),
    ("is ", rf"\b{_MY} is (?:called|named)\b", r"\1 is"),
    # how values become one
    ("by how much", r"\bby how much\b", "how much"),
    ("all", r"\b(?:of )?all[- ]time\b", "ever"),
    ("best for", r"\b(?:record|best) for\b", "highest ever"),
    ("record for", r"\brecord for\b", "highest ever"),
    ("how many", r"\bhow many minutes (?:did|have|do) i (?:exercised?|work(?:ed)? out)\b",
     "how many minutes of exercise did i get"),
    ("how many", r"\bhow many (?=minutes of exercise)", ""),
    ("m", rf"(?:\b(?:how many|number of) |^)({_LENGTH}) (?=of|did|have|do|walked|run|cycled|swum)",
     r"how far in \1 "),
    ("how many", rf"\bhow many ({_MASS})(?! of)\b", r"how much weight in \1"),
    ("compar", rf"\b({_MORE})\b{_REST} (?:compared|in comparison) (?:to|with)\b", r"\1\2 than"),
    ("vers", rf"\b({_MORE})\b{_REST} versus\b", r"\1\2 than"),
    (" mean", r"\bwhat (does|do|did) (.+?) (?:actually |really )?mean\b", r"what \1 \2 signify"),
    ("how high", r"\bhow high(?= (?:did|has|have|had|does|do|can|could)\b)", "what maximum"),
    ("how low", r"\bhow low(?= (?:did|has|have|had|does|do|can|could)\b)", "what minimum"),
    ("how long", r"\bhow long (?:did|does|do) (.+?) last(?=[?]|$| (?:on|in|yesterday|today)\b)",
     r"how long was \1"),
    ("how many", r"\bhow many grams of\b", "how much"),
    ("s", rf"^(?!how|what)([a-z]+s) (?={_DONE}\b[^.!]*[?]?$)", r"number of \1 "),
    ("sub", r"\bsub[- ](?=\w)", "under "),
    (" of ", r"\b(?:cups?|mugs?) of (coffee|tea)s?\b", r"\1"),
    ("er", rf"\b(?:be|get|am) ([\d.]+|{_COUNT}) ({_MASS}) (lighter|heavier)\b", _gained),
    ("between", r"\bbetween (?=\d|(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)"
     r"([\w-]+) and (?=\d|five|six|seven|eight|nine|ten|eleven|twelve)", r"\1 to "),
    ("heavier", r"\bheavier\b(?= than| now| this|[?]|$)", "weigh more"),
    ("lighter", r"\blighter\b(?= than| now| this|[?]|$)", "weigh less"),
    ("heaviest", r"\bheaviest(?= (?:i|have|this|last|in|ever)\b|[?])", "maximum weight"),
    ("lightest", r"\blightest(?= (?:i|have|this|last|in|ever)\b|[?])", "minimum weight"),
    (" like", r"\bwhat (is|was|are|were|has|have) (.+?)(?: been)? like\b", r"how \1 \2"),
    # what is liked better
    ("rather", r"\bwould (?:much )?rather\b", "prefer"),
    (" than", rf"\b(?:like|love|enjoy) {_REST} (?:more|better) than\b", r"prefer \1 than"),
    ("prefer", rf"\bprefer (?!to\b){_REST} (?:to|over|more than)\b(?= \w)", r"prefer \1 than"),
    # negation
    ("cannot", r"\bcannot\b", "can not"),
    ("any", rf"\b(?:(can|will)|do|does|did|am|is|are) not {_REST} any ?(?:more|longer)\b",
     r"\1 no longer \2"),
    ("enough", rf"\b(?:do|does|did|am|is|are|have|has) not {_REST}\benough\b", r"\1too little"),
    ("well", r"\b(?:do|does|did|have|has) not (\w+) (?:very |so |that )?well\b", r"\1 badly"),
    ("tolerate", r"\b(?:can|could|do) not tolerate\b", "am intolerant to"),
    (" and ", r" and (?=(?:i|we)\b)", ", "),
    # who does what to whom
    ("it takes", r"\bit takes me ([^,.!?]+?) to ([^,.!?]+)", r"i \2 in \1"),
    ("it took", r"\bit took me ([^,.!?]+?) to ([^,.!?]+)", r"i did \2 in \1"),
    ("work nights", r"\bwork nights\b", "work night shifts"),
    (" by my ", r"\bi (?:was|have been|am) ([a-z]+) by (my \w+)\b", r"\2 \1 me"),
    ("i ", r"\bi (?:get|have) (?!to\b)([a-z ]{3,30}?) (?:from|because of|due to) ([^,.!?]+)",
     r"\2 gives me \1"),
    ("i ", r"\bi (?:have )?hurt (?=my\b)", "i injured "),
    ("i am ", r"\bi am (?:down|up) (?:by )?(?=\d|[a-z]+ (?:kilo|pound|kg|lb))", _gained),
    # the same in a noun or a verb
    ("vege", r"\b(?:eat|go|went) (vegetarian|vegan)\b", r"am \1"),
    ("feel", rf"\bfeels? (?={_DEGREE}{_STATE}\b)", "am "),
    ("felt", rf"\bfelt (?={_DEGREE}{_STATE}\b)", "was "),
    (" diet", r"\b(?:am on|follow|eat|keep to|stick to|have) an? (\w+(?:[ -]\w+)?) diet\b",
     r"am \1"),
    ("home", r"\bmy home (?:town |city )?is (?:in|at)\b", "i live in"),
    (" bed", r"\b(before|after|until) bed\b(?! ?time)", r"\1 bedtime"),
    (" meal", r"\b(before|after) (?:(?:my|each|every|a|the) )?meals?\b", r"\1 eating"),
    (" sleep", r"\b(before|after) (?:sleep|sleeping)\b", r"\1 bedtime"),
)  # fmt: skip


def reword(text: str) -> str:
    """A plain text in one wording.

    >>> reword("how high did my pulse go"), reword("i work out three days a week")
    ('what maximum did my pulse go', 'i work out three times a week')
    """
    for key, rule, words in RULES:
        if key in text:
            text = rule.sub(words, text)
    return text

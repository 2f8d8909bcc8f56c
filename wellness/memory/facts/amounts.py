"""How people speak of amounts: numbers and dates, how often, how much, and which of many."""

from __future__ import annotations

import re

from wellness.memory.facts.rewordings import COUNT, KIN, MASS, REST, rules

_WEEKDAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_UNIT = "(day|night|week|month|year|morning|evening|hour)"
_LENGTH = "miles|kilomet(?:re|er)s|kms?"
_MORE = "more|less|fewer|higher|lower|better|worse|longer|shorter|faster|slower"
_DONE = "(?:[a-z]+ed|run|ran|swum|done|taken|burnt|slept|eaten|drunk|hit|ridden)"
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second", "twenty-third",
    "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh", "twenty-eighth",
    "twenty-ninth", "thirtieth", "thirty-first",
)  # fmt: skip
_ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True)).replace("-", "[ -]")


def _number(match: re.Match[str]) -> str:
    ordinal = ORDINALS.index(match["nth"].replace(" ", "-")) + 1
    return f"{ordinal} {match['month']}"


def _quarter(match: re.Match[str]) -> str:
    return f"q{ORDINALS.index(match['nth']) + 1}"


def _weekly(match: re.Match[str]) -> str:
    return re.sub(f"({_WEEKDAY})", r"\1s", match[1])


def _gained(match: re.Match[str]) -> str:
    said = match[0]
    if "down" in said or "up" in said:
        return "i have lost " if "down" in said else "i have gained "
    return f"{'lose' if 'lighter' in said else 'gain'} {match[1]} {match[2]}"


RULES = rules(
    # numbers and dates
    ("start ", r"\bstart(?= (?:this|last|in|on)\b)", "begin"),
    (" last ", rf"\b(usually|normally|typically|always|often) lasts? (?=(?:\d+|{COUNT}|an?) )",
     r"\1 take "),
    (" over ", r"\b(best|record|pb|time) over (?=\d|five|ten|half)", r"\1 "),
    ("overnight", r"^((?:what|how|when|did|was|were)\b.*)\bovernight\b", r"\1last night"),
    ("/", rf"\s?/\s?(?={_UNIT})", " per "),
    (" over ", r"\b(\d{2,3}) over (\d{2,3})\b", r"\1/\2"),
    (" quarter", r"\b(?P<nth>first|second|third|fourth) quarter\b(?! of an)", _quarter),
    (" of ", rf"\b(?:the )?(?P<nth>{_ORDINAL}) of (?P<month>{_MONTH})\b", _number),
    ("th", rf"\b(?P<month>{_MONTH}) (?:the )?(?P<nth>{_ORDINAL})\b", _number),
    ("i am ", r"^i am (\d{1,2}|[a-z]+ty(?:[- ][a-z]+)?)(?=[.!]*$)", r"i am \1 years old"),
    (" is ", rf"^(my {KIN} is) (\d{{1,2}}|{COUNT}|[a-z]+ty(?:[- ][a-z]+)?)(?=[.!]*$)",
     r"\1 \2 years old"),
    (" age ", r"\b(?:at|by) (?:the )?age (?:of )?(\d{1,2}|[a-z-]+)\b", r"when i was \1 years old"),
    (" was ", rf"\bwhen i was (\d{{1,2}}|{COUNT}|[a-z]+ty)(?=[.,!?]|$)",
     r"when i was \1 years old"),
    # how often
    ("once ", rf"\bonce (?:a|an|per|every|each) {_UNIT}\b", r"every \1"),
    (" days ", r"\b(\w+) days (?:a|per|each|every) (week|month)\b", r"\1 times a \2"),
    ("every ", rf"\bevery (?:other|second|2nd|two|2) {_UNIT}s?\b", r"every other \1"),
    ("alternate ", r"\b(?:on )?alternate (day|week|night)s\b", r"every other \1"),
    ("fortnight", r"\b(?:every|each|a|per) fortnight\b|\bfortnightly\b", "every other week"),
    ("day", rf"\b(?:every|each) ({_WEEKDAY}(?:(?:,| and|,? or) {_WEEKDAY})*)\b", _weekly),
    ("day ", rf"\b({_WEEKDAY}) (morning|afternoon|evening|night)s\b", r"\1s \2"),
    (" on a", rf"\bon an? ({_WEEKDAY}|weekend|weekday)\b", r"on \1s"),
    ("week", r"\b(?:every|each) (weekend|weekday)\b", r"\1s"),
    ("e", r"\b(?:every|each) (spring|summer|autumn|winter)\b", r"\1s"),
    (" may", r"\bin may\b(?! \d)", "in the month of may"),
    (" one ", r"\b(?:in|within) (?:one|a single|any one) (day|week|month|night)\b", r"per \1"),
    (" off", rf"\b(?:take|have) ({_WEEKDAY}s?) off\b", r"rest on \1"),
    (" in ", r"^(?!.*(?:\dk\b|km\b|mile|met(?:re|er)|marathon|race|lap))(.*)\bin "
     r"(?=(?:\d+|half|an?|[a-z]+) (?:minutes?|hours?|seconds)\b)", r"\1within "),
    # how values become one
    ("by how much", r"\bby how much\b", "how much"),
    ("all", r"\b(?:of )?all[- ]time\b", "ever"),
    ("best for", r"\b(?:record|best) for\b", "highest ever"),
    ("record for", r"\brecord for\b", "highest ever"),
    ("how many", r"\bhow many minutes (?:did|have|do) i (?:exercised?|work(?:ed)? out)\b",
     "how many minutes of exercise did i get"),
    ("how many", r"\bhow many (?=minutes of exercise)", ""),
    ("m", rf"(?:\b(?:how many|number of) |^)({_LENGTH}) (?=of|did|have|do|{_DONE})",
     r"how far in \1 "),
    ("how many", rf"\bhow many ({MASS})(?! of)\b", r"how much weight in \1"),
    ("compar", rf"\b({_MORE})\b{REST} (?:compared|in comparison) (?:to|with)\b", r"\1\2 than"),
    ("vers", rf"\b({_MORE})\b{REST} versus\b", r"\1\2 than"),
    (" mean", r"\bwhat (does|do|did) (.+?) (?:actually |really )?mean\b", r"what \1 \2 signify"),
    ("how high", r"\bhow high(?= (?:did|has|have|had|does|do|can|could)\b)", "what maximum"),
    ("how low", r"\bhow low(?= (?:did|has|have|had|does|do|can|could)\b)", "what minimum"),
    ("how long", r"\bhow long (?:did|does|do) (.+?)(?<! before) last"
     r"(?=[?]|$| (?:on|in|yesterday|today)\b)",
     r"how long was \1"),
    ("how many", r"\bhow many grams of\b", "how much"),
    ("s", rf"^(?!how|what)([a-z]+s) (?={_DONE}\b[^.!]*[?]?$)", r"number of \1 "),
    ("sub", r"\bsub[- ](?=\w)", "under "),
    (" of ", r"\b(?:cups?|mugs?) of (coffee|tea)s?\b", r"\1"),
    ("i am ", r"\bi am (?:down|up) (?:by )?(?=\d|[a-z]+ (?:kilo|pound|kg|lb))", _gained),
    ("er", rf"\b(?:be|get|am) ([\d.]+|{COUNT}) ({MASS}) (lighter|heavier)\b", _gained),
    ("between", r"\bbetween (?=\d|(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)"
     r"([\w-]+) and (?=\d|five|six|seven|eight|nine|ten|eleven|twelve)", r"\1 to "),
    ("how much ", r"\bhow much (have|did|do) i (lost|lose|gained?)\b", r"how much weight \1 i \2"),
    (" age", r"\bwhat is (my [a-z ]+?) age\b", r"how old is \1"),
    (" set ", r"\b(?:have|has) set (?:myself )?(?:a |the |my )?(goal|target)\b", r"have a \1"),
    ("heavier", r"\bheavier\b(?= than| now| this|[?]|$)", "weigh more"),
    ("lighter", r"\blighter\b(?= than| now| this|[?]|$)", "weigh less"),
    ("heaviest", r"\bheaviest(?= (?:i|have|this|last|in|ever)\b|[?])", "maximum weight"),
    ("lightest", r"\blightest(?= (?:i|have|this|last|in|ever)\b|[?])", "minimum weight"),
    (" like", r"\bwhat (is|was|are|were|has|have) (.+?)(?: been)? like\b", r"how \1 \2"),
)  # fmt: skip

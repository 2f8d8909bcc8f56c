"""What the words of an answer say: that something is not known, which way, and on which day.

Rules on words, written before any model was asked; `tests/lesson` has the wordings they were held
against. What an answer asks back is no answer, so questions are left out first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal, get_args

from wellness.lesson.dialogues.figures import DAY, MONTH, THIN, YEAR
from wellness.memory.facts.tokens import plain

Way = Literal["higher", "lower", "same"]
WAYS: tuple[Way, ...] = get_args(Way)
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+|;\s*")
CLAUSE = re.compile(r",?\s+(?:but|while|whereas|although|though)\s+|,\s+and\s+")

# Not: "did not", "is not"; plain text has no contractions.
_NOT = (
    r"\b(?:do|does|did|could|can|am|was|were|is|are|have|has|will|would)(?:\s+\w+)?\s+not"
    r"(?:\s+(?:yet|currently|actually|really|been|able to))*\s+"
)
_DONE = (
    r"(?:know|have|see|find|recall|remember|hold|store|record|access|contain|include|cover|tell|told"
    r"|mention|say|said|give|share|provide|predict|answer|determine|aware|available|known|measured"
    r"|logged|specif|set|found|sure|certain|any\b|in (?:the|your|my)\b)"
)
_THING = (
    r"(?:data|records?|readings?|measurements?|information|info|entry|entries|memory|memories|notes?"
    r"|mention|evidence|trace|log|knowledge|idea|goals?|allerg(?:y|ies)|details?|results?|steps"
    r"|weighings?|weights?|sleep|heart rates?|values?|anything)"
)
UNKNOWN = re.compile(
    rf"{_NOT}{_DONE}"
    rf"|\b(?:no(?! longer)|without|lacks?|lacking|missing|zero)\s+(?:[\w'-]+\s+){{0,4}}?{_THING}\b"
    r"|\b(?:no one|nobody) (?:has )?told\b"
    r"|\bnothing (?:was|is|has been|about|in|on|that)\b"
    r"|\bnot (?:yet )?(?:available|known|recorded|stored|mentioned|told|in (?:my|the|your))\b"
    r"|\bnever (?:told|said|mentioned|gave|shared|recorded|measured|set)\b"
    r"|\b(?:there (?:is|are|was|were)|i have|you have) (?:no|none|nothing)\b"
    r"(?!\s+(?:\w+\s+)?(?:difference|change|need|doubt|problem|reason|to)\b)"
    r"|\bnone (?:recorded|found|stored|on record|of your)\b|\boutside (?:of )?(?:my|the|your)\b"
    r"|\b(?:unknown|unavailable|unable to|cannot|can not|impossible|not possible)\b"
)
NOT = re.compile(r"\b(?:not|never|hardly|neither|nor)\b(?:\s+\w+){0,3}\s*$|\bno\s+$")
YES = re.compile(r"^\W*(?:(?:yes|yeah|yep|indeed|correct|that is right|absolutely)\b|you did\W*$)")
NO = re.compile(r"^\W*(?:no|nope|not quite|unfortunately not|that is not)\b(?!\s+(?:change|diff))")
NEITHER = re.compile(
    r"\bmore or less\b|\bmore than (?:half|double|twice)\b|\bno more\b$"
    r"|\b(?:to|until you|before you|of|from) reach(?:ing)?\b"
    r"|\b(?:reached|met|hit)\b[^,;]*? on \w+ (?:out )?of \w+"  # "on 2 of 5 nights"
)
NEEDED = re.compile(
    r"\bneed(?:s|ed)?\b.*?\bmore\b|\bmore (?:\w+ ){0,3}(?:is|are|was|were) needed\b"
)
COMPARED: dict[Way, re.Pattern[str]] = {
    "higher": re.compile(
        r"\b(?:higher|more|greater|larger|bigger|longer|heavier|above|rose|risen|rise|raised"
        r"|increas(?:e|ed|es|ing)|grew|climbed|gained|exceed(?:s|ed)?|surpass(?:es|ed)?|beat"
        r"|(?:went|is|was|are|were|gone) up|up (?:by|from)|reach(?:ed)?|met|meet|achieved?|hit|over"
        r"(?=\s+(?:your|the) (?:goal|target)))\b"
    ),
    "lower": re.compile(
        r"\b(?:lower|less|fewer|smaller|shorter|lighter|below|fell|fallen|fall|dropped|drop"
        r"|decreas(?:e|ed|es|ing)|declined?|reduced|lost|missed|short of|shorten(?:ed)?"
        r"|(?:went|is|was|are|were|gone) down|down (?:by|from)|under(?=\s+(?:your|the|that)))\b"
    ),
    "same": re.compile(
        r"\b(?:the same|equal(?:ly|s|led)?|unchanged|identical|no (?:\w+ )?(?:difference|change)"
        r"|as (?:many|much|high|low|long)(?: \w+){0,2} as|exactly as)\b"
    ),
}
NUMBERED_MONTHS = {name: n for n, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
)}  # fmt: skip
DATED = re.compile(
    rf"\b(?P<iso>\d{{4}}-\d\d-\d\d)\b"
    rf"|\b(?P<day>{DAY})\s+(?:of\s+)?(?P<month>{MONTH})(?:,?\s+(?P<year>{YEAR})\b)?"
    rf"|\b(?P<month2>{MONTH})\s+(?:the\s+)?(?P<day2>{DAY})\b(?:,?\s+(?P<year2>{YEAR})\b)?",
    re.IGNORECASE,
)


def statements(answer: str) -> list[str]:
    """The sentences of an answer in lower case without contractions; no questions.

    >>> statements("It didn't change. Do you mean *steps*?")
    ['it did not change.']
    """
    text = plain(THIN.sub(",", re.sub(r"[*_`]+", "", answer)))
    parts = (part.strip() for part in SENTENCE.split(text))
    return [part for part in parts if part and not part.rstrip(" )\"'").endswith("?")]


def unknown(answer: str) -> bool:
    """Whether an answer says that something is not known, not recorded or was never told.

    >>> unknown("You haven't told me your physio's name."), unknown("She is called Marta.")
    (True, False)
    """
    return any(UNKNOWN.search(sentence) for sentence in statements(answer))


def claims(answer: str) -> list[str]:
    """The clauses of an answer that claim something; not those that say what is unknown.

    >>> claims("I cannot say whether it was higher, but you took 8,000 steps.")
    ['you took 8,000 steps.']
    """
    clauses = (part for sentence in statements(answer) for part in CLAUSE.split(sentence))
    return [clause for clause in clauses if not UNKNOWN.search(clause)]


def dates(answer: str) -> list[tuple[int | None, int, int]]:
    """The days that an answer names, as year (None where it is left out), month and day."""
    found: list[tuple[int | None, int, int]] = []
    for match in DATED.finditer(answer):
        if match["iso"]:
            day = date.fromisoformat(match["iso"])
            found.append((day.year, day.month, day.day))
            continue
        month, number = match["month"] or match["month2"], match["day"] or match["day2"]
        year = match["year"] or match["year2"]
        worth = NUMBERED_MONTHS[month[:3].lower()]
        found.append((int(year) if year else None, worth, int(re.sub(r"\D", "", number))))
    return found


def ways(answer: str, asked: Way, names: tuple[str, str] = ("", "")) -> frozenset[Way]:
    """Which way an answer says that something lies; all that it leaves open, none if it is silent.

    The first comparing word decides ("lower", "fewer", "rose"); without one, yes or no does.

    Args:
        answer: in words.
        asked: the way that a "yes" would confirm.
        names: patterns for the period asked about and for the one it is held against, for
            sentences that turn the two round ("May was higher than June").

    >>> sorted(ways("No, in June it was lower than in May.", "higher", ("june", "may")))
    ['lower']
    >>> sorted(ways("You did not walk more.", "higher"))
    ['lower', 'same']
    """
    said = claims(answer)
    for clause in said:
        if found := next(_comparisons(clause, names), None):
            return found
    for clause in said:
        if YES.match(clause):
            return frozenset((asked,))
        if NO.match(clause):
            return frozenset(WAYS) - {asked}
    return frozenset()


def _comparisons(clause: str, names: tuple[str, str]) -> Iterator[frozenset[Way]]:
    """What each comparing word of a clause says, in their order."""
    clause = NEEDED.sub("short of", NEITHER.sub("", clause))
    found = sorted(
        (match.start(), match.end(), way)
        for way, pattern in COMPARED.items() for match in pattern.finditer(clause)
    )  # fmt: skip
    for start, end, way in found:
        said = frozenset((way,))
        if NOT.search(clause[:start]) and way != "same":
            said = frozenset(WAYS) - {way}
        yield frozenset(map(_opposite, said)) if _turned(clause, start, end, names) else said


def _opposite(way: Way) -> Way:
    return {"higher": "lower", "lower": "higher", "same": "same"}[way]  # type: ignore[return-value]


def _turned(clause: str, start: int, end: int, names: tuple[str, str]) -> bool:
    """Whether a clause says it of the period that the question holds the other against."""
    ours, theirs = names
    if not ours or not theirs:
        return False
    if re.match(r".*?\bthan (?:that|then|it)\b", clause[end:]):
        return False
    if against := re.search(r"\b(?:than|from)\b(.*)", clause[end:]):
        places = [re.search(name, against[1]) for name in names]
        if against[0].startswith("from") and (to := re.search(r"\bto\b(.*)", against[1])):
            return bool(re.search(theirs, to[1])) and not re.search(ours, to[1])
        if any(places):
            mine, other = (place.start() if place else len(clause) for place in places)
            return mine < other
    nearest = re.search(rf"^\W*(?:in|on|during|for)?\W*(?:{theirs})", clause[end:])
    before = clause[:start]
    return bool(nearest) or bool(re.search(theirs, before) and not re.search(ours, before))

"""Where in free text a period may stand, and whether its words mean one there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from wellness.health.periods.grammar import JOINT, OPEN, Rule
from wellness.health.periods.terms import FILLERS, MONTH_NAMES, NOW, REWORDINGS, WEEKDAYS

MAX_WORDS = 12
NEVER = "(?!)"
TOKEN = re.compile(r"\d[\w./-]*\w|\w+(?:['\u2019.]\w+)*")
SENTENCE_END = re.compile(r"[!?;:\n]|(?!sept)\b(?:\w{4,}|may)\.\s", re.I)
NAME = re.compile("|".join((*WEEKDAYS, *MONTH_NAMES)))

# Words with a second meaning, and the context in which they are a period; <> is where they stand.
_CUE = r"\b([Ii]n|during|of|[Ss]ince|until|till|[Tt]han|with|vs\.?|versus|compared to)\s+"
_CLAUSE_END = (
    r"(?i:<>\s*($|[^\w\s]|(and|or|to|vs|versus|than|with|compared|but|i|my|did|was|were|how)\b))"
)
_OPEN = "(since|after|before|until|till|up to|from|between)"
DOUBTS = tuple(
    (re.compile(words), re.compile(context))
    for words, context in (
        (r"march|mar", _CUE + "<>"),
        (r"March|May|MAY", rf"({_CUE}|[\w,]\s+)<>|<>\s+(vs|versus|compared|or|and)\b"),
        (r"may", _CUE + "<>"),
        (r"(.* )?may|may \d.*|march \d.*", _CLAUSE_END),
        (r"spring|fall", _CUE + r"(the\s+)?<>"),
        (r"(?i:(after|before) (the )?(spring|fall|march))", NEVER),
        (r"(?i:mon|tue|wed|thu|fri|sat|sun)", r"\b([Oo]n|since|until|till|from)\s+<>"),
        (r"(?i:(?!yester|to)\w+day|weekend)", r"<>(?!\s+before\b)"),
        (r"\d{4}", rf"({_CUE}|\bfor\s+|\b\d{{4}},?\s+(and|or)\s+)<>"),
        (rf"(?i:({_OPEN} )?\d{{4}}( ?(-|to|and) ?\d{{4}})?)", _CLAUSE_END),
        (r"(?i:ever)", r"<>\s*($|[^\w\s])"),
        (r"(?i:all|all (data|days|history)|history|everything)", NEVER),
        (r"(?!from|between|since).* to .*", r"^(?!.*\b[Cc]ompar.*<>)"),
    )
)


def windows(text: str, rules: Sequence[Rule]) -> Iterator[tuple[int, int]]:
    """Runs of words that the rules know, from left to right, from each word on the longest first.

    Yields:
        Start and end in the text. No run crosses the end of a sentence or begins with a filler.
    """
    known = _vocabulary(rules)
    words = list(TOKEN.finditer(text))
    for i, first in enumerate(words):
        if first[0].lower() in FILLERS:
            continue
        run = list(takewhile(lambda word: _is_known(word[0], known), words[i : i + MAX_WORDS]))
        for last in reversed(run):
            if not SENTENCE_END.search(text, first.start(), last.end()):
                yield first.start(), last.end()


def doubtful(text: str, start: int, end: int) -> bool:
    """Whether the words may mean something else there; when they are all there is, they do not."""
    context = f"{text[:start]}<>{text[end:]}"
    return context.strip() != "<>" and any(
        words.fullmatch(text, start, end) and not needed.search(context) for words, needed in DOUBTS
    )


def _vocabulary(rules: Sequence[Rule]) -> frozenset[str]:
    """Every word, and some mere parts of words, that stands in a pattern."""
    patterns = [rule.pattern.pattern for rule in rules] + [old for old, _ in REWORDINGS]
    return frozenset(re.findall("[a-z]+", " ".join((*patterns, OPEN, JOINT, *FILLERS, *NOW))))


def _is_known(word: str, known: frozenset[str]) -> bool:
    """Whether a word can be part of a period at all."""
    plain = re.sub("['\u2019]s?$", "", word.lower())
    return (
        not plain.isalpha()
        or plain in known
        or plain.removesuffix("s") in known
        or NAME.fullmatch(plain) is not None
    )

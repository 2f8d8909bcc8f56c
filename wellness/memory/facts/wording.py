"""A sentence in plain wording: no contractions, one word order, without what opens it."""

from __future__ import annotations

import re
import unicodedata

from wellness.health import periods
from wellness.memory.facts import amounts, constructions
from wellness.memory.facts.rewordings import reword
from wellness.memory.facts.word_order import mine_first, subject_first

LONGEST_TEXT = 2_000  # characters: more is no question, and it bounds the work
CONTRACTIONS = (
    (r"\bwon't\b", "will not"), (r"\bcan't\b", "can not"), (r"n't\b", " not"), (r"'m\b", " am"),
    (r"'re\b", " are"), (r"'ve\b", " have"), (r"'ll\b", " will"), (r"'d like\b", " would like"),
    (r"'d rather\b", " would rather"), (r"\blet's\b", "let us"),
    (r"\b(what|how|that|it|when|where|who|there|here)'s\b", r"\1 is"), (r"'d\b", " had"),
)  # fmt: skip
POSSESSIVE = re.compile(r"(?<=[a-z0-9])'s\b|(?<=s)'(?= )")

NEUTRAL = re.compile(
    r"^(?:(?:hi|hello|hey|please|ok|okay|so|well|and|also|oh|um|yes|no|actually|honestly|btw|fyi|"
    r"by the way|just so you know|for the record|as you know|you should know|good (?:morning|"
    r"evening|afternoon))\b,?\s*(?:that\b)?\s*|(?:please )?(?:note|remember|keep in mind|"
    r"do not forget)\b,?\s*(?:that\b|:)?\s*(?=i\b|my\b|we\b|our\b)|[\s,!:]+)+"
)
ASKING = re.compile(
    r"^(?:(?:can|could|would|will) you\b(?: please)?|tell me|show me|give me|get me|remind me|"
    r"let me (?:know|see)|do you (?:know|remember|recall|happen to know)|any idea|"
    r"i (?:would like|would love|want|need|wish) to (?:know|see|find out|hear|ask|check)|"
    r"i (?:am|was) (?:just )?(?:wondering|curious)(?: about)?|i wonder|help me (?:see|understand)|"
    r"(?:list|display|check|look up|pull up|calculate|compute|find out|find|report|summarise|"
    r"summarize|fetch|tell|name|work out|say)(?= (?:me|all|my|the|what|how|when|which|who|where|if|"
    r"whether)\b)|please|[\s,!:]+)+"
)
RULES = (*amounts.RULES, *constructions.RULES)


def plain(text: str) -> str:
    """Lower case, plain quotes, no contractions.

    >>> plain("I don\u2019t eat Anna's cake.")
    "i do not eat anna's cake."
    """
    text = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).translate(periods.PLAIN).lower()
    if "'" in text:
        for pattern, words in CONTRACTIONS:
            text = re.sub(pattern, words, text)
    return text.replace("per cent", "percent")


def worded(text: str) -> tuple[str, bool]:
    """A text in one wording and one order, without its opening; and whether that makes it ask.

    >>> worded("So after dinner I don't eat any more.")
    ('i no longer eat after dinner.', False)
    >>> worded("Hi, could you tell me if Nora's trainer works?")
    ('if nora trainer works?', True)
    """
    text = NEUTRAL.sub("", " ".join(plain(text).split()))
    core = NEUTRAL.sub("", ASKING.sub("", text))
    said = reword(subject_first(POSSESSIVE.sub("", core)), RULES)
    return mine_first(" ".join(said.split())), core != text

"""Typing as people do it in a hurry: chat shorthand written out, and misspelt words repaired.

A word that nobody knows is taken for the nearest word that questions here are made of, if that is
near enough: one slip (a letter wrong, missing, too many, or two swapped) in a short word, two in a
long one. Damerau (1964) found that four in five misspellings are a single slip of this kind. Words
that only name what was measured or done are rarer than those, so the slip has to be one that
fingers make: a swap, a letter left out or twice, a neighbouring key, one vowel for another.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from wellness.agent.classifier.confusables import ENGLISH
from wellness.agent.classifier.naming import naming
from wellness.agent.classifier.patterns import word_set
from wellness.agent.classifier.typed import SHORTHAND, TARGETS, WRITTEN_OUT
from wellness.agent.classifier.vocabulary import ACTIVITY, METRIC, OWN, SLEEP
from wellness.health import periods
from wellness.memory.facts import phrases
from wellness.memory.facts.tokens import CONTRACTIONS, LONGEST_TEXT

SHORTEST = 4  # letters: three-letter words have too many neighbours
HISSES = ("shs", "chs", "xs", "sss")  # which end in "es" where they are right: "pushs"
SOUNDED = 2  # slips where all consonants are right: "minits"
LONG = 8  # letters from which two slips are one word still
WORD = re.compile(r"\d+[a-z]+|[a-z][a-z0-9]*(?:'[a-z]+)?/?(?![a-z])|[a-z]+|&", re.I)
# A capital after a small letter begins a name, unless a day or month is meant: "in Wales"
NAME = re.compile(r"[a-z,'] [A-Z]$")
DATES = word_set(
    """january february march april june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday"""
)
VOWELS = frozenset("aeiouy")
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")  # each a little further right than that above it
BESIDE = frozenset(
    pair
    for row, keys in enumerate(ROWS)
    for at, key in enumerate(keys)
    for other in (
        keys[at + 1 : at + 2],
        *(lower[max(at - 1, 0) : at + 1] for lower in ROWS[row + 1 : row + 2]),
    )
    for beside in other
    for pair in (key + beside, beside + key)
)
RARER = 5  # letters from which a word that only names something may be meant
NAMING = frozenset((METRIC, ACTIVITY, SLEEP, phrases.AGGREGATION))
SPELLED = tuple((re.compile(pattern, re.IGNORECASE), words) for pattern, words in CONTRACTIONS)

SOUNDS = str.maketrans("cqz", "kks")


class Tidied(NamedTuple):
    """A text as it was meant, in its own case, and what was repaired in it."""

    text: str
    repairs: tuple[tuple[str, str], ...]


def _words_of(*tables: str) -> frozenset[str]:
    return frozenset(re.findall("[a-z]+", " ".join(tables).lower()))


KNOWN = (
    _words_of(
        *phrases.PHRASES, *OWN, *SHORTHAND.values(), *TARGETS,
        *(rule.pattern.pattern for rule in periods.RULES),
        "ago fortnight overnight jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed "
        "thu thur thurs fri sat sun spring summer autumn fall winter",
    )
    | ENGLISH
)  # fmt: skip

NAMES_OF = tuple(word for word in naming(NAMING, RARER) if word not in TARGETS)


def tidy(text: str) -> Tidied:
    """A text with shorthand written out, contractions expanded, and misspelt words repaired.

    >>> tidy("whats my avergae hart rate yday?").text
    'what is my average heart rate yesterday?'
    >>> tidy("stesp lst wk").repairs
    (('stesp', 'steps'),)
    """
    text = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).translate(periods.PLAIN)
    text = "".join(letter if len(letter.lower()) == 1 else "?" for letter in text)
    repairs: list[tuple[str, str]] = []

    def mend(match: re.Match[str]) -> str:
        word = match[0].lower()
        if word in SHORTHAND and not _counts(text, match.start(), word):
            return SHORTHAND[word]
        if not word.isalpha() or word in KNOWN:
            return match[0]
        meant = repaired(word) or joined_words(word)
        if not meant or (NAME.search(text, 0, match.start() + 1) and meant not in DATES):
            return match[0]
        repairs.append((match[0], meant))
        return meant

    text = WORD.sub(mend, text)
    for pattern, words in (*SPELLED, *WRITTEN_OUT):
        text = pattern.sub(words, text)
    return Tidied(" ".join(text.split()), tuple(repairs))


def _counts(text: str, at: int, word: str) -> bool:
    """Whether a word stands for a unit there: the "hr" of "8 hr"."""
    return word in ("hr", "w", "n", "y", "r", "u") and text[:at].rstrip()[-1:].isdigit()


@lru_cache(maxsize=4_096)
def repaired(word: str) -> str:
    """The word that a misspelt one was meant to be; "" where none is near enough.

    >>> repaired("wieght"), repaired("wedensday"), repaired("gherkin")
    ('weight', 'wednesday', '')
    """
    if len(word) < SHORTEST or len(word) > 20:
        return ""
    singular = word.removesuffix("s")
    if singular in KNOWN:
        plural = f"{singular}es"
        return plural if word.endswith(HISSES) and plural in KNOWN else ""
    slips = 2 if len(word) >= LONG else 1
    best, nearest = "", slips + 1
    for target in TARGETS:
        if abs(len(target) - len(word)) > SOUNDED or not _alike(word, target):
            continue
        limit = nearest - 1
        if (
            limit < SOUNDED
            and len(word) > SHORTEST
            and not best
            and skeleton(word) == skeleton(target)
        ):
            limit = SOUNDED
        apart = distance(word, target, limit)
        if apart < nearest or (apart <= limit and not best):
            best, nearest = target, apart
    if not best and singular != word and (one := repaired(singular)) and f"{one}s" in KNOWN:
        return f"{one}s"
    if not best and not re.search("[aeiouy]", word[1:]):
        best = next((one for one in TARGETS if voiceless(word, one)), "")
    if best or len(word) < RARER:
        return best
    return next((one for one in NAMES_OF if slipped(word, one)), "")


def voiceless(word: str, target: str) -> bool:
    """Whether a word is another without its vowels: "wght".

    >>> voiceless("wght", "weight"), voiceless("avrg", "average")
    (True, True)
    """
    return word[0] == target[0] and re.sub("[aeiouy]", "", target[1:]) == word[1:]


def slipped(word: str, target: str) -> bool:
    """Whether a word is another with one slip of the finger, not in its first letter.

    >>> slipped("spede", "speed"), slipped("storke", "stroke"), slipped("sport", "short")
    (True, True, False)
    """
    longer = len(word) - len(target)
    if word == target or abs(longer) > 1 or word[0] != target[0]:
        return False
    at = next((n for n, both in enumerate(zip(word, target, strict=False)) if len({*both}) > 1), -1)
    if longer:
        at = at if at > 0 else min(len(word), len(target))
        if longer < 0:
            return word[at:] == target[at + 1 :]
        return word[at + 1 :] == target[at:] and (
            word[at] == word[at - 1]
            or word[at - 1 : at + 1] in BESIDE
            or word[at : at + 2] in BESIDE
        )
    if word[at + 2 :] == target[at + 2 :] and word[at : at + 2] == target[at : at + 2][::-1]:
        return True
    near = {word[at], target[at]} <= VOWELS or word[at] + target[at] in BESIDE
    return near and word[at + 1 :] == target[at + 1 :]


@lru_cache(maxsize=4_096)
def skeleton(word: str) -> str:
    """The consonants of a word, each as it sounds and once in a row.

    >>> skeleton("minits"), skeleton("minutes")
    ('mnts', 'mnts')
    """
    sounded = word.replace("ph", "f").replace("ck", "k").replace("gh", "")
    bare = re.sub("[aeiouy]", "", sounded)
    return re.sub(r"(.)\1+", r"\1", bare.translate(SOUNDS))


def joined_words(word: str) -> str:
    """Two words that were typed as one, each of which may have a slip; "" if it is no such.

    >>> joined_words("bloodsuger"), joined_words("walkingspeed"), joined_words("lampshade")
    ('blood sugar', 'walking speed', '')
    """
    for at in range(SHORTEST, len(word) - SHORTEST + 1):
        left, right = word[:at], word[at:]
        if left in TARGETS or left in NAMES_OF:
            known = right in TARGETS or right in NAMES_OF
            if meant := right if known else repaired(right) if right not in KNOWN else "":
                return f"{left} {meant}"
    return ""


def _alike(word: str, target: str) -> bool:
    """People get the first letter right, or swap it with the second."""
    return word[0] == target[0] or (word[0] == target[1] and word[1] == target[0])


def distance(a: str, b: str, limit: int) -> int:
    """Slips between two words, a swap of neighbours being one; more than `limit` is not counted.

    >>> distance("stesp", "steps", 2), distance("hart", "heart", 2), distance("cat", "heart", 1)
    (1, 1, 2)
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        earlier, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)

"""The parts of a sentence that each say one thing about their numbers.

A sentence is cut at punctuation and at words such as "and", "than" and "compared with"; what has
no number then joins a neighbour that has one. "You took 8,120 steps on Tuesday and 10,432 today"
has two parts, each with its day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

Place = tuple[int, int]

SENTENCE_END = re.compile(
    r"[!?;\n]|\.(?=[\s\"'*)]|$)(?<!\bvs\.)(?<!\bi\.e\.)(?<!\be\.g\.)(?<!approx\.)"
    r"(?<!\ba\.m\.)(?<!\bp\.m\.)(?!(?<=m[ia][nx]\.)\s[a-z\d])"
)
REFERRING = (
    r"than|compared\s+(?:to|with)|in\s+comparison\s+(?:to|with)|versus|vs\b\.?|against|"
    r"instead\s+of|rather\s+than|as\s+opposed\s+to|relative\s+to|from|over\s+and\s+above"
)
_LEADING = ("to", "at", "for", "after", "before")  # cut only where a number follows at once
_TO_NUMBER = re.compile(
    r"\s*(?:(?:about|around|roughly|nearly|almost|just|only|over|under|some|an?|the)\s+){0,2}[~*]?"
)
REFERS = re.compile(REFERRING, re.IGNORECASE)
_JOINING = r"and|but|while|whereas|though|although|yet"
_CUT = re.compile(
    rf"(?P<mark>[,()\[\]\u2014]|(?<=\s)[\u2013-](?=\s))"
    rf"|\b(?:(?P<refers>{REFERRING})|(?P<joins>{_JOINING})"
    r"|(?P<other>with|plus|or(?!\s+(?:more|less|so|fewer|above|better)\b)|which|so|then|"
    r"out\s+of|to|for|of\s+which|including|at|after|before))\b"
    rf"|(?P<colon>:)",
    re.IGNORECASE,
)


@dataclass
class Part:
    """A part of a sentence.

    Attributes:
        start, end: where it stands.
        numbers: the places of the numbers in it.
        refers: places inside it that only say what something is compared with.
        bracketed: whether it stands in brackets.
        opener: the word or mark that cut it from what stands before it.
    """

    start: int
    end: int
    numbers: list[Place] = field(default_factory=list)
    refers: list[Place] = field(default_factory=list)
    bracketed: bool = False
    opener: str = ""

    def holds(self, place: Place) -> bool:
        """Whether something stands in it."""
        return self.start <= place[0] and place[1] <= self.end


@dataclass
class Sentence:
    """A sentence, or a line of a list, that has numbers.

    `intro` is where something without a number leads to it: the sentence before it, or a heading.
    """

    start: int
    end: int
    parts: list[Part]
    intro: Place | None = None


def sentences(text: str, numbers: Sequence[Place], whole: Sequence[Place]) -> list[Sentence]:
    """The sentences of a text that have numbers.

    Args:
        text: an answer.
        numbers: where its numbers stand, units included.
        whole: where nothing is cut, such as periods and ranges.
    """
    closed = sorted([*numbers, *whole])
    ends = [match.start() for match in SENTENCE_END.finditer(text)]
    found: list[Sentence] = []
    intro: Place | None = None
    heading: Place | None = None
    start = 0
    for end in [*(place for place in ends if not _inside(place, closed)), len(text)]:
        inside = [place for place in numbers if start <= place[0] and place[1] <= end]
        line = text[start:end].strip()
        if inside:
            parts = _parts(text, start, end, inside, whole)
            found.append(Sentence(start, end, parts, intro or heading))
            intro = None
        elif re.search(r"\w", line):
            intro = (start, end)
            ends_line = text[end : end + 1] == "\n"
            if line.startswith("|"):
                intro = None  # the head of a table
            elif ends_line or line.endswith(":"):
                intro, heading = None, (start, end)
        start = end + 1
    return found


def _inside(place: int, closed: Sequence[Place]) -> bool:
    return any(start <= place < end for start, end in closed)


def _has(part: Part, whole: Sequence[Place]) -> bool:
    return any(part.holds(place) for place in whole)


def _is_period(text: str, piece: Part, whole: Sequence[Place]) -> bool:
    """Whether a piece is nothing but a period: "to Tue 1 Sep 2026", "on Sunday"."""
    place = next((place for place in whole if piece.holds(place)), None)
    if place is None:
        return False
    rest = text[piece.start : place[0]] + text[place[1] : piece.end]
    return bool(re.fullmatch(r"\W*(?:to|on|in|at|of|during|until|from|for|by)?\W*", rest))


def _parts(
    text: str, start: int, end: int, numbers: list[Place], whole: Sequence[Place]
) -> list[Part]:
    raw = _cut(text, start, end, numbers, sorted([*numbers, *whole]))
    parts: list[Part] = []
    waiting: Part | None = None
    for number, piece in enumerate(raw):
        if piece.numbers:
            if waiting:
                piece.start, piece.refers = waiting.start, waiting.refers
                piece.opener = waiting.opener
            parts.append(piece)
            waiting = None
            continue
        following = raw[number + 1] if number + 1 < len(raw) else None
        into_bracket = following is not None and following.bracketed and bool(following.numbers)
        refers = bool(REFERS.match(piece.opener))
        only_when = parts and not _has(parts[-1], whole) and _is_period(text, piece, whole)
        joined = (
            following is None
            or only_when
            or re.fullmatch(_JOINING, following.opener, re.IGNORECASE)
        )
        backward = not into_bracket and (refers or piece.bracketed or joined)
        if parts and not waiting and backward:
            parts[-1].end = piece.end
            parts[-1].refers += [(piece.start, piece.end)] * refers
        else:
            waiting = waiting or Part(piece.start, piece.end, opener=piece.opener)
            waiting.end = piece.end
            place = (piece.start, piece.end)
            if not into_bracket:
                waiting.refers += [place] * refers
            elif parts:
                parts[-1].refers += [place] * refers
    if waiting and parts:
        parts[-1].end = waiting.end
        parts[-1].refers += waiting.refers
    return parts


def _cut(
    text: str, start: int, end: int, numbers: list[Place], closed: Sequence[Place]
) -> list[Part]:
    pieces = [Part(start, end)]
    depth = 0
    for match in _CUT.finditer(text, start, end):
        if _inside(match.start(), closed):
            continue
        if (
            match["other"]
            and match[0].lower() in _LEADING
            and not any(_TO_NUMBER.fullmatch(text, match.end(), place[0]) for place in numbers)
        ):
            continue  # "to go", "at the start of the year"
        if (match["other"] or match["colon"]) and not _between_numbers(
            match.span(), pieces[-1].start, end, numbers
        ):
            continue
        pieces[-1].end = match.start()
        depth = max(0, depth + {"(": 1, "[": 1, ")": -1, "]": -1}.get(match[0], 0))
        begin = match.end() if match["mark"] or match["colon"] else match.start()
        pieces.append(Part(begin, end, bracketed=depth > 0, opener=match[0]))
    for piece in pieces:
        piece.numbers = [place for place in numbers if piece.holds(place)]
    return [piece for piece in pieces if text[piece.start : piece.end].strip()]


def _between_numbers(word: Place, start: int, end: int, numbers: list[Place]) -> bool:
    """Weaker words cut only where a number stands on both sides."""
    before = any(start <= one[0] and one[1] <= word[0] for one in numbers)
    return before and any(word[1] <= one[0] and one[1] <= end for one in numbers)

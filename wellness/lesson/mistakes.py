"""How a number, or a word beside one, goes wrong: what `corruptions` puts in its place."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from wellness.agent.results import ToolResult
from wellness.memory.facts.quantities import SMALL

TRIES = 12  # for a value that is no other number of the results by chance
APART = 0.012  # relative; a changed number has to be so far from each true one
_HEDGE = re.compile(
    r"\b(?:about|around|roughly|nearly|almost|over|under|approximately|at least|less than|"
    r"more than|than|above|below|just)\s(?:your\s)?$",
    re.IGNORECASE,
)
_RUN = re.compile(r"\d+")
_WORDS = re.compile(rf"\b(?:{'|'.join(SMALL[1:])})\b", re.IGNORECASE)


def _both_ways(*rows: str) -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for row in rows:
        one, other = row.split("|")
        table[one], table[other] = (other,), (one,)
    return table


def _round(names: str) -> dict[str, tuple[str, ...]]:
    """Each of a row becomes the second or the third after it."""
    row = names.split()
    return {
        name.lower(): (row[(i + 2) % len(row)], row[(i + 3) % len(row)])
        for i, name in enumerate(row)
    }


_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_MONTHS = "January February March April May June July August September October November December"
OPPOSITES: dict[str, dict[str, tuple[str, ...]]] = {
    "unit": {},
    "metric": {},
    "role": _both_ways("highest|lowest", "longest|shortest", "maximum|minimum", "best|worst"),
    "period": {
        **_round(_DAYS), **_round(_MONTHS), **_round("Mon Tue Wed Thu Fri Sat Sun"),
        **_both_ways("last week|this week", "last month|this month", "yesterday|today"),
        "q1": ("Q3",), "q2": ("Q3",),
        "september 26": ("September 22",), "28 september": ("24 September",),
        "16 august": ("9 August",), "august 20": ("August 13",), "july 19": ("July 5",),
        "sunday, 16 august": ("Saturday, 8 August",), "19 september": ("12 September",),
        "24 september": ("14 September",), "this year": ("last year",),
    },
    "sign": _both_ways(
        "more|less", "up|down", "higher|lower", "rose|fell", "increased|decreased", "gained|lost",
        "above|below", "over|under", "ahead|behind", "increase|decrease", "longer|shorter",
        "rise|drop", "increasing|falling", "gaining|losing", "dropped|rose",
    ) | {"fewer": ("more",), "short": ("ahead",), "rose": ("fell",), "falling": ("rising",),
         "drop": ("rise",)},
}  # fmt: skip
INVENTED = (
    ("HeartRate", "Your average heart rate was 77 bpm."),
    ("ActiveEnergyBurned", "You also burned 1,486 kcal."),
    ("FlightsClimbed", "On top of that you climbed 47 flights of stairs."),
    ("SleepAnalysis", "You slept 5 h 23 min."),
    ("BodyMass", "You now weigh 201.7 lb."),
    ("RespiratoryRate", "Your breathing rate was 19.3 breaths per minute."),
    ("OxygenSaturation", "Your blood oxygen was 93 %."),
    ("", "That is 37 % more than the month before."),
    ("", "You are in the top 13 % of your age group."),
    ("", "Most people of your age manage 11,350 steps a day."),
    ("", "That is the best result in 26 weeks."),
    ("", "Try to reach 13,500 steps a day next week."),
)


def invented(results: Iterable[ToolResult], pick: random.Random) -> str:
    """A sentence with a number that no result has."""
    every = [number for result in results for number in result.numbers]
    metrics = {number.metric for number in every}
    sentences = [text for metric, text in INVENTED if not metric or metric not in metrics]
    while sentences:
        sentence = sentences.pop(pick.randrange(len(sentences)))
        if not _is_known(_numbers(sentence)[:1], [number.value for number in every]):
            return sentence
    return ""


def value(
    text: str, before: str, pick: random.Random, results: Sequence[ToolResult], said: Sequence[str]
) -> list[str]:
    """A number with one digit changed, or, where it is only about right, far from it."""
    for _ in range(TRIES):
        other = _far(text, pick) if _HEDGE.search(before) else _near(text, pick)
        if other and other != text and _is_false(other, text, results, said):
            return [other]
    return []


def _near(text: str, pick: random.Random) -> str:
    if word := _WORDS.search(text):
        worth = SMALL.index(word[0].lower())
        other = SMALL[max(1, min(19, worth + pick.choice((-3, -2, 2, 3, 4))))]
        other = other.capitalize() if word[0][0].isupper() else other
        return text[: word.start()] + other + text[word.end() :]
    places = [i for i, letter in enumerate(text) if letter.isdigit()]
    if not places:
        return ""
    place = pick.choice(places)
    digits = [digit for digit in "123456789" if digit != text[place]]
    other = text[:place] + pick.choice(digits) + text[place + 1 :]
    return other if _sound(other) else ""


def _far(text: str, pick: random.Random) -> str:
    factor = pick.choice((0.4, 0.5, 0.6, 1.5, 1.6, 1.8))
    if _WORDS.search(text) or not (run := re.search(r"\d[\d,]*(?:\.\d+)?", text)):
        return _near(text, pick)
    decimals = len(run[0].partition(".")[2])
    number = float(run[0].replace(",", "")) * factor
    zeros = len(run[0].replace(",", "")) - len(run[0].replace(",", "").rstrip("0"))
    number = round(number, -zeros if not decimals and zeros else decimals)
    written = f"{number:,.{decimals}f}" if "," in run[0] else f"{number:.{decimals}f}"
    other = text[: run.start()] + written + text[run.end() :]
    return other if _sound(other) else ""


def digits(
    text: str, before: str, pick: random.Random, results: Sequence[ToolResult], said: Sequence[str]
) -> list[str]:
    """A number with two neighbouring digits in each other's place."""
    if _HEDGE.search(before):
        return []
    places = [i for i, letter in enumerate(text) if letter.isdigit()]
    pairs = [
        (one, other) for one, other in pairwise(places)
        if text[one] != text[other] and text[one + 1 : other] in ("", ",", ".", " ")
    ]  # fmt: skip
    pick.shuffle(pairs)
    for one, other in pairs:
        changed = text[:one] + text[other] + text[one + 1 : other] + text[one] + text[other + 1 :]
        if _sound(changed) and _is_false(changed, text, results, said):
            return [changed]
    return []


def separator(
    text: str, before: str, pick: random.Random, results: Sequence[ToolResult], said: Sequence[str]
) -> list[str]:
    """A thousands separator that has become a decimal point or has moved; a point that is gone."""
    found = []
    if match := re.search(r"(\d+)[, ](\d{3})\b", text):
        whole = match[1] + match[2]
        for cut in (
            f"{match[1]}.{match[2]}",
            f"{whole[:-1]}.{whole[-1]}",
            f"{whole[:-1]},{whole[-1]}",
        ):
            found.append(text[: match.start()] + cut + text[match.end() :])
    elif match := re.search(r"(\d+)\.(\d+)", text):
        moved = f"{match[1][:-1] or '0'}.{match[1][-1]}{match[2]}"
        for cut in ((match[1] + match[2]).lstrip("0"), moved):
            found.append(text[: match.start()] + cut + text[match.end() :])
    found = [other for other in found if _is_false(other, text, results, said)]
    return [pick.choice(found)] if found else []


def is_other(others: Sequence[str], text: str, results: Sequence[ToolResult]) -> bool:
    """Whether the number of an earlier turn is none of this turn's."""
    return bool(others) and others[0] != text


def _sound(text: str) -> bool:
    """Whether a text is still a number as people write them: no leading zero, 60 minutes or 5:7."""
    if re.search(r"(?<![\d.,:h ])0\d|\b0[,.]?0*\b(?!\.\d)", text):
        return False
    minutes = re.search(r"(?:h\s?|hours?(?: and)? |:)(\d+)", text)
    return not (minutes and int(minutes[1]) > 59)


def _is_false(other: str, text: str, results: Sequence[ToolResult], said: Sequence[str]) -> bool:
    """Whether a changed number is none that the results, or the rest of the answer, have."""
    true = [number.value for result in results for number in result.numbers]
    true += [number for words in said for number in _numbers(words)[:1]]
    changed = _numbers(other)
    kept = _numbers(text)
    new = [one for one, before in zip(changed, kept, strict=False) if one != before] or changed
    return changed != kept and not _is_known(new, true)


def _numbers(text: str) -> list[float]:
    """The numbers of a text, composed ones in parts."""
    if word := _WORDS.search(text):
        return [float(SMALL.index(word[0].lower()))]
    plain = re.sub(r"(?<=\d)[, ](?=\d{3}\b)", "", text)
    return [float(found) for found in re.findall(r"\d+(?:\.\d+)?", plain)]


def _is_known(values: Iterable[float], true: Sequence[float]) -> bool:
    return any(abs(value - other) <= APART * abs(other) for value in values for other in true)

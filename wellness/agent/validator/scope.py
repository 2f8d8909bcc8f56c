"""A sentence with its numbers, and which of its words belong to which of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from wellness.agent.validator import language, setting, subjects
from wellness.agent.validator.amounts import Amount
from wellness.agent.validator.claim import Claim, Temporal
from wellness.agent.validator.clauses import REFERS, Part, Sentence
from wellness.agent.validator.intervals import Mention
from wellness.agent.validator.language import Role
from wellness.agent.validator.subjects import Subject

_CLOSED = re.compile(r"[^(),;.]{0,20}\)(?=[^)]*$|)")
_ASIDE = re.compile(r"\s*\([^()]{1,40}\)")
_RISING = re.compile(r"\b(?:climb\w*|got up|rose|get up|up)\s+(?:\w+\s+)?$", re.IGNORECASE)
BESIDE = 4  # characters between a number and the one of several activities that it is of
_MISSING = re.compile(r"\b(?:missing|missed|left|remaining|short|lack\w*|need\w*)\b", re.I)
_ON = re.compile(r"\b(?:on|over|from)\s+$", re.IGNORECASE)
_EACH = re.compile(r"[^,;.]{0,20}\beach\b", re.IGNORECASE)
_AT_MOST = re.compile(r"[^,;.\d]{0,20}\b(?:at most|at best|tops)\b", re.IGNORECASE)
_OR_MORE = re.compile(r"\s*(?:\+|or more|plus)(?!\w)", re.IGNORECASE)
_LONG = re.compile(r"\b(?:week|month|quarter|year)\b", re.IGNORECASE)
_FROM = re.compile(r"\s*from\b", re.IGNORECASE)


class Scope:
    """A sentence with all that was found in it."""

    def __init__(
        self, text: str, sentence: Sentence, number: int, stated: Sequence[Amount],
        mentions: Sequence[Mention], of_text: Sequence[Subject],
    ) -> None:  # fmt: skip
        self.text, self.sentence, self.number = text, sentence, number
        self.stated, self.mentions, self.subjects = stated, mentions, of_text

    def claims(self) -> list[Claim]:
        """The claims of the sentence."""
        return [one for part in self.sentence.parts for one in self._of_part(part)]

    def _of_part(self, part: Part) -> list[Claim]:
        inside = [one for one in self.stated if part.holds((one.start, one.stop))]
        named, refers = self._periods(part, inside)
        said = self._roles(part, inside)
        return [self._claim(part, inside, i, named[i], refers, said[i]) for i in range(len(inside))]

    def _claim(
        self, part: Part, inside: list[Amount], i: int, named: list[Mention],
        refers: list[Mention], said: list[Role],
    ) -> Claim:  # fmt: skip
        one = inside[i]
        start = inside[i - 1].stop if i else part.start
        stop = inside[i + 1].start if i + 1 < len(inside) else part.end
        before, after = self.text[start : one.start], self._after(part, one, stop)
        lead = self.text[part.start : one.start]
        change, direction, temporal = self._change(one, before, after)
        hedge = _hedge(before, after, self.text[one.stop : stop])
        roles = {role.name for role in said}
        against = setting.against(self.text[one.stop : stop])
        if change:
            against = next((role for role in ("target", "average") if role in roles), against)
            roles.discard("target")
            named, refers = self._held_against(named, refers)
        elif one.rate in ("day", "night"):
            roles.add("per day")
        bound = language.bound(lead, hedge)
        if bound:
            roles.add(bound)
        if one.rate or _EACH.match(after):
            roles |= {"at most": {"maximum"}, "at least": {"minimum"}}.get(hedge, set())
        metrics, activity, stage = self._subject(part, one, start, stop)
        return Claim(
            one, metrics=metrics, nearby=self._nearby(one), activity=activity, stage=stage,
            end=language.night_end(before) if "clock" in one.unit else "",
            roles=frozenset(roles), change=change, direction=direction, temporal=temporal,
            remaining=self._remains(one, start, stop), hedge="" if bound else hedge,
            negated=not bound and language.negated(lead), mentions=tuple(named),
            refers=tuple(refers), around=tuple(self._around(one)),
            against=against, sentence=self.number, part=(part.start, part.end),
            words=self.text[part.start : part.end],
        )  # fmt: skip

    def _after(self, part: Part, one: Amount, stop: int) -> str:
        """The words after a number; those after the brackets that it ends or that follow it."""
        if bracket := _CLOSED.match(self.text, one.stop):
            return self.text[bracket.end() : part.end]
        if aside := _ASIDE.match(self.text, one.stop):
            return self.text[one.end : aside.start()] + self.text[aside.end() : self.sentence.end]
        return self.text[one.end : stop]

    def _change(self, one: Amount, before: str, after: str) -> tuple[bool, int, Temporal]:
        """Whether a number is a difference, in which direction, and whether that is one in time."""
        if one.sign:
            return True, one.sign, ""
        change, direction = language.direction(before, after)
        if not change or (one.unit in ("clock", "#flights") and _RISING.search(before)):
            return False, 0, ""
        direction = direction or language.leaning(self.text[self.sentence.start : one.start])
        compared = language.direction("", after)[0]
        return True, direction, "" if compared else language.temporal(before)

    def _held_against(
        self, named: list[Mention], refers: list[Mention]
    ) -> tuple[list[Mention], list[Mention]]:
        """The periods of a difference, without what it is held against: "up 3 % on last week"."""
        held = [
            one for one in named
            if _ON.search(self.text, max(0, one.start - 8), one.start) and _LONG.search(one.text)
        ]  # fmt: skip
        return [one for one in named if one not in held], [*refers, *held]

    def _remains(self, one: Amount, start: int, stop: int) -> bool:
        words, lead = self.text[start:stop], self.text[self.sentence.start : one.start]
        return bool(language.REMAINING.search(words) or _MISSING.search(lead))

    def _periods(
        self, part: Part, inside: list[Amount]
    ) -> tuple[list[list[Mention]], list[Mention]]:
        """The periods of each number, and those that they are compared with."""
        here = [one for one in self.mentions if part.holds((one.start, one.end))]
        refers = [
            one for one in self.mentions
            if any(start <= one.start and one.end <= end for start, end in part.refers)
        ]  # fmt: skip
        only_from = refers and all(_FROM.match(self.text, start) for start, _ in part.refers)
        if only_from and not any(
            language.direction("", self.text[one.end : part.end])[0] for one in inside
        ):  # "13 readings from May"
            here, refers = [*here, *(one for one in refers if one not in here)], []
        own = [one for one in here if one not in refers]
        if not own and self.sentence.intro and not any(map(self._holds, self.mentions)):
            start, end = self.sentence.intro
            own = [one for one in self.mentions if start <= one.start and one.end <= end]
        if len(inside) > 1 and len(own) > 1:
            if len(own) == len(inside):
                return [[one] for one in own], refers
            nearest = [min(own, key=partial(_distance, one)) for one in inside]
            return [[one] for one in nearest], refers
        return [own for _ in inside], refers

    def _around(self, one: Amount) -> list[Mention]:
        """The periods that a sentence names before a number, but for those it compares with."""
        other = [place for part in self.sentence.parts for place in part.refers]
        other += [
            (part.start, part.end) for part in self.sentence.parts
            if REFERS.match(part.opener) and not part.holds((one.start, one.stop))
        ]  # fmt: skip
        return [
            it for it in self.mentions
            if self._holds(it) and it.start < one.start
            and not any(start <= it.start < end for start, end in other)
        ]  # fmt: skip

    def _holds(self, one: Mention) -> bool:
        return self.sentence.start <= one.start and one.end <= self.sentence.end

    def _roles(self, part: Part, inside: list[Amount]) -> list[list[Role]]:
        """The roles of each number: those before it, and those that follow it closely."""
        found: list[list[Role]] = [[] for _ in inside]
        for role in language.roles(self.text, part.start, part.end):
            taken = [(one.start, one.stop) for one in inside]
            taken += [(one.start, one.end) for one in self.mentions]
            taken += [(one.start, one.end) for one in self.subjects]
            if any(start <= role.start < end for start, end in taken):
                continue
            if any(start <= role.start < end for start, end in part.refers):
                continue
            before = [i for i, one in enumerate(inside) if one.end <= role.start]
            after = [i for i, one in enumerate(inside) if one.start >= role.end]
            if before and language.stands_behind(self.text, inside[before[-1]].end, role):
                found[before[-1]].append(role)
            elif after:
                found[after[0]].append(role)
            elif before:
                found[before[-1]].append(role)
        return found

    def _subject(
        self, part: Part, one: Amount, start: int, stop: int
    ) -> tuple[frozenset[str], str, str]:
        """The nearest fitting metric in a part, activity and stage; rather in the number's own."""
        here = [
            subject for subject in self.subjects
            if part.start <= subject.start and subject.end <= part.end
            and not (one.end <= subject.start and subject.end <= one.stop and one.unit[:1] != "#")
        ]  # fmt: skip
        own = [subject for subject in here if start <= subject.start and subject.end <= stop]
        chosen: dict[str, frozenset[str]] = {}
        strange: frozenset[str] = frozenset()
        general: frozenset[str] = frozenset()
        others = [subject for subject in here if subject.kind == "metric" and subject not in own]
        for subject in [*sorted(own, key=partial(_distance, one)),
                        *sorted(others, key=partial(_distance, one))]:  # fmt: skip
            names = subject.names
            if names == {subjects.WORKOUT}:
                general = names
                continue
            if subject.kind == "metric":
                names = frozenset(name for name in names if subjects.fits(name, one.unit))
                if not names and subject in own:
                    strange = strange or subject.names
            if names:
                chosen.setdefault(subject.kind, names)
        done = [it for it in own if it.kind == "activity" and it.names != {subjects.WORKOUT}]
        several = len({it.names for it in done}) > 1
        if several and min(_distance(one, it) for it in done) > BESIDE:
            chosen.pop("activity")  # "a run and a swim, 2 hours in total"
        return (
            chosen.get("metric", strange), "".join(chosen.get("activity", general)),
            "".join(chosen.get("stage", ())),
        )  # fmt: skip

    def _nearby(self, one: Amount) -> frozenset[str]:
        start = self.sentence.intro[0] if self.sentence.intro else self.sentence.start
        return frozenset(
            name
            for subject in self.subjects
            if subject.kind == "metric" and start <= subject.start <= self.sentence.end
            for name in subject.names if subjects.fits(name, one.unit)
        )  # fmt: skip


def _distance(one: Amount, other: Subject | Mention) -> int:
    """Characters between a number and a name; a little less if the name stands before it."""
    if other.end <= one.start:
        return one.start - other.end
    return max(0, other.start - one.end) + 2


def _hedge(before: str, *after: str) -> str:
    if found := language.hedge(before):
        return found
    if any(map(_AT_MOST.match, after)):
        return "at most"
    return "at least" if any(map(_OR_MORE.match, after)) else ""

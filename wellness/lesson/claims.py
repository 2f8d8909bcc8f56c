"""The ledger of claims: what is said about Redis as agent memory, and what this machine measured.

The claims come from an earlier demo and its review, none with a measurement behind it. A lesson
runs a fair experiment, derives a verdict by a rule, and records both; what nobody has measured
on this machine stays visibly open. The ledger holds no number that was not recorded.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from redis import Redis

from wellness import keys
from wellness.lesson.claim_list import CLAIMS, Claim
from wellness.lesson.tables import html_table, number
from wellness.lesson.verdicts import Verdict, Word, verdict_by, verdict_from

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CLAIMS", "Claim", "Entry", "Ledger", "Measure", "Verdict", "verdict_by", "verdict_from"]

SYMBOLS: dict[Word, str] = {"confirmed": "✓", "refuted": "✗", "depends": "±"}
PLURAL: dict[Word, str] = {"depends": "depend"}
OPEN = "not yet measured on this machine"


class Measure(NamedTuple):
    """A measured number and its unit; the unit of a plain ratio is ""."""

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{number(self.value)} {self.unit}".rstrip()


@dataclass(frozen=True)
class Entry:
    """What one lesson measured about one claim on this machine."""

    claim: Claim
    lesson: str
    experiment: str
    measured: dict[str, Measure]
    verdict: Verdict
    at: datetime
    versions: dict[str, str]

    def __str__(self) -> str:
        on = f" ({self.verdict.depends_on})" if self.verdict.depends_on else ""
        return f"{SYMBOLS[self.verdict.word]} {self.verdict.word}{on}"


class Ledger:
    """The claims and their verdicts, kept in one Redis hash that outlives lessons."""

    def __init__(self, client: Redis, namespace: str = keys.LEDGER) -> None:
        self._client, self._key = client, keys.claims_key(namespace)

    def record(
        self,
        claim_number: int,
        *,
        lesson: str,
        experiment: str,
        measured: Mapping[str, tuple[float, str]],
        verdict: Verdict | Word,
        depends_on: str = "",
        at: datetime,
        versions: Mapping[str, str],
    ) -> Entry:
        """Store what a lesson measured; a later run of the same lesson replaces it.

        Args:
            claim_number: 1 to 23.
            lesson: two digits, for instance "01".
            experiment: what was done, in a few words.
            measured: each number by name, with its unit.
            verdict: from `verdict_from`, `verdict_by` or a rule of the lesson's own.
            depends_on: on what it depends, when `verdict` is the bare word "depends".
            at: when, with its UTC offset.
            versions: what it ran on, for instance {"redis": "7.4.1"}.

        Raises:
            ValueError: no such claim or lesson, nothing measured, a number that is none, a time
                without a zone, or a verdict that depends without saying on what.
        """
        if claim_number not in CLAIMS:
            raise ValueError(f"There is no claim {claim_number}; they run from 1 to {len(CLAIMS)}.")
        if not re.fullmatch(r"\d\d", lesson):
            raise ValueError(f"A lesson is named by two digits, not {lesson!r}.")
        if at.tzinfo is None:
            raise ValueError("The time of a measurement needs its UTC offset.")
        if not measured or not versions:
            raise ValueError("A verdict needs what was measured, and the versions it ran on.")
        numbers = {name: Measure(float(value), unit) for name, (value, unit) in measured.items()}
        if strange := [name for name, (value, _) in numbers.items() if not math.isfinite(value)]:
            raise ValueError(f"Not a number: {', '.join(strange)}.")
        if not isinstance(verdict, Verdict):
            verdict = Verdict(verdict, depends_on)

        claim = CLAIMS[claim_number]
        entry = Entry(claim, lesson, experiment, numbers, verdict, at, dict(versions))
        self._client.hset(self._key, f"{claim_number:02d}:{lesson}", _to_json(entry))
        return entry

    def rows(self) -> list[Entry]:
        """Everything measured on this machine, by claim and lesson."""
        entries = [_from_json(value) for value in self._client.hgetall(self._key).values()]
        return sorted(entries, key=lambda entry: (entry.claim.number, entry.lesson))

    def table(self, lesson: str | None = None) -> ClaimsTable:
        """All claims with their verdicts, or those that one lesson measures or has measured."""
        entries = self.rows()
        if lesson is None:
            return ClaimsTable(list(CLAIMS.values()), entries)
        entries = [entry for entry in entries if entry.lesson == lesson]
        named = {entry.claim for entry in entries}
        claims = [claim for claim in CLAIMS.values() if claim.lesson == lesson or claim in named]
        return ClaimsTable(claims, entries)


@dataclass(frozen=True, repr=False)
class ClaimsTable:
    """Claims with what was measured about them; a claim without a measurement says so."""

    claims: list[Claim]
    entries: list[Entry]

    @property
    def summary(self) -> str:
        """How many claims were judged how; one that lessons judge differently counts for each."""
        if not self.claims:
            return "No claim is among them."
        counts = Counter(entry.verdict.word for entry in self.entries)
        words = {word: word if counts[word] == 1 else PLURAL.get(word, word) for word in SYMBOLS}
        said = [f"{counts[word]} {words[word]}" for word in SYMBOLS if counts[word]]
        if missing := len(self.claims) - len({entry.claim for entry in self.entries}):
            said.append(f"{missing} {OPEN}")
        return f"{len(self.claims)} claims: {', '.join(said)}."

    @property
    def versions(self) -> str:
        """What all of it was measured with; "" when that differs, and each row says its own."""
        found = {_versions(entry) for entry in self.entries}
        return found.pop() if len(found) == 1 else ""

    def to_frame(self) -> pd.DataFrame:
        """The table as text, one row a claim and lesson, indexed by the claim's number."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        shared = self.versions
        for claim in self.claims:
            found = [entry for entry in self.entries if entry.claim == claim]
            rows.extend(_measured_row(entry, shared) for entry in found)
            if not found:
                rows.append(
                    _row(claim, f"– {OPEN}", "", f"lesson {claim.lesson}", claim.experiment)
                )
        columns = ["#", "claim", "verdict", "measured", "experiment", "where"]
        return pd.DataFrame(rows, columns=columns).set_index("#")

    def __repr__(self) -> str:
        return self.summary

    def _repr_html_(self) -> str:
        frame = self.to_frame().reset_index().astype(str)
        caption = (
            f"{self.summary} Measured with {self.versions}." if self.versions else self.summary
        )
        return html_table(
            list(frame.columns), frame.to_numpy().tolist(), caption=caption, align="left"
        )


def _row(claim: Claim, verdict: str, measured: str, where: str, how: str) -> dict[str, Any]:
    return {"#": claim.number, "claim": claim.text, "verdict": verdict, "measured": measured,
            "experiment": how, "where": where}  # fmt: skip


def _versions(entry: Entry) -> str:
    return ", ".join(f"{name} {version}" for name, version in entry.versions.items())


def _measured_row(entry: Entry, shared: str) -> dict[str, Any]:
    measured = "; ".join(f"{name} {measure}" for name, measure in entry.measured.items())
    where = f"lesson {entry.lesson}, {entry.at:%Y-%m-%d %H:%M}"
    where += "" if shared else f", {_versions(entry)}"
    return _row(entry.claim, str(entry), measured, where, entry.experiment)


def _to_json(entry: Entry) -> str:
    return json.dumps(
        {**asdict(entry), "claim": entry.claim.number, "at": entry.at.isoformat()},
        ensure_ascii=False,
    )


def _from_json(text: bytes | str) -> Entry:
    fields = json.loads(text)
    return Entry(
        claim=CLAIMS[fields["claim"]],
        lesson=fields["lesson"],
        experiment=fields["experiment"],
        measured={name: Measure(*pair) for name, pair in fields["measured"].items()},
        verdict=Verdict(**fields["verdict"]),
        at=datetime.fromisoformat(fields["at"]),
        versions=fields["versions"],
    )

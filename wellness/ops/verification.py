"""Whether an audit log is as it was written, and if not, what was changed, removed, added, moved.

What it can say depends on the chain (`wellness.ops.chain`) and on what it is held against: a tip
that was kept elsewhere proves that no entry before it was changed, whoever had the key.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

from wellness.errors import AuditError
from wellness.ops.audit import PAGE, AuditLog
from wellness.ops.chain import Chain
from wellness.ops.entries import Entry, Tip, entry_of, tip_of
from wellness.ops.events import EventKind

What = Literal["changed", "removed", "inserted", "moved", "tip"]
READINGS = 5  # of a log that is cut back while it is read


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was written.

    Attributes:
        number: the entry's place in the chain; 0 if it has none.
        id: its id in the Stream; empty for one that is not there.
        last: number of the last one, where several in a row are missing.
    """

    what: What
    number: int
    id: str
    message: str
    last: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found.

    Attributes:
        entries: how many were read.
        first: number of the first one that is kept; those before were cut off.
        tip: where the log ends.
        faults: in the order of the log; empty if all is as it was written.
    """

    entries: int
    first: int
    tip: Tip
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        if not self.tip.number and self.ok:
            return "<Verdict: an empty log>"
        said = f"entries {self.first} to {self.tip.number}, by {self.tip.scheme or 'nothing'}"
        found = "as they were written" if self.ok else f"{len(self.faults)} faults"
        lines = [f"\n  {fault.message}" for fault in self.faults[:10]]
        return f"<Verdict: {said}: {found}>{''.join(lines)}"


def verify(log: AuditLog, *, kept: Tip | None = None) -> Verdict:
    """Read a log and hold each entry against its chain.

    Args:
        kept: a tip of this log that was stored elsewhere (`log.tip()`).

    Raises:
        AuditError: the log is chained with another key, or it is cut back again and again while
            it is read.
    """
    entries, tip = _read(log)
    log.check(tip)
    faults = check(entries, tip, log.chain)
    if kept is not None and kept.number:
        faults += _against(kept, entries, tip)
    first = entries[0].number if entries else 0
    return Verdict(len(entries), first, tip, tuple(faults))


def check(entries: Sequence[Entry], tip: Tip, chain: Chain) -> list[Fault]:
    """What is wrong with entries that should be a log, or the end of one, up to a tip."""
    sound = {e.id: chain.link(e.previous, e.number, e.content) == e.hash for e in entries}
    if entries and not tip.number:
        last = entries[-1]
        lost = Fault("tip", last.number, last.id, "What the log ends with is not there any more.")
        return [lost, *check(entries, Tip(last.number, last.hash, last.id), chain)]
    genuine = _genuine(entries, tip, sound)
    faults: list[Fault] = []
    for entry in entries:
        if genuine.get(entry.number) is not entry:
            faults.append(_fault("inserted", entry, "was not written by the log"))
        elif not sound[entry.id] or _disowned(entry, genuine, sound, tip):
            faults.append(_fault("changed", entry, "is not what was written"))
    faults += [_fault("moved", e, "is not where it was written") for e in _moved(genuine)]
    faults += _missing(entries, genuine, sound, tip, chain)
    return sorted(faults, key=lambda fault: fault.number)


def _genuine(entries: Sequence[Entry], tip: Tip, sound: dict[str, bool]) -> dict[int, Entry]:
    """The entry of each number, in the order they stand; of several, the one that is built on."""
    by_number: dict[int, list[Entry]] = {}
    for entry in entries:
        by_number.setdefault(entry.number, []).append(entry)
    built_on = {entry.previous for entry in entries} | {tip.hash}
    found = {
        number: max(same, key=lambda e: (e.hash in built_on, sound[e.id]))
        for number, same in by_number.items()
        if 0 < number <= tip.number
    }
    chosen = {id(entry) for entry in found.values()}
    return {entry.number: entry for entry in entries if id(entry) in chosen}


def _disowned(entry: Entry, genuine: dict[int, Entry], sound: dict[str, bool], tip: Tip) -> bool:
    """Whether what comes after an entry was built on something else: its hash was made anew."""
    if entry.number == tip.number:
        return entry.hash != tip.hash
    after = genuine.get(entry.number + 1)
    return after is not None and sound[after.id] and after.previous != entry.hash


def _moved(genuine: dict[int, Entry]) -> list[Entry]:
    """The fewest entries that must be taken out for the rest to be in order."""
    order = list(genuine)
    ends: list[int] = []  # ends[k]: smallest number that ends an ordered run of k + 1
    before: dict[int, int | None] = {}
    for number in order:
        at = bisect_left(ends, number)
        before[number] = ends[at - 1] if at else None
        ends[at : at + 1] = [number]
    at_rest, number_ = set(), ends[-1] if ends else None
    while number_ is not None:
        at_rest.add(number_)
        number_ = before[number_]
    return [genuine[number] for number in order if number not in at_rest]


def _missing(
    entries: Sequence[Entry],
    genuine: dict[int, Entry],
    sound: dict[str, bool],
    tip: Tip,
    chain: Chain,
) -> list[Fault]:
    """Numbers without an entry, from where the log begins to its tip."""
    begins, previous = 1, chain.genesis
    for entry in entries:  # the last cut that the chain itself tells of
        if sound[entry.id] and genuine.get(entry.number) is entry and '"trimmed"' in entry.content:
            event = entry.event
            if event.kind is EventKind.TRIMMED:
                begins, previous = int(event.data["first"]), str(event.data["previous"])
    faults = [_gone(*run) for run in _runs(set(range(begins, tip.number + 1)) - set(genuine))]
    early = [entry for number, entry in genuine.items() if number < begins]
    faults += [_fault("inserted", e, "had been cut off before") for e in early]
    first = genuine.get(begins)
    if first is not None and sound[first.id] and first.previous != previous:
        faults.append(_fault("changed", first, "does not begin where the log was cut"))
    return faults


def _runs(numbers: set[int]) -> Iterator[tuple[int, int]]:
    """First and last of each row of numbers without a gap."""
    for first in sorted(n for n in numbers if n - 1 not in numbers):
        yield first, next(n for n in count(first) if n + 1 not in numbers)


def _gone(first: int, last: int) -> Fault:
    which = f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
    return Fault("removed", first, "", f"{which} not there any more: removed.", last)


def _against(kept: Tip, entries: Sequence[Entry], tip: Tip) -> list[Fault]:
    """What a tip that was kept elsewhere says."""
    if kept.number > tip.number:
        message = f"The log ends at {tip.number}, and had {kept.number} entries before."
        return [Fault("tip", kept.number, kept.id, message)]
    same = [entry for entry in entries if entry.number == kept.number]
    if same and all(entry.hash != kept.hash for entry in same):
        message = f"Entry {kept.number} has another hash than the tip that was kept."
        return [Fault("tip", kept.number, kept.id, message)]
    return []


def _fault(what: What, entry: Entry, message: str) -> Fault:
    name = f"Entry {entry.number or 'without a number'} ({entry.id})"
    return Fault(what, entry.number, entry.id, f"{name} {message}: {what}.")


def _read(log: AuditLog) -> tuple[list[Entry], Tip]:
    """All entries up to the tip of one moment, none of them cut off meanwhile."""
    stream = log.keys.audit
    for _ in range(READINGS):
        pipe = log.client.pipeline(transaction=True)
        pipe.hgetall(log.keys.audit_tip)
        pipe.xrange(stream, count=PAGE)
        pipe.xrevrange(stream, count=1)
        fields, page, newest = pipe.execute()
        entries = [entry_of(*one) for one in page]
        if len(page) == PAGE:
            end = newest[0][0].decode()
            entries += log.read(after=entries[-1].id, until=end)
            first: Any = log.client.xrange(stream, count=1)
            if not first or first[0][0].decode() != entries[0].id:
                continue
        return entries, tip_of(fields)
    raise AuditError(
        f"The audit log of {log.user!r} was cut back {READINGS} times while it was read.",
        hint="Verify it when less is written, or raise WELLNESS_AUDIT_ENTRIES.",
    )

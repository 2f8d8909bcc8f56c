"""Tampering of each kind, by somebody who may write to Redis: found, and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from wellness.errors import AuditError
from wellness.ops.audit import AuditLog
from wellness.ops.chain import Chain
from wellness.ops.entries import Entry, Tip
from wellness.ops.events import encode
from wellness.ops.verification import Verdict, check, verify
from wellness.settings import Settings

from .conftest import AT, made

KEY = "a secret that is long enough"
Tampering = Callable[[list[Entry]], object]


@pytest.fixture(params=[None, KEY], ids=["sha256", "hmac"])
def ten(request: pytest.FixtureRequest, log_of: Callable[..., AuditLog]) -> AuditLog:
    """A log of ten entries."""
    log = log_of(audit_key=request.param)
    log.append(*(made(i) for i in range(1, 11)))
    return log


def rewrite(client: Redis, log: AuditLog, tamper: Tampering) -> Verdict:
    """Make the Stream anew as somebody else wants it, in ids that rise; what verifying says."""
    entries = list(log.read())
    tamper(entries)
    client.delete(log.keys.audit)
    for at, entry in enumerate(entries, 1):
        fields = {"n": entry.number, "prev": entry.previous, "hash": entry.hash}
        client.xadd(log.keys.audit, fields | {"event": entry.content}, id=f"{AT}-{at}")
    return verify(log)


def found(verdict: Verdict) -> list[tuple[str, int]]:
    return [(fault.what, fault.number) for fault in verdict.faults]


def swap(entries: list[Entry], one: int, other: int) -> None:
    entries[one], entries[other] = entries[other], entries[one]


def test_rewriting_it_as_it_was_is_no_tampering(client: Redis, ten: AuditLog) -> None:
    verdict = rewrite(client, ten, lambda entries: None)
    assert verdict.ok
    assert verdict
    assert (verdict.entries, verdict.first, verdict.tip.number) == (10, 1, 10)
    assert "as they were written" in repr(verdict)


@pytest.mark.parametrize("at", [0, 4, 9])
@pytest.mark.parametrize(
    "change",
    [
        {"content": encode(made(99))},
        {"content": ""},
        {"previous": "0" * 64},
        {"hash": "0" * 64},
    ],
    ids=["content", "no content", "previous", "hash"],
)
def test_a_changed_entry(client: Redis, ten: AuditLog, at: int, change: dict[str, str]) -> None:
    def tamper(entries: list[Entry]) -> None:
        entries[at] = replace(entries[at], **change)  # type: ignore[arg-type]

    verdict = rewrite(client, ten, tamper)
    assert found(verdict) == [("changed", at + 1)]
    assert not verdict
    assert f"Entry {at + 1} (" in repr(verdict)


@pytest.mark.parametrize("at", [0, 4, 9])
def test_a_change_with_a_new_hash_of_its_own(client: Redis, ten: AuditLog, at: int) -> None:
    """Who knows how the chain is made can make an entry that is sound by itself."""

    def tamper(entries: list[Entry]) -> None:
        content = encode(made(99))
        digest = Chain(None, ten.keys.audit).link(entries[at].previous, at + 1, content)
        entries[at] = replace(entries[at], content=content, hash=digest)

    assert found(rewrite(client, ten, tamper)) == [("changed", at + 1)]


@pytest.mark.parametrize(
    ("gone", "numbers"),
    [
        (slice(0, 1), (1, 1)),
        (slice(0, 3), (1, 3)),
        (slice(4, 6), (5, 6)),
        (slice(9, 10), (10, 10)),
        (slice(6, 10), (7, 10)),
    ],
)
def test_removed_entries(
    client: Redis, ten: AuditLog, gone: slice, numbers: tuple[int, int]
) -> None:
    verdict = rewrite(client, ten, lambda entries: entries.__delitem__(gone))
    assert [(f.what, f.number, f.last) for f in verdict.faults] == [("removed", *numbers)]


def test_an_entry_that_redis_itself_deleted(client: Redis, ten: AuditLog) -> None:
    (fourth,) = [entry.id for entry in ten.read() if entry.number == 4]
    client.xdel(ten.keys.audit, fourth)
    assert found(verify(ten)) == [("removed", 4)]


def test_a_log_that_is_gone_and_a_tip_that_is_gone(client: Redis, ten: AuditLog) -> None:
    client.delete(ten.keys.audit_tip)
    assert found(verify(ten)) == [("tip", 10)]
    ten.append(made(11))
    assert verify(ten).faults
    ten.clear()
    ten.append(made(1), made(2))
    client.delete(ten.keys.audit)
    assert [(f.what, f.number, f.last) for f in verify(ten).faults] == [("removed", 1, 2)]


@pytest.mark.parametrize("at", [0, 5, 10])
def test_an_inserted_entry(client: Redis, ten: AuditLog, at: int) -> None:
    def tamper(entries: list[Entry]) -> None:
        content = encode(made(99))
        previous = entries[at - 1].hash if at else ten.chain.genesis
        digest = Chain(None, ten.keys.audit).link(previous, at + 1, content)
        entries.insert(at, Entry("", at + 1, content, previous, digest))

    assert found(rewrite(client, ten, tamper)) == [("inserted", at + 1)]


def test_an_entry_that_is_there_twice(client: Redis, ten: AuditLog) -> None:
    verdict = rewrite(client, ten, lambda entries: entries.insert(7, entries[2]))
    assert found(verdict) == [("inserted", 3)]


def test_what_is_no_entry_at_all(client: Redis, ten: AuditLog) -> None:
    client.xadd(ten.keys.audit, {"hello": "there"})
    verdict = verify(ten)
    assert found(verdict) == [("inserted", 0)]
    assert "without a number" in repr(verdict)


@pytest.mark.parametrize(
    ("tamper", "moved"),
    [
        (lambda entries: swap(entries, 3, 4), {4, 5}),
        (lambda entries: entries.insert(8, entries.pop(1)), {2}),
        (lambda entries: entries.insert(1, entries.pop(8)), {9}),
        (lambda entries: entries.reverse(), set(range(1, 11))),
    ],
    ids=["neighbours", "later", "earlier", "all"],
)
def test_reordered_entries(
    client: Redis, ten: AuditLog, tamper: Tampering, moved: set[int]
) -> None:
    verdict = rewrite(client, ten, tamper)
    assert {what for what, _ in found(verdict)} == {"moved"}
    named = {number for _, number in found(verdict)}
    assert named <= moved
    assert len(named) == {2: 1, 1: 1, 10: 9}[len(moved)], "no more than must have been moved"


def test_several_things_at_once(client: Redis, ten: AuditLog) -> None:
    def tamper(entries: list[Entry]) -> None:
        entries[8] = replace(entries[8], content=encode(made(99)))
        swap(entries, 4, 5)
        del entries[1]

    assert [what for what, _ in found(rewrite(client, ten, tamper))] == [
        "removed", "moved", "changed",
    ]  # fmt: skip


# --- where the log was cut -----------------------------------------------------------------------


def test_what_is_missing_before_the_cut_is_not_missed(log_of: Callable[..., AuditLog]) -> None:
    log = log_of(audit_entries=10)
    log.append(*(made(i) for i in range(30)))
    verdict = verify(log)
    assert verdict.ok
    assert verdict.first == 22
    assert "entries 22 to 31" in repr(verdict)


@pytest.mark.parametrize("key", [None, KEY])
def test_a_head_that_somebody_else_cut(
    client: Redis, log_of: Callable[..., AuditLog], key: str | None
) -> None:
    log = log_of(audit_entries=10, audit_key=key)
    log.append(*(made(i) for i in range(30)))
    client.xtrim(log.keys.audit, maxlen=6, approximate=False)
    assert [(f.what, f.number, f.last) for f in verify(log).faults] == [("removed", 22, 25)]


def test_an_entry_from_before_the_cut_that_is_back(
    client: Redis, log_of: Callable[..., AuditLog]
) -> None:
    log = log_of(audit_entries=10)
    log.append(*(made(i) for i in range(10)))
    old = log.last(10)[0]
    log.append(*(made(i) for i in range(10, 14)))
    assert found(rewrite(client, log, lambda entries: entries.insert(0, old))) == [("inserted", 1)]


# --- what a chain cannot do ----------------------------------------------------------------------


def forge(client: Redis, log: AuditLog, chain: Chain) -> Verdict:
    """Write the whole log anew with another third entry, and its tip: all that Redis holds."""

    def tamper(entries: list[Entry]) -> None:
        previous = chain.genesis
        for at, entry in enumerate(entries):
            content = encode(made(99)) if at == 2 else entry.content
            digest = chain.link(previous, entry.number, content)
            entries[at] = replace(entry, content=content, previous=previous, hash=digest)
            previous = digest
        client.hset(log.keys.audit_tip, "hash", previous)

    return rewrite(client, log, tamper)


def test_plain_hashes_can_all_be_made_anew(client: Redis, log: AuditLog) -> None:
    log.append(*(made(i) for i in range(1, 11)))
    kept = log.tip()
    assert forge(client, log, Chain(None, log.keys.audit)).ok, "nothing in Redis gives it away"
    assert found(verify(log, kept=kept)) == [("tip", 10)], "a tip that was kept elsewhere does"


def test_without_the_key_a_keyed_log_cannot_be_forged(
    client: Redis, log_of: Callable[..., AuditLog]
) -> None:
    log = log_of(audit_key=KEY)
    log.append(*(made(i) for i in range(1, 11)))
    guessed = Chain("not the secret, but as long", log.keys.audit)
    assert len(forge(client, log, guessed).faults) == 10
    client.hset(log.keys.audit_tip, "scheme", guessed.scheme)
    with pytest.raises(AuditError, match="another key"):
        verify(log)


def test_a_log_set_back_to_an_older_end_needs_a_tip_that_was_kept(
    client: Redis, ten: AuditLog
) -> None:
    kept, fifth = ten.tip(), ten.last(6)[0]
    older = {"n": 5, "hash": fifth.hash, "id": fifth.id, "scheme": ten.chain.scheme}
    client.hset(ten.keys.audit_tip, mapping=older)
    assert rewrite(client, ten, lambda entries: entries.__delitem__(slice(5, None))).ok
    assert found(verify(ten, kept=kept)) == [("tip", 10)]


def test_a_kept_tip_stays_true_while_the_log_grows_and_is_cut(
    log_of: Callable[..., AuditLog],
) -> None:
    log = log_of(audit_entries=10)
    log.append(*(made(i) for i in range(5)))
    kept = log.tip()
    log.append(made(5))
    assert verify(log, kept=kept).ok
    log.append(*(made(i) for i in range(6, 30)))
    assert verify(log, kept=kept).ok, "what was cut off can neither be proved nor disproved"
    assert verify(log, kept=Tip()).ok


def test_a_chain_is_of_one_log(client: Redis, log_of: Callable[..., AuditLog]) -> None:
    """One person's log does not pass as another's."""
    log = log_of(audit_key=KEY)
    log.append(made(1), made(2))
    other = AuditLog(
        log.client, "ben", settings=Settings(audit_key=KEY), namespace=log.keys.namespace
    )
    for one, copy in (
        (log.keys.audit, other.keys.audit),
        (log.keys.audit_tip, other.keys.audit_tip),
    ):
        client.copy(one, copy)
    assert found(verify(other)) == [("changed", 1)]


# --- whatever is done to a log -------------------------------------------------------------------


def chained(count: int) -> tuple[list[Entry], Tip, Chain]:
    chain, previous, entries = Chain(KEY, "log"), "", []
    previous = chain.genesis
    for n in range(1, count + 1):
        content = encode(made(n))
        digest = chain.link(previous, n, content)
        entries.append(Entry(f"{AT}-{n}", n, content, previous, digest))
        previous = digest
    return entries, Tip(count, previous, f"{AT}-{count}", chain.scheme), chain


LENGTH = 8
LOG, TIP, CHAIN = chained(LENGTH)


@given(st.lists(st.sampled_from(LOG), max_size=LENGTH + 3))
def test_no_other_selection_of_entries_passes(entries: list[Entry]) -> None:
    """Any entries in any order, as often as one likes: only the log itself is the log."""
    numbered = [replace(entry, id=f"{AT}-{at}") for at, entry in enumerate(entries)]
    assert (check(numbered, TIP, CHAIN) == []) == (entries == LOG)


@given(
    st.integers(0, LENGTH - 1),
    st.sampled_from(["number", "content", "previous", "hash"]),
    st.text(max_size=3) | st.integers(0, 20),
)
def test_no_other_field_passes(at: int, field: str, value: str | int) -> None:
    value = int(value) if field == "number" and str(value).isdecimal() else str(value)
    if field == "number" and not isinstance(value, int):
        value = 0
    same = getattr(LOG[at], field) == value
    entries = [replace(e, **{field: value}) if i == at else e for i, e in enumerate(LOG)]
    assert (check(entries, TIP, CHAIN) == []) == same

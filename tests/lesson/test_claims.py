"""The ledger against a real Redis."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import html
from redis import Redis

from wellness import keys
from wellness.lesson.claims import CLAIMS, Entry, Ledger, Measure
from wellness.lesson.verdicts import Verdict, verdict_by, verdict_from

AT = datetime(2025, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=2)))
FACTS = {
    "lesson": "01",
    "experiment": "batch <size> swept",
    "measured": {"speed-up": (6.25, "×"), "p50 of one": (412.0, "µs")},
    "verdict": Verdict("confirmed"),
    "at": AT,
    "versions": {"redis": "7.4.1", "redis-py": "8.1.0"},
}


@pytest.fixture
def ledger(client: Redis, namespace: str) -> Ledger:
    return Ledger(client, namespace)


def record(ledger: Ledger, number: int = 7, **changes: object) -> Entry:
    return ledger.record(number, **{**FACTS, **changes})  # type: ignore[arg-type]


def rows(ledger: Ledger, lesson: str | None = None) -> list[list[str]]:
    table = html.fromstring(ledger.table(lesson)._repr_html_())
    return [[cell.text_content() for cell in row] for row in table.iterfind("tbody/tr")]


def test_the_claims_are_the_twenty_three_each_with_a_lesson_and_an_experiment() -> None:
    assert list(CLAIMS) == list(range(1, 24))
    assert all(number == claim.number for number, claim in CLAIMS.items())
    assert {claim.lesson for claim in CLAIMS.values()} <= {f"{i:02d}" for i in range(12)}
    assert all(claim.text.endswith(".") and claim.experiment for claim in CLAIMS.values())


def test_what_is_recorded_comes_back_whole(ledger: Ledger) -> None:
    entry = record(ledger)
    assert ledger.rows() == [entry]
    assert entry.claim is CLAIMS[7]
    assert entry.measured == {"speed-up": Measure(6.25, "×"), "p50 of one": Measure(412.0, "µs")}
    assert entry.at == AT
    assert entry.versions == FACTS["versions"]


def test_text_replies_do_as_well_as_bytes(client: Redis, namespace: str) -> None:
    entry = record(Ledger(client, namespace))
    path = client.connection_pool.connection_kwargs["path"]
    with Redis(unix_socket_path=path, decode_responses=True) as text:
        assert Ledger(text, namespace).rows() == [entry]


def test_a_later_run_replaces_its_own_row_and_no_other(ledger: Ledger) -> None:
    record(ledger, measured={"speed-up": (1.0, "×")})
    other = record(ledger, lesson="08")
    newer = record(ledger, measured={"speed-up": (9.0, "×")}, at=AT + timedelta(days=1))
    first = record(ledger, number=2)
    assert ledger.rows() == [first, newer, other]


def test_the_ledger_keeps_to_its_policy(ledger: Ledger, client: Redis, namespace: str) -> None:
    record(ledger)
    key = keys.claims_key(namespace)
    assert list(keys.scan(client, namespace)) == [key]
    assert client.ttl(key) == -1
    assert keys.audit(client, namespace) == []
    assert client.hkeys(key) == [b"07:01"]


def test_the_default_ledger_lies_outside_every_lesson(client: Redis) -> None:
    assert Ledger(client)._key == keys.claims_key(keys.LEDGER)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"number": 0}, "no claim 0"),
        ({"number": 24}, "no claim 24"),
        ({"lesson": "1"}, "two digits"),
        ({"measured": {}}, "what was measured"),
        ({"versions": {}}, "versions"),
        ({"measured": {"p50": (math.nan, "ms")}}, "Not a number: p50"),
        ({"at": datetime(2025, 1, 1)}, "UTC offset"),
        ({"verdict": "maybe"}, "'maybe' is none of"),
        ({"verdict": "depends"}, "must say on what"),
        ({"verdict": "depends", "depends_on": " "}, "must say on what"),
    ],
)
def test_incomplete_evidence_is_refused_and_nothing_is_stored(
    ledger: Ledger, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        record(ledger, **changes)  # type: ignore[arg-type]
    assert ledger.rows() == []


def test_a_bare_word_with_its_condition_is_a_verdict(ledger: Ledger) -> None:
    entry = record(ledger, verdict="depends", depends_on="the transport")
    assert entry.verdict == Verdict("depends", "the transport")


def test_an_empty_ledger_shows_every_claim_as_open(ledger: Ledger) -> None:
    found = rows(ledger)
    assert len(found) == 23
    for row, claim in zip(found, CLAIMS.values(), strict=True):
        number, text, verdict, measured, experiment, where = row
        assert (int(number), text, experiment) == (claim.number, claim.text, claim.experiment)
        assert verdict == "– not yet measured on this machine"
        assert measured == ""
        assert where == f"lesson {claim.lesson}"
    assert repr(ledger.table()) == "23 claims: 23 not yet measured on this machine."


def test_the_table_shows_verdicts_by_symbol_and_word(ledger: Ledger) -> None:
    record(ledger)
    record(ledger, number=9, verdict=Verdict("refuted"))
    record(ledger, number=10, verdict=Verdict("depends", "MULTI"))
    record(ledger, number=10, lesson="08", verdict=Verdict("refuted"))
    found = rows(ledger)
    assert len(found) == 24
    assert found[6] == [
        "7",
        CLAIMS[7].text,
        "✓ confirmed",
        "speed-up 6.25 ×; p50 of one 412 µs",
        "batch <size> swept",
        "lesson 01, 2025-03-04 05:06",
    ]
    assert [row[2] for row in found[8:11]] == ["✗ refuted", "± depends (MULTI)", "✗ refuted"]
    table = html.fromstring(ledger.table()._repr_html_())
    summary = "23 claims: 1 confirmed, 2 refuted, 1 depends, 20 not yet measured on this machine."
    with_versions = f"{summary} Measured with redis 7.4.1, redis-py 8.1.0."
    assert table.findtext("caption") == with_versions
    assert len(table.findall("thead/tr/th[@scope='col']")) == 6


def test_versions_that_differ_stand_in_their_rows(ledger: Ledger) -> None:
    record(ledger)
    record(ledger, number=8, versions={"redis": "8.0.0"})
    assert [row[5] for row in rows(ledger, "01")] == [
        "lesson 01, 2025-03-04 05:06, redis 7.4.1, redis-py 8.1.0",
        "lesson 01, 2025-03-04 05:06, redis 8.0.0",
    ]
    assert "Measured with" not in ledger.table("01")._repr_html_()


def test_a_lesson_s_table_has_its_own_claims_and_what_it_measured(ledger: Ledger) -> None:
    record(ledger)
    record(ledger, number=3)
    record(ledger, number=8, lesson="08")
    found = rows(ledger, "01")
    assert [row[0] for row in found] == ["3", "7", "8"]
    assert [row[2][0] for row in found] == ["✓", "✓", "–"]  # lesson 08's entry is not lesson 01's


def test_the_frame_has_one_row_a_claim_and_lesson(ledger: Ledger) -> None:
    record(ledger, at=AT.astimezone(UTC))
    frame = ledger.table("01").to_frame()
    assert frame.index.tolist() == [7, 8]
    assert frame.loc[7, "verdict"] == "✓ confirmed"


@pytest.mark.parametrize(
    ("interval", "low", "high", "word"),
    [
        ((5.5, 9.0), 5, 10, "confirmed"),
        ((5.0, 10.0), 5, 10, "confirmed"),
        ((1.0, 4.9), 5, 10, "refuted"),
        ((10.1, 12.0), 5, 10, "refuted"),
        ((4.0, 6.0), 5, 10, "depends"),
        ((4.0, 12.0), 5, 10, "depends"),
        ((0.1, 0.4), -math.inf, 5, "confirmed"),
        ((5.1, 6.0), -math.inf, 5, "refuted"),
        ((0.99, 1.0), 0.95, math.inf, "confirmed"),
    ],
)
def test_verdict_from_an_interval(
    interval: tuple[float, float], low: float, high: float, word: str
) -> None:
    assert verdict_from(interval, claimed_low=low, claimed_high=high).word == word


def test_an_interval_across_a_border_says_which() -> None:
    verdict = verdict_from((4, 12.5), claimed_low=5, claimed_high=10, unit="×")
    assert verdict.depends_on == "the run: 4 to 12.5 × lies across 5 and 10"


@pytest.mark.parametrize(
    ("interval", "claimed"),
    [((2, 1), (0, 1)), ((1, 2), (3, 2)), ((math.nan, 1), (0, 1)), ((1, 2), (-math.inf, math.inf))],
)
def test_verdict_from_nonsense_is_refused(
    interval: tuple[float, float], claimed: tuple[float, float]
) -> None:
    with pytest.raises(ValueError, match=r"interval|border"):
        verdict_from(interval, claimed_low=claimed[0], claimed_high=claimed[1])


def test_verdicts_under_several_conditions_become_one() -> None:
    yes, no = Verdict("confirmed"), Verdict("refuted")
    assert verdict_by({"a": yes, "b": yes}) == yes
    assert verdict_by({"a": no}) == no
    mixed = verdict_by({"socket": no, "TCP": no, "far": yes, "near": Verdict("depends", "load")})
    assert mixed == Verdict("depends", "refuted: socket, TCP; confirmed: far; depends: near (load)")
    with pytest.raises(ValueError, match="no condition"):
        verdict_by({})

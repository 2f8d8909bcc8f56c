"""`wellness audit`: what was asked before stands there, and what was tampered with is named."""

from __future__ import annotations

import json

import pytest
from redis import Redis

from wellness.client import connect
from wellness.keys import Keys
from wellness.ops.audit import AuditLog
from wellness.ops.events import Event, EventKind, event
from wellness.server import EmbeddedServer
from wellness.settings import Settings

from .conftest import ANN, Answer, Run

AT = 1_790_000_000_000
KEY = "a secret that is long enough"


def made(i: int) -> Event:
    return event(
        EventKind.TOOL_CALLED, at=AT + 1000 * i, user=ANN, conversation="c1",
        data={"turn": "x", "tool": "aggregate_metrics", "arguments": {"metric": "StepCount"},
              "i": i, "seconds": 0.012345},
    )  # fmt: skip


@pytest.fixture
def log(redis_server: EmbeddedServer, namespace: str) -> AuditLog:
    """Ann's log with five entries."""
    settings = Settings(redis_url=redis_server.url)
    log = AuditLog(connect(settings), ANN, settings=settings, namespace=namespace)
    log.append(*(made(i) for i in range(1, 6)))
    return log


@pytest.fixture
def audit(run: Run, log: AuditLog) -> Run:
    def command(*words: object) -> Answer:
        return run("audit", "--user", ANN, *words)

    return command


def test_the_newest_entries_are_shown(audit: Run) -> None:
    said = audit("--last", 2)
    assert said.code == 0
    assert [row.split()[0] for row in said.rows] == ["entry", "4", "5"]
    assert "2026-09-21 14:13:25" in said.rows[2]
    assert "tool called" in said.rows[2]
    assert "arguments=metric:StepCount i=5 seconds=0.0123 tool=aggregate_metrics" in said.rows[2]


def test_entries_since_an_entry_or_a_moment(audit: Run, log: AuditLog) -> None:
    third = list(log.read())[2].id
    assert [row.split()[0] for row in audit("--since", third).rows[1:]] == ["3", "4", "5"]
    assert len(audit("--since", "2020-01-01", "--json").json) == 5
    assert audit("--since", "2099-01-01", "--json").json == []
    wrong = audit("--since", "lately")
    assert wrong.code == 2
    assert "--since 'lately' is neither" in wrong.err


def test_json_holds_the_events(audit: Run, log: AuditLog) -> None:
    found = audit("--json").json
    assert [one["event"]["data"]["i"] for one in found] == [1, 2, 3, 4, 5]
    assert [one["hash"] for one in found] == [entry.hash for entry in log.read()]


def test_a_log_as_it_was_written(audit: Run, log: AuditLog) -> None:
    said = audit("--verify")
    assert said.code == 0
    assert said.rows[0] == "5 entries, 1 to 5: as written."
    tip = said.rows[1].split()[-1]
    assert tip == f"5:{log.tip().hash}"
    assert audit("--verify", "--kept", tip).code == 0
    assert audit("--verify", "--json").json["tip"] == tip


def test_tampering_is_named_and_fails(client: Redis, audit: Run, log: AuditLog) -> None:
    kept = f"5:{log.tip().hash}"
    client.xdel(log.keys.audit, list(log.read())[1].id)
    said = audit("--verify")
    assert said.code == 1
    assert said.rows == ["Entry 2 is not there any more: removed."]
    found = audit("--verify", "--json")
    assert found.code == 1
    assert [(one["what"], one["number"]) for one in found.json["faults"]] == [("removed", 2)]
    log.clear()
    log.append(made(1))
    assert "had 5 entries before" in audit("--verify", "--kept", kept).rows[0]
    wrong = audit("--verify", "--kept", "five")
    assert (wrong.code, "no tip" in wrong.err) == (2, True)


def test_an_entry_that_cannot_be_read_is_shown_as_that(
    client: Redis, audit: Run, log: AuditLog
) -> None:
    client.xadd(log.keys.audit, {"hello": "there"})
    assert "damaged" in audit("--last", 1).rows[1]
    assert audit("--last", 1, "--json").json[0]["event"] is None


def test_a_log_with_a_key_needs_it(
    audit: Run, log: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WELLNESS_AUDIT_KEY", KEY)
    said = audit("--verify")
    assert said.code == 2
    assert "chained by sha256, not hmac-sha256" in said.err
    log.clear()
    monkeypatch.setenv("WELLNESS_AUDIT_KEY", "short")
    assert "WELLNESS_AUDIT_KEY" in audit("--verify").err


def test_following_goes_on_with_what_comes(audit: Run) -> None:
    said = audit("--follow", "--quiet", 0.1, "--last", 2)
    assert [row.split()[0] for row in said.rows] == ["4", "5"]
    lines = audit("--follow", "--quiet", 0.1, "--last", 1, "--json").rows
    assert [json.loads(row)["number"] for row in lines] == [5]


def test_an_empty_log(run: Run) -> None:
    assert run("audit", "--user", "nobody").rows == ["The audit log is empty."]
    assert run("audit", "--user", "nobody", "--verify").rows == ["The audit log is empty."]
    assert run("audit", "--user", "nobody", "--json").json == []


def test_what_is_asked_is_written_down(
    run: Run, client: Redis, namespace: str, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    people(ANN)  # type: ignore[operator]
    monkeypatch.setenv("WELLNESS_CHAT_MODEL", "none-such:9b-local")
    question = "What was my heart rate on 1 March 2024?"
    said = run("ask", question, "--stateless", "--json")
    assert said.json["audit"] == {"written": 3, "unwritten": 0, "problem": ""}
    entries = run("audit", "--json").json
    assert [one["event"]["kind"] for one in entries] == ["turn started", "tool called", "answered"]
    assert "March" not in json.dumps(entries)
    assert run("audit", "--verify").code == 0
    client.hset(Keys(namespace, ANN).audit_tip, "scheme", "hmac-sha256:0123")
    said = run("ask", question, "--stateless")
    assert "Not in the audit log: 3 of 3 entries. The audit log of 'ann' is chained by" in said.out

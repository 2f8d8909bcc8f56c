"""The command that shows, verifies and follows an audit log, and what others write it with."""

from __future__ import annotations

import json as to_json
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wellness.cli.console import Json, User, store_of, table, write, write_json
from wellness.errors import AuditError, SettingsError
from wellness.settings import Settings

if TYPE_CHECKING:  # these take long to import, and `--help` needs none of them
    from wellness.agent.agent import Agent, Answer
    from wellness.health.store import Store
    from wellness.ops.entries import Entry, Tip
    from wellness.ops.observed import Observed
    from wellness.ops.recorder import Recorder
    from wellness.ops.verification import Verdict


def audit(
    user: User = "",
    verify: Annotated[
        bool, typer.Option("--verify", help="Hold each entry against the chain. 1 if one is off.")
    ] = False,
    kept: Annotated[
        str, typer.Option(help="With --verify: a tip NUMBER:HASH that an earlier one has shown.")
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes.")] = False,
    last: Annotated[int, typer.Option(help="How many of the newest entries.", min=0)] = 20,
    since: Annotated[
        str, typer.Option(help="All from this moment (ISO 8601) or entry id on, instead.")
    ] = "",
    quiet: Annotated[
        float, typer.Option(help="With --follow: end after so many seconds without an entry.")
    ] = 0.0,
    json: Json = False,
) -> None:
    """Show what the agent did for a person, as `ask` and `chat` have written it down.

    The log holds no words of the person's unless WELLNESS_AUDIT_TEXT is set. With --json --follow
    each entry is a line.
    """
    from wellness.ops.audit import AuditLog
    from wellness.ops.following import follow as follow_log
    from wellness.ops.verification import verify as verify_log

    with store_of(user) as (store, settings):
        log = AuditLog(store.client, store.user, settings=settings, namespace=store.keys.namespace)
        if verify:
            verdict = verify_log(log, kept=_tip(kept) if kept else None)
            _show_verdict(verdict, store.user, as_json=json)
            raise SystemExit(0 if verdict.ok else 1)
        known = list(log.read(_start(since))) if since else log.last(last)
        if not follow:
            _show(known, as_json=json)
            return
        after = known[-1].id if known else None
        coming = follow_log(log, settings=settings, after=after, quiet_s=quiet or None)
        for entries in (known, coming):
            for entry in entries:
                write(to_json.dumps(_fields(entry), ensure_ascii=False) if json else _line(entry))


@contextmanager
def recorded(agent: Agent, store: Store, settings: Settings) -> Iterator[Observed[Answer]]:
    """The agent with its turns written down in the person's audit log and told on their channel."""
    from wellness.client import Client
    from wellness.ops.observed import Observed
    from wellness.ops.recorder import Recorder

    assert isinstance(store.client, Client)
    recorder = Recorder(
        store.client, store.user, settings=settings, clock=time.time,
        namespace=store.keys.namespace,
    )  # fmt: skip
    try:
        yield Observed(agent, recorder, settings=settings, clock=time.time)
    finally:
        recorder.close()


def missing(recorder: Recorder) -> str:
    """What is not in the audit log, as a sentence; empty if all is."""
    if not recorder.unwritten:
        return ""
    all_ = recorder.written + recorder.unwritten
    return f"Not in the audit log: {recorder.unwritten} of {all_} entries. {recorder.problem}"


def _start(since: str) -> str | datetime:
    """An entry's id as it is, or a moment, without an offset in UTC as the log is shown."""
    if re.fullmatch(r"\d{5,}(-\d+)?", since):
        return since
    try:
        found = datetime.fromisoformat(since)
    except ValueError:
        raise SettingsError(
            f"--since {since!r} is neither a moment nor the id of an entry.",
            hint="Write for instance 2026-09-30T20:00, or an id as --json shows it.",
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _tip(text: str) -> Tip:
    from wellness.ops.entries import Tip

    number, _, digest = text.partition(":")
    if not number.isdecimal() or not digest:
        raise SettingsError(
            f"--kept {text!r} is no tip.", hint="Give NUMBER:HASH as --verify has shown it."
        )
    return Tip(int(number), digest)


def _show(entries: Iterable[Entry], *, as_json: bool) -> None:
    if as_json:
        write_json([_fields(entry) for entry in entries])
        return
    rows = [_cells(entry) for entry in entries]
    if rows:
        table(("entry", "when (UTC)", "what", "conversation", "details"), rows)
    else:
        write("The audit log is empty.")


def _cells(entry: Entry) -> tuple[str, ...]:
    try:
        event = entry.event
    except AuditError:
        return str(entry.number), "", "damaged", "", "`wellness audit --verify` says more"
    details = " ".join(
        f"{name}={_short(value)}" for name, value in event.data.items() if name != "turn"
    )
    when = f"{event.time:%Y-%m-%d %H:%M:%S}"
    return str(entry.number), when, event.kind.value, event.conversation, details


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{name}:{_short(one)}" for name, one in value.items()) or "-"
    if isinstance(value, list):
        return ",".join(map(_short, value)) or "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _line(entry: Entry) -> str:
    return "  ".join(cell for cell in _cells(entry) if cell)


def _fields(entry: Entry) -> dict[str, Any]:
    try:
        event: dict[str, Any] | None = entry.event.to_dict()
    except AuditError:
        event = None
    return {"id": entry.id, "number": entry.number, "hash": entry.hash, "event": event}


def _show_verdict(verdict: Verdict, user: str, *, as_json: bool) -> None:
    tip = verdict.tip
    if as_json:
        faults = [
            {"what": one.what, "number": one.number, "id": one.id, "message": one.message}
            for one in verdict.faults
        ]
        found = {"ok": verdict.ok, "entries": verdict.entries, "first": verdict.first}
        write_json({"user": user, **found, "tip": f"{tip.number}:{tip.hash}",
                    "scheme": tip.scheme, "faults": faults})  # fmt: skip
        return
    for fault in verdict.faults:
        write(fault.message)
    if not tip.number and verdict.ok:
        write("The audit log is empty.")
    elif verdict.ok:
        write(f"{verdict.entries:,} entries, {verdict.first:,} to {tip.number:,}: as written.")
        write(f"Chained by {tip.scheme}. Keep this tip elsewhere: {tip.number}:{tip.hash}")

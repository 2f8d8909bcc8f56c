"""Commands about long-term memory: add, recall, list, forget."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from wellness.cli.console import (
    Json,
    Now,
    User,
    confirmed,
    moment,
    store_of,
    table,
    write,
    write_json,
)
from wellness.errors import RecallError, UnknownUser
from wellness.zones import machine_zone

if TYPE_CHECKING:  # these take long to import, and `--help` needs none of them
    from wellness.health.store import Store
    from wellness.memory.kept import Kept
    from wellness.memory.kinds import Memory
    from wellness.memory.long_term import LongTerm

app = typer.Typer(
    name="memory",
    help="What is remembered of a person: add, recall, list, forget.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def add(
    text: Annotated[str, typer.Argument(help='For instance "My goal weight is 75 kg."')],
    user: User = "",
    now: Now = "",
    json: Json = False,
) -> None:
    """Remember what a person states. Another value of the same thing takes the place of the old.

    A sentence that states nothing recognisable is remembered word by word, as a fact.
    """
    from wellness.memory.facts import learn
    from wellness.memory.kinds import Fact, MemoryKind

    with store_of(user) as (store, _), _long_term(store) as memory:
        at = _now(store, now)
        facts = learn(text, now=at, zone=_zone(store))
        facts = facts or [Fact(text.strip(), MemoryKind.FACT, int(at.timestamp()))]
        stored = memory.remember(facts)
    rows = [
        {"id": one.id, "outcome": one.outcome, "replaced": one.replaced, "kind": fact.kind.value,
         "text": fact.text, "subject": fact.subject}
        for one, fact in zip(stored, facts, strict=True)
    ]  # fmt: skip
    if json:
        write_json({"user": store.user, "stored": rows})
        return
    table(
        ("outcome", "kind", "id", "text"),
        [tuple(str(row[name]) for name in ("outcome", "kind", "id", "text")) for row in rows],
    )


@app.command()
def recall(
    question: Annotated[str, typer.Argument(help='For instance "what is my goal weight?"')],
    k: Annotated[int, typer.Option("-k", help="At most so many memories.")] = 5,
    history: Annotated[bool, typer.Option(help="Also what has been superseded.")] = False,
    user: User = "",
    now: Now = "",
    json: Json = False,
) -> None:
    """Find what bears on a question, best first, each with the reason why it was found."""
    with store_of(user) as (store, _), _long_term(store) as memory:
        zone = _zone(store)
        at = int(_now(store, now).timestamp())
        found = memory.recall(question, now=at, k=k, history=history)
    if json:
        hits = [
            {**hit.memory.to_dict(), "score": hit.score, "why": str(hit.why)} for hit in found.hits
        ]
        write_json({"user": store.user, "question": question, "hits": hits,
                    "timings_s": dict(found.timings), "degraded": found.degraded})  # fmt: skip
        return
    if found.degraded:
        write(f"Degraded: {found.degraded}")
    if not found.hits:
        write("Nothing that is remembered bears on that.")
    for number, hit in enumerate(found.hits, 1):
        write(f"{number}. {_since(hit.memory, zone)}  {hit.memory.fact.text}\n   {hit.why}")


@app.command("list")
def list_(
    history: Annotated[bool, typer.Option(help="Also what has been superseded.")] = False,
    user: User = "",
    json: Json = False,
) -> None:
    """Show everything that is remembered of a person, by when it was said. Needs no model."""
    with store_of(user) as (store, _):
        memories = _kept(store).all(history=history)
        zone = _zone(store)
    if json:
        write_json({"user": store.user, "memories": [memory.to_dict() for memory in memories]})
        return
    if not memories:
        write(f"Nothing is remembered of {store.user!r}.")
        return
    table(
        ("since", "kind", "id", "text"),
        [(_since(one, zone), one.fact.kind.value, one.id, one.fact.text) for one in memories],
    )


@app.command()
def forget(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids, as `memory list` shows.")] = None,
    all: Annotated[bool, typer.Option("--all", help="Everything that is remembered.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    user: User = "",
    json: Json = False,
) -> None:
    """Delete memories for good. Needs no model."""
    if bool(ids) == all:
        raise RecallError(
            "Say what to forget: ids, or --all, and not both.", hint="`wellness memory list`"
        )
    with store_of(user) as (store, _):
        kept = _kept(store)
        if all and not yes and not confirmed(f"Forget everything about {store.user!r}?"):
            raise RecallError("Nothing was forgotten.", hint="Confirm, or give --yes.")
        missing = [] if all else [id for id in ids or () if not kept.forget(id)]
        gone = kept.forget_all() if all else len(ids or ()) - len(missing)
    if json:
        write_json({"user": store.user, "forgotten": gone, "unknown": missing})
    else:
        write(f"{gone} forgotten." + (f" Unknown: {', '.join(missing)}." if missing else ""))
    if missing:
        raise SystemExit(1)


@contextmanager
def _long_term(store: Store) -> Iterator[LongTerm]:
    import time

    from wellness.memory.embedder import open_embedder
    from wellness.memory.long_term import LongTerm
    from wellness.settings import load

    settings = load()
    with ExitStack() as stack:
        embedder = stack.enter_context(open_embedder(settings))
        yield LongTerm(
            store.client, embedder, store.user, settings=settings, clock=time.time,
            namespace=store.keys.namespace,
        )  # fmt: skip


def _kept(store: Store) -> Kept:
    from wellness.memory.kept import Kept

    return Kept(store.client, store.user, namespace=store.keys.namespace)


def _zone(store: Store) -> ZoneInfo:
    """The person's home zone; who has imported nothing lives where the machine is."""
    try:
        return store.zone()
    except UnknownUser:
        return machine_zone()


def _now(store: Store, given: str) -> datetime:
    zone = _zone(store)
    return moment(given, zone) if given else datetime.now(zone)


def _since(memory: Memory, zone: ZoneInfo) -> str:
    since = f"{datetime.fromtimestamp(memory.fact.since, zone):%Y-%m-%d}"
    if memory.valid_until is None:
        return since
    return f"{since} to {datetime.fromtimestamp(memory.valid_until, zone):%Y-%m-%d}"

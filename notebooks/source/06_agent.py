# %% [markdown]
# # The agent, and its twin without memory
#
# Two agents: the same model, the same tools, the same prompts, the same number of calls. One has the
# memory of lessons 02 to 04, the other has not. Is the first one better? At what, by how much, and at
# what cost? Published demos answer that with a stateless agent whose prompt tells it to fail.
#
# After this lesson you will be able to
#
# - read the graph of an agent, and say where a turn spends its time,
# - compare two agents fairly: paired, graded by rule, with intervals and a count of losses,
# - catch a number that a model made up, before anybody reads it,
# - say what an agent should do when Redis or its model is gone.
#
# Minutes: present 10, practise 60
#
# <!-- nav -->

# %%
from wellness.lesson import kit

lesson = kit.start("06")

# %% [markdown]
# ## A question, answered
#
# The agent recalls, classifies, calls tools, lets the model word what they found, checks the numbers of
# the answer, and remembers. Here it is, with its graph.

# %% tags=["slow"]
from wellness.lesson.agents import open_twins

store = lesson.load("sample")
agents = open_twins(lesson, store)
display(agents.stateful)
said = agents.stateful.ask("How many steps did I take last week?", now=lesson.now, conversation="first")
print(said.answer, f"\n\n{said.by}, {said.model}; tool: {[call.name for call in said.calls]}")
said.validation

# %% [markdown]
# The dotted arrows are decisions: a call that was misunderstood is made once more, by the model instead
# of the rules; an answer whose numbers do not hold is asked for again. The twin is the same graph
# without `recall` and `remember`.
#
# ## Where a turn spends its time
#
# Every node reports what it did, how long it took, and how much of that a model was computing.

# %%
import pandas as pd
from wellness.lesson import charts

pd.set_option("display.max_colwidth", 160)
said = agents.stateful.ask("And the week before?", now=lesson.now, conversation="first")
own = {step["name"]: (step["seconds"] - step["waited_s"]) * 1e9 for step in said.steps}
models = {f"{step['name']}: the model": step["waited_s"] * 1e9 for step in said.steps if step["waited_s"] > 1e-4}
display(charts.bars(own | models, title="One turn, by node", unit="ns"))
pd.DataFrame([(step["name"], str(step["detail"])[:150]) for step in said.steps], columns=["node", "what it did"])

# %% [markdown]
# The chat model takes most of it, by far; then the embedding model. What Redis and our own Python do is
# the small rest: recalling both memories, reading health data, keeping the turn.
#
# > Combined memory retrieval takes under 100 ms.
#
# ## Told once, asked elsewhere
#
# Each line goes to both agents. The last two are asked in a conversation of their own, in which nothing
# was told.

# %% tags=["slow"]
from datetime import timedelta

script = [("in May", 140, "My physio is called Okonkwo."), ("in May", 140, "My goal weight is 165 lb."),
          ("in August", 40, "Actually, my goal weight is 160 lb."),
          ("today", 0, "What is my physio called?"), ("today", 0, "How far am I from my goal weight?")]
rows = []
for conversation, days, text in script:
    both = [one.ask(text, now=lesson.now - timedelta(days=days), conversation=conversation) for one in (agents.stateful, agents.stateless)]
    rows.append((conversation, text, *(one.answer for one in both)))
pd.DataFrame(rows, columns=["conversation", "said", "with memory", "without"])

# %% [markdown]
# What was told was learned by rules, not by a model: it cost no call. The second goal took the place of
# the first, and both are still there with their dates.
#
# ## Side by side
#
# One field, two agents. The badges say what each of them used. Ask for something that needs memory, and
# for something that does not.

# %% tags=["slow"]
from wellness.lesson.chat_box import chat_box

chat_box(agents, now=lesson.now, say=lesson.scale(("How many runs did I do in August?", "And in July?"), ("How many runs did I do in August?",)))

# %% [markdown]
# ## The twin experiment
#
# Anecdotes are easily chosen. So here are scripted dialogues whose right answers are computed from the
# sample's exact figures, graded by rule. Some need the conversation, some need what was told weeks ago;
# some need no memory at all, and in some of them a memory can only do harm. A sample of them is played
# live.

# %% tags=["slow"]
from datetime import UTC, datetime
from wellness.lesson import twin_runs
from wellness.lesson.agents import players
from wellness.lesson.dialogues import load_dialogues, sample

some = sample([one for one in load_dialogues() if lesson.scale(True, one.kind == "goal recall")], lesson.scale(16, 1))
live = twin_runs.run(some, players(lesson, store), model=lesson.chat().model, at=datetime.now(UTC),
                     versions=lesson.versions, progress=lesson.progress("Playing dialogues with both agents"))
live

# %% [markdown]
# A few dialogues cannot decide much; read the intervals. The full run plays all of them, and takes as
# long as your model is slow. If it has been made on this machine, it stands here.

# %%
display(twin_runs.latest())
live.costs_to_frame()

# %% [markdown]
# The last table is the price: tokens that the model read and wrote, seconds, and calls, for each turn.
#
# ## A number that nobody measured
#
# Models make things up, and rarely when an audience watches. So we help: this one adds a flourish to
# every answer. Watch what the check makes of it.

# %% tags=["slow"]
from dataclasses import replace as changed
from wellness.agent.agent import Agent

class Boaster:
    model = f"{lesson.chat().model}, boasting"
    choose = lesson.chat().choose
    def say(self, messages, **how):
        words = lesson.chat().say(messages, **how)
        return changed(words, text=words.text + " That is 23 % more than most people of your age.")

boasting = Agent(store, Boaster(), memory=None, settings=lesson.settings)
said = boasting.ask("How many steps did I take yesterday?", now=lesson.now)
display(said.validation)
{"the person reads": said.answer, "whose words": said.by, "calls of the model": said.model_calls}

# %% [markdown]
# The invented share has no source among this turn's results. The model was asked once more, with a word
# about what was wrong, and boasted again; then the tool's own words were taken. The person never saw the
# number. What you see marked is the second attempt. An answer that gives none of the numbers is sent back,
# too: small models word a comparison more often wrongly than they copy a number.
#
# > The validator catches hallucinated numbers.
#
# One catch proves little. Here are correct answers, each made wrong on purpose in many ways: another
# value, swapped digits, another unit, another day, a wrong direction, a number of an earlier turn.

# %%
from wellness.lesson.corruption_figures import judge
from wellness.lesson.corruptions import load_answers
from wellness.lesson.intervals import intervals

report = judge(load_answers("development")[:: lesson.scale(1, 20)])
display(intervals(report.caught, title="Corrupted answers that were caught, by what was done to them"))
report

# %% [markdown]
# `make bench` repeats this on answers that nobody tuned for.
#
# ## Tokens, counted and read
#
# > A budget of 24,000 tokens, trimmed at 19,200 and keeping two messages, is safe.
#
# A context is fitted by a counter before the model reads it. How far is the counter off, and how much of
# what was told is still in the context after trimming?

# %% tags=["slow"]
from wellness.agent.counting import text_error
from wellness.lesson.trimming import kept_after_trimming
from wellness.memory.tokens import Tiktoken

texts = {"numbers": [said.results[0].conclusion, "10,432 11,207 9,871 12,004", "2026-09-30 20:15:07, 72.25 bpm, 161.8 lb"],
         "words": ["I hurt my shoulder while swimming and it still aches when I lift my arm.", "Walking a little every day is enough to begin with."]}
errors = {of: text_error(some, Tiktoken(), lesson.chat()) for of, some in texts.items()}
display(errors)
budgets = [500, 1_000, 2_000, 4_000, 19_200]
kept = kept_after_trimming(budgets)
charts.lines(budgets, {"evidence still in the context": [100 * part for part in kept]}, title="What trimming leaves of what a question needs",
             xlabel="budget in tokens", ylabel="turns that the answer needs", unit="%", log="x")

# %% [markdown]
# A budget is safe if the model has room for it, and this one's context ends far below the claim. What
# trimming takes away is not lost: the long-term memory finds it, as lesson 04 measured.
#
# ## When Redis goes
#
# The line to Redis is cut in the middle of a conversation. Nothing happens to the server; only this
# agent cannot reach it. Before you run it: what should the agent say, and what must it not do?

# %% tags=["slow"]
import time
from wellness.health.store import Store
from wellness.lesson.relay import line

brisk = lesson.settings.model_copy(update={"breaker_failures": 2, "breaker_reset_s": 0.5})
with line(lesson.client, brisk) as way:
    far = open_twins(lesson, Store(way.client, store.user, namespace=lesson.namespace), speaker="cut off").stateful
    for event, happen in (("as usual", lambda: None), ("cut", way.cut), ("still cut", lambda: None), ("mended", lambda: (way.mend(), time.sleep(0.6)))):
        happen()
        one = far.ask("How many steps did I take yesterday?", now=lesson.now)
        print(f"{event} ({one.seconds:.2f} s): {one.answer}\n    {'; '.join(one.degraded) or 'nothing degraded'}\n")

# %% [markdown]
# It says what it cannot do, and does not guess; the lines in red are the log of the connection. The
# circuit breaker spares the second turn the wait, and lets the first turn after the repair through.
#
# ## Verdict

# %%
from wellness.lesson.verdicts import verdict_by, verdict_from

recalls = sorted(agents.stateful.ask("Thanks a lot", now=lesson.now, conversation="timing").steps[0]["seconds"] * 1e3 for _ in range(lesson.scale(10, 2)))
lesson.record(5, experiment="recall of both memories in a turn, with the embedding", verdict=verdict_from((recalls[0], recalls[-1]), claimed_high=100, unit="ms"),
              measured={"fastest": (recalls[0], "ms"), "slowest": (recalls[-1], "ms")})
room = lesson.chat().context
lesson.record(12, experiment="counter against the model's own tokenizer; room of this model", measured={"numbers": (100 * errors["numbers"].relative, "%"), "words": (100 * errors["words"].relative, "%"), "room": (room, "tokens")},
              verdict=verdict_by({f"{room:,} tokens of room": verdict_from((room, room), claimed_low=24_000)}))
lesson.record(13, experiment="answers made wrong on purpose, development half", measured=report.measured, verdict=report.verdict)
lesson.record(23, experiment=f"{len(some)} dialogues, {live.stateful.model}", measured={"with memory": (100 * live.stateful.accuracy, "%"), "without": (100 * live.stateless.accuracy, "%")},
              verdict={"better": "confirmed", "worse": "refuted"}.get(live.word, "depends"), depends_on="" if live.word != "no difference" else "too few dialogues to tell; see the full run")
lesson.ledger.table("06")

# %% [markdown]
# ## Recap
#
# - You read the graph, and saw that models take the time, not memory.
# - You compared twins on equal terms, with wins, losses and intervals.
# - You saw an invented number withdrawn, and how often that works, by kind of mistake.
# - You cut the line to Redis, and the agent said so and came back.
#
# What Redis does badly here: it cannot tell a memory that helps from one that misleads. Whatever was
# stored is recalled if it is near enough, and it is the agent that must supersede, filter and check.
#
# ## Exercise 06-1: may it be said?
#
# `unsupported(answer, facts)` returns the numbers of an answer, as they are written, that no fact
# supports. A number supports what it rounds to: a fact of 7.48 may be said as 7.5, and as 7.48, and not
# as 7.4. Signs do not count: "fell by 1.2" is a fact of minus that. Mind the comma in 8,214.
#
# <details><summary>Hint 1</summary>`re.findall(r"\d[\d,]*(?:\.\d+)?", answer)` finds numbers whole; digits
# alone would make two numbers of one.</details>
# <details><summary>Hint 2</summary>The number of digits behind the point says how far it was
# rounded.</details>
# <details><summary>Hint 3</summary>`round(abs(fact), decimals) == value` for any of the facts.</details>

# %% tags=["exercise"]
import re

def unsupported(answer, facts):
    ### BEGIN SOLUTION
    ### BLANK: return [text for text in re.findall(r"\d+", answer) if text not in str(facts)]
    wrong = []
    for text in re.findall(r"\d[\d,]*(?:\.\d+)?", answer):
        value, decimals = float(text.replace(",", "")), len(text.partition(".")[2])
        if not any(round(abs(fact), decimals) == value for fact in facts):
            wrong.append(text)
    return wrong
    ### END SOLUTION

# %% tags=["check"]
lesson.check("06-1", unsupported)

# %% [markdown]
# ## Exercise 06-2: judge a twin experiment
#
# Two lists say for each question whether the agent with memory was right, and whether the one without
# was. Return wins, losses, and the p-value of the exact two-sided sign test; questions on which both
# did alike say nothing. Without wins and losses p is one.
#
# <details><summary>Hint 1</summary>A win is right with memory and wrong without.</details>
# <details><summary>Hint 2</summary>If memory made no difference, each pair that differs would be a win with
# the probability of one half: a binomial test.</details>
# <details><summary>Hint 3</summary>`scipy.stats.binomtest(wins, wins + losses).pvalue`.</details>

# %% tags=["exercise"]
from scipy.stats import binomtest

def sign_test(with_memory, without):
    ### BEGIN SOLUTION
    ### BLANK: return sum(with_memory), sum(without), 0.0
    wins = sum(a and not b for a, b in zip(with_memory, without, strict=True))
    losses = sum(b and not a for a, b in zip(with_memory, without, strict=True))
    return wins, losses, float(binomtest(wins, wins + losses).pvalue) if wins + losses else 1.0
    ### END SOLUTION

# %% tags=["check"]
lesson.check("06-2", sign_test)

# %% [markdown]
# ## Exercise 06-3: the tool loop
#
# A model asks for calls; some twice, some that fail, sometimes too many. `run(calls, call, limit)` returns
# one result for each entry of `calls`, in order. Equal calls are carried out once and share the result; at
# most `limit` different ones are carried out, side by side; one that raises has the error's text as its
# result; one beyond the limit has a text with the word "limit".
#
# <details><summary>Hint 1</summary>`dict.fromkeys(calls)` keeps the first of equals, in order.</details>
# <details><summary>Hint 2</summary>`ThreadPoolExecutor(n).map(f, some)` runs side by side and keeps the
# order. An exception would come out of the map: catch it inside `f`.</details>
# <details><summary>Hint 3</summary>Make a dictionary from call to result, then look each entry up:
# `done.get(one, "beyond the limit")`.</details>

# %% tags=["exercise"]
from concurrent.futures import ThreadPoolExecutor

def run(calls, call, limit):
    ### BEGIN SOLUTION
    ### BLANK: return [call(one) for one in calls]
    def guarded(one):
        try:
            return call(one)
        except Exception as error:
            return f"failed: {error}"
    chosen = list(dict.fromkeys(calls))[:limit]
    with ThreadPoolExecutor(len(chosen)) as threads:
        done = dict(zip(chosen, threads.map(guarded, chosen), strict=True))
    return [done.get(one, "beyond the limit") for one in calls]
    ### END SOLUTION

# %% tags=["check"]
lesson.check("06-3", run)

# %%
lesson.finish()

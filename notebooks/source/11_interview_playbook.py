# %% [markdown]
# # The playbook
#
# "Why Redis?", somebody asks, and leans back. Nobody in that room wants an adjective. They want to know what
# you measured, where you lost, and what you left out on purpose. This lesson has the questions to expect, and
# for each of them what this machine says: from the ledger of claims, and by running it again before their eyes.
#
# After this lesson you will be able to
#
# - answer the usual questions with a number of your own, and say under which conditions it was measured,
# - say what was refuted, and what Redis does badly, before somebody else does,
# - give the reason for each thing that the kit leaves out,
# - turn a doubt from the room into an experiment.
#
# Minutes: present 10, practise 50
#
# <!-- nav -->

# %%
from wellness.lesson import kit

lesson = kit.start("11")

# %% [markdown]
# ## What you will be asked
#
# Every question names the claims that are its evidence. The middle column is read from the ledger of this
# Redis at this moment: what no lesson has measured here is said to be open, and an open claim is no argument.

# %%
from wellness.lesson.playbook import Playbook

play = Playbook(lesson)
play

# %% [markdown]
# ## The board
#
# Choose a question, from the list or with Next: Tab moves from button to button, Space presses them. The last
# button runs the experiment again, in small. A proof in small decides nothing, so it is not entered into the
# ledger: it shows *how* it was measured. Where an experiment is too large for that, the button reads what its
# lesson recorded, or says that nobody has measured it.

# %%
play.board()

# %% [markdown]
# The same from code, one by one.
#
# ## Why not pgvector?
#
# Its proof starts a Postgres, which takes a moment, so it waits for your press. Before you press: will
# Redis win, tie or lose?

# %%
display(play.answer("pgvector"))
play.button("pgvector")

# %% [markdown]
# ## How fast is it?

# %%
display(play.answer("latency"))
play.prove("latency")

# %% [markdown]
# If the claim in the table is confirmed and the number just now is above it, say both. A percentile of a
# hundred calls on a machine that is busy with a video call is a different thing from a quiet one.
#
# ## How does it scale to millions of users?

# %%
display(play.answer("scale"))
play.prove("scale")

# %% [markdown]
# ## What happens when memory is full?

# %%
display(play.answer("memory"))
play.prove("memory")

# %% [markdown]
# ## Why a small local model?
#
# Seven billion weights is what the earlier demo used. Which model answers on this machine is shown by every lesson that asks one, and by `wellness doctor`.

# %%
display(play.answer("7b"))
play.prove("7b")

# %% [markdown]
# ## What does Redis do badly?
#
# The question that decides whether you are believed. Two proofs: the middle of a list, and a pipeline of which
# the middle command fails. Guess first: how many of the other two commands are undone?

# %%
display(play.answer("badly"), play.prove("badly"))
play.prove("safe")

# %% [markdown]
# ## What was refuted
#
# All that this machine has found wrong, or right only under a condition. The longer this table, the better
# you have worked. When it is empty, no lesson has recorded anything yet.

# %%
play.refuted()

# %% [markdown]
# ## What the kit leaves out, and why
#
# Leaving something out is a decision, and a decision has a reason.

# %%
from wellness.lesson.questions import LEFT_OUT

display(*[play.answer(question.name) for question in LEFT_OUT])

# %% [markdown]
# ## One page to take along
#
# `make cheat-sheet` prints all of it on one page, as a PDF, with this machine's numbers, their date and
# versions. Make it after the lessons, on the machine you will present with, or the page will say "not yet
# measured" in many places.
#
# ## Recap
#
# - Every answer has evidence from this machine, or admits that it has none.
# - A verdict comes from a lesson; a proof in small shows how, and cannot replace it.
# - You can say what was refuted, and what "depends" depends on.
# - What was left out has a reason, and you can give it.
#
# What Redis does badly here: the ledger is one hash without a history. A newer run replaces the older one, and
# Redis will not tell you what the number was last week.
#
# ## Exercise 11-1: three sentences
#
# Somebody asks about a claim. Write `answer(entry)`: three sentences about one entry of the ledger. They hold
# the verdict's word and, if it depends, on what; at least one measured value with its unit; and the lesson that
# measured it. The check tries entries you have not seen, and those of your own ledger.
#
# <details><summary>Hint 1</summary>An entry has `claim`, `lesson`, `measured`, `verdict`, `at` and `versions`; a
# verdict has `word` and `depends_on`.</details>
# <details><summary>Hint 2</summary>`entry.measured` is a dictionary, and `str()` of a measure writes its value
# and its unit as the tables do.</details>
# <details><summary>Hint 3</summary>A claim is a sentence with full stops inside, or with a decimal point: leave its text
# out, and name its number.</details>

# %% tags=["exercise"]
def answer(entry):
    ### BEGIN SOLUTION
    ### BLANK: return "Redis is very fast. Everybody uses it. It scales."
    name, measure = next(iter(entry.measured.items()))
    on = f", on {entry.verdict.depends_on}" if entry.verdict.depends_on else ""
    return (f"Claim {entry.claim.number}: {entry.verdict.word}{on}. We measured {name}: {measure}. "
            f"Lesson {entry.lesson} did so.")
    ### END SOLUTION

# %% tags=["check"]
lesson.check("11-1", answer)

# %% [markdown]
# ## Exercise 11-2: sort the claims
#
# `sort(rows)` gets the rows of a ledger and returns a dictionary from `"confirmed"`, `"refuted"`, `"depends"` and
# `"open"` to sorted lists of numbers of claims. Each claim is under one word. Two lessons may have measured the
# same claim: where they disagree, it depends.
#
# <details><summary>Hint 1</summary>`CLAIMS` is a dictionary by number. Which of its claims have no row at
# all?</details>
# <details><summary>Hint 2</summary>Collect the words of each claim in a set first.</details>
# <details><summary>Hint 3</summary>No word: open. Two or more words: depends. One: that one.</details>

# %% tags=["exercise"]
from wellness.lesson.claims import CLAIMS

def sort(rows):
    ### BEGIN SOLUTION
    ### BLANK: return {word: [row.claim.number for row in rows if row.verdict.word == word]
    ### BLANK:         for word in ("confirmed", "refuted", "depends")}
    words = {n: {row.verdict.word for row in rows if row.claim.number == n} for n in CLAIMS}
    one = {n: "open" if not said else "depends" if len(said) > 1 else min(said) for n, said in words.items()}
    return {word: [n for n in CLAIMS if one[n] == word] for word in ("confirmed", "refuted", "depends", "open")}
    ### END SOLUTION

# %% tags=["check"]
lesson.check("11-2", sort)

# %% [markdown]
# ## Exercise 11-3: which claim does it refute?
#
# Somebody shows you a measurement: what, from `low` to `high`, in a unit. Return the number of the claim that it
# refutes, or `None`. `borders` is a list; each has `claim`, `what`, and `most_s`, the claimed most in *seconds*.
# An interval that crosses the border refutes nothing.
#
# <details><summary>Hint 1</summary>Two lines look the same and differ by a thousand: look at the
# unit.</details>
# <details><summary>Hint 2</summary>Refuted means that not even the near end of the interval keeps the
# promise.</details>
# <details><summary>Hint 3</summary>`{"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1}`, and compare `low`.</details>

# %% tags=["exercise"]
def refutes(borders, what, low, high, unit):
    ### BEGIN SOLUTION
    ### BLANK: return next((one.claim for one in borders if high > one.most_s), None)
    seconds = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1}[unit]
    return next((one.claim for one in borders if one.what == what and low * seconds > one.most_s), None)
    ### END SOLUTION

# %% tags=["check"]
lesson.check("11-3", refutes)

# %% [markdown]
# ## Exercise 11-4: a proof of your own
#
# Build an answer to a question that is missing: "What does it cost to ask for something that is not there?" A proof is
# a function of the lesson that measures and returns a `Finding`: a sentence, and each number in it as a `Measure`.
# Work under `lesson.keys("mine")`, and leave nothing behind. The check runs it twice.
#
# <details><summary>Hint 1</summary>`measure(call, n)` from `wellness.lesson.timing` calls something `n` times; its
# `p50` is in nanoseconds.</details>
# <details><summary>Hint 2</summary>`Measure(value, unit)` writes itself: put it into the sentence with an f-string, and
# into the dictionary as it is.</details>
# <details><summary>Hint 3</summary>`lesson.client.get(lesson.keys("mine").scratch("nothing"))` is such a call, and
# writes no key. Claim 3 is the nearest.</details>

# %% tags=["exercise"]
from wellness.lesson.claims import Measure
from wellness.lesson.proofs import Finding
from wellness.lesson.questions import Question
from wellness.lesson.timing import measure

def asked_for_nothing(lesson):
    ### BEGIN SOLUTION
    ### BLANK: return Finding("It costs nothing.", {})
    key = lesson.keys("mine").scratch("nothing")
    took = Measure(measure(lambda: lesson.client.get(key), 50).p50 / 1e3, "µs")
    return Finding(f"To ask for a key that is not there took {took} in the middle.", {"p50": took})
    ### END SOLUTION

mine = Question("nothing", "What does it cost to ask for nothing?", ("A round trip.",), (3,), "11", asked_for_nothing)

# %% tags=["check"]
lesson.check("11-4", mine)

# %%
lesson.finish()

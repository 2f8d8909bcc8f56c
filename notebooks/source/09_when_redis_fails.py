# %% [markdown]
# # When Redis fails
#
# One evening the agent stops answering: Redis hangs, and with it every request that only wanted to
# remember something. The next morning all is well again, but three people say that the agent forgot what
# they had told it, although it had said "Noted.". Both are failures of Redis, and the second one is worse.
# Here you cause both, with real servers, and find out what was promised and what was kept.
#
# After this lesson you will be able to
#
# - say what a dead, a silent and a slow Redis cost a service, and what a circuit breaker can and cannot do,
# - keep a conversation going through an outage, and write down later what could not be written then,
# - tell the faults of a Redis apart by what it says, and know what to do about each,
# - choose a persistence setting by what a crash may cost, and restore a person's data from a backup,
# - say which acknowledged writes a failover loses, and what WAIT promises and what not.
#
# Minutes: present 10, practise 75
#
# <!-- nav -->

# %%
from wellness.lesson import kit

lesson = kit.start("09")

# %% [markdown]
# ## One question to a dead Redis
#
# Nothing here happens to your Redis. The lesson reaches it over a line that can be cut, silenced and slowed
# down; what has to be killed is a server of its own. The timeouts are shorter than the kit's usual ones, so
# that you need not wait for them.

# %%
import logging
import time
from contextlib import closing
import pandas as pd
from wellness.lesson.faults import attempt
from wellness.lesson.relay import line
from wellness.lesson.stopwatch import Stopwatch
from wellness.lesson.tables import duration
pd.set_option("display.max_colwidth", 400)
logging.getLogger("wellness.link").setLevel(logging.ERROR)  # it would log each failure, and here all is failure
brisk = lesson.settings.model_copy(update={"socket_timeout_s": 0.5, "connect_timeout_s": 0.5, "breaker_reset_s": 0.6})
with line(lesson.client, brisk) as way, closing(way.plain_client()) as plain, Stopwatch("Six questions to a dead port"):
    way.cut()
    asked = [("redis-py as it comes", attempt("read", plain.ping)), *(("the kit's client", attempt("read", way.client.ping)) for _ in range(5))]
pd.DataFrame([(name, duration(one.seconds * 1e9), one.error, one.message) for name, one in asked], columns=["client", "took", "error", "says"])

# %% [markdown]
# Nobody listens on that port, which the first attempt learns at once. The default client then tries again and
# again, with growing pauses, before it says so. The kit's client tries once: an error at once is worth more to
# an agent than an error later. After three failures in a row its circuit breaker is open, and Redis is not
# asked any more until a pause is over.
#
# ## Predict: a silent Redis
#
# Worse than a dead Redis is one that accepts a request and says nothing. Three services get the same requests
# at a steady rate, two workers each, and each request asks Redis once. One uses redis-py as it comes, one has
# timeouts and no retries, one has the kit's client: timeouts, no retries, and a breaker. In the shaded time
# Redis is silent. Before you run it: which of the three will still be busy with old requests when the outage
# is over?

# %%
from wellness.lesson.outage import outage

lasts_s = lesson.scale(2.5, 1.5)
with Stopwatch("Three services and a silent Redis"):
    silent = outage(lesson.client, brisk, "silent", lasts_s=lasts_s)
display(silent.chart())
silent

# %% [markdown]
# A timeout limits what *one* call costs. It does not limit what the next one costs: each worker waits for
# itself, requests queue, and those at the end of the queue wait for everybody before them. With the breaker,
# the first call pays, and all that follow are refused in microseconds and go on without an answer. Once in a
# while a probe is let through; when it is answered, all is as before.
#
# ## A dead one, and a slow one
#
# > The circuit breaker prevents cascading failure.
#
# The same with a dead port, and with a Redis whose every answer comes late, but in time. Count the requests
# that had to wait for a worker, since earlier ones still hung. For which of the three outages will the breaker
# be what makes the difference?

# %%
from wellness.lesson.outage_claims import breaker_conditions, held_up
from wellness.lesson.verdicts import verdict_by

outages = [silent, *(outage(lesson.client, brisk, fault, lasts_s=lasts_s) for fault in ("dead", "slow"))]
display(*(one.chart() for one in outages[1:]))
judged = breaker_conditions(outages)
lesson.record(19, experiment="the same requests through three clients while Redis is silent, dead, slow", verdict=verdict_by(judged),
              measured={f"{one.fault}, {name}: held up by others": (100 * held_up(one, name), "%") for one in outages for name in one.tracks})
display(pd.DataFrame({one.fault: {name: f"{held_up(one, name):.0%}" for name in one.tracks} for one in outages}).rename_axis("held up by others"))
pd.DataFrame([(where, verdict.word) for where, verdict in judged.items()], columns=["outage", "the breaker prevents it"])

# %% [markdown]
# A dead port is an error at once, so timeouts without retries do as well as a breaker: it is the *retries* of
# the default client that hurt. A slow Redis answers, nothing fails, and no breaker of this kind opens. There
# the choice is yours: with a timeout below the slowness, slow counts as silent. Try it: give `brisk` a timeout
# of a tenth of a second and run the cell again.
#
# ## The conversation goes on
#
# The agent's memory, over a line on which all of that happens. Each step says something to be remembered and
# asks for something that was said. Before you run it: in which steps is the sentence written, and in which
# steps does the memory *know* whether it was?

# %% tags=["slow"]
from wellness.lesson.memories import open_memory
from wellness.memory.turns import Message, turn
steps = [("none", "My physio is called Okonkwo."), ("silent", "My goal weight is 165 lb."), ("silent", "I slept badly."),
         ("dead", "I will go for a run."), ("none", "I feel fine again.")]
unkept, rows, _ = [], [], open_memory(lesson).short.clear("outage")  # of an earlier run
with line(lesson.client, brisk) as way:
    memory = open_memory(lesson, way.client, brisk)
    for fault, words in steps:
        way.break_(fault)
        time.sleep(brisk.breaker_reset_s if unkept and fault == "none" else 0)  # until a probe may go
        said = turn([Message("user", words), Message("assistant", "Noted.")], at=int(lesson.now.timestamp() * 1000) + len(rows))
        kept, found = memory.remember("outage", said), memory.recall("What is my physio called?", conversation="outage", now=lesson.now)
        unkept += [said] if kept.turns is None else []
        rows.append((fault, words, duration(kept.timings["short"] * 1e9), len(found.hits), " ".join((*kept.degraded, *found.degraded)) or "nothing"))
pd.DataFrame(rows, columns=["fault", "said", "writing took", "memories found", "degraded"])

# %% [markdown]
# Nothing raised. One step paid one timeout, the others next to nothing; the memory says each time what it could
# not do, so that the agent can say so too instead of "Noted.". The turns that were not confirmed are still in
# our hands.
#
# ## Predict: did it happen?
#
# Three turns were not confirmed. Which of them are in Redis? And what happens if somebody simply sends them
# again?

# %%
mine = open_memory(lesson)
turns = lambda: [one.messages[0].content for one in mine.short.read("outage")]
before, _ = turns(), [mine.short.append("outage", one, again=True) for one in unkept]  # again: only if it is not there
display({"not confirmed": [one.messages[0].content for one in unkept], "in Redis before": before, "in Redis now": turns(), "statements learned late": mine.relearn("outage")})
rows = []
with line(lesson.client, lesson.settings) as way, closing(way.plain_client()) as plain:
    for command, *more in (("INCR",), ("RPUSH", "a turn"), ("SET", "42")):
        for name, client in (("redis-py as it comes", plain), ("the kit's client", way.client)):
            key = lesson.keys().scratch(f"{command} by {name}")
            lesson.client.unlink(key)
            client.ping()  # connects, so that the next reply is the command's
            way.tear()  # and breaks off in the middle
            told = attempt("write", client.execute_command, command, key, *more)
            rows.append((command, name, told.error or "all is well", f"{lesson.client.llen(key)} turns" if command == "RPUSH" else lesson.client.get(key).decode()))
pd.DataFrame(rows, columns=["sent once, reply lost", "client", "is told", "in Redis"])

# %% [markdown]
# The turn that met the silence *was* written: the request arrived, only the answer did not. The others were
# never sent, and the breaker said so. A timeout means "perhaps", and no error can say more; that is why each turn
# has an id, with which repeating is safe. (It goes to the end, though: a list keeps the order of arrival.)
#
# Below that, one reply is lost in the middle, six times. The default client repeats the command by itself and
# reports success: the counter counts two, the turn is there twice, and nobody is told. `SET` may be repeated,
# as doing it twice is doing it once. Only the caller knows which is which; hence the kit never repeats.
#
# ## Every fault in one table
#
# A dead port is the easy case. Here are more, on a server that can be broken: demoted to a replica, its memory
# full, its disk full, still loading. Before you look: in which of them can the agent still *read* its memory?

# %%
from wellness.lesson.faults import every_fault

every_fault(lesson.settings.model_copy(update={"breaker_reset_s": 0.6}), lesson.namespace)

# %% [markdown]
# A replica, a full memory and a full disk refuse writes only: the agent still knows everything it knew. These
# errors are answers, so no breaker opens for them. And look closely at the full disk, for what the table does
# not show: the write that *met* it was still acknowledged, and is on disk only when there is room again.
# Redis notices after it has answered. (Where every write is synced, it cannot keep such a promise, and the
# server ends itself instead.)
#
# ## Predict: kill -9
#
# > Conversations persist.
#
# Now the other failure: what was acknowledged, and is gone. Four servers, four ways to persist. Two writers
# add turns as fast as they are acknowledged, until the process is killed; then it starts again and we count.
# Guess each row before you run it: none, some, or all?

# %%
from wellness.lesson.outage_claims import persistence_conditions
from wellness.lesson.persistence import crashes

killed = crashes(lesson.settings, writes_s=lesson.scale(2.0, 1.0))
display(killed.chart())
lesson.record(21, experiment="kill -9 while turns are written, under each way to persist", verdict=verdict_by(persistence_conditions(killed)),
              measured={f"{row.policy}: lost of acknowledged": (100 * row.lost / row.acknowledged, "%") for row in killed.rows})
killed

# %% [markdown]
# A snapshot holds what was there when it began; under load it takes a while, and all that came after it is
# gone, or everything, if the first one was not finished. The log lost nothing, not even with `everysec`, because only the process died: what it had written
# the kernel still had. A *power cut* is another matter: then `everysec` may lose what was acknowledged in the
# last second, for which there is a column. `always` waits for the disk each time; what that costs stands in
# the column of one write.
#
# ## What a restart costs
#
# The log that saved everything has to be read again, command by command. Five changes to each field: how do a
# snapshot, a log, and a log that was rewritten compare?

# %%
from wellness.lesson.restarts import restarts

begun_again = restarts(lesson.settings, lesson.scale((0, 10_000, 30_000), (0, 15_000)))
display(begun_again.chart())
begun_again

# %% [markdown]
# All that time the server says LOADING to everybody. A rewritten log begins with a snapshot, so it starts like
# one and loses like a log; Redis rewrites by itself when the log has doubled.
#
# ## A backup that was tried
#
# Persistence does not help against a wrong command, for it persists that too. A backup does, if somebody has
# tried to restore it. One person's data goes into a file and comes back on another server, where both are
# asked the same questions. Then one bit of the file is turned over.

# %%
import tempfile
from pathlib import Path
from wellness.backup import LocalFolder, backup_user, restore_user
from wellness.lesson.breakable import breakable
def examine(memory):
    asked = {words: memory.recall(words, conversation="elsewhere", now=lesson.now).memories[:1] for words in ("What is my physio called?", "What is my goal weight?")}
    return {"turns": len(memory.short.read("outage", 100))} | {words: found[0].fact.text if found else "" for words, found in asked.items()}
with tempfile.TemporaryDirectory() as folder, breakable(lesson.settings) as own:
    made = backup_user(lesson.client, "sample", LocalFolder(Path(folder)), namespace=lesson.namespace, now=lesson.now)
    here, there = open_memory(lesson), open_memory(lesson, own.client)  # makes the index there, before there is anything to search
    print(made, restore_user(own.client, file := Path(folder) / made.name), sep="\n")
    display(pd.DataFrame({"here": examine(here), "restored elsewhere": examine(there)}))
    content = file.read_bytes()
    file.write_bytes(content[:500] + bytes([content[500] ^ 1]) + content[501:])  # one bit
    print(attempt("restore", restore_user, own.client, file, replace=True).message)

# %% [markdown]
# The search index is in no backup: it is built from the keys. Made before the restore, it takes them in as they
# come; made afterwards, it is filled in the background, and until then a recall finds nothing and says nothing.
# The damage was found before anything was written. `wellness backup` and `wellness restore` do the same at a
# prompt, also for all data: a snapshot, which counts only after a private server has loaded it. A person's
# health data lies under the same tag, and would come along.
#
# ## Predict: failover
#
# A primary with two replicas, watched by three Sentinels. Four writers write through the kit's client; the
# primary is killed, a replica is promoted, the client follows by itself. Where the table says so, the replicas
# were cut off shortly before that, as by a broken network. Every write that was acknowledged is then looked for.
# What does each promise lose: that the primary says OK, or that `WAIT 1` says a replica has it?

# %%
from wellness.lesson.failover import Failovers, measure_failover

runs = lesson.scale([("acknowledged", 0.0), ("acknowledged", 0.5), ("WAIT 1", 0.5)], [("acknowledged", 0.5), ("WAIT 1", 0.5)])
Failovers(measure_failover(lesson.settings, promise=promise, cut_off_s=cut_off_s) for promise, cut_off_s in runs)

# %% [markdown]
# OK from a primary means that *it* has the write, and replication comes later. Whatever had not reached the
# replica that took over is gone, acknowledged or not, and the old primary will throw it away when it comes
# back as a replica.
#
# With `WAIT` nothing that was promised is lost, and the price stands beside it: writes for which nobody could
# promise anything. Note what they are. `WAIT` undoes nothing: the primary keeps such a write, and after the
# failover it may be there or not. Nor does it promise that the replica that has the write is the one that is
# promoted: the Sentinels choose the one that is farthest among those that they reach.
#
# There is a third promise: with `min-replicas-to-write` the primary refuses writes when it has lost its replicas.
# Try it, with `measure_failover(lesson.settings, promise="min-replicas", cut_off_s=0.5)`. It costs a writer
# nothing; but a replica that falls silent without a word counts as lost only after whole seconds.
#
# ## Recap
#
# - You saw requests queue behind a silent Redis, and what a breaker does about it. On a dead port it is the
#   missing retries that help, on a slow server neither.
# - You kept a conversation going, and wrote later, once each, what could not be confirmed.
# - You know the faults by their names, and which of them still let the agent read.
# - You killed servers and counted; restored a person's data elsewhere; found a damaged file in time.
# - You know what OK means: the primary has it in memory.
#
# What Redis does badly here: it acknowledges before anything is safe, unless you tell it otherwise, and each
# remedy costs. Replication is asynchronous, so a failover loses acknowledged writes. `WAIT` is no transaction:
# what it could not confirm is neither undone nor known. `everysec` means that a power cut may take what was
# acknowledged in the last second. A write that meets a full disk is acknowledged all the same. And a log that
# nobody rewrites makes the next start slow. A database that must not lose an order is another one; a memory
# that may lose a second of small talk is not worth that price.
#
# ## Exercise 09-1: what may a crash cost?
#
# Three kinds of data, three requirements. Give each its directives, `appendonly`, `appendfsync` and `save`
# (for instance `{"appendonly": "no", "save": "900 1"}`); a server will run with them and be killed.
#
# - `rollups`: daily sums. They can be computed again, but not at each start. What changed in the last five minutes
#   may be lost, and nothing older, be it a single change. The start shall read as little as possible, and nothing may log each write.
# - `conversations`: if the process dies, no acknowledged turn may be lost. A power cut may cost about a second.
#   No turn waits for the disk.
# - `audit`: what was acknowledged survives a power cut. Writing may be slow.
#
# <details><summary>Hint 1</summary>Look at the tables of the two exhibits above: what was lost, what one write
# took, and what the start had to read.</details>
# <details><summary>Hint 2</summary>`save` takes seconds and changes: a snapshot is made if at least so many keys
# changed in at least so many seconds. Who has only one change must not wait for a hundred.</details>
# <details><summary>Hint 3</summary>One of them snapshots alone, the two others a log; of these, one syncs each
# second and one always.</details>

# %% tags=["exercise"]
### BEGIN SOLUTION
### BLANK: log = {"appendonly": "yes", "appendfsync": "everysec"}
### BLANK: chosen = {"rollups": log, "conversations": log, "audit": log}
chosen = {"rollups": {"appendonly": "no", "save": "300 1"},
          "conversations": {"appendonly": "yes", "appendfsync": "everysec"},
          "audit": {"appendonly": "yes", "appendfsync": "always"}}
### END SOLUTION

# %% tags=["check"]
lesson.check("09-1", chosen)

# %% [markdown]
# ## Exercise 09-2: repeat only what may be repeated
#
# `send(client, *command)` sends a command with `client.execute_command(*command)` and returns its reply. If the
# reply is lost (`RedisUnavailable`), it tries once more, provided that doing the command twice leaves Redis as
# doing it once does; otherwise the caller gets the error. The check loses the replies of fourteen commands,
# each once, and looks at what is in Redis then. Mind that an option can change what a command does.
#
# <details><summary>Hint 1</summary>Setting, deleting and reading may be repeated. Adding up and putting at the end
# may not. When you do not know a command, do not repeat it.</details>
# <details><summary>Hint 2</summary>A set of names: GET, LRANGE, SET, HSET, SADD, ZADD, UNLINK. One of these adds up
# if it is told to.</details>
# <details><summary>Hint 3</summary>`ZADD key INCR 1 member` adds up. In `except RedisUnavailable:` write
# `if not harmless: raise`, then send it once more.</details>

# %% tags=["exercise"]
from wellness.errors import RedisUnavailable

def send(client, *command):
    ### BEGIN SOLUTION
    ### BLANK: try:
    ### BLANK:     return client.execute_command(*command)
    ### BLANK: except RedisUnavailable:
    ### BLANK:     return client.execute_command(*command)
    harmless = command[0] in {"GET", "LRANGE", "SET", "HSET", "SADD", "ZADD", "UNLINK"} and "INCR" not in command
    try:
        return client.execute_command(*command)
    except RedisUnavailable:
        if not harmless:
            raise
        return client.execute_command(*command)
    ### END SOLUTION

# %% tags=["check"]
lesson.check("09-2", send)

# %% [markdown]
# ## Exercise 09-3: a circuit breaker
#
# Write the two halves of one. `Calls` has the rest: `self.limit` (failures that open it), `self.pause_s`,
# `self.clock()` in seconds, a `self.lock`, and to begin with `self.failed = 0`, `self.retry_at = 0.0` and
# `self.probing = False`. It does this with them:
#
# ```python
# def call(self, function):
#     self.admit()                # raises BreakerOpen(seconds left) to refuse
#     try:
#         result = function()
#     except BaseException as error:
#         self.settle(error)
#         raise
#     self.settle(None)
#     return result
# ```
#
# - Closed, everybody is admitted. After so many `ConnectionError`s in a row it is open. Other errors are the
#   caller's own, and say nothing.
# - Open, everybody is refused until the pause is over. Then exactly one call is admitted, the probe; others are
#   refused meanwhile, and at once. If the probe works, it is closed; if it fails, it is open for another pause. A
#   probe that ends in another error has learned nothing, and the next call may probe.
#
# Many threads use it. The check makes them hesitate between any two lines of yours.
#
# <details><summary>Hint 1</summary>It is open when `self.failed >= self.limit`. It may probe when the clock has
# reached `self.retry_at` and no probe is under way.</details>
# <details><summary>Hint 2</summary>Look and change under one `with self.lock:`, or two threads look before either
# changes. Let go of it before `admit` returns, or all others wait for the probe.</details>
# <details><summary>Hint 3</summary>`settle`: no probe is under way any more. For a `ConnectionError` count one more
# and set `self.retry_at`; for None the count is zero; for anything else it stays.</details>

# %% tags=["exercise"]
from wellness.lesson.exercises.calls import BreakerOpen, Calls

class Breaker(Calls):
    ### BEGIN SOLUTION
    ### BLANK: def admit(self):
    ### BLANK:     if self.failed >= self.limit and self.clock() < self.retry_at:
    ### BLANK:         raise BreakerOpen(self.retry_at - self.clock())
    ### BLANK: def settle(self, error):
    ### BLANK:     self.failed += error is not None
    def admit(self):
        with self.lock:
            if self.failed >= self.limit:
                if self.probing or self.clock() < self.retry_at:
                    raise BreakerOpen(max(self.retry_at - self.clock(), 0.0))
                self.probing = True
    def settle(self, error):
        with self.lock:
            self.probing = False
            if isinstance(error, ConnectionError):
                self.failed, self.retry_at = self.failed + 1, self.clock() + self.pause_s
            self.failed = 0 if error is None else self.failed
    ### END SOLUTION

# %% tags=["check"]
lesson.check("09-3", Breaker)

# %% [markdown]
# The kit's own breaker does one thing more: a call that began before the circuit opened, and comes back late,
# changes nothing any more. It is in `wellness/link/breaker.py`.
#
# ## Exercise 09-4: a write that says what became of it
#
# `keep(client, key, value, replicas, timeout_ms)` sets a key, waits until so many replicas have it, and returns
# one of four words. The check tries it with replicas that are well, with suspended ones, on a replica, and on a
# line that falls silent; meanwhile, other threads use the same client.
#
# - `"kept"`: at least `replicas` replicas have it.
# - `"unconfirmed"`: the primary has it, and too few replicas said so in time. Do not undo it: a replica may have
#   it, and deleting is one more write that may be lost. Whoever asked is told, and it may be written again.
# - `"refused"`: Redis, or the breaker, said no; nothing was written.
# - `"unknown"`: no answer came. It may have been written or not.
#
# <details><summary>Hint 1</summary>`client.wait(replicas, timeout_ms)` returns how many replicas have what *this
# connection* wrote. Two calls of a client may go over two connections.</details>
# <details><summary>Hint 2</summary>A pipeline goes over one connection. In a MULTI, Redis does not wait: use
# `client.pipeline(transaction=False)`.</details>
# <details><summary>Hint 3</summary>The replies of `pipe.execute()` are those of SET and WAIT. `CircuitOpen` is also a
# `RedisUnavailable`, so catch it first; what else the kit raises is a `WellnessError`.</details>

# %% tags=["exercise"]
from wellness.client import CircuitOpen
from wellness.errors import WellnessError

def keep(client, key, value, replicas, timeout_ms):
    ### BEGIN SOLUTION
    ### BLANK: client.set(key, value)
    ### BLANK: return "kept" if client.wait(replicas, timeout_ms) >= replicas else "unconfirmed"
    pipe = client.pipeline(transaction=False)
    pipe.set(key, value).wait(replicas, timeout_ms)
    try:
        _, have = pipe.execute()
    except CircuitOpen:
        return "refused"
    except WellnessError as error:
        return "unknown" if isinstance(error, RedisUnavailable) else "refused"
    return "kept" if have >= replicas else "unconfirmed"
    ### END SOLUTION

# %% tags=["check"]
lesson.check("09-4", keep)

# %%
lesson.finish()

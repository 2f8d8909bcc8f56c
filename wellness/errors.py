"""One tree of errors. Each says what happened and to what, carries the data, and has a `hint`.

>>> try:
...     raise UnknownMetric("StepCont", known=["StepCount", "HeartRate"])
... except WellnessError as error:
...     print(error)
...     print(error.metric, error.known)
No metric is called 'StepCont'. Did you mean StepCount? `wellness metrics` lists what is there.
StepCont ['StepCount', 'HeartRate']
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Mapping, Sequence
from pathlib import Path


class WellnessError(Exception):
    """Root of the tree: `message` says what happened, `hint` says what to do about it."""

    hint = ""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        self.message = message
        if hint is not None:
            self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r})"


class SettingsError(WellnessError):
    """A setting has a value that cannot be used."""


class BootstrapError(WellnessError):
    """Something the kit needs could not be fetched or is not what it should be."""

    def __init__(self, artifact: str, message: str, *, hint: str | None = None) -> None:
        self.artifact = artifact
        super().__init__(message, hint=hint)


class ChecksumMismatch(BootstrapError):
    """A fetched file is not the file that was pinned; it was thrown away."""

    def __init__(self, artifact: str, *, expected: str, found: str) -> None:
        self.expected, self.found = expected, found
        super().__init__(
            artifact,
            f"{artifact} has SHA-256 {found[:12]}..., expected {expected[:12]}...; "
            "it was not kept.",
            hint="Run the command again; if it happens twice, the package was changed upstream.",
        )


class ServerError(WellnessError):
    """The embedded Redis cannot be found, started or reached."""

    hint = (
        "Set REDIS_URL to a Redis with the Search module (Redis 8 or Redis Stack), "
        "or run `docker compose up redis`."
    )


class NoEmbeddedServer(ServerError):
    """There is no embedded Redis build for this platform."""

    def __init__(self, platform: str, reason: str) -> None:
        self.platform = platform
        super().__init__(f"No embedded Redis runs on {platform}: {reason}.")


class ServerStartError(ServerError):
    """The embedded Redis was there but did not start; carries the end of its log."""

    def __init__(self, message: str, *, log: str = "", hint: str | None = None) -> None:
        self.log = log
        super().__init__(message + (f"\n{log}\n" if log else ""), hint=hint)


class RedisUnavailable(WellnessError):
    """Redis did not answer: dead, silent, or the circuit breaker is open."""

    hint = "`wellness doctor` says which Redis is meant and whether it answers."


class SearchModuleMissing(ServerError):
    """The Redis that answers has no Search module, and the asked-for feature needs it."""


class ExportError(WellnessError):
    """An Apple Health export cannot be read at all."""

    def __init__(self, path: Path | str, message: str, *, hint: str | None = None) -> None:
        self.path = Path(path)
        super().__init__(f"{path}: {message}", hint=hint)


class NotAnExport(ExportError):
    """The file is there, but it is no Apple Health export."""

    hint = (
        "In the Health app: your picture, Export All Health Data. "
        "Give the export.zip, the folder it unpacks to, or its export.xml."
    )


class SuspiciousArchive(ExportError):
    """The archive would expand far more than a real export does."""

    hint = "Real exports shrink 14 to 31 times. If you trust it, unzip it and import the XML."


class PeriodError(WellnessError):
    """A phrase that is not a period of time this kit understands; never a silent default."""

    def __init__(self, phrase: str, message: str, *, hint: str) -> None:
        self.phrase = phrase
        super().__init__(message, hint=hint)


class StoreError(WellnessError):
    """Stored data cannot answer the question that was asked."""


class UnknownUser(StoreError):
    """Nobody of that name has data here."""

    def __init__(self, user: str, known: Sequence[str]) -> None:
        self.user, self.known = user, list(known)
        there = f"Known: {', '.join(known)}." if known else "Nobody has imported anything yet."
        super().__init__(
            f"There is no data of a user {user!r}. {there}",
            hint="Import with `wellness import PATH --user NAME`, or name one with --user.",
        )


class UnknownMetric(StoreError):
    """No metric of that name is known or stored."""

    def __init__(
        self, metric: str, known: Sequence[str], words: Mapping[str, str] | None = None
    ) -> None:
        """`words` are further ways to say a name, each with the name."""
        self.metric, self.known = metric, list(known)
        folded = {name.casefold(): name for name in known} | dict(words or {})
        found = difflib.get_close_matches(metric.casefold(), folded, n=3)
        close = list(dict.fromkeys(folded[word] for word in found))
        suggestion = f" Did you mean {' or '.join(close)}?" if close else ""
        super().__init__(
            f"No metric is called {metric!r}.{suggestion}",
            hint="`wellness metrics` lists what is there.",
        )


class NoReadings(StoreError):
    """Nothing is stored of what was asked for, or nothing in the period."""


class UnitError(StoreError):
    """A value cannot be converted from the unit it has to the unit that was asked for."""

    def __init__(self, unit: str, wanted: str) -> None:
        self.unit, self.wanted = unit, wanted
        super().__init__(
            f"Cannot convert {unit!r} to {wanted!r}.",
            hint="Ask for a unit of the same kind, or for none to get the metric's own.",
        )


class ModelUnavailable(WellnessError):
    """A model that is needed does not answer; carries its name and where it was asked for."""

    hint = "`wellness doctor` says which models are there."

    def __init__(self, model: str, where: str, reason: str, *, hint: str | None = None) -> None:
        self.model, self.where, self.reason = model, where, reason
        super().__init__(f"The model {model!r} at {where} does not answer: {reason}.", hint=hint)


class RecallError(WellnessError):
    """What was given cannot be remembered, recalled or forgotten."""


class ToolError(WellnessError):
    """A tool of the agent was called with what it cannot use; the hint says what it understands."""


class ResultError(WellnessError):
    """What is given as tool results cannot be read as such."""

    hint = "Give a tool result as JSON, a list of them, or an object with them under `results`."


class TimeSeriesMissing(ServerError):
    """The Redis that answers has no TimeSeries module, so there are no series to read."""


class MetricsError(WellnessError):
    """What is stored as metrics cannot be read, or metrics cannot be served."""


class AuditError(WellnessError):
    """An audit log cannot be written to, read or followed as it was asked for."""


class LimitReached(WellnessError):
    """Somebody has had as much as they may for now; carries the seconds until there is more."""

    def __init__(self, message: str, *, retry_after_s: float) -> None:
        self.retry_after_s = retry_after_s
        wait = max(1, round(retry_after_s))
        super().__init__(message, hint=f"Ask again in {wait:,} s.")


class BackupError(WellnessError):
    """A backup cannot be made, read or restored; nothing was changed."""


class BackupDamaged(BackupError):
    """A backup is cut off or not what it was when it was made."""

    hint = "Take an older backup, or a copy of this one from where it was kept."


class LessonError(WellnessError):
    """A notebook cannot start or finish as it should."""


class WrongAnswer(WellnessError):
    """Two things that were to be timed gave different answers, so their times mean nothing."""

    hint = "Make both answer the same question, or pass the `equal` that says when they agree."

    def __init__(self, name: str, answer: object, baseline: str, expected: object) -> None:
        self.name, self.answer, self.baseline, self.expected = name, answer, baseline, expected
        super().__init__(
            f"{name!r} answered {reprlib.repr(answer)}, "
            f"but {baseline!r} answered {reprlib.repr(expected)}."
        )

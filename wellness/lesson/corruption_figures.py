"""What the validator makes of answers that were made wrong on purpose: precision and recall.

    report = judge(load_answers("development"))
    print(report)

A corruption is caught when one of its wrong numbers is flagged. Recall is the part of corruptions
that are caught, precision the part of flagged numbers that are wrong; a number flagged in a correct
answer counts against precision, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wellness.agent.validator import Validation, validate
from wellness.lesson.corruptions import Answer, Corrupted, Corruption, Place, corrupt
from wellness.lesson.routing_figures import Share, share
from wellness.lesson.tables import html_table
from wellness.lesson.verdicts import Verdict, verdict_by, verdict_from

LEAST_PRECISION, LEAST_RECALL = 0.98, 0.95  # from which the claim counts as confirmed


@dataclass(frozen=True, repr=False)
class Report:
    """Precision and recall, with Wilson intervals.

    Attributes:
        precision: flagged numbers that are wrong, of all that are flagged.
        recall: corruptions that were caught, of all.
        false_alarms: correct answers in which something was flagged, of all.
        caught: recall by what was done to an answer.
        missed, alarmed: what went wrong, for whoever improves the validator.
    """

    precision: Share
    recall: Share
    false_alarms: Share
    caught: dict[Corruption, Share]
    missed: tuple[Corrupted, ...]
    alarmed: tuple[Answer, ...]

    @property
    def measured(self) -> dict[str, tuple[float, str]]:
        """For the ledger of claims."""
        rows = {"precision": self.precision, "recall": self.recall}
        return {
            f"{name}, {end}": (100 * value, "%")
            for name, one in rows.items()
            for end, value in (("low", one.low), ("high", one.high))
        }

    @property
    def verdict(self) -> Verdict:
        """Whether hallucinated numbers are caught, and correct ones let through."""
        precision, recall = self.precision, self.recall
        return verdict_by({
            "recall": verdict_from((recall.low, recall.high), claimed_low=LEAST_RECALL),
            "precision": verdict_from((precision.low, precision.high), claimed_low=LEAST_PRECISION),
        })  # fmt: skip

    def _rows(self) -> list[list[str]]:
        head = {"precision": self.precision, "recall": self.recall,
                "false alarms": self.false_alarms}  # fmt: skip
        rows = [*head.items(), *self.caught.items()]
        return [[name, str(one)] for name, one in rows]

    def __repr__(self) -> str:
        return "\n".join(f"{name:>14} {text}" for name, text in self._rows())

    def _repr_html_(self) -> str:
        caption = "The validator on answers made wrong on purpose"
        return html_table(["measure or corruption", "how many"], self._rows(), caption=caption)


def judge(answers: Sequence[Answer]) -> Report:
    """Validate correct answers, and all that `corrupt` makes of them.

    Args:
        answers: correct ones, for instance `load_answers("development")`.

    Raises:
        ValueError: nothing was flagged at all, so there is no precision.
    """
    alarms = [[one.span for one in _check(answer, answer.text).wrong] for answer in answers]
    flagged = [False for alarm in alarms for _ in alarm]  # whether what is flagged is wrong
    caught: dict[Corruption, list[bool]] = {}
    missed = []
    for one in corrupt(answers):
        spans = [number.span for number in _check(one.answer, one.text).wrong]
        hits = [_within(span, one.wrong) for span in spans]
        flagged += hits
        caught.setdefault(one.kind, []).append(any(hits))
        if not any(hits):
            missed.append(one)
    return Report(
        precision=share(flagged),
        recall=share(hit for hits in caught.values() for hit in hits),
        false_alarms=share(map(bool, alarms)),
        caught={kind: share(hits) for kind, hits in sorted(caught.items())},
        missed=tuple(missed),
        alarmed=tuple(a for a, alarm in zip(answers, alarms, strict=True) if alarm),
    )


def _check(answer: Answer, text: str) -> Validation:
    return validate(
        text, answer.results, now=answer.now, zone=answer.zone, question=answer.question
    )


def _within(span: Place, places: Iterable[Place]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in places)

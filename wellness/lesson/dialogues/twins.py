"""Two runs of the same dialogues held against each other: who is right more often, at what cost.

Turns of one dialogue depend on each other (an agent that loses the thread loses all of it), so the
verdict counts dialogues: each is won by the agent with more right answers in it.

    twins = compare(stateful, stateless)
    twins.verdict
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from statistics import fmean, median
from typing import TYPE_CHECKING, Literal, NamedTuple

from wellness.errors import LessonError
from wellness.lesson.dialogues.run import Played, PlayedTurn
from wellness.lesson.dialogues.signs import Part, Signs, Word, part, signs
from wellness.lesson.recall_set import Difference, paired_difference
from wellness.lesson.tables import html_table

if TYPE_CHECKING:
    import pandas as pd

What = Literal["kind", "needs"]
Pair = tuple[PlayedTurn, PlayedTurn]


class Cost(NamedTuple):
    """What a turn took on average, statements included; `seconds` is the median."""

    tokens_in: float
    tokens_out: float
    seconds: float
    model_calls: float
    tool_calls: float


@dataclass(frozen=True, repr=False)
class Twins:
    """Two runs of the same turns; made by `compare`."""

    stateful: Played
    stateless: Played

    @property
    def pairs(self) -> list[Pair]:
        """The graded turns, each with that of the other."""
        both = zip(self.stateful.turns, self.stateless.turns, strict=True)
        return [(a, b) for a, b in both if a.right is not None]

    @property
    def turns(self) -> Signs:
        """Turn by turn."""
        return _turn_signs(self.pairs)

    @property
    def dialogues(self) -> Signs:
        """Dialogue by dialogue: which of the two had more answers right."""
        return _dialogue_signs(self.pairs)

    @property
    def difference(self) -> Difference:
        """Mean difference of the parts that were right, by dialogue, with a bootstrap interval."""
        both = [_accuracy(pairs) for pairs in _dialogues(self.pairs)]
        ours, theirs = ([run[side].right / run[side].of for run in both] for side in (0, 1))
        return paired_difference(ours, theirs)

    @property
    def word(self) -> Word:
        """Whether the one with memory is better, worse or neither, by dialogue."""
        return self.dialogues.word

    @property
    def verdict(self) -> str:
        """The verdict in sentences, with what it rests on."""
        found, mean = self.dialogues, self.difference
        said = {
            "better": "With memory the answers are better",
            "worse": "With memory the answers are worse",
            "no difference": "No difference is shown",
        }[found.word]
        ends = f"{100 * mean.low:+.0f} to {100 * mean.high:+.0f}"
        text = (
            f"{said}: of {found.of} dialogues {found}; "
            f"{100 * mean.mean:+.0f} points of accuracy [{ends}]."
        )
        if control := self.by("needs").get("nothing"):
            text += f" Of {control.of} questions that need no memory: {control}."
        lost = [f"{kind} ({one.wins} to {one.losses})"
                for kind, one in self.by("kind").items() if one.losses > one.wins]  # fmt: skip
        return text + (f" More lost than won in: {', '.join(lost)}." if lost else "")

    def by(self, what: What) -> dict[str, Signs]:
        """Signs of the turns, by the kind of their dialogue or by what they need."""
        return {name: _turn_signs(pairs) for name, pairs in self._grouped(what).items()}

    def accuracy(self, what: What) -> dict[str, tuple[Part, Part]]:
        """Part of right answers of each run, by kind or need, with and without memory."""
        return {name: _accuracy(pairs) for name, pairs in self._grouped(what).items()}

    @property
    def costs(self) -> tuple[Cost, Cost]:
        """What a turn takes, with and without memory."""
        return _cost(self.stateful), _cost(self.stateless)

    def _grouped(self, what: str) -> dict[str, list[Pair]]:
        names = dict.fromkeys(getattr(a, what) for a, _ in self.pairs)
        return {name: [p for p in self.pairs if getattr(p[0], what) == name] for name in names}

    def to_frame(self, what: What = "kind") -> pd.DataFrame:
        """One row a kind (or need) and one for all: accuracies with intervals, and signs."""
        import pandas as pd

        groups = {**self._grouped(what), "all": self.pairs}
        rows = {}
        for name, pairs in groups.items():
            ours, theirs = _accuracy(pairs)
            turns = _turn_signs(pairs)
            rows[name] = {
                "turns": ours.of, "stateful": ours.right / ours.of, "low": ours.low,
                "high": ours.high, "stateless": theirs.right / theirs.of, "low without": theirs.low,
                "high without": theirs.high, **turns._asdict(),
                "p by dialogue": _dialogue_signs(pairs).p,
            }  # fmt: skip
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis(what)

    def costs_to_frame(self) -> pd.DataFrame:
        """One row a run: what a turn takes."""
        import pandas as pd

        names = (self.stateful.name, self.stateless.name)
        return pd.DataFrame([cost._asdict() for cost in self.costs], index=names)

    def _rows(self) -> list[list[str]]:
        groups = {**self._grouped("kind"), "all": self.pairs}
        return [
            [name, *map(str, _accuracy(pairs)), str(_turn_signs(pairs))]
            for name, pairs in groups.items()
        ]

    def __repr__(self) -> str:
        return "\n".join([*(" | ".join(row) for row in self._rows()), self.verdict])

    def _repr_html_(self) -> str:
        header = ["kind", "right with memory", "right without", "turn by turn"]
        return html_table(header, self._rows(), caption=self.verdict)


def compare(stateful: Played, stateless: Played) -> Twins:
    """Hold two runs against each other.

    Raises:
        LessonError: they are not of the same turns in the same order, or nothing is graded.
    """
    keys = [[(t.dialogue, t.nth, t.question, t.expected) for t in run.turns]
            for run in (stateful, stateless)]  # fmt: skip
    if keys[0] != keys[1] or not stateful.graded:
        raise LessonError(
            f"{stateful!r} and {stateless!r} are not runs of the same turns.",
            hint="Play both with the same dialogues.",
        )
    return Twins(stateful, stateless)


def _dialogues(pairs: list[Pair]) -> list[list[Pair]]:
    """The pairs of each dialogue."""
    return [list(group) for _, group in groupby(pairs, key=lambda pair: pair[0].dialogue)]


def _accuracy(pairs: list[Pair]) -> tuple[Part, Part]:
    ours, theirs = (sum(bool(pair[side].right) for pair in pairs) for side in (0, 1))
    return part(ours, len(pairs)), part(theirs, len(pairs))


def _turn_signs(pairs: list[Pair]) -> Signs:
    return signs([bool(a.right) - bool(b.right) for a, b in pairs])


def _dialogue_signs(pairs: list[Pair]) -> Signs:
    accuracies = [_accuracy(group) for group in _dialogues(pairs)]
    return signs([ours.right - theirs.right for ours, theirs in accuracies])


def _cost(run: Played) -> Cost:
    return Cost(
        fmean(turn.tokens_in for turn in run.turns),
        fmean(turn.tokens_out for turn in run.turns),
        median(turn.seconds for turn in run.turns),
        fmean(turn.model_calls for turn in run.turns),
        fmean(len(turn.calls) for turn in run.turns),
    )

"""The playbook: an answer for each question, with the evidence of this machine beside it.

play = Playbook(lesson)
play.answer("pgvector")      # points, and what the ledger says at this moment
play.prove("pgvector")       # the experiment again, in small
play.board()                 # both, to choose from with the keyboard
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from wellness.errors import LessonError, WellnessError
from wellness.lesson.claims import OPEN, ClaimsTable, Entry
from wellness.lesson.notice import notice
from wellness.lesson.proofs import Finding
from wellness.lesson.questions import EXPECTED, LEFT_OUT, Question
from wellness.lesson.tables import html_table
from wellness.lesson.widths import WIDE, WRAPPED

if TYPE_CHECKING:
    from wellness.lesson.kit import Lesson

REFUTED = "refuted"
UNMEASURED = "Run that lesson; its verdict then stands here."


@dataclass(frozen=True, repr=False)
class Answer:
    """A question with its points and its evidence, as it stood when it was asked."""

    question: Question
    evidence: ClaimsTable | None

    def __repr__(self) -> str:
        points = "\n".join(f"- {point}" for point in self.question.points)
        lines = [self.question.text, points, f"See lesson {self.question.lesson}."]
        if self.evidence is not None:
            rows = self.evidence.to_frame().reset_index()
            told = [f"  {row['#']}: {row.verdict} {row.measured}" for _, row in rows.iterrows()]
            lines += [self.evidence.summary, *(one.rstrip() for one in told)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        points = "".join(f"<li>{escape(point)}</li>" for point in self.question.points)
        table = self.evidence._repr_html_() if self.evidence else "<p>No claim is about this.</p>"
        return (
            f"<h4>{escape(self.question.text)}</h4><ul>{points}</ul>{table}"
            f"<p>See lesson {self.question.lesson}.</p>"
        )


class Playbook:
    """Questions, what this machine has measured about them, and proofs to run.

    Args:
        lesson: the running one; proofs work in its keys, evidence comes from its ledger.
        questions: by default those that are expected and what is left out.
    """

    def __init__(
        self, lesson: Lesson, questions: Sequence[Question] = (*EXPECTED, *LEFT_OUT)
    ) -> None:
        self._lesson = lesson
        self.questions = {question.name: question for question in questions}

    def __getitem__(self, name: str) -> Question:
        if name not in self.questions:
            raise LessonError(
                f"There is no question {name!r}.", hint=f"There are: {', '.join(self.questions)}."
            )
        return self.questions[name]

    def evidence(self, name: str) -> ClaimsTable | None:
        """The claims of a question with what was measured; None where no claim is about it."""
        return _about(self[name].claims, self._lesson)

    def answer(self, name: str) -> Answer:
        """A question with its points and its evidence.

        Raises:
            LessonError: there is no such question.
        """
        return Answer(self[name], self.evidence(name))

    def refuted(self) -> ClaimsTable:
        """The claims that a lesson refuted on this machine, or that depend."""
        told = [one for one in self._lesson.ledger.rows() if one.verdict.word != "confirmed"]
        told.sort(key=lambda one: (one.verdict.word != REFUTED, one.claim.number))
        return ClaimsTable(list(dict.fromkeys(one.claim for one in told)), told)

    def prove(self, name: str) -> Finding:
        """Run the proof of a question, or read what its lesson measured where there is none.

        Raises:
            LessonError: there is no such question, or nothing on this machine has measured it;
                the hint names the lesson that does.
        """
        question = self[name]
        if question.proof is not None:
            return question.proof(self._lesson)
        evidence = self.evidence(name)
        if evidence is None or not evidence.entries:
            raise LessonError(
                f"{question.text} Nothing about it is measured on this machine yet.",
                hint=f"Lesson {question.lesson} is where it is treated. {UNMEASURED}",
            )
        return _recorded(evidence.entries, question)

    def overview(self) -> str:
        """All questions as an HTML table: how much of their evidence is there, and the proof."""
        rows = []
        for question in self.questions.values():
            evidence = self.evidence(question.name)
            told = evidence.summary if evidence else "No claim is about this."
            proof = "in small, by button" if question.proof else f"lesson {question.lesson}"
            rows.append([question.text, told, proof])
        header = ["question", "evidence", "proof"]
        return html_table(header, rows, caption="The questions to expect", align="left")

    def button(self, name: str) -> widgets.VBox:
        """A button that runs the proof of one question and shows what it found."""
        return _Prover(self, lambda: name).view

    def board(self) -> Board:
        """All questions to choose from, the answer, and the button."""
        return Board(self)

    def _repr_html_(self) -> str:
        return self.overview()

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {one.text}" for name, one in self.questions.items())


class Board:
    """A list of questions; what is chosen is answered, and the button runs its proof.

    With the keyboard, questions are chosen in the list or by the buttons beside it: where the kit
    did not start it, JupyterLab takes the arrow keys of a list for itself.
    """

    def __init__(self, play: Playbook) -> None:
        options = [(question.text, name) for name, question in play.questions.items()]
        self.chosen = widgets.Dropdown(options=options, description="Question", layout=WIDE)
        self.before, self.after = (
            widgets.Button(description=name, tooltip=said, layout={"width": "auto"})
            for name, said in (("Previous", "The question before"), ("Next", "The next question"))
        )
        self.before.on_click(lambda _: self._move(-1))
        self.after.on_click(lambda _: self._move(1))
        self.page = widgets.HTML()
        self._play, self._prover = play, _Prover(play, lambda: self.chosen.value)
        self.button = self._prover.button
        self.found = self._prover.found
        choice = widgets.HBox([self.chosen, self.before, self.after], layout=WRAPPED)
        self.view = widgets.VBox([choice, self.page, self._prover.view])
        self.view.add_class("playbook")
        self.chosen.observe(self._show, names="value")
        self._show()

    def _move(self, by: int) -> None:
        names = list(self._play.questions)
        self.chosen.value = names[(names.index(self.chosen.value) + by) % len(names)]

    def _show(self, _: Any = None) -> None:
        self.found.value = ""
        self.page.value = told(lambda: self._play.answer(self.chosen.value)._repr_html_())

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """The widget, and for a page without a kernel the answer that was shown last."""
        bundle: dict[str, Any] = self.view._repr_mimebundle_(**options)
        return {**bundle, "text/html": self.page.value}


class _Prover:
    """The button, and under it what its last press found."""

    def __init__(self, play: Playbook, name: Callable[[], str]) -> None:
        self._play, self._name = play, name
        self.button = widgets.Button(
            description="Prove it", tooltip="Run the experiment again, in small"
        )
        self.found = widgets.HTML()
        self.view = widgets.VBox([self.button, self.found])
        self.button.on_click(self._press)

    def _press(self, _: Any = None) -> None:
        # The button stays enabled: disabled, it would lose the focus, and the keyboard its place.
        self.found.value = "<p role='status'>Measuring ...</p>"
        self.found.value = told(lambda: self._play.prove(self._name())._repr_html_())


def told(render: Callable[[], str]) -> str:
    """What `render` makes, or what went wrong, as a sentence and not as a traceback.

    On a stage every error is shown this way; what it was is said by its name.
    """
    try:
        return render()
    except WellnessError as error:
        said = str(error)
    except Exception as error:
        said = f"This could not be measured now ({type(error).__name__}: {error})."
    return notice("danger", escape(said))


def _about(numbers: Sequence[int], lesson: Lesson) -> ClaimsTable | None:
    table = lesson.ledger.table()
    claims = [claim for claim in table.claims if claim.number in numbers]
    entries = [entry for entry in table.entries if entry.claim.number in numbers]
    return ClaimsTable(claims, entries) if claims else None


def _recorded(entries: Sequence[Entry], question: Question) -> Finding:
    """What lessons measured, as if it had been found now, with lesson and date."""
    numbers = {
        f"claim {one.claim.number}, {name}": measure
        for one in entries
        for name, measure in one.measured.items()
    }
    open_ = set(question.claims) - {one.claim.number for one in entries}
    said = "; ".join(
        f"claim {one.claim.number}: {one} (lesson {one.lesson}, {one.at:%Y-%m-%d})"
        for one in entries
    )
    more = f" {OPEN[0].upper()}{OPEN[1:]}: {', '.join(map(str, sorted(open_)))}." if open_ else ""
    return Finding(f"Too large to repeat while you wait. Recorded: {said}.{more}", numbers)

"""The playbook: every question has its evidence, and every proof measures what it says."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from wellness.errors import LessonError
from wellness.lesson import kit, proofs, speaker_notes, stage, syllabus
from wellness.lesson.claims import CLAIMS, Ledger
from wellness.lesson.kit import Lesson
from wellness.lesson.playbook import Playbook, told
from wellness.lesson.questions import EXPECTED, LEFT_OUT, Question
from wellness.server import EmbeddedServer
from wellness.settings import Settings, project_root

sys.path.insert(0, str(Path(__file__).parent.parent / "notebooks"))
from lesson_rules import FIGURE

SMALL = [one for one in (*EXPECTED, *LEFT_OUT) if one.proof not in (None, proofs.against_postgres)]


@pytest.fixture
def lesson(
    settings: Settings, redis_server: EmbeddedServer, namespace: str, monkeypatch: Any
) -> Iterator[Lesson]:
    here = {"redis_url": redis_server.url, "user": "learner-11"}
    started = kit.start("11", settings=settings.model_copy(update=here))
    # The ledger of the run is everybody's; a test has one of its own.
    own = property(lambda self: Ledger(self.client, namespace))
    monkeypatch.setattr(Lesson, "ledger", own)
    yield started
    kit.end()


def record(lesson: Lesson, claim: int, word: Any = "refuted", value: float = 6.25) -> None:
    lesson.ledger.record(
        claim, lesson=CLAIMS[claim].lesson, experiment="tried", measured={"p50": (value, "ms")},
        verdict=word, depends_on="the day", at=datetime(2026, 1, 2, tzinfo=UTC),
        versions={"Redis": "7"},
    )  # fmt: skip


def test_every_claim_is_the_evidence_of_a_question() -> None:
    assert {n for one in EXPECTED for n in one.claims} == set(CLAIMS)
    names = [one.name for one in (*EXPECTED, *LEFT_OUT)]
    assert len(set(names)) == len(names)


def test_no_point_holds_a_figure() -> None:
    points = [point for one in (*EXPECTED, *LEFT_OUT) for point in one.points]
    assert len(points) > 30
    assert [point for point in points if FIGURE.search(point.replace("7B", ""))] == []


@pytest.mark.parametrize(
    "changes", [{"claims": (99,)}, {"points": ()}, {"text": ""}], ids=["claim", "points", "text"]
)
def test_a_question_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    fields = {"name": "n", "text": "Why?", "points": ("So.",), "claims": (1,), "lesson": "01"}
    Question(**fields)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"claim 99|needs a text"):
        Question(**{**fields, **changes})


def test_an_answer_has_the_ledger_of_this_moment(lesson: Lesson) -> None:
    play = Playbook(lesson)
    before = play.answer("latency")
    assert "5 claims: 5 not yet measured on this machine." in repr(before)
    record(lesson, 3, value=4.875)
    after = play.answer("latency")
    assert "4.88 ms" in after._repr_html_()
    assert "4.88 ms" in repr(after)
    assert "4 not yet measured" in repr(after)
    assert "4.88" not in repr(before), "an answer stays what it was"


def test_a_question_without_claims_says_so(lesson: Lesson) -> None:
    assert "No claim is about this." in Playbook(lesson).answer("vault")._repr_html_()


def test_what_was_refuted_comes_first_and_what_was_confirmed_not_at_all(lesson: Lesson) -> None:
    play = Playbook(lesson)
    assert play.refuted().summary == "No claim is among them."
    assert len(play.refuted().to_frame()) == 0
    for claim, word in ((1, "depends"), (3, "confirmed"), (9, "refuted")):
        record(lesson, claim, word)
    assert [entry.claim.number for entry in play.refuted().entries] == [9, 1]
    assert play.refuted().summary == "2 claims: 1 refuted, 1 depends."


def test_the_overview_has_every_question(lesson: Lesson) -> None:
    table = html.fromstring(Playbook(lesson)._repr_html_())
    asked = [row[0].text_content() for row in table.iterfind("tbody/tr")]
    assert asked == [one.text for one in (*EXPECTED, *LEFT_OUT)]


def test_an_unknown_question_is_refused_with_those_there_are(lesson: Lesson) -> None:
    with pytest.raises(LessonError) as error:
        Playbook(lesson).prove("oracle")
    assert "pgvector" in error.value.hint


def test_what_nobody_measured_names_its_lesson(lesson: Lesson) -> None:
    play = Playbook(lesson)
    with pytest.raises(LessonError, match="Nothing about it is measured") as error:
        play.prove("better")
    assert "Lesson 06" in error.value.hint


def test_what_is_too_large_to_repeat_is_read_from_the_ledger(lesson: Lesson) -> None:
    record(lesson, 4, value=1.5)
    found = Playbook(lesson).prove("search")
    assert "claim 4: ✗ refuted (the day) (lesson 04, 2026-01-02)" in found.sentence
    assert "Not yet measured on this machine: 22." in found.sentence
    assert str(found.measured["claim 4, p50"]) == "1.5 ms"


@pytest.mark.parametrize("question", SMALL, ids=[one.name for one in SMALL])
def test_a_proof_measures_and_leaves_nothing(lesson: Lesson, question: Question) -> None:
    before = set(lesson.client.scan_iter(match=f"{lesson.namespace}*", count=1000))
    found = Playbook(lesson).prove(question.name)
    assert found.measured
    for measure in list(found.measured.values())[:2]:
        assert str(measure) in found.sentence
    left = set(lesson.client.scan_iter(match=f"{lesson.namespace}*", count=1000)) - before
    assert {key for key in left if lesson.client.ttl(key) < 0 and b"proof" not in key} == set()


def test_both_ways_of_a_pipeline_keep_what_succeeded(lesson: Lesson) -> None:
    found = proofs.half_a_pipeline(lesson)
    assert [measure.value for measure in found.measured.values()] == [2, 2]
    assert "nothing was undone" in found.sentence


def test_a_person_has_one_slot_and_people_have_many(lesson: Lesson) -> None:
    found = proofs.slots_of_people(lesson).measured
    assert found["slots of one person"].value == 1
    assert found["of all"].value > 100
    assert found["memory"].value >= len(proofs.TURN)


def test_a_silent_server_is_waited_for_once(lesson: Lesson) -> None:
    lesson.settings = lesson.settings.model_copy(update={"socket_timeout_s": 0.2})
    found = proofs.silent_server(lesson).measured
    assert found["first call"].value >= 1e3 * lesson.settings.socket_timeout_s * 0.9
    assert found["longest of the next"].value < found["first call"].value


def test_against_postgres(lesson: Lesson) -> None:
    found = proofs.against_postgres(lesson)
    assert found.measured["Postgres over Redis"].value > 0
    assert any(f"Redis {word}" in found.sentence for word in ("wins", "ties", "loses"))


def test_without_postgres_the_remedy_is_named(lesson: Lesson, monkeypatch: Any) -> None:
    from wellness.compare import engines

    nowhere = dict.fromkeys(engines.ENGINES, False)
    monkeypatch.setattr(engines, "available", lambda settings: nowhere)
    with pytest.raises(LessonError) as error:
        proofs.against_postgres(lesson)
    assert "install.py engines" in error.value.hint


def test_the_board_answers_what_is_chosen_and_proves_it(lesson: Lesson) -> None:
    board = Playbook(lesson).board()
    assert "Why not pgvector?" in board.page.value
    board.chosen.value = "safe"
    assert "Is a pipeline a transaction?" in board.page.value
    board.button.click()
    assert "nothing was undone" in board.found.value
    assert not board.button.disabled, "else it would lose the focus"
    board.chosen.value = "better"
    assert board.found.value == "", "a proof of another question does not stay"
    board.button.click()
    assert "Lesson 06" in board.found.value
    assert "role='alert'" in board.found.value
    board.after.click()
    assert board.chosen.value == "down"
    board.before.click()
    assert "Does memory make" in board._repr_mimebundle_()["text/html"]


def test_the_questions_go_round(lesson: Lesson) -> None:
    board = Playbook(lesson).board()
    board.before.click()
    assert board.chosen.value == LEFT_OUT[-1].name
    board.after.click()
    assert board.chosen.value == EXPECTED[0].name


def test_an_unforeseen_error_becomes_a_sentence() -> None:
    def broken() -> str:
        raise ZeroDivisionError("<oh>")

    said = told(broken)
    assert "could not be measured now (ZeroDivisionError: &lt;oh&gt;)" in said
    assert "Traceback" not in said


def test_the_speakers_notes_have_what_is_said_what_may_be_asked_and_this_machines_evidence(
    lesson: Lesson,
) -> None:
    source = project_root() / "notebooks" / "source"
    plan, lessons = stage.read(source), {one.number: one for one in syllabus.chapters(source)}
    assert plan is not None
    record(lesson, 15, value=6.25)
    page = speaker_notes.page(plan, lessons, Playbook(lesson))
    tree = html.fromstring(page)
    assert [one.get("id") for one in tree.iter("section")] == list(lessons)
    text = " ".join(tree.text_content().split())
    for act in plan.acts.values():
        for slide in act.slides:
            assert " ".join(slide.say.split()) in text
        for name in act.ask:
            assert Playbook(lesson)[name].text in text
    assert "6.25 ms" in text
    assert not re.search(r'(?:src|href)="?(?!#)\w', page), "it loads nothing"

"""Every lesson keeps the rules, and every rule bites."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import lesson_rules as rules
import nbformat
import pytest

from wellness.lesson import build, explain

Rule = Callable[[Any], list[str]]
GOOD = """\
# %% [markdown]
# # A good lesson
# In the end you will be able to tell good from bad.
#
# Minutes: present 3, practise 30

# %%
from wellness.lesson import kit

lesson = kit.start("90")

# %%
answer = 6 * 7
answer

# %% [markdown]
# > The old demo says: reads take under 5 ms.
#
# Is that so? See the [manual](https://redis.io/docs) and ![A rising line](figure.svg).

# %% [markdown]
# ## Recap
#
# Now you can tell.
"""
EXERCISE = """
# %% [markdown]
# ### Exercise 90-{n}
# <details><summary>Hint 1</summary>Think.</details>
# <details><summary>Hint 2</summary>Think again.</details>
# <details><summary>Hint 3</summary>It is an integer.</details>

# %% tags=["exercise"]
### BEGIN SOLUTION
### BLANK: answer_{n} = ...
answer_{n} = {n}
### END SOLUTION

# %% tags=["check"]
lesson.check("90-{n}", answer_{n})
"""
ASKED = """
# %% [markdown]
# ## Explain it back
#
# **Question 1.** Why six times seven?
#
# <details><summary>An answer to question 1</summary>
#
# Nobody knows.
#
# </details>
"""
LESSON = (
    GOOD + ASKED + "".join(EXERCISE.format(n=n) for n in (1, 2, 3)) + "\n# %%\nlesson.finish()\n"
)

BREAKS = [
    (rules.one_title_with_objectives_and_minutes, "# ## Recap", "# # Another title"),
    (rules.one_title_with_objectives_and_minutes, "you will be able to", "one can"),
    (rules.minutes_of_practice_that_fit_its_length, "practise 30", "practise 50"),
    (rules.minutes_of_practice_that_fit_its_length, "Now you can tell", "Well " * 2000),
    (rules.the_setup_line_and_a_result_by_the_second_code_cell, '"90")', '"91")'),
    (rules.the_setup_line_and_a_result_by_the_second_code_cell, "\nanswer\n", "\n"),
    (rules.the_setup_line_and_a_result_by_the_second_code_cell, "\nanswer\n", "\nanswer;\n"),
    (rules.small_enough_to_read, "answer = 6 * 7\n", "answer = 6 * 7\n" * 15),
    (rules.small_enough_to_read, "answer\n", "answer\n" + "\n# %%\n1\n" * 13),
    (rules.recap_then_exercises_then_finish, "# ## Recap", "# ## The end"),
    (rules.recap_then_exercises_then_finish, "lesson.finish()\n", "lesson.finish()\n\n# %%\n1\n"),
    (rules.recap_then_exercises_then_finish, "lesson.finish()", "# lesson.finish()"),
    (rules.recap_then_exercises_then_finish, "answer\n", "answer\nlesson.finish()\n"),
    (rules.exercises_with_hints_and_checks, 'lesson.check("90-2", answer_2)', "answer_2"),
    (rules.exercises_with_hints_and_checks, "Exercise 90-3", "Exercise 90-4"),
    (rules.exercises_with_hints_and_checks, 'check("90-3"', 'check("90-2"'),
    (rules.exercises_with_hints_and_checks, 'check("90-3"', 'check("89-3"'),
    (rules.exercises_with_hints_and_checks, "<summary>Hint 3</summary>", ""),
    (rules.questions_with_folded_answers, "## Explain it back", "## Explain"),
    (rules.questions_with_folded_answers, "**Question 1.** Why", "Why"),
    (rules.questions_with_folded_answers, "\n# Nobody knows.", ""),
    (rules.questions_with_folded_answers, "# ## Explain", "# ## Exercise 90-4\n#\n# ## Explain"),
    (rules.questions_with_folded_answers, ASKED, ASKED + "\n# ## Recap\n"),
    (rules.images_say_what_they_show, "![A rising line]", "![]"),
    (rules.images_say_what_they_show, "![A rising line](figure.svg)", '<img src="a.png" alt="">'),
    *((rules.no_measured_figure_in_prose, "Now you can tell", text) for text in (
        "It takes 5 ms", "It is 10x faster", "It saves 99.5 %", "It needs 3 MB", "for 88 bytes",
        "It takes 0.4s", "It takes 7 µs", "1,200 times faster", "2× as fast", "about 40 percent",
    )),
    *((rules.nothing_to_install_to_ask_or_to_fetch, "answer = 6 * 7", text) for text in (
        "%pip install redis", "!pip install redis", "answer = input()", 'answer = open("/data/a")',
        'answer = "https://example.org/data.csv"', 'answer = "~/export.zip"',
        'answer = "../x /tmp/y"',
    )),
    (rules.nothing_to_install_to_ask_or_to_fetch, "figure.svg", "https://example.org/figure.svg"),
    (rules.nothing_to_install_to_ask_or_to_fetch, "Now you can tell", "<script src='https://x.y'>"),
]  # fmt: skip


def built(lesson: build.Lesson, *, solved: bool) -> Any:
    text = build.notebook(lesson, [lesson], solved=solved)
    return nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]


def written(folder: Path, text: str) -> build.Lesson:
    path = folder / "90_fixture.py"
    path.write_text(text, "utf-8")
    return build.read_lesson(path)


def test_the_first_lessons_are_there(lessons: list[build.Lesson]) -> None:
    assert {"00", "01"} <= {lesson.number for lesson in lessons}


def test_the_notebooks_in_the_folder_are_what_their_source_says(notebooks: Path) -> None:
    wrong = build.drift(notebooks)
    assert not wrong, f"run `{build.COMMAND}`: {wrong}"


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_lessons_keep_the_rules(lesson: build.Lesson, rule: Rule) -> None:
    for solved in (False, True):
        assert rule(built(lesson, solved=solved)) == []


def test_every_question_belongs_to_a_lesson_that_is_planned(notebooks: Path) -> None:
    asked = explain.read(notebooks / "source")
    assert set(asked) == {f"{number:02}" for number in range(12)}


def test_notebooks_on_disk_have_no_outputs(lesson: build.Lesson, notebooks: Path) -> None:
    for path in (notebooks, notebooks / "solutions"):
        notebook = nbformat.read(path / f"{lesson.name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
        assert rules.no_outputs(notebook) == []


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_good_lesson_keeps_every_rule(tmp_path: Path, rule: Rule) -> None:
    for solved in (False, True):
        assert rule(built(written(tmp_path, LESSON), solved=solved)) == []


@pytest.mark.parametrize(("rule", "good", "bad"), BREAKS)
def test_a_rule_bites(tmp_path: Path, rule: Rule, good: str, bad: str) -> None:
    assert good in LESSON
    lesson = written(tmp_path, LESSON.replace(good, bad, 1))
    assert rule(built(lesson, solved=True)) != []


def test_rules_of_what_the_build_already_refuses_bite_too(tmp_path: Path) -> None:
    notebook = built(written(tmp_path, LESSON), solved=True)
    notebook.cells[1].metadata["tags"] = ["exercize"]
    assert rules.known_tags(notebook) == ["tag exercize"]
    notebook.cells[2].execution_count = 3
    assert len(rules.no_outputs(notebook)) == 1


@pytest.mark.parametrize(
    "text",
    ["on 30 September", "the last 7 days", "58 bpm", "20 cells", "Redis 7.4", "10,000 readings",
     "every 5 minutes", "O(log N)", "lesson 01", "3 messages"],
)  # fmt: skip
def test_ordinary_numbers_are_welcome_in_prose(tmp_path: Path, text: str) -> None:
    lesson = written(tmp_path, LESSON.replace("Now you can tell", text))
    assert rules.no_measured_figure_in_prose(built(lesson, solved=True)) == []

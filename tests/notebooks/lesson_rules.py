"""What a lesson must be like. A rule takes a built notebook and returns what breaks it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from wellness.lesson import explain
from wellness.lesson.build import ALLOWED_TAGS

MAX_CODE_CELLS = 20
MAX_LINES = 15
EXERCISES = 3
HINTS = 3
QUESTIONS = (1, 2)
SETUP = "from wellness.lesson import kit\nlesson = kit.start({number!r})"

# How long a lesson takes to practise. Words are read to be remembered, at the rate of R. P. Carver,
# "Reading rate: theory, research, and practical implications", Journal of Reading 36 (1992); lines
# of code and exercises are assumptions of ours, until somebody has watched learners.
WORDS_A_MINUTE = 138
LINES_A_MINUTE = 12
MINUTES_AN_EXERCISE = 9
OFF = 0.25  # of the minutes that a lesson states

# A number with a unit of time, size, share or speed-up: something a reader's machine must say.
FIGURE = re.compile(
    r"(?<![\w.])\d[\d.,]*[ \u00a0\u202f-]?"
    r"(?:(?:[nµμum]?s|sec|(?:nano|micro|milli)?seconds?|[kKMG]?i?B|(?:kilo|mega|giga)?bytes?"
    r"|percent|per cent|x|fold|times (?:faster|slower|more|less|fewer|smaller|larger|as))\b"
    r"|%|×)"
)
LOADED = re.compile(
    r"<(?:img|script|iframe|link|video|audio|source)\b[^>]*https?:|!\[[^\]]*\]\(https?:"
)
FOREIGN_PATH = re.compile(r"(?<![\w.:/])/(?:home|Users|tmp|root|usr|etc|var|opt|mnt)/|\b[A-Z]:\\")


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def markdown(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def tags(cell: Any) -> set[str]:
    return set(cell.metadata.get("tags", []))


def prose(cell: Any) -> Iterator[str]:
    """Lines of a Markdown cell outside fenced code."""
    fenced = False
    for line in cell.source.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield line


def parsed(cell: Any) -> ast.Module:
    """The cell as Python sees it, magics turned into calls."""
    source = TransformerManager().transform_cell(cell.source)
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    tree = compile(source, cell.id, "exec", flags)
    assert isinstance(tree, ast.Module)
    return tree


def calls(cell: Any) -> Iterator[tuple[str, list[Any]]]:
    """Name (the last part of a dotted one) and constant arguments of each call."""
    for node in ast.walk(parsed(cell)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            yield name, [arg.value for arg in node.args if isinstance(arg, ast.Constant)]


def checked(notebook: Any) -> list[str]:
    """Exercises that the notebook checks, in order."""
    found = [args for cell in code(notebook) for name, args in calls(cell) if name == "check"]
    return [args[0] for args in found if args and isinstance(args[0], str)]


def number_of(notebook: Any) -> str:
    return str(notebook.metadata.wellness.source[:2])


def known_tags(notebook: Any) -> list[str]:
    return [f"tag {tag}" for cell in notebook.cells for tag in tags(cell) - ALLOWED_TAGS]


def one_title_with_objectives_and_minutes(notebook: Any) -> list[str]:
    titles = [line for cell in markdown(notebook) for line in prose(cell) if line.startswith("# ")]
    head = notebook.cells[0].source
    problems = [] if len(titles) == 1 else [f"{len(titles)} titles: {titles}"]
    if notebook.cells[0].cell_type != "markdown" or not head.startswith("# "):
        problems.append("does not begin with its title")
    if "you will be able to" not in head.casefold():
        problems.append("the first cell does not say what 'you will be able to' do")
    if not re.search(r"minutes\b\W*present \d+, practise \d+", head, re.IGNORECASE):
        problems.append("the first cell has no minutes")
    return problems


def minutes_of_practice_that_fit_its_length(notebook: Any) -> list[str]:
    stated = re.search(r"practise (\d+)", notebook.cells[0].source)
    words = sum(len(cell.source.split()) for cell in markdown(notebook))
    lines = sum(len(cell.source.splitlines()) for cell in code(notebook))
    minutes = words / WORDS_A_MINUTE + lines / LINES_A_MINUTE
    minutes += MINUTES_AN_EXERCISE * len(checked(notebook))
    if not stated or abs(minutes / int(stated[1]) - 1) <= OFF:
        return []
    return [f"its text and exercises take about {minutes:.0f} minutes, not {stated[1]}"]


def the_setup_line_and_a_result_by_the_second_code_cell(notebook: Any) -> list[str]:
    first, *rest = code(notebook)
    problems = []
    if ast.unparse(parsed(first)) != SETUP.format(number=number_of(notebook)):
        problems.append(f"the first code cell is not the setup line: {first.source!r}")
    if not rest or not _shows_something(rest[0]):
        problems.append("the second code cell shows no result")
    return problems


def _shows_something(cell: Any) -> bool:
    last = parsed(cell).body[-1:]
    expression = bool(last) and isinstance(last[0], ast.Expr)
    ends_quietly = cell.source.rstrip().endswith(";")
    return (expression and not ends_quietly) or any(name == "display" for name, _ in calls(cell))


def small_enough_to_read(notebook: Any) -> list[str]:
    cells = code(notebook)
    problems = [] if len(cells) <= MAX_CODE_CELLS else [f"{len(cells)} code cells"]
    lengths = [(len(cell.source.splitlines()), cell.source[:40]) for cell in cells]
    return problems + [f"{n} lines in {text!r}" for n, text in lengths if n > MAX_LINES]


def recap_then_exercises_then_finish(notebook: Any) -> list[str]:
    problems = []
    recaps = [i for i, cell in enumerate(notebook.cells) if _has_heading(cell, "## Recap")]
    exercises = [i for i, cell in enumerate(notebook.cells) if "exercise" in tags(cell)]
    last = notebook.cells[-1]
    if len(recaps) != 1:
        problems.append(f"{len(recaps)} headings '## Recap'")
    elif exercises and exercises[0] < recaps[0]:
        problems.append("an exercise before the recap")
    if last.cell_type != "code" or last.source.strip() != "lesson.finish()":
        problems.append("the last cell is not lesson.finish()")
    if sum(name == "finish" for cell in code(notebook) for name, _ in calls(cell)) != 1:
        problems.append("lesson.finish() is not called once")
    return problems


def _has_heading(cell: Any, heading: str) -> bool:
    return cell.cell_type == "markdown" and any(line.startswith(heading) for line in prose(cell))


def exercises_with_hints_and_checks(notebook: Any) -> list[str]:
    number, ids = number_of(notebook), checked(notebook)
    problems = [] if len(ids) == len(set(ids)) else ["an exercise is checked twice"]
    if len(ids) < EXERCISES and number != "00":
        problems.append(f"{len(ids)} exercises are checked")
    problems += [f"{one} is of another lesson" for one in ids if not one.startswith(f"{number}-")]
    introduced = {}
    for cell in markdown(notebook):
        for match in re.finditer(r"^#+ Exercise (\d\d-\d+)\b", cell.source, re.MULTILINE):
            introduced[match[1]] = cell.source
    if set(introduced) != set(ids):
        problems.append(f"headings of {sorted(introduced)}, checks of {sorted(ids)}")
    for one, text in introduced.items():
        hints = len(re.findall(r"<details>\s*<summary>[^<]+</summary>", text))
        if hints != HINTS or text.count("</details>") != HINTS:
            problems.append(f"{one} has {hints} folded hints")
    answered = sum("exercise" in tags(cell) for cell in code(notebook))
    if answered < len(ids):
        problems.append(f"{len(ids)} checks, {answered} cells tagged exercise")
    return problems


def questions_with_folded_answers(notebook: Any) -> list[str]:
    """One or two, in a cell of their own, after the recap and before the first exercise."""
    cells = notebook.cells
    asked = [i for i, cell in enumerate(cells) if _has_heading(cell, explain.HEADING)]
    if len(asked) != 1:
        return [f"{len(asked)} cells with {explain.HEADING!r}"]
    text = cells[asked[0]].source
    questions = len(re.findall(r"^\*\*Question \d\.\*\* \S", text, re.MULTILINE))
    folded = re.findall(r"<details><summary>[^<]+</summary>\n\n.+?\n\n</details>", text, re.DOTALL)
    problems = (
        []
        if len(folded) == questions in QUESTIONS
        else [f"{questions} questions, {len(folded)} folded answers"]
    )
    at = [i for i, cell in enumerate(cells) if re.search(r"(?m)^#+ Exercise \d", cell.source)]
    recaps = [i for i, cell in enumerate(cells) if _has_heading(cell, "## Recap")]
    if not all(recap < asked[0] for recap in recaps) or not all(asked[0] < one for one in at):
        problems.append("the questions do not stand between the recap and the exercises")
    return problems


def no_outputs(notebook: Any) -> list[str]:
    cells = code(notebook)
    return [f"output of {c.source[:40]!r}" for c in cells if c.outputs or c.execution_count]


def images_say_what_they_show(notebook: Any) -> list[str]:
    text = "\n".join(cell.source for cell in markdown(notebook))
    images = re.findall(r"<img\b[^>]*>|!\[[^\]]*\]\([^)]*\)", text)
    told = re.compile(r"""<img\b[^>]*\balt=["'][^"']*\w|!\[[^\]]*\w[^\]]*\]""")
    return [image for image in images if not told.match(image)]


def no_measured_figure_in_prose(notebook: Any) -> list[str]:
    lines = [line for cell in markdown(notebook) for line in prose(cell)]
    return [
        f"{match[0]!r} in {line!r}"
        for line in lines
        if not line.startswith(">")  # a claim that is quoted, to be tested
        for match in FIGURE.finditer(line)
    ]


def nothing_to_install_to_ask_or_to_fetch(notebook: Any) -> list[str]:
    problems = []
    for cell in notebook.cells:
        for pattern in (LOADED, FOREIGN_PATH, re.compile(r"\bpip3? install\b")):
            problems += [match[0] for match in pattern.finditer(cell.source)]
    for cell in code(notebook):
        for name, args in calls(cell):
            magic = name in ("run_line_magic", "run_cell_magic") and args[0] in ("pip", "conda")
            if name == "input" or magic:
                problems.append(f"{name}({', '.join(map(repr, args))})")
        nodes = [node for node in ast.walk(parsed(cell)) if isinstance(node, ast.Constant)]
        texts = [node.value for node in nodes if isinstance(node.value, str)]
        problems += [text for text in texts if re.match(r"~?/\w", text) or "://" in text]
    return problems


RULES = [
    known_tags,
    one_title_with_objectives_and_minutes,
    minutes_of_practice_that_fit_its_length,
    the_setup_line_and_a_result_by_the_second_code_cell,
    small_enough_to_read,
    recap_then_exercises_then_finish,
    exercises_with_hints_and_checks,
    questions_with_folded_answers,
    no_outputs,
    images_say_what_they_show,
    no_measured_figure_in_prose,
    nothing_to_install_to_ask_or_to_fetch,
]
